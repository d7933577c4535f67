"""The helpers of the rule language yield what the specification's own macros yield, value by value."""

import re
from itertools import product
from string import Template

import duckdb
import pytest
from support.contract.spec_exports import SPEC
from support.contract.spec_oracle import open_spec

from expectations.sql.language import HELPERS

TEXTS = (  # as loading leaves them: trimmed
    None,
    "",
    "无",
    "是",
    "否",
    "无,刑事处罚",
    "甲；乙、 丙|甲",
    "盗窃罪、诈骗罪",
    "掩饰、隐瞒犯罪所得、犯罪所得收益罪",
    "拒绝提供间谍犯罪、恐怖主义犯罪、极端主义犯罪证据罪",
    "生产、销售、提供假药罪(原生产、销售假药罪)",
    "生产、销售假药罪",
    "受贿罪,盗窃罪",
    "罪",
    "逮捕",
)
DAYS = (None, "2024-02-29", "2025-09-30", "2026-01-31", "2026-02-13", "2026-05-01")
NUMBERS = (0, 1, 3, 12)
CASES = (
    None,
    "",
    "汉东检刑诉受[2026]77010100012号",
    "汉东检刑诉受〔2026〕77010100012号",
    "汉东区检刑捕受[1999]770101000012号",
    "x",
)
DOCUMENTS = (None, "汉检诉〔2026〕12号", "汉检诉[2026]12号", "〔2026〕号")
IDENTITIES = (None, "770101199003070014", "770101199003070015", "77010119900230001X", "91770100MA0000001X", "1")
VALUES = {
    "t": TEXTS,
    "u": TEXTS,
    "d": DAYS,
    "e": DAYS,
    "n": NUMBERS,
    "c": CASES,
    "x": DOCUMENTS,
    "i": IDENTITIES,
    "g": ("DUTY_CORE", "PROPERTY", "NONE"),
    "k": ("CHARGE", "PRIOR_RECORD", "SEX"),
    "b": (True, False),
    "p": ("2026-01", "2026-05"),
    "unit": ("day", "month"),
}
CALLS = (
    "blank($t)", "items($t)", "items_no_none($t)", "none_or_blank($t)", "has($t, '无')", "has_any($t, ['甲', '丙'])", "yes($t)",
    "no($t)", "charges($t)", "charges2($t, $u)", "in_group($t, $g)", "any_in_group(charges($t), $g)", "all_in_group(charges($t), $g)",
    "same_set(charges($t), charges($u))", "subset(charges($t), charges($u))", "in_dictionary($t, $k, $b)", "in_codes($t, $k)",
    "in_dict_group($t, $k, 'CH5')", "charges_valid($t, $d)", "class_ok($c, '一审公诉案件')", "custodial($t)", "eff($t, 1, 2)",
    "bmsah_year($c)", "bmsah_unit($c)", "bmsah_class($c)", "doc_year($x)", "doc_seq($x)", "doc_prefix($x)", "id_check_ok($i)",
    "id_birth($i)", "id_sex($i)", "uscc_ok($i)", "add_days($d, $n)", "add_months($d, $n)", "months_between($d, $e)", "full_years($d, $e)",
    "legal_age($d, $e)", "is_workday($d)", "next_workday($d)", "add_workdays($d, $n)", "deadline($d, $n, $unit, $b)",
    "deadline_md($d, $n, 15, $b)", "review_start($d, $e, null, null, null)", "review_start($d, $e, $e, $d, null)",
    "review_end($d, $e, null, null, null, date '2026-06-30')", "review_end(null, $e, $e, $d, $d, date '2026-06-30')",
    "prev_period($p)", "opt($t)",
)  # fmt: skip
IN_PLACE = {"raw"}
"""A helper that says how an item is read and is no function."""
MOMENTS = {
    "hours_between('2026-03-01 09:59:00', '2026-03-01 10:58:59')": 0,
    "hours_between('2026-03-01 09:59:00', '2026-03-02 09:59:00')": 24,
    "hours_between(date '2026-03-01', timestamp '2026-03-01 05:30:00')": 5,
    "hours_between('2026-03-01 10:00:00', '2026-03-01 08:30:00')": -1,
    "minutes_between('2026-03-01 09:59:30', '2026-03-01 10:00:29')": 0,
    "minutes_between('2026-03-01 09:59:30', '2026-03-01 11:00:30')": 61,
    "minutes_between(null, '2026-03-01 11:00:30')": None,
    "add_hours('2026-03-01 23:30:00', 1)::varchar": "2026-03-02 00:30:00",
    "add_minutes('2026-03-01 23:30:00', -45)::varchar": "2026-03-01 22:45:00",
}
"""Calls of helpers the specification has not, as nothing it knows has a time of day, and what they yield."""


def literal(value: object) -> str:
    if value is None or isinstance(value, int):
        return "null" if value is None else str(value).lower()
    return f"date '{value}'" if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else f"'{value}'"


def filled(call: str) -> list[str]:
    """The call with every combination of values."""
    names = list(dict.fromkeys(re.findall(r"\$(\w+)", call)))
    types = {"t": "varchar", "u": "varchar", "d": "date", "e": "date", "c": "varchar", "x": "varchar", "i": "varchar"}
    calls = []
    for values in product(*(VALUES[name] for name in names)):
        words = {
            name: f"{literal(value)}::{types[name]}" if name in types else literal(value)
            for name, value in zip(names, values, strict=True)
        }
        calls.append(Template(call).substitute(words))
    return calls


def test_every_helper_is_compared() -> None:
    compared = {re.split(r"\(", call)[0] for call in CALLS}
    specified_helpers = set(
        re.findall(r"^create macro (\w+)", (SPEC / "helpers.sql").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert compared | IN_PLACE | {re.split(r"\(", call)[0] for call in MOMENTS} == HELPERS
    assert specified_helpers - HELPERS == {"group_list", "dict_list"}


@pytest.mark.parametrize(("call", "expected"), MOMENTS.items())
def test_hours_and_minutes_are_full_ones(lookups: duckdb.DuckDBPyConnection, call: str, expected: object) -> None:
    assert lookups.execute(f"select {call}").fetchall() == [(expected,)]


@pytest.fixture(scope="module")
def specified() -> duckdb.DuckDBPyConnection:
    return open_spec()


@pytest.mark.parametrize("call", CALLS)
def test_a_helper_yields_what_the_specification_says(
    lookups: duckdb.DuckDBPyConnection, specified: duckdb.DuckDBPyConnection, call: str
) -> None:
    calls = filled(call)
    statement = f"select {', '.join(calls)}"
    ours, theirs = (con.execute(statement).fetchall()[0] for con in (lookups, specified))
    differing = [
        (text, own_value, specified_value)
        for text, own_value, specified_value in zip(calls, ours, theirs, strict=True)
        if plain(own_value) != plain(specified_value)
    ]
    assert differing == []


def plain(value: object) -> object:
    """Lists as sets: their order is no part of a helper's meaning unless it is sorted."""
    return sorted(value) if isinstance(value, list) else value
