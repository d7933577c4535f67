"""Texts and the values they become, type by type (spec: exports, section 3)."""

import datetime
import re
import sys
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.loads import cards, load, warehouse, write_text

from expectations.catalogue.cards import Field
from expectations.catalogue.catalogues import load_catalogue
from expectations.sql.cell_values import BLANKS, clean_sql, rare_sql, typed_sql, value_macros

CATALOGUE = load_catalogue()
DAY = datetime.date(2026, 3, 2)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return connection_in(CATALOGUE.time_zone)


def connection_in(time_zone: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in value_macros(time_zone):
        connection.execute(statement)
    return connection


def value(con: duckdb.DuckDBPyConnection, field: Field, text: str, from_1904: bool = False) -> object:
    """The value a cell's text becomes."""
    typed = typed_sql(field, "cell", CATALOGUE.dictionaries, from_1904)
    typed = f"coalesce({typed}, {rare_sql(field, 'cell') or 'null'})"
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
        "02.03.2026", "不详", "2026-03-02 25:00", "2026-03-02 起", "-46083", "2026-03-02,2026-03-03", "18/06/2025", "06/18/25",
    ],
)  # fmt: skip
def test_no_dates(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(con, of_type("date"), text) is None


@pytest.mark.parametrize(
    "text",
    [
        "２０２６－０３－０２", "２０２６年３月２日", "2026年\u30003月\u30002日", "2026 年 3 月 2 日", "2026\u200b-03-02", "2026–3–2", "2026年3月2号",
        "2026年3月2日9时30分", "2026年03月02日09时30分15秒", "2026年03月02日 09:30:00", "2026年3月2日09：30", "2026年3月2日 9点",
        "2026-03-02 上午 9:30:00", "2026/3/2 下午3:30", "2026/3/2下午11:59", "2026-03-02 9:30:00 PM", "2026-03-02 12:00 AM", "2026年3月2日上午",
        "2026-3-2 星期一", "2026年3月2日星期一", "2026-03-02 周一 09:30", "2026-03-02(一)", "2026-03-02（星期一）", "2026年3月1日星期日".replace("1日", "2日"),
        "20260302093000", "202603020930", "20260302T093000", "20260302 093000", "2026-03-02T09:30:00,123", "2026-03-02 00:00:00.0",
        "Mar 2 2026 12:00AM", "Mar  2 2026 11:59PM", "Mar 02 2026 12:00:00:000AM", "2026-03-02 23:59:59", "2026-03-02\n09:30:00",
    ],
)  # fmt: skip
def test_rare_forms_of_a_day(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(con, of_type("date"), text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T16:00:00.000Z", "2026-03-01T16:00:00Z", "2026-03-01 16:00:00+00:00", "2026-03-02T00:00:00+08:00", "2026-03-02T00:00:00+0800",
        "2026-03-02T15:59:59Z", "2026-03-01T16:00Z", "20260301T160000Z", "2026-03-01T11:00:00 -05:00", "2026-03-02T00:00:00+08", "2026-03-02T01:00:00+09",
        "2026-03-02T00:00+08:00[Asia/Shanghai]", "2026-03-01 16:00:00 UTC", "２０２６－０３－０１Ｔ１６：００：００Ｚ",
    ],
)  # fmt: skip
def test_an_instant_is_the_day_on_the_office_clock(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(con, of_type("date"), text) == DAY
    assert value(connection_in(""), of_type("date"), text) is None  # nobody said on which clock


def test_an_instant_on_another_clock() -> None:
    berlin = connection_in("Europe/Berlin")
    assert value(berlin, of_type("date"), "2026-03-01T23:00:00Z") == DAY
    assert value(berlin, of_type("date"), "2026-07-01T22:00:00Z") == datetime.date(2026, 7, 2)
    assert value(berlin, of_type("date"), "2026-07-01 23:59:17") == datetime.date(2026, 7, 1)


@given(
    day=st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31)),
    written_in=st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York"]),
    separator=st.sampled_from("T "),
)
def test_a_midnight_keeps_its_day_whatever_zone_it_is_written_in(
    con: duckdb.DuckDBPyConnection, day: datetime.date, written_in: str, separator: str
) -> None:
    """Also of summers when clocks stood an hour ahead, as in China from 1986 to 1991, where many a suspect was born."""
    midnight = datetime.datetime.combine(day, datetime.time(), ZoneInfo("Asia/Shanghai"))
    text = midnight.astimezone(ZoneInfo(written_in)).isoformat(separator)
    assert value(con, of_type("date"), text) == day
    assert value(con, of_type("date"), text.replace("+00:00", ".000Z")) == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 23:59:17", "2026-03-01T23:59:17.000", "2026/3/1 23:59:17", "2026-03-01T15:59:17.000Z", "2026-03-01T23:59:17+08:00",
        "2026/3/1 下午11:59:17", "46082.99950231481", "46082.9999999999", "46083.0000000001", "20260301235917",
    ],
)  # fmt: skip
def test_a_midnight_that_a_program_missed_is_that_of_the_next_day(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(con, of_type("date"), text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 24:00:00", "2026-03-01 23:59:59.999", "2026-03-02Z", "2026-03-02+08:00", "2026-03-02 09:30+15:00", "200103020930",
        "2026/3/118:30", "20260302 0930000", "Abc 2 2026", "2026-03-02 上午 下午", "Mar 2 26", "2-Mar-2026", "2026年3月", "2.0260302093E+13",
    ],
)  # fmt: skip
def test_what_may_be_another_day_is_no_date(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(con, of_type("date"), text) is None


def test_days_of_a_workbook_that_counts_from_1904(con: duckdb.DuckDBPyConnection) -> None:
    assert value(con, of_type("date"), "44621", from_1904=True) == DAY
    assert value(con, of_type("date"), "44621.75", from_1904=True) == DAY
    assert value(con, of_type("date"), "2026-03-02", from_1904=True) == DAY
    assert value(con, of_type("int"), "44621", from_1904=True) == 44621


def test_every_sign_that_is_a_gap_or_is_not_drawn_is_a_blank() -> None:
    drawn = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    fillers = "\u2800\u115f\u1160\u3164\uffa0"
    pattern = re.compile(f"[{BLANKS}]")
    for sign in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(sign) == "Cn":
            continue  # of a later Unicode
        is_blank = unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp") and sign not in drawn
        assert bool(pattern.match(sign)) == (is_blank or sign in fillers), hex(ord(sign))


INVISIBLE_ENDS = st.text(
    st.sampled_from(
        "\x01\x1a\x1f\x7f\x85\xad\u061c\u180e\u200b\u200e\u202a\u202e\u2060\u2064\u2066\u206f\ufeff\ufff9\ufffb\U000e0041 \t\u3000\u3164"
    ),
    max_size=3,
)


@given(before=INVISIBLE_ENDS, after=INVISIBLE_ENDS, wrapped=st.booleans())
def test_what_is_not_drawn_at_the_ends_of_a_cell_is_not_there(
    con: duckdb.DuckDBPyConnection, before: str, after: str, wrapped: bool
) -> None:
    for field, text in (
        (of_type("text"), "张\u200d三"),
        (of_type("date"), "2026-03-02"),
        (of_type("int"), "5"),
        (of_type("yesno", "YES_NO"), "Y"),
        (of_type("text"), ""),
    ):
        around = before.replace("\U000e0041", ""), after.replace("\U000e0041", "")
        cell = f'{around[0]}="{before}{text}{after}"{around[1]}' if wrapped else f"{before}{text}{after}"
        assert value(con, field, cell) == value(con, field, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('="770101"', "770101"), (' ="770101" ', "770101"), ('="他说""好"""', '他说"好"'), ('=""', None), ('=" "', None), ('="NULL"', None),
        ('="a"&"b"', '="a"&"b"'), ('="a', '="a'), ("=1+1", "=1+1"), ('"770101"', '"770101"'), ('="甲\n乙"', "甲\n乙"),
    ],
)  # fmt: skip
def test_the_text_of_a_formula_that_is_nothing_but_a_text(
    con: duckdb.DuckDBPyConnection, text: str, expected: str | None
) -> None:
    assert value(con, of_type("text"), text) == expected


