"""What a file really is, whatever its suffix says: workbook, HTML table or delimited text, and in which encoding.

Looks at bytes only. Reading the content is `workbooks` and `delimited`.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from expectations.texts import Bilingual
from flows.load.sources.refusals import Refused

Kind = Literal["workbook", "html", "text"]

CHUNK = 8 * 2**20
"""Bytes read at a time from files of any size."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = re.compile(rb"\x09[\x00\x02\x04\x08].{4}\x10?\x00?", re.DOTALL)
_FOREIGN = (
    (b"%PDF", Bilingual("是 PDF 文件", "a PDF file")),
    (b"Rar!", Bilingual("是 RAR 压缩包", "a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", Bilingual("是 7z 压缩包", "a 7z archive")),
    (b"\x1f\x8b", Bilingual("是 gzip 压缩包", "a gzip archive")),
    (b"\x89PNG", Bilingual("是图片", "an image")),
    (b"\xff\xd8\xff", Bilingual("是图片", "an image")),
    (b"{\\rtf", Bilingual("是 RTF 文档", "an RTF document")),
    (b"ID;P", Bilingual("是 SYLK 文件", "a SYLK file")),
    (b"SQLite format 3", Bilingual("是 SQLite 数据库", "an SQLite database")),
)
"""How files begin that are often taken for exports."""
_ENCRYPTED = (b"%TSD-Header", b"b\x14#e", b"E-SafeNet")
"""How files begin that a security software of the office has encrypted."""
_CONTROL = bytes((*range(2, 9), *range(11, 13), *range(14, 26), 27, 127))
"""Bytes that stand in no text; others of their kind part cells, end a text, or are what a workbook leaves of a line break."""
_CONTROL_SHARE = 25
"""One such byte in so many, and it is no text: in random bytes there is one in twelve."""
_SEPARATORS = (
    *(bytes((code,)) for code in b"\t\x01\x1f!#$%&*+,-./:;=?@\\^_|~"),
    b"  ",
    "，".encode(),
    "，".encode("gb18030"),
)
"""What may part the cells of a line, whether it is read or only named in a refusal."""
_HTML = re.compile(r"<\s*(!doctype\s+html|html|head|body|table|meta|tr|style)\b", re.IGNORECASE)
_SPREADSHEET_XML = re.compile(r"<\w*:?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.DOTALL)


def kind_of(path: Path) -> Kind:
    """What the content of a file is. Raises Refused for an empty, encrypted or foreign file."""
    with path.open("rb") as stream:
        start = stream.read(64 * 1024)
    if not start.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refused(Bilingual("文件是空的", "the file is empty"), Bilingual("重新导出", "export it again"))
    if start.startswith(_OLE):
        return _ole(path)
    if start.startswith(b"PK\x03\x04"):
        return _zip(path)
    # workbooks of Excel 2 to 4 have no container; a text may begin with byte 9 too, which is the tab
    if start[0] == 9 and _OLD_EXCEL.match(start) and b"\0" in start[:16]:
        return "workbook"
    return _text(start)


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
    except (zipfile.BadZipFile, NotImplementedError, ValueError):  # as Python's reader says it of different damage
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


def _refuse_binary(start: bytes) -> None:
    for beginning, what in _FOREIGN:
        if start.startswith(beginning):
            raise Refused(what, Bilingual("导出为 xlsx 或 csv", "export as xlsx or csv"))
    unmarked = not start.startswith((b"\xff\xfe", b"\xfe\xff"))
    control = len(start) - len(start.translate(None, _CONTROL))
    # in UTF-16 half of every character may be such a byte; nearly every second one is a zero
    if start.startswith(_ENCRYPTED) or (
        unmarked and control > 1 and control * _CONTROL_SHARE > len(start) and start.count(0) * 20 < len(start)
    ):
        raise Refused(
            Bilingual(
                "不是工作簿也不是文本，可能被安全软件加密",
                "no workbook and no text, perhaps encrypted by security software",
            ),
            Bilingual("解密后再导出或复制", "decrypt it, or export it again"),
        )


def _text(start: bytes) -> Kind:
    _refuse_binary(start)
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
    if text.lstrip("\ufeff\xef\xbb\xbf \r\n\t").startswith("<") and _HTML.search(text):
        return "html"
    if not any(separator in start for separator in _SEPARATORS):
        raise Refused(
            Bilingual("是文本，但没有分列", "a text without columns"),
            Bilingual("导出为 xlsx，或用逗号、制表符分隔的 csv", "export as xlsx, or as csv with commas or tabs"),
        )
    return "text"


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
