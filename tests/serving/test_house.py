"""`anka serve` whole: one start in which a killed and two missed nights are told and made up for once, people come in through nginx, and all ends
in order. The long form kills every part and waits for nights at a set minute."""

import asyncio
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from support.house.nginx import HAS_NGINX, HOST, Front, in_front
from support.house.served import House, house, nights, words_of
from support.notice_cases import keep, person
from support.places import SAMPLE
from support.site.gate_site import HASHED, PASSWORD
from typer.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

from expectations.errors import InputError
from expectations.home import Home
from expectations.office_days import office_zone
from expectations.run.published import open_published
from expectations.store.register import Register, open_register, register_url
from expectations.store.switches import set_switch
from flows.cli.main import app

NOBODY = "json://127.0.0.1:1/"
"""The address of a service that is not there."""


def office(folder: Path, *outcomes: str) -> Register:
    """A register with a supervisor and an administrator who are told of nights, and nights of earlier days."""
    register = open_register(register_url(Home(folder / "home")))
    for login, role in (("sup", "supervisor"), ("adm", "administrator")):
        user = person(login, login, role, contact=NOBODY)
        user.password_hash, user.must_change = HASHED, False
        keep(register, user)
    with register.writing() as session:
        set_switch(session, "messages_on", True)
        set_switch(session, "stale_hours", 720)  # that no night came for long is another alarm
    nights(register, *outcomes)
    return register


@pytest.fixture(name="served", scope="module")
def served_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house of an office whose machine went off in a night and stayed off for two more."""
    folder = tmp_path_factory.mktemp("house")
    office(folder, "published", "running")
    with house(folder) as begun:
        begun.until_ready()
        yield begun


def test_the_killed_night_is_told_and_the_missed_ones_are_made_up_for_once(served: House) -> None:
    served.until(lambda: served.outcomes()[2:] == ["published"])
    assert served.outcomes() == ["published", "killed", "published"]
    assert served.told() == [("killed:2", "adm"), ("killed:2", "sup")]
    with open_published(served.home.current()) as con:
        assert con.execute("select distinct card from checked").fetchall() == [("hearing",)]
    served.until(lambda: "COMPLETED" in [run["state_type"] for run in served.runs("nightly_audit")])
    done = [run for run in served.runs("nightly_audit") if run["state_type"] != "SCHEDULED"]
    assert len(done) == 1


def test_prefect_knows_the_nights_to_come_and_no_name(served: House) -> None:
    served.until(lambda: len(served.runs("nightly_audit")) > 2 and len(served.runs("morning_messages")) > 2)
    for flow, clock in (("nightly_audit", "18:00"), ("morning_messages", "00:00")):
        coming = [run for run in served.runs(flow) if run["auto_scheduled"]]
        assert {run["expected_start_time"][11:16] for run in coming} == {clock}, "by the clock of Shanghai"
    served.until(lambda: served.outcomes()[2:] == ["published"])
    served.until(lambda: len(served.asks("artifacts/filter")) > 1)
    tables = {made["key"]: made["data"] for made in served.asks("artifacts/filter")}
    assert "| 部门 department |" in tables["departments"]
    with open_published(served.home.current()) as con:
        names = [
            name for (name,) in con.execute("select distinct name from card_rows where name is not null").fetchall()
        ]
        counts = con.execute("select rows_read, rows_loaded, rows_rejected from runs").fetchall()[0]
        cases = [case for (case,) in con.execute("select distinct bmsah from card_rows").fetchall()]
    assert "| {} = {} + {} |".format(*counts) in tables["run"]
    assert cases
    known = b"".join(file.read_bytes() for file in served.home.prefect.glob("prefect.db*")).decode("utf-8", "ignore")
    assert "departments" in known
    assert [word for word in (*names, *cases) if word in known or word in served.said()] == []


def test_nobody_else_reads_what_prefects_server_puts_into_the_home(served: House) -> None:
    below = [path for path in served.home.prefect.rglob("*") if path.exists()]
    assert "index.html" in {path.name for path in below}
    assert [path for path in below if path.stat().st_mode & 0o077] == []


def test_prefects_pages_ask_for_the_password(served: House) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.prefect_port, timeout=60)
    connection.request("POST", "/api/flow_runs/filter", "{}", {"Content-Type": "application/json"})
    assert connection.getresponse().status == http.HTTPStatus.UNAUTHORIZED
    connection.close()
    assert (served.home.prefect / "password").stat().st_mode & 0o077 == 0


def test_a_second_house_of_the_home_is_refused_in_one_line(served: House) -> None:
    second = CliRunner().invoke(app, ["serve", "--home", str(served.home.root)])
    assert isinstance(second.exception, InputError)
    assert "anka serve is at work on this home already" in second.exception.message


@pytest.mark.skipif(not HAS_NGINX, reason="needs the Debian packages nginx and openssl")
def test_through_nginx_people_sign_in_over_https_and_pages_talk(served: House, tmp_path: Path) -> None:
    with in_front(tmp_path, served.port) as front:
        served.until(lambda: (tmp_path / "nginx.pid").exists())
        to_https = plain_answer(front, "/findings?lang=en")
        assert (to_https.status, to_https.headers["Location"]) == (301, f"https://{HOST}/findings?lang=en")
        answer = secure_answer(front, "POST", "/sign-in", f"login=sup&password={quote(PASSWORD)}")
        assert answer.status == http.HTTPStatus.SEE_OTHER
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "; Secure" in answer.headers["Set-Cookie"]
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        page = secure_answer(front, "GET", "/", cookie=cookie)
        assert page.status == http.HTTPStatus.OK
        asyncio.run(open_websocket(front, cookie))
        assert [path.name for path in (tmp_path / "proxy").rglob("*")] == [], "nothing lay on the disk on its way"


def plain_answer(front: Front, path: str) -> http.client.HTTPResponse:
    with closing(http.client.HTTPConnection("127.0.0.1", front.http, timeout=60)) as connection:
        connection.request("GET", path, headers={"Host": HOST})
        return connection.getresponse()


def secure_answer(front: Front, method: str, path: str, body: str = "", cookie: str = "") -> http.client.HTTPResponse:
    with closing(http.client.HTTPConnection(HOST)) as connection:
        connection.sock = front.trust().wrap_socket(front.connect(), server_hostname=HOST)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://{HOST}",
            "Accept": "text/html",
        }
        connection.request(method, path, body, headers | ({"Cookie": cookie} if cookie else {}))
        answer = connection.getresponse()
        answer.read()
        return answer


async def open_websocket(front: Front, cookie: str) -> None:
    """Pages talk over a WebSocket, which Streamlit opens for whoever is signed in and comes from the page's own site."""
    async with connect(
        f"wss://{HOST}/_stcore/stream",
        sock=front.connect(),
        ssl=front.trust(),
        server_hostname=HOST,
        origin=Origin(f"https://{HOST}"),
        additional_headers={"Cookie": cookie},
        subprotocols=[Subprotocol("streamlit")],
    ) as socket:
        await asyncio.wait_for(await socket.ping(), 60)


