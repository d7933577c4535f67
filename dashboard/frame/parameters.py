"""What may stand in an address, for pages and downloads alike: each parameter says what it takes. Anything else is read as if it were
not there, whoever wrote it. No Streamlit here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from expectations.texts import LANGUAGES, Language

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
C = TypeVar("C", bound=str | int | None)
TextsOf = Callable[[str], Sequence[str]]
"""The values an address gives a name: none, one or several."""

_MOST_DIGITS = 9


@dataclass(frozen=True)
class Parameter(Generic[T_co]):
    """A name in the address; `read` makes a value of what stands there, or None of what can't be used."""

    name: str
    default: T_co
    read: Callable[[Sequence[str]], T_co | None]
    as_texts: Callable[[Any], Sequence[str]] = lambda value: [str(value)]

    def of(self, texts_of: TextsOf) -> T_co:
        """Its value in an address."""
        values = texts_of(self.name)
        value = self.read(values) if values else None
        return self.default if value is None else value

    def written(self, value: object) -> list[str]:
        """How a value stands in an address; nothing for the default."""
        return [] if value is None or value == self.default else [*self.as_texts(value)]


class Values(Protocol):
    """Where the value of a parameter comes from: the session of a page, or the address of a download."""

    def __call__(self, parameter: Parameter[T], /) -> T:
        """Its value."""
        ...


def text(name: str, default: str = "") -> Parameter[str]:
    """Any text, its first value."""
    return Parameter(name, default, lambda values: values[0])


def some(name: str) -> Parameter[str | None]:
    """Any text or none; unlike `text` it knows a blank one from none."""
    return Parameter(name, None, lambda values: values[0])


def many(name: str) -> Parameter[list[str]]:
    """Any texts."""
    return Parameter(name, [], list, lambda values: values)


def one_of(name: str, choices: Sequence[C]) -> Parameter[C]:
    """One of the choices, else the first."""
    choice_by_text = {str(choice): choice for choice in choices}
    return Parameter(name, choices[0], lambda values: choice_by_text.get(values[0]))


def number(name: str, default: int) -> Parameter[int]:
    """A whole number above nought."""
    return Parameter(name, default, lambda values: _whole_number(values[0]) or None)


def row_number(name: str) -> Parameter[int | None]:
    """A whole number from nought, or none."""
    return Parameter(name, None, lambda values: _whole_number(values[0]))


def _whole_number(digits: str) -> int | None:
    """Plain digits as a number; signs such as ² are digits too, and none that could be counted with."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def flag(name: str) -> Parameter[bool]:
    """Whether it is 1."""
    return Parameter(name, False, lambda values: values[0] == "1", lambda _: ["1"])


def day(name: str) -> Parameter[date | None]:
    """A day, YYYY-MM-DD."""

    def read(values: Sequence[str]) -> date | None:
        try:
            return date.fromisoformat(values[0])
        except ValueError:
            return None

    return Parameter(name, None, read)


LANGUAGE: Parameter[Language | None] = one_of("lang", (None, *LANGUAGES))
"""The language of the page; none: the reader's."""

PAGE = number("page", 1)
"""The page of a list."""
