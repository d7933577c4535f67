"""Which notices somebody may see, and what a notice is called. A notice is seen as a whole or not at all."""

from sqlalchemy import ColumnElement, and_, false, or_, true

from expectations.rights.reader import Reader, Scope
from expectations.store.tables import Notice


def visible(reader: Reader) -> ColumnElement[bool]:
    """Those to departments and offices the reader answers for, and those to the reader in person.

    Nobody sees any whose role neither issues notices nor replies to them.
    """
    if not (reader.may("notify") or reader.may("reply")):
        return false()
    scope = reader.rows
    if scope.everything:
        return true()
    parts: list[ColumnElement[bool]] = [Notice.office.in_(sorted(scope.offices))] if scope.offices else []
    for office, department in sorted(scope.departments):
        parts.append(and_(_in_office(scope, office), Notice.department == department))
    for office, department, name in sorted(scope.handlers):
        own = [Notice.department == department] if department else []
        parts.append(and_(_in_office(scope, office), Notice.prosecutor == name, *own))
    return or_(*parts) if parts else false()


def _in_office(scope: Scope, office: str) -> ColumnElement[bool]:
    return or_(Notice.office == office, Notice.office.not_in(sorted(scope.known)))


def covers(scope: Scope, office: str, department: str, prosecutor: str = "") -> bool:
    """Whether a scope holds all of a department, or of a person in it."""
    if scope.everything or office in scope.offices:
        return True
    strange = office not in scope.known
    if any((own == office or strange) and name == department for own, name in scope.departments):
        return True
    return bool(prosecutor) and any(
        (own == office or strange) and part in ("", department) and name == prosecutor
        for own, part, name in scope.handlers
    )


def number_of(notice: Notice) -> str:
    """Its number, or what stands for it: an oral reminder has none."""
    return notice.number or f"口头提示 {notice.issued_on:%Y-%m-%d} #{notice.id}"
