"""今日核查: the supervisor's morning. What is new since the last night, what waits for a decision, whose it is, and the list itself."""

import streamlit as st

from dashboard.frame.view import View
from dashboard.work.filters import Listing, read_address, work_filters, write_listing
from dashboard.work.listing import ACCEPT, CONFIRM, REJECT, UPHOLD, Choice, work_list
from dashboard.work.summary import owners, tiles

_LISTS = ("new", "unverified", "disputed", "still_wrong", "confirmed", "all")
_CHOICES: dict[str, tuple[Choice, ...]] = {"disputed": (ACCEPT, UPHOLD)}


def today_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.today"))
    if view.entered:
        read_address(_LISTS)
    listing, counts = work_filters(view, _LISTS, own=False)
    tiles(view, listing, counts, ("new", "unverified", "disputed", "still_wrong"), "today")
    owners(view, listing, "today")
    _list(view, listing, counts[listing.name])


def _list(view: View, listing: Listing, total: int) -> None:
    choices = _CHOICES.get(listing.name, (CONFIRM, REJECT))
    page = work_list(view, listing.wanted, listing.sort, total, choices)
    write_listing(view, listing, page)