def test_it_ends_in_order_and_nothing_is_left(served: House, tmp_path: Path) -> None:
    served.until(lambda: served.outcomes()[2:] == ["published"])
    pids = served.pids()
    assert sorted(pids) == ["dashboard", "prefect", "worker"]
    assert served.end() == 128 + signal.SIGTERM
    assert served.said().splitlines()[-1] == "已中断 / interrupted: SIGTERM"
    assert [words_of(pid) for pid in pids.values()] == ["", "", ""]
    assert "Traceback" not in served.said()
    if HAS_NGINX:
        with in_front(tmp_path, served.port) as front:
            while not (tmp_path / "nginx.pid").exists():
                time.sleep(0.1)
            away = secure_answer(front, "GET", "/")
        assert away.status == http.HTTPStatus.BAD_GATEWAY
        assert away.headers["Content-Type"] == "text/html"


@pytest.mark.long
def test_a_night_comes_at_a_changed_minute_and_every_part_comes_back(tmp_path: Path) -> None:
    register = office(tmp_path)
    with house(tmp_path, {"ANKA_BACKUPS": str(tmp_path / "backups")}) as served:
        served.until_ready()
        for part, pid in served.pids().items():
            os.kill(pid, signal.SIGKILL)
            served.until(partial(came_back, served, part, pid))
        assert served.outcomes() == [], "a new home owes no night"
        minute = datetime.now(office_zone()) + timedelta(seconds=100)
        with register.writing() as session:
            set_switch(session, "night_time", f"{minute:%H:%M}")
            set_switch(session, "backup_time", f"{minute + timedelta(minutes=1):%H:%M}")
        served.until(lambda: served.outcomes() == ["published"])
        (night,) = [run for run in served.runs("nightly_audit") if run["state_type"] not in ("SCHEDULED", "CANCELLED")]
        assert night["auto_scheduled"]
        assert datetime.fromisoformat(night["expected_start_time"]).astimezone(office_zone()).strftime("%H:%M") == (
            f"{minute:%H:%M}"
        )
        served.until(lambda: len(list((tmp_path / "backups").glob("*"))) > 0)
        served.until(lambda: "COMPLETED" in [run["state_type"] for run in served.runs("nightly_backup")])
        (tmp_path / "inbox" / "听证.csv").unlink()
        served.asks(f"deployments/{night['deployment_id']}/create_flow_run")
        served.until(lambda: served.outcomes() == ["published", "failed"])
        served.until(lambda: served.told() == [("failed:2", "adm"), ("failed:2", "sup")])
        assert served.end(signal.SIGINT) == 128 + signal.SIGINT


