"""One finding of the register as HTML: what is wrong, the present values, how to fill, and where the talk about it stands."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboard.frame.marks import severity_tag
from dashboard.frame.tables import Html, anchor, tag
from dashboard.frame.view import View
from expectations.finding.columns import KEPT, finding_of
from expectations.finding.labels import case_word
from expectations.register.life import REASONS
from expectations.register.transitions import awaited
from expectations.run.rules import headers, how_to_fill
from expectations.store.tables import Finding


def finding_block(view: View, registered: Finding, *, with_details: bool) -> Html:
    """The finding, numbers masked as the reader's role has it; `with_details` adds values, way to fill and basis."""
    finding = finding_of(
        {
            **{name: getattr(registered, name) for name in KEPT},
            "values": registered.present,
            "is_hint": registered.hint_now,
        },
        view.masks,
    )
    address = view.link(
        "case",
        card=registered.card,
        bmsah=registered.bmsah,
        row="" if registered.bmsah else registered.card_row,
        finding=registered.finding_id,
    )
    number = case_word(registered.bmsah, registered.sheet, registered.sheet_row)
    case = anchor(number.in_language(view.language), address).markup
    marks = (
        severity_tag(view, finding.severity, finding.is_hint),
        tag(view.label("type", finding.error_type), "type"),
        tag(view.label("life", registered.state), "good" if registered.state in ("corrected", "explained") else "type"),
        *_steps(view, registered),
    )
    rule = anchor(registered.rule_id, view.link("rules", rule=registered.rule_id)).markup
    filled_by = view.t("work.filled_by", owner=view.label("owner", registered.owner))
    who = " · ".join(
        filter(None, (finding.case_name, finding.name, registered.department, registered.prosecutor, filled_by))
    )
    lines = [
        f"<div>{''.join(mark.markup for mark in marks)} {rule} {escape(view.pick(finding.message, finding.message_en))}</div>",
        f'<div class="muted">{case} · {escape(who)} · {escape(_age(view, registered))}</div>',
    ]
    if with_details:
        lines += _details(view, registered, finding.values)
    lines += [f'<div class="muted talk">{escape(words)}</div>' for words in talk(view, registered)]
    return Html(f'<div class="anka-finding" data-finding="{escape(registered.finding_id)}">{"".join(lines)}</div>')


def _details(view: View, registered: Finding, values: Mapping[str, str | None]) -> list[str]:
    colon, blank = view.t("app.colon"), view.t("app.blank")
    names = headers(view.con)
    present = "；".join(
        f"{names.get((name.rpartition('.')[0] or registered.card, name.rpartition('.')[2]), name)}{colon}{value or blank}"
        for name, value in values.items()
    )
    how = view.pick(*how_to_fill(view.con, {registered.rule_id}).get(registered.rule_id, ("", "")))
    notes = (
        ("register.present", present),
        ("case.how", how),
        ("case.basis", registered.basis),
    )
    return [f"<div><b>{escape(view.t(key))}</b>{colon}{escape(words)}</div>" for key, words in notes if words]


def _steps(view: View, registered: Finding) -> list[Html]:
    """Labels of where the talk stands."""
    steps = []
    if registered.verification == "confirmed":
        steps.append(tag(view.t("life.confirmed"), "normal"))
    if awaited(registered) == "decision":
        steps.append(tag(view.t("life.disputed"), "hint"))
    if registered.answer in ("corrected", "still_wrong"):
        steps.append(
            tag(
                view.label("life", f"answer_{registered.answer}"), "hint" if registered.answer == "corrected" else "bad"
            )
        )
    if registered.decision == "upheld":
        steps.append(tag(view.t("life.upheld"), "bad"))
    return steps


def talk(view: View, registered: Finding) -> list[str]:
    """What was answered and decided, by whom and why, in full sentences."""
    reason = view.pick(*REASONS[registered.reason_code]) if registered.reason_code in REASONS else ""
    why = (
        "：".join(filter(None, (reason, registered.note)))
        if view.language == "zh"
        else ": ".join(filter(None, (reason, registered.note)))
    )
    sentences = []
    if registered.answer:
        sentences.append(
            view.t(
                "life.answered_by",
                name=registered.answered_by,
                answer=view.label("life", _answer_key(registered)),
                why=why,
            )
        )
    elif registered.verification == "rejected":
        sentences.append(view.t("life.rejected_by", name=registered.verified_by, why=why))
    if registered.decision:
        sentences.append(
            view.t(
                "life.decided_by",
                name=registered.verified_by,
                decision=view.label("life", registered.decision),
                why=registered.decision_note,
            )
        )
    if registered.state == "explained" and registered.explained_until:
        sentences.append(view.t("life.until", day=registered.explained_until))
    return sentences


def _answer_key(registered: Finding) -> str:
    """What the owner said, whatever was found since."""
    return "answer_not_error" if registered.answer == "not_error" else "corrected"


def _age(view: View, registered: Finding) -> str:
    days = (registered.last_seen - registered.first_seen).days
    words = view.t("life.age", first=registered.first_seen, days=days)
    return words + (view.t("life.reopened_times", count=registered.times_reopened) if registered.times_reopened else "")


def nothing_to_do(view: View) -> None:
    """The empty state of a working list."""
    st.success(view.t("work.nothing"), icon=":material/task_alt:")
