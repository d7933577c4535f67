"""The pager of every list."""

from collections.abc import Callable

import streamlit as st

from dashboard.frame.address import Address
from dashboard.frame.parameters import PAGE
from dashboard.frame.view import View


def pager(view: View, address: Address, total: int, size: int, turned: Callable[[], None] | None = None) -> int:
    """The page shown, from 0, with its rows of all and the way to the others. `turned` is called when another page is chosen."""
    pages = max(-(-total // size), 1)
    page = min(address.value(PAGE), pages)
    address.put(PAGE, page)
    if not total:
        return 0
    first, last = (page - 1) * size + 1, min(total, page * size)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(view.t("list.range", first=f"{first:,}", last=f"{last:,}", total=f"{total:,}"), width="content")
    if pages > 1:
        key = address.key(PAGE)

        def turn(by: int) -> None:
            address.put(PAGE, page + by)
            if turned:
                turned()

        row.button("‹", disabled=page == 1, on_click=turn, args=(-1,), help=view.t("list.previous"), key=f"{key}_back")
        row.number_input(
            view.t("list.page"), 1, pages, key=key, on_change=turned, label_visibility="collapsed", width=130
        )
        row.button("›", disabled=page == pages, on_click=turn, args=(1,), help=view.t("list.next"), key=f"{key}_on")
    return page - 1
