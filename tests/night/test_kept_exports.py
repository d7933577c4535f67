"""The exports a run was made of stay with it, byte for byte, and go with it."""

import hashlib
from pathlib import Path

import pyarrow as pa
from support.places import SAMPLE

from expectations.home import Home
from expectations.run.published import open_published
from flows.audit import run_audit
from flows.orders import AuditOrder
from flows.publishing import prune
from sample_data import COMMITTED


def audited(home: Path, *paths: Path) -> Path:
    return run_audit(AuditOrder(home, paths, COMMITTED.as_of, data_docs=False)).file


def kept(home: Path) -> dict[str, bytes]:
    """The kept copies by their names, unpacked."""
    return {copy.stem: pa.CompressedInputStream(str(copy), "zstd").read() for copy in Home(home).exports.iterdir()}


def test_a_run_is_kept_with_the_files_it_was_made_of(tmp_path: Path) -> None:
    hearing, rewritten = SAMPLE / "exports" / "听证.csv", tmp_path / "听证.csv"
    first = audited(tmp_path / "home", hearing)
    rewritten.write_bytes(hearing.read_bytes().replace(b"\n", b"\r\n"))
    second = audited(tmp_path / "home", rewritten)
    copies = kept(tmp_path / "home")
    assert sorted(copies.values()) == sorted([hearing.read_bytes(), rewritten.read_bytes()])
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in copies.items())
    for run, file in ((first, hearing), (second, rewritten)):
        with open_published(run) as con:
            (sha256,) = con.execute("select distinct sha256 from files").fetchall()[0]
        assert copies[sha256] == file.read_bytes()


def test_copies_go_with_the_last_run_that_was_made_of_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    exports = [SAMPLE / "exports" / "听证.csv", tmp_path / "听证.csv"]
    exports[1].write_bytes(exports[0].read_bytes().replace(b"\n", b"\r\n"))
    for export in (exports[0], exports[0], exports[1]):
        audited(home, export)
    prune(Home(home), 2)
    assert len(Home(home).published_files()) == len(kept(home)) == 2
    prune(Home(home), 1)
    assert list(kept(home).values()) == [exports[1].read_bytes()]


def test_a_damaged_warehouse_is_made_anew(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    audited(home.root, SAMPLE / "exports" / "听证.csv")
    for name in (home.warehouse.name, f"{home.warehouse.name}.wal"):
        (home.root / name).write_bytes(b"cut off by a full disk")
    audited(home.root, SAMPLE / "exports" / "听证.csv")
    assert not home.loaded.exists()


def test_the_history_of_the_rules_goes_on_over_a_damaged_run(tmp_path: Path) -> None:
    home, exports = Home(tmp_path / "home"), [SAMPLE / "exports" / "听证.csv", tmp_path / "听证.csv"]
    exports[1].write_bytes(exports[0].read_bytes().replace(b"\n", b"\r\n"))
    audited(home.root, exports[0])
    damaged = home.published / "000002-20260630-damaged.duckdb"
    damaged.write_bytes(b"no database")
    with open_published(audited(home.root, exports[1])) as con:
        assert con.execute("select count(distinct run_id) from rule_history").fetchall() == [(2,)]
