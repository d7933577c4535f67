"""The case page: the search that leads to a card, the card itself with its findings, and the cards beside it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.case.life import FINDING, addressed_finding, card_of_finding, case_refused, case_viewed, life_of_case
from dashboard.case.markup import problem_list, whole_card
from dashboard.frame import empty
from dashboard.frame.address import Address, at_present, write_address
from dashboard.frame.parameters import row_number, text
from dashboard.frame.tables import Cell, Column, Html, anchor, show, table, tag
from dashboard.frame.view import View
from dashboard.run.recheck_box import recheck_box
from expectations.finding.labels import case_word
from expectations.run.cases import CaseCard, CaseLink, case_card, other_cards, search_cases
from expectations.run.findings import card_titles
from expectations.run.rules import how_to_fill
from expectations.texts import Bilingual

_LIMIT = 50


_TEXT, _CARD, _BMSAH, _ROW = text("q"), text("card"), text("bmsah"), row_number("row")
_HERE = Address("c", _TEXT)


def case_page(view: View) -> None:
    """Draws the page."""
    _HERE.enter(view)
    card, bmsah, row = at_present(_CARD), at_present(_BMSAH), at_present(_ROW)
    if not card:
        card, bmsah, row = card_of_finding(view, at_present(FINDING))
    names_card = bool(card) and (bool(bmsah) or row is not None)
    if not names_card:
        st.header(view.t("page.case"))
    search_text = st.text_input(
        view.t("case.search"),
        key=_HERE.key(_TEXT),
        placeholder=view.t("case.search_hint"),
        icon=":material/search:",
        label_visibility="collapsed" if names_card else "visible",
    ).strip()
    if search_text:
        _search_results(view, search_text)
    elif names_card:
        _card(view, card, bmsah, row)
    else:
        empty.nothing(view, "case.none_chosen")
    address_values = (
        (_CARD, card),
        (_BMSAH, bmsah),
        (_ROW, row),
        (FINDING, "" if search_text else at_present(FINDING)),
    )
    write_address(
        view, _HERE.written() | {parameter.name: parameter.written(value) for parameter, value in address_values}
    )


def _search_results(view: View, search_text: str) -> None:
    """What the search found; a whole case number opens nothing by itself, as it may stand on several cards."""
    links = search_cases(view.con, search_text, _LIMIT)
    if not links:
        empty.nothing(view, "empty.no_case_found", text=search_text)
        return
    st.caption(view.t("case.found_limit" if len(links) == _LIMIT else "case.found", count=len(links)))
    show(_links(view, links))


def _card(view: View, card: str, bmsah: str, row: int | None) -> None:
    case = case_card(view.con, card, bmsah, row)
    if case is None:
        case_refused(view, bmsah)
        empty.nothing(view, "empty.unknown_case", "empty.unknown_case_how", case=bmsah or f"#{row}")
        return
    case_viewed(view, card, _number(case).zh)
    _heading(view, case)
    addressed_finding(view)
    blank = st.toggle(view.t("case.show_blank"), key="c_blank")
    show(whole_card(view, case, how_to_fill(view.con, {finding.rule_id for finding in case.findings}), blank))
    life_of_case(view, card, bmsah, row)
    if view.reader.may("recheck"):
        recheck_box(view, bmsah=bmsah, card=card)
    st.subheader(view.t("case.others"))
    cards_beside = other_cards(view.con, case, _LIMIT)
    if cards_beside:
        show(_links(view, cards_beside))
    else:
        st.caption(view.t("case.no_others"))


def _number(card: CaseCard) -> Bilingual:
    return case_word(card.bmsah, card.rows[0].sheet, card.rows[0].sheet_row)


def _heading(view: View, card: CaseCard) -> None:
    """Name of the case, who handles it, and what was found."""
    first = card.rows[0].texts
    number = _number(card).in_language(view.language)
    st.header(first.get("case_name") or card.rows[0].name or number)
    title = view.pick(*card_titles(view.con).get(card.card, (card.card, "")))
    people = "、".join(dict.fromkeys(row.name for row in card.rows if row.name))
    facts = (
        ("column.card", title),
        ("column.bmsah", number),
        ("case.people", people),
        ("column.department", first.get("dept_name", "")),
        ("column.prosecutor", first.get("prosecutor", "")),
    )
    show(Html(f'<div class="anka-facts">{"".join(_fact(view.t(key), value) for key, value in facts if value)}</div>'))
    if not card.findings:
        show(tag(f"✔ {view.t('case.clean')}", "good"))
        return
    hints = sum(finding.is_hint for finding in card.findings)
    words = view.t("case.counts", errors=len(card.findings) - hints, hints=hints)
    show(
        Html(
            f"<b>{escape(view.t('case.problems'))}</b> {tag(words, 'bad' if len(card.findings) > hints else 'hint').markup}"
        )
    )
    show(problem_list(view, card))


def _fact(title: str, value: str) -> str:
    return f'<div><span class="muted">{escape(title)}</span>{escape(value)}</div>'


def _links(view: View, links: Sequence[CaseLink]) -> Html:
    titles = card_titles(view.con)
    columns = [
        Column(view.t("column.card"), "short"),
        Column(view.t("column.bmsah")),
        Column(view.t("column.case_name")),
        Column(view.t("case.people")),
        Column(view.t("column.department")),
        Column(view.t("column.errors"), "number"),
        Column(view.t("column.hints"), "number"),
    ]
    rows: list[list[Cell]] = [
        [
            view.pick(*titles.get(link.card, (link.card, ""))),
            anchor(
                case_word(link.bmsah, link.sheet, link.sheet_row).in_language(view.language),
                view.link("case", card=link.card, bmsah=link.bmsah, row=link.row),
            ),
            link.case_name,
            link.names,
            link.department,
            link.errors,
            link.hints,
        ]
        for link in links
    ]
    return table(columns, rows, "cases")
