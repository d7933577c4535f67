"""How much memory an audit may take: set by a variable, spilled beyond, and told in one line when it is too small."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from support.commands import anka
from support.places import SAMPLE

from expectations.connections import MEMORY_VARIABLE, SPILL_VARIABLE, open_duckdb, side_by_side
from expectations.errors import InputError
from expectations.home import Home
from expectations.run.published import open_published
from expectations.spill import own_folder
from flows.audit import load_stage, run_audit
from flows.orders import AuditOrder
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
        open_published(Home(tmp_path).published_files()[-1]) as here,
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


WIDE = "select i, md5(i::varchar) as a, md5((i + 1)::varchar) as b, md5((i + 2)::varchar) as c from range(1000000) t(i)"
"""More than fits into the memory it is given below."""


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "100MB")
    monkeypatch.setenv(SPILL_VARIABLE, "2GB")


@pytest.mark.usefixtures("little_memory")
def test_what_does_not_fit_into_memory_lies_below_the_home_alone_and_private(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.published.mkdir(parents=True)
    published = home.published / "000001-run.duckdb"
    with open_duckdb(home.warehouse) as con, open_duckdb(published) as other:
        for each in (con, other):
            each.execute(f"create temp table wide as {WIDE}")
        folders = {file.parent for file in home.root.rglob("*.tmp")}
        assert len(folders) == 2  # two databases that share one overwrite each other's rows
        assert {folder.parent.parent for folder in folders} == {home.spill}
        assert oct(home.spill.stat().st_mode & 0o777) == oct(own_folder(home.spill).stat().st_mode & 0o777) == "0o700"
        for each in (con, other):
            assert each.execute("select count(distinct a), count(distinct c) from wide").fetchall() == [(10**6, 10**6)]
    assert not list(home.root.rglob("*.tmp"))


@pytest.mark.usefixtures("little_memory")
def test_a_database_without_a_home_leaves_nothing_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_duckdb() as con, pytest.raises(duckdb.OutOfMemoryException):
        con.execute(f"create table wide as {WIDE}")
    assert not list(tmp_path.iterdir())


def test_too_little_disk_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "150MB")
    monkeypatch.setenv(SPILL_VARIABLE, "0MB")
    complaint = anka(*AUDIT, home=tmp_path, code=2).stderr
    assert "临时文件的上限不够" in complaint
    assert f"{SPILL_VARIABLE}=100GB" in complaint
    assert "Traceback" not in complaint
    assert not list(tmp_path.glob("published/*.duckdb"))
    assert not list(tmp_path.glob("spill/*"))


HOLD = """
import sys, time
from pathlib import Path
from expectations.connections import open_duckdb
con = open_duckdb(Path(sys.argv[1]))
con.execute("create temp table wide as " + sys.argv[2])
print(1, flush=True)
time.sleep(60)
"""


@contextmanager
def spilling_process(database: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that holds more rows than fit into its memory."""
    script = database.with_suffix(".py")  # not `-c`: DuckDB would take it for a prompt and draw bars on standard output
    script.write_text(HOLD, encoding="utf-8")
    order = [sys.executable, str(script), str(database), WIDE]
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "1\n"
            yield process
        finally:
            process.kill()


@pytest.mark.usefixtures("little_memory")
def test_an_audit_sweeps_what_a_killed_process_left_and_nothing_else(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with spilling_process(tmp_path / "a.duckdb") as killed, spilling_process(tmp_path / "b.duckdb") as living:
        killed.kill()
        killed.wait()
        assert pids_with_rows(home) == {killed.pid, living.pid}
        order = AuditOrder(tmp_path, (SAMPLE / "exports" / "听证.csv",), COMMITTED.as_of, data_docs=False, follow=False)
        load_stage(order, order.read_catalogue())
        assert pids_with_rows(home) == {living.pid}


def pids_with_rows(home: Home) -> set[int]:
    """The processes that put rows on the disk of the home."""
    return {int(file.relative_to(home.spill).parts[0].split("-")[0]) for file in home.spill.rglob("*.tmp")}
