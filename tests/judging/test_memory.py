"""How much memory an audit may take: set by a variable, spilled beyond, and told in one line when it is too small."""

import os
from pathlib import Path

import duckdb
import pytest
from support.commands import anka
from support.places import SAMPLE

from expectations.connections import MEMORY_VARIABLE, open_duckdb, side_by_side
from expectations.errors import InputError
from expectations.home import Home
from expectations.run.published import open_published
from flows.audit import AuditOrder, run_audit
from flows.publishing import published_files
from sample_data import COMMITTED

AUDIT = ("audit", SAMPLE / "exports", "--as-of", COMMITTED.as_of.isoformat(), "--no-prefect")


def test_a_connection_takes_a_share_of_the_machine_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect() as con:
        (alone,) = con.execute("select current_setting('memory_limit')").fetchone() or ("",)
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    assert limit_of_a_connection() != alone
    monkeypatch.setenv(MEMORY_VARIABLE, "512MiB")
    assert limit_of_a_connection() == "512.0 MiB"
    for wrong in ("lots", "4", "-1GB", "80%"):
        monkeypatch.setenv(MEMORY_VARIABLE, wrong)
        with pytest.raises(InputError, match=MEMORY_VARIABLE):
            open_duckdb()


@pytest.mark.parametrize(("limit", "most"), [("200MB", 1), ("1GB", 1), ("1.5 GiB", 3), ("64GiB", 128)])
def test_little_memory_lets_fewer_statements_run_at_once(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, limit)
    assert side_by_side() == min(most, os.cpu_count() or 1)


def limit_of_a_connection() -> str:
    with open_duckdb() as con:
        return str(con.execute("select current_setting('memory_limit')").fetchall()[0][0])


def test_an_audit_within_little_memory_finds_the_same(
    audited_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "200MB")
    run_audit(AuditOrder(tmp_path, (SAMPLE / "exports",), COMMITTED.as_of, data_docs=False, follow=False))
    with (
        open_published(published_files(Home(tmp_path))[-1]) as here,
        open_published(Home(audited_home).current()) as there,
    ):
        query = "select * exclude (run_id) from findings order by finding_id"
        assert here.execute(query).fetchall() == there.execute(query).fetchall() != []


def test_too_little_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "10MB")
    complaint = anka(*AUDIT, home=tmp_path, code=2).stderr
    assert "the memory limit is too small" in complaint
    assert f"{MEMORY_VARIABLE}=4GB" in complaint
    assert not list(tmp_path.glob("published/*.duckdb"))
