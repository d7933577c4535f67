"""One finding of the register as HTML: what is wrong, the present values, how to fill, and where the talk about it stands."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboard.frame.marks import severity_tag
from dashboard.frame.tables import Html, anchor, tag
from dashboard.frame.view import View
from expectations.finding.columns import KEPT, finding_of
from expectations.register.life import REASONS
from expectations.register.transitions import awaited
from expectations.run.rules import headers, how_to_fill
from expectations.store.tables import Finding


def finding_block(view: View, kept: Finding, *, whole: bool) -> Html:
    """The finding, numbers masked as the reader's role has it; `whole` adds values, way to fill and basis."""
    finding = finding_of(
        {**{name: getattr(kept, name) for name in KEPT}, "values": kept.present, "is_hint": kept.hint_now}, view.masks
    )
    address = view.link(
        "case", card=kept.card, bmsah=kept.bmsah, row="" if kept.bmsah else kept.card_row, finding=kept.finding_id
    )
    case = anchor(kept.bmsah or view.t("case.no_number", row=kept.card_row), address).markup
    marks = (
        severity_tag(view, finding.severity, finding.is_hint),
        tag(view.label("type", finding.error_type), "type"),
        tag(view.label("life", kept.state), "good" if kept.state in ("corrected", "explained") else "type"),
        *_steps(view, kept),
    )
    rule = anchor(kept.rule_id, view.link("rules", rule=kept.rule_id)).markup
    filled_by = view.t("work.filled_by", owner=view.label("owner", kept.owner))
    who = " · ".join(filter(None, (finding.case_name, finding.name, kept.department, kept.prosecutor, filled_by)))
    lines = [
        f"<div>{''.join(mark.markup for mark in marks)} {rule} {escape(view.pick(finding.message, finding.message_en))}</div>",
        f'<div class="muted">{case} · {escape(who)} · {escape(_age(view, kept))}</div>',
    ]
    if whole:
        lines += _details(view, kept, finding.values)
    lines += [f'<div class="muted talk">{escape(words)}</div>' for words in talk(view, kept)]
    return Html(f'<div class="anka-finding" data-finding="{escape(kept.finding_id)}">{"".join(lines)}</div>')


def _details(view: View, kept: Finding, values: Mapping[str, str | None]) -> list[str]:
    colon, blank = view.t("app.colon"), view.t("app.blank")
    names = headers(view.con)
    present = "；".join(
        f"{names.get((name.rpartition('.')[0] or kept.card, name.rpartition('.')[2]), name)}{colon}{value or blank}"
        for name, value in values.items()
    )
    how = view.pick(*how_to_fill(view.con, {kept.rule_id}).get(kept.rule_id, ("", "")))
    notes = (
        ("register.present", present),
        ("case.how", how),
        ("case.basis", kept.basis),
    )
    return [f"<div><b>{escape(view.t(key))}</b>{colon}{escape(words)}</div>" for key, words in notes if words]


def _steps(view: View, kept: Finding) -> list[Html]:
    """Labels of where the talk stands."""
    steps = []
    if kept.verification == "confirmed":
        steps.append(tag(view.t("life.confirmed"), "normal"))
    if awaited(kept) == "decision":
        steps.append(tag(view.t("life.disputed"), "hint"))
    if kept.answer in ("corrected", "still_wrong"):
        steps.append(tag(view.label("life", f"answer_{kept.answer}"), "hint" if kept.answer == "corrected" else "bad"))
    if kept.decision == "upheld":
        steps.append(tag(view.t("life.upheld"), "bad"))
    return steps


def talk(view: View, kept: Finding) -> list[str]:
    """What was answered and decided, by whom and why, in full sentences."""
    reason = view.pick(*REASONS[kept.reason_code]) if kept.reason_code in REASONS else ""
    why = (
        "：".join(filter(None, (reason, kept.note)))
        if view.language == "zh"
        else ": ".join(filter(None, (reason, kept.note)))
    )
    told = []
    if kept.answer:
        told.append(view.t("life.answered_by", name=kept.answered_by, answer=view.label("life", _said(kept)), why=why))
    elif kept.verification == "rejected":
        told.append(view.t("life.rejected_by", name=kept.verified_by, why=why))
    if kept.decision:
        told.append(
            view.t(
                "life.decided_by",
                name=kept.verified_by,
                decision=view.label("life", kept.decision),
                why=kept.decision_note,
            )
        )
    if kept.state == "explained" and kept.explained_until:
        told.append(view.t("life.until", day=kept.explained_until))
    return told


def _said(kept: Finding) -> str:
    """What the owner said, whatever was found since."""
    return "answer_not_error" if kept.answer == "not_error" else "corrected"


def _age(view: View, kept: Finding) -> str:
    days = (kept.last_seen - kept.first_seen).days
    words = view.t("life.age", first=kept.first_seen, days=days)
    return words + (view.t("life.reopened_times", count=kept.times_reopened) if kept.times_reopened else "")


def nothing_to_do(view: View) -> None:
    """The empty state of a working list."""
    st.success(view.t("work.nothing"), icon=":material/task_alt:")
