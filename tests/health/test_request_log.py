"""The log one diagnoses by: what was asked, what was slow, what failed; and nowhere a name, a login, a number or anything somebody typed."""

import gc
import inspect
import linecache
import logging
import re
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dashboard_small import publish_small
from support.site.dashboard_server import serving, session_token, with_people

from dashboard.door.request_log import SLOW_VARIABLE, route_of, timed_page
from dashboard.door.stripped_log import OWN, told
from expectations.errors import InputError
from expectations.texts import Bilingual

NAME, NUMBER = "示例嫌疑人", "770101199001010014"
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00 request "
    r"method=\w+ route=\S+ status=(\d{3}|open|closed) ms=\d+ session=([0-9a-f]{8}|-)"
)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What a dashboard wrote that was asked for much, by somebody signed in and by nobody."""
    folder = tmp_path_factory.mktemp("log")
    home, file = publish_small(folder / "home").root, folder / "anka.log"
    token = session_token(with_people(home), "anguan")
    with serving(home, folder / "server.log", {"ANKA_LOG": str(file), "ANKA_SLOW_SECONDS": "0"}) as address:
        for path in (
            f"findings?text={NUMBER}",
            f"{NUMBER}/{NUMBER}",
            "sign-in?once=s3cret",
            f"export/findings.xlsx?text={NUMBER}",
            f"export/{NUMBER}.xlsx",
            "health/live",
        ):
            for cookie in ("", f"anka_session={token}"):
                request = urllib.request.Request(address + path, headers={"Cookie": cookie, "Accept": "text/html"})
                try:
                    urllib.request.urlopen(request, timeout=60).close()
                except urllib.error.HTTPError as error:
                    error.close()
        yield file


def test_every_request_has_a_line_of_its_own(log: Path) -> None:
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if " request " in line]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    asked = {
        (match["route"], match["status"])
        for line in lines
        if (match := re.search(r"route=(?P<route>\S+) status=(?P<status>\S+)", line))
    }
    assert {
        ("/findings", "303"),
        ("/findings", "200"),
        ("/export/findings.xlsx", "200"),
        ("/health/live", "200"),
    } <= asked
    assert {status for route, status in asked if route == "(other)"} >= {"404"}
    sessions = {line.rpartition("session=")[2] for line in lines}
    assert len(sessions) == 2  # somebody and nobody


def test_slow_statements_are_named_by_who_asks(log: Path) -> None:
    lines = log.read_text(encoding="utf-8").splitlines()
    named = {match[1] for line in lines if (match := re.search(r"slow statement=(\S+):\d+ seconds=\d+\.\d$", line))}
    assert "expectations.people.sessions._standing" in named


def test_nobody_and_nothing_is_named_in_it(log: Path) -> None:
    written = log.read_text(encoding="utf-8")
    assert written
    for word in (NUMBER, "anguan", "s3cret", "text=", "select ", "token"):
        assert word not in written, word
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/case", "/case"),
        ("/export/notice.docx", "/export/notice.docx"),
        ("/data-docs/a/b.html", "/data-docs/…"),
        ("/_stcore/upload_file/a/b", "/_stcore/upload_file/…"),
        (f"/{NAME}", "(other)"),
        (f"/export/{NAME}", "(other)"),
    ],
)
def test_an_address_is_told_as_what_it_asks_for(path: str, route: str) -> None:
    assert route_of(path) == route


def no_day() -> None:
    raise ValueError(f"not a day: {NAME}")


def failing() -> BaseException:
    try:
        no_day()
    except ValueError as cause:
        error = InputError(Bilingual("没有此人", "nobody of that name").about(NAME))
        error.__cause__ = cause
        return error
    raise AssertionError


def test_an_error_is_told_by_kind_and_place() -> None:
    written = told(failing())
    assert NAME not in written
    *places, kind, mistake = written.splitlines()
    assert (kind, mistake) == ("ValueError", "InputError: nobody of that name")
    assert [re.sub(r":\d+", "", place) for place in places] == [
        "  tests/health/test_request_log.py failing",
        "  tests/health/test_request_log.py no_day",
    ]


def test_no_record_and_no_thread_tells_a_value() -> None:
    """In a process of its own, whose logging is then another."""
    script = f"""
import logging, threading
from dashboard.door.stripped_log import strip_errors
strip_errors()
logging.basicConfig(format="%(name)s %(message)s")
def fail(): raise ValueError("{NAME}")
try: fail()
except ValueError: logging.getLogger("elsewhere").exception("could not write for %s", "{NAME}")
logging.getLogger("asyncio").error("Task failed\\nfuture: {NAME}")
thread = threading.Thread(target=fail); thread.start(); thread.join()
fail()
"""
    completed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert completed.returncode == 1
    assert NAME not in completed.stderr
    assert "elsewhere could not write for %s" in completed.stderr
    assert "asyncio Task failed" in completed.stderr
    assert completed.stderr.count("ValueError") == 3


def wait_in_the_register(seconds: float) -> None:
    time.sleep(seconds)


def test_a_slow_pass_of_a_page_says_where_it_was(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ANKA_SLOW_SECONDS", "0.1")
    monkeypatch.setattr(sys.modules[__name__], "__name__", "dashboard.of_this_test")
    with caplog.at_level(logging.INFO, OWN):
        with timed_page("quick"):
            pass
        with timed_page("case"):
            wait_in_the_register(0.3)
    (line,) = (record.getMessage() for record in caplog.records if record.name == OWN)
    assert re.search(r"slow page=case seconds=0\.[34] in=dashboard\.of_this_test\.wait_in_the_register:\d+$", line)


def test_looking_where_a_page_is_sets_off_no_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a collection calls could wait for a thread that waits for the look to end."""
    monkeypatch.setenv(SLOW_VARIABLE, "0.05")
    lines: set[str] = set()

    def note(_phase: str, _info: object) -> None:
        here = inspect.currentframe()
        if here and here.f_back:
            lines.add(linecache.getline(here.f_back.f_code.co_filename, here.f_back.f_lineno))

    over = threading.Event()
    others = [threading.Thread(target=over.wait) for _ in range(20)]  # of each of which a look makes something
    for other in others:
        other.start()
    thresholds = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(1)
    try:
        with timed_page("overview"):
            time.sleep(0.3)
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(note)
        over.set()
    assert lines
    assert not [line for line in lines if "_current_frames" in line]
    assert gc.isenabled()


def test_a_file_that_is_large_is_begun_anew(tmp_path: Path) -> None:
    """In a process of its own, whose standard error it becomes."""
    script = f"""
import logging, os, sys
from pathlib import Path
from dashboard.door import stripped_log
os.umask(0o077)
logging.getLogger("early").addHandler(logging.StreamHandler(sys.stderr))
stripped_log._LARGEST = 700
stripped_log.to_file(Path({str(tmp_path / "anka.log")!r}))
for number in range(100):
    logging.getLogger("early").error("line")
    sys.stderr.write(f"written {{number}}")
    sys.stderr.write("\\n")
"""
    completed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == ["anka.log", *(f"anka.log.{number}" for number in range(1, len(files)))]
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    lines = [line for name in reversed(files) for line in (tmp_path / name).read_text().splitlines()]
    assert lines == [line for number in range(100) for line in ("line", f"written {number}")]
    assert completed.stderr == ""
