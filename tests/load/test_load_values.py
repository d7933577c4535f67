"""Texts and the values they become, type by type (spec: exports, section 3)."""

import datetime

import duckdb
import pytest

from expectations.catalogue.cards import Field
from expectations.catalogue.catalogues import load_catalogue
from expectations.sql.cell_values import clean_sql, typed_sql, value_macros

CATALOGUE = load_catalogue()
DAY = datetime.date(2026, 3, 2)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in value_macros():
        connection.execute(statement)
    return connection


def value(con: duckdb.DuckDBPyConnection, field: Field, text: str) -> object:
    """The value a cell's text becomes."""
    typed = typed_sql(field, "cell", CATALOGUE.dictionaries)
    row = con.execute(
        f"SELECT {typed} FROM (SELECT {clean_sql('text')} AS cell FROM (SELECT ? AS text))", [text]
    ).fetchone()
    assert row is not None
    return row[0]


def of_type(kind: str, dictionary: str = "") -> Field:
    return Field.model_validate({"name": "x", "header": "项", "type": kind, "dictionary": dictionary})


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "\t", "\u00a0", "\ufeff", "'", "NULL", "null", "None", "nan", "NaT", " NULL "]
)
@pytest.mark.parametrize(
    "field", [of_type("text"), of_type("date"), of_type("dict", "SEX"), of_type("dicts", "SENTENCE")]
)
def test_blank(con: duckdb.DuckDBPyConnection, field: Field, text: str) -> None:
    assert value(con, field, text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" 张三\u3000", "张三"),
        ("'77010120260001220", "77010120260001220"),
        ("\ufeff\t李 四\n", "李 四"),
        ("无", "无"),
        ("''引", "'引"),
        ("nano", "nano"),
        ("NULL值", "NULL值"),
        ("（2026）", "（2026）"),
        ("甲\n乙", "甲\n乙"),
    ],
)
def test_text(con: duckdb.DuckDBPyConnection, text: str, expected: str) -> None:
    assert value(con, of_type("text"), text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02", "2026/3/2", "2026/03/02", "2026.3.2", "20260302", "2026年3月2日", "2026-3-2", "46083", "46083.75",
        "2026-03-02 08:30", "2026-03-02 08:30:15", "2026/3/2 8:30:00.000", "2026-03-02T00:00:00Z",
        "2026年3月2日 8时30分",
        "20260302 10:00", "'2026-03-02 ",
    ],
)  # fmt: skip
def test_dates(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(con, of_type("date"), text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "2026", "9999", "80001", "1", "2026-02-30", "2026-13-01", "20261301", "2026-03", "2026年3月", "2026-3/2",
        "3/2/2026",
        "02.03.2026", "不详", "2026-03-02 25:00", "2026-03-02 起", "２０２６-03-02", "-46083", "2026-03-02,2026-03-03",
    ],
)  # fmt: skip
def test_no_dates(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(con, of_type("date"), text) is None


def test_the_ends_of_the_serial_dates(con: duckdb.DuckDBPyConnection) -> None:
    assert value(con, of_type("date"), "10000") == datetime.date(1927, 5, 18)
    assert value(con, of_type("date"), "80000") == datetime.date(2119, 1, 11)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12), ("-3", -3), ("+3", 3), ("3.0", 3), ("3.00", 3), ("1,234", 1234), ("2人", 2), ("20岁", 20),
        ("3天", 3),
        ("4件", 4), ("1,234.0件", 1234), ("007", 7), ("2147483647", 2147483647),
        ("3.5", None), ("2147483648", None), ("12元", None), ("3个月", None), ("１２", None), ("1,23", None),
        ("约3", None),
        ("3人4人", None), ("1e3", None), ("--3", None), ("3,", None),
    ],
)  # fmt: skip
def test_whole_numbers(con: duckdb.DuckDBPyConnection, text: str, expected: int | None) -> None:
    assert value(con, of_type("int"), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12), ("6月", 6), ("6个月", 6), ("10.5", 10.5), ("10.5个月", 10.5), ("3.0", 3), ("-3", -3),
        ("1,200", 1200),
        ("3年6个月", None), ("10.25", None), ("3年", None), ("12天", None), ("12人", None), ("六个月", None),
    ],
)  # fmt: skip
def test_months(con: duckdb.DuckDBPyConnection, text: str, expected: float | None) -> None:
    assert value(con, of_type("months"), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12), ("0.35", 0.35), ("1,234.5万元", 1234.5), ("3万", 3), ("-3", -3), ("3.0", 3),
        ("12元", None), ("12万人", None), ("十万", None), ("1.2.3", None), ("12亿元", None),
    ],
)  # fmt: skip
def test_amounts(con: duckdb.DuckDBPyConnection, text: str, expected: float | None) -> None:
    assert value(con, of_type("wan_yuan"), text) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(("是", "Y", "y", "1", "true", "TRUE", "√"), "是"), (("否", "N", "n", "0", "false", "FALSE", "×"), "否")],
)
def test_yes_and_no(con: duckdb.DuckDBPyConnection, texts: tuple[str, ...], expected: str) -> None:
    assert {value(con, of_type("yesno", "YES_NO"), text) for text in texts} == {expected}


def test_other_answers_stay(con: duckdb.DuckDBPyConnection) -> None:
    assert [value(con, of_type("yesno", "YES_NO"), text) for text in ("不详", "True", "2")] == ["不详", "True", "2"]


@pytest.mark.parametrize(("text", "expected"), [("男性", "男"), ("男", "男"), ("未知", "未知的性别"), ("男的", "男的")])
def test_single_values(con: duckdb.DuckDBPyConnection, text: str, expected: str) -> None:
    assert value(con, of_type("dict", "SEX"), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("拘役", "拘役"),
        ("死缓", "死刑缓期二年执行"),
        ("拘役,管制", "拘役,管制"),
        ("拘役，死缓；管制", "拘役,死刑缓期二年执行,管制"),
        ("拘役、 管制|单处罚金\n拘役", "拘役,管制,单处罚金"),
        ("死缓,死刑缓期二年执行", "死刑缓期二年执行"),
        ("拘役,", "拘役"),
        ("没有的刑,拘役", "没有的刑,拘役"),
        (",;、", None),
    ],
)
def test_several_values(con: duckdb.DuckDBPyConnection, text: str, expected: str | None) -> None:
    assert value(con, of_type("dicts", "SENTENCE"), text) == expected


def test_charges_and_numbers_stay_as_written(con: duckdb.DuckDBPyConnection) -> None:
    assert value(con, of_type("charges", "CHARGE"), "盗窃罪、诈骗罪(已合并)") == "盗窃罪、诈骗罪(已合并)"
    assert value(con, of_type("case_no"), "汉东检刑捕受[2026]770101000001号") == "汉东检刑捕受[2026]770101000001号"
    assert value(con, of_type("doc_no"), "汉检刑诉[2024]12号") == "汉检刑诉[2024]12号"


def test_identity_numbers_are_narrowed(con: duckdb.DuckDBPyConnection) -> None:
    assert value(con, of_type("id_no"), " ７7010119900101 123ｘ\u3000") == "77010119900101123X"


def test_every_alias_of_every_dictionary_becomes_its_label(con: duckdb.DuckDBPyConnection) -> None:
    for name, dictionary in CATALOGUE.dictionaries.items():
        labels = {each.label for each in dictionary.values}
        for each in dictionary.values:
            for alias in set(each.aliases) - labels:
                assert value(con, of_type("dict", name), alias) in labels
