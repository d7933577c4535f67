"""今日核查: the supervisor's morning. What is new since the last night, what waits for a decision, whose it is, and the list itself."""

import streamlit as st

from dashboard.frame.view import View
from dashboard.work.filters import work_address, work_filters
from dashboard.work.listing import work_list
from dashboard.work.summary import owners, tiles

_ADDRESS = work_address("new", "unverified", "disputed", "still_wrong", "confirmed", "all")


def today_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.today"))
    listing, counts = work_filters(view, _ADDRESS, own=False)
    tiles(view, listing, counts, ("new", "unverified", "disputed", "still_wrong"), "today")
    owners(view, listing, "today")
    work_list(view, _ADDRESS.page_address, listing, counts[listing.name])
