"""The charts, in Altair. They draw what they are given; figures come from the query modules."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from dashboard.marks import share
from dashboard.overview_queries import GroupCount, TypeCount
from dashboard.view import View

_WRONG, _RIGHT = "#b3443a", "#cfd8e3"
_SEVERITIES = {"serious": "#b3261e", "normal": "#e0a030"}


def department_chart(view: View, groups: Sequence[GroupCount]) -> alt.LayerChart:
    """Cards checked per department with the part that has errors, in the order given."""
    wrong, right = view.t("chart.with_errors"), view.t("chart.without_errors")
    names = [short_name(group.name) or view.t("app.blank") for group in groups]
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
                "cards:Q",
            ],
        )
    )
    words = alt.Chart(ends).mark_text(align="left", dx=5, fontSize=11).encode(y=rows, x="cards:Q", text="share:N")
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
            tooltip=["type:N", "severity:N", "errors:Q"],
        )
    )
    words = alt.Chart(sums).mark_text(align="left", dx=5, fontSize=12).encode(y=rows, x="errors:Q", text="errors:Q")
    return _layered(bars, words, len(sums))


def _rows(field: str, order: Sequence[str]) -> alt.Y:
    return alt.Y(f"{field}:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=170, ticks=False, domain=False))


def _across(title: str, largest: int, room: float) -> dict[str, Any]:
    """A count axis with room for the words behind the longest bar."""
    return {
        "title": title,
        "scale": alt.Scale(domain=[0, max(largest, 1) * room], nice=False),
        "axis": alt.Axis(format="d", tickMinStep=1, tickCount=6),
    }


def _colour(field: str, names: list[str], colours: list[str]) -> alt.Color:
    return alt.Color(
        f"{field}:N", title=None, scale=alt.Scale(domain=names, range=colours), legend=alt.Legend(orient="top")
    )


def _layered(bars: alt.Chart, words: alt.Chart, rows: int) -> alt.LayerChart:
    return alt.LayerChart(layer=[bars, words]).properties(height=max(120, 34 * rows + 60))


def short_name(department: str) -> str:
    """A department's name without what stands in brackets, for an axis."""
    return department.partition("（")[0].partition("(")[0]
