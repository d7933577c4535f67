"""Above a working list: what waits, whose it is, and the notices to be answered."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from dashboard.frame.tables import Cell, Column, Html, anchor, show, table
from dashboard.frame.view import View
from dashboard.notices.marks import title
from dashboard.work.filters import Listing
from dashboard.work.finding_block import nothing_to_do
from expectations.finding.departments import department_order
from expectations.notices import notices
from expectations.register.reading import OwnerCount, count_by_owner


def tiles(view: View, listing: Listing, counts: Mapping[str, int], names: Sequence[str], page: str) -> None:
    """One box per list, leading to it; says so when nothing is left to do."""
    boxes = "".join(
        f'<div><div class="muted">{escape(view.t(f"work.list_{name}"))}</div>'
        f'<div class="figure">{anchor(f"{counts[name]:,}", view.link(page, list=name, kind=listing.kind)).markup}</div></div>'
        for name in names
    )
    show(Html(f'<div class="anka-cards">{boxes}</div>'))
    if not counts["all"]:
        nothing_to_do(view)


def owners(view: View, listing: Listing, page: str) -> None:
    """The list by department and person, each leading to their part of it; counted once it is opened."""
    part = st.expander(view.t("work.by_owner"), icon=":material/groups:", key="w_owners", on_change="rerun")
    if part.open:
        with part:
            _owners(view, listing, page)


def _owners(view: View, listing: Listing, page: str) -> None:
    with view.register.reading() as session:
        counted = count_by_owner(session, view.reader, listing.selection)
    blank = view.t("app.blank")

    def address(owner: OwnerCount) -> str:
        owner_filter = {"department": [owner.department], "prosecutor": [owner.prosecutor]}
        return view.link(page, list=listing.name, kind=listing.kind, **owner_filter)

    rows: list[list[Cell]] = [
        [owner.department or blank, anchor(owner.prosecutor or blank, address(owner)), owner.errors, owner.hints]
        for owner in sorted(counted, key=lambda owner: (department_order(owner.department), owner.prosecutor))
    ]
    columns = [
        Column(view.t("column.department")),
        Column(view.t("column.prosecutor")),
        Column(view.t("column.errors"), "number"),
        Column(view.t("column.hints"), "number"),
    ]
    show(table(columns, rows, "owners compact"))


def notices_due(view: View) -> None:
    """The notices the person has to answer, with their last day."""
    with view.register.reading() as session:
        waiting = notices(session, view.reader, unanswered=True)
    if waiting and "notices" in view.reader.pages:
        notice_words = "；".join(
            view.t("work.notice_due", number=title(view, notice), day=notice.due_on) for notice in waiting
        )
        st.html(
            f'<div class="anka-note">✉ {escape(notice_words)}　{anchor(view.t("page.notices"), view.link("notices")).markup}</div>'
        )
