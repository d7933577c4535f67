"""Which language somebody reads: the home's, their own; and what a home of another country is told and handed without asking for it."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from sqlalchemy import select
from support.commands import anka
from support.notice_cases import followed, home, keep, person, sqlite_register, text_of
from typer.testing import CliRunner

from expectations.errors import InputError
from expectations.home import Home
from expectations.notices import issue, withdraw
from expectations.notices.templates import fill_workbook
from expectations.notices.weeks import Week
from expectations.people import sessions
from expectations.people.accounts import find_user
from expectations.people.addressees import language_to
from expectations.people.languages import home_language, language_named, language_of, remember_language
from expectations.people.organisation import reader_of
from expectations.people.organisation_file import read_organisation
from expectations.people.organisation_import import import_organisation
from expectations.register.belonging import home_register
from expectations.rights.reader import MACHINE
from expectations.store.register import Register
from expectations.store.switches import set_switch
from expectations.store.tables import Finding, Run, Unit, User
from expectations.texts import Language
from flows.audit import run_audit
from flows.check.card_check import CheckOrder, check_cards
from flows.cli.notices import app as notices_app
from flows.messages.letters import Letter, Occasion, letters
from flows.orders import AuditOrder
from flows.review.batch import write as write_review
from flows.review.periods import parse_period

__all__ = ["home", "sqlite_register"]

CHINESE = re.compile(r"[㐀-鿿　-〿＀-￯]")
"""A sign of Chinese, or of its punctuation."""


def spoken(text: str) -> str:
    """The text without the blank of a Chinese template's width between two variables."""
    return text.replace("　", " ")


@pytest.mark.parametrize(
    ("switched", "of_run", "own", "reads"),
    [
        ("catalogue", None, None, "zh"),
        ("catalogue", "zh", None, "zh"),
        ("catalogue", "en", None, "en"),
        ("zh", "en", None, "zh"),
        ("en", "zh", None, "en"),
        ("en", "en", "zh", "zh"),
        ("catalogue", "zh", "en", "en"),
    ],
)
def test_somebody_reads_their_own_language_else_the_homes(
    sqlite_register: Register, home: Home, switched: str, of_run: Language | None, own: Language | None, reads: Language
) -> None:
    keep(sqlite_register, person("ann", "Ann", "leader"))
    if of_run is not None:
        run = followed(home)
        run.language = of_run
        keep(sqlite_register, run)
    with sqlite_register.writing() as session:
        set_switch(session, "language", switched)
        find_user(session, "ann").language = own
    with sqlite_register.reading() as session:
        ann = find_user(session, "ann")
        assert language_of(session, ann) == language_of(session, ann.id) == reads
        reader = reader_of(session, ann.id)
        assert (reader.language, reader.home_language) == (reads, home_language(session))
        assert language_of(session, None) == home_language(session)


def test_the_switch_takes_no_other_language(sqlite_register: Register) -> None:
    with sqlite_register.writing() as session, pytest.raises(InputError, match="no such value"):
        set_switch(session, "language", "fr")


@pytest.mark.parametrize(
    ("word", "language"),
    [("中文", "zh"), ("ZH", "zh"), (" english ", "en"), ("en", "en"), ("法文", None), ("", None), ("e", None)],
)
def test_a_language_is_called_as_people_call_it(word: str, language: Language | None) -> None:
    assert language_named(word) == language


def test_a_paper_is_in_its_addressees_language(sqlite_register: Register) -> None:
    keep(sqlite_register, Unit(id=1, name="Harbour", kind="district", parent_id=None))
    keep(sqlite_register, Unit(id=2, name="Desk", kind="department", parent_id=1))
    keep(sqlite_register, Unit(id=3, name="Quay", kind="department", parent_id=1))
    people: tuple[tuple[str, str, str, int, Language | None], ...] = (
        ("bob", "Bob", "head", 2, "en"),
        ("cy", "Cy", "prosecutor", 2, None),
        ("di", "Di", "prosecutor", 2, "en"),
        ("di-quay", "Di", "prosecutor", 3, None),
        ("eve", "Eve", "head", 3, "en"),
        ("fay", "Fay", "head", 3, "zh"),
    )
    for login, name, role, unit, language in people:
        account = person(login, name, role, unit)
        account.language = language
        keep(sqlite_register, account)
    with sqlite_register.reading() as session:
        assert language_to(session, "Harbour", "Desk") == "en"  # its head's
        assert language_to(session, "Harbour", "Quay") == "zh"  # two heads of two languages: the home's
        assert language_to(session, "Harbour", "Nowhere") == "zh"
        assert language_to(session, "Harbour", "Desk", "Cy") == "zh"
        assert language_to(session, "Harbour", "Desk", "Di") == "en"  # not the other of that name
        assert language_to(session, "Harbour", "Quay", "Di") == "zh"
        assert language_to(session, "Harbour", "", "Bob") == "en"  # a card that names no department
        assert language_to(session, "Elsewhere", "Desk", "Di") == "zh"


