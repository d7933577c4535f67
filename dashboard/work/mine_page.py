"""我的清单: a person's own open findings, what is due, how to fill, and the answer."""

import streamlit as st

from dashboard.frame.view import View
from dashboard.work.filters import work_address, work_filters
from dashboard.work.finding_block import nothing_to_do
from dashboard.work.listing import work_list
from dashboard.work.summary import notices_due

_ADDRESS = work_address("all", "new", "still_wrong", "answered", "disputed")


def mine_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.mine"))
    notices_due(view)
    listing, counts = work_filters(view, _ADDRESS, own=True)
    if not counts["all"]:
        nothing_to_do(view)
    work_list(view, _ADDRESS.page_address, listing, counts[listing.name])
