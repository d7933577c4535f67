"""The first start of a home, from the command to the signed-in administrator: a page that only the terminal's token opens, and only once."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from support.site.browser_pages import CHROMIUM, browser
from support.site.dashboard_server import register_of
from support.site.gate_site import Answer, answer_to

from expectations.errors import AnkaError, InputError
from expectations.people.accounts import check_password
from expectations.people.first_start import FirstStart, begin
from expectations.store.register import Register
from expectations.store.switches import switch
from expectations.store.tables import Access, SignIn, Unit, User

__all__ = ["browser"]

PASSWORD = "four quiet herons"
OFFICE = "汉东市示例区人民检察院"


@dataclass(frozen=True)
class Begun:
    """A dashboard that was started in an empty home, and the address that its command printed."""

    home: Path
    inbox: Path
    address: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def token(self) -> str:
        return self.address.partition("token=")[2]

    @property
    def register(self) -> Register:
        return register_of(self.home)

    def get(self, path: str) -> Answer:
        return answer_to(self.host, "GET", path, "", {"Accept": "text/html"})

    def post(self, token: str, origin: str = "", **fields: str) -> Answer:
        entered = {
            "token": token, "office": OFFICE, "name": "管理员", "login": "guan", "password": PASSWORD, "again": PASSWORD,
            "inbox": str(self.inbox), "night_time": "03:30", "language": "zh",
        }  # fmt: skip
        body = "&".join(f"{name}={quote(value)}" for name, value in (entered | fields).items())
        headers = {"Origin": origin or f"http://{self.host}", "Content-Type": "application/x-www-form-urlencoded"}
        return answer_to(self.host, "POST", "/first-start", body, headers)

    def logins(self) -> list[str]:
        with self.register.reading() as session:
            return list(session.scalars(select(User.login)))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    folder = tmp_path_factory.mktemp("first")
    inbox, printed = folder / "inbox", folder / "printed"
    inbox.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "ANKA_INBOX"}
    with printed.open("w") as terminal:
        command = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "flows.start",
                "dashboard",
                "--no-open",
                "--port",
                str(port),
                "--log",
                str(folder / "log"),
            ],
            env=environment | {"ANKA_HOME": str(folder / "home"), "ANKA_SPARE": "0"},
            stdout=terminal,
            stderr=terminal,
        )
    try:
        yield Begun(folder / "home", inbox, _address(printed))
    finally:
        command.terminate()
        command.wait(30)


def _address(printed: Path) -> str:
    """The address printed, once the dashboard answers."""
    for _ in range(300):
        found = re.search(r"http://127\.0\.0\.1:\d+/first-start\?token=\S+", printed.read_text(encoding="utf-8"))
        try:
            if found and answer_to(urlsplit(found[0]).netloc, "GET", "/health/live", "", {}).status == 200:
                return found[0]
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(printed.read_text(encoding="utf-8"))


def test_without_the_token_there_is_no_page_and_nothing_is_taken(begun: Begun) -> None:
    for path in (
        "/first-start",
        "/first-start?token=",
        "/first-start?token=%00",
        f"/first-start?token={begun.token[:-1]}",
    ):
        answer = begun.get(path)
        assert (answer.status, answer.goes_to) == (303, "/sign-in"), path
    for token in ("", "wrong", begun.token[:-1]):
        assert begun.post(token).goes_to == "/sign-in"
    assert begun.post(begun.token, origin="http://elsewhere").status == 403
    assert begun.logins() == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("office", " ", "请填写院名"),
        ("name", "", "请填写姓名"),
        ("login", "a b", "登录名无效"),
        ("inbox", "/nowhere", "没有这个文件夹"),
        ("inbox", "inbox", "没有这个文件夹"),
        ("night_time", "25:00", "不是时刻"),
        ("language", "fr", "没有这个值"),
        ("again", "another one", "两次输入的新密码不一致"),
    ],
)
def test_a_mistake_is_told_beside_what_was_entered_and_nothing_is_kept(
    begun: Begun, field: str, value: str, words: str
) -> None:
    answer = begun.post(begun.token, **{field: value})
    assert (answer.status, words in answer.text) == (400, True)
    assert f'value="{OFFICE}"' in answer.text or field == "office"
    assert PASSWORD not in answer.text
    assert begun.logins() == []


def test_a_password_that_is_easy_to_guess_is_refused(begun: Begun) -> None:
    assert begun.post(begun.token, password="1234567890", again="1234567890").status == 400


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium")
def test_an_office_is_begun_in_a_browser_and_then_never_again(begun: Begun, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 1100, "height": 1000}).new_page()
    page.goto(begun.address)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="First start")).to_be_visible()
    page.get_by_role("link", name="中文").click()
    for label, value in (
        ("院名", OFFICE),
        ("管理员姓名", "管理员"),
        ("登录名", "guan"),
        ("密码", PASSWORD),
        ("再输入一次密码", PASSWORD),
        ("导出文件夹", str(begun.inbox)),
        ("夜间核查时刻", "03:30"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("本单位语言").select_option("zh")
    page.get_by_role("button", name="启用并登录").click()
    expect(page.get_by_role("heading", name="管理").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("磁盘空间")).to_be_visible(timeout=60_000)
    page.context.close()

    assert check_password(begun.register, "guan", PASSWORD).user_id is not None
    with begun.register.reading() as session:
        assert [switch(session, name) for name in ("inbox", "night_time", "language")] == [
            str(begun.inbox),
            "03:30",
            "zh",
        ]
        assert [(unit.name, unit.kind) for unit in session.scalars(select(Unit))] == [(OFFICE, "district")]
        acts = [(entry.action, entry.subject) for entry in session.scalars(select(Access).order_by(Access.id))]
    assert acts[:6] == [
        ("first_start", OFFICE),
        ("user_added", "guan"),
        ("switch", "inbox"),
        ("switch", "night_time"),
        ("switch", "language"),
        ("sign_in", "guan"),
    ]
    assert begun.get(f"/first-start?token={begun.token}").goes_to == "/sign-in"
    assert begun.post(begun.token, login="second").goes_to == "/sign-in"
    assert begun.logins() == ["guan"]


def test_the_log_tells_neither_token_nor_login(begun: Begun) -> None:
    written = (begun.home.parent / "log").read_text(encoding="utf-8")
    assert "route=/first-start" in written
    assert begun.token not in written
    assert "guan" not in written


# --- below the page

FIRST = FirstStart(OFFICE, "管理员", "guan", PASSWORD, "", "02:00", "catalogue")


def test_of_many_that_begin_at_once_one_does(tmp_path: Path) -> None:
    register = register_of(tmp_path)

    def enter(number: int) -> str:
        try:
            begin(register, replace(FIRST, login=f"guan{number}"))
        except AnkaError as error:
            return error.message.en
        return "begun"

    with ThreadPoolExecutor(4) as people:
        outcomes = sorted(people.map(enter, range(4)))
    assert outcomes == ["begun", *["there is an account already"] * 3]
    with register.reading() as session:
        assert len(session.scalars(select(User)).all()) == len(session.scalars(select(Unit)).all()) == 1
        assert session.scalars(select(SignIn)).all() == []


def test_after_an_account_by_command_there_is_no_first_start(tmp_path: Path) -> None:
    register = register_of(tmp_path)
    begin(register, FIRST)
    with pytest.raises(InputError, match="already"):
        begin(register, replace(FIRST, login="other"))
