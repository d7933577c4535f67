"""A back-up that is damaged, cut off or made by somebody who means harm is refused with a line that names it, and nothing is written."""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from support.homes.backed_up import Office, make_office

from expectations.backups.archive import Entry, LogHead, Manifest, opened
from expectations.backups.restoring import RestoreOrder, check, restore
from expectations.errors import InputError
from expectations.home import Home
from expectations.store.migrating import newest_revision
from expectations.store.register import now, open_register

FRAME = b"\x50\x2a\x4d\x18\x20\x00\x00\x00"
PLACES = 60
PAGE = 4096


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield make_office(tmp_path_factory.mktemp("office"))
    open_register.cache_clear()


@pytest.fixture(scope="module")
def backup(office: Office) -> Path:
    return office.back_up().backup.file


def refused(file: Path) -> str:
    """The line with which a back-up is refused."""
    with pytest.raises(InputError) as raised, opened(file) as archive:
        archive.unpack(None)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def flipped(backup: Path, tmp_path: Path, places: Iterator[int]) -> None:
    whole = backup.read_bytes()
    file = tmp_path / backup.name
    for place in places:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert backup.name in refused(file), place


def test_a_changed_byte_anywhere_is_found(backup: Path, tmp_path: Path) -> None:
    size = backup.stat().st_size
    flipped(backup, tmp_path, iter({*range(0, size, size // PLACES), *range(20), *range(size - 45, size)}))


@pytest.mark.long
def test_each_changed_byte_is_found(backup: Path, tmp_path: Path) -> None:
    flipped(backup, tmp_path, iter(range(0, backup.stat().st_size, 7)))


def test_the_file_that_was_changed_is_named(backup: Path, tmp_path: Path) -> None:
    with opened(backup) as archive:
        names = [entry.name for entry in archive.manifest.entries]
    content = pa.CompressedInputStream(io.BytesIO(backup.read_bytes()[:-40]), "zstd").read()
    for name in names:
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            place = tar.getmember(name).offset_data
        damaged = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        assert name in refused(sealed(damaged, tmp_path / "damaged.tar.zst"))


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.9999])
def test_one_that_is_cut_off_is_refused(backup: Path, tmp_path: Path, share: float) -> None:
    whole = backup.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: int(len(whole) * share)])
    assert "cut" in refused(tmp_path / "cut")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" * 100, b"\0" * 1000, FRAME + b"\0" * 32])
def test_what_is_no_back_up_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    assert "other" in refused(tmp_path / "other")


def sealed(tar: bytes, file: Path) -> Path:
    """A tar as a back-up with a right sum: what somebody can make who knows the format."""
    with pa.CompressedOutputStream(str(file), "zstd") as packed:
        packed.write(tar)
    body = file.read_bytes()
    file.write_bytes(body + FRAME + hashlib.sha256(body).digest())
    return file


Member = tuple[str, bytes, bytes]
"""Name, content, kind of tar."""


