"""The audit finds exactly what the pandas twins find, on generated exports small and large; and the twins mean the rules."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from support.places import SAMPLE
from support.twins.pandas_twins import TWINS, Key, violating_keys, violations
from support.twins.pandas_values import card_fields, export_rows, typed_columns, yaml_file

from expectations.run.published import open_published
from flows.audit import run_audit
from flows.orders import AuditOrder
from sample_data import COMMITTED, generate

CARDS = ("arrest", "prosecution", "measure")
TODAY = date(2026, 6, 30)
SUSPECTS_OF_CASES = {15_500: 20_000, 3_900: 5_000}
"""Suspects on prosecution cards there are at least of so many cases."""


def twin_findings(folder: Path, as_of: date) -> dict[str, set[Key]]:
    """What the twins find in the exports of a folder, by rule."""
    keys_by_rule: dict[str, set[Key]] = {rule_id: set() for rule_id in TWINS}
    for card in CARDS:
        columns = typed_columns(card, export_rows(folder, card))
        for rule_id, rule in TWINS.items():
            keys_by_rule[rule_id] |= set(violating_keys(rule, card, columns, as_of))
    return keys_by_rule


def audit_findings(con: duckdb.DuckDBPyConnection) -> dict[str, set[Key]]:
    """What the audit published, by rule; the item to correct is the first a finding names."""
    keys_by_rule: dict[str, set[Key]] = {rule_id: set() for rule_id in TWINS}
    rows = con.execute(
        "select rule_id, coalesce(bmsah, ''), case when level = 'case' then '' else coalesce(suspect_no, '') end, "
        "split_part(fields, '|', 1) from findings where list_contains($1, rule_id) and list_contains($2, card)",
        [list(TWINS), list(CARDS)],
    )
    for rule_id, bmsah, suspect_no, field in rows.fetchall():
        keys_by_rule[rule_id].add((bmsah, suspect_no, field))
    return keys_by_rule


def differences(audited: Mapping[str, set[Key]], expected: Mapping[str, set[Key]]) -> dict[str, dict[str, list[Key]]]:
    """Up to five keys per rule that only one side has."""
    return {
        rule_id: {"audit only": sorted(audited[rule_id] - keys)[:5], "twin only": sorted(keys - audited[rule_id])[:5]}
        for rule_id, keys in expected.items()
        if audited[rule_id] != keys
    }


def test_committed_sample(published: duckdb.DuckDBPyConnection) -> None:
    expected = twin_findings(SAMPLE / "exports", COMMITTED.as_of)
    assert differences(audit_findings(published), expected) == {}
    assert all(expected.values()), sorted(rule_id for rule_id, keys in expected.items() if not keys)


@pytest.mark.long
@pytest.mark.parametrize("cases", [3_900, 15_500])
def test_thousands_of_suspects(tmp_path: Path, cases: int) -> None:
    sample = generate(COMMITTED.seed, cases, COMMITTED.as_of, tmp_path)
    assert sample.prosecution_suspects >= SUSPECTS_OF_CASES[cases]
    expected = twin_findings(tmp_path / "exports", COMMITTED.as_of)
    result = run_audit(AuditOrder(tmp_path / "home", (tmp_path / "exports",), COMMITTED.as_of, data_docs=False))
    with open_published(result.file) as con:
        assert differences(audit_findings(con), expected) == {}


def examples() -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    """Rule, card, kind and row of every example in the catalogue that belongs to a twin."""
    catalogue = Path(__file__).parents[2] / "expectations" / "catalogue" / "bundled"
    for path in sorted((catalogue / "rules").rglob("*.yaml")):
        for rule in yaml_file(str(path.relative_to(catalogue)))["rules"]:
            if rule["id"] not in TWINS:
                continue
            items = {name for row in rule["examples"].values() for name in row}
            for card in TWINS[rule["id"]].cards:
                if items <= card_fields(card).keys():
                    yield from ((rule["id"], card, kind, row) for kind, row in rule["examples"].items())


@pytest.mark.parametrize(("rule_id", "card", "kind", "row"), list(examples()))
def test_twins_judge_the_examples(rule_id: str, card: str, kind: str, row: Mapping[str, str]) -> None:
    example = {"bmsah": "K1", "suspect_no": "S1", **row}
    blank = {} if TWINS[rule_id].each else dict.fromkeys(card_fields(card))
    uses = dict.fromkeys(TWINS[rule_id].uses)
    also = {word: None for words in TWINS[rule_id].also.values() for word in words.split()}
    keys = violations(rule_id, card, pd.DataFrame([{**blank, **uses, **also, **example}], dtype=object), TODAY)
    assert bool({key for key in keys if not TWINS[rule_id].each or key[2] in example}) == (kind == "violating")


def table(*rows: Mapping[str, str]) -> pd.DataFrame:
    """Rows of prosecution cards; items that none of them names are blank columns."""
    return pd.DataFrame([{"bmsah": "", "suspect_no": "", **row} for row in rows], dtype=object)


CUSTODY = {"measure_at_transfer": "逮捕", "measure_before_close": ""}
BAIL = {"measure_at_transfer": "取保候审", "measure_before_close": ""}


@pytest.mark.parametrize(
    ("measure", "notice", "late"),
    [
        (BAIL, "2026-05-06", False),
        (BAIL, "2026-05-07", True),
        (CUSTODY, "2026-05-03", False),
        (CUSTODY, "2026-05-06", True),
    ],
)
def test_a_holiday_moves_a_limit_only_at_large(measure: Mapping[str, str], notice: str, late: bool) -> None:
    rows = table({"accept_date": "2026-04-30", "notice_date": notice, "is_unit": "否", **measure})
    assert bool(violations("T025", "prosecution", rows, TODAY)) == late


@pytest.mark.parametrize(
    ("charge", "is_label"),
    [
        ("掩饰、隐瞒犯罪所得、犯罪所得收益罪", True),
        ("拒绝提供间谍犯罪、恐怖主义犯罪、极端主义犯罪证据罪", True),
        ("盗窃罪、诈骗罪", False),
        ("生产、销售、提供假药罪（原生产、销售假药罪）", True),
        ("诈骗", False),
    ],
)
def test_one_charge_is_one_label(charge: str, is_label: bool) -> None:
    assert bool(violations("V012", "prosecution", table({"ps_charge": charge}), TODAY)) != is_label


def test_an_unreadable_item_is_reported_once_and_judged_nowhere_else() -> None:
    rows = table({"nonpros_date": "三月", "nonpros_doc_no": "", "p_result": "绝对不起诉"})
    assert violations("V015", "prosecution", rows, TODAY) == {("", "", "nonpros_date")}
    assert violations("C021", "prosecution", rows, TODAY) == {("", "", "nonpros_doc_no")}


def test_a_case_is_found_once_and_an_absent_column_never() -> None:
    case = {"bmsah": "K1", "close_charge": "假冒注册商标罪", "close_other_charges": "", "ip_ent_type": ""}
    rows = table({**case, "suspect_no": "S1"}, {**case, "suspect_no": "S2"}, {**case, "bmsah": "", "suspect_no": "S3"})
    assert violations("C011", "prosecution", rows, TODAY) == {("K1", "", "ip_ent_type")}
