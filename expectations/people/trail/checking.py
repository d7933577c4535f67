"""Whether the access log is as it was written: every entry follows the one before it, and the last is the head.

A chain that was cut off, or made anew from some entry on, is whole in itself: it is found by heads that were kept elsewhere, in published
runs and on printed notices (`Witness`). Nothing is changed here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.store.chain import Head, entry_hash, log_head
from expectations.store.tables import Access
from expectations.texts import Bilingual

Kind = Literal["changed", "moved", "removed", "inserted", "cut_off", "made_anew"]
_PORTION = 5000
_MOST_MOVED = 200
"""Broken entries among which one is looked for in its former place; where more are broken, the first are telling enough."""
_LEAST_SIGNS = 8
_COLUMNS = (
    Access.id, Access.at, Access.user_id, Access.login, Access.action, Access.subject, Access.detail, Access.previous, Access.hash,
)  # fmt: skip
_Entry = Row[int, datetime, int | None, str, str, str, str, str, str]


@dataclass(frozen=True)
class Witness:
    """A head as something outside the log kept it: where it stands, the entry, and its hash or the beginning of it."""

    place: str
    entry: int
    hash: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with an entry, or with all entries from `entry` to `last`."""

    kind: Kind
    entry: int
    last: int
    words: Bilingual


@dataclass(frozen=True)
class Verdict:
    """What looking came to. `sealed`: the entry up to which entries were written before there was a chain, 0 where there is none."""

    entries: int
    head: Head
    sealed: int
    witnesses: int
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed, moved or inserted, as far as the chain and its witnesses tell."""
        return not self.problems


def witness_of(text: str) -> Witness:
    """A head as it is printed on a notice. Raises InputError for anything else."""
    entry, _, signs = text.strip().partition("-")
    plain = entry.isascii() and entry.isdigit() and len(entry) < 12
    if not plain or len(signs) < _LEAST_SIGNS or set(signs.lower()) - set("0123456789abcdef"):
        raise InputError(
            Bilingual("不是日志链头", "not a head of the log").about(text),
            hint=Bilingual("如通知上所印", "as printed on a notice").about("137-4f3a2b9c0d1e5f60"),
        )
    return Witness(text.strip(), int(entry), signs.lower())


def check(session: Session, witnesses: Iterable[Witness] = ()) -> Verdict:
    """Reads every entry once."""
    kept = tuple(witnesses)
    # Read before and after the entries, among which some may be written meanwhile.
    head = log_head(session)
    wanted, found = {head.entry, *(witness.entry for witness in kept)}, dict[int, str]()
    problems: list[Problem] = []
    broken: list[_Entry] = []
    count, sealed, before_last, last = 0, 0, Head(), Head()
    last_broken = False
    for entry in session.execute(select(*_COLUMNS).order_by(Access.id).execution_options(yield_per=_PORTION)):
        count += 1
        intact = entry.hash == _hash(entry, entry.id)
        if not intact:
            broken.append(entry)
        elif not last_broken and entry.previous != last.hash:
            problems.append(_unlinked(entry, before_last, last))
        if entry.action == "log_sealed":
            sealed = max(sealed, entry.id)
        if entry.id in wanted:
            found[entry.id] = entry.hash
        before_last, last, last_broken = last, Head(entry.id, entry.hash), not intact
    problems += _broken(broken)
    problems += _end(head, found.get(head.entry, ""), last, log_head(session))
    problems += [problem for witness in kept if (problem := _contradicted(witness, found, last))]
    return Verdict(count, head, sealed, len(kept), tuple(sorted(problems, key=lambda problem: problem.entry)))


def _hash(entry: _Entry, number: int) -> str:
    said = (entry.at, entry.user_id, entry.login, entry.action, entry.subject, entry.detail)
    return entry_hash(entry.previous, number, *said)


def _unlinked(entry: _Entry, before_last: Head, last: Head) -> Problem:
    """Of an entry that is as it was written and follows another one than stands before it."""
    if last.entry and entry.previous == before_last.hash:
        words = Bilingual(f"第 {last.entry} 条是插入的", f"entry {last.entry} was inserted")
        return Problem("inserted", last.entry, last.entry, words)
    if entry.id > last.entry + 1:
        return _missing("removed", last.entry + 1, entry.id - 1)
    words = Bilingual(f"第 {last.entry} 条被换成另一条", f"entry {last.entry} was replaced by another")
    return Problem("changed", last.entry, last.entry, words)


def _missing(kind: Kind, first: int, last: int) -> Problem:
    numbers = f"{first}" if first == last else f"{first}–{last}"
    return Problem(kind, first, last, Bilingual(f"缺少第 {numbers} 条", f"entry {numbers} is missing"))


def _broken(entries: Sequence[_Entry]) -> list[Problem]:
    """Of entries whose hash is not theirs: each was changed, or is one that stood in another place."""
    problems = []
    numbers = sorted({entry.id + step for entry in entries[:_MOST_MOVED] for step in (-1, 0, 1)})
    for entry in entries:
        former = next((number for number in numbers if entry.hash == _hash(entry, number)), None)
        if former is None:
            words = Bilingual(f"第 {entry.id} 条被改动", f"entry {entry.id} was changed")
            problems.append(Problem("changed", entry.id, entry.id, words))
        else:
            words = Bilingual(f"第 {entry.id} 条原是第 {former} 条", f"entry {entry.id} was entry {former}")
            problems.append(Problem("moved", entry.id, entry.id, words))
    return problems


def _end(head: Head, hash_there: str, last: Head, head_now: Head) -> list[Problem]:
    """The last entries beside the head; `hash_there` is the hash of the entry that the head names."""
    if head.entry > last.entry:
        return [_missing("cut_off", last.entry + 1, head.entry)]
    if head_now.entry < last.entry:
        words = Bilingual(
            f"第 {head_now.entry + 1}–{last.entry} 条不是由程序写入的",
            f"entries {head_now.entry + 1}–{last.entry} were not written by Anka",
        )
        return [Problem("inserted", head_now.entry + 1, last.entry, words)]
    if head.hash != hash_there:
        words = Bilingual(
            f"第 {head.entry} 条不是链头所记的那一条", f"entry {head.entry} is not the one the head names"
        )
        return [Problem("changed", head.entry, head.entry, words)]
    return []


def _contradicted(witness: Witness, found: dict[int, str], last: Head) -> Problem | None:
    """What a head kept elsewhere says against the log."""
    kept = found.get(witness.entry, "")
    if not witness.entry or (kept and kept.startswith(witness.hash)):
        return None
    if witness.entry > last.entry:
        words = Bilingual(
            f"第 {last.entry + 1}–{witness.entry} 条被截去", f"entries {last.entry + 1}–{witness.entry} were cut off"
        )
        return Problem("cut_off", last.entry + 1, witness.entry, words.about(witness.place))
    words = Bilingual(
        f"第 {witness.entry} 条不是当时的那一条：此前某条起日志被重写",
        f"entry {witness.entry} is not the one of then: the log was made anew from some entry before it on",
    )
    return Problem("made_anew", witness.entry, witness.entry, words.about(witness.place))
