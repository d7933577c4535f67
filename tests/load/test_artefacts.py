"""What a spreadsheet did to numbers on their way into a file is told once a column, and no card is judged or merged by it."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from support.audits import audit, keys_of
from support.loads import CATALOGUE, HEADINGS, cards, load, person, warehouse, write_text

from flows.load.report import report_as_text

ARRESTS = "审查逮捕"
WITH_NUMBERS = (*HEADINGS, "统一受案号", "身份证号码", "审结日期")


def row(number: int, *more: str, suspect: str = "") -> tuple[str, ...]:
    """A card with a unified number, an identity number and a closing date."""
    return (person(number)[0], suspect or f"S{number}", *person(number)[2:], *more)


def artefacts(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        "select file_no, field, kind, cells, first_rows, example from load.export_artefacts order by all"
    ).fetchall()


def test_a_number_in_scientific_notation_is_unreadable_and_told_once_a_column(tmp_path: Path) -> None:
    con = warehouse()
    rows = [row(n, "7.70101E+16", "7.7e+17", "########") for n in range(1, 9)]
    rows += [row(9, "77010120260000009", "770101199001011236", "2026-03-02"), row(10, "", "", "2.02506E+13")]
    report = load(con, write_text(tmp_path / f"{ARRESTS}.csv", WITH_NUMBERS, *rows))
    assert artefacts(con) == [
        (0, "id_no", "scientific", 8, [2, 3, 4, 5, 6], "7.7E+17"),
        (0, "p_close_date", "hidden", 8, [2, 3, 4, 5, 6], "########"),
        (0, "p_close_date", "scientific", 1, [11], "2.02506E+13"),
        (0, "tysah", "scientific", 8, [2, 3, 4, 5, 6], "7.70101E+16"),
    ]
    assert cards(con, "arrest", "tysah", "_unreadable")[7:] == [
        (None, ["id_no", "p_close_date", "tysah"]),
        ("77010120260000009", None),
        (None, ["p_close_date"]),
    ]
    assert con.execute("select count(*) from load.unreadable_cells").fetchall() == [(25,)]
    assert set(report.sheets[0].unreadable or {}) == {"id_no", "p_close_date", "tysah"}
    text = report_as_text(report, {("arrest", field.name): field.header for field in CATALOGUE.cards["arrest"].fields})
    assert "统一受案号: 8 格，如 7.70101E+16（第 2、3、4、5、6 行）" in text
    assert "把该列设为文本、加宽后重新导出" in text


def test_rules_are_silent_on_what_the_export_spoiled(tmp_path: Path) -> None:
    spoiled = write_text(
        tmp_path / f"{ARRESTS}.csv",
        WITH_NUMBERS,
        row(1, "7.70101E+16", "7.7E+17", "########"),
        row(2, "123", "1", "三月"),
    )
    result = audit(tmp_path, spoiled)
    assert keys_of(result, "V004") == {(person(2)[0], "S2", "")}
    assert keys_of(result, "V015") == {(person(2)[0], "S2", "p_close_date")}
    with duckdb.connect(str(result.file), read_only=True) as con:
        assert con.execute("select count(*) from export_artefacts").fetchall() == [(3,)]
        found = con.execute(
            "select distinct rule_id from findings where suspect_no = 'S1' and list_has_any(string_split(fields, '|'), ['tysah', 'id_no', 'p_close_date'])"
        )
        assert found.fetchall() == []


def test_persons_with_a_spoiled_number_are_not_one(tmp_path: Path) -> None:
    """Neither replaced by a later file nor found under each other's number."""
    con = warehouse()
    first = write_text(tmp_path / "审查逮捕1.csv", HEADINGS, row(1, suspect="7.70101E+16"))
    second = write_text(
        tmp_path / "审查逮捕2.csv", HEADINGS, (*row(1, suspect="7.70101E+16")[:2], "李四", *person(1)[3:])
    )
    report = load(con, first, second)
    assert cards(con, "arrest", "suspect_no", "name") == [(None, "张三"), (None, "李四")]
    assert report.rows.replaced == 0


def test_a_column_of_rounded_numbers_is_not_there(tmp_path: Path) -> None:
    con = warehouse()
    suspects = [f"7701012026{number:05}00" for number in range(1, 6)]
    rounded = write_text(tmp_path / "审查逮捕1.csv", HEADINGS, *[row(1, suspect=number) for number in suspects])
    whole = write_text(
        tmp_path / "审查逮捕2.csv", HEADINGS, row(1, suspect=suspects[0]), row(2, suspect="77010120260000012")
    )
    report = load(con, rounded, whole)
    assert artefacts(con) == [(0, "suspect_no", "rounded", 5, [2, 3, 4, 5, 6], suspects[0])]
    assert report.absent["arrest"]["suspect_no"] == {0}
    assert "suspect_no" in report.sheets[0].missing
    assert cards(con, "arrest", "_file", "suspect_no") == [
        *[(0, None)] * 5,
        (1, suspects[0]),
        (1, "77010120260000012"),
    ]
    kept = con.execute("select _extra['嫌疑人编号'] from cards.arrest where _file = 0 order by _row").fetchall()
    assert kept == [(number,) for number in suspects]
    assert report.rows.replaced == 0
    assert "整列不可用" in report_as_text(report, {})


def test_a_few_numbers_that_end_in_zeros_are_no_rounding(tmp_path: Path) -> None:
    con = warehouse()
    numbers = [f"770101202600{number:05}" for number in range(1, 500)]
    load(
        con,
        write_text(
            tmp_path / f"{ARRESTS}.csv", HEADINGS, *[row(n, suspect=number) for n, number in enumerate(numbers)]
        ),
    )
    assert artefacts(con) == []
    load(
        con,
        write_text(
            tmp_path / f"{ARRESTS}.csv",
            HEADINGS,
            row(1, suspect="77010120260000100"),
            row(2, suspect="77010120260000200"),
        ),
    )
    assert artefacts(con) == []
    assert cards(con, "arrest", "accept_date") == [(date(2026, 3, 2),)] * 2
