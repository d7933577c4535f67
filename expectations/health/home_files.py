"""The files of a home: whose they are, whether each is one Anka keeps, and whether those that are to stay as they are have stayed so."""

import hashlib
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.errors import AnkaError
from expectations.health.checks import Check, doubtful, refused, unwell, well
from expectations.home import Home, NothingPublishedError, everything_below
from expectations.progress import Progress, Stage
from expectations.run.published import read_whole
from expectations.texts import Bilingual

_OTHERS = 0o077
_SHOWN = 5
_PIECE = 2**20
_WHATEVER = r"(/.*)?"
_KNOWN = re.compile(
    "|".join(
        (
            r"(warehouse|loaded)\.duckdb(\.wal)?",
            r"(audit|serve)\.lock",
            r"register\.(db(-wal|-shm|-journal|\.before-\w+)?|id)",
            r"backups\.json",
            r"published(/(\d+-[\w.-]+\.duckdb|current\.json))?",
            r"runs(/\d{8}-[0-9a-f]{10}(/.*)?)?",
            r"exports(/[0-9a-f]{64}(\.zst|\.[0-9a-f]{16}\.lines))?",
            *(
                name + _WHATEVER
                for name in ("touched", "spill", "reviews", "rechecks", "templates", "packs", "prefect")
            ),
        )
    )
)
"""Every place where Anka keeps something, by its path below the home."""
_LEFT_OVER = re.compile(r".*\.tmp|published/.*\.unfinished.*|exports/unfinished|.*\.incoming-.*")
"""What a process that was killed leaves; the next audit deletes it."""


def home_check(home: Home) -> Check:
    """Whether there is a home, and this account can write into it."""
    if not home.root.is_dir():
        return unwell(
            "home",
            Bilingual("不存在", "there is none").about(home.root),
            Bilingual(
                "anka serve 或 anka audit 会建立它；若早已有，检查 --home 和 ANKA_HOME",
                "anka serve or anka audit makes it; if there is one already, see to --home and ANKA_HOME",
            ),
        )
    if not os.access(home.root, os.R_OK | os.X_OK):
        return unwell("home", Bilingual("不可读", "can't be read").about(home.root), _as_the_owner())
    if not os.access(home.root, os.W_OK):
        return unwell(
            "home",
            Bilingual("只读", "read-only").about(home.root),
            Bilingual("以可写方式挂载，或检查权限", "mount it to be written, or see to its rights"),
        )
    return well("home", str(home.root))


def rights_check(home: Home) -> Check:
    """Whether nobody else can read or change anything, and all of it belongs to this account."""
    entries = [(path, path.lstat()) for path in (home.root, *everything_below(home.root))]
    foreign = [path for path, found in entries if found.st_uid != os.geteuid()]
    if foreign:
        return unwell(
            "rights", Bilingual("属于其他账号", "of another account").about(_paths(home, foreign)), _as_the_owner()
        )
    open_ones = [path for path, found in entries if found.st_mode & _OTHERS and not stat.S_ISLNK(found.st_mode)]
    if not open_ones:
        return well("rights", Bilingual(f"{len(entries)} 项，仅本账号可读", f"{len(entries)}, for this account alone"))
    seen = Bilingual("其他账号可读", "open to others").about(_paths(home, open_ones))
    cure = Bilingual("收紧权限", "close them").about(f"chmod -R go-rwx {home.root}")
    # below a folder that is closed nothing can be reached
    return unwell("rights", seen, cure) if home.root in open_ones else doubtful("rights", seen, cure)


def files_check(home: Home) -> Check:
    """Whether every file of the home is one Anka keeps there."""
    entries = {path.relative_to(home.root).as_posix(): path for path in everything_below(home.root)}
    left_over = [path for name, path in entries.items() if _LEFT_OVER.fullmatch(name)]
    foreign = [path for name, path in entries.items() if not _KNOWN.fullmatch(name) and path not in left_over]
    if foreign:
        return doubtful(
            "files",
            Bilingual("不是 Anka 的文件", "not of Anka").about(_paths(home, foreign)),
            Bilingual("移出主目录", "move them out of the home"),
        )
    if left_over:
        return doubtful(
            "files",
            Bilingual("中断的任务所留", "left by something that was killed").about(_paths(home, left_over)),
            Bilingual("下一次核查会清理", "the next audit deletes them"),
        )
    return well("files", Bilingual(f"{len(entries)} 项，均已知", f"{len(entries)}, all known"))


def published_check(home: Home, progress: Progress) -> Check:
    """Whether the present published file has the bytes it had, and every other can be read to its last byte."""
    try:
        as_it_was = home.as_switched_to()
    except NothingPublishedError as nothing:
        return doubtful("published", nothing.message, nothing.hint)
    except AnkaError as error:
        return refused("published", error)
    files, damaged = home.published_files(), list[Path]()
    for number, file in enumerate(files):
        progress(Stage.VERIFY, number, len(files))
        try:
            read_whole(file)
        except (AnkaError, duckdb.Error, OSError):
            damaged.append(file)
    progress(Stage.VERIFY, len(files), len(files))
    cure = Bilingual("重新运行 anka audit；在此之前", "run anka audit again; meanwhile").about("anka go-back")
    if not as_it_was or home.current() in damaged:
        return unwell(
            "published",
            Bilingual("当前文件已改变或损坏", "the present file was changed or damaged").about(home.current().name),
            cure,
        )
    if damaged:
        return doubtful(
            "published",
            Bilingual("较早的文件损坏", "earlier files are damaged").about(_paths(home, damaged)),
            Bilingual("从备份恢复，或删除", "put them back from a copy, or delete them"),
        )
    return well("published", Bilingual(f"{len(files)} 个，均完好", f"{len(files)}, all whole"))


def kept_check(home: Home, progress: Progress) -> Check:
    """Whether every kept export still is what its name says: the SHA-256 of its bytes."""
    copies = sorted(home.exports.glob("*.zst")) if home.exports.is_dir() else []
    changed = []
    for number, copy in enumerate(copies):
        progress(Stage.VERIFY, number, len(copies))
        if _hash_inside(copy) != copy.stem:
            changed.append(copy)
    progress(Stage.VERIFY, len(copies), len(copies))
    if changed:
        return unwell(
            "kept",
            Bilingual("已改变或损坏", "changed or damaged").about(_paths(home, changed)),
            Bilingual("删除后重新运行 anka audit --whole", "delete them and run anka audit --whole"),
        )
    return well("kept", Bilingual(f"{len(copies)} 个，与名称相符", f"{len(copies)}, as their names say"))


def _hash_inside(copy: Path) -> str:
    digest = hashlib.sha256()
    try:
        with pa.CompressedInputStream(str(copy), "zstd") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()


def _paths(home: Home, paths: Sequence[Path]) -> str:
    """Some of them, below the home."""
    some = ", ".join(path.relative_to(home.root).as_posix() for path in paths[:_SHOWN])
    return some + (f" … ({len(paths)})" if len(paths) > _SHOWN else "")


def _as_the_owner() -> Bilingual:
    return Bilingual(
        "以运行 Anka 的账号执行，或改回属主", "run it as the account that runs Anka, or give the files to it"
    )
