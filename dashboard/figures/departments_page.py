"""部门: failures per department over time, their causes, what is overdue and how fast it is corrected. Departments stand in
their fixed order, never by a figure; no suspect is named, and handlers only to those who see their rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.figures.marks import (
    DAYS,
    export_link,
    over,
    per_hundred,
    period_filter,
    say_incomplete,
    say_unknown_office,
    tiles,
    unbroken,
)
from dashboard.frame import empty
from dashboard.frame.address import Address, write_address
from dashboard.frame.charts import departments_chart, draw, office_words
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.parameters import some
from dashboard.frame.tables import Cell, Column, Html, anchor, lines, show, table
from dashboard.frame.view import View
from expectations.figures.departments import (
    Causes,
    Days,
    OwnerDelay,
    Work,
    causes,
    days_of,
    department_work,
    owner_delays,
)
from expectations.figures.runs import Counts, RunMark, department_counts, offices_counted, runs_within
from expectations.office_days import today
from expectations.run.words.rule_words import RuleWords, rule_words
from expectations.store.offices import UNKNOWN
from expectations.store.register import RegisterSession

OFFICE, DEPARTMENT = some("office"), some("department")
_HERE = Address("dp", OFFICE, DEPARTMENT, DAYS)


@dataclass(frozen=True)
class Selection:
    """What the page draws: an office's runs, its departments in order, and the one chosen (None: all)."""

    office: str
    runs: tuple[RunMark, ...]
    days: Days
    work: tuple[Work, ...]
    department: str | None

    @property
    def chosen(self) -> list[Work]:
        """The departments the figures below the table are of."""
        return [department for department in self.work if self.department in (None, department.department)]


def departments_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.departments"))
    with view.register.reading() as session:
        selection = _choose(view, session)
        if selection is None:
            empty.nothing(view, "dept.none", "dept.none_how")
            return
        if len(selection.work) == 1:
            show(Html(f"<b>{escape(selection.office)} {escape(selection.work[0].department)}</b>"))
        say_incomplete(view, selection.runs)
        say_unknown_office(view, UNKNOWN in offices_counted(selection.runs))
        show(_tiles(view, selection))
        _trend(view, selection, department_counts(session, view.reader, selection.runs, selection.office))
        _work_part(view, selection)
        if selection.department is not None:
            _owners(
                view,
                selection,
                owner_delays(session, view.reader, selection.office, selection.department, selection.days),
            )
        _causes_part(view, selection, causes(session, view.reader, selection.office, selection.department))
    export_link(view, "departments.xlsx", _HERE.written() | {OFFICE.name: [selection.office]})


def _choose(view: View, session: RegisterSession) -> Selection | None:
    """The office, department and period chosen, at first those of the address; None where the reader counts nothing."""
    _HERE.enter(view)
    period = _HERE.value(DAYS)
    runs = runs_within(session, view.reader, period)
    offices = offices_counted(runs)
    if not offices:
        return None
    office = _office(offices, runs)
    days = days_of(session, runs[-1], period, today())
    work = department_work(session, view.reader, office, runs, days)
    departments = [department.department for department in work]
    _filters(view, offices, departments)
    department = departments[0] if len(departments) == 1 else _HERE.value(DEPARTMENT)
    write_address(view, _HERE.written())
    return Selection(office, tuple(runs), days, tuple(work), department)


def _office(offices: Sequence[str], runs: Sequence[RunMark]) -> str:
    """The office chosen; at first the one with most cards, of those that have the department of the address."""
    if len(offices) == 1:
        _HERE.put(OFFICE, None)
        return offices[0]
    chosen = _HERE.value(OFFICE)
    if chosen is None or chosen not in offices:
        department = _HERE.value(DEPARTMENT)
        having = [
            office
            for office in offices
            if any(department == name for run in runs for of, name in run.checked if of == office)
        ]
        cards = Counter[str]()
        for (of, _), number in runs[-1].checked.items():
            cards[of] += number
        chosen = max(having or offices, key=lambda name: (name != "", cards[name]))
        _HERE.put(OFFICE, chosen)
    return chosen


def _filters(view: View, offices: Sequence[str], departments: Sequence[str]) -> None:
    """The period, and the office and department where there are several to choose from."""
    row = [period_filter(view)]
    if len(offices) > 1:
        row.append(Filter(OFFICE, "select", offices, lambda name: office_words(view, name), "trend.office", width=280))
    if len(departments) > 1:
        row.append(Filter(DEPARTMENT, "select", departments, width=320))
    filter_bar(view, _HERE, row, changed=lambda: None)


def _tiles(view: View, selection: Selection) -> Html:
    """The chosen department, or all of them, in four boxes."""
    departments = selection.chosen
    still, checked = (
        sum(department.open for department in departments),
        sum(department.checked for department in departments),
    )
    corrected, in_time = (
        sum(department.corrected for department in departments),
        sum(department.in_time for department in departments),
    )
    return tiles(
        (
            (view.t("dept.open_of_checked"), over(still, checked), _rate(view, still, checked)),
            (
                view.t("dept.overdue_of_open"),
                over(sum(department.overdue for department in departments), still),
                view.t("dept.overdue_note", days=selection.days.reply),
            ),
            (
                view.t("dept.corrected_in", days=selection.days.period),
                f"{corrected:,}",
                view.t("dept.in_time", fraction=over(in_time, corrected)),
            ),
            (
                view.t("dept.notices_overdue"),
                over(
                    sum(department.notices_overdue for department in departments),
                    sum(department.notices for department in departments),
                ),
                view.t("dept.notices_note"),
            ),
        )
    )


