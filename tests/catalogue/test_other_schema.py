"""A card type of another world by YAML alone: another language, linked tables, two date formats in one file, ids above 2^31.

`hospital_catalogue` is judged against the SQL that came with its data, `shop_catalogue` against SQL written by hand.
"""

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import duckdb
import pytest
import xlsxwriter
from streamlit.testing.v1 import AppTest
from support.commands import anka
from support.shop_tables import BIG, EXPECTED, TYPED, write_shop

from dashboard.app import PAGES
from expectations.catalogue.cards import Card, Field, FieldType
from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.catalogue.date_formats import CODES
from expectations.errors import CatalogueError, InputError
from expectations.fitting.rule_checks import check_catalogue, require_fitting
from expectations.home import Home
from expectations.run.cases import case_card, other_cards
from expectations.run.published import open_published
from expectations.sql.cell_values import cell_sql, typed_sql, value_macros
from flows.audit import run_audit
from flows.load import load_exports
from flows.orders import AuditOrder, AuditResult
from flows.review.batch import select_period
from flows.review.periods import parse_period

HERE = Path(__file__).parent
HOSPITAL = HERE.parents[2] / "shared" / "data" / "hospital"
HOSPITAL_CATALOGUE, SHOP_CATALOGUE = HERE / "hospital_catalogue", HERE / "shop_catalogue"
AS_OF = date(2025, 6, 30)
SHOW_PAGE = """
from dashboard.app import PAGES
from dashboard.frame.view import open_view
from expectations.rights.reader import MACHINE
with open_view(MACHINE, "en", True) as view:
    PAGES["{page}"][1](view)
"""
HOSPITAL_RULES = [f"HO{number:02}" for number in range(1, 22)]


@pytest.fixture(scope="module")
def hospital() -> Path:
    """The folder of the hospital table; tests that read it are skipped where it is absent."""
    if not HOSPITAL.is_dir():
        pytest.skip("the hospital table is not beside this checkout")
    return HOSPITAL


@pytest.mark.parametrize("folder", [HOSPITAL_CATALOGUE, SHOP_CATALOGUE], ids=lambda folder: folder.name)
def test_each_catalogue_stands_alone_and_judges_its_examples(folder: Path) -> None:
    catalogue = load_catalogue(folder)
    assert "arrest" not in catalogue.cards
    outcome = check_catalogue(catalogue)
    assert outcome.problems == ()
    assert outcome.examples == 2 * len(catalogue.rules)


def rows_by_sql(rules: Path, table: Path) -> dict[str, set[int]]:
    """The rows each query of rules.sql finds in the table, by rule."""
    setup, *queries = rules.read_text(encoding="utf-8").split("-- RULE ")
    with duckdb.connect() as con:
        con.execute(next(line for line in setup.splitlines() if "dirty.csv" in line).replace("dirty.csv", str(table)))
        return {query[:4]: {row for (row,) in con.execute(query.split("\n", 1)[1]).fetchall()} for query in queries}


def rows_found(file: Path, card: str) -> dict[str, Counter[int]]:
    """The rows of the file each rule finds in the published run, counted from 1 below the headings."""
    rows_by_rule: dict[str, Counter[int]] = {}
    with open_published(file) as con:
        rows = con.execute("select rule_id, sheet_row - 1 from findings where card = ?", [card]).fetchall()
    for rule_id, row in rows:
        rows_by_rule.setdefault(rule_id, Counter())[row] += 1
    return rows_by_rule


def test_hospital_rules_find_exactly_the_rows_of_their_sql(hospital: Path, tmp_path: Path) -> None:
    """From the command line; file row = rid."""
    completed = anka(
        "audit",
        hospital / "dirty.csv",
        "--catalogue",
        HOSPITAL_CATALOGUE,
        "--card",
        "hospital",
        "--as-of",
        "2025-06-30",
        "--format",
        "json",
        home=tmp_path,
    )
    assert json.loads(completed.stdout)["rows_loaded"] == 1000
    expected = rows_by_sql(hospital / "rules.sql", hospital / "dirty.csv")
    assert list(expected) == HOSPITAL_RULES
    rows_by_rule = rows_found(Home(tmp_path).current(), "hospital")
    assert rows_by_rule == {rule_id: Counter(rows) for rule_id, rows in expected.items()}
    assert all(expected.values())


