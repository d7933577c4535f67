"""Above a working list: what waits, whose it is, and the notices to be answered."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st
from sqlalchemy import select

from dashboard.departments import department_order
from dashboard.finding_block import nothing_to_do
from dashboard.tables import Cell, Column, Html, anchor, show, table
from dashboard.view import View
from dashboard.work_filters import Listing
from expectations.register.reading import count_by_owner
from expectations.register.tables import Notice


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
    """The list by department and person, each leading to their part of it."""
    with view.register.reading() as session:
        counted = count_by_owner(session, view.reader, listing.wanted)
    if len(counted) < 2:
        return
    blank = view.t("app.blank")
    rows: list[list[Cell]] = [
        [
            one.department or blank,
            anchor(
                one.prosecutor or blank,
                view.link(
                    page, list=listing.name, kind=listing.kind, department=one.department, prosecutor=one.prosecutor
                ),
            ),
            one.errors,
            one.hints,
        ]
        for one in sorted(counted, key=lambda one: (department_order(one.department), one.prosecutor))
    ]
    columns = [
        Column(view.t("column.department")), Column(view.t("column.prosecutor")), Column(view.t("column.errors"), "number"),
        Column(view.t("column.hints"), "number"),
    ]  # fmt: skip
    with st.expander(view.t("work.by_owner", count=len(counted)), icon=":material/groups:"):
        show(table(columns, rows, "owners compact"))


def notices_due(view: View) -> None:
    """The notices the person has to answer, with their last day."""
    own = view.reader.name
    with view.register.reading() as session:
        waiting = session.scalars(
            select(Notice)
            .where(Notice.prosecutor == own, Notice.replied_on.is_(None), ~Notice.withdrawn)
            .order_by(Notice.due_on)
        ).all()
    if waiting and "notices" in view.reader.pages:
        told = "；".join(
            view.t("work.notice_due", number=one.number or view.t("work.oral"), day=one.due_on) for one in waiting
        )
        st.html(
            f'<div class="anka-note">✉ {escape(told)}　{anchor(view.t("page.notices"), view.link("notices")).markup}</div>'
        )
