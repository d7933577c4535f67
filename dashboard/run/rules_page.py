"""The rules of the run: a list to search, and the page of one rule with its message, conditions, whether it was judged and
how far it is trusted.
"""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import Address, at_present, write_address
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.marks import severity_tag
from dashboard.frame.parameters import many, text
from dashboard.frame.tables import Cell, Column, Html, anchor, lines, show, table, tag
from dashboard.frame.view import View
from dashboard.run.rule_trust import Trust, precision_cell, show_trust, trust, trust_marks, trust_note
from expectations.run.findings import card_titles
from expectations.run.rules import RuleLine, RuleText, headers, rule_lines, rule_text

_STATES = ("judged", "partly", "not_judged", "error")
_TRUST = {"held": "precision.held_only", "tune": "precision.tune_only"}
_KINDS = {"judged": "good", "partly": "normal", "not_judged": "", "error": "bad"}


_TEXT, _STATE, _TRUSTED, _RULE = text("q"), many("state"), many("trust"), text("rule")
_HERE = Address("r", _TEXT, _STATE, _TRUSTED)


def rules_page(view: View) -> None:
    """Draws the page: one rule when the address names it, else the list."""
    _HERE.enter(view)
    rules, rule_trust = rule_lines(view.con), trust(view)
    if chosen := at_present(_RULE):
        _rule(view, rules, rule_trust, chosen)
        write_address(view, {_RULE.name: [chosen]})
    else:
        _list(view, rules, rule_trust)


def _list(view: View, rules: Sequence[RuleLine], rule_trust: Trust) -> None:
    st.header(view.t("page.rules"))
    row = (
        Filter(_TEXT, "search", label="filter.text", hint="rules.search_hint", width=420),
        Filter(_STATE, "several", _STATES, lambda state: view.label("state", state), "rules.state", width=320),
        Filter(_TRUSTED, "pills", tuple(_TRUST), lambda mark: view.t(_TRUST[mark]), "precision.precision", bare=True),
    )
    filter_bar(view, _HERE, row)
    search_text, states, marks = _HERE.value(_TEXT), _HERE.value(_STATE), _HERE.value(_TRUSTED)
    selected = [
        rule
        for rule in rules
        if rule.holds(search_text)
        and (not states or rule.state in states)
        and (not marks or _has_mark(rule, rule_trust, marks))
    ]
    st.caption(f"{view.t('rules.count', shown=len(selected), total=len(rules))} · {trust_note(view)}")
    if selected:
        show(_table(view, selected, rule_trust))
    else:
        empty.nothing(view, "empty.no_rule_found")
    write_address(view, _HERE.written())


def _has_mark(rule: RuleLine, rule_trust: Trust, marks: Sequence[str]) -> bool:
    return ("held" in marks and rule.rule_id in rule_trust.on_hold) or (
        "tune" in marks and rule_trust.to_tune(rule.rule_id)
    )


def _table(view: View, rules: Sequence[RuleLine], rule_trust: Trust) -> Html:
    titles = card_titles(view.con)
    columns = [
        Column(view.t("column.rule"), "wide"),
        Column(view.t("column.severity"), "short"),
        Column(view.t("column.error_type"), "short"),
        Column(view.t("column.card")),
        Column(view.t("precision.hits"), "number"),
        Column(view.t("precision.confirmed"), "number"),
        Column(view.t("precision.rejected"), "number"),
        Column(view.t("precision.precision"), "number"),
        Column(view.t("column.state"), "short"),
    ]
    rows: list[list[Cell]] = [
        [
            _title(view, rule),
            severity_tag(view, rule.severity, rule.is_hint),
            view.label("type", rule.error_type),
            _cards(view, rule, titles),
            _count(view, rule, rule_trust.of(rule.rule_id).hits),
            rule_trust.of(rule.rule_id).confirmed,
            rule_trust.of(rule.rule_id).rejected,
            precision_cell(rule_trust.of(rule.rule_id)),
            lines(state_tag(view, rule.state), *trust_marks(view, rule_trust, rule.rule_id)),
        ]
        for rule in rules
    ]
    return table(columns, rows, "rules")


