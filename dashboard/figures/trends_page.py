"""趋势: what stood open, was new and was corrected at every run, for the rules, departments and error types chosen. Changes
of rules are marked, runs that are not complete are drawn hollow and named. Hints stand apart from errors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.figures.marks import (
    DAYS,
    export_link,
    incomplete_words,
    over,
    period_filter,
    say_incomplete,
    say_unknown_office,
    unbroken,
)
from dashboard.frame import empty
from dashboard.frame.address import Address, write_address
from dashboard.frame.charts import changed_words, draw, office_words, run_chart
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.parameters import Values, many, one_of, some
from dashboard.frame.tables import Cell, Column, Html, lines, show, table
from dashboard.frame.view import View
from expectations.figures.runs import Asked, RunLine, RunMark, offices_counted, run_lines, runs_within
from expectations.finding.departments import department_order
from expectations.run.words.rule_words import rules_known
from expectations.store.offices import UNKNOWN

_KINDS = ("errors", "hints")
_OFFICE, _DEPARTMENT, _RULE, _TYPE = some("office"), many("department"), many("rule"), many("type")
_KIND = one_of("kind", _KINDS)
_HERE = Address("t", _OFFICE, _DEPARTMENT, _RULE, _TYPE, _KIND, DAYS)
_SHOWN = 31
"""Runs the table shows at once; the earlier ones can be opened."""


@dataclass(frozen=True)
class Choices:
    """What the filters offer."""

    offices: tuple[str, ...]
    departments: tuple[str, ...]
    rules: Mapping[str, tuple[str, str, str]]
    error_types: tuple[str, ...]


def trends_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.trends"))
    _HERE.enter(view)
    with view.register.reading() as session:
        runs = runs_within(session, view.reader, _HERE.value(DAYS))
        if not offices_counted(runs):
            empty.nothing(view, "dept.none", "dept.none_how")
            return
        _filters(view, _choices(view, runs))
        lines_of_runs = run_lines(session, view.reader, figures_asked(_HERE.value), runs)
    write_address(view, _HERE.written())
    say_unknown_office(view, UNKNOWN in offices_counted(runs))
    _draw(view, lines_of_runs)
    export_link(view, "trends.xlsx", _HERE.written())


def figures_asked(value: Values) -> Asked:
    """The figures asked for."""
    return Asked(
        value(_OFFICE), tuple(value(_DEPARTMENT)), tuple(value(_RULE)), tuple(value(_TYPE)), value(_KIND) == "hints"
    )


def _choices(view: View, runs: Sequence[RunMark]) -> Choices:
    rules = rules_known(view.con)
    chosen_office, offices = _HERE.value(_OFFICE), offices_counted(runs)
    departments = {
        name for run in runs for office, name in run.checked if chosen_office not in offices or chosen_office == office
    }
    return Choices(
        tuple(offices),
        tuple(sorted(departments, key=department_order)),
        rules,
        tuple(sorted({error_type for _, _, error_type in rules.values()})),
    )


def _filters(view: View, offered: Choices) -> None:
    """The filters; the office only where there are several to choose from."""
    titles = {rule: f"{rule} {view.pick(*words[:2])}" for rule, words in offered.rules.items()}
    row = [
        period_filter(view),
        Filter(_OFFICE, "select", offered.offices, lambda name: office_words(view, name), "trend.office", width=320),
        Filter(_KIND, "buttons", _KINDS, lambda name: view.t(f"kind.{name}"), "trend.kind"),
    ]
    if len(offered.offices) == 1:
        _HERE.put(_OFFICE, None)
        del row[1]
    folded = (
        Filter(_DEPARTMENT, options=offered.departments),
        Filter(_RULE, options=tuple(titles), name_of=titles.__getitem__),
        Filter(
            _TYPE, options=offered.error_types, name_of=lambda name: view.label("type", name), label="filter.error_type"
        ),
    )
    filter_bar(view, _HERE, row, folded, changed=lambda: None)
    if _HERE.value(_KIND) == "hints":
        st.caption(view.t("trend.hints_note"))


def _draw(view: View, lines_of_runs: Sequence[RunLine]) -> None:
    say_incomplete(view, [line.run for line in lines_of_runs])
    st.subheader(view.t("trend.open_title"))
    draw(run_chart(view, lines_of_runs, ("open",)))
    st.subheader(view.t("trend.moves_title"))
    draw(run_chart(view, lines_of_runs, ("new", "corrected")))
    if any(line.changed for line in lines_of_runs):
        st.caption(view.t("trend.changes_note"))
    st.subheader(view.t("trend.table"))
    st.caption(view.t("trend.table_note"))
    newest_first = list(reversed(lines_of_runs))
    show(_table(view, newest_first[:_SHOWN]))
    if earlier := newest_first[_SHOWN:]:
        with st.expander(view.t("trend.earlier", count=len(earlier))):
            show(_table(view, earlier))


def _table(view: View, lines_of_runs: Sequence[RunLine]) -> Html:
    """The figures of the lines, one run a row."""
    columns = [
        Column(view.t("column.run_day"), "short"),
        Column(view.t("trend.open_of_checked"), "number"),
        Column(view.t("column.figure_new"), "number"),
        Column(view.t("column.figure_corrected"), "number"),
        Column(view.t("trend.remark")),
    ]
    rows: list[list[Cell]] = [
        [
            unbroken(line.run.as_of.isoformat()),
            over(line.counts.open, line.checked),
            line.counts.new,
            line.counts.corrected,
            _remark(view, line),
        ]
        for line in lines_of_runs
    ]
    return table(columns, rows, "trend compact")


def _remark(view: View, line: RunLine) -> Html:
    """What one must know to read the line: the run was not complete, rules changed."""
    broken = f"○ {incomplete_words(view, line.run)}" if not line.run.complete else ""
    changed = f"┆ {view.t('trend.changed')} {changed_words(view, line.changed)}" if line.changed else ""
    return lines(broken, changed)
