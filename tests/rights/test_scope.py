"""A scope gives the same rows of the register, of a published run and of values already read, and those a plain reading of it gives."""

from itertools import product

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from support.figure_register import figure, finding
from support.register_cases import postgresql, register

from expectations.register.readers_rows import departments_of, rows_of
from expectations.rights.scope import EVERYTHING, NOTHING, Scope
from expectations.run.readers_rows import published_rows_of
from expectations.store.register import Register
from expectations.store.tables import Finding, RunFigure

__all__ = ["postgresql", "register"]

Row = tuple[str, str, str]
"""Office, department, prosecutor."""

OFFICES = ("城区院", "郊区院")
STRAY = ("", "城区完", "11", "100%'\\院")
"""What stands where an office should: nothing, a mistyped one, a code, something hostile."""
DEPARTMENTS, NAMES = ("", "一部", "二部"), ("", "甲", "乙", "o'丙%")

offices, departments = st.sampled_from((*OFFICES, *STRAY)), st.sampled_from(DEPARTMENTS)
tables = st.lists(st.tuples(offices, departments, st.sampled_from(NAMES)), min_size=1, max_size=12)
scopes = st.builds(
    Scope,
    everything=st.sampled_from((False, False, False, True)),
    offices=st.frozensets(st.sampled_from((*OFFICES, STRAY[-1])), max_size=2),
    departments=st.frozensets(st.tuples(st.sampled_from(OFFICES), st.sampled_from(DEPARTMENTS[1:])), max_size=2),
    handlers=st.frozensets(st.tuples(st.sampled_from(OFFICES), departments, st.sampled_from(NAMES[1:])), max_size=3),
    known=st.sampled_from((frozenset(OFFICES), frozenset(OFFICES[:1]), frozenset[str]())),
)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def whole_department(scope: Scope, office: str, department: str) -> bool:
    """Said once more, plainly: whether the scope has the department of the row, or all of its office."""
    if scope.everything or office in scope.offices:
        return True
    for own, name in scope.departments:
        mistyped = bool(scope.known) and office not in scope.known
        if department == name and (office == own or mistyped):
            return True
    return False


def theirs(scope: Scope, row: Row) -> bool:
    """The same of a single row, which may also be that of a person."""
    office, department, prosecutor = row
    if whole_department(scope, office, department):
        return True
    for own, of_department, name in scope.handlers:
        mistyped = bool(scope.known) and office not in scope.known
        if name == prosecutor and (office == own or mistyped) and of_department in ("", department):
            return True
    return False


@MANY
@given(scope=scopes, rows=tables)
def test_the_register_gives_the_rows_of_the_scope(register: Register, scope: Scope, rows: list[Row]) -> None:
    findings = [
        finding(number, office=office, department=department, prosecutor=prosecutor)
        for number, (office, department, prosecutor) in enumerate(rows)
    ]
    figures = [figure(1, office, department, "C1", (1, 1, 0)) for office, department, _ in rows]
    with register.writing() as session:
        for table in (Finding, RunFigure):
            session.execute(delete(table))
        session.execute(insert(Finding), findings)
        session.execute(insert(RunFigure), figures)
        finding_ids = set(session.scalars(select(Finding.finding_id).where(rows_of(scope))))
        counted = set(session.scalars(select(Finding.finding_id).where(departments_of(scope, Finding))))
        columns = (RunFigure.office, RunFigure.department)
        figured = {
            (office, department)
            for office, department in session.execute(select(*columns).where(departments_of(scope, RunFigure)))
        }
    assert finding_ids == {f"f{number}" for number, row in enumerate(rows) if theirs(scope, row)}
    assert counted == {f"f{number}" for number, row in enumerate(rows) if whole_department(scope, *row[:2])}
    assert figured == {row[:2] for row in rows if whole_department(scope, *row[:2])}


@MANY
@given(scope=scopes, rows=tables, blank_is_null=st.booleans())
def test_a_published_run_gives_the_rows_of_the_scope(scope: Scope, rows: list[Row], blank_is_null: bool) -> None:
    numbered_rows = [
        (number, *((value or None) if blank_is_null else value for value in row)) for number, row in enumerate(rows)
    ]
    with duckdb.connect() as con:
        con.execute("create table o (id integer, office varchar, department varchar, prosecutor varchar)")
        con.executemany("insert into o values (?, ?, ?, ?)", numbered_rows)
        condition = published_rows_of(scope, "o")
        within = con.execute(f"select id from o where {condition}").fetchall()
        outside = con.execute(f"select id from o where not {condition}").fetchall()
    expected = {number for number, row in enumerate(rows) if theirs(scope, row)}
    assert {number for (number,) in within} == expected
    assert {number for (number,) in outside} == set(range(len(rows))) - expected


@MANY
@given(scope=scopes)
def test_values_already_read_are_judged_alike(scope: Scope) -> None:
    for row in product((*OFFICES, *STRAY), DEPARTMENTS, NAMES):
        assert scope.holds(*row) == theirs(scope, row)
        assert scope.holds(*row[:2]) == whole_department(scope, *row[:2])


def test_two_people_of_one_name_are_told_apart_by_their_department() -> None:
    known_offices = frozenset(OFFICES)
    first = Scope(handlers=frozenset((("城区院", "一部", "甲"),)), known=known_offices)
    anywhere = Scope(handlers=frozenset((("城区院", "", "甲"),)), known=known_offices)
    rows = [("城区院", "一部", "甲"), ("城区院", "二部", "甲"), ("郊区院", "一部", "甲"), ("", "一部", "甲")]
    assert [first.holds(*row) for row in rows] == [True, False, False, True]
    assert [anywhere.holds(*row) for row in rows] == [True, True, False, True]


@pytest.mark.parametrize(
    ("row", "has_department", "has_person"),
    [
        (("城区院", "一部"), True, True),
        (("城区完", "一部"), True, True),
        (("", "一部"), True, True),
        (("郊区院", "一部"), False, False),
        (("城区院", "二部"), False, False),
    ],
)
def test_a_head_has_the_department_also_where_its_office_is_mistyped(
    row: tuple[str, str], has_department: bool, has_person: bool
) -> None:
    head = Scope(departments=frozenset((("城区院", "一部"),)), known=frozenset(OFFICES))
    assert (head.holds(*row), head.holds(*row, "甲")) == (has_department, has_person)


def test_a_handler_has_no_department() -> None:
    handler = Scope(handlers=frozenset((("城区院", "", "甲"),)), known=frozenset(OFFICES))
    assert handler.holds("城区院", "一部", "甲")
    assert not handler.holds("城区院", "一部", "乙")
    assert not handler.holds("城区院", "一部")
    assert not NOTHING.holds("城区院", "一部", "甲")
    assert EVERYTHING.holds("", "")


def test_without_a_known_organisation_no_office_is_called_mistyped() -> None:
    handler = Scope(handlers=frozenset((("城区院", "", "甲"),)))
    assert handler.holds("城区院", "一部", "甲")
    assert not handler.holds("郊区院", "一部", "甲")
