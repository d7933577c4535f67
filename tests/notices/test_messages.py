"""Messages: who gets what, each once, through a real web server; nothing while they are off, no secret in table or log."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, select
from support.notice_cases import (
    OFFICE,
    ONE,
    SUPERVISOR,
    TODAY,
    TWO,
    finding,
    followed,
    home,
    keep,
    person,
    sqlite_register,
)
from support.register_cases import postgresql, register
from typer.testing import CliRunner

from expectations.home import Home
from expectations.notices import issue, reply
from expectations.notices.weeks import Week
from expectations.store.register import Register
from expectations.store.switches import set_switch
from expectations.store.tables import Access, Message, Unit, User
from flows.cli import notices as cli_notices
from flows.messages.letters import Occasion
from flows.messages.sending import Delivery, MessageSettings, deliver, send_trial

__all__ = ["home", "postgresql", "register", "sqlite_register"]

pytestmark = pytest.mark.filterwarnings(
    "ignore:'imghdr' is deprecated:DeprecationWarning"
)  # imported by a plugin of Apprise
PEOPLE = (
    ("jia", "甲", "prosecutor"),
    ("yi", "乙", "prosecutor"),
    ("head", "部门长", "head"),
    ("sup", "监管员", "supervisor"),
)


@contextmanager
def receiving(status: int = 200) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The Apprise address of a web server on 127.0.0.1, and what it received."""
    received: list[dict[str, str]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name the server calls
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"json://robot:s3cret@127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def people(register: Register, contact: str, *, on: bool = True) -> None:
    """An office with a department, two prosecutors, a head and a supervisor, all reached at one address; messages switched on."""
    keep(register, Unit(id=1, name=OFFICE, kind="district", parent_id=None))
    keep(register, Unit(id=2, name=ONE, kind="department", parent_id=1))
    for login, name, role in PEOPLE:
        keep(register, person(login, name, role, 1 if role == "supervisor" else 2, contact))
    if on:
        with register.writing() as session:
            set_switch(session, "messages_on", True)


def occasion(home: Home, days: int = 0) -> Occasion:
    return Occasion(home, "http://anka.office:8501/", TODAY + timedelta(days=days))


def work(register: Register, home: Home) -> int:
    """Two new findings of 甲, one of 乙; a notice about an older one to 甲. Returns its id."""
    keep(
        register,
        followed(home),
        finding("1", state="new", name="示例嫌疑人"),
        finding("2", state="new"),
        finding("4", state_seq=0),
        finding("3", state="new", prosecutor="乙"),
        finding("5", state="new", is_hint=True),
    )
    return issue(register, SUPERVISOR, ["4"], "written", "prosecutor", TODAY).notices[0].id


def states(deliveries: list[Delivery]) -> dict[tuple[str, str], str]:
    return {(delivery.letter.recipient, delivery.letter.key): delivery.state for delivery in deliveries}


def test_everybody_gets_theirs_once(sqlite_register: Register, home: Home) -> None:
    with receiving() as (address, received):
        people(sqlite_register, address)
        notice = work(sqlite_register, home)
        settings = MessageSettings(message_urls=SecretStr(address))
        first = deliver(sqlite_register, occasion(home), settings, dry_run=False)
        assert states(first) == {
            ("jia", "new:1"): "sent",
            ("jia", f"issued:{notice}"): "sent",
            ("yi", "new:1"): "sent",
            ("head", f"issued:{notice}"): "sent",
            ("sup", "new:1"): "sent",
            ("office", "new:1"): "sent",
        }
        assert len(received) == len(first)
        again = deliver(sqlite_register, occasion(home), settings, dry_run=False)
        assert set(states(again).values()) == {"sent_before"}
        assert len(received) == len(first)
    jia = next(post["message"] for post in received if "2 个" in post["message"])
    assert jia.endswith("http://anka.office:8501/mine")
    yi = next(post["message"] for post in received if "1 个" in post["message"])
    assert yi.endswith("http://anka.office:8501/case?finding=3")
    posts = json.dumps(received, ensure_ascii=False)
    assert "示例嫌疑人" not in posts
    assert "示例甲盗窃案" not in posts
    assert "A1" not in posts


def test_due_in_two_days_then_overdue_until_the_reply(sqlite_register: Register, home: Home) -> None:
    with receiving() as (address, _):
        people(sqlite_register, address)
        notice = work(sqlite_register, home)
        recipients_by_day = {
            days: {
                (delivery.letter.recipient, delivery.letter.kind)
                for delivery in deliver(sqlite_register, occasion(home, days), MessageSettings(), dry_run=True)
                if delivery.letter.about == str(notice) and delivery.letter.kind in ("due", "overdue")
            }
            for days in (7, 8, 10, 11)
        }
        assert recipients_by_day[7] == set()
        assert recipients_by_day[8] == recipients_by_day[10] == {("jia", "due"), ("head", "due")}
        assert recipients_by_day[11] == {("jia", "overdue"), ("head", "overdue"), ("sup", "overdue")}
        reply(sqlite_register, SUPERVISOR, notice, "已整改", TODAY)
        assert not [
            delivery
            for delivery in deliver(sqlite_register, occasion(home, 11), MessageSettings(), dry_run=True)
            if delivery.letter.kind == "overdue"
        ]


def test_nothing_is_sent_while_messages_are_off(sqlite_register: Register, home: Home) -> None:
    with receiving() as (address, received):
        people(sqlite_register, address, on=False)
        work(sqlite_register, home)
        settings = MessageSettings(message_urls=SecretStr(address))
        assert deliver(sqlite_register, occasion(home), settings, dry_run=False) == []
        tried = deliver(sqlite_register, occasion(home), settings, dry_run=True)
        deliver(sqlite_register, occasion(home), settings, dry_run=True)
        assert received == []
    with sqlite_register.reading() as session:
        messages = session.scalars(select(Message)).all()
    assert len(messages) == len(tried) == 6
    assert {message.state for message in messages} == {"dry_run"}


def test_a_failure_is_kept_without_secrets_and_tried_again(
    sqlite_register: Register, home: Home, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with receiving(500) as (address, received):
        people(sqlite_register, address)
        work(sqlite_register, home)
        deliveries = deliver(sqlite_register, occasion(home), MessageSettings(), dry_run=False)
        assert received
    assert {delivery.problem for delivery in deliveries if delivery.state == "failed"} == {
        "json: 未送达 / not delivered (500): 对方服务出错 / the service itself failed"
    }
    assert {delivery.state for delivery in deliveries if delivery.letter.recipient == "office"} == {"no_address"}
    with sqlite_register.writing() as session:
        for user in session.scalars(select(User)):
            user.contact = "nonsense://s3cret"
    deliver(sqlite_register, occasion(home), MessageSettings(), dry_run=False)
    with sqlite_register.reading() as session:
        rows = session.scalars(select(Message)).all()
    assert {(message.state, message.problem) for message in rows} == {
        ("failed", "nonsense: 不是消息服务地址 / not the address of a service")
    }
    assert len(rows) == 5
    with receiving() as (address, received):
        with sqlite_register.writing() as session:
            for user in session.scalars(select(User)):
                user.contact = address
        assert {
            delivery.state for delivery in deliver(sqlite_register, occasion(home), MessageSettings(), dry_run=False)
        } == {
            "sent",
            "no_address",
        }
        assert len(received) == 5
    printed = capfd.readouterr()
    for text in (caplog.text, printed.out, printed.err, repr([vars(message) for message in rows])):
        assert "s3cret" not in text


def test_two_processes_send_nothing_twice(register: Register, home: Home) -> None:
    with receiving() as (address, received):
        people(register, address)
        work(register, home)
        with ThreadPoolExecutor(4) as pool:
            several = list(
                pool.map(lambda _: deliver(register, occasion(home), MessageSettings(), dry_run=False), range(4))
            )
    assert len(received) == 5
    assert sum(delivery.state == "sent" for deliveries in several for delivery in deliveries) == 5


def test_the_digest_of_a_week_to_heads_and_prosecutors(sqlite_register: Register, home: Home) -> None:
    people(sqlite_register, "")
    work(sqlite_register, home)
    keep(sqlite_register, finding("9", department=TWO))
    week = replace(occasion(home), week=Week.parse("2026-W26"))
    by_recipient = {
        delivery.letter.recipient: delivery
        for delivery in deliver(sqlite_register, week, MessageSettings(), dry_run=True)
        if delivery.letter.kind == "digest"
    }
    assert set(by_recipient) == {"jia", "yi", "head"}
    assert by_recipient["head"].letter.body.startswith(f"{ONE}：新发现 4，已改正 0 / 在册 4，待处理 4")
    assert by_recipient["head"].letter.body.endswith("notices?tab=digests&week=2026-W26")
    assert TWO not in by_recipient["head"].letter.body
    assert (by_recipient["jia"].state, by_recipient["jia"].problem) == ("dry_run", "没有联系方式 / no address")


def test_a_plain_mail_address_goes_through_the_offices_mail_service(sqlite_register: Register, home: Home) -> None:
    with receiving() as (address, received):
        people(sqlite_register, "jia@office.example")
        work(sqlite_register, home)
        settings = MessageSettings(message_urls=SecretStr(f"{address}/{{address}}"))
        assert {delivery.state for delivery in deliver(sqlite_register, occasion(home), settings, dry_run=False)} == {
            "sent",
            "no_address",
        }
        assert len(received) == 5


def test_the_command_lists_and_sends(sqlite_register: Register, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as (address, received):
        people(sqlite_register, address, on=False)
        work(sqlite_register, home)
        monkeypatch.setenv("ANKA_MESSAGE_URLS", address)
        cli_notices.app.command("notify")(cli_notices.notify)
        where = ["--home", str(home.root), "--register", str(sqlite_register.engine.url), "--today", "2026-06-30"]
        run = CliRunner()
        assert "messages are off" in run.invoke(cli_notices.app, ["notify", *where]).output
        tried = run.invoke(cli_notices.app, ["notify", "--dry-run", "--week", "2026-W26", *where])
        assert "消息 / messages: 9" in tried.output
        assert "s3cret" not in tried.output
        assert received == []
        with sqlite_register.writing() as session:
            set_switch(session, "messages_on", True)
        assert "失败 / failed: 0" in run.invoke(cli_notices.app, ["notify", *where]).output
        assert len(received) == 6
        assert "此前已发 / sent before: 6" in run.invoke(cli_notices.app, ["notify", *where]).output
        assert len(received) == 6
        with sqlite_register.writing() as session:
            session.execute(delete(Message))
            for user in session.scalars(select(User).where(User.login != "sup")):
                user.contact = ""
        told = run.invoke(cli_notices.app, ["notify", *where]).output
        (sums,) = [line for line in told.splitlines() if line.startswith("消息 / messages")]
        number = {key: int(value) for key, value in (part.split(": ") for part in sums.split("；"))}
        assert number.pop("消息 / messages") == sum(number.values()) == 6
        assert number["没有联系方式 / without an address"] == 6 - number["已发 / sent"] > 0
        assert "no_address" not in told, "nobody is to read a table of them every morning"
        assert "…" not in told


def test_notices_on_the_command_line(sqlite_register: Register, home: Home) -> None:
    keep(sqlite_register, followed(home), finding("1"), finding("2", state="corrected"))
    where = ["--home", str(home.root), "--register", str(sqlite_register.engine.url)]
    run, out = CliRunner(), home.root / "out"
    issued = run.invoke(cli_notices.app, ["issue", "1", "2", "--grade", "written", "--today", "2026-06-30", *where])
    assert "示例检案管监〔2026〕1号" in issued.output
    assert "it no longer stands open" in issued.output
    listed = run.invoke(cli_notices.app, ["list", "--overdue", "--today", "2026-07-11", "--format", "json", *where])
    assert [row["settled"] for row in json.loads(listed.output)] == ["0 / 1"]
    assert run.invoke(cli_notices.app, ["document", "1", "-o", str(out), *where]).exit_code == 0
    assert run.invoke(cli_notices.app, ["digest", "--week", "2026-W26", "-o", str(out), *where]).exit_code == 0
    assert run.invoke(cli_notices.app, ["templates", "-o", str(out / "templates")]).exit_code == 0
    assert run.invoke(cli_notices.app, ["reply", "1", "已整改", *where]).exit_code == 0
    assert "已回复" in run.invoke(cli_notices.app, ["list", "--format", "json", *where]).output
    assert "1号" in run.invoke(cli_notices.app, ["withdraw", "1", "发错", *where]).output
    assert "written_all = 9" in run.invoke(cli_notices.app, ["grading", "--written-all", "9", *where]).output
    assert sorted(file.name for file in out.iterdir()) == [
        "2026-W26_第一检察部_甲.docx",
        "2026-W26_第一检察部_甲.txt",
        "2026-W26_第一检察部_部门.docx",
        "2026-W26_第一检察部_部门.txt",
        "templates",
        "案件流程监控通知书_示例检案管监〔2026〕1号_第一检察部.docx",
        "错误明细清单_示例检案管监〔2026〕1号_第一检察部.xlsx",
    ]


def tried(register: Register, contact: str) -> Delivery:
    people(register, contact, on=False)
    return send_trial(register, "jia", MessageSettings(message_urls=SecretStr(""), address="https://anka.office"))


def test_a_test_message_arrives_while_messages_are_off_and_is_logged(sqlite_register: Register) -> None:
    with receiving() as (address, received):
        assert tried(sqlite_register, address).state == "sent"
    assert [(letter["title"], letter["message"]) for letter in received] == [
        ("案卡质检试发消息", "这是案卡质检的试发消息，收到即表示消息可以送达。\nhttps://anka.office")
    ]
    with sqlite_register.reading() as session:
        logged = session.scalars(select(Access).where(Access.action == "messages")).all()
        assert [(entry.subject, entry.detail.split(" account")[0]) for entry in logged] == [("jia", "test sent")]
        assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "authentication refused"),
        (404, "no such address"),
        (502, "the service itself failed"),
    ],
)
def test_why_a_test_message_failed_is_told_without_the_password(
    sqlite_register: Register, status: int, reason: str
) -> None:
    with receiving(status) as (address, _):
        delivery = tried(sqlite_register, address)
    assert delivery.state == "failed"
    assert f"not delivered ({status})" in delivery.problem
    assert reason in delivery.problem
    assert "s3cret" not in delivery.problem


def test_a_service_that_is_not_there_or_speaks_no_tls_is_told(sqlite_register: Register) -> None:
    with receiving() as (address, _):
        secure = tried(sqlite_register, address.replace("json://", "jsons://"))
        assert "no TLS" in secure.problem
    with sqlite_register.writing() as session:
        session.query(User).update({User.contact: address})
    refused = send_trial(sqlite_register, "jia", MessageSettings(message_urls=SecretStr("")))
    assert "connection refused" in refused.problem
    assert "s3cret" not in secure.problem + refused.problem
