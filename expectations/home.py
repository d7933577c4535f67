"""The home folder: where everything Anka keeps lies, and which published run is the present one.

Paths and the pointer only; publishing is `flows.publishing`, reading a published run is `published`.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from expectations.errors import AnkaError, InputError
from expectations.texts import Bilingual

_PUBLISHED = "published"
_OTHERS = 0o077
"""Rights of everybody but the owner."""
_OURS = re.compile(
    r"((warehouse|loaded)\.duckdb|register\.db|register\.(id|\d+\.tmp)|backups\.).*|(audit|serve)\.lock|touched|published|exports|runs|reviews|rechecks|spill|templates|packs|prefect"
)
"""The names of what Anka keeps: in a folder that holds other things too, only these are closed to others."""


_PUBLISHED_FILE = re.compile(r"[\w.-]{1,200}\.duckdb")
_NUMBERED = re.compile(r"\d+[-.]")
_RUN = re.compile(r"\d{8}-[0-9a-f]{10}")
_NO_PATH = re.compile(r"[?%]")


class NothingPublishedError(AnkaError):
    """There is no published run yet."""

    def __init__(self) -> None:
        super().__init__(
            Bilingual("还没有核查结果", "no run has been published yet"),
            hint=Bilingual(
                "先运行 anka audit <导出文件或文件夹>，或用 anka demo 看示例",
                "run anka audit on exports first, or look at a sample with anka demo",
            ),
        )


class DamagedRunError(AnkaError):
    """The present run can't be read: its file is damaged or missing, or nothing says which one it is."""

    def __init__(self, what: object, *, is_last: bool = False) -> None:
        super().__init__(
            Bilingual("当前核查结果已损坏", "the present run is damaged").about(what),
            hint=Bilingual("重新运行 anka audit；没有其他完好的结果", "run anka audit again; no other run can be read")
            if is_last
            else Bilingual(
                "重新运行 anka audit；在此之前退回最近一次完好的结果",
                "run anka audit again; to go back to the last good run meanwhile",
            ).about("anka go-back"),
        )
        self.what = what


