"""What the figure pages say in the same words: a number over its denominator, a run that is not complete, the period.

A figure never stands without its denominator.
"""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from dashboard.frame.filters import Filter
from dashboard.frame.parameters import one_of
from dashboard.frame.tables import Html, lines
from dashboard.frame.view import View
from expectations.figures.runs import RunMark
from expectations.register.problems import PROBLEM_KINDS

PERIODS = (90, 30, 365)
"""Days the figure pages look back on; the first is the usual one."""

DAYS = one_of("days", PERIODS)


def over(part: int, whole: int) -> str:
    """`part / whole`."""
    return f"{part:,} / {whole:,}"


def unbroken(words: str) -> Html:
    """Words that stay on one line however narrow the column: a day, a fraction."""
    return Html(f'<span style="white-space: nowrap">{escape(words)}</span>')


def per_hundred(view: View, part: int, cards: int) -> Html:
    """Findings over cards checked and, below, what that is per 100 cards; without cards only the fraction."""
    rate = view.t("trend.per_hundred", rate=f"{100 * part / cards:.1f}") if cards else ""
    return lines(unbroken(over(part, cards)), Html(f'<span class="muted">{escape(rate)}</span>') if rate else "")


def incomplete_words(view: View, run: RunMark) -> str:
    """Why a run is not complete; empty when it is."""
    if run.complete:
        return ""
    return "、".join(PROBLEM_KINDS[kind].in_language(view.language) for kind in run.problems) or view.t(
        "trend.incomplete"
    )


def say_incomplete(view: View, runs: Sequence[RunMark]) -> None:
    """Names the runs that are not complete: the newest as a warning, the others in a line."""
    broken = [run for run in runs if not run.complete]
    if not broken:
        return
    if not runs[-1].complete:
        st.warning(
            view.t("trend.last_incomplete", day=runs[-1].as_of, why=incomplete_words(view, runs[-1])),
            icon=":material/warning:",
        )
    latest = [f"{run.as_of} {incomplete_words(view, run)}" for run in broken[-5:]]
    st.caption(
        view.t("trend.hollow", count=len(broken), days="；".join(latest) + ("…" if len(broken) > len(latest) else ""))
    )


def say_unknown_office(view: View, has_unknown: bool) -> None:
    """Explains the line of cards whose office is unknown, where there is one."""
    if has_unknown:
        st.caption(view.t("figures.unknown_note"))


def period_filter(view: View) -> Filter:
    """The days looked back on, as buttons."""
    return Filter(DAYS, "buttons", sorted(PERIODS), lambda days: view.t("trend.days", days=days), "trend.period")


def tiles(boxes: Sequence[tuple[str, str, str]]) -> Html:
    """Boxes of title, figure and note."""
    return Html(
        '<div class="anka-cards">'
        + "".join(
            f'<div><div class="muted">{escape(title)}</div><div class="figure">{escape(figure)}</div>'
            f'<div class="muted">{escape(note)}</div></div>'
            for title, figure, note in boxes
        )
        + "</div>"
    )


def export_link(view: View, name: str, params: Mapping[str, object]) -> None:
    """The download of what is shown, for those who may export."""
    if view.reader.may("export"):
        st.link_button(view.t("list.download"), view.link(f"export/{name}", **params), icon=":material/download:")
