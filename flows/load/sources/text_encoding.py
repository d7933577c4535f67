"""In which encoding a text file can be read, and its text. A few bytes that fit none cost their cells, not the file.

A byte that can't be read becomes `DAMAGED`, never a guess; the sign after it, such as a delimiter, is kept.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from expectations.sql.card_rows import DAMAGED
from expectations.texts import Bilingual
from flows.load.sources.cut_off import CUT
from flows.load.sources.refusals import Refused

CHUNK = 8 * 2**20
"""Bytes read at a time from files of any size."""

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DAMAGE = "anka-damaged"
_BEFORE, _AFTER = 2**16, 2**18
"""Bytes around the first one that is not UTF-8 by which is told whether the text is GB18030 or a damaged UTF-8."""
_FEW = 3
"""So many characters may be damaged in any text."""


def _marked_as_damaged(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    if error.encoding == "gb18030" and error.object[error.start] == 0x80:
        return "€", error.start + 1  # code page 936 of Windows, which GB18030 does not cover in this one byte
    return DAMAGED, error.end


codecs.register_error(_DAMAGE, _marked_as_damaged)


@dataclass(frozen=True)
class Encoding:
    """How a text is to be decoded; `exact`: without a byte that does not fit."""

    name: str
    exact: bool


def text_encoding(path: Path) -> Encoding:
    """The encoding of a text file: by its mark, else UTF-8, UTF-16, GB18030. Raises Refused for one that is cut off or fits none."""
    with path.open("rb") as stream:
        start = stream.read(64 * 1024)
    marked = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), None)
    if marked:
        return _checked(path, marked, _undecodable(path, marked))
    size = path.stat().st_size
    not_utf8 = _undecodable(path, "utf-8")
    if utf16 := _unmarked_utf16(start):
        not_utf16 = _undecodable(path, utf16)
        if not_utf16 is None or not_utf16 > size or not_utf8 is not None:
            return _checked(path, utf16, not_utf16)
    if not_utf8 is None or not_utf8 > size or _is_damaged_utf8(path, not_utf8):
        return _checked(path, "utf-8", not_utf8)
    # last: nearly any bytes are valid in it
    return _checked(path, "gb18030", _undecodable(path, "gb18030"))


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The text of a file in pieces, without byte-order mark and NUL characters."""
    decoder = codecs.getincrementaldecoder(encoding)(_DAMAGE)
    with path.open("rb") as stream:
        for piece in _pieces(stream):
            yield decoder.decode(piece).replace("\0", "")
    yield decoder.decode(b"", final=True)


def rewritten_as_utf8(path: Path, encoding: str, target: Path) -> bool:
    """Writes a UTF-8 copy of a text file to `target`, piece by piece; whether there is damage in it."""
    is_damaged = False
    with target.open("w", encoding="utf-8", newline="") as copy:
        for piece in decoded(path, encoding):
            is_damaged = is_damaged or DAMAGED in piece
            copy.write(piece)
    return is_damaged


def _checked(path: Path, encoding: str, invalid: int | None) -> Encoding:
    """The encoding, where what does not fit from byte `invalid` on is little. Raises Refused."""
    if invalid is None:
        return Encoding(encoding, exact=True)
    if invalid > path.stat().st_size:
        raise Refused(*CUT)
    decoder = codecs.getincrementaldecoder(encoding)(_DAMAGE)
    characters = good = damaged = 0
    row = 1
    with path.open("rb") as stream:
        for piece in map(decoder.decode, _pieces(stream)):
            row += 0 if damaged else piece.partition(DAMAGED)[0].count("\n")
            marks = piece.count(DAMAGED)
            characters += len(piece)
            good += len(piece) - marks - _ascii_only(piece)
            damaged += marks
    if decoder.getstate()[0]:
        raise Refused(*CUT)
    # UTF-8 taken for GB18030 has one bad character in nine; of a plain ASCII text the few foreign signs may all be damaged
    if damaged <= _FEW or damaged * 16 <= good or damaged * 1000 <= characters:
        return Encoding(encoding, exact=False)
    raise Refused(
        Bilingual(
            f"文字编码无法识别：不是 UTF-8、UTF-16 或 GB18030，或几种混在一起（第 {row} 行起）",
            f"unknown text encoding, or several in one file (from row {row})",
        ),
        Bilingual("另存为 UTF-8 的 CSV 后重试", "save as CSV UTF-8"),
    )


def _ascii_only(text: str) -> int:
    return len(text.encode("ascii", errors="ignore"))


def _is_damaged_utf8(path: Path, invalid: int) -> bool:
    """Whether around byte `invalid` the text is UTF-8 but for a few bytes, and no GB18030."""
    with path.open("rb") as stream:
        stream.seek(max(invalid - _BEFORE, 0))
        sample = stream.read(_BEFORE + _AFTER)
    as_utf8 = sample.decode("utf-8", errors="replace")
    damaged = as_utf8.count(DAMAGED)
    good = len(as_utf8) - damaged - _ascii_only(as_utf8)
    if good >= 4 * damaged:
        return True
    # what Chinese is written with; others are a Latin letter and the one after it
    common = sample.decode("gb18030", errors="ignore").encode("gb2312", errors="ignore")
    return not any(byte > 0x7F for byte in common)


def _unmarked_utf16(start: bytes) -> str | None:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    # in UTF-16 every comma, digit and line end has a zero byte; in the other encodings nothing has
    if max(even, odd) * 20 < len(start):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _undecodable(path: Path, encoding: str) -> int | None:
    """The byte near which a file can't be decoded, one past its end where the last character is not all there; None when it can."""
    decoder = codecs.getincrementaldecoder(encoding)()
    place = 0
    with path.open("rb") as stream:
        for piece in chain(_pieces(stream), (b"",)):
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return place + 1 if not piece else place + error.start + 1
            place += len(piece)
    return None


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece
