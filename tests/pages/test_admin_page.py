"""The administrator's page as Streamlit builds it: accounts, the organisation's file, switches, the access log."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from support.site.dashboard_server import with_people

from expectations.health.readiness import NAMES
from expectations.people.access_log import note
from expectations.people.accounts import check_password, find_user
from expectations.people.languages import home_language, remember_language
from expectations.store.register import Register
from expectations.store.switches import set_switch, switch
from expectations.store.tables import Access

SHOW = """
from dashboard.admin.page import admin_page
from dashboard.frame.place import register
from dashboard.frame.view import chosen_language, entered, open_view
from expectations.people.accounts import find_user
from expectations.people.organisation import reader_of

with register().reading() as session:
    reader = reader_of(session, find_user(session, "{login}").id)
with open_view(reader, chosen_language(reader), entered("admin"), needs_run=False) as view:
    admin_page(view)
"""


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    monkeypatch.setenv("ANKA_HOME", str(tmp_path))
    return with_people(tmp_path)


def opened(who: str = "admin", **params: str) -> AppTest:
    app = AppTest.from_string(SHOW.format(login=who), default_timeout=60)
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def tables(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def last_logged(register: Register) -> tuple[str, str, str]:
    with register.reading() as session:
        entry = session.scalars(select(Access).order_by(Access.id.desc()).limit(1)).one()
        return entry.login, entry.action, entry.subject


def test_only_an_administrator_sees_it(register: Register) -> None:
    assert "not allowed" in opened("anguan").exception[0].message
    assert not opened("admin").exception


def test_a_password_is_reset_shown_once_and_logged(register: Register) -> None:
    app = opened(part="people", person="dong1")
    app.button(key="a_reset").click().run()
    password = app.code[0].value
    assert check_password(register, "dong1", password).user_id is not None
    assert not app.run().code
    with register.reading() as session:
        log = session.scalars(select(Access)).all()
        assert [(entry.login, entry.subject) for entry in log if entry.action == "user_reset"] == [("admin", "dong1")]
        assert not [entry for entry in log if password in entry.detail]


def test_accounts_are_switched_off_and_on_and_unlocked(register: Register) -> None:
    app = opened(part="people", person="dong1")
    app.button(key="a_off").click().run()
    assert last_logged(register) == ("admin", "user_active", "dong1")
    assert "停用" in tables(app)
    app.button(key="a_on").click().run()
    for _ in range(5):
        check_password(register, "dong1", "wrong")
    app.run().button(key="a_unlock").click().run()
    assert last_logged(register) == ("admin", "user_unlocked", "dong1")
    app = opened(part="people", person="admin")
    app.button(key="a_off").click().run()
    assert app.error[0].value == "至少保留一名启用的管理员"
    with register.reading() as session:
        assert find_user(session, "admin").active


def test_people_are_found_by_text_and_state(register: Register) -> None:
    app = opened(part="people", text="第三检察部 检", state="no_password", lang="en")
    assert not app.exception
    assert "xi3" not in tables(app) or "第三检察部" in tables(app)
    assert app.query_params["state"] == "no_password"
    assert "Nobody matches" in opened(part="people", text="nobody-here", lang="en").info[0].value


def test_switches_are_set_checked_and_logged(register: Register) -> None:
    app = opened(part="switches")
    app.number_input(key="a_switch_idle_minutes").set_value(45)
    app.toggle(key="a_switch_partner_offices").set_value(True)
    app.button[0].click().run()
    assert last_logged(register)[1] == "switch"
    app.number_input(key="a_switch_hold_after").set_value(0)
    app.button[0].click().run()
    assert "hold_after" in app.error[0].value
    with register.reading() as session:
        assert [switch(session, name) for name in ("idle_minutes", "partner_offices", "hold_after")] == [45, True, 5]


def test_the_language_of_the_home_is_a_switch_and_a_person_has_their_own(register: Register) -> None:
    app = opened(part="switches")
    assert app.button[0].label == "保存"
    app.segmented_control(key="a_switch_language").set_value("en")
    app.button[0].click().run()
    assert not app.exception
    assert last_logged(register) == ("admin", "switch", "language")
    with register.reading() as session:
        admin = find_user(session, "admin").id
        assert (switch(session, "language"), home_language(session)) == ("en", "en")
    app = opened(part="switches")
    assert app.button[0].label == "Save"
    assert "lang" not in app.query_params
    remember_language(register, admin, "zh")
    app = opened(part="switches")
    assert app.button[0].label == "保存"
    assert app.query_params["lang"] == "zh"  # a colleague, and the sign-in page, would else show it in English
    assert opened(part="switches", lang="en").button[0].label == "Save"


def test_the_access_log_is_filtered_by_the_address(register: Register) -> None:
    for _ in range(5):
        check_password(register, "dong1", "wrong")
    app = opened(part="log", login="dong1", action="sign_in_failed", day="2020-01-01")
    assert app.info[0].value == "没有符合条件的记录。"
    entries = tables(opened(part="log", login="dong1", action="sign_in_failed"))
    assert "登录失败" in entries
    assert re.search("须等待（秒）=([1-5]?[0-9]|60)<", entries)  # from the last guess on, whenever it is looked at
    assert "新增账号" not in entries
    assert tables(opened(part="log")).count("<tr>") == 51


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ("自查后的工作簿", "取件码=…", ">一次性链接<", "检察官、部门负责人")),
        ("en", ("workbook of a check", "ticket=…", ">one-time link<", "prosecutor, head of department")),
    ],
)
def test_the_access_log_speaks_the_language_of_the_view(register: Register, lang: str, told: tuple[str, ...]) -> None:
    with register.writing() as session:
        note(session, None, "dong1", "export", "handed-out", "token=…")
        note(session, None, "dong1", "sign_in", "dong1", "link")
        note(session, None, "dong1", "user_added", "dong9", "prosecutor,head")
    entries = tables(opened(part="log", login="dong1", lang=lang))
    assert all(word in entries for word in told)
    assert not any(word in entries for word in ("handed-out", "token=", ">link<"))


def test_units_are_listed_with_their_people(register: Register) -> None:
    units = tables(opened(part="organisation", lang="en"))
    assert "汉东市人民检察院/汉东市示例区人民检察院/第一检察部/第一办案组" in units
    assert "office above others" in units


def test_a_file_is_previewed_and_then_imported(register: Register) -> None:
    app = opened(part="organisation")
    text = "单位,姓名,登录名,角色\n汉东市示例区人民检察院,示检新,newone,检察官\n汉东市示例区人民检察院,示技春,admin,系统管理员\n"
    app.file_uploader(key="a_file").upload("people.csv", text.encode("gb18030"), "text/csv").run()
    assert "newone" in tables(app)
    with register.reading() as session:
        assert find_user(session, "dong1").active
    app.button(key="a_import").click().run()
    assert app.code[0].value.startswith("newone\t")
    app.file_uploader(key="a_file").upload("people.csv", text.replace("检察官", "检查官").encode(), "text/csv").run()
    assert "第 2 行" in tables(app)


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("磁盘空间", "至少应有 10000 GB")), ("en", ("free disk", "at least 10000 GB"))]
)
def test_the_health_of_the_house_is_shown_as_the_machine_is_told(
    register: Register, language: str, words: tuple[str, str]
) -> None:
    with register.writing() as session:
        set_switch(session, "free_gb", 10_000)
    shown = tables(opened("admin", part="health", lang=language))
    assert all(word in shown for word in words)
    assert shown.count("<tr>") == len(NAMES) + 1
