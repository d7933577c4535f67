"""A home of every earlier format is opened: its register is copied, brought up to date and backed up, and the next audit goes on from it."""

import io
import json
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, insert, inspect, select, text
from sqlalchemy.pool import NullPool
from support.commands import anka
from support.homes.backed_up import FINDINGS, Office, decided_in, make_office, sums_of
from support.register_cases import empty_database, postgresql

from expectations.backups.restoring import RestoreOrder, restore
from expectations.errors import InputError
from expectations.home import Home
from expectations.people.trail.checking import check
from expectations.register.belonging import home_register
from expectations.run.published import current_run
from expectations.store.migrating import newest_revision
from expectations.store.register import open_register, opened, register_url
from expectations.store.tables import Event, Finding, Table
from flows.audit import run_audit
from flows.orders import AuditOrder

__all__ = ["postgresql"]

EARLIER = ("0001", *(pytest.param(name, marks=pytest.mark.long) for name in ("0002", "0003", "0004")), "0005")
CHAINED = {"access_log", "log_head"}
HOME_OF_9F6424A = Path(__file__).with_name("home_9f6424a.tar.zst")
"""A home and its inbox as commit 9f6424a made them. In a work tree of that commit, with the packages of its lock: a csv of the card `arrest` with the
items bmsah (汉东检刑捕受[2026]770101000001号 to …3号), accept_date 2026-05-04, department 第一检察部, prosecutor 示检甲 and office
汉东市示例区人民检察院, all others blank, was written to /srv/anka/inbox; `run_audit(AuditOrder(Path("/srv/anka/home"), (inbox,), date(2026, 6, 28),
data_docs=False))`; `add_user(… NewPerson("anguan", "示案管", ("supervisor",)))`, `sessions.start`; of the findings by case and rule the first two were
decided on with `Decision("confirm")`, the fourth with `Decision("reject", "true_as_filled", "情况特殊")`. The warehouse was left out, the rest packed by
`tar` and `zstd -19`."""

REGISTER_OF_9F6424A = Path(__file__).with_name("register_9f6424a.tar.zst")
"""A register and its inbox, made as that home was, of four rows: two case numbers (…1号, …2号), each on two rows with a suspect_no (1, 2) and
with different united numbers (tysah). Of the two findings of U001, a rule that looks at other rows, the first was confirmed, the second
rejected as above. No run was packed."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield make_office(tmp_path_factory.mktemp("office"))
    open_register.cache_clear()


def made_as_of(url: str, revision: str, office: Office) -> None:
    """A register as the program made it at a revision, with what the office's holds as far as it was known then."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as target, office.register.snapshot() as source:
        config = Config()
        config.set_main_option("script_location", "expectations.store:migrations")
        config.attributes["connection"] = target
        command.upgrade(config, revision)
        _fill(source, target)
    engine.dispose()


def _fill(source: Connection, target: Connection) -> None:
    then = MetaData()
    then.reflect(target)
    for table in Table.metadata.sorted_tables:
        if table.name in then.tables and table.name != "log_head":
            known = [column for column in table.columns if column.key in then.tables[table.name].columns]
            rows = [
                dict(zip([column.key for column in known], row, strict=True)) for row in source.execute(select(*known))
            ]
            for row in rows:
                target.execute(insert(then.tables[table.name]), _as_kept(row, then, table.name))


def _as_kept(row: dict[str, object], then: MetaData, table: str) -> dict[str, object]:
    """JSON as text where the reflected column is told no better."""
    return {
        name: json.dumps(value)
        if isinstance(value, dict | list) and "JSON" not in str(then.tables[table].columns[name].type)
        else value
        for name, value in row.items()
    }


@pytest.mark.parametrize("revision", EARLIER)
def test_a_register_of_every_earlier_revision_is_copied_and_brought_up_to_date(
    office: Office, tmp_path: Path, revision: str, caplog: pytest.LogCaptureFixture
) -> None:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    url = register_url(home)
    made_as_of(url, revision, office)
    before = (home.root / "register.db").read_bytes()
    home.keep_register_id(office.register.identity())
    register = home_register(home)
    copy = home.root / f"register.db.before-{newest_revision()}"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert str(copy) in caplog.text
    with closing(create_engine(f"sqlite:///{copy}", poolclass=NullPool).connect()) as con:
        assert con.scalar(text("select version_num from alembic_version")) == revision
        assert con.scalar(text("select count(*) from findings")) == FINDINGS
    assert len(before) == copy.stat().st_size
    after, expected = sums_of(register), sums_of(office.register)
    kept = set(expected) - CHAINED - ({"attempts"} if revision == "0001" else set())
    assert {name: after[name].rows for name in kept} == {name: expected[name].rows for name in kept}
    assert after["findings"] == expected["findings"] or revision < "0004"
    with register.reading() as session:
        assert check(session).whole
    made = Office(home, "", tmp_path / "backups").back_up()
    assert restore(RestoreOrder(made.backup.file, Home(tmp_path / "new"))).log_entries > 0
    open_register.cache_clear()