def _rate(view: View, part: int, cards: int) -> str:
    return view.t("dept.rate", rate=f"{100 * part / cards:.1f}") if cards else ""


def _trend(view: View, selection: Selection, counts: dict[tuple[int, str], Counts]) -> None:
    """The lines and, beside them, where they begin and end, as numbers."""
    st.subheader(view.t("dept.over_time"))
    st.caption(view.t("dept.over_time_note"))
    names = [department.department for department in selection.work]
    line_column, number_column = st.columns([3, 2])
    with line_column:
        draw(departments_chart(view, selection.runs, selection.office, counts, selection.department, names))
    first, last = selection.runs[0], selection.runs[-1]

    def at(run: RunMark, name: str) -> Html:
        return per_hundred(
            view, counts.get((run.seq, name), Counts()).open, run.checked.get((selection.office, name), 0)
        )

    columns = [
        Column(view.t("column.department")),
        Column(first.as_of.isoformat(), "number"),
        Column(last.as_of.isoformat(), "number"),
    ]
    rows: list[list[Cell]] = [
        [unbroken(name or view.t("app.blank")), at(first, name), at(last, name)] for name in names
    ]
    with number_column:
        show(table(columns, rows, "dept-trend compact"))


def _work_part(view: View, selection: Selection) -> None:
    st.subheader(view.t("dept.work"))
    st.caption(view.t("dept.work_note", days=selection.days.reply, period=selection.days.period))
    keys = ("open", "young", "middle", "old", "overdue", "period", "median", "notices", "hints")
    columns = [
        Column(view.t("column.department"), "middle"),
        *(Column(view.t(f"column.dept_{key}"), "number") for key in keys),
    ]
    show(table(columns, [_work_row(view, department) for department in selection.work], "dept-work"))


def _work_row(view: View, department: Work) -> list[Cell]:
    return [
        department.department or view.t("app.blank"),
        per_hundred(view, department.open, department.checked),
        *(over(number, department.open) for number in department.ages),
        over(department.overdue, department.open),
        over(department.in_time, department.corrected),
        "—" if department.median_days is None else f"{department.median_days:g}",
        over(department.notices_overdue, department.notices),
        department.hints,
    ]


def _owners(view: View, selection: Selection, delays: Sequence[OwnerDelay]) -> None:
    """Who in the department has something open, by name."""
    if not delays:
        return
    st.subheader(view.t("dept.owners"))
    st.caption(view.t("dept.owners_note"))
    columns = [Column(view.t("column.prosecutor")), Column(view.t("column.dept_overdue"), "number")]
    rows: list[list[Cell]] = [
        [
            _findings(view, owner.prosecutor or view.t("app.blank"), selection, prosecutor=owner.prosecutor),
            over(owner.overdue, owner.open),
        ]
        for owner in delays
    ]
    show(table(columns, rows, "dept-owners compact"))


def _causes_part(view: View, selection: Selection, causes: Causes) -> None:
    st.subheader(view.t("dept.causes"))
    if not causes.total:
        empty.nothing(view, "dept.no_causes")
        return
    st.caption(view.t("dept.causes_note", of=selection.department or view.t("dept.all"), total=f"{causes.total:,}"))
    words = rule_words(view.con, [rule_id for rule_id, _ in causes.rules])
    columns = [
        Column(view.t("column.rule"), "wide"),
        Column(view.t("column.dept_share"), "number"),
        Column(view.t("column.dept_typical"), "wide"),
        Column(view.t("column.how_to_fill"), "wide"),
    ]
    rows: list[list[Cell]] = [
        _cause_row(view, selection, rule_id, over(number, causes.total), words.get(rule_id, RuleWords()))
        for rule_id, number in causes.rules
    ]
    show(table(columns, rows, "dept-causes"))
    types: list[list[Cell]] = [[view.label("type", name), over(number, causes.total)] for name, number in causes.types]
    show(
        table(
            [Column(view.t("column.error_type")), Column(view.t("column.dept_share"), "number")],
            types,
            "dept-types compact",
        )
    )


def _cause_row(view: View, selection: Selection, rule_id: str, share: str, words: RuleWords) -> list[Cell]:
    return [
        lines(anchor(rule_id, view.link("rules", rule=rule_id)), view.pick(*words.title)),
        _findings(view, share, selection, rule=rule_id),
        view.pick(*words.typical),
        view.pick(*words.how_to_fill),
    ]


def _findings(view: View, words: str, selection: Selection, **params: str) -> Cell:
    """A figure, linked to its findings for those who may open them."""
    if "findings" not in view.reader.pages:
        return words
    return anchor(
        words, view.link("findings", department=[selection.department] if selection.department else [], **params)
    )
