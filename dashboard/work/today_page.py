"""今日核查: the supervisor's morning. What is new since the last night, what waits for a decision, whose it is, and the list itself."""

import streamlit as st

from dashboard.frame.view import View
from dashboard.work.filters import read_address, work_filters, write_listing
from dashboard.work.listing import work_list
from dashboard.work.summary import owners, tiles

_LISTS = ("new", "unverified", "disputed", "still_wrong", "confirmed", "all")


def today_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.today"))
    if view.entered:
        read_address(_LISTS)
    listing, counts = work_filters(view, _LISTS, own=False)
    tiles(view, listing, counts, ("new", "unverified", "disputed", "still_wrong"), "today")
    owners(view, listing, "today")
    page = work_list(view, listing.wanted, listing.sort, counts[listing.name], listing.name)
    write_listing(view, listing, page)
