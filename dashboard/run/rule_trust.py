"""How far a rule is trusted, as the pages say it: verified findings, the suggestion to tune, and a hold with its reason.

Counting is `precision`'s, holding and releasing is `trust`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.figures.marks import over
from dashboard.frame import empty
from dashboard.frame.tables import Cell, Html, show, tag
from dashboard.frame.view import View
from expectations.errors import AnkaError
from expectations.register.precision import LEAST_VERIFIED, Precision, precision_by_rule
from expectations.register.trust import hold, release
from expectations.store.holds import held_rules
from expectations.store.switches import switch
from expectations.store.tables import RuleState


@dataclass(frozen=True)
class Trust:
    """What the register knows of the rules."""

    precision: Mapping[str, Precision]
    on_hold: Mapping[str, RuleState]
    floor: float

    def of(self, rule_id: str) -> Precision:
        """A rule's numbers, noughts where there are none."""
        return self.precision.get(rule_id, Precision(rule_id))

    def to_tune(self, rule_id: str) -> bool:
        """Whether the rule should be looked at: too few of its verified findings were errors."""
        return self.of(rule_id).needs_tuning(self.floor)


def trust(view: View) -> Trust:
    """Of all rules, within what the reader may count."""
    with view.register.reading() as session:
        return Trust(
            precision_by_rule(session, view.reader), held_rules(session), float(switch(session, "precision_floor"))
        )


def trust_note(view: View) -> str:
    """What precision means here."""
    return view.t("precision.note", least=LEAST_VERIFIED)


def precision_cell(numbers: Precision) -> Cell:
    """Confirmed over verified, blank where nothing was verified."""
    return over(numbers.confirmed, numbers.verified) if numbers.verified else ""


def trust_marks(view: View, rule_trust: Trust, rule_id: str) -> list[Html]:
    """Labels of a rule: on hold, to be tuned."""
    return [
        *([tag(f"‖ {view.t('precision.held')}", "bad")] if rule_id in rule_trust.on_hold else []),
        *([tag(f"↻ {view.t('precision.tune')}", "normal")] if rule_trust.to_tune(rule_id) else []),
    ]


def show_trust(view: View, rule_trust: Trust, rule_id: str) -> None:
    """On the page of one rule: its hold, its numbers, the suggestion, and for a supervisor the buttons."""
    numbers, hold_state = rule_trust.of(rule_id), rule_trust.on_hold.get(rule_id)
    if hold_state:
        by, since = hold_state.by or view.t("precision.by_itself"), f"{hold_state.since:%Y-%m-%d}"
        st.warning(
            view.t("precision.held_note", since=since, by=by, reason=hold_state.reason), icon=":material/pause_circle:"
        )
    fraction = precision_cell(numbers) or view.t("precision.none")
    words = (
        (view.t("precision.hits"), f"{numbers.hits:,}"),
        (view.t("precision.confirmed"), f"{numbers.confirmed:,}"),
        (view.t("precision.rejected"), f"{numbers.rejected:,}"),
        (view.t("precision.precision"), str(fraction)),
    )
    spans = "".join(f'<span><span class="muted">{name}</span>{figure}</span>' for name, figure in words)
    show(Html(f'<div class="anka-facts">{spans}</div>'))
    if rule_trust.to_tune(rule_id):
        st.info(
            view.t(
                "precision.tune_note",
                verified=numbers.verified,
                confirmed=numbers.confirmed,
                floor=f"{rule_trust.floor:.0%}",
            ),
            icon=":material/tune:",
        )
    if view.reader.may("hold"):
        _decide(view, rule_id, hold_state is not None)


def _decide(view: View, rule_id: str, on_hold: bool) -> None:
    """Puts the rule on hold, keeps it there or releases it; a reason is asked for by `trust`."""
    with st.expander(view.t("precision.decide"), expanded=on_hold), st.form(f"hold_{rule_id}", border=False):
        reason = st.text_input(
            view.t("precision.reason"), placeholder=view.t("precision.reason_hint"), key=f"hold_reason_{rule_id}"
        )
        row = st.container(horizontal=True)
        released = on_hold and row.form_submit_button(
            view.t("precision.release"), type="primary", icon=":material/play_arrow:"
        )
        put_on_hold = row.form_submit_button(
            view.t("precision.keep") if on_hold else view.t("precision.hold"), icon=":material/pause:"
        )
    if not released and not put_on_hold:
        return
    try:
        (release if released else hold)(view.register, view.reader, rule_id, reason)
    except AnkaError as error:
        empty.mistake(error, view.language)
        return
    st.rerun()
