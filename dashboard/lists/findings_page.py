"""The findings list: filters kept in the address, one page of findings at a time, and the register as an Excel file."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import Address, write_address
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.marks import finding_tag, message
from dashboard.frame.pager import pager
from dashboard.frame.parameters import PAGE, Values, flag, many, one_of, text
from dashboard.frame.tables import Cell, Column, Html, anchor, download, lines, show, table
from dashboard.frame.view import View
from expectations.finding.columns import Finding
from expectations.finding.labels import SEVERITIES, case_word
from expectations.run.findings import SORTS, Choices, choices, count_findings, page_of_findings
from expectations.run.published import FindingFilter, Kind

_KINDS: tuple[Kind, ...] = ("errors", "hints", "all")
_SIZES = (25, 50, 100)
_KIND, _TEXT = one_of("kind", _KINDS), text("text")
_DEPARTMENT, _PROSECUTOR, _RULE, _CARD = many("department"), many("prosecutor"), many("rule"), many("card")
_SEVERITY, _ERROR_TYPE = many("severity"), many("error_type")
SORT, DESCENDING = one_of("sort", SORTS), flag("desc")
_SIZE = one_of("size", _SIZES)
_ASKED = (_DEPARTMENT, _PROSECUTOR, _RULE, _SEVERITY, _ERROR_TYPE, _CARD, _KIND, _TEXT)
_HERE = Address("f", *_ASKED, SORT, DESCENDING, _SIZE, PAGE)


def findings_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.findings"))
    _HERE.enter(view)
    _filters(view)
    selection, size = finding_filter(_HERE.value), _HERE.value(_SIZE)
    errors, hints = count_findings(view.con, replace(selection, kind="all"))
    selected = {"errors": errors, "hints": hints, "all": errors + hints}[selection.kind]
    st.markdown(f"**{view.t('list.count', errors=f'{errors:,}', hints=f'{hints:,}')}**")
    if selected:
        page = pager(view, _HERE, selected, size)
        findings = page_of_findings(
            view.con, selection, sort=_HERE.value(SORT), descending=_HERE.value(DESCENDING), page=page, size=size
        )
        show(_finding_table(view, findings))
        st.caption(view.t("list.note"))
    else:
        _nothing(view, selection)
    write_address(view, _HERE.written())


def finding_filter(value: Values) -> FindingFilter:
    """The findings asked for."""
    return FindingFilter(
        departments=tuple(value(_DEPARTMENT)),
        prosecutors=tuple(value(_PROSECUTOR)),
        rules=tuple(value(_RULE)),
        severities=tuple(value(_SEVERITY)),
        error_types=tuple(value(_ERROR_TYPE)),
        cards=tuple(value(_CARD)),
        kind=value(_KIND),
        text=value(_TEXT),
    )


def _filters(view: View) -> None:
    row = (
        Filter(_KIND, "buttons", _KINDS, lambda kind: view.t(f"kind.{kind}")),
        Filter(_TEXT, "search", width=340),
    )
    bar = filter_bar(view, _HERE, row, _choices(view, choices(view.con)))
    bar.button(
        view.t("filter.clear"),
        on_click=_HERE.clear,
        args=(SORT, DESCENDING, _SIZE),
        icon=":material/filter_alt_off:",
        key="f_clear",
    )
    order = (
        Filter(SORT, "select", SORTS, lambda name: view.t(f"sort.{name}"), "sort.by", width=200),
        Filter(_SIZE, "select", _SIZES, label="list.size", width=110),
        Filter(DESCENDING, "toggle", label="sort.descending"),
    )
    bar = filter_bar(view, _HERE, order)
    bar.html(download(view.t("list.download"), view.link("export/findings.xlsx", **_HERE.written(_SIZE, PAGE))).markup)


def _choices(view: View, offered: Choices) -> Sequence[Filter]:
    """The filters of several values; prosecutors are those of the departments chosen, and who is chosen already."""
    titles = {rule_id: f"{rule_id} {view.pick(*title)}" for rule_id, title in offered.rules.items()}
    cards = {card: view.pick(*title) for card, title in offered.cards.items()}
    of_departments, everybody = offered.prosecutors_of(_HERE.value(_DEPARTMENT)), offered.prosecutors_of(())
    chosen = [name for name in _HERE.value(_PROSECUTOR) if name in everybody and name not in of_departments]
    return (
        Filter(_DEPARTMENT, options=offered.departments),
        Filter(_PROSECUTOR, options=(*of_departments, *chosen)),
        Filter(_RULE, options=tuple(titles), name_of=titles.__getitem__),
        Filter(_SEVERITY, options=SEVERITIES, name_of=lambda name: view.label("severity", name)),
        Filter(_ERROR_TYPE, options=offered.error_types, name_of=lambda name: view.label("type", name)),
        Filter(_CARD, options=tuple(cards), name_of=cards.__getitem__),
    )


def _finding_table(view: View, findings: Sequence[Finding]) -> Html:
    kinds = {
        "severity": "short",
        "problem": "wide",
        "bmsah": "",
        "suspect": "short",
        "department": "middle",
        "prosecutor": "short",
    }
    columns = [Column(view.t(f"column.{name}"), kind) for name, kind in kinds.items()]
    return table(columns, [_finding_row(view, finding) for finding in findings], "findings")


def _finding_row(view: View, finding: Finding) -> list[Cell]:
    rule = anchor(finding.rule_id, view.link("rules", rule=finding.rule_id))
    number = case_word(finding.bmsah, finding.sheet, finding.sheet_row).in_language(view.language)
    row = "" if finding.bmsah else str(finding.card_row)
    case = anchor(number, view.link("case", card=finding.card, bmsah=finding.bmsah, row=row))
    return [
        finding_tag(view, finding),
        lines(message(view, finding), Html(f'<span class="muted">{rule.markup} {escape(finding.basis)}</span>')),
        lines(case, Html(f'<span class="muted">{escape(finding.case_name)}</span>')),
        finding.name,
        finding.department,
        finding.prosecutor,
    ]


def _nothing(view: View, selection: FindingFilter) -> None:
    if selection in (FindingFilter(kind="errors"), FindingFilter()):
        empty.nothing(view, "empty.no_findings")
    else:
        empty.nothing(view, "empty.no_selection", "empty.no_selection_how")
