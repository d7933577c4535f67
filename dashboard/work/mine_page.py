"""我的清单: a person's own open findings, what is due, how to fill, and the answer."""

import streamlit as st

from dashboard.frame.view import View
from dashboard.work.filters import read_address, work_filters, write_listing
from dashboard.work.finding_block import nothing_to_do
from dashboard.work.listing import work_list
from dashboard.work.summary import notices_due

_LISTS = ("all", "new", "still_wrong", "answered", "disputed")


def mine_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.mine"))
    if view.entered:
        read_address(_LISTS)
    notices_due(view)
    listing, counts = work_filters(view, _LISTS, own=True)
    if not counts["all"]:
        nothing_to_do(view)
    page = work_list(view, listing.wanted, listing.sort, counts[listing.name], listing.name)
    write_listing(view, listing, page)
