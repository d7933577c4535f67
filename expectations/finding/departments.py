"""The fixed order of departments: by the number in their name, never by a figure. Nothing is counted here."""

import re

_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九", start=1)}
_NUMBERED = re.compile(r"第([一二三四五六七八九十]+|\d+)")


def department_order(name: str) -> tuple[int, int, str]:
    """Sort key: 第一 … 第十一 … by number, then names without a number, the blank name last."""
    if not name:
        return (2, 0, "")
    match = _NUMBERED.match(name)
    return (0, _number(match[1]), name) if match else (1, 0, name)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(ones, 0)
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
