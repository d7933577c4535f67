"""How dates are written in a field's exports: the codes a format may use, and what makes a format usable.

A format says which of day and month comes first, so that it is never guessed. Reading cells is `expectations.sql.cell_values`.
"""

import re

CODES = {
    "%d": r"\d{1,2}",
    "%m": r"\d{1,2}",
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]{3,9}",
    "%H": r"\d{1,2}",
    "%I": r"\d{1,2}",
    "%M": r"\d{1,2}",
    "%S": r"\d{1,2}",
    "%p": "[AaPp][Mm]",
}
"""Codes of strptime that mean the same to DuckDB and to the standard library, and what they look like."""

_NEEDED = (("%d",), ("%m", "%b", "%B"), ("%Y", "%y"))
_HOURS, _WITHIN_HOUR = frozenset({"%H", "%I"}), frozenset({"%M", "%S"})
_STEP = re.compile(r"%.|[^%]+|%$", re.DOTALL)


def problem_of(form: str) -> str:
    """Why a text is no date format; empty when it is one."""
    codes = [step for step in _STEP.findall(form) if step.startswith("%")]
    unknown = [code for code in codes if code not in CODES]
    if unknown:
        return f"unknown code {unknown[0]}; available: {' '.join(CODES)}"
    if any(sum(code in alternatives for code in codes) != 1 for alternatives in _NEEDED):
        return "a date format names day, month and year once each"
    if any(codes.count(code) > 1 for code in codes) or len(_HOURS.intersection(codes)) > 1:
        return "each part is named once"
    if ("%I" in codes) != ("%p" in codes):
        return "%I and %p go together; %H is the hour of 24"
    if _WITHIN_HOUR.intersection(codes) and not _HOURS.intersection(codes):
        return "minutes and seconds need the hour"
    return ""


def pattern_of(form: str) -> str:
    """A regular expression of the texts a format is meant for; numbers without a sign between them have their zeros."""
    steps: list[str] = _STEP.findall(form)
    parts = []
    for place, step in enumerate(steps):
        neighbours = [steps[n] for n in (place - 1, place + 1) if 0 <= n < len(steps)]
        touching = any(neighbour in CODES and CODES[neighbour].startswith(r"\d") for neighbour in neighbours)
        pattern = CODES.get(step, re.escape(step))
        parts.append(pattern.replace("{1,2}", "{2}") if touching else pattern)
    return f"^{''.join(parts)}$"
