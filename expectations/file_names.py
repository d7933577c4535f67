"""Names of files in another encoding than the machine's: how they are shown and stored, and how a path travels as text.

Python keeps the bytes that fit no encoding as signs that nothing else accepts: no database, no terminal, no message.
"""

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

_URI = "file://"


def shown(name: str | Path) -> str:
    """A name or path that can be stored and shown, on one line: bytes of GB18030 as what they say, any other ones escaped."""
    return str(Path(*map(_shown_part, Path(name).parts)))


def is_plain(path: Path) -> bool:
    """Whether every program can be handed the path as text."""
    return _is_encodable(str(path))


def path_as_text(path: Path) -> str:
    """The path as text to be stored or sent; `text_as_path` gives it back."""
    return str(path) if is_plain(path) else path.absolute().as_uri()


def text_as_path(text: str) -> Path:
    """The path that `path_as_text` wrote."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(text).path))) if text.startswith(_URI) else Path(text)


def stays_below(name: str) -> bool:
    """Whether a name in an archive leads to a place below the folder it is unpacked into, on every system, and to that place alone."""
    parts = name.split("/")
    return bool(name) and not {"", ".", ".."} & set(parts) and name.isprintable() and not set('\\:*?"<>|') & set(name)


def _shown_part(name: str) -> str:
    if not _is_encodable(name):
        name = _decoded(name)
    return name if name.isprintable() else "".join(sign if sign.isprintable() else _escaped(sign) for sign in name)


def _decoded(name: str) -> str:
    try:
        read = name.encode("utf-8", errors="surrogateescape").decode("gb18030")
    except UnicodeError:
        return name
    return read if read.isprintable() else name


def _escaped(sign: str) -> str:
    byte = ord(sign) - 0xDC00 if "\udc80" <= sign <= "\udcff" else ord(sign)
    return f"\\x{byte:02x}" if byte < 0x100 else f"\\u{byte:04x}"


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
