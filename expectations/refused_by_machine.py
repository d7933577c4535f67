"""What the machine refuses, said as a mistake a user can mend: a full disk, a place that is not permitted, read-only, no folder or gone.

Databases say such things in words of their own, and wrapped by libraries: they are known by their words.
"""

import errno
import os
from collections.abc import Iterator, Mapping

from expectations.errors import AnkaError, InputError
from expectations.texts import Bilingual

_REFUSALS = frozenset(
    (
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ENAMETOOLONG,
        errno.ELOOP,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
    )
)
_SAID: Mapping[str, int] = {
    "No space left on device": errno.ENOSPC,
    "database or disk is full": errno.ENOSPC,
    "Could not write all bytes": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "File too large": errno.EFBIG,
    "Read-only file system": errno.EROFS,
    "attempt to write a readonly database": errno.EROFS,
    "Permission denied": errno.EACCES,
    "disk I/O error": errno.EIO,
    "database is locked": errno.EBUSY,
}
"""Words of DuckDB and SQLite, and what they mean. SQLite says `disk I/O error` of a disk that is full where it writes its log."""
_DATABASES = ("duckdb", "_duckdb", "sqlite3", "sqlalchemy")
_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


def refused_by_machine(error: BaseException) -> AnkaError | None:
    """The mistake; None for anything else, which is an error of the program."""
    for cause in _with_causes(error):
        if isinstance(cause, OSError) and cause.errno == errno.ENOENT and cause.filename is None:
            return InputError(
                Bilingual("当前目录已不存在", "the working directory is gone"),
                hint=Bilingual("先进入另一个目录", "change into another one").about("cd ~"),
            )
        if isinstance(cause, OSError) and cause.errno in _REFUSALS:
            return _mistake(cause.errno, cause.filename)
        if isinstance(cause, OSError) or type(cause).__module__.partition(".")[0] in _DATABASES:
            number = _said(str(cause))
            if number is not None:
                return _mistake(number, None)
    return None


def disk_is_full(said: OSError | str) -> bool:
    """Whether an error, or what a helper said at its end, is about a disk that is full or a limit on what may be written."""
    number = _said(said) if isinstance(said, str) else said.errno or _said(str(said))
    return number in _FULL


def _said(text: str) -> int | None:
    return next((number for words, number in _SAID.items() if words in text), None)


def _mistake(number: int, place: object) -> InputError:
    if number == errno.EBUSY:
        return InputError(
            Bilingual(
                "台账被另一个程序占用过久，没有改动", "the register is held by another program, nothing was changed"
            ),
            hint=Bilingual(
                "稍后再试；若一直如此，请结束占用它的程序",
                "try again later; if it stays so, end the program that holds it",
            ),
        )
    hint = (
        Bilingual(
            "清理磁盘后再运行；上一次核查结果和台账没有变",
            "free the disk and run again; the last run and the register are as they were",
        )
        if number in _FULL
        else Bilingual("检查该位置的权限和路径，或换一个位置", "check rights and path of that place, or choose another")
    )
    where = f": {place}" if place else ""
    return InputError(Bilingual("系统不允许", "the system refuses").about(f"{os.strerror(number)}{where}"), hint=hint)


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and what it was raised while."""
    seen = set[int]()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__
