"""The charts, in Altair. They draw what they are given; figures come from the query modules."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from altair.utils.schemapi import disable_debug_mode

from dashboard.frame.marks import share
from dashboard.frame.view import View
from expectations.figures.runs import Counts, RunLine, RunMark
from expectations.notices.issuing import short_name as place_of
from expectations.run.figures import Line, several_offices
from expectations.run.overview import TypeCount
from expectations.store.offices import UNKNOWN

_WRONG, _RIGHT = "#b3443a", "#cfd8e3"
_SEVERITIES = {"serious": "#b3261e", "normal": "#e0a030"}
_SERIES = {"open": "#1f5a96", "new": "#b3443a", "corrected": "#2e7d4f"}
_DEPARTMENTS = (
    "#1f5a96",
    "#b3443a",
    "#2e7d4f",
    "#b7791f",
    "#6b4fa0",
    "#0f8b8d",
    "#c2559d",
    "#5d6d2e",
    "#8a5a44",
    "#4a7fd1",
    "#7d8597",
    "#d0722f",
)
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_HEADROOM = 1.3  # above the line, for the words of a change
_FEW_RUNS = 40
"""Up to so many runs each one is a point; with more only those not complete are, and the last one."""

# Altair checks every part of a chart against the schema when it is made and once more when it is drawn, which takes longer than
# the rest of a page: the tests do that, once for all.
disable_debug_mode()
alt.theme.enable("none")
alt.data_transformers.disable_max_rows()


def draw(chart: alt.LayerChart) -> None:
    """Draws a chart across the page."""
    st.vega_lite_chart(chart.to_dict(validate=False), width="stretch")


def department_chart(view: View, groups: Sequence[Line]) -> alt.LayerChart:
    """Cards checked per department with the part that has errors, in the order given."""
    wrong, right = view.t("chart.with_errors"), view.t("chart.without_errors")
    names = [department_words(view, group, groups, short=True) for group in groups]
    frame = pd.DataFrame(
        [
            {"name": name, "part": part, "cards": cards, "order": order}
            for name, group in zip(names, groups, strict=True)
            for order, (part, cards) in enumerate(
                ((wrong, group.with_errors), (right, group.checked - group.with_errors))
            )
        ]
    )
    ends = pd.DataFrame(
        {"name": name, "cards": group.checked, "share": share(group.with_errors, group.checked)}
        for name, group in zip(names, groups, strict=True)
    )
    rows = _rows("name", names)
    across = _across(view.t("chart.cards"), max((group.checked for group in groups), default=1), room=1.75)
    bars = (
        alt.Chart(frame)
        .mark_bar(height={"band": 0.62})
        .encode(
            y=rows,
            x=alt.X("cards:Q", stack="zero", **across),
            color=_colour("part", [wrong, right], [_WRONG, _RIGHT]),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("name:N", title=view.t("column.department")),
                alt.Tooltip("part:N", title=" "),
                alt.Tooltip("cards:Q"),
            ],
        )
    )
    words = (
        alt.Chart(ends)
        .mark_text(align="left", dx=5, fontSize=11)
        .encode(y=rows, x=alt.X("cards:Q"), text=alt.Text("share:N"))
    )
    return _layered(bars, words, len(names))


def type_chart(view: View, counts: Sequence[TypeCount]) -> alt.LayerChart:
    """Errors by type, stacked by severity."""
    labels = [view.label("severity", severity) for severity in _SEVERITIES]
    frame = pd.DataFrame(
        {
            "type": view.label("type", count.error_type),
            "severity": view.label("severity", count.severity),
            "errors": count.errors,
            "order": list(_SEVERITIES).index(count.severity) if count.severity in _SEVERITIES else 9,
        }
        for count in counts
    )
    sums = frame.groupby("type", as_index=False)["errors"].sum()
    rows = _rows("type", sorted(sums["type"]))
    across = _across(view.t("chart.errors"), int(sums["errors"].max()), room=1.12)
    bars = (
        alt.Chart(frame)
        .mark_bar(height={"band": 0.62})
        .encode(
            y=rows,
            x=alt.X("errors:Q", stack="zero", **across),
            color=_colour("severity", labels, list(_SEVERITIES.values())),
            order=alt.Order("order:Q"),
            tooltip=[alt.Tooltip("type:N"), alt.Tooltip("severity:N"), alt.Tooltip("errors:Q")],
        )
    )
    words = (
        alt.Chart(sums)
        .mark_text(align="left", dx=5, fontSize=12)
        .encode(y=rows, x=alt.X("errors:Q"), text=alt.Text("errors:Q"))
    )
    return _layered(bars, words, len(sums))


def run_chart(view: View, lines: Sequence[RunLine], series: Sequence[str]) -> alt.LayerChart:
    """`series` (open, new, corrected) over the runs: runs not complete hollow, changes of rules as upright lines."""
    names = [view.t(f"column.figure_{name}") for name in series]
    frame = pd.DataFrame(
        {
            **_when(line.run),
            "series": words,
            "count": getattr(line.counts, name),
            "point": _is_point(line.run, lines[-1].run, len(lines)),
        }
        for name, words in zip(series, names, strict=True)
        for line in lines
    )
    colours = [_SERIES[name] for name in series]
    top = _HEADROOM * max(1, *(getattr(line.counts, name) for line in lines for name in series))
    count = alt.Y(
        "count:Q",
        title=None,
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(format="d", tickMinStep=1, tickCount=5),
    )
    drawn = (
        alt.Chart(frame)
        .mark_line(strokeWidth=2)
        .encode(
            x=_days(lines),
            y=count,
            color=_colour("series", names, colours),
            strokeDash=alt.condition(
                alt.datum.series == view.t("column.figure_corrected"), alt.value([6, 3]), alt.value([1, 0])
            ),
            order=alt.Order("seq:Q"),
        )
    )
    return _over_runs([drawn, *_points(view, frame, "series", names, colours), *_changes(view, lines)], 250)


def departments_chart(
    view: View,
    runs: Sequence[RunMark],
    office: str,
    counts: Mapping[tuple[int, str], Counts],
    chosen: str | None,
    names: Sequence[str],
) -> alt.LayerChart:
    """Open errors per 100 cards checked, a line per department in the order given; the chosen one stands out."""
    words = [short_name(name) or view.t("app.blank") for name in names]
    frame = pd.DataFrame(
        {
            **_when(run),
            "department": word,
            "count": 100 * counts.get((run.seq, name), Counts()).open / checked,
            "fraction": f"{counts.get((run.seq, name), Counts()).open:,} / {checked:,}",
            "point": _is_point(run, runs[-1], len(runs)),
            "faint": chosen is not None and name != chosen,
        }
        for name, word in zip(names, words, strict=True)
        for run in runs
        if (checked := run.checked.get((office, name), 0))
    )
    colours = [_DEPARTMENTS[number % len(_DEPARTMENTS)] for number in range(len(words))]
    opacity = alt.condition("datum.faint", alt.value(0.18), alt.value(1.0))
    drawn = (
        alt.Chart(frame)
        .mark_line(strokeWidth=2)
        .encode(
            x=_days(runs),
            y=alt.Y("count:Q", title=view.t("dept.axis"), scale=alt.Scale(domainMin=0), axis=alt.Axis(tickCount=5)),
            color=_colour("department", words, colours, columns=3),
            opacity=opacity,
            order=alt.Order("seq:Q"),
        )
    )
    marks = [
        points.encode(opacity=opacity) for points in _points(view, frame, "department", words, colours, "fraction")
    ]
    return _over_runs([drawn, *marks], 300 + 26 * -(-len(words) // 3))


def _when(run: RunMark) -> dict[str, Any]:
    return {"day": pd.Timestamp(run.as_of), "seq": run.seq, "run": run.run_id, "complete": run.complete}


def _is_point(run: RunMark, last: RunMark, runs: int) -> bool:
    return runs <= _FEW_RUNS or not run.complete or run.seq == last.seq


def _days(runs: Sequence[object]) -> alt.X:
    return alt.X(
        "day:T", title=None, axis=alt.Axis(format="%m-%d", labelOverlap=True, grid=False, tickCount=min(len(runs), 8))
    )


def _points(
    view: View, frame: pd.DataFrame, field: str, names: list[str], colours: list[str], figure: str = "count"
) -> list[alt.Chart]:
    """Complete runs filled, the others hollow; every one of them tells its figures."""
    tooltip = [
        alt.Tooltip("day:T", title=view.t("column.run_day"), format="%Y-%m-%d"),
        alt.Tooltip(f"{field}:N", title=" "),
        alt.Tooltip(f"{figure}:N", title=view.t("column.findings")),
    ]
    colour = alt.Color(f"{field}:N", title=None, scale=alt.Scale(domain=names, range=colours), legend=None)
    shape = alt.Shape(
        f"{field}:N",
        scale=alt.Scale(domain=names, range=[_SHAPES[number % len(_SHAPES)] for number in range(len(names))]),
        legend=None,
    )
    base = (
        alt.Chart(frame)
        .transform_filter("datum.point")
        .encode(x=alt.X("day:T"), y=alt.Y("count:Q"), color=colour, shape=shape, tooltip=tooltip)
    )
    return [
        base.transform_filter("datum.complete").mark_point(filled=True, size=42, opacity=1),
        base.transform_filter("!datum.complete").mark_point(
            filled=False, size=90, strokeWidth=2, fill="white", opacity=1
        ),
    ]


def _changes(view: View, lines: Sequence[RunLine]) -> list[alt.Chart]:
    """An upright line where rules changed, with the rule or the number of rules."""
    changes = [line for line in lines if line.changed]
    if not changes:
        return []
    frame = pd.DataFrame(
        {"day": pd.Timestamp(line.run.as_of), "words": changed_words(view, line.changed)} for line in changes
    )
    base = alt.Chart(frame).encode(x=alt.X("day:T"), tooltip=[alt.Tooltip("words:N", title=view.t("trend.changed"))])
    return [
        base.mark_rule(strokeDash=[3, 3], color="#667085", strokeWidth=1.5),
        base.mark_text(align="left", baseline="top", dx=4, fontSize=11, color="#4b5563").encode(
            y=alt.value(2), text=alt.Text("words:N")
        ),
    ]


def changed_words(view: View, rules: Sequence[str]) -> str:
    """Rules that changed in few words: their ids, or how many they are."""
    return "、".join(rules) if len(rules) <= 2 else view.t("trend.rules_changed", count=len(rules))


def _over_runs(layers: Sequence[alt.Chart], height: int) -> alt.LayerChart:
    return alt.LayerChart(layer=list(layers)).properties(height=height)


def _rows(field: str, order: Sequence[str]) -> alt.Y:
    return alt.Y(f"{field}:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=170, ticks=False, domain=False))


def _across(title: str, largest: int, room: float) -> dict[str, Any]:
    """A count axis with room for the words behind the longest bar."""
    return {
        "title": title,
        "scale": alt.Scale(domain=[0, max(largest, 1) * room], nice=False),
        "axis": alt.Axis(format="d", tickMinStep=1, tickCount=6),
    }


def _colour(field: str, names: list[str], colours: list[str], columns: int = 0) -> alt.Color:
    tight: dict[str, Any] = (
        {"columnPadding": 6, "labelOffset": 2, "offset": 8} if columns else {}
    )  # three beside each other on a phone
    legend = alt.Legend(orient="top", columns=columns, labelLimit=120, **tight)
    return alt.Color(f"{field}:N", title=None, scale=alt.Scale(domain=names, range=colours), legend=legend)


def _layered(bars: alt.Chart, words: alt.Chart, rows: int) -> alt.LayerChart:
    return alt.LayerChart(layer=[bars, words]).properties(height=max(120, 34 * rows + 60))


def department_words(view: View, line: Line, lines: Sequence[Line], *, short: bool = False) -> str:
    """A department, with its office where the lines are of several, and where none is known."""
    name = (short_name(line.department) if short else line.department) or view.t("app.blank")
    office = office_words(view, line.office)
    if line.office != UNKNOWN:
        office = place_of(line.office) if several_offices(lines) else ""
    return f"{name}（{office}）" if office else name


def office_words(view: View, office: str) -> str:
    """An office's name, or that none is known."""
    return office if office != UNKNOWN else view.t("figures.unknown_office")


def short_name(department: str) -> str:
    """A department's name without what stands in brackets, for an axis."""
    return department.partition("（")[0].partition("(")[0]
