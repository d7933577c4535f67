"""An audit as of a day before the last one: register and pages stay where they are, unless somebody says otherwise."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from support.audits import ARREST, write_cards

from expectations.catalogue.catalogues import Catalogue
from expectations.errors import InputError
from expectations.home import Home
from expectations.register.reading import last_day
from expectations.store.register import open_register, register_url
from expectations.store.tables import Event, Finding
from flows.audit import run_audit
from flows.orders import AuditOrder

LAST, EARLIER = date(2026, 6, 30), date(2026, 5, 31)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> AuditOrder:
    """A home that has followed a run, made once, and the order for it."""
    folder = tmp_path_factory.mktemp("followed")
    export = write_cards(folder / "in", catalogue, "arrest", [{"bmsah": ARREST, "accept_date": "2026-05-04"}])
    order = AuditOrder(folder / "home", (export,), LAST, data_docs=False)
    run_audit(order)
    return order


@pytest.fixture
def order(followed: AuditOrder, tmp_path: Path) -> AuditOrder:
    """A copy of it."""
    return replace(followed, home=shutil.copytree(followed.home, tmp_path / "home"))


def shown_and_said(order: AuditOrder) -> Sequence[object]:
    """What pages show and the register says."""
    register = open_register(register_url(Home(order.home)))
    with register.reading() as session:
        states = session.execute(
            select(Finding.finding_id, Finding.state, Finding.version).order_by("finding_id")
        ).all()
        events = session.scalars(select(Event.id)).all()
    return [Home(order.home).current(), last_day(register), states, events]


def test_it_is_refused_with_what_to_do(order: AuditOrder) -> None:
    before, files = shown_and_said(order), sorted(order.home.rglob("*.duckdb"))
    with pytest.raises(InputError, match=r"2026-05-31 .*2026-06-30") as refused:
        run_audit(replace(order, as_of=EARLIER))
    assert "--home" in refused.value.hint
    assert "--follow-earlier" in refused.value.hint
    assert (shown_and_said(order), sorted(order.home.rglob("*.duckdb"))) == (before, files)


def test_it_is_followed_by_whoever_says_so(order: AuditOrder) -> None:
    result = run_audit(replace(order, as_of=EARLIER, follow_earlier=True))
    current, day, *_ = shown_and_said(order)
    assert (current, day) == (result.file, EARLIER)


def test_the_same_day_again_needs_no_word(order: AuditOrder) -> None:
    assert run_audit(order).file == Home(order.home).current()


def test_a_trial_without_following_is_published_beside(order: AuditOrder) -> None:
    before = shown_and_said(order)
    result = run_audit(replace(order, as_of=EARLIER, follow=False))
    assert result.file.is_file()
    assert shown_and_said(order) == before


def test_a_review_of_a_former_period_looks_back_without_moving_anything(order: AuditOrder) -> None:
    before, files = shown_and_said(order), len(list(Home(order.home).published.glob("*.duckdb")))
    command = [
        sys.executable,
        "-m",
        "flows.cli.main",
        "batch",
        "--period",
        "2026-05",
        str(order.paths[0]),
        "--home",
        str(order.home),
    ]
    completed = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr
    assert "20260531" in Path(completed.stdout.strip()).name
    assert shown_and_said(order) == before
    assert len(list(Home(order.home).published.glob("*.duckdb"))) == files + 1
