"""Names for cards, items and dictionaries from headings and file names: lower-case ASCII, unique, no word of the rule language."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection

from expectations.fitting.card_checks import is_name

_LONGEST = 40
_INITIALS = "abcdefghjklmnopqrstwxyz"
_FIRST_CODES = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
    0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
"""Where each initial begins among the common characters of GB 2312, which stand in the order of their pinyin."""
_LAST_CODE = 0xD7F9


def name_of(text: str, taken: Collection[str], otherwise: str) -> str:
    """A name for what is called `text`, none of those taken; `otherwise` where nothing of the text can be kept."""
    words = "".join(map(_ascii, text)).lower()
    slug = re.sub(r"[^a-z0-9]+", "_", words).strip("_").lstrip("0123456789_")[:_LONGEST].strip("_")
    name = slug or otherwise
    if not is_name(name):
        name = f"{name}_item"
    number = 2
    while (numbered := name if number == 2 else f"{name}_{number - 1}") in taken:
        number += 1
    return numbered


def _ascii(sign: str) -> str:
    """A Latin letter without its accent, a Chinese character as the initial of its pinyin, everything else as a gap."""
    if sign.isascii():
        return sign
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return plain or _initial(sign)


def _initial(sign: str) -> str:
    try:
        code = int.from_bytes(sign.encode("gb2312"))
    except UnicodeEncodeError:
        return "_"
    return _INITIALS[bisect_right(_FIRST_CODES, code) - 1] if _FIRST_CODES[0] <= code <= _LAST_CODE else "_"