def test_hospital_rules_agree_with_their_sql_where_cells_are_blank(hospital: Path, tmp_path: Path) -> None:
    """The windows of the SQL put blanks in one partition: the table as it is has none, so some are made."""
    with (hospital / "dirty.csv").open(encoding="utf-8", newline="") as stream:
        headings, *rows = csv.reader(stream)
    for number, row in enumerate(rows):
        for place in range(1, len(row)):
            if (number * 31 + place * 17) % 23 == 0:
                row[place] = ""
    with (tmp_path / "blanked.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([headings, *rows])
    expected = rows_by_sql(hospital / "rules.sql", tmp_path / "blanked.csv")
    result = audit(tmp_path, HOSPITAL_CATALOGUE, tmp_path / "blanked.csv", card="hospital")
    assert rows_found(result.file, "hospital") == {rule_id: Counter(rows) for rule_id, rows in expected.items()}


def audit(folder: Path, catalogue: Path, *paths: Path, card: str | None = None) -> AuditResult:
    """A complete run in `folder`/home."""
    result = run_audit(AuditOrder(folder / "home", paths, AS_OF, catalogue, card, data_docs=False))
    assert not result.in_error
    assert not result.not_judged
    return result


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """The published run of the shop's three tables, and the tables as plain SQL sees them."""
    folder = tmp_path_factory.mktemp("shop")
    exports = folder / "exports"
    exports.mkdir()
    write_shop(exports)
    result = audit(folder, SHOP_CATALOGUE, exports)
    with duckdb.connect() as con:
        con.execute(re.sub(r"'(\w+\.csv)'", lambda match: f"'{exports / match[1]}'", TYPED))
        yield result.file, con


@pytest.mark.parametrize("rule_id", sorted(EXPECTED))
def test_shop_rules_find_exactly_the_rows_of_sql_written_by_hand(
    shop: tuple[Path, duckdb.DuckDBPyConnection], rule_id: str
) -> None:
    file, con = shop
    query = EXPECTED[rule_id]
    if load_catalogue(SHOP_CATALOGUE).rules[rule_id].level == "case":
        query = f"select min(n) from o where n in ({query}) group by id"
    expected = Counter(row for (row,) in con.execute(query).fetchall())
    rows = sum((rows_found(file, card).get(rule_id, Counter()) for card in ("customer", "purchase", "line")), Counter())
    assert rows == expected
    assert expected


def test_every_rule_of_the_shop_is_compared() -> None:
    assert load_catalogue(SHOP_CATALOGUE).rules.keys() == EXPECTED.keys()


def test_numbers_beyond_floating_point_stay_what_they_are(shop: tuple[Path, duckdb.DuckDBPyConnection]) -> None:
    with open_published(shop[0]) as con:
        assert con.execute("select min(order_no), typeof(min(order_no)) from cards.purchase").fetchall() == [
            (BIG, "BIGINT")
        ]
        cases = con.execute("select count(distinct bmsah), min(bmsah) from checked where card = 'purchase'").fetchall()
        assert cases == [(300, str(BIG))]
        card = case_card(con, "purchase", str(BIG))
        assert card is not None
        assert [row.texts["order_no"] for row in card.rows] == [str(BIG)]
        assert card.rows[0].suspect_no == card.rows[0].texts["customer_no"]
        assert {link.card for link in other_cards(con, card)} >= {"customer", "line"}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_dashboard_shows_another_schema(
    shop: tuple[Path, duckdb.DuckDBPyConnection], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANKA_HOME", str(shop[0].parent.parent))
    app = AppTest.from_string(SHOW_PAGE.format(page=page), default_timeout=60)
    app.query_params["card"], app.query_params["bmsah"] = "purchase", str(BIG)
    app.run()
    assert not app.exception
    assert app.header
    if page == "case":
        assert any(str(BIG) in each.value for each in (*app.header, *app.subheader, *app.markdown)), app


def test_a_review_goes_by_the_items_the_card_declares(
    shop: tuple[Path, duckdb.DuckDBPyConnection],
) -> None:
    with open_published(shop[0]) as con:
        select_period(con, parse_period("2025-04"))
        purchases = con.execute("select count(*) from review_rows where card = 'purchase'").fetchall()
        others = con.execute(
            "select distinct r.card, p.bmsah is null from review_rows r left join review_rows p on p.card = 'purchase' and p.bmsah = r.bmsah order by 1"
        ).fetchall()
    expected = shop[1].execute(
        "select count(*) from o where date_trunc('month', ordered) = date '2025-04-01'"
        " or date_trunc('month', shipped) = date '2025-04-01'"
    )
    assert purchases == expected.fetchall()
    assert others == [
        ("line", False),
        ("purchase", False),
    ]  # a line goes with its order, a customer's days are none of a period


def test_a_review_asks_for_the_items_where_no_card_declares_any(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    write_shop(tmp_path / "exports")
    shutil.copytree(SHOP_CATALOGUE, tmp_path / "catalogue")
    card = tmp_path / "catalogue" / "purchase.yaml"
    card.write_text(card.read_text(encoding="utf-8").replace("period: [ordered, shipped]\n", ""), encoding="utf-8")
    result = audit(tmp_path, tmp_path / "catalogue", tmp_path / "exports")
    with open_published(result.file) as con, pytest.raises(InputError, match="no card says by which item"):
        select_period(con, parse_period("2025-04"))


def test_a_line_is_counted_under_the_department_of_its_order(shop: tuple[Path, duckdb.DuckDBPyConnection]) -> None:
    with open_published(shop[0]) as con:
        owned = con.execute("""
            select count(*), count_if(o.department = l.department) from checked l join checked o using (bmsah)
            where l.card = 'line' and o.card = 'purchase'""").fetchall()
    assert owned[0][0] == owned[0][1] > 200


def test_a_total_row_in_the_words_of_the_card_is_no_card(shop: tuple[Path, duckdb.DuckDBPyConnection]) -> None:
    with open_published(shop[0]) as con:
        assert con.execute("select rows_total from files where card = 'purchase'").fetchall() == [(1,)]


def test_date_and_number_cells_of_a_workbook(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "orders.xlsx") as book:
        sheet, day = book.add_worksheet("2025"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Order ID", "Customer ID", "Ordered on", "Status", "Total"])
        sheet.write_row(1, 0, [5_000_000_000, str(BIG), "", "Shipped", 30.3])
        sheet.write_datetime(1, 2, datetime(2025, 4, 3), day)
    with duckdb.connect() as con:
        load_exports(con, load_catalogue(SHOP_CATALOGUE), [tmp_path / "orders.xlsx"])
        rows = con.execute("select order_no, customer_no, ordered, status, total_amount::varchar from cards.purchase")
        assert rows.fetchall() == [(5_000_000_000, BIG, date(2025, 4, 3), "shipped", "30.3000")]


def read(declared: dict[str, object], text: str) -> object:
    """The value a cell becomes in a field."""
    field = Field.model_validate({"name": "x", "header": "X", **declared})
    with duckdb.connect() as con:
        for statement in value_macros():
            con.execute(statement)
        cell = f"(select {cell_sql(field, 'text')} as cell from (select ?::varchar as text))"
        rows = con.execute(f"select {typed_sql(field, 'cell', {})}::varchar from {cell}", [text]).fetchall()
    return rows[0][0]


DAY_FIRST, MONTH_FIRST = ["%d/%m/%Y", "%Y-%m-%d"], ["%m/%d/%Y"]


@pytest.mark.parametrize(
    ("formats", "text", "expected"),
    [
        (DAY_FIRST, "03/04/2025", "2025-04-03"),
        (DAY_FIRST, "3/4/2025", "2025-04-03"),
        (DAY_FIRST, "2025-04-03", "2025-04-03"),
        (MONTH_FIRST, "03/04/2025", "2025-03-04"),
        (DAY_FIRST, "04/13/2025", None),
        (MONTH_FIRST, "13/04/2025", None),
        (MONTH_FIRST, "2025-04-03", None),
        (DAY_FIRST, "03/04/25", None),
        (DAY_FIRST, "31/02/2025", None),
        (DAY_FIRST, "03/04/2025 10:00", None),
        (DAY_FIRST, "45750", None),
        (["%d/%m/%Y %H:%M"], "03/04/2025 10:00", "2025-04-03"),
        (["%d.%m.%y"], "03.04.25", "2025-04-03"),
        (["%d %b %Y"], "3 Apr 2025", "2025-04-03"),
        (["%d%m%Y"], "03042025", "2025-04-03"),
        (["%d%m%Y"], "3042025", None),
        (["%Y年%m月%d日"], "2025年4月3日", "2025-04-03"),
        (["%d(%m)%Y"], "03(04)2025", "2025-04-03"),
    ],
)
def test_dates_are_read_as_the_card_says_and_never_guessed(formats: list[str], text: str, expected: str | None) -> None:
    assert read({"type": "date", "formats": formats}, text) == expected


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ({"type": "bigint"}, "9007199254740993", "9007199254740993"),
        ({"type": "bigint"}, "9,007,199,254,740,993", "9007199254740993"),
        ({"type": "bigint"}, "9223372036854775807", "9223372036854775807"),
        ({"type": "bigint"}, "9223372036854775808", None),
        ({"type": "bigint"}, "12.0", "12"),
        ({"type": "bigint"}, "12人", None),
        ({"type": "bigint", "unit": "m²"}, "12 m²", "12"),
        ({"type": "decimal"}, "0.1", "0.1000"),
        ({"type": "decimal"}, "1,234.5600000", "1234.5600"),
        ({"type": "decimal"}, "0.12345", None),
        ({"type": "decimal", "unit": "EUR"}, "-3.5 EUR", "-3.5000"),
        ({"type": "decimal", "unit": "EUR"}, "3.5 USD", None),
        ({"blanks": ["empty", "it's"]}, " empty ", None),
        ({"blanks": ["empty", "it's"]}, "it's", None),
        ({"blanks": ["empty"]}, "Empty", "Empty"),
        ({"type": "bigint", "blanks": ["0"]}, "0", None),
    ],
)
def test_numbers_and_blank_words(declared: dict[str, object], text: str, expected: str | None) -> None:
    assert read(declared, text) == expected


CARD = """
card: thing
title: {{zh: 物, en: Thing}}
key: [thing_no]
{more}
sections:
  - title: {{zh: 物, en: Thing}}
    fields: [{{name: thing_no, header: Number}}, {{name: {name}, header: Other{field}}}]
"""
RULE = """
theme: consistency
rules:
  - id: TH01
    kind: implies
    cards: [thing]
    level: {level}
    title: {{zh: 测试, en: test}}
    message: {{zh: 测试, en: test}}
    how_to_fill: {{zh: 更正, en: correct}}
    severity: normal
    error_type: 错填
    owner: handler
    fields: [thing_no]
    then: "{then}"
    examples: {{accepted: {{thing_no: a}}, violating: {{thing_no: b}}}}
"""


def small_catalogue(folder: Path, *, level: str = "row", then: str = "true", **card: str) -> Catalogue:
    """A catalogue of one card and one rule, checked."""
    pack = "pack: {name: small, title: {zh: 小}, version: '1', extends: nothing}"
    texts = {"pack": pack, "card": CARD.format(**{"more": "", "name": "other", "field": ""} | card)}
    for name, text in (texts | {"rules": RULE.format(level=level, then=then)}).items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return require_fitting(load_catalogue(folder))


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"level": "case"}, "card thing has no case number"),
        ({"then": "person_count() = 1"}, "person_count needs an item in role person, which card thing has not"),
        ({"then": "case_persons(count(thing_no)) = 1"}, "case_persons needs an item in role case"),
        ({"more": "period: [other]"}, "period names no field of a day: other"),
        ({"name": "order"}, "order is a word of the rule language"),
        ({"field": ", type: text, formats: ['%d']"}, "formats are for type date and datetime, not text"),
        ({"field": ", type: date, formats: ['%d/%m']"}, "names day, month and year once each"),
        ({"field": ", type: date, formats: ['%d/%m/%Q']"}, "unknown code %Q"),
        ({"more": "links: [{card: thing, by: {thing_no: other}}]", "field": ", type: int"}, "give both the same type"),
        (
            {"more": "links: [{card: thing, by: [other]}]", "then": "count_rows(thing, r.thing_no = t.thing_no) = 1"},
            "declares no such link",
        ),
    ],
)
def test_what_a_card_cannot_be_asked_is_a_mistake_of_the_catalogue(
    tmp_path: Path, declared: dict[str, str], problem: str
) -> None:
    with pytest.raises(CatalogueError, match=re.escape(problem)):
        small_catalogue(tmp_path, **declared)