def _title(view: View, rule: RuleLine) -> Html:
    basis = Html(f'<span class="muted">{escape(rule.basis)}</span>' if rule.basis else "")
    address = view.link("rules", rule=rule.rule_id)
    return lines(anchor(rule.rule_id, address), view.pick(rule.title_zh, rule.title_en), basis)


def _cards(view: View, rule: RuleLine, titles: dict[str, tuple[str, str]]) -> str:
    return view.pick("、", ", ").join(view.pick(*titles.get(card, (card, ""))) for card in rule.cards)


def _count(view: View, rule: RuleLine, hits: int) -> Cell:
    """Hits, linked to the findings for those who may open them."""
    if not hits or "findings" not in view.reader.pages:
        return hits
    return anchor(f"{hits:,}", view.link("findings", rule=rule.rule_id, kind="all"))


def state_tag(view: View, state: str) -> Html:
    """Whether a rule was judged."""
    return tag(view.label("state", state), _KINDS.get(state, ""))


def _rule(view: View, rules: Sequence[RuleLine], rule_trust: Trust, rule_id: str) -> None:
    show(anchor(f"← {view.t('rules.back')}", view.link("rules")))
    line = next((rule for rule in rules if rule.rule_id == rule_id), None)
    words = rule_text(view.con, rule_id)
    if line is None or words is None:
        empty.nothing(view, "rules.unknown", rule=rule_id)
        return
    st.header(f"{line.rule_id} {view.pick(line.title_zh, line.title_en)}")
    marks = (
        severity_tag(view, line.severity, line.is_hint),
        tag(view.label("type", line.error_type), "type"),
        state_tag(view, line.state),
        *trust_marks(view, rule_trust, rule_id),
    )
    show(Html(" ".join(mark.markup for mark in marks)))
    for reason in line.reasons:
        st.warning(reason.in_language(view.language))
    show_trust(view, rule_trust, rule_id)
    if (hits := rule_trust.of(rule_id).hits) and "findings" in view.reader.pages:
        show(anchor(view.t("rules.open_findings", count=f"{hits:,}"), view.link("findings", rule=rule_id, kind="all")))
    show(_facts(view, line, words))


def _facts(view: View, line: RuleLine, words: RuleText) -> Html:
    """Everything the catalogue says of the rule, a line each."""
    facts: list[tuple[str, Cell]] = [
        ("rules.message", view.pick(words.message_zh, words.message_en)),
        ("rules.why", view.pick(words.why, words.why_en)),
        ("column.how_to_fill", view.pick(words.how_to_fill, words.how_to_fill_en)),
        ("rules.false_alarms", view.pick(words.false_alarms, words.false_alarms_en)),
        ("column.basis", line.basis),
        ("case.owner", view.label("owner", words.owner)),
        ("column.card", _cards(view, line, card_titles(view.con))),
        ("rules.fields", _items(view, line, words)),
        ("rules.level", view.label("level", words.level)),
        ("rules.kind", words.kind),
        ("rules.applies_when", _code(words.applies_when)),
        ("rules.must_hold", _code(words.must_hold)),
        ("rules.params", "；".join(f"{name} = {value:g}" for name, value in words.params.items())),
        ("rules.accepted", _code(words.accepted)),
        ("rules.violating", _code(words.violating)),
        ("rules.note", words.note),
        ("rules.pack", f"{words.pack} · {words.fingerprint}"),
    ]
    rows: list[list[Cell]] = [[view.t(key), cell] for key, cell in facts if cell not in ("", Html(""))]
    return table([Column("", "short"), Column("", "wide")], rows, "facts compact")


def _items(view: View, line: RuleLine, words: RuleText) -> str:
    headings = headers(view.con)
    names = [
        next((headings[card, field] for card in line.cards if (card, field) in headings), field)
        for field in words.fields
    ]
    return view.pick("、", ", ").join(dict.fromkeys(view.label("fields", name) for name in names))


def _code(condition: str) -> Html:
    return Html(f"<code>{escape(condition)}</code>" if condition else "")
