"""The tree of units and what it gives each person to see. Reading a file of people stands in organisation_file, entering it
into the register in organisation_import.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.errors import InputError, nearest
from expectations.people.languages import home_language, language_of
from expectations.rights.reader import Reader
from expectations.rights.roles import Role
from expectations.rights.scope import EVERYTHING, NOTHING, Scope
from expectations.store.offices import read_offices
from expectations.store.tables import Unit, User
from expectations.texts import Bilingual

OFFICES = ("city", "district")


class PlacedUnit(NamedTuple):
    """A unit as the tree holds it: read at every pass of a page, so not the row of the register that could be changed."""

    id: int
    name: str
    kind: str
    parent_id: int | None


@dataclass(frozen=True)
class Tree:
    """All units by number."""

    units: dict[int, PlacedUnit]

    @property
    def office_names(self) -> frozenset[str]:
        """The offices of the organisation."""
        return frozenset(unit.name for unit in self.units.values() if unit.kind in OFFICES)

    @property
    def roots(self) -> tuple[PlacedUnit, ...]:
        """The units under no other."""
        return tuple(unit for unit in self.units.values() if unit.parent_id is None)

    def line(self, unit_id: int | None) -> tuple[PlacedUnit, ...]:
        """The unit and those above it, from below."""
        units: list[PlacedUnit] = []
        while unit_id is not None and unit_id in self.units:
            units.append(self.units[unit_id])
            unit_id = units[-1].parent_id
        return tuple(units)

    def office(self, unit_id: int | None) -> PlacedUnit | None:
        """The office a unit belongs to."""
        return next((unit for unit in self.line(unit_id) if unit.kind in OFFICES), None)

    def department(self, unit_id: int | None) -> PlacedUnit | None:
        """The department a unit is or belongs to."""
        return next((unit for unit in self.line(unit_id) if unit.kind == "department"), None)

    def below(self, unit_id: int) -> frozenset[int]:
        """The numbers of a unit and of everything under it."""
        return frozenset(number for number in self.units if unit_id in {unit.id for unit in self.line(number)})

    def path(self, unit_id: int | None) -> str:
        """The unit with those above it: 院/部门/组."""
        return "/".join(unit.name for unit in reversed(self.line(unit_id)))


def read_tree(session: Session) -> Tree:
    """The organisation as it stands."""
    rows = session.execute(select(Unit.id, Unit.name, Unit.kind, Unit.parent_id).order_by(Unit.id))
    return Tree({row.id: PlacedUnit(*row) for row in rows})


def find_unit(session: Session, path: str) -> PlacedUnit:
    """A unit by its path or the end of it (第一检察部, 示例院/第一检察部). Raises InputError."""
    tree = read_tree(session)
    path_end = [part.strip() for part in path.split("/") if part.strip()]
    paths = {unit_id: tree.path(unit_id).split("/") for unit_id in tree.units}
    matching = [unit_id for unit_id, parts in paths.items() if path_end and parts[-len(path_end) :] == path_end]
    exact = [unit_id for unit_id in matching if paths[unit_id] == path_end]
    if len(exact or matching) == 1:
        return tree.units[(exact or matching)[0]]
    if matching:
        raise InputError(
            Bilingual(f"有多个单位叫“{path}”", f"several units: {path}"),
            hint="; ".join(sorted(tree.path(unit_id) for unit_id in matching)),
        )
    names = sorted({unit.name for unit in tree.units.values()})
    raise InputError(
        Bilingual("没有此单位", "no such unit").about(f"{path}" + nearest(path, names)),
        hint=Bilingual("先用 anka user import 导入机构", "import the organisation first"),
    )


def reader_of(session: Session, user_id: int) -> Reader:
    """The person with everything their roles give them to see, united."""
    user = session.get_one(User, user_id)
    tree = read_tree(session)
    roles = tuple(_roles(user))
    own_scope = _own_scope(session, tree, user, roles)
    rows = [own_scope] + [_rows(session, tree, user, role) for role in roles]
    figures = [_office_scope(session, tree, user)] if "leader" in roles else []
    return Reader(
        user.id,
        user.login,
        user.name,
        roles,
        _united(rows),
        _united([*rows, *figures]),
        tree.path(user.unit_id),
        own_scope,
        language_of(session, user),
        home_language(session),
    )


def _roles(user: User) -> Iterable[Role]:
    # The pages of the first role come first: a head who has cards as well comes to the department.
    order: tuple[Role, ...] = ("supervisor", "head", "prosecutor", "assistant", "leader", "administrator")
    return (role for role in order if role in user.roles)


def _rows(session: Session, tree: Tree, user: User, role: Role) -> Scope:
    if role == "supervisor":
        return _office_scope(session, tree, user)
    if role == "head":
        return _led_scope(session, tree, user)
    return NOTHING


def _office_scope(session: Session, tree: Tree, user: User) -> Scope:
    """Of the only root everything, also rows without a known office; of another office that one and those below, with rows of an
    unknown office whose department no other office has.
    """
    office = tree.office(user.unit_id)
    if office is None:
        return NOTHING
    if [office.id] == [root.id for root in tree.roots]:
        return EVERYTHING
    names = {tree.units[unit_id].name for unit_id in tree.below(office.id) if tree.units[unit_id].kind in OFFICES}
    offices = read_offices(session)
    departments = frozenset((name, department) for name in names for department in offices.only_in(name))
    return Scope(offices=frozenset(names), departments=departments, known=tree.office_names)


def _led_scope(session: Session, tree: Tree, user: User) -> Scope:
    """What a head leads: the cards of the department, or those of the people in the team."""
    office, department = tree.office(user.unit_id), tree.department(user.unit_id)
    if office is None or department is None or user.unit_id is None:
        return NOTHING
    if tree.units[user.unit_id].kind == "department":
        return Scope(departments=frozenset([(office.name, department.name)]), known=tree.office_names)
    members = session.scalars(select(User).where(User.unit_id.in_(sorted(tree.below(user.unit_id))))).all()
    return _handlers_scope(session, tree, members)


def _own_scope(session: Session, tree: Tree, user: User, roles: Sequence[Role]) -> Scope:
    """Own cards; a prosecutor's with those of the assistants, an assistant's with those of the prosecutor."""
    if not {"prosecutor", "assistant", "head"} & set(roles):
        return NOTHING
    people = [user]
    if "prosecutor" in roles:
        people += session.scalars(select(User).where(User.assists_id == user.id)).all()
    if "assistant" in roles and user.assists_id is not None:
        people.append(session.get_one(User, user.assists_id))
    return _handlers_scope(session, tree, people)


def _handlers_scope(session: Session, tree: Tree, people: Sequence[User]) -> Scope:
    """Cards by the names of people in their offices; with the department where the office has two of one name."""
    names = {person.name for person in people}
    namesakes = session.scalars(select(User).where(User.name.in_(sorted(names)))).all()
    handlers = set()
    for person in people:
        office, department = tree.office(person.unit_id), tree.department(person.unit_id)
        if office is None:
            continue
        same_name = [
            namesake
            for namesake in namesakes
            if namesake.name == person.name and tree.office(namesake.unit_id) == office
        ]
        handlers.add((office.name, department.name if department and len(same_name) > 1 else "", person.name))
    return Scope(handlers=frozenset(handlers), known=tree.office_names)


def _united(scopes: Iterable[Scope]) -> Scope:
    """Their union; EVERYTHING as such, so that equal scopes compare equal."""
    union = NOTHING
    for scope in scopes:
        union = union | scope
    return EVERYTHING if union.everything else union
