"""Pages under an .xls name: texts as a browser shows them, the tables of a layout each for itself, nothing lost without a word."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from support.loads import ARREST, HEADINGS, cards, load, person, warehouse

from flows.load import LoadReport


def row(cells: Sequence[str], tag: str = "td") -> str:
    """A row of a table."""
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def page(tmp_path: Path, html: str) -> Path:
    """A page under the name of a workbook."""
    path = tmp_path / f"{ARREST}.xls"
    path.write_text(f"<html><head><title>导出</title></head><body>{html}</body></html>", encoding="utf-8")
    return path


def names(report: LoadReport) -> list[tuple[str, str]]:
    """Every sheet of the report and what became of it."""
    return [(sheet.sheet, sheet.status) for sheet in report.sheets]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("部门\r\n    负责人", "部门 负责人"),
        ("\n\t甲  乙\n", "甲 乙"),
        ("甲<br>乙<br/>\n  丙", "甲\n乙\n丙"),
        ("<p>甲</p>\n<p>乙</p>", "甲\n乙"),
        ("<div><span>甲</span>\n<b>乙</b></div>", "甲 乙"),
        ("甲<font>乙</font>丙", "甲乙丙"),
        ("&nbsp;甲&nbsp;乙&nbsp;", "甲\xa0乙"),
        ("<pre>甲\n  乙</pre>", "甲\n  乙"),
        ('<span style="white-space: pre-wrap">甲  乙</span>', "甲  乙"),
        ('甲<span style="display:none">丙</span><!-- 丁 --><script>x</script>乙', "甲乙"),
        ("<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>", "甲 乙\n丙"),
        ("&lt;甲&gt; &amp;", "<甲> &"),
    ],
)
def test_a_cell_reads_as_a_browser_shows_it(tmp_path: Path, cell: str, text: str) -> None:
    con = warehouse()
    load(con, page(tmp_path, f"<table>{row(HEADINGS)}{row(person(1, name=cell))}</table>"))
    assert cards(con, "arrest", "suspect_no", "name", "age_at_crime") == [("S1", text, 20)]


def test_days_and_headings_broken_in_the_source(tmp_path: Path) -> None:
    con = warehouse()
    headings = [heading[:2] + "\n   " + heading[2:] for heading in HEADINGS]
    cells = person(1, day="2026-03-02\r\n  09:30:00")
    load(con, page(tmp_path, f"<table>{row(headings)}{row(cells)}</table>"))
    assert cards(con, "arrest", "accept_date") == [(date(2026, 3, 2),)]


def test_excel_says_beside_a_shortened_number_what_it_is(tmp_path: Path) -> None:
    con = warehouse()
    cells = (
        f'<tr><td>{person(1)[0]}</td><td x:str="S\'1">S1</td><td>张三</td><td>男</td>'
        '<td x:num="46083">2026-03-02</td><td x:num>20</td><td x:num="77010120260001217">7.7E+16</td></tr>'
    )
    load(con, page(tmp_path, f"<table>{row((*HEADINGS, '统一受案号'))}{cells}</table>"))
    assert cards(con, "arrest", "suspect_no", "accept_date::text", "tysah") == [
        ("S'1", "2026-03-02", "77010120260001217")
    ]


def test_every_table_of_a_layout_is_a_sheet(tmp_path: Path) -> None:
    con = warehouse()
    first = f"<table>{row(HEADINGS, 'th')}{row(person(1))}</table>"
    second = f"<table><tbody>{row(HEADINGS)}{row(person(2))}{row(person(3))}</tbody></table>"
    report = load(con, page(tmp_path, f"<table><tr><td>{first}</td></tr><tr><td><div>{second}</div></td></tr></table>"))
    assert cards(con, "arrest", "_sheet", "_sheet_row", "suspect_no") == [
        ("表格1", 2, "S1"),
        ("表格2", 2, "S2"),
        ("表格2", 3, "S3"),
    ]
    assert names(report) == [("表格1", "loaded"), ("表格2", "loaded")]


def test_what_stands_around_the_tables_is_named_and_not_loaded(tmp_path: Path) -> None:
    con = warehouse()
    inner = f"<table><caption>审查逮捕案件</caption>{row(HEADINGS)}{row(person(1))}</table>"
    report = load(con, page(tmp_path, f"<h1>报表</h1><table><tr><td>导出人：甲{inner}</td></tr></table>第1页"))
    assert names(report) == [("表格1", "ignored"), ("表格2", "loaded"), ("页面文字", "ignored")]
    assert cards(con, "arrest", "_sheet_row", "suspect_no") == [(3, "S1")]


def test_heads_and_feet_of_a_table(tmp_path: Path) -> None:
    """A foot may stand before the rows; it is shown below them."""
    con = warehouse()
    parts = f"<tfoot>{row(('合计', '', '', '', '', '2'))}</tfoot><thead>{row(HEADINGS, 'th')}</thead>"
    report = load(con, page(tmp_path, f"<table>{parts}<tbody>{row(person(1))}{row(person(2))}</tbody></table>"))
    assert cards(con, "arrest", "_sheet_row", "suspect_no") == [(2, "S1"), (3, "S2")]
    assert report.rows.total == 1


def test_end_tags_may_be_missing(tmp_path: Path) -> None:
    con = warehouse()
    rows = "".join("<tr>" + "".join(f"<td>{cell}" for cell in cells) for cells in (HEADINGS, person(1), person(2)))
    load(con, page(tmp_path, f"<form><table><form>{rows}</table>"))
    assert cards(con, "arrest", "suspect_no", "age_at_crime") == [("S1", 20), ("S2", 20)]


def test_a_table_that_was_not_ended_takes_no_cell_of_the_next(tmp_path: Path) -> None:
    con = warehouse()
    first = "".join("<tr>" + "".join(f"<td>{cell}" for cell in cells) for cells in (HEADINGS, person(1)))
    load(con, page(tmp_path, f"<table>{first}<table>{row(HEADINGS)}{row(person(2))}</table>"))
    assert cards(con, "arrest", "suspect_no", "age_at_crime") == [("S1", 20), ("S2", 20)]


def test_headings_in_a_table_of_their_own(tmp_path: Path) -> None:
    """Pages whose headings stay where they are while their rows are moved."""
    con = warehouse()
    rows = row(("甲1号", *person(1)[1:])) + row(person(2))
    report = load(
        con, page(tmp_path, f"<div><table>{row(HEADINGS, 'th')}</table></div><div><table>{rows}</table></div>")
    )
    assert names(report) == [("表格1", "loaded")]
    assert cards(con, "arrest", "bmsah", "suspect_no", "_sheet_row") == [("甲1号", "S1", 2), (person(2)[0], "S2", 3)]


@pytest.mark.parametrize("tag", ["td", "th"])
def test_two_tables_with_headings_are_not_one(tmp_path: Path, tag: str) -> None:
    con = warehouse()
    report = load(
        con, page(tmp_path, f"<table>{row(HEADINGS, tag)}</table><table>{row(HEADINGS, tag)}{row(person(1))}</table>")
    )
    assert names(report)[-1] == ("表格2", "loaded")
    assert cards(con, "arrest", "suspect_no", "_sheet_row") == [("S1", 2)]