def test_a_one_time_link_says_the_language_where_the_home_speaks_another(sqlite_register: Register) -> None:
    keep(sqlite_register, person("ann", "Ann", "leader"))
    assert parse_qs(urlsplit(sessions.one_time_link(sqlite_register, "ann")).query).keys() == {"once"}
    with sqlite_register.reading() as session:
        number = find_user(session, "ann").id
    remember_language(sqlite_register, number, "en")
    said = parse_qs(urlsplit(sessions.one_time_link(sqlite_register, "ann")).query)
    assert said["lang"] == ["en"]
    assert sessions.exchange(sqlite_register, said["once"][0]) is not None


CATALOGUE = {
    "pack": "pack: {name: visits, title: {en: Visits}, version: '1', extends: nothing}\n",
    "card": """
card: visit
title: {en: Visit}
key: [visit_no]
file_words: [visits]
roles: {case: visit_no, person: '', name: guest, case_name: '', office: office, department: desk, prosecutor: clerk}
period: [day]
sections:
  - title: {en: All}
    fields:
      - {name: visit_no, header: Visit, level: case}
      - {name: day, header: Day, type: date, formats: ['%d/%m/%Y'], level: case}
      - {name: guests, header: Guests, type: int, level: case}
      - {name: guest, header: Guest, level: case}
      - {name: office, header: Office, level: case}
      - {name: desk, header: Desk, level: case}
      - {name: clerk, header: Clerk, level: case}
""",
    "rules": """
theme: consistency
rules:
  - id: VI01
    cards: [visit]
    level: case
    title: {en: nobody came}
    message: {en: 'no guests on {day}'}
    how_to_fill: {en: count the guests}
    severity: serious
    error_type: 错填
    owner: handler
    kind: implies
    fields: [guests, day]
    then: guests > 0
    examples: {accepted: {guests: 1, day: 08/01/2019}, violating: {guests: 0, day: 08/01/2019}}
""",
}
VISITS = """\
Visit,Day,Guests,Guest,Office,Desk,Clerk
A1,05/01/2019,0,Guest One,Harbour,Front desk,Cy
A2,06/01/2019,0,,Harbour,Front desk,Di
A3,07/01/2019,3,Guest Three,Harbour,Front desk,Cy
"""
PEOPLE = """\
Office,Department,Name,Login,Role,Contact,Language
Harbour,,Ann,ann,supervisor administrator,,
Harbour,Front desk,Bob,bob,head,,
Harbour,Front desk,Cy,cy,prosecutor,,
Harbour,Front desk,Di,di,prosecutor,,中文
"""
DAY = date(2026, 6, 29)


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Register]]:
    """A home of another country with its people: one kind of card, three of them, two with an error; nobody chose a language but Di."""
    folder = tmp_path_factory.mktemp("abroad")
    (folder / "catalogue").mkdir()
    for name, text in CATALOGUE.items():
        (folder / "catalogue" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "visits.csv").write_text(VISITS, encoding="utf-8")
    root = folder / "home"
    run_audit(AuditOrder(root, (folder / "visits.csv",), DAY, folder / "catalogue", data_docs=False))
    register = home_register(Home(root), "")
    import_organisation(
        register, read_organisation("people.csv", PEOPLE.encode()), (None, "test"), give_passwords=False
    )
    with register.writing() as session:
        for finding in session.scalars(select(Finding)):
            finding.verification = "confirmed"
    yield Home(root), register
    register.close()


def written_to(abroad: tuple[Home, Register], *, week: bool = True) -> dict[str, list[Letter]]:
    home, register = abroad
    occasion = Occasion(home, "http://anka.office:8501", DAY, Week.of(DAY) if week else None)
    letters_of: dict[str, list[Letter]] = {}
    with register.reading() as session:
        for letter in letters(session, occasion):
            letters_of.setdefault(letter.recipient, []).append(letter)
    return letters_of


