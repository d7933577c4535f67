"""Whether the access log is as it was written: every entry follows the one before it, and the last is the head.

A chain that was cut off, or made anew from some entry on, is whole in itself: it is found by heads that were kept elsewhere, in published
runs and on printed notices (`Witness`). Entries that were taken out into an archive are followed there. Nothing is changed here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.people.trail.taken_out import taken_out
from expectations.store.chain import Head, entry_hash, log_head
from expectations.store.tables import Access
from expectations.texts import Bilingual

Kind = Literal["changed", "moved", "removed", "inserted", "cut_off", "made_anew"]
_PORTION = 5000
_MOST_MOVED = 200
"""Broken entries among which one is looked for in its former place; where more are broken, the first are telling enough."""
_LEAST_SIGNS = 8
COLUMNS = (
    Access.id, Access.at, Access.user_id, Access.login, Access.action, Access.subject, Access.detail, Access.previous, Access.hash,
)  # fmt: skip
"""What an `Entry` is made of."""


class Entry(NamedTuple):
    """An entry of the log, as the register or an archive has it."""

    id: int
    at: datetime
    user_id: int | None
    login: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str


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
    """What looking came to. `sealed`: the entry up to which entries were written before there was a chain, 0 where there is none. `taken_out`: the
    last entry that lies in archives, 0 where none does; `archived`: how many entries of archives were looked at."""

    entries: int
    head: Head
    sealed: int
    witnesses: int
    problems: tuple[Problem, ...]
    taken_out: int = 0
    archived: int = 0

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


@dataclass
class Walk:
    """A chain on its way from one end to the other: what was found, the last entry, and the hashes of those asked for."""

    before_last: Head
    last: Head
    wanted: Collection[int] = ()
    found: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    sealed: int = 0
    _broken: list[Entry] = field(default_factory=list)
    _last_broken: bool = False

    def take(self, entry: Entry) -> None:
        """The next one."""
        self.count += 1
        intact = entry.hash == _hash(entry, entry.id)
        if not intact:
            self._broken.append(entry)
        elif not self._last_broken and entry.previous != self.last.hash:
            self.problems.append(_unlinked(entry, self.before_last, self.last))
        if entry.action == "log_sealed":
            self.sealed = max(self.sealed, entry.id)
        if entry.id in self.wanted:
            self.found[entry.id] = entry.hash
        self.before_last, self.last, self._last_broken = self.last, Head(entry.id, entry.hash), not intact

    def end(self) -> None:
        """There are no more."""
        self.problems += _broken(self._broken)


class Archived(NamedTuple):
    """An archive to be followed with the log: its name, its first entry with the hash before it, and all its entries."""

    place: str
    first: int
    previous: str
    entries: Iterable[Entry]


def check_entries(entries: Iterable[Entry], first: int, previous: str, wanted: Collection[int] = ()) -> Walk:
    """Follows a part of the chain that begins with entry `first` behind the hash `previous`."""
    walk = Walk(Head(), Head(first - 1, previous), wanted)
    for entry in entries:
        walk.take(entry)
    walk.end()
    return walk


def check(session: Session, witnesses: Iterable[Witness] = (), archives: Iterable[Archived] = ()) -> Verdict:
    """Reads every entry once, those of archives first."""
    kept = list(witnesses)
    # Read before and after the entries, among which some may be written meanwhile.
    head, out = log_head(session), taken_out(session)
    wanted = {head.entry, *(witness.entry for witness in kept)}
    problems, archived, hashes = list[Problem](), 0, dict[int, str]()
    if out:
        hashes[out.last] = out.hash
    for archive in archives:
        walk = check_entries(archive.entries, archive.first, archive.previous, wanted)
        problems += [replace(problem, words=problem.words.about(archive.place)) for problem in walk.problems]
        archived += walk.count
        hashes = walk.found | hashes
        kept.append(Witness(archive.place, walk.last.entry, walk.last.hash))
        wanted.add(walk.last.entry)
    rows = session.execute(select(*COLUMNS).order_by(Access.id).execution_options(yield_per=_PORTION))
    first, previous = (out.last + 1, out.hash) if out else (1, "")
    log = check_entries((Entry(*row) for row in rows), first, previous, wanted)
    problems += log.problems + _end(head, (hashes | log.found).get(head.entry, ""), log.last, log_head(session))
    problems += _contradictions(kept, hashes | log.found, log.last, out.last if out else 0)
    in_order = tuple(sorted(problems, key=lambda problem: problem.entry))
    return Verdict(log.count, head, log.sealed, len(kept), in_order, out.last if out else 0, archived)


def _contradictions(kept: Iterable[Witness], found: Mapping[int, str], last: Head, taken_out: int) -> Iterable[Problem]:
    """What heads kept elsewhere say against the log; one of an entry that lies in an archive nobody gave says nothing."""
    told = (witness for witness in kept if witness.entry > taken_out or witness.entry in found)
    return (problem for witness in told if (problem := _contradicted(witness, found, last)))


def _hash(entry: Entry, number: int) -> str:
    said = (entry.at, entry.user_id, entry.login, entry.action, entry.subject, entry.detail)
    return entry_hash(entry.previous, number, *said)


def _unlinked(entry: Entry, before_last: Head, last: Head) -> Problem:
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


def _broken(entries: Sequence[Entry]) -> list[Problem]:
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


def _contradicted(witness: Witness, found: Mapping[int, str], last: Head) -> Problem | None:
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