PAGE = (
    (HERE.parents[1] / "docs" / "catalogue.md").read_text(encoding="utf-8").split("## A card type of another system")[1]
)


def test_the_example_of_the_documents_is_a_catalogue_that_audits(tmp_path: Path) -> None:
    """Two nights: an order whose lines do not add up is found, and closed when they do."""
    examples = re.findall(r"<!-- example: shop/(\S+) -->\n```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    folder, exports = tmp_path / "catalogue", tmp_path / "exports"
    folder.mkdir()
    exports.mkdir()
    for name, content in examples:
        (folder / name).write_text(content, encoding="utf-8")
    catalogue = load_catalogue(folder)
    assert set(catalogue.cards) == {"purchase", "line"}
    assert check_catalogue(catalogue).problems == ()
    orders = (
        f"Order ID,Ordered on,Status,Total,Sales region\n{BIG},03/04/2025,new,30.30,North\n7,2025-04-03,Shipped,5,n/a\n"
    )
    (exports / "orders.csv").write_text(orders, encoding="utf-8")
    found = []
    for amount in ("20.21", "20.20"):
        lines = f"Order ID,Line,Amount\n{BIG},1,10.10\n{BIG},2,{amount}\n7,1,5\n"
        (exports / "lines.csv").write_text(lines, encoding="utf-8")
        result = audit(tmp_path, folder, exports)
        with open_published(result.file) as con:
            found += con.execute("select rule_id, bmsah, sheet_row, message_en from findings").fetchall()
    assert found == [("SH01", str(BIG), 2, "The total 30.30 is not the sum of the lines.")]


@pytest.mark.parametrize("words", [Card.model_fields, Field.model_fields, get_args(FieldType), CODES], ids=len)
def test_every_key_type_and_code_of_a_card_is_documented(words: Iterable[str]) -> None:
    assert [word for word in words if f"`{word}`" not in PAGE] == []
