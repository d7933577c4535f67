"""What each role may see and do: pages, rows, names, numbers, decisions. The one place that decides it.

Rows are enforced where data is read: `Scope` makes the condition for the register (SQLAlchemy) and for a published run
(DuckDB). Pages ask `may`; they never filter by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

from sqlalchemy import ColumnElement, and_, false, or_, true

from expectations.errors import AnkaError
from expectations.register.tables import Finding

Role = Literal["supervisor", "prosecutor", "assistant", "head", "leader", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)

Act = Literal["decide", "answer", "notify", "reply", "recheck", "hold", "manage", "export", "watch"]

PAGES: dict[Role, tuple[str, ...]] = {
    "supervisor": (
        "today", "overview", "findings", "departments", "case", "due", "trends", "rules", "notices", "check", "run", "compare",
    ),
    "prosecutor": ("mine", "findings", "case", "due", "rules", "notices", "check"),
    "assistant": ("mine", "findings", "case", "due", "rules", "check"),
    "head": ("departments", "mine", "findings", "case", "due", "trends", "rules", "notices", "check"),
    "leader": ("overview", "departments", "trends", "rules", "compare"),
    "administrator": ("admin", "rules", "run"),
}  # fmt: skip
"""The pages of each role; the first one is what they come to."""

ACTS: dict[Role, frozenset[Act]] = {
    "supervisor": frozenset(("decide", "notify", "reply", "recheck", "hold", "export", "watch")),
    "prosecutor": frozenset(("answer", "reply", "export")),
    "assistant": frozenset(("answer", "export")),
    "head": frozenset(("answer", "reply", "export")),
    "leader": frozenset(),
    "administrator": frozenset(("manage", "watch")),
}


class NotAllowedError(AnkaError):
    """Somebody asked for what their role does not give them."""

    def __init__(self) -> None:
        super().__init__(
            "没有此项权限 / not allowed", hint="如需要，请联系管理员 / ask an administrator if you need it"
        )


@dataclass(frozen=True)
class Scope:
    """Which rows: everything, or those of offices, of departments (office, department), of handlers (office, department, name).

    A blank department of a handler means any: it is given only where the office has two people of one name. `known` are the offices of
    the organisation; a row whose office is none of them (a mistyped one) is looked up by department or name alone, so that its errors
    reach somebody.
    """

    everything: bool = False
    offices: frozenset[str] = frozenset()
    departments: frozenset[tuple[str, str]] = frozenset()
    handlers: frozenset[tuple[str, str, str]] = frozenset()
    known: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether it holds no row at all."""
        return not (self.everything or self.offices or self.departments or self.handlers)

    def findings(self) -> ColumnElement[bool]:
        """The condition on the register's findings."""
        if self.everything:
            return true()
        parts: list[ColumnElement[bool]] = [Finding.office.in_(sorted(self.offices))] if self.offices else []
        for office, department in sorted(self.departments):
            parts.append(and_(self._in_office(office), Finding.department == department))
        for office, department, name in sorted(self.handlers):
            own = [Finding.department == department] if department else []
            parts.append(and_(self._in_office(office), Finding.prosecutor == name, *own))
        return or_(*parts) if parts else false()

    def _in_office(self, office: str) -> ColumnElement[bool]:
        return or_(Finding.office == office, Finding.office.not_in(sorted(self.known)))

    def sql(self, rows: str) -> str:
        """The condition on DuckDB rows known as `rows` with columns office, department, prosecutor."""
        if self.everything:
            return "true"
        parts = [f"coalesce({rows}.office, '') in ({_texts(self.offices)})"] if self.offices else []
        for office, department in sorted(self.departments):
            parts.append(f"({self._sql_office(rows, office)} and {rows}.department = {_text(department)})")
        for office, department, name in sorted(self.handlers):
            own = f" and {rows}.department = {_text(department)}" if department else ""
            parts.append(f"({self._sql_office(rows, office)} and {rows}.prosecutor = {_text(name)}{own})")
        return f"({' or '.join(parts)})" if parts else "false"

    def _sql_office(self, rows: str, office: str) -> str:
        return f"(coalesce({rows}.office, '') = {_text(office)} or coalesce({rows}.office, '') not in ({_texts(self.known)}))"

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(
            self.everything or other.everything,
            self.offices | other.offices,
            self.departments | other.departments,
            self.handlers | other.handlers,
            self.known | other.known,
        )


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


@dataclass(frozen=True)
class Reader:
    """A person as the data layer knows them: what they may open, which rows they see by name, and which as figures only.

    `figures` always holds `rows`.
    """

    user_id: int | None
    login: str
    name: str
    roles: tuple[Role, ...]
    rows: Scope = NOTHING
    figures: Scope = NOTHING
    unit: str = ""
    own: Scope = field(default=NOTHING)
    """Their own cards and those of the people they work with: what 我的清单 shows, and where numbers are not masked."""

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages of all their roles, each once; the first is what they come to."""
        return tuple(dict.fromkeys(page for role in self.roles for page in PAGES[role]))

    def may(self, act: Act) -> bool:
        """Whether one of their roles gives them the act."""
        return any(act in ACTS[role] for role in self.roles)

    def require(self, act: Act) -> None:
        """Raises NotAllowedError."""
        if not self.may(act):
            raise NotAllowedError

    @property
    def sees_names(self) -> bool:
        """Whether names of suspects are shown: to everybody who sees rows at all."""
        return not self.rows.nothing

    @property
    def sees_numbers(self) -> bool:
        """Whether identity and telephone numbers are shown in full: only to those who must correct them, on their own cards."""
        return self.rows == self.own and not self.own.nothing


MACHINE = Reader(None, "anka", "Anka", ("supervisor", "administrator"), EVERYTHING, EVERYTHING)
"""Whoever runs the command line on the machine itself: access to the home folder is the right to everything in it."""


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(map(_text, sorted(values))) or "''"