def test_a_catalogue_without_chinese_makes_an_english_home(abroad: tuple[Home, Register]) -> None:
    _, register = abroad
    with register.reading() as session:
        assert session.scalars(select(Run.language)).all() == ["en"]
        assert home_language(session) == "en"
        languages = {user.login: language_of(session, user) for user in session.scalars(select(User))}
    assert languages == {"ann": "en", "bob": "en", "cy": "en", "di": "zh"}


def test_the_bundled_catalogue_makes_a_chinese_home(audited_home: Path) -> None:
    with home_register(Home(audited_home), "").reading() as session:
        assert set(session.scalars(select(Run.language))) == {"zh"}
        assert home_language(session) == "zh"


def test_its_papers_and_messages_are_english_without_asking(abroad: tuple[Home, Register], tmp_path: Path) -> None:
    home, register = abroad
    with register.reading() as session:
        ids = {finding.bmsah: finding.finding_id for finding in session.scalars(select(Finding))}
    (to_desk,) = issue(register, MACHINE, [ids["A1"]], "written", "department", DAY).notices
    (to_di,) = issue(register, MACHINE, [ids["A2"]], "oral", "prosecutor", DAY).notices
    assert to_desk.number == "Harbour 2026/1"

    mail = written_to(abroad)
    for login in ("ann", "bob", "cy", "office"):
        for letter in mail.get(login, []):
            assert not CHINESE.search(letter.title + letter.body), letter
            assert "lang=" not in letter.body
    assert {letter.kind for letter in mail["bob"]} == {"issued", "digest"}
    assert mail["cy"][0].title == "Case cards: new errors: 1"
    said = "notice of case monitoring Harbour 2026/1: issued, reply by 2026-07-09"
    assert [letter.body.splitlines()[0] for letter in mail["bob"] if letter.about == str(to_desk.id)] == [said]
    assert {letter.title for letter in mail["di"]} >= {"案卡质检：新发现 1 个问题", "口头提示（收到）"}
    for letter in mail["di"]:
        assert not re.search("[A-Za-z]{4,} [a-z]{4,}", letter.body.rsplit("\n", 1)[0].replace("Front desk", "")), letter
        assert parse_qs(urlsplit(letter.body.splitlines()[-1]).query)["lang"] == ["zh"]

    def made(*arguments: str) -> dict[str, bytes]:
        out = tmp_path / "-".join(arguments)
        completed = CliRunner().invoke(notices_app, [*arguments, "-o", str(out), "--home", str(home.root)])
        assert completed.exit_code == 0, completed.output
        return {file.name: file.read_bytes() for file in out.iterdir()}

    papers = made("document", str(to_desk.id))
    assert papers.keys() == {
        "notice of case monitoring_Harbour 2026_1_Front desk.docx",
        "list of errors_Harbour 2026_1_Front desk.xlsx",
    }
    document, listed = papers.values() if next(iter(papers)).endswith("docx") else reversed(list(papers.values()))
    assert not CHINESE.search(spoken(text_of(document)))
    for part in ("no guests on 2019-01-05", "by 9 July 2026", "Receipt", "A1"):
        assert part in text_of(document)
    cells = [cell for row in openpyxl.load_workbook(BytesIO(listed)).active.values for cell in row if cell]
    assert not CHINESE.search(spoken(" ".join(map(str, cells))))
    assert {"serious", "wrong", "count the guests", "open", "Guests, Day", "Visit", "Clerk", "visits.csv row 2"} <= set(
        cells
    )

    own = made("document", str(to_di.id))
    assert sorted(own) == [
        "口头提示记录_口头提示 2026-06-29 _2_Front deskDi.docx",
        "错误明细清单_口头提示 2026-06-29 _2_Front deskDi.xlsx",
    ]
    assert "予以口头提示" in text_of(next(content for name, content in own.items() if name.endswith("docx")))

    digests = made("digest")
    assert sorted(name for name in digests if name.endswith("docx")) == [
        "2026-W27_Front desk_Cy.docx",
        "2026-W27_Front desk_Di.docx",
        "2026-W27_Front desk_department.docx",
    ]
    for name, content in digests.items():
        text = text_of(content) if name.endswith("docx") else content.decode()
        assert bool(CHINESE.search(spoken(text))) == ("_Di." in name), (name, text)
    whole = text_of(digests["2026-W27_Front desk_department.docx"])
    assert "Front desk: week of the case cards" in whole
    assert "29 June 2026 to 5 July 2026" in whole
    assert "nobody came (VI01): 2 / 2" in whole

    listing = CliRunner().invoke(notices_app, ["list", "--home", str(home.root), "--today", "2026-06-29"])
    assert not CHINESE.search(listing.output)
    withdraw(register, MACHINE, to_desk.id, "by mistake")
    gone = next(content for name, content in made("document", f"{to_desk.id}").items() if name.endswith("docx"))
    assert "[This notice was withdrawn and keeps its number. Anka: by mistake]" in text_of(gone)


