"""A card as HTML: items in their sections, wrong items marked, the reasons beside them. Nothing is read from the
run here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.frame.marks import finding_tag, message
from dashboard.frame.tables import Html, anchor, tag
from dashboard.frame.view import View
from expectations.finding.columns import Finding
from expectations.finding.labels import SEVERITIES, severity_of
from expectations.run.cases import CardRow, CaseCard, Item, Section
from expectations.run.findings import card_titles
from expectations.run.rules import headers


@dataclass(frozen=True)
class Sheet:
    """A part of the card to be drawn: its sections, present values, findings and how blank items are treated."""

    sections: Sequence[Section]
    texts: Mapping[str, str]
    unreadable: frozenset[str]
    findings: Sequence[Finding]
    how: Mapping[str, tuple[str, str]]
    headers: Mapping[str, str]
    show_blank: bool


def whole_card(view: View, card: CaseCard, how: Mapping[str, tuple[str, str]], show_blank: bool) -> Html:
    """The card: the items of the case once, then those of each person or record."""
    names = {item.name: item.header for item in card.items} | _headers_elsewhere(view, card)
    of_case, of_person = card.sections(of_case=True), card.sections(of_case=False)
    unreadable = frozenset(name for row in card.rows for name in row.unreadable)
    parts = [_sheet(view, Sheet(of_case, card.case_texts, unreadable, _case_findings(card), how, names, show_blank))]
    for row in card.rows:
        sheet = Sheet(of_person, row.texts, row.unreadable, card.findings_of(row), how, names, show_blank)
        parts.append(_person(view, card, row, _sheet(view, sheet), sheet.findings))
    return Html(f'<div class="anka-case">{"".join(part.markup for part in parts)}</div>')


def _case_findings(card: CaseCard) -> list[Finding]:
    """Findings that name an item of the case, shown once however many rows they were found on."""
    case_items = {item.name for item in card.items if item.level == "case"}
    return [finding for finding in card.findings if case_items & set(finding.fields)]


def _person(view: View, card: CaseCard, row: CardRow, body: Html, findings: Sequence[Finding]) -> Html:
    is_record = any(item.level == "row" for item in card.items)
    key = "case.record" if is_record else "case.person"
    title = escape(view.t(key, name=row.name or view.t("app.blank")))
    marked = counts(findings).markup
    opened = " open" if findings or len(card.rows) <= 3 else ""
    number_text = f' <span class="muted">{escape(row.suspect_no)}</span>' if row.suspect_no else ""
    return Html(f"<details{opened}><summary>{title}{number_text}{marked}</summary>{body.markup}</details>")


def counts(findings: Sequence[Finding]) -> Html:
    """Errors and hints, each with its sign; nothing when there is none."""
    hints = sum(finding.is_hint for finding in findings)
    marks = ((f"✖ {len(findings) - hints}", "bad", len(findings) - hints), (f"？ {hints}", "hint", hints))
    return Html("".join(f" {tag(words, kind).markup}" for words, kind, number in marks if number))


def problem_list(view: View, card: CaseCard) -> Html:
    """The findings in one line each, as an overview above the card."""
    lines = (
        f"<li>{finding_tag(view, finding).markup} {escape(message(view, finding))}</li>" for finding in card.findings
    )
    return Html(f'<ul class="anka-list">{"".join(lines)}</ul>')


def _sheet(view: View, sheet: Sheet) -> Html:
    parts: list[str] = []
    for section in sheet.sections:
        items = [_item(view, sheet, item) for item in section.items if _is_shown(sheet, item)]
        if items:
            parts.append(f"<h4>{escape(view.pick(section.title, section.title_en))}</h4>{''.join(items)}")
    return Html("".join(parts))


def _is_shown(sheet: Sheet, item: Item) -> bool:
    return (
        sheet.show_blank or item.name in sheet.texts or any(item.name in finding.fields for finding in sheet.findings)
    )


def _item(view: View, sheet: Sheet, item: Item) -> str:
    """An item: name, present value, and beside it why it is wrong."""
    own = [finding for finding in sheet.findings if finding.fields[0] == item.name]
    involved = [finding for finding in sheet.findings if item.name in finding.fields[1:]]
    kind = _worst(own) or ("related" if involved else "")
    english = f'<div class="muted">{escape(item.label_en)}</div>' if view.language == "en" else ""
    reasons = [_reason(view, sheet, finding) for finding in own] + _relations(view, sheet, involved)
    return (
        f'<div class="item {kind}" data-item="{escape(item.name)}"><div class="name">{escape(item.header)}{english}</div>'
        f'<div class="value">{_value(view, sheet, item)}</div><div class="reasons">{"".join(reasons)}</div></div>'
    )


def _worst(findings: Sequence[Finding]) -> str:
    grades = {severity_of(finding.severity, finding.is_hint) for finding in findings}
    return next((kind for kind in SEVERITIES if kind in grades), "")


def _value(view: View, sheet: Sheet, item: Item) -> str:
    value = sheet.texts.get(item.name)
    if value is None:
        return f'<span class="blank">{escape(view.t("app.blank"))}</span>'
    unit = f' <span class="muted">{escape(item.unit)}</span>' if item.unit else ""
    unreadable = (
        f' <span class="tag">{escape(view.t("case.unreadable"))}</span>' if item.name in sheet.unreadable else ""
    )
    return f"{escape(value)}{unit}{unreadable}"


def _headers_elsewhere(view: View, card: CaseCard) -> dict[str, str]:
    """How items of other cards are called, by `card.item`, if a finding shows one."""
    names_elsewhere = {name for finding in card.findings for name in finding.values if "." in name}
    if not names_elsewhere:
        return {}
    titles, headings = card_titles(view.con), headers(view.con)
    return {
        f"{other_card}.{item}": f"{view.pick(*titles.get(other_card, (other_card, other_card)))}·{header}"
        for (other_card, item), header in headings.items()
        if f"{other_card}.{item}" in names_elsewhere
    }


def _elsewhere(view: View, sheet: Sheet, finding: Finding) -> str:
    """What the other stage says."""
    values = {name: value for name, value in finding.values.items() if "." in name}
    blank = view.t("app.blank")
    return "；".join(f"{sheet.headers.get(name, name)} {value or blank}" for name, value in values.items())


def _reason(view: View, sheet: Sheet, finding: Finding) -> str:
    colon = view.t("app.colon")
    rule = anchor(finding.rule_id, view.link("rules", rule=finding.rule_id)).markup
    notes = (
        ("case.elsewhere", _elsewhere(view, sheet, finding)),
        ("case.how", view.pick(*sheet.how.get(finding.rule_id, ("", "")))),
        ("case.basis", finding.basis),
        ("case.owner", view.label("owner", finding.owner)),
    )
    below = "".join(
        f'<p class="muted">{escape(view.t(key))}{colon}{escape(words)}</p>' for key, words in notes if words
    )
    return f'<div class="why"><p>{finding_tag(view, finding).markup} {rule} {escape(message(view, finding))}</p>{below}</div>'


def _relations(view: View, sheet: Sheet, involved: Sequence[Finding]) -> list[str]:
    """Where else to look: the item each finding is about."""
    firsts = dict.fromkeys(finding.fields[0] for finding in involved)
    return [
        f'<div class="muted">↪ {escape(view.t("case.related", item=sheet.headers.get(name, name)))}</div>'
        for name in firsts
    ]