@pytest.mark.long
def test_a_night_publishes_though_prefects_server_is_killed_meanwhile(tmp_path: Path) -> None:
    office(tmp_path, "published")
    with house(tmp_path) as served:
        served.until(lambda: served.outcomes()[-1] == "running")
        os.kill(served.pids()["prefect"], signal.SIGKILL)
        served.until(lambda: served.outcomes() == ["published", "published"])
        served.until(
            lambda: (
                [run["state_type"] for run in served.runs("nightly_audit") if not run["auto_scheduled"]]
                == ["COMPLETED"]
            )
        )
        time.sleep(40)
        assert served.outcomes() == ["published", "published"]


def came_back(served: House, part: str, former: int) -> bool:
    return served.pids().get(part, former) != former and served.said().count(f"{part}: 已就绪") >= 2


def was_told(served: House, number: int) -> bool:
    return (f"killed:{number}", "sup") in served.told()


@pytest.mark.long
def test_a_worker_killed_in_a_night_is_told_within_a_minute_and_the_night_comes_once_more(tmp_path: Path) -> None:
    office(tmp_path, "published")
    (tmp_path / "inbox").mkdir()
    for export in (SAMPLE / "exports").iterdir():
        shutil.copy(export, tmp_path / "inbox")
    with house(tmp_path) as served:
        for number in (2, 3):
            served.until(lambda: served.outcomes()[-1] == "running")
            os.kill(served.pids()["worker"], signal.SIGKILL)
            killed = time.monotonic()
            served.until(partial(was_told, served, number))
            assert time.monotonic() - killed < 120, "a minute, on a machine that is not busy"
        time.sleep(60)
        assert served.outcomes() == ["published", "killed", "killed"], "not for ever"
        assert len(served.told()) == 4
        states = [run["state_type"] for run in served.runs("nightly_audit") if not run["auto_scheduled"]]
        assert states == ["CRASHED", "CRASHED"]


@pytest.mark.long
def test_told_to_end_in_a_night_nothing_is_published_and_the_next_start_makes_up_for_it(tmp_path: Path) -> None:
    office(tmp_path, "published")
    with house(tmp_path) as served:
        served.until(lambda: served.outcomes()[-1] == "running")
        deploy_as_before(served)
        assert served.end() == 128 + signal.SIGTERM
        # a busy machine may not come to it in half a minute; then the next start writes it down
        assert served.outcomes()[1] in ("killed", "running")
        assert not served.home.pointer.exists()
    with house(tmp_path) as served:
        served.until(lambda: served.outcomes() == ["published", "killed", "published"])


def deploy_as_before(served: House) -> None:
    """The night as `prefect deploy` made it before there was `anka serve`: for the workers of a pool."""
    served.asks("work_pools/", name="anka", type="process")
    (flow,) = served.asks("flows/filter", flows={"name": {"any_": ["nightly_audit"]}})
    served.asks(
        "deployments/",
        name="nightly",
        flow_id=flow["id"],
        work_pool_name="anka",
        parameters={"skip_refused": True},
        entrypoint="nightly_audit.py:nightly_audit",
        path="/nowhere",
    )


@pytest.mark.long
def test_nights_prefect_had_planned_while_the_machine_was_off_become_one(tmp_path: Path) -> None:
    register = office(tmp_path)
    with house(tmp_path) as served:
        served.until_ready()
        served.until(lambda: len(served.runs("nightly_audit")) > 2)
        served.end()
    database = tmp_path / "home" / "prefect" / "prefect.db"
    script = "import sqlite3, sys; con = sqlite3.connect(sys.argv[1]); con.execute(sys.argv[2]); con.commit()"
    back = "strftime('%Y-%m-%d %H:%M:%f', {0}, '-4 days')"
    moved = ", ".join(
        f"{column} = {back.format(column)}" for column in ("expected_start_time", "next_scheduled_start_time")
    )
    update = f"update flow_run set {moved} where state_type = 'SCHEDULED'"
    subprocess.run([sys.executable, "-c", script, database, update], check=True)
    nights(register, "published", "published")
    with house(tmp_path) as served:
        served.until(lambda: served.outcomes()[2:] == ["published"])
        served.until_ready()
        time.sleep(40)
        assert served.outcomes() == ["published"] * 3
        late = [run for run in served.runs("nightly_audit") if run["state_type"] != "SCHEDULED"]
        assert sorted(run["state_type"] for run in late) == ["CANCELLED"] * (len(late) - 1) + ["COMPLETED"]
        assert len(late) > 2
