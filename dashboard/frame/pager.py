"""The pager of the administrator's lists; the page stands in the session as `a_page` and goes into the address."""

import streamlit as st

from dashboard.frame.view import View


def pager(view: View, total: int, size: int) -> int:
    """The chosen page, from 0."""
    pages = max(-(-total // size), 1)
    asked = str(st.session_state.get("a_page", ""))
    page = min(max(int(asked) if asked.isdigit() else 1, 1), pages)
    st.session_state["a_page"] = page
    first, last = min((page - 1) * size + 1, total), min(total, page * size)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(view.t("admin.range", first=f"{first:,}", last=f"{last:,}", total=f"{total:,}"), width="content")
    if pages > 1:
        row.number_input(view.t("list.page"), 1, pages, key="a_page", label_visibility="collapsed", width=130)
    return page - 1


def first_page() -> None:
    """Back to the first page: for every change of a filter."""
    st.session_state["a_page"] = 1
