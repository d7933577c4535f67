"""Fifty people of all roles at work for twenty minutes while nights publish: every decision a page said was done is in the register once,
no page fails, and the server does not grow.
"""

import codecs
import csv
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import func, select
from support.faults.crowd import Crowd, Done, Work
from support.site.dashboard_server import serving_as, session_token, with_people

from expectations.home import Home
from expectations.people.trail.checking import check
from expectations.store.register import Register
from expectations.store.tables import Event, Finding, Run, User
from sample_data import generate

pytestmark = pytest.mark.long

DAY = date(2026, 7, 1)
FIRST_IN = ("shi-guan", "anguan", "admin", "lingdao", "shi-ling")
"""Roles there are few of; the others come in the order of the organisation."""


@dataclass(frozen=True)
class Form:
    """How much of it."""

    people: int
    seconds: float
    think: tuple[float, float]
    cases: int
    nights: Sequence[float]
    """Seconds after which a night begins."""


SHORT = Form(8, 60, (0.2, 1), 670, (5,))
WHOLE = Form(50, 1200, (5, 10), 6700, (30, 150, 270, 390))
"""Its nights are one more than the runs a dashboard keeps open, and early, so that the time after them shows whether it grows."""


@dataclass
class Nights:
    """Audits by the command, as a schedule would order them, each on the exports of another day."""

    home: Path
    exports: Path
    codes: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def one(self) -> None:
        day = DAY + timedelta(days=len(self.codes))
        for export in self.exports.glob("*.csv") if self.codes else ():
            without_some_rows(export, len(self.codes))
        command = [sys.executable, "-m", "flows.start", "audit", "--no-prefect", "--as-of", day.isoformat()]
        completed = subprocess.run(
            [*command, str(self.exports)],
            env=os.environ | {"ANKA_HOME": str(self.home), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        self.codes.append(completed.returncode)
        self.said.append(completed.stderr)


def without_some_rows(export: Path, night: int) -> None:
    """Takes rows from an export, whose findings the next run finds no more."""
    encoding = "utf-8-sig" if export.read_bytes().startswith(codecs.BOM_UTF8) else "gb18030"
    with export.open(encoding=encoding, newline="") as stream:
        rows = list(csv.reader(stream))
    with export.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(row for number, row in enumerate(rows) if number < 5 or number % 40 != night)


@pytest.mark.parametrize("form", [SHORT, WHOLE], ids=["short", "whole"])
def test_nothing_is_lost_while_people_work_and_nights_publish(form: Form, tmp_path: Path) -> None:
    exports = tmp_path / "sample" / "exports"
    generate(11, form.cases, DAY, tmp_path / "sample")
    nights = Nights(tmp_path / "home", exports)
    nights.one()
    assert nights.codes == [0], nights.said
    register, log = with_people(nights.home), tmp_path / "server.log"
    cookies = {login: f"anka_session={session_token(register, login)}" for login in people(register, form.people)}
    with serving_as(nights.home, log) as (address, server):
        timers = [threading.Timer(after, nights.one) for after in form.nights]
        for timer in timers:
            timer.start()
        work = Crowd(address.rstrip("/"), server, cookies, form.think).at_work(form.seconds)
        for timer in timers:
            timer.join()
    report(work, form)
    nothing_is_lost(register, work)
    assert nights.codes == [0] * (len(form.nights) + 1), nights.said
    runs_and_log_are_whole(register, Home(nights.home), len(nights.codes))
    assert work.failures == []
    assert set(work.statuses) <= {200, 403}
    said = log.read_text(encoding="utf-8", errors="replace")
    assert not re.search(r"Traceback|Internal Server Error| 500 ", said), said[-2000:]
    assert sum(work.acknowledged.values()) > form.people
    if form is WHOLE:
        assert grown(work.memory_mb) < 1.1, work.memory_mb


def people(register: Register, number: int) -> list[str]:
    with register.reading() as session:
        every = session.scalars(select(User.login).order_by(User.id)).all()
    return [*FIRST_IN, *(login for login in every if login not in FIRST_IN)][:number]


def nothing_is_lost(register: Register, work: Work) -> None:
    """What a page said was done is in the register as often as it was said; what is there besides was at least tried."""
    with register.reading() as session:
        rows = session.execute(
            select(User.login, Event.action, Event.finding_id).join(User, User.id == Event.user_id)
        ).all()
        stored: Counter[Done] = Counter((login, action, finding) for login, action, finding in rows)
    assert work.acknowledged - stored == Counter()
    assert stored - work.attempted == Counter()
    assert sum(stored.values()) >= sum(work.acknowledged.values())


def runs_and_log_are_whole(register: Register, home: Home, runs: int) -> None:
    with register.reading() as session:
        assert check(session, ()).problems == ()
        assert session.scalar(select(func.count()).select_from(Run)) == runs == len(home.published_files())
        last = session.scalars(select(Run).order_by(Run.seq.desc()).limit(1)).one()
        assert Path(last.file).name == home.current().name
        assert session.scalar(select(func.count()).select_from(Finding))


def grown(memory: Sequence[tuple[float, float]]) -> float:
    """How many times what the server holds in the third quarter of the time it holds in the last."""
    quarter = len(memory) // 4
    held = [size for _, size in memory]
    return median(held[3 * quarter :]) / median(held[2 * quarter : 3 * quarter])


def report(work: Work, form: Form) -> None:
    """The figures of docs/reliability.md, seen with `-s`."""
    lines = [f"{form.people} people, {form.seconds:.0f} s, nights at {list(form.nights)}"]
    for kind in ("", *sorted(work.seconds)):
        if len(work.seconds.get(kind, work.seconds)) > 1:
            number, middle, most, longest = work.spread(kind)
            lines.append(f"{kind or 'all':<18} {number:>6} p50 {middle:.2f} p95 {most:.2f} max {longest:.2f}")
    memory = [size for _, size in work.memory_mb]
    quarters = [f"{memory[len(memory) * part // 4]:.0f}" for part in range(4)]
    lines.append(f"memory grew {grown(work.memory_mb):.3f} times")
    lines.append(f"memory MB at quarters {quarters}, end {memory[-1]:.0f}, most {max(memory):.0f}")
    by_action = Counter[str]()
    for (_, action, _), times in work.acknowledged.items():
        by_action[action] += times
    tried, done = sum(work.attempted.values()), sum(work.acknowledged.values())
    lines.append(
        f"tried {tried}, acknowledged {done} {dict(by_action)}, left {dict(work.left)}, downloads {dict(work.statuses)}"
    )
    lines += [f"FAILED {failure}" for failure in work.failures[:20]]
    print("\n" + "\n".join(lines))  # noqa: T201