def test_its_review_is_english(abroad: tuple[Home, Register], tmp_path: Path) -> None:
    home, register = abroad
    write_review.fn(home.current(), register, parse_period("2019-01"), tmp_path / "review.xlsx")
    book = openpyxl.load_workbook(tmp_path / "review.xlsx")
    assert book.sheetnames == ["summary", "Front desk", "Cy", "Di", "all findings", "definitions"]
    cells = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    ]
    assert [cell for cell in cells if CHINESE.search(cell)] == []
    assert {"no guests on 2019-01-05", "serious", "wrong", "handler", "visits.csv", "Cases checked (of)"} <= set(cells)


@pytest.mark.parametrize("language", [None, "en", "zh"])
def test_a_check_by_its_catalogue_is_english_unless_asked_otherwise(
    abroad: tuple[Home, Register], tmp_path: Path, language: Language | None
) -> None:
    folder = abroad[0].root.parent
    order = CheckOrder((folder / "visits.csv",), tmp_path / "marked.xlsx", DAY, folder / "catalogue", language=language)
    check_cards(order)
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    words = "\n".join(
        [str(cell.value) for cell in cells if cell.value] + [cell.comment.text for cell in cells if cell.comment]
    )
    assert book.sheetnames[-1] == ("自查结果" if language == "zh" else "Check result")
    assert bool(CHINESE.search(words)) == (language == "zh")
    if language != "zh":
        for part in (
            "[serious] VI01 nobody came",
            "Problem: no guests on 2019-01-05",
            "Guests, Day",
            "How to fill: count the guests",
        ):
            assert part in words
    with pytest.raises(InputError, match="checked already"):
        check_cards(CheckOrder((tmp_path / "marked.xlsx",), tmp_path / "again.xlsx", DAY, folder / "catalogue"))


@pytest.mark.parametrize(("at_home", "switched"), [(False, "catalogue"), (True, "catalogue"), (True, "zh")])
def test_its_load_report_is_english_unless_the_home_is_chinese(
    abroad: tuple[Home, Register], tmp_path: Path, at_home: bool, switched: str
) -> None:
    home, register = abroad
    folder, out = home.root.parent, tmp_path / "report.xlsx"
    with register.writing() as session:
        set_switch(session, "language", switched)
    place = home.root if at_home else tmp_path / "none"
    anka("load", folder / "visits.csv", "-o", out, "--catalogue", folder / "catalogue", home=place)
    with register.writing() as session:
        set_switch(session, "language", "catalogue")
    assert openpyxl.load_workbook(out).sheetnames[0] == ("文件" if switched == "zh" else "Files")
    assert (tmp_path / "none").exists() is False


def test_an_administrator_may_make_it_chinese(abroad: tuple[Home, Register]) -> None:
    _, register = abroad
    try:
        with register.writing() as session:
            set_switch(session, "language", "zh")
        assert "案卡质量周报 2026-W27" in {letter.title for letter in written_to(abroad)["bob"]}
    finally:
        with register.writing() as session:
            set_switch(session, "language", "catalogue")


def test_an_offices_own_template_serves_both_languages_unless_it_has_one_of_each(
    abroad: tuple[Home, Register], tmp_path: Path
) -> None:
    home = Home(tmp_path)
    (home.root / "templates").mkdir()
    for name, word in (("list.xlsx", "own"), ("list.en.xlsx", "own English")):
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active["A1"] = word
        book.save(home.root / "templates" / name)
        said = [
            openpyxl.load_workbook(BytesIO(fill_workbook(home, "list.xlsx", language, {}, [])))["Sheet"]["A1"].value
            for language in ("zh", "en")
        ]
        assert said == ["own", word]
