"""The rules of the run: a list to search, and the page of one rule with its message, conditions, whether it was judged and
how far it is trusted.
"""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.marks import severity_tag
from dashboard.frame.tables import Cell, Column, Html, anchor, lines, show, table, tag
from dashboard.frame.view import View, write_address
from dashboard.run.rule_trust import Trust, precision_cell, show_trust, trust, trust_marks, trust_note
from expectations.run.findings import card_titles
from expectations.run.rules import RuleLine, RuleText, headers, rule_lines, rule_text

_STATES = ("judged", "partly", "not_judged", "error")
_TRUST = ("held", "tune")
_KINDS = {"judged": "good", "partly": "normal", "not_judged": "", "error": "bad"}


def rules_page(view: View) -> None:
    """Draws the page: one rule when the address names it, else the list."""
    if view.entered:
        st.session_state["r_text"] = st.query_params.get("q", "")
        st.session_state["r_state"] = [state for state in st.query_params.get_all("state") if state in _STATES]
        st.session_state["r_trust"] = [mark for mark in st.query_params.get_all("trust") if mark in _TRUST]
    rules, known = rule_lines(view.con), trust(view)
    if chosen := st.query_params.get("rule", ""):
        _one(view, rules, known, chosen)
        write_address(view.language, {"rule": chosen})
    else:
        _list(view, rules, known)


def _list(view: View, rules: Sequence[RuleLine], known: Trust) -> None:
    st.header(view.t("page.rules"))
    left, right = st.columns([3, 2])
    wanted = left.text_input(
        view.t("filter.text"), key="r_text", placeholder=view.t("rules.search_hint"), icon=":material/search:"
    )
    states = right.multiselect(
        view.t("rules.state"),
        _STATES,
        key="r_state",
        placeholder=view.t("filter.all"),
        format_func=lambda state: view.label("state", state),
    )
    words = {"held": view.t("precision.held_only"), "tune": view.t("precision.tune_only")}
    marks = st.pills(
        view.t("precision.precision"), _TRUST, selection_mode="multi", key="r_trust", label_visibility="collapsed",
        format_func=lambda mark: words[mark],
    )  # fmt: skip
    found = [
        rule
        for rule in rules
        if rule.holds(wanted) and (not states or rule.state in states) and (not marks or _marked(rule, known, marks))
    ]
    st.caption(f"{view.t('rules.count', shown=len(found), total=len(rules))} · {trust_note(view)}")
    if found:
        show(_table(view, found, known))
    else:
        empty.nothing(view, "empty.no_rule_found")
    write_address(view.language, {"q": wanted, "state": states, "trust": marks})


def _marked(rule: RuleLine, known: Trust, marks: Sequence[str]) -> bool:
    return ("held" in marks and rule.rule_id in known.held) or ("tune" in marks and known.to_tune(rule.rule_id))


def _table(view: View, rules: Sequence[RuleLine], known: Trust) -> Html:
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
            _count(view, rule, known.of(rule.rule_id).hits),
            known.of(rule.rule_id).confirmed,
            known.of(rule.rule_id).rejected,
            precision_cell(known.of(rule.rule_id)),
            lines(state_tag(view, rule.state), *trust_marks(view, known, rule.rule_id)),
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


def _one(view: View, rules: Sequence[RuleLine], known: Trust, rule_id: str) -> None:
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
        *trust_marks(view, known, rule_id),
    )
    show(Html(" ".join(mark.markup for mark in marks)))
    for reason in line.reasons:
        st.warning(reason.in_language(view.language))
    show_trust(view, known, rule_id)
    if (hits := known.of(rule_id).hits) and "findings" in view.reader.pages:
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
    known = headers(view.con)
    names = [
        next((known[card, field] for card in line.cards if (card, field) in known), field) for field in words.fields
    ]
    return view.pick("、", ", ").join(dict.fromkeys(view.label("fields", name) for name in names))


def _code(condition: str) -> Html:
    return Html(f"<code>{escape(condition)}</code>" if condition else "")
