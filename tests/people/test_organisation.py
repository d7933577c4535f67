"""The organisation from a file, and what each role sees of it."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from support.site.dashboard_server import ORGANISATION, with_people
from typer.testing import CliRunner

from expectations.errors import InputError
from expectations.people import sessions
from expectations.people.accounts import find_user, set_active
from expectations.people.languages import as_language, remember_language
from expectations.people.organisation import find_unit, reader_of
from expectations.people.organisation_file import ALL_HEADINGS, OrganisationError, read_organisation
from expectations.people.organisation_import import Changes, import_organisation, preview
from expectations.rights.reader import Reader
from expectations.rights.scope import EVERYTHING, NOTHING, Scope
from expectations.store.register import Register, open_register
from expectations.store.tables import User
from expectations.texts import Bilingual
from flows.cli.users import app
from sample_data.office import DESKS, UNIT_NAME

CITY, HERE, THERE = "市院", "甲区院", "乙区院"
OFFICES = frozenset([CITY, HERE, THERE])
FILE = f"""\
单位,上级单位,部门,办案组,姓名,登录名,角色,协助
{CITY},,案管部,,市监督,city,数据监管员,
{CITY},,,,市领导,city-boss,院领导,
{HERE},{CITY},案管部,,监督,guard,数据监管员、管理员,
{HERE},,一部,,主任,head,部门负责人,
{HERE},,一部,一组,组长,team,检察官、部门负责人,
{HERE},,一部,一组,王一,wang,检察官,
{HERE},,一部,一组,助一,helper,检察官助理,王一
{HERE},,二部,,李二,li,检察官,
{HERE},,一部,,李二,li-other,检察官,
{HERE},,,,院领导,boss,院领导、检察官,
{THERE},{CITY},一部,,王一,wang-there,检察官,
"""
BY = (None, "test")


def csv(text: str = FILE) -> bytes:
    return text.encode("gb18030")


def workbook(text: str) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in text.splitlines():
        book.active.append(line.split(","))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    opened = open_register(f"sqlite:///{tmp_path / 'register.db'}")
    yield opened
    opened.close()


def enter(register: Register, text: str = FILE, *, deactivate: bool = False) -> Changes:
    lines = read_organisation("people.csv", csv(text))
    return import_organisation(register, lines, BY, deactivate_missing=deactivate, give_passwords=False)


def reader(register: Register, login: str) -> Reader:
    with register.reading() as session:
        return reader_of(session, find_user(session, login).id)


def test_who_sees_which_rows_and_which_figures(register: Register) -> None:
    enter(register)
    assert reader(register, "city").rows == EVERYTHING
    assert (reader(register, "city-boss").rows, reader(register, "city-boss").figures) == (NOTHING, EVERYTHING)
    guard = reader(register, "guard")
    own = frozenset([(HERE, "二部")])  # no other office has it: a mistyped office means this one
    assert guard.rows == Scope(offices=frozenset([HERE]), departments=own, known=OFFICES)
    assert guard.roles == ("supervisor", "administrator")
    assert reader(register, "head").rows.departments == {(HERE, "一部")}
    assert reader(register, "team").rows.handlers == {(HERE, "", name) for name in ("组长", "王一", "助一")}
    assert reader(register, "team").own.handlers == {(HERE, "", "组长")}
    assert reader(register, "wang").rows.handlers == {(HERE, "", "王一"), (HERE, "", "助一")}
    assert reader(register, "helper").rows.handlers == {(HERE, "", "王一"), (HERE, "", "助一")}
    assert reader(register, "li").rows.handlers == {(HERE, "二部", "李二")}
    assert reader(register, "wang-there").rows.handlers == {(THERE, "", "王一")}
    boss = reader(register, "boss")
    assert boss.rows.handlers == {(HERE, "", "院领导")}
    assert boss.figures.offices == {HERE}
    for login in ("city", "guard", "head", "team", "wang", "helper", "boss"):
        somebody = reader(register, login)
        assert somebody.rows | somebody.figures == somebody.figures
        assert somebody.rows | somebody.own == somebody.rows


def test_numbers_are_shown_in_full_only_on_own_cards(register: Register) -> None:
    enter(register)
    seeing_numbers = [
        login
        for login in ("city", "guard", "head", "team", "wang", "helper", "boss")
        if reader(register, login).sees_numbers
    ]
    assert seeing_numbers == ["wang", "helper", "boss"]


def test_the_only_office_sees_also_what_names_no_office(register: Register) -> None:
    enter(register, f"单位,姓名,登录名,角色\n{HERE},监督,guard,案管监督员 administrator\n")
    assert reader(register, "guard").rows == EVERYTHING


def test_importing_again_changes_what_changed_and_lists_who_is_missing(register: Register) -> None:
    first = enter(register)
    assert len(first.added) == 11
    assert enter(register) == Changes()
    with register.writing() as session:
        key = sessions.key_of(sessions.start(session, find_user(session, "li").id, "link"))
    moved = FILE.replace("二部,,李二,li,检察官", "三部,,李二,li,部门负责人").replace(
        f"{THERE},{CITY},一部,,王一,wang-there,检察官,\n", ""
    )
    lines = read_organisation("people.csv", csv(moved))
    would = preview(register, lines)
    assert (would.changed, would.missing, would.deactivated) == (("li",), ("wang-there",), ())
    assert sessions.standing(register, key) is not None
    assert would == enter(register, moved)
    assert sessions.standing(register, key) is None
    assert would.dropped_units == (f"{CITY}/{HERE}/二部",)
    assert enter(register, moved, deactivate=True).deactivated == ("wang-there",)
    with register.reading() as session:
        assert not find_user(session, "wang-there").active


def test_every_problem_of_a_file_is_named_with_its_row_and_nothing_is_imported(register: Register) -> None:
    wrong = f"""\
