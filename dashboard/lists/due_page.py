"""The page of early warnings (期限预警): open limits by days left, with department and grade in the address."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.tables import Cell, Column, Html, anchor, download, lines, show, table, tag
from dashboard.frame.view import View, write_address
from expectations.catalogue.due_warnings import GRADES
from expectations.run.limit_figures import DueLine, count_by_grade, departments, page_of_due
from expectations.run.limits import DueFilter

_SIZE = 50
_SIGNS = {"red": "✖", "orange": "▲", "yellow": "●"}


def due_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.due"))
    known = departments(view.con)
    if view.entered:
        _read_address(view, known)
    wanted = _filters(view, known)
    counts = count_by_grade(view.con, wanted)
    show(_tiles(view, counts))
    st.caption(view.t("due.note"))
    selected = sum(number for grade, number in counts.items() if not wanted.grades or grade in wanted.grades)
    if not selected:
        _nothing(view, wanted)
        _write_address(view, wanted, 0)
        return
    page = _pager(view, selected)
    show(_due_table(view, page_of_due(view.con, wanted, page=page, size=_SIZE)))
    st.caption(view.t("list.note"))
    _write_address(view, wanted, page)


def _read_address(view: View, known: Sequence[str]) -> None:
    """Sets the filters from the address; values this run does not know are named and left out."""
    unknown: list[str] = []
    for name, values in (("department", known), ("grade", GRADES)):
        asked = st.query_params.get_all(name)
        st.session_state[f"d_{name}"] = [value for value in asked if value in values]
        unknown += [value for value in asked if value not in values]
    number = st.query_params.get("page", "1")
    st.session_state["d_page"] = int(number) if number.isdigit() and int(number) > 0 else 1
    if unknown:
        st.warning(view.t("filter.unknown", values="、".join(unknown)))


def _first_page() -> None:
    st.session_state["d_page"] = 1


def _filters(view: View, known: Sequence[str]) -> DueFilter:
    """The filter widgets; a department a newer run does not know is dropped."""
    chosen = st.session_state.get("d_department", [])
    st.session_state["d_department"] = [value for value in chosen if value in known]
    row = st.container(horizontal=True, vertical_alignment="bottom")
    names = row.multiselect(
        view.t("filter.department"), known, key="d_department", placeholder=view.t("filter.all"), on_change=_first_page,
        format_func=lambda value: value or view.t("app.blank"), width=420,
    )  # fmt: skip
    grades = row.pills(
        view.t("filter.grade"), GRADES, selection_mode="multi", key="d_grade", on_change=_first_page,
        format_func=lambda value: f"{_SIGNS[value]} {view.label('grade', value)}",
    )  # fmt: skip
    wanted = DueFilter(departments=tuple(names), grades=tuple(grades))
    address = view.link("export/due.xlsx", department=wanted.departments, grade=wanted.grades)
    row.html(download(view.t("list.download"), address).markup)
    return wanted


def _tiles(view: View, counts: Mapping[str, int]) -> Html:
    """One box per grade."""
    boxes = "".join(
        f'<div class="due-{grade}"><div class="muted">{_SIGNS[grade]} {escape(view.label("grade", grade))}</div>'
        f'<div class="figure">{counts[grade]:,}</div><div class="muted">{escape(view.label("grade_means", grade))}</div></div>'
        for grade in GRADES
    )
    return Html(f'<div class="anka-cards">{boxes}</div>')


def _pager(view: View, total: int) -> int:
    """The chosen page, from 0; `d_page` in the session counts from 1."""
    pages = -(-total // _SIZE)
    st.session_state["d_page"] = min(max(int(st.session_state.get("d_page", 1)), 1), pages)
    page = int(st.session_state["d_page"]) - 1
    first, last = page * _SIZE + 1, min(total, (page + 1) * _SIZE)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(view.t("list.range", first=f"{first:,}", last=f"{last:,}", total=f"{total:,}"), width="content")
    if pages > 1:
        row.number_input(view.t("list.page"), 1, pages, key="d_page", label_visibility="collapsed", width=130)
    return page


def _due_table(view: View, found: Sequence[DueLine]) -> Html:
    columns = [
        Column(view.t("column.days_left"), "short"),
        Column(view.t("column.last_day"), "short"),
        Column(view.t("column.limit"), "wide"),
        Column(view.t("column.bmsah")),
        Column(view.t("column.suspect"), "short"),
        Column(view.t("column.department"), "middle"),
        Column(view.t("column.prosecutor"), "short"),
    ]
    return table(columns, [_due_row(view, line) for line in found], "due")


def _due_row(view: View, line: DueLine) -> list[Cell]:
    rule = anchor(line.rule_id, view.link("rules", rule=line.rule_id))
    item = view.pick(line.header, line.label_en)
    awaited = view.t("due.awaits", item=item) if item else ""
    number = line.bmsah or view.t("case.no_number", row=line.card_row)
    row = "" if line.bmsah else str(line.card_row)
    case = anchor(number, view.link("case", card=line.card, bmsah=line.bmsah, row=row))
    return [
        tag(f"{_SIGNS[line.grade]} {_left(view, line.days_left)}", f"due-{line.grade}"),
        line.last_day.isoformat(),
        lines(
            view.pick(line.title_zh, line.title_en), Html(f'<span class="muted">{rule.markup} {escape(awaited)}</span>')
        ),
        lines(case, Html(f'<span class="muted">{escape(line.case_name)}</span>')),
        line.name,
        line.department,
        line.prosecutor,
    ]


def _left(view: View, days: int) -> str:
    """Days left in words: overdue, today, or still to come."""
    if days < 0:
        return view.t("due.overdue", days=-days)
    return view.t("due.left", days=days) if days else view.t("due.today")


def _nothing(view: View, wanted: DueFilter) -> None:
    if wanted == DueFilter():
        empty.nothing(view, "empty.no_due")
    else:
        empty.nothing(view, "empty.no_due_selection", "empty.no_selection_how")


def _write_address(view: View, wanted: DueFilter, page: int) -> None:
    write_address(
        view.language,
        {"department": wanted.departments, "grade": wanted.grades, "page": str(page + 1) if page else ""},
    )
