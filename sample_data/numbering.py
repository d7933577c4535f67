"""Numbers of cases, suspects and documents in the form the case system gives them, each used once.

Numbers of arrest and prosecution cases follow the order of acceptance, all others the order of writing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sample_data.courses.timeline import Timeline
from sample_data.office import DOCUMENT_NAME, SHORT_NAME, UNIT_CODE
from sample_data.people import Register


@dataclass(frozen=True)
class CaseNumbers:
    """The numbers of one matter; blank where there is no such case."""

    tysah: str
    arrest: str = ""
    prosecution: str = ""


@dataclass
class Numbering:
    """Hands out numbers; one counter per kind of number and year, one register of identity numbers."""

    counters: Counter[tuple[str, int]] = field(default_factory=Counter)
    identities: Register = field(default_factory=Register)

    def next(self, kind: str, year: int) -> int:
        """The next number of that kind in that year, from 1."""
        self.counters[kind, year] += 1
        return self.counters[kind, year]

    def matter(self, year: int) -> str:
        """A new unified number: kept by a matter through all its stages."""
        return f"{UNIT_CODE}{year}{self.next('tysah', year):05d}20"

    def suspect(self, year: int) -> str:
        """A new suspect number: 17 digits, kept from arrest to prosecution."""
        return f"{UNIT_CODE}{year}{self.next('suspect', year):07d}"

    def document(self, word: str, day: date) -> str:
        """A new document number of the office itself."""
        return f"{DOCUMENT_NAME}{word}〔{day.year}〕{self.next(word, day.year)}号"

    def foreign(self, prefix: str, day: date) -> str:
        """A new document number of an organ that sends cases."""
        return f"{prefix}〔{day.year}〕{self.next(prefix, day.year)}号"

    def court(self, day: date) -> str:
        """A new first-instance case number of the court."""
        return f"（{day.year}）汉0101刑初{self.next('court', day.year)}号"


def case_number(word: str, day: date, number: int) -> str:
    """A department case number of that class word and the year of acceptance."""
    return f"{SHORT_NAME}{word}受[{day.year}]{UNIT_CODE}{number:06d}号"


def number_cases(timelines: Sequence[Timeline], minors: Sequence[bool], numbering: Numbering) -> list[CaseNumbers]:
    """Numbers for every matter, in the order of acceptance within each kind."""
    tysah, arrest, prosecution = ([""] * len(timelines) for _ in range(3))
    for n in _in_order(t.arrest_accept or t.accept for t in timelines):
        year = timelines[n].first_year
        tysah[n] = numbering.matter(year)
    for n in _in_order(t.arrest_accept for t in timelines):
        if day := timelines[n].arrest_accept:
            word = "未捕" if minors[n] else "刑捕"
            arrest[n] = case_number(word, day, numbering.next("arrest", day.year))
    for n in _in_order(t.accept for t in timelines):
        if day := timelines[n].accept:
            word = "未诉" if minors[n] else "刑诉"
            prosecution[n] = case_number(word, day, numbering.next("prosecution", day.year))
    return [CaseNumbers(*numbers) for numbers in zip(tysah, arrest, prosecution, strict=True)]


def _in_order(accepted: Iterable[date | None]) -> list[int]:
    days = list(accepted)
    return sorted((n for n, day in enumerate(days) if day), key=lambda n: (days[n] or date.min, n))
