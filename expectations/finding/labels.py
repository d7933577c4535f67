"""What severities, owners and error types are called, Chinese and English, and the order of severities. The one place that says so."""

from collections.abc import Mapping
from typing import Literal, get_args

from expectations.texts import Bilingual, same

Severity = Literal["serious", "normal", "hint"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Errors first, the graver ones before; a hint is no error."""

SEVERITY_WORDS: Mapping[Severity, tuple[str, str]] = {
    "serious": ("严重", "serious"),
    "normal": ("一般", "normal"),
    "hint": ("提示", "hint"),
}
BY_FIELD = "by_field"
"""The owner of a rule whose findings go to whoever fills the item."""
OWNER_WORDS: Mapping[str, tuple[str, str]] = {
    "intake": ("案管受理", "intake"),
    "handler": ("承办人", "handler"),
    "court_clerk": ("书记员（裁判信息）", "court clerk"),
    BY_FIELD: ("按案卡项的填录责任人", "by item"),
    "system": ("系统", "system"),
}
"""The owners every catalogue knows; one that a pack declares is called what it is."""

TO_VERIFY = "核对"
"""The error type that is no error but a request to verify."""
ERROR_TYPE_WORDS: Mapping[str, tuple[str, str]] = {
    "漏填": ("漏填", "missing"),
    "错填": ("错填", "wrong"),
    "迟填": ("迟填", "late"),
    "不一致": ("不一致", "inconsistent"),
    "假填": ("假填", "false entry"),
    "乱填": ("乱填", "arbitrary entry"),
    "重复": ("重复", "duplicate"),
    TO_VERIFY: ("核对", "to verify"),
}
"""The error types every catalogue knows; one that a pack declares is called what it is."""


def owner_word(owner: str) -> Bilingual:
    """What an owner is called."""
    return Bilingual(*OWNER_WORDS.get(owner, (owner, owner)))


def error_type_word(error_type: str) -> Bilingual:
    """What an error type is called."""
    return Bilingual(*ERROR_TYPE_WORDS.get(error_type, (error_type, error_type)))


def severity_of(severity: str, is_hint: bool) -> Severity:
    """As a finding is shown: whatever counts as a hint is one."""
    if is_hint or severity == "hint":
        return "hint"
    return "serious" if severity == "serious" else "normal"


def severity_word(severity: str) -> Bilingual:
    """What a severity is called."""
    return Bilingual(*SEVERITY_WORDS[severity_of(severity, is_hint=False)])


def severity_order(column: str = "severity") -> str:
    """ORDER BY term of a column of severities."""
    places = " ".join(f"when '{name}' then {place}" for place, name in enumerate(SEVERITIES))
    return f"case {column} {places} end"


UNFILLED = Bilingual("（未填）", "(blank)")
"""For a name the cards leave blank."""
NOT_FILLED = UNFILLED.zh


def place_word(sheet: str, sheet_row: int) -> Bilingual:
    """Where a row stands in its file, of a file without sheets its number alone."""
    return Bilingual(f"{sheet} 第 {sheet_row} 行".strip(), f"{sheet}, row {sheet_row}".removeprefix(", "))


def case_word(bmsah: str, sheet: str, sheet_row: int) -> Bilingual:
    """What a row is headed with: its case number, else its place in the file; one kept before places were has none."""
    if bmsah:
        return same(bmsah)
    if not sheet_row:
        return Bilingual("无受案号", "no case number")
    place = place_word(sheet, sheet_row)
    return Bilingual(f"无受案号（{place.zh}）", f"no case number ({place.en})")


NO_OFFICE = Bilingual("单位不明", "office unknown")


def office_word(office: str) -> str:
    """An office as tables name it; blank is the one that rows belong to which belong to none."""
    return office or NO_OFFICE.zh
