"""Switches an administrator sets: their names, their defaults, and reading and writing them. What they do stands elsewhere."""

import re
from collections.abc import Callable, Mapping
from datetime import time
from pathlib import Path
from string import Formatter
from typing import Any

from sqlalchemy.orm import Session

from expectations.errors import InputError, nearest
from expectations.store.tables import Setting
from expectations.texts import LANGUAGES, Bilingual

Value = bool | int | float | str

DEFAULTS: dict[str, Value] = {
    "partner_offices": False,
    "hold_after": 5,
    "reply_days": 10,
    "notice_number": "{office}检案管监〔{year}〕{serial}号",
    "messages_on": False,
    "explanation_days": 365,
    "precision_floor": 0.5,
    "idle_minutes": 30,
    "stale_hours": 26,
    "export_days": 7,
    "backup_hours": 26,
    "free_gb": 2,
    "inbox": "",
    "language": "catalogue",
    "night_time": "02:00",
    "morning_time": "08:00",
    "backup_time": "05:00",
}
"""Name → value where nobody has set one; its type is the type of the switch."""

CHOICES: dict[str, tuple[str, ...]] = {"language": ("catalogue", *LANGUAGES)}
"""The values of a switch that takes few; `catalogue`: the language of the home is what its rules speak, see `people.languages`."""

_NUMBERED_BY = frozenset({"office", "year", "serial"})
_WIDTH = re.compile(r"(0[2-9])?")


_LOWEST: dict[str, float] = {
    "hold_after": 1,
    "reply_days": 1,
    "explanation_days": 1,
    "precision_floor": 0,
    "idle_minutes": 1,
    "stale_hours": 1,
    "export_days": 0,
    "backup_hours": 0,
    "free_gb": 0,
}
_HIGHEST: dict[str, float] = {
    "hold_after": 1000,
    "reply_days": 365,
    "explanation_days": 3650,
    "precision_floor": 1,
    "idle_minutes": 720,
    "stale_hours": 720,
    "export_days": 365,
    "backup_hours": 8760,
    "free_gb": 10_000,
}
_ON, _OFF = ("on", "true", "yes", "1", "开"), ("off", "false", "no", "0", "关")


def switch(session: Session, name: str) -> Any:
    """The value of a switch. Raises InputError for an unknown name."""
    default = _default(name)
    setting = session.get(Setting, name)
    return default if setting is None else setting.value["value"]


def switches(session: Session) -> dict[str, Value]:
    """All of them."""
    return {name: switch(session, name) for name in DEFAULTS}


def value_of(name: str, text: str) -> Value:
    """A value as it is typed, as what the switch takes. Raises InputError for an unknown name and for what is no such value."""
    kind, word = type(_default(name)), text.strip()
    if kind is bool and word.lower() in (*_ON, *_OFF):
        return word.lower() in _ON
    try:
        return text if kind in (bool, str) else kind(word)
    except ValueError:
        return text  # of the wrong type, which `checked` says


def checked(name: str, value: Value) -> Value:
    """The value as it is kept. Raises InputError for an unknown name, a value of another type or out of bounds."""
    kind = type(_default(name))
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise InputError(
            Bilingual(f"开关 {name} 的值类型不对", f"switch {name} has a wrong type").about(f"{value!r}"),
            hint=Bilingual("应为", "expected").about(kind.__name__),
        )
    if value not in CHOICES.get(name, (value,)):
        raise InputError(
            Bilingual(f"开关 {name} 没有这个值", f"switch {name} has no such value").about(value),
            hint=", ".join(CHOICES[name]),
        )
    if isinstance(value, str):
        return _TEXTS[name](value) if name in _TEXTS else value
    if name in _LOWEST and not _LOWEST[name] <= value <= _HIGHEST[name]:
        raise InputError(
            Bilingual(f"开关 {name} 的值超出范围", f"switch {name} is out of bounds").about(value),
            hint=f"{_LOWEST[name]:g}–{_HIGHEST[name]:g}",
        )
    return value


def clock_time(session: Session, name: str) -> time:
    """The value of a switch that is a time of the office's clock."""
    return time.fromisoformat(switch(session, name))


def set_switch(session: Session, name: str, value: Value) -> None:
    """Sets it. Raises InputError for an unknown name, a value of another type or out of bounds."""
    kept = checked(name, value)
    setting = session.get(Setting, name)
    if setting is None:
        session.add(Setting(name=name, value={"value": kept}))
    else:
        setting.value = {"value": kept}


def _default(name: str) -> Value:
    if name not in DEFAULTS:
        raise InputError(
            Bilingual("没有此开关", "no such switch").about(f"{name}" + nearest(name, DEFAULTS)),
            hint=", ".join(DEFAULTS),
        )
    return DEFAULTS[name]


def _number_pattern(pattern: str) -> str:
    """A pattern that gives every notice a number of its own."""
    try:
        filled_in = {name: form or "" for _, name, form, _ in Formatter().parse(pattern) if name is not None}
    except ValueError:
        filled_in = {"": ""}
    # nothing but these: a format may ask for a text of any length, a name for whatever else an object holds
    if not filled_in.keys() <= _NUMBERED_BY or not all(map(_WIDTH.fullmatch, filled_in.values())):
        raise InputError(
            Bilingual("编号格式无效", "not a pattern").about(pattern),
            hint=Bilingual("可用", "may use").about("{office} {year} {serial} {serial:03}"),
        )
    if not {"serial", "year"} <= filled_in.keys():
        raise InputError(
            Bilingual("编号格式缺少年份或序号", "no year or serial").about(pattern), hint="{office} {year} {serial}"
        )
    return pattern


def _time_of_day(text: str) -> str:
    """Hours and minutes, as a clock shows them."""
    hours, colon, minutes = text.strip().partition(":")
    numbers = hours + minutes
    if not (
        colon
        and numbers.isascii()
        and numbers.isdigit()
        and hours
        and minutes
        and int(hours) < 24
        and int(minutes) < 60
    ):
        raise InputError(
            Bilingual("不是时刻", "not a time of day").about(text), hint=Bilingual("例如", "for example").about("02:00")
        )
    return f"{int(hours):02}:{int(minutes):02}"


def _folder(text: str) -> str:
    """A folder by its whole path: who reads it stands in another working directory than who typed it."""
    path = text.strip()
    if path and (not Path(path).is_absolute() or not path.isprintable()):
        raise InputError(
            Bilingual("须写完整路径", "needs the whole path").about(text),
            hint=Bilingual("例如", "for example").about("/srv/anka/inbox"),
        )
    return path


_TEXTS: Mapping[str, Callable[[str], str]] = {
    "notice_number": _number_pattern,
    "night_time": _time_of_day,
    "morning_time": _time_of_day,
    "backup_time": _time_of_day,
    "inbox": _folder,
}
"""Switches whose value is a text of a certain form, and what makes the form of it or refuses it."""
