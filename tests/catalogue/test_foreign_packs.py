"""Packs that extend nothing: texts in one language, their own working days, examples that must be read to count."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.catalogue.working_days import known_years
from expectations.errors import CatalogueError
from expectations.fitting.rule_checks import check_catalogue
from expectations.home import Home
from expectations.notices.documents import notice_values
from expectations.notices.labels import Labels
from expectations.notices.reading import Said
from expectations.register.belonging import home_register
from expectations.run.published import open_published
from expectations.sql.lookups import create_lookups
from expectations.store.tables import Finding, Notice
from flows.audit import run_audit
from flows.orders import AuditOrder
from flows.review.batch import select_period
from flows.review.periods import parse_period
from flows.review.workbook import write_review

PACK = "pack: {name: visits, title: {en: Visits}, version: '1', extends: nothing%s}\n"
CARD = """
card: visit
title: {en: Visit}
key: [visit_no]
file_words: [visits]
roles: {case: '', person: '', name: '', case_name: '', office: '', department: '', prosecutor: ''}
period: [day]
sections:
  - title: {en: All}
    fields:
      - {name: visit_no, header: Visit, level: row}
      - {name: day, header: Day, type: date, formats: ['%d/%m/%Y'], level: row}
      - {name: left_on, header: Left, type: date, formats: ['%d/%m/%Y'], level: row}
      - {name: guests, header: Guests, type: int, level: row}
      - {name: remark, header: Remark, level: row}
"""
RULES = """
theme: validity
rules:
  - id: VI01
    cards: [visit]
    level: row
    title: {en: wrong day}
    message: {en: 'visit {visit_no} on {day}'}
    how_to_fill: {en: look it up}
    severity: normal
    error_type: 错填
    owner: handler
"""
WORKING_DAY = """
    kind: implies
    fields: [day]
    needs: [calendar]
    then: is_workday(day)
    examples: {accepted: {day: 08/01/2019}, violating: {day: 06/01/2019}}