单位,上级单位,部门,办案组,姓名,登录名,角色,协助
{HERE},市完,一部,,王一,wang,检查官,
,,一部,,李二,WANG,检察官,
{HERE},,,一组,赵三,zhao,部门负责人,
{HERE},,一部,,助一,bad login,检察官助理,王二
{HERE},,一部,,,nobody,检察官,王一
"""
    with pytest.raises(OrganisationError) as raised:
        enter(register, wrong)
    problems = "\n".join(raised.value.problems)
    for row, words in [
        (2, "没有此角色"),
        (2, "上级单位“市完”"),
        (3, "单位空白"),
        (3, "与第 2 行重复"),
        (4, "办案组但没有部门"),
        (4, "部门负责人没有部门"),
        (5, "登录名无效"),
        (5, "协助“王二”"),
        (6, "姓名空白"),
        (6, "只有检察官助理"),
    ]:
        assert any(line.startswith(f"第 {row} 行") and words in line for line in raised.value.problems), (
            words,
            problems,
        )
    assert "检察官" in problems
    with register.reading() as session:
        assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "缺少列"),
        ("a.csv", csv("单位,姓名,登陆名,角色\n"), "nearest: 登录名"),
        ("a.csv", csv("单位,姓名,登录名,角色\n"), "没有任何人员"),
        ("a.xlsx", b"PK no workbook", "工作簿"),
        ("a.csv", b"\xff\xff\xff", "编码"),
    ],
)
def test_what_is_no_table_of_people_is_refused(name: str, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_organisation(name, content)


def test_offices_above_one_another_in_a_circle_are_refused() -> None:
    with pytest.raises(OrganisationError, match="循环"):
        read_organisation("a.csv", csv("单位,上级单位,姓名,登录名,角色\n甲,乙,王,wang,检察官\n乙,甲,李,lili,检察官\n"))


def test_a_workbook_is_read_like_a_csv() -> None:
    assert read_organisation("people.XLSX", workbook(FILE)) == read_organisation("people.csv", csv())


ENGLISH = """\
Office,Office above,Department,Team,Name,Login,Role,Assists,Contact,Subject,Language
Harbour,,Front desk,,Ann,ann,supervisor administrator,,,,English
Harbour,,Front desk,,Bob,bob,Head,,bob@example.org,sub-1,en
Harbour,,Front desk,Nights,Cy,cy,prosecutor,,,,中文
Harbour,,Front desk,Nights,Di,di,assistant,cy,,,
"""


@pytest.mark.parametrize(
    "heading", [str, str.lower, str.upper, lambda text: text.replace("Office above", "office_above")]
)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_english_headings_are_read_beside_the_chinese(
    register: Register, suffix: str, heading: Callable[[str], str]
) -> None:
    first, rest = ENGLISH.split("\n", 1)
    text = f"{heading(first)}\n{rest}"
    content = text.encode() if suffix == "csv" else workbook(text)
    lines = read_organisation(f"people.{suffix}", content)
    assert [(line.login, line.roles, line.language) for line in lines] == [
        ("ann", ("supervisor", "administrator"), "en"),
        ("bob", ("head",), "en"),
        ("cy", ("prosecutor",), "zh"),
        ("di", ("assistant",), None),
    ]
    assert (lines[1].contact, lines[1].oidc_subject, lines[2].team) == ("bob@example.org", "sub-1", "Nights")
    import_organisation(register, lines, BY, give_passwords=False)
    assert reader(register, "di").rows.handlers == {("Harbour", "", "Cy"), ("Harbour", "", "Di")}


def test_headings_of_both_languages_may_be_mixed_but_none_may_stand_twice() -> None:
    assert read_organisation("a.csv", csv("单位,Name,登录名,Roles\n甲,王,wang,检察官\n"))[0].name == "王"
    with pytest.raises(InputError, match="twice: 姓名 / name"):
        read_organisation("a.csv", csv("单位,Name,姓名,登录名,Roles\n甲,王,王,wang,检察官\n"))
    with pytest.raises(InputError) as raised:
        read_organisation("a.csv", b"Office,Nam,Login,Roles\nHarbour,Ann,ann,administrator\n")
    assert isinstance(raised.value.message, Bilingual)
    assert raised.value.message.en == "missing: name；unknown: Nam; nearest: name"
    assert raised.value.message.zh.startswith("缺少列：姓名；不认识的列：Nam")


def test_a_language_nobody_offers_is_refused_with_its_row() -> None:
    with pytest.raises(OrganisationError) as raised:
        read_organisation("a.csv", csv("单位,姓名,登录名,角色,语言\n甲,王,wang,检察官,法文\n甲,李,lili,检察官,EN\n"))
    assert [problem.en for problem in raised.value.problems] == ["row 2: no such language: 法文 (中文, English)"]
    assert [problem.zh for problem in raised.value.problems] == ["第 2 行：没有此语言：法文 (中文, English)"]


def test_a_file_says_the_language_and_a_blank_cell_leaves_what_the_person_chose(register: Register) -> None:
    enter(register, "单位,姓名,登录名,角色,语言\n甲,王,wang,管理员,English\n甲,李,lili,检察官,\n")
    assert (reader(register, "wang").language, reader(register, "lili").language) == ("en", "zh")
    for login, chosen in (("wang", "zh"), ("lili", "en")):
        number = reader(register, login).user_id
        assert number is not None
        remember_language(register, number, as_language(chosen))
    assert enter(register, "单位,姓名,登录名,角色,语言\n甲,王,wang,管理员,\n甲,李,lili,检察官,\n") == Changes()
    assert enter(register, "单位,姓名,登录名,角色\n甲,王,wang,管理员\n甲,李,lili,检察官\n") == Changes()
    assert (reader(register, "wang").language, reader(register, "lili").language) == ("zh", "en")
    changes = enter(register, "单位,姓名,登录名,角色,语言\n甲,王,wang,管理员,en\n甲,李,lili,检察官,\n")
    assert changes.changed == ("wang",)
    assert reader(register, "wang").language == "en"


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_file_too_large_is_refused_before_it_is_read(name: str) -> None:
    """No three hundred thousand rows are made of it first: that takes a hundred times as long as the answer."""
    content = csv("单位,姓名,登录名,角色\n" + "甲,王,wang,检察官\n" * 300_000)
    assert len(content) > 5_000_000
    tracemalloc.start()
    with pytest.raises(InputError, match="too large"):
        read_organisation(name, content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_of_too_many_rows_no_more_are_read_than_are_allowed() -> None:
    content = csv("单位,姓名,登录名,角色\n" + "甲,王,wang,检察官\n" * 20_001)
    with pytest.raises(InputError, match="too large"):
        read_organisation("a.csv", content)


def test_somebody_must_be_left_to_administer_the_accounts(register: Register) -> None:
    with pytest.raises(InputError, match="管理员"):
        enter(register, FILE.replace("、管理员", ""))
    enter(register)
    with pytest.raises(InputError, match="管理员"):
        set_active(register, "guard", False, BY)


def test_a_unit_is_found_by_the_end_of_its_path(register: Register) -> None:
    enter(register)
    with register.reading() as session:
        assert find_unit(session, f"{HERE}/一部").kind == "department"
        assert find_unit(session, "二部").name == "二部"
        with pytest.raises(InputError, match="several"):
            find_unit(session, "一部")
        with pytest.raises(InputError, match="nearest"):
            find_unit(session, "甲区员")


def test_the_sample_names_everybody_of_the_invented_office(tmp_path: Path) -> None:
    lines = read_organisation(ORGANISATION.name, ORGANISATION.read_bytes())
    assert ORGANISATION.read_text(encoding="utf-8-sig").splitlines()[0].split(",") == ALL_HEADINGS.zh.split("、")
    people = {(line.office, line.department, line.name, line.assists) for line in lines}
    desks = [desk for room in DESKS for desk in room]
    assert {(UNIT_NAME, desk.department, desk.prosecutor, "") for desk in desks} <= people
    helped = {desk.prosecutor: desk.assistant for desk in desks}
    assert {(name, assists) for *_, name, assists in people if assists} <= {
        (assistant, prosecutor) for prosecutor, assistant in helped.items()
    }
    with with_people(tmp_path).reading() as session:
        roles = {role for user in session.scalars(select(User)) for role in user.roles}
    assert roles == {"supervisor", "prosecutor", "assistant", "head", "leader", "administrator"}


def test_the_command_line_adds_imports_resets_and_lists(tmp_path: Path) -> None:
    runner, file = CliRunner(env={"ANKA_HOME": str(tmp_path), "COLUMNS": "200"}), tmp_path / "people.csv"
    file.write_bytes(
        csv(f"单位,部门,姓名,登录名,角色\n{HERE},一部,王一,wang,检察官\n{HERE},,管理,admin,administrator\n")
    )
    imported = runner.invoke(app, ["import", str(file)])
    assert imported.exit_code == 0
    assert len([line for line in imported.output.splitlines() if "\t" in line]) == 2
    again = runner.invoke(app, ["import", str(file)])
    assert "\t" not in again.output
    added = runner.invoke(
        app, ["add", "Helper", "--name", "助一", "--role", "assistant", "--unit", "一部", "--assists", "wang"]
    )
    assert added.output.splitlines()[-1].startswith("helper\t")
    assert runner.invoke(app, ["reset", "wang"]).output.splitlines()[-1].startswith("wang\t")
    listed = next(line for line in runner.invoke(app, ["list"]).output.splitlines() if "helper" in line)
    assert "wang" in listed
    assert f"{HERE}/一部" in listed
    for wrong in (
        ["add", "x1", "--name", "王", "--role", "prosecuter", "--unit", "一部"],
        ["add", "x1", "--name", "王", "--role", "leader"],
        ["reset", "nobody"],
        ["import", "none.csv"],
        ["add", "wang", "--name", "王", "--role", "administrator"],
    ):
        assert isinstance(runner.invoke(app, wrong).exception, InputError)


def test_a_file_that_changes_nothing_is_said_to_change_nothing(tmp_path: Path) -> None:
    said = [
        CliRunner().invoke(app, ["import", str(ORGANISATION), "--no-passwords", "--home", str(tmp_path / "home")])
        for _ in range(2)
    ]
    assert [completed.exit_code for completed in said] == [0, 0]
    assert "新账号 / accounts added" in said[0].stdout
    assert (
        said[1].stdout.strip()
        == "文件与现有机构人员一致，没有变化 / the file says what stands already; nothing changed"
    )
