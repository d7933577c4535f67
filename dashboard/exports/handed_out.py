"""Files made for one person, kept in the memory of the server for minutes and given to nobody else. Nothing is stored.

Streamlit's own downloads are not bound to a person; these are fetched through the export route, which knows who asks.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from dashboard.exports.downloads import Export, File
from dashboard.frame.parameters import text
from expectations.errors import InputError
from expectations.rights.reader import Reader
from expectations.texts import Bilingual

KEPT_SECONDS = 600
MOST_BYTES_EACH = 40 * 2**20
"""Per person: two marked workbooks of the largest kind; the oldest goes first."""

MOST_BYTES = 400 * 2**20
"""Of all together."""


class NotHandedOutError(InputError):
    """There is no such file for this person, or no longer. Whose it was, and whether it was, is not said."""

    http_status = 404

    def __init__(self) -> None:
        super().__init__(
            Bilingual("文件不存在或已过期", "no such file, or no longer"),
            hint=Bilingual("请重新自查", "please check again: files are kept for 10 minutes"),
        )


_TOKEN = text("token")


@dataclass(frozen=True)
class _Kept:
    user_id: int
    file: File
    until: float


class HandedOut:
    """The files, by token."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    def keep(self, reader: Reader, file: File) -> str:
        """Keeps a file for the reader; returns its token. Raises InputError for a file too large to be kept."""
        if reader.user_id is None or len(file.content) > MOST_BYTES_EACH:
            raise InputError(
                Bilingual(
                    f"文件过大，无法提供下载（{len(file.content) // 2**20} MB）",
                    f"too large to hand out ({len(file.content) // 2**20} MB)",
                ),
                hint=Bilingual("只导出本人的案卡后再试", "export your own cards only"),
            )
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._forget()
            self._make_room(
                [kept_token for kept_token in self._kept if self._kept[kept_token].user_id == reader.user_id],
                file,
                MOST_BYTES_EACH,
            )
            self._make_room(list(self._kept), file, MOST_BYTES)
            self._kept[token] = _Kept(reader.user_id, file, self._clock() + KEPT_SECONDS)
        return token

    def fetch(self, reader: Reader, token: str) -> File:
        """The file of a token, for the person it was kept for. Raises NotHandedOutError."""
        with self._lock:
            self._forget()
            entry = self._kept.get(token)
        if entry is None or reader.user_id is None or entry.user_id != reader.user_id:
            raise NotHandedOutError
        return entry.file

    def drop(self, reader: Reader, token: str) -> None:
        """Forgets a file of the reader at once."""
        with self._lock:
            entry = self._kept.get(token)
            if entry is not None and entry.user_id == reader.user_id:
                del self._kept[token]

    def _forget(self) -> None:
        now = self._clock()
        for token in [kept_token for kept_token, entry in self._kept.items() if entry.until <= now]:
            del self._kept[token]

    def _make_room(self, tokens: list[str], file: File, most: int) -> None:
        total = len(file.content) + sum(len(self._kept[token].file.content) for token in tokens)
        for token in tokens:
            if total <= most:
                return
            total -= len(self._kept.pop(token).file.content)


HANDED_OUT = HandedOut()
"""Of this server process: pages and routes run in it together."""


def handed_out_file(export: Export) -> File:
    """`GET /export/handed-out?token=…`. Raises NotHandedOutError."""
    return HANDED_OUT.fetch(export.reader, export.value(_TOKEN))
