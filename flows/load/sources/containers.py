"""What a file really is, whatever its suffix says: workbook, HTML table or delimited text, and in which encoding.

Looks at bytes only. Reading the content is `workbooks` and `delimited`.
"""

import codecs
import re
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal

from expectations.texts import Bilingual
from flows.load.sources.cut_off import CUT
from flows.load.sources.sheets import Refused

Kind = Literal["workbook", "html", "text"]

CHUNK = 8 * 2**20
"""Bytes read at a time from files of any size."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = re.compile(rb"\x09[\x00\x02\x04\x08].{4}\x10?\x00?", re.DOTALL)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HTML = re.compile(r"<\s*(!doctype\s+html|html|head|body|table|meta|tr|style)\b", re.IGNORECASE)
_SPREADSHEET_XML = re.compile(r"<\w*:?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.DOTALL)


def kind_of(path: Path) -> Kind:
    """What the content of a file is. Raises Refused for an empty, encrypted or foreign file."""
    with path.open("rb") as stream:
        start = stream.read(64 * 1024)
    if not start.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refused(Bilingual("文件是空的", "the file is empty"))
    if start.startswith(_OLE):
        return _ole(path)
    if start.startswith(b"PK\x03\x04"):
        return _zip(path)
    # workbooks of Excel 2 to 4 have no container; a text may begin with byte 9 too, which is the tab
    if start[0] == 9 and _OLD_EXCEL.match(start) and b"\0" in start[:16]:
        return "workbook"
    return _text(start)


def text_encoding(path: Path) -> str:
    """The encoding in which every byte of a text file can be read: by its mark, else UTF-8, UTF-16, GB18030."""
    with path.open("rb") as stream:
        start = stream.read(64 * 1024)
    marked = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), None)
    # GB18030 last: nearly any bytes are valid in it
    encodings = (marked,) if marked else tuple(filter(None, (_unmarked_utf16(start), "utf-8", "gb18030")))
    first_invalid = 0
    for encoding in encodings:
        invalid = _undecodable(path, encoding)
        if invalid is None:
            return encoding
        if invalid > path.stat().st_size:
            raise Refused(*CUT)
        first_invalid = max(first_invalid, invalid)
    raise Refused(
        Bilingual(
            f"文字编码无法识别：不是 UTF-8、UTF-16 或 GB18030（第 {first_invalid} 字节附近）",
            f"unknown text encoding (near byte {first_invalid})",
        ),
        Bilingual("另存为 UTF-8 的 CSV 后重试", "save as CSV UTF-8"),
    )


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The text of a file in pieces, without byte-order mark and NUL characters."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        for piece in _pieces(stream):
            yield decoder.decode(piece).replace("\0", "")
    yield decoder.decode(b"", final=True)


def rewritten_as_utf8(path: Path, encoding: str, target: Path) -> Path:
    """A UTF-8 copy of a text file, written piece by piece."""
    with target.open("w", encoding="utf-8", newline="") as copy:
        for piece in decoded(path, encoding):
            copy.write(piece)
    return target


def _ole(path: Path) -> Kind:
    # an encrypted .xlsx is an OLE file that holds a stream of this name
    if _contains(path, "EncryptedPackage".encode("utf-16-le")):
        raise Refused(
            Bilingual("工作簿有打开密码", "the workbook is password-protected"),
            Bilingual("去掉密码后另存", "save it without a password"),
        )
    return "workbook"


def _zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.replace("\\", "/").lstrip("/") for name in archive.namelist()}
    except zipfile.BadZipFile:
        raise Refused(
            Bilingual("压缩结构已损坏，不是完整的工作簿", "damaged zip container"),
            Bilingual("重新导出", "export it again"),
        ) from None
    if not any(name.startswith("xl/") for name in names) and "content.xml" not in names:
        raise Refused(
            Bilingual("是压缩包而不是工作簿", "a zip archive, not a workbook"),
            Bilingual("解压后加载其中的文件", "unpack it first"),
        )
    return "workbook"


def _text(start: bytes) -> Kind:
    text = start[:8192].decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")
    if text.lstrip("\ufeff\xef\xbb\xbf \r\n\t").startswith("MIME-Version:"):
        raise Refused(
            Bilingual("是网页归档 (MHTML)", "an MHTML archive"), Bilingual("在 Excel 中另存为 xlsx", "save as xlsx")
        )
    if _SPREADSHEET_XML.search(text):
        raise Refused(
            Bilingual("是 XML 2003 电子表格", "an XML 2003 spreadsheet"),
            Bilingual("在 Excel 中另存为 xlsx", "save as xlsx"),
        )
    return "html" if text.lstrip("\ufeff\xef\xbb\xbf \r\n\t").startswith("<") and _HTML.search(text) else "text"


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


def _contains(path: Path, marker: bytes) -> bool:
    tail = b""
    with path.open("rb") as stream:
        for piece in _pieces(stream):
            if marker in tail + piece:
                return True
            tail = piece[-len(marker) :]
    return False