"""


def written(folder: Path, rule: str, pack: str = "", **more: str) -> Path:
    """A catalogue folder of one card and one rule."""
    folder.mkdir(exist_ok=True)
    for name, text in {"pack": PACK % pack, "card": CARD, "rules": RULES + rule, **more}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_one_language_is_enough_for_every_text(tmp_path: Path) -> None:
    folder = written(tmp_path / "visits", WORKING_DAY)
    catalogue = load_catalogue(folder)
    assert check_catalogue(catalogue).problems == ()
    assert (catalogue.cards["visit"].title_zh, catalogue.cards["visit"].title_en) == ("Visit", "Visit")
    (tmp_path / "visits.csv").write_text("Visit,Day,Guests\nA,05/01/2019,1\nB,07/01/2019,2\n", encoding="utf-8")
    result = run_audit(
        AuditOrder(tmp_path / "home", (tmp_path / "visits.csv",), date(2026, 6, 30), folder, data_docs=False)
    )
    with open_published(result.file) as con:
        assert con.execute("select message, message_en from findings").fetchall() == [
            ("visit A on 2019-01-05", "visit A on 2019-01-05")
        ]
        assert con.execute("select title_zh, title_en, how_to_fill, how_to_fill_en from rules").fetchall() == [
            ("wrong day", "wrong day", "look it up", "look it up")
        ]
        assert con.execute("select title_zh, title_en from cards_known").fetchall() == [("Visit", "Visit")]


@pytest.mark.parametrize("text", ["{}", "{zh: null}"])
def test_a_text_in_no_language_is_a_mistake(tmp_path: Path, text: str) -> None:
    folder = written(tmp_path / "visits", WORKING_DAY, card=CARD.replace("title: {en: Visit}", f"title: {text}"))
    with pytest.raises(CatalogueError, match="give zh, en or both"):
        load_catalogue(folder)


# a Chinese new year's Tuesday, a Saturday China worked, an ordinary Thursday, an ordinary Sunday
DAYS = ("2019-02-05", "2019-02-02", "2019-07-04", "2019-07-07")
OWN_DAYS = (
    "calendar: [{year: 2019, days_off: {2019-07-04: Independence Day}, make_up_days: {2019-07-07: stocktaking}}]\n"
)


def worked(catalogue: Catalogue) -> tuple[bool, ...]:
    with duckdb.connect() as con:
        create_lookups(con, catalogue)
        (row,) = con.execute(f"select {', '.join(f'is_workday(date {day!r})' for day in DAYS)}").fetchall()
        return tuple(row)


@pytest.mark.parametrize(
    ("pack", "own", "expected"),
    [
        ("", "", (True, False, True, False)),
        ("", OWN_DAYS, (True, False, False, True)),
        (", calendar: week", "", (True, False, True, False)),
        (", calendar: china", "", (False, True, True, False)),
        (", calendar: china", OWN_DAYS, (False, True, False, True)),
    ],
)
def test_working_days_are_the_week_its_own_list_or_a_named_calendar(
    tmp_path: Path, pack: str, own: str, expected: tuple[bool, ...]
) -> None:
    folder = written(tmp_path / "visits", WORKING_DAY, pack, **({"days": own} if own else {}))
    assert worked(load_catalogue(folder)) == expected


def test_a_pack_goes_by_the_calendar_of_the_pack_below_unless_it_names_one(tmp_path: Path) -> None:
    written(tmp_path / "visits", WORKING_DAY, ", calendar: china")
    upper = tmp_path / "upper"
    upper.mkdir()
    for calendar, expected in (("", (False, True)), (", calendar: week", (True, False))):
        text = f"pack: {{name: upper, title: {{en: U}}, version: '1', extends: ../visits{calendar}}}"
        (upper / "pack.yaml").write_text(text, encoding="utf-8")
        assert worked(load_catalogue(upper))[:2] == expected
    assert worked(load_catalogue())[:2] == (False, True)


def test_only_years_missing_from_a_list_are_said_to_be_unknown(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("Visit,Day,Guests\nA,05/02/2019,1\nB,05/02/2020,2\n", encoding="utf-8")
    for name, own, years in (("week", {}, ()), ("own", {"days": OWN_DAYS}, (2020,))):
        folder = written(tmp_path / name, WORKING_DAY, **own)
        catalogue = load_catalogue(folder)
        assert known_years(catalogue.calendar, catalogue.named_calendar) == ({2019} if own else frozenset())
        order = AuditOrder(
            tmp_path / f"home-{name}", (tmp_path / "visits.csv",), date(2026, 6, 30), folder, data_docs=False
        )
        assert run_audit(order).years_without_holidays == years


def rule(body: str, accepted: str, violating: str = "{day: 06/01/2019, guests: '0'}") -> str:
    return f"{body}\n    examples: {{accepted: {accepted}, violating: {violating}}}\n"


ORDER = "    kind: date_order\n    fields: [day, left_on]\n    earlier: day\n    later: left_on"
GUESTS = "    kind: range\n    fields: [guests]\n    when: not blank(remark)\n    value: guests\n    at_least: 1"
EACH = "    kind: required\n    each: {fields: [guests, remark]}"
OF_CASE = "    kind: implies\n    fields: [guests]\n    then: guests > 1"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            rule(ORDER, "{day: '2019-01-08', left_on: 09/01/2019}", "{day: 09/01/2019, left_on: 08/01/2019}"),
            ["accepted example is not judged", "a cell can't be read: day: 2019-01-08; date (%d/%m/%Y)"],
        ),
        (
            rule(ORDER, "{day: 08/01/2019, left_on: 09/01/2019}", "{day: 09/01/2019, left_on: '2019-01-08'}"),
            ["violating example is not judged", "a cell can't be read: left_on: 2019-01-08"],
        ),
        (
            rule(
                ORDER,
                "[{day: 08/01/2019, left_on: 09/01/2019}, {day: 8 Jan 2019, left_on: 09/01/2019}]",
                "{day: 09/01/2019, left_on: 08/01/2019}",
            ),
            ["accepted example is not judged", "day: 8 Jan 2019"],
        ),
        (
            rule(GUESTS, "{guests: '2'}", "{guests: '0', remark: x}"),
            ["accepted example is not judged", "no row is one it applies to: not blank(remark)"],
        ),
        (
            rule(GUESTS, "{remark: x}", "{guests: '0', remark: x}"),
            ["accepted example is not judged", "what must hold is unknown, perhaps for what is blank: guests"],
        ),
        (rule(GUESTS, "{guests: '2', remark: x}", "{remark: x}"), ["violating example is not judged", "blank: guests"]),
        (
            rule(EACH, "{day: 08/01/2019}", "{remark: ''}"),
            ["accepted example is not judged", "it names none of the items of each: guests, remark"],
        ),
        (
            rule(EACH, "{remark: x}", "{visit_no: '1'}"),
            ["violating example is not judged", "it names none of the items of each"],
        ),
        (rule(OF_CASE, "{}", "{guests: '1'}"), ["example names no item of a card the rule judges"]),
        (
            rule(OF_CASE, "{gests: '2'}", "{guests: '1'}"),
            ["example names no field of the card", "gests", "nearest: guests"],
        ),
        (rule(OF_CASE, "[]", "{guests: '1'}"), ["example names no item of a card the rule judges"]),
    ],
)
def test_an_example_that_is_not_judged_fails_the_check(tmp_path: Path, text: str, problems: list[str]) -> None:
    found = check_catalogue(load_catalogue(written(tmp_path / "visits", text))).problems
    assert len(found) == 1, found
    assert found[0].startswith("rules.yaml:")
    assert [problem for problem in problems if problem not in found[0]] == [], found[0]


def test_an_example_of_a_rule_by_case_needs_a_case_number(tmp_path: Path) -> None:
    card = CARD.replace("case: ''", "case: visit_no")
    text = rule(OF_CASE, "{guests: '2'}", "{visit_no: a, guests: '1'}")
    rules = (RULES + text).replace("level: row", "level: case")
    folder = written(tmp_path / "visits", "", card=card, rules=rules)
    found, *more = check_catalogue(load_catalogue(folder)).problems
    assert more == []
    assert "the accepted example is not judged" in found
    assert "no row has a case number: visit_no" in found


def test_an_example_may_hold_what_the_rule_is_to_report_as_unreadable(tmp_path: Path) -> None:
    text = rule(
        "    kind: pattern\n    fields: [day]\n    when: not blank(raw(day))\n    form: not blank(day)",
        "{day: 08/01/2019}",
        "{day: '2019-01-08'}",
    )
    assert check_catalogue(load_catalogue(written(tmp_path / "visits", text))).problems == ()


REPORTED = Path(__file__).parents[3] / "shared" / "data" / "reported_catalogues"


@pytest.fixture
def reported() -> Path:
    """Catalogues people reported; tests that read them are skipped where they are absent."""
    if not REPORTED.is_dir():
        pytest.skip("the reported catalogues are not beside this checkout")
    return REPORTED


@pytest.mark.parametrize(
    ("catalogue", "exports", "expected"),
    [
        ("repro_blank", "repro_exports", [("TT01", "i 3 j （空）"), ("TT01", "i （空） j 4")]),
        ("repro_no_self", "repro_exports", []),
        ("repro_calendar/c", "repro_calendar/e", [("TT04", "2019-02-02")]),
    ],
)
def test_a_reported_catalogue_finds_what_it_says(
    reported: Path, tmp_path: Path, catalogue: str, exports: str, expected: list[tuple[str, str]]
) -> None:
    result = run_audit(
        AuditOrder(tmp_path, (reported / exports,), date(2026, 3, 31), reported / catalogue, data_docs=False)
    )
    assert result.in_error == ()
    with open_published(result.file) as con:
        assert con.execute("select rule_id, message from findings order by card_row").fetchall() == expected


def test_the_examples_of_a_reported_catalogue_are_said_not_to_be_read(reported: Path) -> None:
    found = check_catalogue(load_catalogue(reported / "repro_calendar" / "c")).problems
    assert [line.split("; date")[0].rsplit(": ", 1)[1] for line in found] == ["2019-01-08", "2019-01-06"]
    for folder in ("repro_blank", "repro_no_self"):
        assert check_catalogue(load_catalogue(reported / folder)).problems == ()


TWICE = """
    kind: duplicate
    fields: [day]
    no_other: r.day = t.day and r.guests %s t.guests
    examples:
      accepted: [{visit_no: a, day: 08/01/2019, guests: '1'}, {visit_no: b, day: 09/01/2019, guests: '1'}]
      violating: [{visit_no: a, day: 08/01/2019, guests: '1'}, {visit_no: b, day: 08/01/2019, guests: '1'}]
