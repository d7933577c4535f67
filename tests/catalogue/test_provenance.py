"""Where the idea of a check comes from is told to those who keep the rules and stands in nothing that others get to see."""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from support.audits import AS_OF
from support.commands import anka
from support.notice_cases import HEAD, SUPERVISOR, TODAY, finding, keep, sqlite_register, text_of
from support.places import SAMPLE
from support.site.single_pages import opened_page

from expectations.catalogue.catalogues import Catalogue
from expectations.home import Home
from expectations.notices import issue, list_document, notice_document
from expectations.notices.labels import read_labels
from expectations.run.published import open_published
from expectations.store.register import Register
from flows.check.card_check import CheckOrder, check_cards

__all__ = ["sqlite_register"]

CIVIL = next((SAMPLE / "exports").glob("民事*.xlsx"))


@pytest.fixture(scope="module")
def origins(catalogue: Catalogue) -> tuple[str, ...]:
    """Every text that says where a check comes from; none is part of what is said of the cards."""
    return tuple({rule.provenance for rule in catalogue.rules.values()} - {""})


def betrayed(text: str, origins: tuple[str, ...]) -> list[str]:
    """The origins a text betrays."""
    return [origin for origin in origins if origin in text]


def parts(content: bytes | Path) -> str:
    """Everything a workbook holds."""
    with zipfile.ZipFile(BytesIO(content) if isinstance(content, bytes) else content) as zipped:
        return "\n".join(zipped.read(name).decode("utf-8", "replace") for name in zipped.namelist())


def texts(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """Every row of every table of an open file as one text, with the name of the table."""
    tables = con.execute("select schema_name, table_name from duckdb_tables() where database_name = current_database()")
    for schema, table in tables.fetchall():
        for (row,) in con.execute(f'select t::varchar from "{schema}"."{table}" t').fetchall():
            yield table, row


def test_most_rules_have_an_origin_and_those_who_keep_the_rules_see_it(
    origins: tuple[str, ...], tmp_path: Path
) -> None:
    assert len(origins) == 18
    rule = json.loads(anka("rules", "show", "C003", "--format", "json", home=tmp_path).stdout)
    assert (rule["basis"], rule["provenance"]) == ("", "公开检查工具同类规则")
    assert "provenance: 条文号待核" in anka("rules", "show", "T032", home=tmp_path).stdout


def test_a_basis_is_a_statute_or_a_standard(catalogue: Catalogue, origins: tuple[str, ...]) -> None:
    assert [rule.id for rule in catalogue.rules.values() if betrayed(rule.basis, origins) or "待核" in rule.basis] == []


def test_nothing_published_holds_it(published: duckdb.DuckDBPyConnection, origins: tuple[str, ...]) -> None:
    tables = set()
    for table, row in texts(published):
        tables.add(table)
        assert betrayed(row, origins) == [], table
    assert {"rules", "findings", "judgements", "prosecution"} <= tables


@pytest.mark.parametrize(
    ("page", "params"),
    [
        ("rules", {}),
        ("rules", {"rule": "C003"}),
        ("rules", {"rule": "T032"}),
        ("findings", {"rule": "C003"}),
    ],
)
def test_no_page_shows_it(
    audited_home: Path, monkeypatch: pytest.MonkeyPatch, origins: tuple[str, ...], page: str, params: dict[str, str]
) -> None:
    app = opened_page(page, audited_home, monkeypatch, **params)
    page_text = "\n".join(element.proto.body for element in app.get("html"))
    assert params.get("rule", "C003") in page_text
    assert betrayed(page_text, origins) == []


def test_no_list_of_findings_and_no_review_workbook_holds_it(
    audited_home: Path, tmp_path: Path, review: Path, catalogue: Catalogue, origins: tuple[str, ...]
) -> None:
    for form in ("csv", "json"):
        listing = anka("findings", "--format", form, home=audited_home).stdout
        assert "C003" in listing
        assert betrayed(listing, origins) == []
    anka("findings", "-o", tmp_path / "findings.xlsx", home=audited_home)
    for workbook in (tmp_path / "findings.xlsx", review):
        assert any(rule.id in parts(workbook) for rule in catalogue.rules.values() if rule.provenance)
        assert betrayed(parts(workbook), origins) == []


def test_no_check_mark_holds_it(tmp_path: Path, catalogue: Catalogue, origins: tuple[str, ...]) -> None:
    (checked,) = check_cards(CheckOrder((CIVIL,), tmp_path / "out", AS_OF))
    assert catalogue.rules["T032"].provenance
    assert "T032" in parts(checked.workbook)
    assert betrayed(parts(checked.workbook), origins) == []


def test_no_notice_holds_it(audited_home: Path, sqlite_register: Register, origins: tuple[str, ...]) -> None:
    """Notices about findings of a run, of every rule that has an origin."""
    with open_published(Home(audited_home).current()) as con:
        labels = read_labels(con, "zh")
        kinds = con.execute("""
            select rule_id, card, level, fields, message, basis, any_value(bmsah) from findings
            where not is_hint group by all order by all""").fetchall()
    rows = [
        finding(
            str(number),
            rule_id=rule,
            card=card,
            level=level,
            fields=fields,
            message=message,
            basis=basis,
            bmsah=bmsah or "",
            present={},
        )
        for number, (rule, card, level, fields, message, basis, bmsah) in enumerate(kinds)
    ]
    keep(sqlite_register, *rows)
    notice = issue(
        sqlite_register, SUPERVISOR, [str(number) for number in range(len(kinds))], "report", today=TODAY
    ).notices[0]
    with sqlite_register.reading() as session:
        page = text_of(notice_document(session, HEAD, Home(audited_home), notice.id, labels))
        listed = parts(list_document(session, HEAD, Home(audited_home), notice.id, labels))
    assert "民事、行政诉讼监督规则" in page
    assert betrayed(page, origins) == betrayed(listed, origins) == []


def test_the_rule_book_and_the_suites_do_not_tell_it(audited_home: Path, origins: tuple[str, ...]) -> None:
    book = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert betrayed(book, origins) == []
    pages = [*Home(audited_home).root.rglob("data_docs/**/*.html")]
    assert pages
    assert [page.name for page in pages if betrayed(page.read_text(encoding="utf-8"), origins)] == []
