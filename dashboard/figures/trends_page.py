"""趋势: what stood open, was new and was corrected at every run, for the rules, departments and error types chosen. Changes
of rules are marked, runs that are not complete are drawn hollow and named. Hints stand apart from errors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.figures.marks import export_link, incomplete_words, over, period_choice, say_incomplete, whole
from dashboard.frame import empty
from dashboard.frame.charts import changed_words, run_chart
from dashboard.frame.tables import Cell, Column, Html, lines, show, table
from dashboard.frame.view import View, write_address
from expectations.finding.departments import department_order
from expectations.register.figures import Asked, RunLine, RunMark, offices_counted, run_lines, runs_within
from expectations.run.rule_words import rules_known

ALL = "*"
"""Stands for all offices in the choice of one; an office may have no name."""
_KINDS = ("errors", "hints")
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
    if view.entered:
        _read_address()
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        days = period_choice(view, "t_days")
    with view.register.reading() as session:
        runs = runs_within(session, view.reader, days)
        if not offices_counted(runs):
            empty.nothing(view, "dept.none", "dept.none_how")
            return
        asked = _filters(view, row, _choices(view, runs))
        found = run_lines(session, view.reader, asked, runs)
    params = address(asked, days)
    write_address(view.language, params)
    _draw(view, found)
    export_link(view, "trends.xlsx", params)


def address(asked: Asked, days: int) -> dict[str, str | Sequence[str]]:
    """The parameters of the page and of its download."""
    return {
        "office": asked.office or "",
        "department": asked.departments,
        "rule": asked.rules,
        "type": asked.error_types,
        "kind": "hints" if asked.hints else "",
        "days": str(days) if days != 90 else "",
    }


def _read_address() -> None:
    params = st.query_params
    asked = params.get("days", "")
    st.session_state["t_days"] = int(asked) if asked.isdigit() else 90
    st.session_state["t_office"] = params.get("office", ALL)
    for name in ("department", "rule", "type"):
        st.session_state[f"t_{name}"] = params.get_all(name)
    st.session_state["t_kind"] = "hints" if params.get("kind") == "hints" else "errors"


def _choices(view: View, runs: Sequence[RunMark]) -> Choices:
    known = rules_known(view.con)
    of = st.session_state.get("t_office", ALL)
    offices = offices_counted(runs)
    departments = {name for run in runs for office, name in run.checked if of not in offices or of == office}
    return Choices(
        tuple(offices),
        tuple(sorted(departments, key=department_order)),
        known,
        tuple(sorted({error_type for _, _, error_type in known.values()})),
    )


def _filters(view: View, row: DeltaGenerator, offered: Choices) -> Asked:
    """The filter widgets. What the address asked for and nobody knows is named and left out."""
    unknown: list[str] = []
    for name, values in (("department", offered.departments), ("rule", offered.rules), ("type", offered.error_types)):
        wanted = st.session_state.get(f"t_{name}", [])
        st.session_state[f"t_{name}"] = [value for value in wanted if value in values]
        unknown += [value for value in wanted if value not in values]
    if unknown:
        st.warning(view.t("filter.unknown", values="、".join(unknown)))
    office = _office(view, row, offered.offices)
    kind = row.segmented_control(
        view.t("trend.kind"), _KINDS, key="t_kind", required=True, format_func=lambda name: view.t(f"kind.{name}")
    )
    first, second, third = st.columns([3, 4, 2])
    departments = first.multiselect(
        view.t("filter.department"), offered.departments, key="t_department", placeholder=view.t("filter.all"),
        format_func=lambda name: name or view.t("app.blank"),
    )  # fmt: skip
    rules = second.multiselect(
        view.t("filter.rule"), list(offered.rules), key="t_rule", placeholder=view.t("filter.all"),
        format_func=lambda rule: f"{rule} {view.pick(*offered.rules[rule][:2])}",
    )  # fmt: skip
    types = third.multiselect(
        view.t("filter.error_type"), offered.error_types, key="t_type", placeholder=view.t("filter.all"),
        format_func=lambda name: view.label("type", name),
    )  # fmt: skip
    if kind == "hints":
        st.caption(view.t("trend.hints_note"))
    return Asked(office, tuple(departments), tuple(rules), tuple(types), kind == "hints")


def _office(view: View, row: DeltaGenerator, offices: Sequence[str]) -> str | None:
    if len(offices) == 1:
        return None
    if st.session_state.get("t_office") not in offices:
        st.session_state["t_office"] = ALL
    chosen = row.selectbox(
        view.t("trend.office"), [ALL, *offices], key="t_office", width=320,
        format_func=lambda name: view.t("filter.all") if name == ALL else name or view.t("app.blank"),
    )  # fmt: skip
    return None if chosen == ALL else str(chosen)


def _draw(view: View, found: Sequence[RunLine]) -> None:
    say_incomplete(view, [line.run for line in found])
    st.subheader(view.t("trend.open_title"))
    st.altair_chart(run_chart(view, found, ("open",)), width="stretch")
    st.subheader(view.t("trend.moves_title"))
    st.altair_chart(run_chart(view, found, ("new", "corrected")), width="stretch")
    if any(line.changed for line in found):
        st.caption(view.t("trend.changes_note"))
    st.subheader(view.t("trend.table"))
    st.caption(view.t("trend.table_note"))
    newest_first = list(reversed(found))
    show(_table(view, newest_first[:_SHOWN]))
    if earlier := newest_first[_SHOWN:]:
        with st.expander(view.t("trend.earlier", count=len(earlier))):
            show(_table(view, earlier))


def _table(view: View, found: Sequence[RunLine]) -> Html:
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
            whole(line.run.as_of.isoformat()),
            over(line.counts.open, line.checked),
            line.counts.new,
            line.counts.corrected,
            _remark(view, line),
        ]
        for line in found
    ]
    return table(columns, rows, "trend compact")


def _remark(view: View, line: RunLine) -> Html:
    """What one must know to read the line: the run was not complete, rules changed."""
    broken = f"○ {incomplete_words(view, line.run)}" if not line.run.complete else ""
    changed = f"┆ {view.t('trend.changed')} {changed_words(view, line.changed)}" if line.changed else ""
    return lines(broken, changed)