"""


@pytest.mark.parametrize("compared", ["=", ">=", "is not distinct from"])
@pytest.mark.parametrize("key", ["visit_no", "visit_no, day"])
def test_no_other_row_means_another_one_also_from_night_to_night(tmp_path: Path, compared: str, key: str) -> None:
    """Of rows with and without a twin, counted by hand; the second night goes on from the first and meets a twin in a new file."""
    card = CARD.replace("key: [visit_no]", f"key: [{key}]\nlinks: [{{card: visit, by: [day]}}]")
    folder, exports = written(tmp_path / "visits", TWICE % compared, card=card), tmp_path / "exports"
    exports.mkdir()
    assert check_catalogue(load_catalogue(folder)).problems == ()
    nights = (
        ("visits.csv", "A,05/01/2019,1\nB,06/01/2019,1\nC,06/01/2019,1\nD,07/01/2019,\n", {"B", "C"}),
        ("visits2.csv", "E,05/01/2019,1\n", {"A", "B", "C", "E"}),
    )
    for day, (name, lines, twins) in enumerate(nights, start=28):
        (exports / name).write_text(f"Visit,Day,Guests\n{lines}", encoding="utf-8")
        result = run_audit(AuditOrder(tmp_path / "home", (exports,), date(2026, 6, day), folder, data_docs=False))
        with open_published(result.file) as con:
            found = con.execute(
                "select c.visit_no from findings f join cards.visit c on c._row = f.card_row"
            ).fetchall()
        assert {number for (number,) in found} == twins
        assert (result.former is None) == (day == 28)


SHOW_PAGE = """
from dashboard.app import PAGES
from dashboard.frame.view import open_view
from expectations.rights.reader import MACHINE
with open_view(MACHINE, "{language}", True) as view:
    PAGES["{page}"][1](view)
