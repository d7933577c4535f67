"""Twenty people decide while a nightly run, another process, brings the register up to date: nothing is lost, nobody sees a lock."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

from sqlalchemy import func, select
from support.nights import Night, Row, Wrong
from support.register_cases import postgresql, register

from expectations.register.follow import follow
from expectations.register.life import Decision, Outcome, decide
from expectations.rights.reader import MACHINE
from expectations.store.register import Register
from expectations.store.tables import Event, Finding

__all__ = ["postgresql", "register"]

PEOPLE, EACH = 20, 6
ROWS = tuple(Row(f"案{number}") for number in range(PEOPLE * EACH))
FIRST = Night(wrong=tuple(Wrong(f"f{number}", bmsah=f"案{number}") for number in range(PEOPLE * EACH)), rows=ROWS)
SECOND = FIRST.on(
    2,
    wrong=tuple(wrong for number, wrong in enumerate(FIRST.wrong) if number % 3)
    + tuple(Wrong(f"g{number}", bmsah="案0") for number in range(2000)),
)
NIGHTLY = """
import sys
from pathlib import Path
from expectations.register.follow import follow
from expectations.store.register import open_register
register = open_register(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(follow(register, Path(sys.argv[2])).seq)
"""


def test_twenty_people_decide_while_a_run_is_followed(register: Register, tmp_path: Path) -> None:
    follow(register, FIRST.publish(tmp_path))
    url = register.engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", NIGHTLY, url, str(SECOND.publish(tmp_path))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as night:
        assert night.stdout is not None
        assert night.stdin is not None
        assert night.stdout.readline() == "ready\n"
        start = Barrier(PEOPLE + 1)

        def person(number: int) -> list[Outcome]:
            reader = replace(MACHINE, user_id=number, name=f"监管员{number}")
            start.wait()
            outcomes_of_person = []
            for turn in range(EACH):
                action = Decision("confirm") if turn % 2 else Decision("reject", "old_card", f"由{number}")
                outcomes_of_person.append(decide(register, reader, [f"f{number * EACH + turn}"], action))
            return outcomes_of_person

        with ThreadPoolExecutor(PEOPLE) as pool:
            working = [pool.submit(person, number) for number in range(PEOPLE)]
            start.wait()
            night.stdin.write("go\n")
            night.stdin.flush()
            outcomes = [outcome for future in working for outcome in future.result(timeout=120)]
        printed, errors = night.communicate(timeout=120)
        assert (printed.strip(), errors, night.returncode) == ("2", "", 0)

    decided = {finding_id for outcome in outcomes for finding_id in outcome.done}
    skipped = {finding_id for outcome in outcomes for finding_id, _ in outcome.skipped}
    assert decided | skipped == {wrong.finding_id for wrong in FIRST.wrong}
    with register.reading() as session:
        by_people = select(Event.finding_id).where(Event.user_id.is_not(None))
        assert sorted(session.scalars(by_people)) == sorted(decided)
        verified = {
            finding.finding_id: finding
            for finding in session.scalars(select(Finding).where(Finding.verification != ""))
        }
        assert verified.keys() == decided
        for number in range(PEOPLE * EACH):
            finding = session.get_one(Finding, f"f{number}")
            gone = number % 3 == 0
            assert finding.finding_id in decided or gone, "skipped only where the run had closed it before"
            expected = "corrected" if gone else "explained" if number % EACH % 2 == 0 else "open"
            assert finding.state == expected
        assert session.scalar(select(func.count()).where(Finding.state == "new")) == 2000


def test_a_run_killed_in_the_middle_is_followed_whole_or_not_at_all(register: Register, tmp_path: Path) -> None:
    follow(register, FIRST.publish(tmp_path))
    file = SECOND.publish(tmp_path)
    url = register.engine.url.render_as_string(hide_password=False)
    for seconds in (0.1, 0.4):
        night = subprocess.Popen(
            [sys.executable, "-c", NIGHTLY, url, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with night:
            assert night.stdout is not None
            assert night.stdin is not None
            night.stdout.readline()
            night.stdin.write("go\n")
            night.stdin.flush()
            time.sleep(seconds)
            night.kill()
        assert counted(register) in ({"new": 120}, {"new": 2000, "open": 80, "corrected": 40})
    for _ in range(2):
        follow(register, file)
        assert counted(register) == {"new": 2000, "open": 80, "corrected": 40}


def counted(register: Register) -> dict[str, int]:
    """Findings by state."""
    with register.reading() as session:
        rows = session.execute(select(Finding.state, func.count()).group_by(Finding.state))
        return {str(state): int(number) for state, number in rows}


def test_two_people_never_both_decide_one_finding_unseen(register: Register, tmp_path: Path) -> None:
    follow(register, replace(FIRST, wrong=FIRST.wrong[:1]).publish(tmp_path))
    start = Barrier(PEOPLE)

    def person(number: int) -> Outcome:
        start.wait()
        return decide(register, replace(MACHINE, user_id=number), ["f0"], Decision("confirm"), {"f0": 1})

    with ThreadPoolExecutor(PEOPLE) as pool:
        outcomes = list(pool.map(person, range(PEOPLE)))
    assert sorted(len(outcome.done) for outcome in outcomes) == [0] * (PEOPLE - 1) + [1]
    assert {why for outcome in outcomes for _, why in outcome.skipped} == {
        "刚刚有人处理过，请刷新 / somebody has just changed it: reload"
    }