HEARING = ("关联案件部门受案号", "听证编号", "听证日期", "听证员人数")


def test_rare_cells_of_an_export(tmp_path: Path) -> None:
    """Also where the headings are written in the same way, repeated further down, and one cell in thousands is rare."""
    rows = [(f"K{number}", f"T{number}", "2026-03-02", "5") for number in range(3000)]
    rows[2000] = ("K2000", "T2000", "2026年3月2日9时30分", "５人")
    headings = tuple(f'="\u200b{heading[:2]}\u202d{heading[2:]}"' for heading in HEARING)
    con = warehouse()
    report = load(con, write_text(tmp_path / "听证.csv", headings, *rows[:2500], HEARING, *rows[2500:]), card="hearing")
    assert (report.rows.loaded, report.rows.header_copy) == (3000, 1)
    assert set(cards(con, "hearing", "hear_date", "n_hearers")) == {(DAY, 5)}
    assert cards(con, "hearing", "hear_no") == [(f"T{number}",) for number in range(3000)]
    assert con.execute("select count(*) from load.unreadable_cells").fetchall() == [(0,)]


def test_the_ends_of_the_serial_dates(con: duckdb.DuckDBPyConnection) -> None:
    assert value(con, of_type("date"), "10000") == datetime.date(1927, 5, 18)
    assert value(con, of_type("date"), "80000") == datetime.date(2119, 1, 11)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12), ("-3", -3), ("+3", 3), ("3.0", 3), ("3.00", 3), ("1,234", 1234), ("2人", 2), ("20岁", 20),
        ("3天", 3),
        ("4件", 4), ("1,234.0件", 1234), ("007", 7), ("2147483647", 2147483647),
        ("3.5", None), ("2147483648", None), ("12元", None), ("3个月", None), ("1,23", None), ("1，23", None), ("１ ２", None),
        ("１２", 12), ("５人", 5), ("5\u3000人", 5), ("1，234", 1234), ("１，２３４．０件", 1234), ("－３", -3), ("\u200e5\u200d", 5), ("1\u200b2", 12),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02 09:05", "09:05:00"),
        ("2026-03-02T09:05:07", "09:05:07"),
        ("2026/3/2 9:05:07.25", "09:05:07.250000"),
        ("2026年3月2日9时5分7秒", "09:05:07"),
        ("20260302 09:05", "09:05:00"),
        ("2026-03-02 下午3:05", "15:05:00"),
        ("2026-03-02 00:00:00", "00:00:00"),
        ("2026-03-02 23:59:59.9", "23:59:59.900000"),
        ("2026-03-02T01:05:00Z", "09:05:00"),
        ("2026-03-02", None),
        ("2026-03-02 24:00", None),
        ("2026-03-02 09:60", None),
        ("2026-02-30 09:05", None),
        ("46083.5", None),
        ("09:05", None),
    ],
)
def test_a_moment_is_a_day_with_its_time_and_never_moved(
    con: duckdb.DuckDBPyConnection, text: str, expected: str | None
) -> None:
    moment = datetime.datetime.fromisoformat(f"{DAY} {expected}") if expected else None
    assert value(con, of_type("datetime"), text) == moment


def test_an_instant_is_no_moment_where_the_catalogue_names_no_time_zone() -> None:
    assert value(connection_in(""), of_type("datetime"), "2026-03-02T01:05:00Z") is None


@pytest.mark.parametrize("behind", ["", ","])
@pytest.mark.parametrize("cell", ['="甲,乙"', '="甲""乙"",丙"', '=",乙"'])
def test_a_formula_without_quotes_around_it_is_one_cell(tmp_path: Path, cell: str, behind: str) -> None:
    """Parted at its comma it would move the cells behind it by one place, or make the row too long."""
    path = tmp_path / "听证.csv"
    path.write_text(
        f"{'关联案件部门受案号,听证编号,承办检察官,听证类型,听证日期,听证方式'}\n汉东检刑诉受[2025]770101000001号,1号,{cell},拟不起诉,2025-06-18{behind}\n",
        encoding="utf-8",
    )
    con = warehouse()
    load(con, path, card="hearing")
    inside = cell[2:-1].replace('""', '"')
    assert cards(con, "hearing", "prosecutor", "hear_kind", "hear_date::varchar") == [
        (inside, "拟不起诉", "2025-06-18")
    ]
