"""What may be shown of identity and telephone numbers: masks for running text and for single values.

Only masks stand here. Who may see what is decided by the callers; names are left alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_KEPT_BEGINNING, _KEPT_END = 6, 4
_TELLING = 6  # signs; a shorter fragment identifies nobody and would hit dates and counts of the message
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])(\d{6})([ -]?\d{8}[ -]?)(\d{3}[\dXxＸｘ])(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(\d{6})(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(\d{3})(?![0-9A-Za-z])"
)
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)([ -]?)\d{4}([ -]?)(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})([ -]?)\d{3,4}(\d{4})(?!\d)")


@dataclass(frozen=True)
class Masks:
    """How identity and telephone numbers are shown: `numbers` are card and name of the items that hold identity numbers."""

    numbers: frozenset[tuple[str, str]]
    off: bool = False
    """For those who have to correct them, on their own cards."""

    def value(self, value: str, card: str, field: str) -> str:
        """A present value as it may be shown; `field` may be `card.item` of another stage."""
        if self.off:
            return value
        return mask_number(value) if self.holds_number(card, field) else mask_identity(value)

    def holds_number(self, card: str, field: str) -> bool:
        """Whether the item holds identity numbers."""
        other_card, _, item = field.rpartition(".")
        return (other_card or card, item) in self.numbers

    def text(self, text: str, secrets: Iterable[str] = ()) -> str:
        """Running text; `secrets` are numbers in it that no pattern knows."""
        return text if self.off else mask_message(text, secrets)


NO_MASKS = Masks(frozenset(), off=True)
"""For an export that goes back to whom it came from."""


def mask_identity(text: str) -> str:
    """`text` with the middle of every identity number (18 or 15 places) and telephone number replaced by stars."""
    masked = _IDENTITY.sub(_mask_match, text)
    masked = _MOBILE.sub(r"\1\2****\3\4", masked)
    return _LANDLINE.sub(r"\1\2****\3", masked)


def mask_number(number: str) -> str:
    """A value of an identity-number item, even a malformed one: its first six and last four signs, stars between."""
    if len(number) <= _KEPT_BEGINNING + _KEPT_END:
        return "*" * len(number)
    hidden = len(number) - _KEPT_BEGINNING - _KEPT_END
    return number[:_KEPT_BEGINNING] + "*" * hidden + number[-_KEPT_END:]


def mask_message(text: str, numbers: Iterable[str]) -> str:
    """A message with its identity numbers masked; `numbers` are values a pattern can't know because they are malformed."""
    for number in sorted((value for value in numbers if len(value) >= _TELLING), key=len, reverse=True):
        text = text.replace(number, mask_number(number))
    return mask_identity(text)


def _mask_match(match: re.Match[str]) -> str:
    beginning, middle, end = (part for part in match.groups() if part is not None)
    return f"{beginning}{'*' * len(middle)}{end}"
