"""Corners of the rule language that once went wrong: each rule judges its own two examples, through the way of a real run."""

from dataclasses import replace
from pathlib import Path

import pytest

from expectations.catalogue.catalogues import load_catalogue
from expectations.fitting.rule_checks import check_catalogue

HEAD = """
    title: {zh: 甲, en: a}
    message: {zh: 乙, en: b}
    how_to_fill: {zh: 丙, en: c}
    severity: normal
    error_type: 错填
    owner: handler
"""
RULES = {
    "the raw text of other rows": """
    kind: implies
    cards: [prosecution]
    then: count_rows(prosecution, r.bmsah = t.bmsah and not blank(raw(r.close_date))) <= 1
    fields: [close_date]
    examples:
      accepted: [{suspect_no: S1, close_date: 三月}, {suspect_no: S2}]
      violating: [{suspect_no: S1, close_date: 三月}, {suspect_no: S2, close_date: '2026-03-01'}]
""",
    "a list of what the persons of the case have": """
    kind: implies
    cards: [prosecution]
    then: case_persons(list_contains(list(p_result), '起诉'))
    fields: [p_result]
    examples:
      accepted: [{suspect_no: S1, p_result: 起诉}, {suspect_no: S2}]
      violating: [{suspect_no: S1, p_result: 绝对不起诉}, {suspect_no: S2}]
""",
    "a colon inside a text is no parameter": """
    kind: pattern
    cards: [prosecution]
    value: summary
    regex: '(?:abc|d)x:today'
    fields: [summary]
    examples:
      accepted: {summary: 'abcx:today'}
      violating: {summary: 'ax:today'}
""",
    "blank keys are no duplicate": """
    kind: duplicate
    cards: [prosecution]
    same: [bmsah, summary]
    fields: [summary]
    examples:
      accepted: [{suspect_no: S1}, {suspect_no: S2}, {suspect_no: S3, summary: 甲}]
      violating: [{suspect_no: S1, summary: 甲}, {suspect_no: S2, summary: 甲}]
""",
    "raw text exempts its own item from being unreadable": """
    kind: required
    cards: [prosecution]
    filled: not blank(p_close_date) or blank(raw(close_date))
    fields: [p_close_date]
    examples:
      accepted: {p_close_date: '2026-03-01', close_date: '2026-01-01'}
      violating: {close_date: 三月}
""",
    "either of two conditions before an order": """
    kind: date_order
    cards: [prosecution]
    earlier: accept_date
    later: close_date
    when: p_result = '起诉' or p_result = '绝对不起诉'
    fields: [close_date]
    examples:
      accepted:
        - {suspect_no: S1, p_result: 绝对不起诉, accept_date: '2026-03-01'}
        - {suspect_no: S2, p_result: 绝对不起诉, accept_date: '2026-03-01', close_date: '2026-03-02'}
      violating: {p_result: 起诉, accept_date: '2026-03-02', close_date: '2026-03-01'}
""",
    "days and labels written as exports write them": """
    kind: date_order
    cards: [prosecution]
    earlier: accept_date
    later: close_date
    when: sex = '男'
    fields: [close_date]
    examples:
      accepted: {sex: 男性, accept_date: 2026年3月1日, close_date: '46083'}
      violating: {sex: 男性, accept_date: 2026年3月2日, close_date: 2026/3/1 8:30}
""",
    "other rows that differ in two items, counted by keys": """
    kind: duplicate
    cards: [prosecution]
    no_other: r.bmsah = t.bmsah and r.id_no = t.id_no and r.suspect_no <> t.suspect_no and r.name <> t.name
    fields: [id_no]
    examples:
      accepted:
        - {suspect_no: S1, id_no: '1', name: 甲}
        - {suspect_no: S2, id_no: '1', name: 甲}
        - {suspect_no: S3, id_no: '1'}
        - {suspect_no: S1, id_no: '2', name: 丙}
      violating: [{suspect_no: S1, id_no: '1', name: 甲}, {suspect_no: S2, id_no: '1', name: 乙}]
""",
}


@pytest.mark.parametrize("form", RULES)
def test_both_examples_are_judged_as_they_say(tmp_path: Path, form: str) -> None:
    (tmp_path / "rule.yaml").write_text(
        f"theme: consistency\nrules:\n  - id: Z011{HEAD}{RULES[form]}", encoding="utf-8"
    )
    laid = load_catalogue(tmp_path)
    outcome = check_catalogue(replace(laid, rules={"Z011": laid.rules["Z011"]}))
    assert (outcome.problems, outcome.examples) == ((), 2)
