"""Fixtures of all tests: the catalogue, and one audit of the committed sample that every test and worker shares."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import hypothesis
import pytest
from support.places import SAMPLE

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.home import Home
from expectations.run.published import open_published
from expectations.sql.lookups import create_lookups
from flows.audit import run_audit
from flows.orders import AuditOrder
from flows.review.batch import select_period
from flows.review.periods import parse_period
from flows.review.workbook import write_review
from sample_data import COMMITTED

# how long an example takes says how busy the machine is
hypothesis.settings.register_profile("anka", deadline=None)
hypothesis.settings.load_profile("anka")

os.environ.setdefault("STREAMLIT_RUNNER_POST_SCRIPT_GC", "false")  # as the dashboard is served, see dashboard.asgi

LONGEST = (
    "test_file_shapes",
    "test_lost_register",
    "test_incremental",
    "test_spare",
    "test_commands",
    "test_rights",
    "test_pandas_twins",
    "test_packs",
    "test_docs",
    "test_how_to",
    "test_private_home",
    "test_audit",
    "test_bench_peers",
    "test_dashboard_browser",
    "test_interrupted",
    "test_memory",
    "test_sample_plants",
    "test_stories",
    "test_house",
    "test_card_check",
    "test_recheck",
    "test_gate",
    "test_rule_kinds",
    "test_register",
    "test_register_at_once",
)
"""Files of tests by the minutes they take."""


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def audited_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the committed sample audited, made once for all workers."""
    own = tmp_path_factory.getbasetemp()
    base = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    home = base / "audited_home"
    with (base / "audited_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not Home(home).pointer.exists():
            run_audit(AuditOrder(home, (SAMPLE / "exports",), COMMITTED.as_of))
    return home


@pytest.fixture
def published(audited_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published run of the committed sample, read-only."""
    with open_published(Home(audited_home).current()) as con:
        yield con


@pytest.fixture
def lookups(catalogue: Catalogue) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database with the lookups and the macros of the rule language."""
    with duckdb.connect() as con:
        create_lookups(con, catalogue)
        yield con


@pytest.fixture(scope="session")
def review(audited_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review workbook of the committed sample, for the first half of 2026."""
    target = tmp_path_factory.mktemp("review") / "review.xlsx"
    period = parse_period("2026H1")
    with open_published(Home(audited_home).current()) as con:
        select_period(con, period)
        write_review(con, period, target, "zh")
    return target


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no worker is left with one at the end."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))
