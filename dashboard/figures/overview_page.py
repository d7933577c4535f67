"""The overview: cards checked and cards with errors, by department, error type and rule. Figures come from
the core.
"""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.figures.marks import say_unknown_office
from dashboard.frame import empty
from dashboard.frame.address import write_address
from dashboard.frame.charts import department_chart, department_words, draw, type_chart
from dashboard.frame.marks import severity_tag, share
from dashboard.frame.tables import Cell, Column, Html, anchor, lines, show, table
from dashboard.frame.view import View
from expectations.run.figures import Line, by, figure_lines, total
from expectations.run.findings import card_titles
from expectations.run.overview import RuleCount, TypeCount, by_error_type, top_rules
from expectations.store.offices import UNKNOWN, read_offices


def overview_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.overview"))
    write_address(view)
    with view.register.reading() as session:
        groups = figure_lines(view.con, read_offices(session))
    figures = total(groups)
    if not figures.checked and not figures.errors:
        empty.nothing(view, "empty.no_checked")
        return
    show(_figures(view, figures))
    st.caption(view.t("overview.definition"))
    _departments(view, by(groups, "office", "department"))
    _types(view, by_error_type(view.con))
    st.subheader(view.t("overview.by_card"))
    show(_card_table(view, by(groups, "card")))
    st.subheader(view.t("overview.top_rules"))
    _rules(view, top_rules(view.con, hints=False))
    if figures.hints:
        st.subheader(view.t("overview.hint_rules"))
        _rules(view, top_rules(view.con, hints=True))


def _figures(view: View, figures: Line) -> Html:
    """Three boxes; hints stand in one of their own."""
    split = view.t(
        "overview.errors_split", serious=f"{figures.serious:,}", normal=f"{figures.errors - figures.serious:,}"
    )
    rate = f"{figures.with_errors / figures.checked:.1%}" if figures.checked else ""
    boxes = (
        ("rate", "overview.rate", f"{figures.with_errors:,} / {figures.checked:,}", rate and f"({rate})"),
        ("errors", "overview.errors", f"{figures.errors:,}", split),
        ("hint", "overview.hints", f"{figures.hints:,}", view.t("overview.hints_note")),
    )
    return Html(
        '<div class="anka-cards">'
        + "".join(
            f'<div class="{kind}"><div class="muted">{escape(view.t(title))}</div><div class="figure">{escape(figure)}</div>'
            f'<div class="muted">{escape(note)}</div></div>'
            for kind, title, figure, note in boxes
        )
        + "</div>"
    )


def _departments(view: View, groups: Sequence[Line]) -> None:
    st.subheader(view.t("overview.by_department"))
    st.caption(view.t("overview.order_note"))
    draw(department_chart(view, groups))
    names: list[Cell] = [
        _findings(view, department_words(view, line, groups), department=[line.department]) for line in groups
    ]
    show(_group_table(view, "column.department", names, groups, "by-department compact"))
    say_unknown_office(view, any(line.office == UNKNOWN for line in groups))


def _card_table(view: View, groups: Sequence[Line]) -> Html:
    titles = card_titles(view.con)
    names: list[Cell] = [
        _findings(view, view.pick(*titles.get(group.card, (group.card, ""))), card=group.card) for group in groups
    ]
    return _group_table(view, "column.card", names, groups, "by-card compact")


def _group_table(view: View, first: str, names: Sequence[Cell], groups: Sequence[Line], name: str) -> Html:
    columns = [
        Column(view.t(first)),
        *(Column(view.t(f"column.{key}"), "number") for key in ("with_errors", "errors", "serious", "normal", "hints")),
    ]
    rows: list[list[Cell]] = [
        [cell, _rate(group), group.errors, group.serious, group.normal, group.hints]
        for cell, group in zip(names, groups, strict=True)
    ]
    return table(columns, rows, name)


def _rate(group: Line) -> Html:
    width = 100 * group.with_errors / group.checked if group.checked else 0
    return Html(f'<span class="bar"><i style="width:{width:.0f}%"></i></span>{share(group.with_errors, group.checked)}')


def _types(view: View, counts: Sequence[TypeCount]) -> None:
    st.subheader(view.t("overview.by_type"))
    if not counts:
        empty.nothing(view, "empty.no_findings")
        return
    draw(type_chart(view, counts))
    show(_type_table(view, counts))


def _type_table(view: View, counts: Sequence[TypeCount]) -> Html:
    numbers = {(count.error_type, count.severity): count.errors for count in counts}
    types = sorted({count.error_type for count in counts})
    rows: list[list[Cell]] = []
    for name in types:
        serious, normal = numbers.get((name, "serious"), 0), numbers.get((name, "normal"), 0)
        rows.append([_findings(view, view.label("type", name), error_type=name), serious + normal, serious, normal])
    columns = [
        Column(view.t("column.error_type")),
        *(Column(view.t(f"column.{k}"), "number") for k in ("errors", "serious", "normal")),
    ]
    return table(columns, rows, "by-type compact")


def _rules(view: View, rules: Sequence[RuleCount]) -> None:
    if not rules:
        empty.nothing(view, "empty.no_findings")
        return
    columns = [
        Column(view.t("column.rule"), "wide"),
        Column(view.t("column.findings"), "number"),
        Column(view.t("column.cards_hit"), "number"),
        Column(view.t("column.how_to_fill"), "wide"),
    ]
    show(table(columns, [_rule_row(view, rule) for rule in rules], "top-rules"))


def _rule_row(view: View, rule: RuleCount) -> list[Cell]:
    mark = severity_tag(view, rule.severity, rule.is_hint)
    title = lines(
        Html(f"{anchor(rule.rule_id, view.link('rules', rule=rule.rule_id)).markup} {mark.markup}"),
        view.pick(rule.title_zh, rule.title_en),
    )
    number = _findings(view, f"{rule.findings:,}", rule=rule.rule_id, kind="hints" if rule.is_hint else "")
    return [title, number, rule.cards, view.pick(rule.how_to_fill, rule.how_to_fill_en)]


def _findings(view: View, words: str, **params: object) -> Cell:
    """A name or figure, linked to its findings for those who may open them."""
    return anchor(words, view.link("findings", **params)) if "findings" in view.reader.pages else words
