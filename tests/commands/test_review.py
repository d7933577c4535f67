"""The review workbook: which cards belong to a period, and that every figure of it can be counted again."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from expectations.errors import InputError
from flows.review.periods import parse_period
from flows.review.words import register_columns, summary_columns

OWN_WORDS = {
    "case": "部门受案号",
    "case_name": "案件名称",
    "name": "嫌疑人姓名",
    "department": "承办部门",
    "prosecutor": "承办检察官",
}
"""As the cards of the sample call these items."""
TITLES, REGISTER_TITLES = (
    [column.title for column in columns] for columns in (summary_columns("zh"), register_columns("zh", OWN_WORDS))
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026h2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2024Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_periods(text: str, first: date, last: date) -> None:
    assert (parse_period(text).first, parse_period(text).last) == (first, last)


@pytest.mark.parametrize("text", ["2026H3", "26", "2026-13", "上半年", ""])
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="unknown period"):
        parse_period(text)


def of_period(con: duckdb.DuckDBPyConnection) -> str:
    """CTE `all_rows` (card, _row, bmsah): rows accepted or closed in the period; of cards without such days, by their case."""
    columns: dict[str, set[str]] = {}
    for card, name in con.execute("select card, name from fields").fetchall():
        columns.setdefault(card, set()).add(name)
    dated, undated = [], []
    for card, names in columns.items():
        case = "rel_bmsah" if card == "hearing" else "bmsah"
        days = sorted(names & {"accept_date", "close_date", "p_close_date"})
        if days:
            within = " or ".join(f"{day} between date '2026-01-01' and date '2026-06-30'" for day in days)
            dated.append(f"select '{card}' as card, _row, {case} as bmsah from cards.{card} where {within}")
        else:
            undated.append(
                f"select '{card}', _row, {case} from cards.{card} where {case} in (select bmsah from rows_of_period)"
            )
    return f"""with rows_of_period as ({" union all ".join(dated)}),
        all_rows as ({" union all ".join(["from rows_of_period", *undated])})"""


def test_every_finding_of_the_period_is_listed_once(review: Path, published: duckdb.DuckDBPyConnection) -> None:
    expected = published.execute(f"""{of_period(published)}
        select count(*) from findings f where exists (from all_rows r where r.card = f.card
          and if(f.level = 'case', r.bmsah = f.bmsah, r._row = f.card_row))""").fetchall()[0][0]
    book = load_workbook(review)
    listed = list(book["全部问题"].iter_rows(min_row=2, values_only=True))
    assert len(listed) == expected > 0
    by_department = [
        row
        for name in book.sheetnames
        if name.endswith("检察部")
        for row in book[name].iter_rows(min_row=2, values_only=True)
    ]
    assert {row[REGISTER_TITLES.index("承办部门")] for row in by_department} >= {"第一检察部", "第七检察部"}


def test_summary_counts_cases_with_numerator_and_denominator(
    review: Path, published: duckdb.DuckDBPyConnection
) -> None:
    rows = list(load_workbook(review)["汇总"].iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if row[0] == TITLES[0])
    total = dict(zip(TITLES, rows[start + 1], strict=True))
    cases = published.execute(
        f"{of_period(published)} select count(distinct (card, bmsah)) + count(*) filter (where bmsah is null) from all_rows"
    ).fetchall()[0][0]
    assert total["部门"] == "全院"
    assert int(str(total["核查案件数（分母）"])) == cases
    assert 0 < int(str(total["有错案件数（分子）"])) < int(str(total["核查案件数（分母）"]))
    assert int(str(total["错误"])) == int(str(total["其中严重"])) + int(str(total["其中一般"]))


def test_identity_numbers_are_masked_and_definitions_given(review: Path, published: duckdb.DuckDBPyConnection) -> None:
    book = load_workbook(review)
    text = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    numbers = published.execute("select id_no from cards.prosecution union select id_no from cards.arrest").fetchall()
    assert not [number for (number,) in numbers if number and number in text]
    assert "********" in text
    assert "不得据此减分" in text