def test_on_a_server_it_says_what_to_do_before_an_update(
    office: Office, postgresql: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = empty_database(postgresql)
    made_as_of(url, "0003", office)
    register = opened(url)
    assert "pg_dump" in caplog.text
    assert sums_of(register)["events"] == sums_of(office.register)["events"]
    register.close()


def test_a_migration_that_fails_on_a_server_changes_nothing(office: Office, postgresql: str) -> None:
    url = empty_database(postgresql)
    made_as_of(url, "0003", office)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as con:
        con.execute(text("create table log_head (id integer)"))  # in the way of the last migration
    with pytest.raises(InputError, match="cannot open the register"):
        opened(url)
    with engine.connect() as con:
        assert con.scalar(text("select version_num from alembic_version")) == "0003"
        assert "language" not in {column["name"] for column in inspect(con).get_columns("users")}
    engine.dispose()


def home_of_9f6424a(folder: Path, kept: Path = HOME_OF_9F6424A) -> Office:
    with (
        pa.CompressedInputStream(str(kept), "zstd") as packed,
        tarfile.open(fileobj=io.BytesIO(packed.read())) as tar,
    ):
        tar.extractall(folder, filter="data")
    return Office(Home(folder / "home"), "", folder / "backups")


def audited(home: Home, inbox: Path) -> dict[str, tuple[str, str, date]]:
    """The next night in a home; what the register says of each finding then."""
    followed = run_audit(AuditOrder(home.root, (inbox,), date(2026, 6, 29), data_docs=False)).followed
    assert followed is not None
    assert (followed.new, followed.open) == (0, 11)
    with home_register(home).reading() as session:
        assert check(session).whole
        return {
            one.finding_id: (one.state, one.verification, one.first_seen) for one in session.scalars(select(Finding))
        }


def test_the_home_of_an_earlier_version_is_backed_up_and_the_next_audit_follows_it(tmp_path: Path) -> None:
    office = home_of_9f6424a(tmp_path)
    confirmed = office.decided()
    assert len(confirmed) == 2
    assert (office.home.root / f"register.db.before-{newest_revision()}").is_file()
    new = Home(tmp_path / "new")
    restored = restore(RestoreOrder(office.back_up().backup.file, new))
    assert restored.as_of == "2026-06-28"
    states = audited(new, tmp_path / "inbox")
    assert decided_in(home_register(new)) == confirmed
    assert sorted(state for state, _, _ in states.values()) == ["explained"] + ["open"] * 11
    assert {first_seen for _, _, first_seen in states.values()} == {date(2026, 6, 28)}
    open_register.cache_clear()


def test_a_run_of_an_earlier_version_says_when_findings_are_shown_again(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised, current_run(home_of_9f6424a(tmp_path).home):
        pass
    (file,) = (tmp_path / "home" / "published").glob("*.duckdb")
    assert raised.value.message.en == (
        f"published by another version of Anka; findings are shown again after the next audit: {file.name}"
    )
    assert "every decision is kept" in raised.value.hint.en


def test_what_people_decided_of_values_that_are_the_same_holds_after_an_update(tmp_path: Path) -> None:
    office = home_of_9f6424a(tmp_path, REGISTER_OF_9F6424A)
    followed = run_audit(
        AuditOrder(office.home.root, (tmp_path / "inbox",), date(2026, 6, 28), data_docs=False)
    ).followed
    assert followed is not None
    assert (followed.explained, followed.open, followed.to_verify_again) == (1, 13, {})
    with office.register.reading() as session:
        verdicts = session.execute(select(Finding.state, Finding.verification).where(Finding.verification != ""))
        assert sorted(map(tuple, verdicts)) == [("explained", "rejected"), ("open", "confirmed")]
        assert set(session.scalars(select(Event.action))) == {"confirm", "reject"}
    open_register.cache_clear()


def test_a_command_leaves_a_register_of_one_file_for_which_the_former_one_can_be_put(tmp_path: Path) -> None:
    home = home_of_9f6424a(tmp_path, REGISTER_OF_9F6424A).home
    anka("settings", "set", "free_gb", "3", home=home.root)
    before = home.root / f"register.db.before-{newest_revision()}"
    assert {file.name for file in home.root.glob("register.db*")} == {"register.db", before.name}
    shutil.copyfile(before, home.root / "register.db")
    with closing(sqlite3.connect(home.root / "register.db")) as con:
        assert con.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert con.execute("select version_num from alembic_version").fetchall() < [(newest_revision(),)]


@pytest.mark.long
def test_what_comes_back_goes_on_as_the_original_would(tmp_path: Path) -> None:
    office, new = home_of_9f6424a(tmp_path), Home(tmp_path / "new")
    restore(RestoreOrder(office.back_up().backup.file, new))
    assert audited(office.home, tmp_path / "inbox") == audited(new, tmp_path / "inbox")
    open_register.cache_clear()
