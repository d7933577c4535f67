"""`anka catalogue init`: a first catalogue from exports, which is whole, audits the same files, and says what it rests on."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from support.commands import anka
from support.loads import write_text, write_xlsx
from support.places import SAMPLE
from support.shop_tables import write_shop
from support.worlds import ferry, freight, market

from expectations.catalogue.cards import Card, Field
from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.errors import InputError
from expectations.fitting.rule_checks import check_catalogue
from flows.audit import run_audit
from flows.drafting.drafting import draft_catalogue
from flows.drafting.names import name_of
from flows.drafting.reading import header_index
from flows.orders import AuditOrder

PLACES = {"freight": freight.write, "ferry": ferry.write, "market": market.write, "shop": write_shop}


def drafted(exports: Path, folder: Path) -> Catalogue:
    """The catalogue drafted of the exports; it fits, and its rules judge their examples as they say."""
    draft_catalogue([exports], folder)
    catalogue = load_catalogue(folder)
    assert check_catalogue(catalogue).problems == ()
    return catalogue


@pytest.mark.parametrize("world", PLACES)
def test_a_draft_is_a_catalogue_by_which_its_exports_are_audited(tmp_path: Path, world: str) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    PLACES[world](exports)
    drafted(exports, tmp_path / "first")
    result = run_audit(
        AuditOrder(tmp_path / "home", (exports,), date(2026, 6, 30), tmp_path / "first", data_docs=False)
    )
    assert result.complete
    assert result.not_judged == ()
    assert result.rows_loaded > 200


def test_from_the_command_line_to_an_audit(tmp_path: Path) -> None:
    exports, folder, home = tmp_path / "exports", tmp_path / "first", tmp_path / "home"
    exports.mkdir()
    write_shop(exports)
    completed = anka("catalogue", "init", exports, "-o", folder, home=home)
    assert "customer_id, changed_on" in completed.stdout
    assert "links that may be, to be confirmed: 6" in completed.stdout
    assert anka("rules", "check", "--catalogue", folder, home=home).returncode == 0
    options = ("--catalogue", folder, "--as-of", "2026-06-30", "--no-prefect", "--format", "json")
    completed = anka("audit", exports, *options, home=home)
    assert json.loads(completed.stdout)["status"] == "complete"


def test_exports_of_the_sample_become_a_catalogue(tmp_path: Path) -> None:
    """A workbook, an HTML table, GB 18030, title rows, totals, Chinese headings."""
    names = ("强制措施", "听证", "二审案件", "续表")
    files = [file for file in sorted((SAMPLE / "exports").iterdir()) if any(name in file.name for name in names)]
    draft_catalogue(files, tmp_path / "first")
    catalogue = load_catalogue(tmp_path / "first")
    assert check_catalogue(catalogue).problems == ()
    assert len(catalogue.cards) == len(files) == len(names)
    measures = next(card for card in catalogue.cards.values() if card.title_zh == "强制措施")
    assert measures.key == ("xyrbh", "qzcsbh")
    assert measures.field("bmsah").header == "部门受案号"


def fields(card: Card) -> dict[str, Field]:
    return {field.header: field for field in card.fields}


def test_types_forms_units_blanks_and_dictionaries_are_those_of_the_values(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    write_shop(exports)
    catalogue = drafted(exports, tmp_path / "first")
    orders, lines = fields(catalogue.cards["orders"]), fields(catalogue.cards["lines"])
    assert {heading: field.type for heading, field in orders.items()} == {
        "Order number": "bigint",
        "Customer ID": "bigint",
        "Ordered on": "date",
        "Shipped on": "date",
        "Status": "dict",
        "Total": "decimal",
        "Articles": "text",
        "Ship to": "dict",
        "Sales region": "dict",
        "Clerk": "dict",
    }
    assert set(orders["Ordered on"].formats) == {"%d/%m/%Y", "%Y-%m-%d"}
    assert orders["Shipped on"].blanks == ("-", "n/a")
    assert orders["Total"].unit == "EUR"
    assert lines["Quantity"].type == "int"
    labels = [value.label for value in catalogue.dictionaries[orders["Status"].dictionary].values]
    assert sorted(labels) == ["Shipped", "lost", "open", "shipped", "storniert"]
    assert orders["Ship to"].dictionary == fields(catalogue.cards["customers"])["Country"].dictionary


def test_keys_are_guessed_and_links_left_for_a_person_to_confirm(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    write_shop(exports)
    cards = drafted(exports, tmp_path / "first").cards
    assert {name: card.key for name, card in cards.items()} == {
        "customers": ("customer_id", "changed_on"),
        "lines": ("order_id", "line"),
        "orders": ("order_number",),
    }
    assert [link.card for link in cards["lines"].links] == ["lines"]
    text = (tmp_path / "first" / "cards" / "lines.yaml").read_text(encoding="utf-8")
    confirmed = text.replace("  # - {card: orders", "  - {card: orders")
    (tmp_path / "first" / "cards" / "lines.yaml").write_text(confirmed, encoding="utf-8")
    assert confirmed != text
    links = load_catalogue(tmp_path / "first").cards["lines"].links
    assert [(link.card, link.pairs) for link in links if link.card == "orders"] == [
        ("orders", frozenset({("order_id", "order_number")}))
    ]


def test_moments_are_told_from_days(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    ferry.write(exports)
    cards = drafted(exports, tmp_path / "first").cards
    sailings, bookings = fields(cards["fahrten"]), fields(cards["buchungen"])
    assert (sailings["Abfahrt"].type, set(sailings["Abfahrt"].formats)) == (
        "datetime",
        {"%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S"},
    )
    assert bookings["Gebucht am"].type == "date"
    assert {"%d.%m.%Y", "%Y-%m-%d"} <= set(bookings["Gebucht am"].formats)


def table(tmp_path: Path, *values: str) -> Field:
    """Column `x` of a file of four columns, as drafted."""
    (tmp_path / "exports").mkdir()
    rows = [(str(number), value, f"text {number}", "") for number, value in enumerate(values)]
    write_text(tmp_path / "exports" / "things.csv", ("id", "x", "y", "z"), *rows, delimiter=";")
    return drafted(tmp_path / "exports", tmp_path / "first").cards["things"].field("x")


@pytest.mark.parametrize(
    ("values", "kind", "formats"),
    [
        (("03/04/2026", "04/05/2026"), "text", ()),
        (("03/04/2026", "13/05/2026"), "date", ("%d/%m/%Y",)),
        (("03/04/2026", "04/13/2026"), "date", ("%m/%d/%Y",)),
        (("13/04/2026", "04/13/2026"), "text", ()),
        (("2026-03-04", "2026/3/4", "2026年3月4日"), "date", ()),
        (("2026-03-04 10:00", "2026-03-04 11:00:01"), "datetime", ()),
        (("3 Apr 2026", "13 May 2026"), "date", ("%d %b %Y",)),
        (("13/05/2026 9:30 pm", "14/05/2026 9:30 am"), "datetime", ("%d/%m/%Y %I:%M %p",)),
        (("45750", "45751"), "int", ()),
        (("007", "010"), "text", ()),
        (("3000000000", "1"), "bigint", ()),
        (("1.5", "2"), "decimal", ()),
        (("1,234.50", "2"), "decimal", ()),
        (("1.234,50", "2,10"), "text", ()),
        (("11010119900307001X", "110101199003070010"), "id_no", ()),
        (("a, b: {c}", "#d\\'e\""), "text", ()),
    ],
)
def test_a_type_is_that_of_the_values_and_no_order_of_day_and_month_is_guessed(
    tmp_path: Path, values: tuple[str, ...], kind: str, formats: tuple[str, ...]
) -> None:
    field = table(tmp_path, *values)
    assert (field.type, field.formats) == (kind, formats)


def test_what_cannot_be_told_is_said_beside_the_item(tmp_path: Path) -> None:
    table(tmp_path, "03/04/2026", "04/05/2026")
    text = (tmp_path / "first" / "cards" / "things.yaml").read_text(encoding="utf-8")
    assert "day or month first? The values don't tell" in text
    assert 'with ["%d/%m/%Y"] or ["%m/%d/%Y"]' in text
    assert "blank in every row" in text
    assert "never blank: required: always?" in text


def test_a_workbook_of_several_tables_becomes_as_many_cards(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    rows = [[number, f"K{number}", "x"] for number in range(5)]
    write_xlsx(
        tmp_path / "exports" / "all 2026-06.xlsx",
        People=[["List of people"], ["id", "code", "order"], *rows],
        Places=[["id", "code", "select"], *rows],
        Notes=[["a note"]],
    )
    done = draft_catalogue([tmp_path / "exports"], tmp_path / "first")
    assert done.passed_over == ("all 2026-06.xlsx [Notes]",)
    cards = load_catalogue(tmp_path / "first").cards
    assert {name: [field.name for field in card.fields] for name, card in cards.items()} == {
        "people": ["id", "code", "order_item"],
        "places": ["id", "code", "select_item"],
    }
    assert cards["people"].file_words == ()


def test_equal_rows_are_named_where_a_person_can_keep_them(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    write_text(tmp_path / "exports" / "things.csv", ("a", "b", "c"), ("1", "x", "y"), ("1", "x", "y"), ("2", "x", "y"))
    catalogue = drafted(tmp_path / "exports", tmp_path / "first")
    text = (tmp_path / "first" / "cards" / "things.yaml").read_text(encoding="utf-8")
    assert "# 1 rows are equal to another one in every cell" in text
    assert catalogue.cards["things"].key == ("a",)
    for file in (tmp_path / "first").rglob("*.yaml"):
        assert yaml.safe_load(file.read_text(encoding="utf-8"))


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    write_text(tmp_path / "things.csv", ("a", "b", "c"), ("1", "x", "y"))
    with pytest.raises(InputError, match="the folder is not empty"):
        draft_catalogue([tmp_path / "things.csv"], tmp_path)


def test_without_headings_there_is_no_catalogue(tmp_path: Path) -> None:
    write_text(tmp_path / "things.csv", ("1", "2", "3"), ("1", "2", "3"))
    with pytest.raises(InputError, match="no row looks like headings"):
        draft_catalogue([tmp_path / "things.csv"], tmp_path / "first")
    assert not (tmp_path / "first").exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("部门受案号", "bmsah"),
        ("Straße & Ort", "stra_e_ort"),
        ("Kapitän-Nr.", "kapitan_nr"),
        ("2026 total", "total"),
        ("order", "order_item"),
        ("№", "no"),
        ("§", "item_3"),
        ("taken", "taken_2"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert name_of(text, {"taken"}, "item_3") == name


def test_headings_are_the_row_of_most_words() -> None:
    assert header_index([("Report",), ("", ""), ("a", "b", "c", ""), ("1", "2", "3", "4"), ("x", "y", "z", "")]) == 2
    assert header_index([("1", "2", "3")]) is None
