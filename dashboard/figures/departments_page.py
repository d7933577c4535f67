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
    whole,
)
from dashboard.frame import empty
from dashboard.frame.address import Address, write_address
from dashboard.frame.charts import departments_chart, office_words
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
from expectations.run.rule_words import RuleWords, rule_words
from expectations.store.offices import UNKNOWN
from expectations.store.register import RegisterSession

OFFICE, DEPARTMENT = some("office"), some("department")
_HERE = Address("dp", OFFICE, DEPARTMENT, DAYS)


@dataclass(frozen=True)
class Shown:
    """What the page draws: an office's runs, its departments in order, and the one chosen (None: all)."""

    office: str
    runs: tuple[RunMark, ...]
    days: Days
    work: tuple[Work, ...]
    department: str | None

    @property
    def chosen(self) -> list[Work]:
        """The departments the figures below the table are of."""
        return [one for one in self.work if self.department in (None, one.department)]


def departments_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.departments"))
    with view.register.reading() as session:
        shown = _choose(view, session)
        if shown is None:
            empty.nothing(view, "dept.none", "dept.none_how")
            return
        if len(shown.work) == 1:
            show(Html(f"<b>{escape(shown.office)} {escape(shown.work[0].department)}</b>"))
        say_incomplete(view, shown.runs)
        say_unknown_office(view, UNKNOWN in offices_counted(shown.runs))
        show(_tiles(view, shown))
        _trend(view, shown, department_counts(session, view.reader, shown.runs, shown.office))
        _work_part(view, shown)
        if shown.department is not None:
            _owners(view, shown, owner_delays(session, view.reader, shown.office, shown.department, shown.days))
        _causes_part(view, shown, causes(session, view.reader, shown.office, shown.department))
    export_link(view, "departments.xlsx", _HERE.written() | {OFFICE.name: [shown.office]})


def _choose(view: View, session: RegisterSession) -> Shown | None:
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
    departments = [one.department for one in work]
    _filters(view, offices, departments)
    department = departments[0] if len(departments) == 1 else _HERE.value(DEPARTMENT)
    write_address(view, _HERE.written())
    return Shown(office, tuple(runs), days, tuple(work), department)


