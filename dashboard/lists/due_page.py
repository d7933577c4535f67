"""The page of early warnings (期限预警): open limits by days left, with department and grade in the address."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import Address, write_address
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.pager import pager
from dashboard.frame.parameters import PAGE, Values, many
from dashboard.frame.tables import Cell, Column, Html, anchor, download, lines, show, table, tag
from dashboard.frame.view import View
from expectations.catalogue.due_warnings import GRADES
from expectations.finding.labels import case_word
from expectations.run.limit_figures import DueLine, count_by_grade, departments, page_of_due
from expectations.run.limits import DueFilter

DEPARTMENT, GRADE = many("department"), many("grade")
HERE = Address("d", DEPARTMENT, GRADE, PAGE)
_SIZE = 50
_SIGNS = {"red": "✖", "orange": "▲", "yellow": "●"}


def due_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.due"))
    HERE.enter(view)
    selection = _filters(view)
    counts = count_by_grade(view.con, selection)
    show(_tiles(view, counts))
    st.caption(view.t("due.note"))
    selected = sum(number for grade, number in counts.items() if not selection.grades or grade in selection.grades)
    if selected:
        page = pager(view, HERE, selected, _SIZE)
        show(_due_table(view, page_of_due(view.con, selection, page=page, size=_SIZE)))
        st.caption(view.t("list.note"))
    else:
        _nothing(view, selection)
    write_address(view, HERE.written())


def due_filter(value: Values) -> DueFilter:
    """The warnings asked for."""
    return DueFilter(departments=tuple(value(DEPARTMENT)), grades=tuple(value(GRADE)))


def _filters(view: View) -> DueFilter:
    row = filter_bar(
        view,
        HERE,
        (
            Filter(DEPARTMENT, options=departments(view.con), width=420),
            Filter(GRADE, "pills", GRADES, lambda grade: f"{_SIGNS[grade]} {view.label('grade', grade)}"),
        ),
    )
    selection = due_filter(HERE.value)
    row.html(download(view.t("list.download"), view.link("export/due.xlsx", **HERE.written(PAGE))).markup)
    return selection


def _tiles(view: View, counts: Mapping[str, int]) -> Html:
    """One box per grade."""
    boxes = "".join(
        f'<div class="due-{grade}"><div class="muted">{_SIGNS[grade]} {escape(view.label("grade", grade))}</div>'
        f'<div class="figure">{counts[grade]:,}</div><div class="muted">{escape(view.label("grade_means", grade))}</div></div>'
        for grade in GRADES
    )
    return Html(f'<div class="anka-cards">{boxes}</div>')


def _due_table(view: View, due_lines: Sequence[DueLine]) -> Html:
    columns = [
        Column(view.t("column.days_left"), "short"),
        Column(view.t("column.last_day"), "short"),
        Column(view.t("column.limit"), "wide"),
        Column(view.t("column.bmsah")),
        Column(view.t("column.suspect"), "short"),
        Column(view.t("column.department"), "middle"),
        Column(view.t("column.prosecutor"), "short"),
    ]
    return table(columns, [_due_row(view, line) for line in due_lines], "due")


def _due_row(view: View, line: DueLine) -> list[Cell]:
    rule = anchor(line.rule_id, view.link("rules", rule=line.rule_id))
    item = view.pick(line.header, line.label_en)
    awaited = view.t("due.awaits", item=item) if item else ""
    number = case_word(line.bmsah, line.sheet, line.sheet_row).in_language(view.language)
    row = "" if line.bmsah else str(line.card_row)
    case = anchor(number, view.link("case", card=line.card, bmsah=line.bmsah, row=row))
    return [
        tag(f"{_SIGNS[line.grade]} {_days_words(view, line.days_left)}", f"due-{line.grade}"),
        line.last_day.isoformat(),
        lines(
            view.pick(line.title_zh, line.title_en), Html(f'<span class="muted">{rule.markup} {escape(awaited)}</span>')
        ),
        lines(case, Html(f'<span class="muted">{escape(line.case_name)}</span>')),
        line.name,
        line.department,
        line.prosecutor,
    ]


def _days_words(view: View, days: int) -> str:
    """Days left in words: overdue, today, or still to come."""
    if days < 0:
        return view.t("due.overdue", days=-days)
    return view.t("due.left", days=days) if days else view.t("due.today")


def _nothing(view: View, selection: DueFilter) -> None:
    if selection == DueFilter():
        empty.nothing(view, "empty.no_due")
    else:
        empty.nothing(view, "empty.no_due_selection", "empty.no_selection_how")
