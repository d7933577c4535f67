"""Entering a file of the organisation into the register: all of it or nothing, as often as wanted.

People are updated by login; those the file does not name are listed, and switched off only on demand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.people import access_log
from expectations.people.access_log import By
from expectations.people.accounts import (
    NewPerson,
    add_user,
    deactivate_or_activate,
    end_sessions,
    require_an_administrator,
)
from expectations.people.organisation import OFFICES, PlacedUnit, Tree, read_tree
from expectations.people.organisation_file import Line, possible_prosecutors
from expectations.people.passwords import first_password, hash_password
from expectations.store.register import Register
from expectations.store.tables import Unit, User
from expectations.texts import Bilingual

_UnitKey = tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What an import does, or would do: logins, and units by path."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    deactivated: tuple[str, ...] = ()
    new_units: tuple[str, ...] = ()
    dropped_units: tuple[str, ...] = ()
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Login → first password of the accounts added; kept nowhere else."""

    @property
    def is_nothing(self) -> bool:
        """Whether the file says what stands already."""
        return not (self.added or self.changed or self.deactivated or self.new_units or self.dropped_units)


def import_organisation(
    register: Register, lines: Sequence[Line], by: By, *, deactivate_missing: bool = False, give_passwords: bool = True
) -> Changes:
    """Enters the rows. Raises InputError when nobody would be left to administer the accounts.

    Without passwords new people can come by the provider or a one-time link only, until their password is reset.
    """
    with register.reading() as session:
        logins = set(session.scalars(select(User.login)))
    new_logins = [line.login for line in lines if line.login and line.login not in logins]
    # Hashing is slow on purpose; done before the transaction, hundreds of people do not keep every other writer waiting.
    passwords = {login: first_password() for login in new_logins} if give_passwords else {}
    hashes = {login: hash_password(passwords[login]) if give_passwords else "" for login in new_logins}
    with register.writing() as session:
        changes = _enter(session, lines, hashes, by, deactivate_missing)
        detail = f"+{len(changes.added)} ~{len(changes.changed)} -{len(changes.deactivated)}"
        access_log.note(session, *by, "organisation", "", detail)
    return replace(changes, passwords=passwords)


def preview(register: Register, lines: Sequence[Line], *, deactivate_missing: bool = False) -> Changes:
    """What importing the rows would do; does it and takes it back, so that both can't differ. Raises InputError."""
    hashes = {line.login: "" for line in lines}
    with register.writing() as session:
        changes = _enter(session, lines, hashes, (None, ""), deactivate_missing)
        session.rollback()
    return changes


def _enter(session: Session, lines: Sequence[Line], hashes: Mapping[str, str], by: By, deactivate: bool) -> Changes:
    units, new_units = _units(session, lines)
    people = [line for line in lines if line.login]
    former = {user.login: user for user in session.scalars(select(User))}
    added = [line.login for line in people if line.login not in former]
    # The hashes were made for the accounts of a moment ago; one removed since has none.
    if missing_hash := [login for login in added if login not in hashes]:
        raise InputError(
            Bilingual("账号刚被删除", "accounts vanished").about(", ".join(missing_hash)),
            hint=Bilingual("重试", "try again"),
        )
    before = {login: _person_values(user) for login, user in former.items()}
    users = {
        line.login: former.get(line.login)
        or add_user(session, NewPerson(line.login, line.name, line.roles), hashes[line.login], by)
        for line in people
    }
    # Only now that everybody has an account: an assistant may stand above the prosecutor in the file.
    for line in people:
        _set_person(session, users[line.login], line, units[line.unit], people, users)
    missing = sorted(login for login, user in former.items() if login not in users and user.active)
    for login in missing if deactivate else ():
        deactivate_or_activate(session, former[login], False, by)
    require_an_administrator(session)
    dropped = _drop_unused(session, set(units.values()))
    changed = tuple(login for login, user in former.items() if login in users and _person_values(user) != before[login])
    return Changes(
        tuple(added), changed, tuple(missing), tuple(missing) if deactivate else (), tuple(new_units), tuple(dropped)
    )