def _office(offices: Sequence[str], runs: Sequence[RunMark]) -> str:
    """The office chosen; at first the one with most cards, of those that have the department of the address."""
    if len(offices) == 1:
        _HERE.put(OFFICE, None)
        return offices[0]
    chosen = _HERE.value(OFFICE)
    if chosen is None or chosen not in offices:
        wanted = _HERE.value(DEPARTMENT)
        having = [
            office
            for office in offices
            if any(wanted == name for run in runs for of, name in run.checked if of == office)
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


def _tiles(view: View, shown: Shown) -> Html:
    """The chosen department, or all of them, in four boxes."""
    of = shown.chosen
    still, checked = sum(one.open for one in of), sum(one.checked for one in of)
    corrected, in_time = sum(one.corrected for one in of), sum(one.in_time for one in of)
    return tiles(
        (
            (view.t("dept.open_of_checked"), over(still, checked), _rate(view, still, checked)),
            (
                view.t("dept.overdue_of_open"),
                over(sum(one.overdue for one in of), still),
                view.t("dept.overdue_note", days=shown.days.reply),
            ),
            (
                view.t("dept.corrected_in", days=shown.days.period),
                f"{corrected:,}",
                view.t("dept.in_time", fraction=over(in_time, corrected)),
            ),
            (
                view.t("dept.notices_overdue"),
                over(sum(one.notices_overdue for one in of), sum(one.notices for one in of)),
                view.t("dept.notices_note"),
            ),
        )
    )


def _rate(view: View, part: int, cards: int) -> str:
    return view.t("dept.rate", rate=f"{100 * part / cards:.1f}") if cards else ""


def _trend(view: View, shown: Shown, counts: dict[tuple[int, str], Counts]) -> None:
    """The lines and, beside them, where they begin and end, as numbers."""
    st.subheader(view.t("dept.over_time"))
    st.caption(view.t("dept.over_time_note"))
    names = [one.department for one in shown.work]
    left, right = st.columns([3, 2])
    with left:
        st.altair_chart(
            departments_chart(view, shown.runs, shown.office, counts, shown.department, names), width="stretch"
        )
    first, last = shown.runs[0], shown.runs[-1]

    def at(run: RunMark, name: str) -> Html:
        return per_hundred(view, counts.get((run.seq, name), Counts()).open, run.checked.get((shown.office, name), 0))

    columns = [
        Column(view.t("column.department")),
        Column(first.as_of.isoformat(), "number"),
        Column(last.as_of.isoformat(), "number"),
    ]
    rows: list[list[Cell]] = [[whole(name or view.t("app.blank")), at(first, name), at(last, name)] for name in names]
    with right:
        show(table(columns, rows, "dept-trend compact"))


def _work_part(view: View, shown: Shown) -> None:
    st.subheader(view.t("dept.work"))
    st.caption(view.t("dept.work_note", days=shown.days.reply, period=shown.days.period))
    keys = ("open", "young", "middle", "old", "overdue", "period", "median", "notices", "hints")
    columns = [
        Column(view.t("column.department"), "middle"),
        *(Column(view.t(f"column.dept_{key}"), "number") for key in keys),
    ]
    show(table(columns, [_work_row(view, one) for one in shown.work], "dept-work"))


def _work_row(view: View, one: Work) -> list[Cell]:
    return [
        one.department or view.t("app.blank"),
        per_hundred(view, one.open, one.checked),
        *(over(number, one.open) for number in one.ages),
        over(one.overdue, one.open),
        over(one.in_time, one.corrected),
        "—" if one.median_days is None else f"{one.median_days:g}",
        over(one.notices_overdue, one.notices),
        one.hints,
    ]


def _owners(view: View, shown: Shown, found: Sequence[OwnerDelay]) -> None:
    """Who in the department has something open, by name."""
    if not found:
        return
    st.subheader(view.t("dept.owners"))
    st.caption(view.t("dept.owners_note"))
    columns = [Column(view.t("column.prosecutor")), Column(view.t("column.dept_overdue"), "number")]
    rows: list[list[Cell]] = [
        [
            _findings(view, one.prosecutor or view.t("app.blank"), shown, prosecutor=one.prosecutor),
            over(one.overdue, one.open),
        ]
        for one in found
    ]
    show(table(columns, rows, "dept-owners compact"))


def _causes_part(view: View, shown: Shown, found: Causes) -> None:
    st.subheader(view.t("dept.causes"))
    if not found.total:
        empty.nothing(view, "dept.no_causes")
        return
    st.caption(view.t("dept.causes_note", of=shown.department or view.t("dept.all"), total=f"{found.total:,}"))
    words = rule_words(view.con, [rule_id for rule_id, _ in found.rules])
    columns = [
        Column(view.t("column.rule"), "wide"),
        Column(view.t("column.dept_share"), "number"),
        Column(view.t("column.dept_typical"), "wide"),
        Column(view.t("column.how_to_fill"), "wide"),
    ]
    rows: list[list[Cell]] = [
        _cause_row(view, shown, rule_id, over(number, found.total), words.get(rule_id, RuleWords()))
        for rule_id, number in found.rules
    ]
    show(table(columns, rows, "dept-causes"))
    types: list[list[Cell]] = [[view.label("type", name), over(number, found.total)] for name, number in found.types]
    show(
        table(
            [Column(view.t("column.error_type")), Column(view.t("column.dept_share"), "number")],
            types,
            "dept-types compact",
        )
    )


def _cause_row(view: View, shown: Shown, rule_id: str, share: str, words: RuleWords) -> list[Cell]:
    return [
        lines(anchor(rule_id, view.link("rules", rule=rule_id)), view.pick(*words.title)),
        _findings(view, share, shown, rule=rule_id),
        view.pick(*words.typical),
        view.pick(*words.how_to_fill),
    ]


def _findings(view: View, words: str, shown: Shown, **params: str) -> Cell:
    """A figure, linked to its findings for those who may open them."""
    if "findings" not in view.reader.pages:
        return words
    return anchor(words, view.link("findings", department=[shown.department] if shown.department else [], **params))