@dataclass(frozen=True)
class Home:
    """The folder `ANKA_HOME` (default `.anka`)."""

    root: Path

    def __post_init__(self) -> None:
        """Raises InputError for a path that a database below it would take for something else, and open another place."""
        if _NO_PATH.search(str(self.root)):
            raise InputError(
                Bilingual("主目录的路径不能含有 ? 或 %", "the path of a home can't hold ? or %").about(self.root),
                hint=Bilingual("用 --home 指定另一个", "choose another with --home"),
            )

    @classmethod
    def of(cls, database: Path) -> "Home":
        """The home in which a warehouse or a published file lies."""
        folder = database.absolute().parent
        return cls(folder.parent if folder.name == _PUBLISHED else folder)

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of the run at work, made anew by every load. One process at a time."""
        return self.root / "warehouse.duckdb"

    @property
    def loaded(self) -> Path:
        """The warehouse as the load left it, cards and nothing else: what the published file is made from, and gone afterwards."""
        return self.root / "loaded.duckdb"

    @property
    def touched(self) -> Path:
        """The rows an incremental run judges anew, with what they are judged beside; its folder is gone afterwards."""
        return self.root / "touched" / "rows.duckdb"

    @property
    def published(self) -> Path:
        """Folder of the published runs, one read-only DuckDB file each."""
        return self.root / _PUBLISHED

    def published_files(self) -> list[Path]:
        """Every published file, the oldest first."""
        return sorted((file for file in self.published.glob("*.duckdb") if _NUMBERED.match(file.name)), key=number_of)

    @property
    def exports(self) -> Path:
        """Folder of the exports the kept runs were made of, compressed."""
        return self.root / "exports"

    @property
    def pointer(self) -> Path:
        """Names the present published file; replaced atomically."""
        return self.published / "current.json"

    def run_folder(self, run_id: str) -> Path:
        """Data Docs, quarantine csv and load report of a run."""
        return self.root / "runs" / run_id

    def run_folders(self) -> list[Path]:
        """The folders of all runs."""
        return [folder for folder in (self.root / "runs").glob("*/") if _RUN.fullmatch(folder.name)]

    @property
    def reviews(self) -> Path:
        """Workbooks of review batches."""
        return self.root / "reviews"

    @property
    def spill(self) -> Path:
        """What does not fit into memory, for the time being: a folder of every process that has put something there."""
        return self.root / "spill"

    @property
    def prefect(self) -> Path:
        """Prefect's own files."""
        return self.root / "prefect"

    def register_id(self) -> str | None:
        """The identity of the register that belongs to the home; None before there is one."""
        try:
            return self._register_file.read_text(encoding="ascii", errors="replace").strip() or None
        except FileNotFoundError:
            return None

    def keep_register_id(self, identity: str) -> None:
        """Remembers which register belongs to the home."""
        self.make()
        replace_text(self._register_file, identity + "\n")

    @property
    def _register_file(self) -> Path:
        return self.root / "register.id"

    def make(self) -> None:
        """Makes the folder where there is none, closed to everybody but its owner."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep_private(self) -> bool:
        """Closes the home and all that is in it to everybody but its owner, and whatever this process writes from now on; whether others could
        read something until now.

        Below a root that is closed nothing can be reached, whatever its own rights are: that is closed without a word.
        """
        os.umask(_OTHERS)
        if not self.root.is_dir():
            return False
        entries = list(self.root.iterdir())
        ours = [entry for entry in entries if _OURS.fullmatch(entry.name)]
        alone, reachable = len(ours) == len(entries), bool(self.root.stat().st_mode & _OTHERS)
        below = [path for entry in ours for path in (entry, *everything_below(entry))]
        return sum(_closed(path) for path in ([self.root] if alone else []) + below) > 0 and reachable

    def current(self) -> Path:
        """The present published file. Raises NothingPublishedError, DamagedRunError."""
        file = self.published / self._pointed()["file"]
        if not file.is_file():
            raise DamagedRunError(Bilingual(f"{file.name} 不见了", "is missing"))
        return file

    def as_switched_to(self) -> bool:
        """Whether the present published file has the bytes it had when it became that; also where the pointer does not say, as one
        written by hand. Raises NothingPublishedError, DamagedRunError."""
        file, sha256 = self.current(), self._pointed().get("sha256")
        return sha256 is None or sha256 == _sha256(file)

    def switch_to(self, file: Path) -> None:
        """Makes `file` the present one in one atomic step; readers see the old or the new one, never none."""
        replace_text(self.pointer, json.dumps({"file": file.name, "sha256": _sha256(file)}))

    def _pointed(self) -> dict[str, str]:
        """What the pointer says: the name of the file, and its hash if it was not written by hand."""
        try:
            pointed = json.loads(self.pointer.read_text(encoding="utf-8"))
            plain = isinstance(pointed, dict) and bool(_PUBLISHED_FILE.fullmatch(pointed["file"]))
        except FileNotFoundError:
            raise NothingPublishedError from None
        except (ValueError, KeyError, TypeError, RecursionError):
            plain = False
        if not plain:
            raise DamagedRunError(self.pointer.name)
        return dict(pointed)


def kept_copy(exports: Path, sha256: str) -> Path:
    """Where the export of that content is kept, if it is. Its file says that it was changed when the export was."""
    return exports / f"{sha256}.zst"


def number_of(file: Path) -> int:
    """The number of a published file; later ones have higher numbers."""
    return int(file.stem.split("-", 1)[0])


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def replace_text(file: Path, text: str) -> None:
    """Writes a small file in one step: readers see the old text or the new one."""
    # Named by the process, so that two that write at once do not share an unfinished file.
    fresh = file.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def everything_below(folder: Path) -> Iterator[Path]:
    """Everything in a folder, at any depth; links are not followed, what is gone or can't be looked into is left out."""
    for top, folders, names in os.walk(folder):
        yield from (Path(top, name) for name in (*folders, *names))


def _closed(path: Path) -> bool:
    """Takes the rights of others from a path, whether there were any. What belongs to somebody else, or
    can't be changed, stays as it is."""
    with suppress(OSError):
        mode = path.lstat().st_mode
        if not path.is_symlink() and mode & _OTHERS:
            path.chmod(mode & 0o7700)
            return True
    return False