def _units(session: Session, lines: Sequence[Line]) -> tuple[dict[_UnitKey, int], list[str]]:
    """The number of every unit of the file; makes those that are new."""
    tree = read_tree(session)
    above = {line.office: line.above for line in lines if line.above}
    parents = set(above.values())
    numbers: dict[_UnitKey, int] = {}
    new_paths: list[str] = []
    for name in _from_above(dict.fromkeys(line.office for line in lines), above):
        parent = numbers[(above[name],)] if name in above else None
        kind = "city" if name in parents else "district"
        numbers[(name,)] = _unit(session, tree, name, kind, parent, new_paths, anywhere=True)
    for line in lines:
        for depth, kind in ((2, "department"), (3, "team")):
            key = line.unit[:depth]
            if len(key) == depth and key not in numbers:
                numbers[key] = _unit(session, tree, key[-1], kind, numbers[key[:-1]], new_paths)
    return numbers, new_paths


def _from_above(names: Mapping[str, None], above: Mapping[str, str]) -> list[str]:
    """Offices in an order in which each stands behind the one above it."""

    def depth(name: str) -> int:
        return 1 + depth(above[name]) if name in above else 0

    return sorted(names, key=depth)


def _unit(
    session: Session,
    tree: Tree,
    name: str,
    kind: str,
    parent: int | None,
    new_paths: list[str],
    *,
    anywhere: bool = False,
) -> int:
    """The unit of that name under its parent, an office wherever it stood before."""
    for unit in tree.units.values():
        same_kind = unit.kind in OFFICES if anywhere else unit.kind == kind
        if unit.name == name and same_kind and (anywhere or unit.parent_id == parent):
            if (unit.parent_id, unit.kind) != (parent, kind):
                session.execute(update(Unit).where(Unit.id == unit.id).values(parent_id=parent, kind=kind))
                tree.units[unit.id] = unit._replace(parent_id=parent, kind=kind)
            return unit.id
    new_unit = Unit(name=name, kind=kind, parent_id=parent)
    session.add(new_unit)
    session.flush()
    tree.units[new_unit.id] = PlacedUnit(new_unit.id, name, kind, parent)
    new_paths.append(tree.path(new_unit.id))
    return new_unit.id


def _set_person(
    session: Session, user: User, line: Line, unit: int, people: Sequence[Line], users: Mapping[str, User]
) -> None:
    """Puts what the row says into the account; another role ends the sessions."""
    prosecutors = possible_prosecutors(line, people) if line.assists else []
    roles: list[str] = list(line.roles)
    if user.roles != roles:
        user.roles = roles
        end_sessions(session, user.id)
    user.name, user.unit_id = line.name, unit
    user.assists_id = users[prosecutors[0].login].id if prosecutors else None
    user.contact, user.oidc_subject = line.contact, line.oidc_subject
    user.language = line.language or user.language  # blank says nothing against what the person chose


def _person_values(user: User) -> tuple[object, ...]:
    return (user.name, tuple(user.roles), user.unit_id, user.assists_id, user.contact, user.oidc_subject, user.language)


def _drop_unused(session: Session, named_units: set[int]) -> list[str]:
    """Units the file does not name and in which nobody is left: a former office name must not count as a known one."""
    session.flush()
    tree = read_tree(session)
    used = {
        unit_id for unit_id in session.scalars(select(User.unit_id).distinct()) if unit_id is not None
    } | named_units
    kept_units = {unit.id for unit_id in used for unit in tree.line(unit_id)}
    dropped = []
    # From below, since no unit can go before those that stand under it.
    for unit in sorted(tree.units.values(), key=lambda unit: -len(tree.line(unit.id))):
        if unit.id not in kept_units:
            dropped.append(tree.path(unit.id))
            session.execute(delete(Unit).where(Unit.id == unit.id))
    return dropped
