"""Moving the register of a home to another database, from SQLite to PostgreSQL or back: every table counted and summed on both sides, the access log
still whole, and the home knows the new one alone. The former keeps what it holds, and belongs to no home any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from expectations.errors import InputError
from expectations.home import Home
from expectations.people import access_log
from expectations.people.trail import checking
from expectations.register.belonging import home_register, moved, without_password
from expectations.store.copying import TableSum, copy_rows, is_empty, is_used
from expectations.store.register import Register, open_register, opened, register_url
from expectations.texts import Bilingual


@dataclass(frozen=True)
class Moved:
    """What was moved, table by table, and what looking at the access log came to, before as after."""

    source: str
    target: str
    tables: Sequence[TableSum]
    log: checking.Verdict


def move_register(home: Home, present: str, target: str) -> Moved:
    """Moves it from the URL `present` (blank: the file in the home) to `target`. The caller holds the home's lock.

    Raises InputError where somebody has the register open, the target is not empty or can't keep what it holds; nothing is changed then.
    """
    source = register_url(home, present)
    if _place(source) == _place(target):
        raise InputError(
            Bilingual("台账已在该处", "the register is there already").about(without_password(target)),
            hint=Bilingual("指定另一个数据库", "name another database"),
        )
    register = home_register(home, present)
    register.close()
    if is_used(register.engine):
        raise InputError(
            Bilingual("台账正在使用，未作任何改动", "the register is in use, nothing was changed"),
            hint=Bilingual("先停止看板和核查", "stop dashboards and audits first"),
        )
    there = opened(target)
    try:
        return _moved(home, register, there)
    finally:
        there.close()
        register.close()
        open_register.cache_clear()


def _moved(home: Home, register: Register, there: Register) -> Moved:
    names = tuple(one.engine.url.render_as_string(hide_password=True) for one in (register, there))
    with there.snapshot() as connection:
        if not is_empty(connection):
            raise InputError(
                Bilingual("目标数据库不是空的，未作任何改动", "the database is not empty, nothing was changed").about(
                    names[1]
                ),
                hint=Bilingual("建一个空数据库", "make an empty one"),
            )
    with register.snapshot() as source, there.filling() as target:
        tables = copy_rows(source, target)
    before, after = _log_of(register), _log_of(there)
    if (before.head, before.problems) != (after.head, after.problems):
        raise InputError(
            Bilingual("访问日志未能原样迁移", "the access log did not move as it was"),
            hint=Bilingual("主目录仍使用原台账；请报告", "the home keeps the former register; report it"),
        )
    with there.writing() as session:
        access_log.note(session, *access_log.BY_MACHINE, "register_moved", there.identity(), f"{names[0]} → {names[1]}")
    moved(home, register, there)
    return Moved(names[0], names[1], tables, after)


def _log_of(register: Register) -> checking.Verdict:
    with register.reading() as session:
        return checking.check(session)


def _place(url: str) -> str:
    """A URL without its password and driver: what tells one database from another."""
    try:
        place = make_url(url)
    except ArgumentError:
        return url
    return str(place.set(password="", drivername=place.get_backend_name()))
