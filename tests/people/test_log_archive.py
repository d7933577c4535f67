"""Sealed archives of the access log: a stranger can follow them, what was taken out is missed nowhere, and whoever changes one is found."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError
from support.commands import anka
from support.register_cases import postgresql, register

from expectations.errors import InputError
from expectations.home import Home
from expectations.office_days import today
from expectations.people import access_log
from expectations.people.trail.archive import followed_with, read_archive, take_out, write_archive
from expectations.people.trail.checking import Verdict, Witness, check, witness_of
from expectations.register.belonging import home_register
from expectations.rights.reader import MACHINE
from expectations.store.chain import guard_lifted, log_head
from expectations.store.register import Register, now
from expectations.store.tables import Access

__all__ = ["postgresql", "register"]

ENTRIES = 6


def write(register: Register, number: int) -> None:
    for place in range(number):
        access_log.log(register, MACHINE, "export", f"清单 {place}", "department=第一检察部")


@pytest.fixture
def logged(register: Register) -> Register:
    write(register, ENTRIES)
    return register


def verdict_of(register: Register, *files: Path, witnesses: tuple[Witness, ...] = ()) -> Verdict:
    with register.reading() as session:
        return check(session, witnesses, followed_with(register, files))


def test_a_stranger_can_follow_it_by_what_it_says(logged: Register, tmp_path: Path) -> None:
    archive = write_archive(logged, now() + timedelta(days=1), tmp_path / "sealed")
    with zipfile.ZipFile(archive.file) as zipped:
        lines = [json.loads(line) for line in zipped.read("entries.jsonl").splitlines()]
        manifest = json.loads(zipped.read("manifest.json"))
        assert "SHA-256" in zipped.read("README.txt").decode()
    former = manifest["previous"]
    for *said, own in lines:
        assert said[0] == former
        former = hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()
        assert former == own
    assert former == manifest["hash"]
    assert [line[1] for line in lines] == list(range(manifest["first"], manifest["last"] + 1))
    assert {line[6] for line in lines} >= {f"清单 {place}" for place in range(ENTRIES)}
    assert archive.file.stat().st_mode & 0o077 == 0
    assert [path.name for path in archive.file.parent.iterdir()] == [archive.file.name]


def test_what_was_taken_out_is_missed_nowhere(logged: Register, tmp_path: Path) -> None:
    with logged.reading() as session:
        printed = witness_of(str(log_head(session)))
    first = write_archive(logged, now() + timedelta(days=1), tmp_path)
    assert take_out(logged, first) == ENTRIES
    write(logged, 2)
    second = write_archive(logged, now() + timedelta(days=1), tmp_path)
    assert second.first == first.last + 1
    assert take_out(logged, second) == 3  # what said that the first went, and the two
    with logged.reading() as session:
        assert session.execute(select(Access.action)).scalars().all() == ["log_taken_out"]
    alone = verdict_of(logged, witnesses=(printed,))
    assert (alone.whole, alone.entries, alone.taken_out, alone.archived) == (True, 1, second.last, 0)
    both = verdict_of(logged, second.file, first.file, witnesses=(printed,))
    assert (both.problems, both.archived) == ((), ENTRIES + 3)
    forged = Witness("paper", printed.entry, "0" * 16)
    assert verdict_of(logged, witnesses=(forged,)).whole  # it lies in an archive that was not given
    assert [problem.kind for problem in verdict_of(logged, first.file, witnesses=(forged,)).problems] == ["made_anew"]
    with pytest.raises(DatabaseError, match="only added to"), logged.engine.begin() as connection:
        connection.execute(text("delete from access_log"))


def test_what_goes_after_the_archive_is_found(logged: Register, tmp_path: Path) -> None:
    archive = write_archive(logged, now() + timedelta(days=1), tmp_path)
    take_out(logged, archive)
    write(logged, 3)
    with logged.engine.begin() as connection, guard_lifted(connection):
        connection.execute(text(f"delete from access_log where id = {ENTRIES + 2}"))
    assert [(each.kind, each.entry) for each in verdict_of(logged, archive.file).problems] == [("removed", ENTRIES + 2)]


def resealed(file: Path, change: Callable[[list[str]], None]) -> None:
    """Does what somebody with a text editor would, and makes the sums right again."""
    with zipfile.ZipFile(file) as zipped:
        parts = {name: zipped.read(name).decode() for name in zipped.namelist()}
    lines = parts["entries.jsonl"].splitlines(keepends=True)
    change(lines)
    parts["entries.jsonl"] = "".join(lines)
    manifest = json.loads(parts["manifest.json"])
    manifest["sha256"] = hashlib.sha256(parts["entries.jsonl"].encode()).hexdigest()
    parts["manifest.json"] = json.dumps(manifest)
    with zipfile.ZipFile(file, "w") as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)


def changed(lines: list[str]) -> None:
    lines[2] = lines[2].replace('"anka"', '"nobody"')


def removed(lines: list[str]) -> None:
    del lines[2]


@pytest.mark.parametrize(("change", "problem"), [(changed, ("changed", 3)), (removed, ("removed", 3))])
def test_whoever_changes_an_archive_is_found(
    logged: Register, tmp_path: Path, change: Callable[[list[str]], None], problem: tuple[str, int]
) -> None:
    archive = write_archive(logged, now() + timedelta(days=1), tmp_path)
    take_out(logged, archive)
    resealed(archive.file, change)
    (found,) = verdict_of(logged, archive.file).problems
    assert (found.kind, found.entry) == problem
    assert archive.file.name in found.words.en


def test_what_is_no_archive_is_one_line(logged: Register, tmp_path: Path) -> None:
    archive = write_archive(logged, now() + timedelta(days=1), tmp_path)
    whole = archive.file.read_bytes()
    for damaged in (b"", b"PK", whole[:-40]):
        archive.file.write_bytes(damaged)
        with pytest.raises(InputError, match="no archive of the log"):
            read_archive(archive.file)
    with pytest.raises(InputError, match="no such file"):
        read_archive(tmp_path / "nothing.zip")


def test_a_changed_byte_is_refused_or_changes_no_entry(logged: Register, tmp_path: Path) -> None:
    archive = write_archive(logged, now() + timedelta(days=1), tmp_path)
    whole, sealed, refused = archive.file.read_bytes(), list(archive.entries()), 0
    for place in range(len(whole)):
        archive.file.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        try:
            assert list(read_archive(archive.file).entries()) == sealed
        except InputError:
            refused += 1
    assert refused > len(whole) / 3  # the rest is the text for people, and what no reader of zip looks at


def test_only_the_first_entries_of_a_whole_log_go(logged: Register, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no entry is older"):
        write_archive(logged, now() - timedelta(days=1), tmp_path)
    archive = write_archive(logged, now() + timedelta(days=1), tmp_path)
    with pytest.raises(InputError, match="file exists"):
        write_archive(logged, now() + timedelta(days=1), tmp_path)
    take_out(logged, archive)
    with pytest.raises(InputError, match="nothing was changed"):
        take_out(logged, archive)
    write(logged, 2)
    with logged.engine.begin() as connection, guard_lifted(connection):
        connection.execute(update(Access).where(Access.id == ENTRIES + 2).values(login="nobody"))
    with pytest.raises(InputError, match="nothing was sealed"):
        write_archive(logged, now() + timedelta(days=1), tmp_path)
    assert [path.name for path in tmp_path.glob("*access-log*")] == [archive.file.name]
    with logged.reading() as session:
        assert session.scalar(select(func.count()).select_from(Access)) == 3


def test_the_command_seals_takes_out_and_follows(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    opened = home_register(home)
    write(opened, ENTRIES)
    opened.close()
    tomorrow = (today() + timedelta(days=1)).isoformat()
    said = anka("log", "archive", "--before", tomorrow, "-o", tmp_path / "sealed", "--remove", home=home.root).stdout
    (file,) = (tmp_path / "sealed").iterdir()
    assert str(file) in said
    assert f"{ENTRIES} taken out" in said
    verdict = json.loads(anka("log", "verify", "--json", "--archive", file, home=home.root).stdout)
    assert (verdict["whole"], verdict["taken_out"], verdict["archived"]) == (True, ENTRIES, ENTRIES)
    assert "lie in archives" in anka("log", "verify", home=home.root).stdout
    assert "not a date" in anka("log", "archive", "--before", "yesterday", home=home.root, code=2).stderr
    foreign = Home(tmp_path / "other")
    home_register(foreign).close()
    assert "another register" in anka("log", "verify", "--archive", file, home=foreign.root, code=2).stderr