"""


@pytest.fixture(scope="module")
def without_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with findings on rows 3 and 5 of a file whose cards have no case number."""
    folder = tmp_path_factory.mktemp("without_cases")
    catalogue = written(folder / "visits", WORKING_DAY)
    days = ("07/01/2019", "05/01/2019", "08/01/2019", "06/01/2019")
    lines = "".join(f"{number},{day},1\n" for number, day in zip("ABCD", days, strict=True))
    (folder / "visits.csv").write_text(f"Visit,Day,Guests\n{lines}", encoding="utf-8")
    run_audit(AuditOrder(folder / "home", (folder / "visits.csv",), date(2026, 6, 30), catalogue, data_docs=False))
    return folder / "home"


@pytest.mark.parametrize(("language", "third"), [("zh", "无受案号（第 3 行）"), ("en", "no case number (row 3)")])
@pytest.mark.parametrize("page", ["findings", "case"])
def test_a_row_without_case_number_is_headed_with_its_row_of_the_file(
    without_cases: Path, page: str, language: str, third: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANKA_HOME", str(without_cases))
    app = AppTest.from_string(SHOW_PAGE.format(page=page, language=language), default_timeout=60)
    if page == "case":
        app.query_params["card"], app.query_params["row"] = "visit", "1"
    app.run()
    assert not app.exception
    assert any(third in body for body in (element.proto.body for element in app.get("html")))


def test_a_notice_names_each_row_without_case_number_by_its_place(without_cases: Path) -> None:
    register = home_register(Home(without_cases), "")
    with register.reading() as session:
        findings = list(session.scalars(select(Finding).order_by(Finding.sheet_row)))
        said = [Said.of(finding) for finding in findings]
    assert [finding.case_word.zh for finding in said] == ["无受案号（第 3 行）", "无受案号（第 5 行）"]
    notice = Notice(id=1, number="1", grade="written", issued_on=date(2026, 6, 30), due_on=date(2026, 7, 10))
    notice.department = notice.prosecutor = notice.office = notice.issued_by = ""
    values = notice_values(notice, said, Labels(), ("", ""))
    assert [case["bmsah"] for case in values["cases"]] == ["无受案号（第 3 行）", "无受案号（第 5 行）"]  # type: ignore[attr-defined]
    assert values["case_count"] == 2


def test_a_row_that_moves_within_its_file_is_named_by_where_it_stands_now(tmp_path: Path) -> None:
    catalogue, exports = written(tmp_path / "visits", WORKING_DAY), tmp_path / "visits.csv"
    for day, lines, row in ((29, "B,05/01/2019,1\n", 2), (30, "A,07/01/2019,1\nB,05/01/2019,1\n", 3)):
        exports.write_text(f"Visit,Day,Guests\n{lines}", encoding="utf-8")
        run_audit(AuditOrder(tmp_path / "home", (exports,), date(2026, 6, day), catalogue, data_docs=False))
        with home_register(Home(tmp_path / "home"), "").reading() as session:
            (finding,) = session.scalars(select(Finding))
            assert (finding.sheet_row, finding.first_seen) == (row, date(2026, 6, 29))


def test_the_review_names_rows_by_their_place(without_cases: Path, tmp_path: Path) -> None:
    with open_published(Home(without_cases).current()) as con:
        period = parse_period("2019-01")
        select_period(con, period)
        write_review(con, period, tmp_path / "review.xlsx", "zh")
    sheet = openpyxl.load_workbook(tmp_path / "review.xlsx")["全部问题"]
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {"无受案号（第 3 行）", "无受案号（第 5 行）"} <= cells


def test_a_followed_run_that_fails_leaves_no_file_behind(tmp_path: Path) -> None:
    catalogue, exports, home = written(tmp_path / "visits", WORKING_DAY), tmp_path / "visits.csv", Home(tmp_path / "h")
    exports.write_text("Visit,Day,Guests\nB,07/01/2019,1\n", encoding="utf-8")

    def audited(day: int) -> None:
        run_audit(AuditOrder(home.root, (exports,), date(2026, 6, day), catalogue, data_docs=False))

    audited(28)
    (home.published / "000009-killed.unfinished").write_bytes(b"half")  # as a night that was killed leaves it
    with closing(sqlite3.connect(home.root / "register.db")) as register:
        register.execute("create trigger full before insert on findings begin select raise(abort, 'disk full'); end")
        exports.write_text("Visit,Day,Guests\nB,05/01/2019,1\n", encoding="utf-8")
        standing = {home.current().name, home.pointer.name}
        with pytest.raises(Exception, match="disk full"):
            audited(29)
        assert {file.name for file in home.published.iterdir()} == standing
        register.execute("drop trigger full")
    audited(29)
    assert len(home.published_files()) == 2
