"""A list of findings to work through: one at hand with its keys, the others below it, decisions on several, and undo.

Used by the supervisor's morning and by a person's own list, which differ in what they ask for and in what may be decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.door.signed_in import signed_in
from dashboard.frame.address import Address, write_address
from dashboard.frame.pager import pager
from dashboard.frame.view import View
from dashboard.work.filters import Listing, first_at_hand
from dashboard.work.finding_block import finding_block
from expectations.errors import InputError
from expectations.office_days import today
from expectations.register.life import REASONS, Decision, Outcome, decide, undo
from expectations.register.reading import Wanted, count_findings, ids_of, list_findings
from expectations.register.transitions import Action, Standing, Transition, possible
from expectations.rights.acts import NotAllowedError
from expectations.store.tables import Finding

_SIZE = 20
_MOST_AT_ONCE = 2000


_STANDINGS: Mapping[str, Standing] = {
    "disputed": Standing(awaits="decision"),
    "answered": Standing(awaits="run"),
    "confirmed": Standing(verdict="confirmed"),
}
"""How all the findings of a named list stand, where the list says it."""


def work_list(view: View, address: Address, listing: Listing, total: int) -> None:
    """Draws the list and its decisions, and writes the address. `total` findings are asked for.

    Several at once are offered what fits the list, the finding at hand what fits it.
    """
    last_decision(view)
    selection, page = listing.selection, pager(view, address, total, _SIZE, first_at_hand)
    write_address(view, address.written())
    with view.register.reading() as session:
        findings = list_findings(session, view.reader, selection, sort=listing.sort, limit=_SIZE, offset=page * _SIZE)
    if not findings:
        return
    at = min(int(st.session_state.get("w_at", 0)), len(findings) - 1)
    with st.container(border=True, key="at_hand"):
        _at_hand(view, findings, at, selection.own)
    chosen = [finding for finding in findings if st.session_state.get(f"w_{finding.finding_id}")]
    _several(view, selection, chosen, total, offered(view, _STANDINGS.get(listing.name, Standing()), own=selection.own))
    for number, finding in enumerate(findings):
        if number != at:
            _further(view, finding, number)


def _at_hand(view: View, findings: Sequence[Finding], at: int, own: bool) -> None:
    """The finding at hand, and the keys that lead to its neighbours."""
    row = one_finding(view, findings[at], offered(view, Standing.of(findings[at]), own=own))
    row.button(view.t("work.next"), key="b_next", shortcut="j", on_click=_move, args=(min(at + 1, len(findings) - 1),))
    row.button(view.t("work.previous"), key="b_previous", shortcut="k", on_click=_move, args=(max(at - 1, 0),))


def one_finding(view: View, finding: Finding, choices: Sequence[Transition]) -> DeltaGenerator:
    """A finding with everything needed to decide, and the decisions with their keys; returns the row of its buttons."""
    st.html(finding_block(view, finding, with_details=True).markup)
    row = st.container(horizontal=True)
    versions = {finding.finding_id: finding.version}
    for choice in choices:
        if choice.asks:
            row.button(
                view.t(f"work.{choice.action}"),
                key=f"b_{choice.action}",
                shortcut=choice.key,
                icon=":material/edit_note:",
                on_click=_fold,
                args=(choice.action, finding.finding_id),
            )
        else:
            row.button(
                view.t(f"work.{choice.action}"),
                key=f"b_{choice.action}",
                shortcut=choice.key,
                on_click=_decide,
                args=(view, Decision(choice.action), versions),
                type="primary",
            )
    for choice in choices:
        if st.session_state.get("w_form") == (choice.action, finding.finding_id):
            with st.container(border=True):
                _form(view, choice, versions, finding.finding_id)
    _same_kind(view, finding)
    return row


def offered(view: View, standing: Standing, *, own: bool = False) -> tuple[Transition, ...]:
    """What the reader may decide on a finding that stands so, or answer on one of their own: never both, keys would mean two things."""
    right = "decide" if view.reader.may("decide") and not own else "answer"
    return tuple(row for row in possible(view.reader, standing) if row.act == right)


def _fold(action: Action, finding_id: str) -> None:
    """Opens the form of a decision below the finding, or closes it."""
    form = (action, finding_id)
    st.session_state["w_form"] = None if st.session_state.get("w_form") == form else form


def _form(view: View, choice: Transition, versions: Mapping[str, int], name: str) -> None:
    """Reason, note and term of a decision that needs them."""
    with st.form(f"form_{choice.action}_{name}", border=False):
        reason = ""
        if choice.asks_reason:
            reason = (
                st.selectbox(
                    view.t("work.reason"),
                    list(REASONS),
                    index=None,
                    placeholder=view.t("work.choose"),
                    format_func=lambda code: view.pick(*REASONS[code]),
                    key=f"reason_{choice.action}_{name}",
                )
                or ""
            )
        note = st.text_area(view.t("work.note"), max_chars=2000, height=80, key=f"note_{choice.action}_{name}")
        until: date | None = None
        if choice.may_end:
            until = st.date_input(view.t("work.until"), value=None, min_value=today(), key=f"until_{name}")
        if st.form_submit_button(view.t("work.submit"), type="primary", key=f"submit_{choice.action}_{name}"):
            try:
                _decide(view, Decision(choice.action, reason, note, until), versions)
            except InputError as error:  # said beside what is to be mended; the list stays
                st.error(error.message.in_language(view.language), icon=":material/error:")
                return
            st.rerun()


def _several(
    view: View, selection: Wanted, chosen: Sequence[Finding], total: int, choices: Sequence[Transition]
) -> None:
    """Decisions on the ticked findings, or on all the filter selects."""
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(view.t("work.ticked", count=len(chosen)), width="content")
    everything = row.checkbox(view.t("work.all_of_filter", count=total), key="w_all") if total > 1 else False
    if not chosen and not everything:
        return
    if everything:
        with view.register.reading() as session:
            versions = ids_of(session, view.reader, selection, _MOST_AT_ONCE)
    else:
        versions = {finding.finding_id: finding.version for finding in chosen}
    with st.expander(view.t("work.several", count=len(versions)), expanded=True, icon=":material/done_all:"):
        if everything and total > _MOST_AT_ONCE:
            st.caption(view.t("work.most_at_once", count=_MOST_AT_ONCE))
        for choice in choices:
            if choice.asks:
                st.markdown(f"**{view.t(f'work.{choice.action}')}**")
                _form(view, choice, versions, "several")
            else:
                st.button(
                    view.t(f"work.{choice.action}"),
                    key=f"several_{choice.action}",
                    on_click=_decide,
                    args=(view, Decision(choice.action), versions),
                )


def _further(view: View, finding: Finding, number: int) -> None:
    row = st.container(horizontal=True, vertical_alignment="top", key=f"row_{finding.finding_id}")
    row.checkbox(
        view.t("work.tick", rule=finding.rule_id),
        key=f"w_{finding.finding_id}",
        label_visibility="collapsed",
        width="content",
    )
    row.html(finding_block(view, finding, with_details=False).markup)
    row.button(
        view.t("work.open"),
        key=f"open_{finding.finding_id}",
        on_click=_move,
        args=(number,),
        type="tertiary",
        width="content",
    )


def _same_kind(view: View, finding: Finding) -> None:
    """From one finding to all others of the rule, and to the other findings of the person."""
    of_rule = Wanted(rules=(finding.rule_id,), kind="all")
    of_person = Wanted(prosecutors=(finding.prosecutor,), departments=(finding.department,))
    with view.register.reading() as session:
        rule, person = (sum(count_findings(session, view.reader, selection)) - 1 for selection in (of_rule, of_person))
    page = "today" if "today" in view.reader.pages else "mine"
    links = (
        (
            view.t("work.same_rule", count=rule, rule=finding.rule_id),
            view.link(page, list="all", rule=finding.rule_id),
            rule,
        ),
        (
            view.t("work.same_person", count=person, name=finding.prosecutor or view.t("app.blank")),
            view.link(page, list="all", department=finding.department, prosecutor=finding.prosecutor),
            person,
        ),
    )
    links_html = "　".join(
        f'<a class="anka" href="{escape(address)}">{escape(words)}</a>'
        if count > 0
        else f'<span class="muted">{escape(words)}</span>'
        for words, address, count in links
    )
    st.html(f'<div class="muted">{escape(view.t("work.same_kind"))}{view.t("app.colon")}{links_html}</div>')


def _decide(view: View, decision: Decision, versions: Mapping[str, int]) -> None:
    """Decides and remembers it for the message and the undo. Runs between two passes of the script: the rights are asked anew."""
    reader = signed_in()
    if reader is None:
        return
    try:
        outcome = decide(view.register, reader, versions, decision, versions)
    except NotAllowedError:  # the role was taken away: the pass that follows draws what is left
        return
    st.session_state["w_outcome"] = outcome
    st.session_state["w_all"] = False
    st.session_state["w_form"] = None
    # a finding that comes back into the list, as by an undo, must not be ticked already
    for finding_id in versions:
        st.session_state.pop(f"w_{finding_id}", None)


def _undo(view: View, batch: str) -> None:
    reader = signed_in()
    if reader is not None:
        st.session_state["w_outcome"] = replace(undo(view.register, reader, batch), batch="")


def last_decision(view: View) -> None:
    """What the last decision did, what it left and why, and its undo."""
    outcome: Outcome | None = st.session_state.get("w_outcome")
    if outcome is None:
        return
    row = st.container(horizontal=True, vertical_alignment="center", key="outcome")
    words = view.t("work.done" if outcome.batch else "work.undone", count=len(outcome.done))
    row.markdown(f"✔ {words}", width="content")
    if outcome.batch and outcome.done:
        row.button(
            view.t("work.undo"),
            key="b_undo",
            shortcut="u",
            on_click=_undo,
            args=(view, outcome.batch),
            icon=":material/undo:",
        )
    if outcome.held:
        st.warning(view.t("work.held_now", rules="、".join(outcome.held)), icon=":material/pause_circle:")
    reasons = dict.fromkeys(why.in_language(view.language) for _, why in outcome.skipped)
    if reasons:
        st.warning(view.t("work.skipped", count=len(outcome.skipped), why="；".join(reasons)), icon=":material/info:")


def _move(at: int) -> None:
    st.session_state["w_at"] = at
