"""Lists of people and units as the administrator sees them. Nothing is changed here."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.people.accounts import require_roles
from expectations.people.organisation import read_tree
from expectations.rights.roles import Role
from expectations.store.register import now
from expectations.store.tables import User

State = Literal["active", "first_password", "no_password", "locked", "off"]
STATES: tuple[State, ...] = ("active", "first_password", "no_password", "locked", "off")


@dataclass(frozen=True)
class Person:
    """An account with its place in the organisation."""

    login: str
    name: str
    roles: tuple[Role, ...]
    unit: str
    assists: str
    state: State


@dataclass(frozen=True)
class UnitLine:
    """A unit by its path, and how many active people belong to it."""

    path: str
    kind: str
    people: int


def people(session: Session) -> list[Person]:
    """Everybody, in the order of the organisation."""
    tree = read_tree(session)
    users = session.scalars(select(User)).all()
    logins = {user.id: user.login for user in users}
    persons = [
        Person(
            user.login,
            user.name,
            require_roles(user.roles),
            tree.path(user.unit_id),
            logins.get(user.assists_id or 0, ""),
            _state(user),
        )
        for user in users
    ]
    places = {tree.path(unit_id): unit_id for unit_id in tree.units}
    return sorted(persons, key=lambda person: (places.get(person.unit, 0), person.login))


def names_by_login(session: Session) -> dict[str, str]:
    """Everybody's name, by login."""
    return dict(session.execute(select(User.login, User.name).order_by(User.login)).all())


def units(session: Session) -> list[UnitLine]:
    """Every unit, those above before those below."""
    tree = read_tree(session)
    members = Counter(session.scalars(select(User.unit_id).where(User.active)))
    lines = [UnitLine(tree.path(unit.id), unit.kind, members[unit.id]) for unit in tree.units.values()]
    order = {tree.path(unit_id): [unit.id for unit in reversed(tree.line(unit_id))] for unit_id in tree.units}
    return sorted(lines, key=lambda line: order[line.path])


def _state(user: User) -> State:
    if not user.active:
        return "off"
    if user.locked_until is not None and user.locked_until > now():
        return "locked"
    if not user.password_hash:
        return "no_password"
    return "first_password" if user.must_change else "active"
