"""Whether the house is ready: every kind of trouble fails its own check and no other, and the answer names nothing but checks."""

import json
import os
import shutil
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from support.dashboard_small import publish_small
from support.site.dashboard_server import register_of, serving, with_people

from expectations.backups.records import Backup, remember
from expectations.health.checks import Check, failing
from expectations.health.readiness import NAMES, readiness
from expectations.home import Home, kept_copy
from expectations.register import attempts
from expectations.register.belonging import home_register
from expectations.store.migrating import newest_revision
from expectations.store.register import now
from expectations.store.switches import Value, set_switch
from expectations.store.tables import Attempt, Message, Run
from expectations.texts import Bilingual


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = well_house(tmp_path_factory.mktemp("model") / "home")
    register_of(home.root).close()
    return home


@pytest.fixture
def house(model: Home, tmp_path: Path) -> Home:
    """A home in which all is well: a run, its export kept, a back-up."""
    return Home(shutil.copytree(model.root, tmp_path / "home"))


def well_house(root: Path) -> Home:
    home = publish_small(root)
    with_people(root)
    home_register(home)
    home.exports.mkdir()
    kept_copy(home.exports, "ab").write_bytes(b"")
    backed_up(home)
    return home


def looked_at(home: Home) -> dict[str, Check]:
    return {check.name: check for check in readiness(home, lambda: home_register(home))}


def set_to(home: Home, name: str, value: Value) -> None:
    with register_of(home.root).writing() as session:
        set_switch(session, name, value)


def night(home: Home, hours: int, outcome: attempts.Outcome) -> None:
    register = register_of(home.root)
    number = attempts.begin(register)
    attempts.end(register, number, outcome)
    with register.writing() as session:
        moment = now() - timedelta(hours=hours)
        session.execute(update(Attempt).where(Attempt.id == number).values(started_at=moment, ended_at=moment))


def backed_up(home: Home, hours: int = 0, *, same_disk: bool = False) -> None:
    """As if the only back-up had been made so many hours ago."""
    (home.root / "backups.json").unlink(missing_ok=True)
    made_at = now() - timedelta(hours=hours)
    remember(home, Backup(made_at, Path("/elsewhere/anka.zip"), 1, "ab", encrypted=True, same_disk=same_disk))


def message(home: Home, state: str, days: int) -> None:
    set_to(home, "messages_on", True)
    with register_of(home.root).writing() as session:
        made_at = now() - timedelta(days=days)
        session.add(Message(made_at=made_at, kind="k", recipient="r", title="t", body="b", state=state, problem=""))


def export_changed(home: Home, days: int) -> None:
    moment = time.time() - days * 86_400
    os.utime(kept_copy(home.exports, "ab"), (moment, moment))


def newer_tables(home: Home) -> None:
    with closing(sqlite3.connect(home.root / "register.db")) as con, con:
        con.execute("update alembic_version set version_num = '9999'")


def other_register(home: Home) -> None:
    home.keep_register_id("another")


def cut_off(home: Home) -> None:
    home.current().chmod(0o600)
    home.current().write_bytes(home.current().read_bytes()[:5000])


def after(*steps: Callable[[Home], object]) -> Callable[[Home], None]:
    """One after the other."""

    def spoil(home: Home) -> None:
        for step in steps:
            step(home)

    return spoil


TROUBLES: dict[str, tuple[str, Callable[[Home], object]]] = {
    "tables of a newer program": ("register", newer_tables),
    "another home's register": ("register", other_register),
    "no pointer that can be read": ("run", lambda home: home.pointer.write_text("garbage")),
    "a run cut off": ("run", cut_off),
    "no night for too long": ("night", lambda home: night(home, 27, "published")),
    "no complete night for too long": (
        "night",
        after(lambda home: night(home, 30, "published"), lambda home: night(home, 2, "incomplete")),
    ),
    "old exports": ("exports", lambda home: export_changed(home, 8)),
    "a full disk": ("disk", lambda home: set_to(home, "free_gb", 10_000)),
    "a message that failed": ("messages", lambda home: message(home, "failed", 1)),
    "a message that hangs": ("messages", lambda home: message(home, "sending", 1)),
    "an old back-up": ("backup", lambda home: backed_up(home, 27)),
}


def test_a_well_house_is_ready(house: Home) -> None:
    assert {name: check.state for name, check in looked_at(house).items()} == dict.fromkeys(NAMES, "ok")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_trouble_fails_its_own_check_and_says_what_to_do(house: Home, trouble: str) -> None:
    name, spoil = TROUBLES[trouble]
    spoil(house)
    checks = looked_at(house)
    # what the register alone knows is not known without it
    assert failing(checks.values()) == (name,)
    assert checks[name].do.zh
    assert checks[name].do.en


