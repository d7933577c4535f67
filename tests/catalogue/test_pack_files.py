"""Hostile pack archives: none writes, moves or replaces anything outside its own folders, and a failure leaves what was there."""

import hashlib
import json
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support.commands import anka

from expectations.authoring.pack_files import MANIFEST, import_pack, swap_in
from expectations.errors import CatalogueError, InputError

PACK = b"pack: {name: good, title: {zh: \xe6\x9c\xac\xe9\x99\xa2}, version: '1.0'}\n"
Entries = Sequence[tuple[str | zipfile.ZipInfo, bytes]]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def archive(target: Path, entries: Entries, **changed: object) -> Path:
    """An archive whose checksums are right, whatever its names and folders; `changed` replaces keys of the manifest."""
    files = {getattr(entry, "filename", entry): content for entry, content in entries}
    lines = "\n".join(f"{name} {digest(content)}" for name, content in sorted(files.items()))
    manifest = {
        "format": 1,
        "name": "good",
        "version": "1.0",
        "checksum": digest(lines.encode()),
        "folders": ["good"],
        "base_fingerprint": "x",
        "files": {name: digest(content) for name, content in files.items()},
        **changed,
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(MANIFEST, json.dumps(manifest))
        for entry, content in entries:
            zipped.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return target


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def state(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A working folder with a home, another pack in use and an earlier form of the pack that comes."""
    for name in ("office/.anka/published/current.json", "office/packs/other/pack.yaml", "office/packs/good/pack.yaml"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("before", encoding="utf-8")
    return tmp_path / "office"


GOOD = ("good/pack.yaml", PACK)
EVIL_FOLDERS = [
    ["../.anka", "good"],
    ["../.anka"],
    ["good", "good"],
    ["good", "other"],
    ["."],
    [".."],
    [""],
    [],
    ["good/"],
    ["good/../other"],
    ["/etc", "good"],
    ["good\\x"],
    ["C:", "good"],
    ["GOOD"],
    "good",
    {"good": 1},
    [1],
    None,
]
EVIL_NAMES = [
    "../evil.yaml", "../../.anka/evil.yaml", "good/../../evil.yaml", "/abs/evil.yaml", "good/./x.yaml", "good//x.yaml", "good/.x.yaml",
    "good\\x.yaml", "..\\evil.yaml", "C:/evil.yaml", "C:\\evil.yaml", "good/a:b.yaml", "stray.yaml", "good/x.py", "good/x.yaml/", "good/",
    "other/pack.yaml", ".hidden/x.yaml", "good/x\x00.yaml", "good/x.yaml ", "good/..yaml", "good/sub./x.yaml", "good/\u202ex.yaml",
]  # fmt: skip


def refused(office: Path, file: Path) -> str:
    """The one line with which the archive is refused; nothing has been touched."""
    before = state(office)
    lines = []
    for replace in (False, True):
        with pytest.raises(InputError) as caught:
            import_pack(file, office / "packs" if replace else office / "fresh", replace=replace)
        assert "\n" not in str(caught.value)
        assert caught.value.hint
        lines.append(str(caught.value))
        assert state(office) == before
        assert not (office / "fresh").exists()
    return lines[0]


@pytest.mark.parametrize("folders", EVIL_FOLDERS, ids=str)
def test_folders_are_those_of_the_files(office: Path, tmp_path: Path, folders: object) -> None:
    assert refused(office, archive(tmp_path / "evil.zip", [GOOD], folders=folders))


@pytest.mark.parametrize("name", EVIL_NAMES, ids=repr)
def test_no_name_leads_out_of_the_folders(office: Path, tmp_path: Path, name: str) -> None:
    assert refused(office, archive(tmp_path / "evil.zip", [GOOD, (name, b"x: 1")]))


@pytest.mark.parametrize(
    ("entries", "changed", "words"),
    [
        ([GOOD, (link("good/link.yaml"), b"/etc/passwd")], {}, "illegal path"),
        ([GOOD, ("good/PACK.yaml", PACK)], {}, "illegal path"),
        ([GOOD], {"files": {}}, "checksum differs"),
        ([GOOD], {"checksum": "0"}, "checksum differs"),
        ([GOOD], {"files": {"good/pack.yaml": "0"}}, "checksum differs"),
        ([GOOD], {"files": {"good/pack.yaml": digest(PACK), "good/more.yaml": digest(b"")}}, "checksum differs"),
        ([GOOD], {"files": ["good/pack.yaml"]}, "not an exported pack"),
        ([GOOD], {"format": 2}, "unknown format"),
        ([GOOD], {"stranger": 1}, "not an exported pack"),
        ([GOOD, ("good/bomb.yaml", b"#" * (65 * 2**20))], {}, "too large"),
        ([GOOD, *((f"good/{n}.yaml", b"") for n in range(10_000))], {}, "too large"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_manifest_says_exactly_what_is_inside(
    office: Path, tmp_path: Path, entries: Entries, changed: dict[str, object], words: str
) -> None:
    assert words in refused(office, archive(tmp_path / "evil.zip", entries, **changed))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[" * 100_000, "x.yaml:1: nested too deeply"),
        ("a: &a [*a]", "x.yaml:1: aliases"),
        ("\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]" for n in range(60)), "aliases"),
        ("card: 船".encode("gbk"), "x.yaml:1: not UTF-8"),
    ],
    ids=["deep", "itself", "bomb", "gbk"],
)
def test_yaml_that_would_hang_or_crash_the_process_is_refused(
    office: Path, tmp_path: Path, content: str | bytes, words: str
) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    before = state(office)
    with pytest.raises(CatalogueError, match=words):
        import_pack(archive(tmp_path / "evil.zip", [GOOD, ("good/x.yaml", raw)]), office / "packs", replace=True)
    assert state(office) == before
    assert [path.name for path in (office / "packs").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("extends", ["../other", "../../packs/other", "..", ".", "/tmp", "../../../packs/other"])
def test_a_pack_extends_only_what_is_in_the_archive(office: Path, tmp_path: Path, extends: str) -> None:
    """No folder of this machine is read for it."""
    pack = PACK.replace(b"version: '1.0'", f"version: '1.0', extends: '{extends}'".encode())
    (office / "packs" / "other" / "pack.yaml").write_bytes(PACK.replace(b"good", b"other"))
    before = state(office)
    with pytest.raises((InputError, CatalogueError)):
        import_pack(archive(tmp_path / "evil.zip", [("good/pack.yaml", pack)]), office / "packs", replace=True)
    assert state(office) == before


def test_a_folder_that_nothing_extends_is_not_put_there_unread(office: Path, tmp_path: Path) -> None:
    stray = ("other/pack.yaml", PACK.replace(b"good", b"other"))
    assert "not those it extends" in refused(
        office, archive(tmp_path / "evil.zip", [GOOD, stray], folders=["other", "good"])
    )


def test_a_pack_and_what_it_extends_come_together(office: Path, tmp_path: Path) -> None:
    city = ("city/pack.yaml", PACK.replace(b"good", b"city"))
    pack = ("good/pack.yaml", PACK.replace(b"version: '1.0'", b"version: '1.0', extends: ../city"))
    import_pack(archive(tmp_path / "two.zip", [city, pack], folders=["city", "good"]), office / "packs", replace=True)
    assert (office / "packs" / "city" / "pack.yaml").read_bytes() == city[1]


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_the_usual_packing_is_unpacked(office: Path, tmp_path: Path, packed: int) -> None:
    """Others can ask for any memory."""
    file = archive(tmp_path / "evil.zip", [GOOD])
    with zipfile.ZipFile(file, "a") as zipped:
        zipped.writestr("good/more.yaml", b"rules: []", packed)
    assert "illegal path" in refused(office, file)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("name", ["good/pack.yaml", MANIFEST])
def test_one_name_twice_is_refused(office: Path, tmp_path: Path, name: str) -> None:
    file = archive(tmp_path / "evil.zip", [GOOD])
    with zipfile.ZipFile(file, "a") as zipped:
        zipped.writestr(name, PACK)
    assert "illegal path" in refused(office, file)


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-30], lambda b: b[:40] + b"\xff" * 8 + b[48:], lambda b: b"", lambda b: b"no zip"]
)
def test_a_damaged_file_is_no_pack(office: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = archive(tmp_path / "evil.zip", [GOOD])
    file.write_bytes(damage(file.read_bytes()))
    assert "not an exported pack" in refused(office, file)


def test_a_link_or_file_in_the_place_of_the_pack_is_not_replaced(office: Path, tmp_path: Path) -> None:
    file = archive(tmp_path / "good.zip", [GOOD])
    (office / "linked").mkdir()
    (office / "linked" / "good").symlink_to(office / ".anka")
    (office / "filed").mkdir()
    (office / "filed" / "good").write_text("a file", encoding="utf-8")
    before = state(office)
    for into in (office / "linked", office / "filed"):
        with pytest.raises(InputError, match="no folder, so not replaced"):
            import_pack(file, into, replace=True)
    with pytest.raises(InputError, match="can't be written"):
        import_pack(file, office / "filed" / "good" / "below")
    assert state(office) == before


def test_a_pack_is_replaced_as_a_whole(office: Path, tmp_path: Path) -> None:
    (office / "packs" / "good" / "old.yaml").write_text("old", encoding="utf-8")
    import_pack(archive(tmp_path / "good.zip", [GOOD]), office / "packs", replace=True)
    assert state(office / "packs") == {"good/pack.yaml": PACK, "other/pack.yaml": b"before"}


def test_a_failure_half_way_leaves_every_pack_as_it_was(office: Path) -> None:
    """The second folder can't be moved, after the first one was replaced."""
    incoming = office / "packs" / ".incoming"
    (incoming / "good").mkdir(parents=True)
    (incoming / "good" / "pack.yaml").write_bytes(PACK)
    with pytest.raises(FileNotFoundError):
        swap_in(incoming, office / "packs", ["good", "other"])
    assert state(office / "packs") == {
        ".incoming/good/pack.yaml": PACK,
        "good/pack.yaml": b"before",
        "other/pack.yaml": b"before",
    }


def test_a_name_taken_meanwhile_leaves_every_pack_as_it_was(office: Path) -> None:
    """What is in the way can't be put aside, since its place there is taken."""
    incoming = office / "packs" / ".incoming"
    for name in ("good", "other", "other.replaced"):
        (incoming / name).mkdir(parents=True)
        (incoming / name / "pack.yaml").write_bytes(PACK)
    before = state(office)
    with pytest.raises(OSError, match="not empty"):
        swap_in(incoming, office / "packs", ["good", "other"])
    assert state(office) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from expectations.authoring.pack_files import import_pack
moves, rename = int(sys.argv[3]), Path.rename
def killed(self, target):
    global moves
    if moves == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    moves -= 1
    return rename(self, target)
Path.rename = killed
import_pack(Path(sys.argv[1]), Path(sys.argv[2]), replace=True)
"""


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
def test_after_a_kill_half_way_the_next_import_puts_every_pack_back_first(
    office: Path, tmp_path: Path, moves: int
) -> None:
    good = ("good/pack.yaml", PACK.replace(b"version: '1.0'", b"version: '1.0', extends: ../other"))
    other = ("other/pack.yaml", PACK.replace(b"good", b"other"))
    file = archive(tmp_path / "good.zip", [good, other], folders=["other", "good"])
    command = [sys.executable, "-c", KILLED, str(file), str(office / "packs"), str(moves)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    with pytest.raises(InputError, match="folder exists"):
        import_pack(file, office / "packs")
    assert state(office / "packs") == {"good/pack.yaml": b"before", "other/pack.yaml": b"before"}


def test_a_killed_import_that_was_done_stays_done(office: Path, tmp_path: Path) -> None:
    file = archive(tmp_path / "good.zip", [GOOD])
    incoming = office / "packs" / ".incoming-x"
    (incoming / "good.replaced").mkdir(parents=True)
    (incoming / "good.replaced" / "pack.yaml").write_bytes(b"older")
    with pytest.raises(InputError, match="folder exists"):
        import_pack(file, office / "packs")
    assert state(office / "packs") == {"good/pack.yaml": b"before", "other/pack.yaml": b"before"}


def test_the_command_refuses_in_one_line(office: Path, tmp_path: Path) -> None:
    file = archive(tmp_path / "evil.zip", [GOOD], folders=["../.anka", "good"])
    completed = anka("rules", "import", file, "--into", office / "packs", "--replace", home=office / ".anka", code=2)
    assert "the folders of the pack are not those of its files" in completed.stderr
    assert (office / ".anka" / "published" / "current.json").exists()