def hostile(file: Path, members: list[Member], **said: object) -> Path:
    """A back-up of these files; the manifest says what is right unless told otherwise."""
    entries = [
        Entry(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest()) for name, content, _ in members
    ]
    manifest = Manifest(
        format=1,
        made_at=now(),
        version="0.1.0",
        revision=newest_revision(),
        register_id="r",
        present="",
        log_head=LogHead(entry=0, hash=""),
        pack="",
        home="/srv/anka",
        entries=tuple(entries),
    )
    text = json.dumps(json.loads(manifest.model_dump_json()) | said).encode()
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as tar:
        for name, content, kind in [("manifest.json", text, tarfile.REGTYPE), *members]:
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(content), kind, "/etc/passwd"
            tar.addfile(member, io.BytesIO(content))
    return sealed(sink.getvalue(), file)


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "published/../../evil", "register.db/", "a\\b", "published//x", "C:x", "", "published/\0x",
     "warehouse.duckdb", "prefect/profiles.toml", "audit.lock", "register.id"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    file = hostile(tmp_path / "hostile", [(name, b"x", tarfile.REGTYPE)])
    with pytest.raises(InputError, match=r"illegal path|damaged"):
        restore(RestoreOrder(file, Home(tmp_path / "in" / "home")))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["hostile", "in"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    assert "register.db" in refused(hostile(tmp_path / "hostile", [("register.db", b"", kind)]))


def test_one_name_twice_or_a_file_nobody_named_is_refused(tmp_path: Path) -> None:
    twice = [("register.db", b"x", tarfile.REGTYPE)] * 2
    assert "illegal path" in refused(hostile(tmp_path / "twice", twice))
    assert "does not name" in refused(hostile(tmp_path / "more", [("register.db", b"x", tarfile.REGTYPE)], entries=[]))


@pytest.mark.parametrize("said", [{"present": "../../etc/passwd"}, {"pack": "../city"}])
def test_a_place_the_manifest_names_lies_in_the_home(tmp_path: Path, said: dict[str, object]) -> None:
    assert "illegal path" in refused(hostile(tmp_path / "hostile", [], **said))


def test_a_small_file_does_not_fill_memory_or_disk(tmp_path: Path) -> None:
    claimed = [{"name": "register.db", "size": 10, "sha256": "0" * 64}]
    bomb = hostile(tmp_path / "bomb", [("register.db", b"\0" * 300_000_000, tarfile.REGTYPE)], entries=claimed)
    assert bomb.stat().st_size < 100_000
    assert "register.db" in refused(bomb)
    enormous = hostile(tmp_path / "claim", [], entries=[claimed[0] | {"size": 10**15}])
    with pytest.raises(InputError, match="not enough room"):
        restore(RestoreOrder(enormous, Home(tmp_path / "home")))


def test_a_long_head_of_a_file_is_refused_before_it_is_in_memory(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as tar:
        member = tarfile.TarInfo("manifest.json")
        member.pax_headers = {"comment": "x" * 70_000_000}
        tar.addfile(member)
    assert "unpacks to more" in refused(sealed(sink.getvalue(), tmp_path / "long"))


@pytest.mark.parametrize(("said", "words"), [({"format": 2}, "newer version"), ({"revision": "9999"}, "newer version")])
def test_one_of_a_newer_version_is_refused(tmp_path: Path, said: dict[str, object], words: str) -> None:
    file = hostile(tmp_path / "newer", [("register.db", b"x", tarfile.REGTYPE)], **said)
    for act in (check, restore):
        with pytest.raises(InputError, match=words):
            act(RestoreOrder(file, Home(tmp_path / "home")))
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("change", ["register_id", "log_head"])
def test_another_register_than_the_manifest_says_is_refused(
    office: Office, backup: Path, tmp_path: Path, change: str
) -> None:
    with opened(backup) as archive:
        archive.unpack(tmp_path / "files")
        manifest = archive.manifest
    files = [
        (entry.name, (tmp_path / "files" / entry.name).read_bytes(), tarfile.REGTYPE) for entry in manifest.entries
    ]
    right = json.loads(manifest.model_dump_json())
    wrong = {"register_id": "other", "log_head": {"entry": 1, "hash": "0" * 64}}[change]
    file = hostile(tmp_path / "other", files, **(right | {change: wrong}))
    with pytest.raises(InputError, match="not the one the back-up says"):
        restore(RestoreOrder(file, Home(tmp_path / "home")))
    assert not (tmp_path / "home").exists()


def full(place: Path, act: Callable[[], object], room: int) -> None:
    """Does something on a file system in memory with so many bytes; skipped where this account may mount none."""
    place.mkdir(parents=True, exist_ok=True)
    options = f"size={room},mode=700"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=False).returncode:
        pytest.skip("this account may mount nothing")
    try:
        act()
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_full_disk_leaves_no_back_up(office: Office, backup: Path, tmp_path: Path, share: float) -> None:
    def act() -> None:
        with pytest.raises(OSError, match="No space left"):
            office.back_up(folder=tmp_path / "full")
        assert list((tmp_path / "full").iterdir()) == []

    full(tmp_path / "full", act, max(1, int(backup.stat().st_size * share) // PAGE) * PAGE)
    assert office.back_up(folder=tmp_path / "room").backup.file.exists()


def test_a_full_disk_leaves_no_home(backup: Path, tmp_path: Path) -> None:
    def act() -> None:
        with pytest.raises(InputError, match="not enough room"):
            restore(RestoreOrder(backup, Home(tmp_path / "full" / "home")))
        assert list((tmp_path / "full").iterdir()) == []

    full(tmp_path / "full", act, 1_000_000)


def test_checking_writes_nothing(backup: Path, tmp_path: Path) -> None:
    shutil.copy(backup, tmp_path)
    assert check(RestoreOrder(tmp_path / backup.name, Home(tmp_path / "home"))).log_entries > 0
    assert [file.name for file in tmp_path.iterdir()] == [backup.name]