def test_a_register_that_is_gone_fails_alone_and_leaves_unknown_what_it_alone_knows(house: Home) -> None:
    register_of(house.root).close()
    for file in house.root.glob("register.db*"):
        file.unlink()
    checks = looked_at(house)
    assert failing(checks.values()) == ("register",)
    assert {name for name, check in checks.items() if check.state == "warn"} == {"night", "messages"}


@pytest.mark.parametrize(
    "spared",
    [
        after(lambda home: export_changed(home, 9), lambda home: set_to(home, "export_days", 0)),
        after(lambda home: backed_up(home, 9 * 24), lambda home: set_to(home, "backup_hours", 0)),
        lambda home: message(home, "failed", 8),
        after(lambda home: message(home, "failed", 1), lambda home: set_to(home, "messages_on", False)),
        after(lambda home: night(home, 27, "published"), lambda home: set_to(home, "stale_hours", 74)),
    ],
    ids=["exports not looked at", "back-ups not looked at", "an old failure", "messages off", "a longer gap allowed"],
)
def test_what_the_office_allows_is_well(house: Home, spared: Callable[[Home], object]) -> None:
    spared(house)
    assert failing(looked_at(house).values()) == ()


def test_what_only_needs_a_look_does_not_fail(house: Home) -> None:
    (house.root / "backups.json").unlink()
    night(house, 3, "published")
    night(house, 1, "failed")
    checks = looked_at(house)
    assert failing(checks.values()) == ()
    assert {name for name, check in checks.items() if check.state == "warn"} == {"backup", "night"}
    backed_up(house, same_disk=True)
    assert looked_at(house)["backup"].state == "warn"


def test_what_was_seen_is_a_sentence_in_each_language(house: Home) -> None:
    seen = looked_at(house)["register"].seen
    assert seen == f"本机文件，结构版本 {newest_revision()} / a file of this machine, tables at {newest_revision()}"


def test_a_night_that_failed_or_is_not_complete_says_why(house: Home) -> None:
    night(house, 3, "published")
    files = [{"name": "听证.csv", "reason": "不是文本", "reason_en": "no text"}]
    problems = [json.dumps({"kind": "files_refused", "files": files})]
    with register_of(house.root).writing() as session:
        session.execute(update(Run).values(complete=False, problems=problems))
    seen = looked_at(house)["night"]
    assert (seen.state, seen.seen.zh) == ("warn", "最近一次不完整：1 个导出文件未能载入：听证.csv（不是文本）")
    register = register_of(house.root)
    attempts.end(register, attempts.begin(register), "failed", Bilingual("没有可读的文件", "no file to read"))
    seen = looked_at(house)["night"]
    assert (seen.state, seen.seen.en) == ("warn", "the last one failed: no file to read")
    set_to(house, "stale_hours", 2)
    seen = looked_at(house)["night"]
    assert (seen.state, seen.seen.en[-38:]) == ("fail", "; the last one failed: no file to read")


def test_a_house_before_its_first_run_is_not_unwell(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with_people(home.root)
    home_register(home)
    assert failing(looked_at(home).values()) == ()


def test_a_first_run_that_is_not_complete_is_no_complete_one(house: Home) -> None:
    with register_of(house.root).writing() as session:
        session.execute(update(Run).values(complete=False))
    assert failing(looked_at(house).values()) == ("night",)


# --- as it is served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str]]:
    home = well_house(tmp_path_factory.mktemp("health") / "home")
    with serving(home.root, home.root.parent / "server.log") as address:
        yield home, address


def asked(address: str, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(address + path, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def changed(address: str, ready: bool) -> Any:
    """The answer once it is `ready` or not, which it is seconds after the house is."""
    for _ in range(40):
        status, answer = asked(address, "health/ready")
        if (status == 200) is ready:
            return answer
        time.sleep(0.5)
    raise TimeoutError(answer)


def test_the_served_answer_turns_with_the_house_and_asks_for_no_session(served: tuple[Home, str]) -> None:
    home, address = served
    assert asked(address, "health/live") == (200, {"alive": True})
    assert changed(address, True) == {"ready": True, "failing": [], "warnings": []}
    night(home, 27, "published")
    assert changed(address, False) == {"ready": False, "failing": ["night"], "warnings": []}
    register = home.root / "register.db"
    register_of(home.root).close()
    register.rename(register.with_name("moved"))
    while (answer := changed(address, False))["failing"] == ["night"]:
        time.sleep(0.5)
    assert answer["failing"] == ["register"]
    assert str(home.root) not in json.dumps(answer)
    assert asked(address, "health/live") == (200, {"alive": True})
