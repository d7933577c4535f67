"""Which register belongs to a home. The home keeps the register's identity, so that a lost, emptied or foreign one is refused
and never filled anew in silence. Every front end gets its register here; `store` opens any.
"""

from pathlib import Path

import duckdb
from sqlalchemy import make_url, select
from sqlalchemy.exc import ArgumentError

from expectations.errors import AnkaError, InputError
from expectations.home import Home, NothingPublishedError
from expectations.people import access_log
from expectations.run.published import open_shown
from expectations.store.register import (
    Register,
    file_at,
    give_identity,
    holds_tables,
    open_as_it_is,
    open_register,
    register_url,
)
from expectations.store.tables import Run
from expectations.texts import Bilingual

_known: dict[tuple[Path, str], tuple[tuple[int, int, bool] | None, Register]] = {}
"""Registers that were found to be their home's, by home and place, each with the file it was then."""


def home_register(home: Home, url: str = "") -> Register:
    """The register of a home, at a URL or in the home itself; made if the home is new.

    Raises InputError when it is gone, empty, another home's, or can't be reached.
    """
    place = register_url(home, url)
    try:
        file = file_at(place)
    except ArgumentError:
        file = None  # `open_register` says so
    known = _known.get((home.root, place))
    if known is not None:
        if known[0] == file:
            return known[1]
        # removed, emptied or replaced under a process that has it open: what it writes from now on would be nowhere
        _known.clear()
        open_register.cache_clear()
    try:
        register = _checked(home, place)
    except InputError:
        open_register.cache_clear()  # what is put in its place is another file
        raise
    _known[home.root, place] = file_at(place), register
    return register


def register_as_it_is(home: Home, url: str = "") -> Register:
    """The register of a home to look at: nothing is made, brought up to date or written, and whether it is the home's own is not asked.

    Raises InputError where there is none.
    """
    place = register_url(home, url)
    if not holds_tables(place):
        raise InputError(
            Bilingual("台账不见了或是空的", "the register of this home is gone or empty").about(without_password(place))
            if home.register_id() or home.pointer.exists()
            else Bilingual("还没有台账", "there is no register yet").about(without_password(place)),
            hint=Bilingual("恢复备份；没有备份", "put a copy back; where there is none").about("anka register new"),
        )
    return open_as_it_is(place)


def start_anew(home: Home, url: str = "") -> None:
    """Makes an empty register where the home's own is gone. Raises InputError where there is one."""
    place = register_url(home, url)
    if holds_tables(place):
        raise InputError(
            Bilingual("这里已有台账，未改动", "there is a register, nothing was changed").about(
                without_password(place)
            ),
            hint=Bilingual("要改用它", "to go on with it").about("anka register adopt"),
        )
    _take(home, open_register(place), "register_new")


def adopt(home: Home, url: str = "") -> None:
    """Lets the home go on with another register that is there. Raises InputError where there is none."""
    place = register_url(home, url)
    if not holds_tables(place):
        raise InputError(
            Bilingual("这里没有台账", "there is no register").about(without_password(place)),
            hint=Bilingual("恢复备份；要重新开始", "put a copy back; to start anew").about("anka register new"),
        )
    _take(home, open_register(place), "register_adopted")


def moved(home: Home, former: Register, present: Register) -> None:
    """Lets the home go on with a copy of its register, and with that alone: the former gets another identity, so that nobody works on
    with it by mistake."""
    home.keep_register_id(present.identity())
    with former.writing() as session:
        access_log.note(session, *access_log.BY_MACHINE, "register_moved", present.identity(), "this one is the former")
        give_identity(session)
    _known.clear()


def _checked(home: Home, place: str) -> Register:
    home_id = home.register_id()
    if (home_id or home.pointer.exists()) and not holds_tables(place):
        raise InputError(
            Bilingual("台账不见了或是空的", "the register of this home is gone or empty").about(
                without_password(place)
            ),
            hint=Bilingual("把备份放回原处再运行；确实要重新开始", "put a copy back; to start anew").about(
                "anka register new"
            ),
        )
    register = open_register(place)
    if home_id is None and _holds_present_run(home, register):
        home.keep_register_id(register.identity())
    elif home_id != register.identity():
        register.close()
        raise InputError(
            Bilingual("这不是本主目录的台账", "this is not the register of this home").about(without_password(place)),
            hint=Bilingual(
                "检查 ANKA_REGISTER，或恢复备份；确实要改用它",
                "check ANKA_REGISTER or put a copy back; to go on with it",
            ).about("anka register adopt"),
        )
    return register


def _holds_present_run(home: Home, register: Register) -> bool:
    """Whether a home that knows no identity yet may take this register: it followed the run that pages show, if there is one. Where none can
    be read by this version, as after an update, it followed one of those that are there, by the name of its file."""
    try:
        with open_shown(home) as con:
            run_id = con.execute("select run_id from runs").fetchall()[0][0]
    except NothingPublishedError:
        return True
    except (AnkaError, OSError, duckdb.Error):
        published = {file.name for file in home.published_files()}
        with register.reading() as session:
            return any(Path(file).name in published for file in session.scalars(select(Run.file)))
    with register.reading() as session:
        return session.scalar(select(Run.seq).where(Run.run_id == run_id).limit(1)) is not None


def _take(home: Home, register: Register, action: str) -> None:
    former = home.register_id() or ""
    with register.writing() as session:
        access_log.note(
            session, *access_log.BY_MACHINE, action, register.identity(), f"former: {former}" if former else ""
        )
    home.keep_register_id(register.identity())
    _known.clear()


def without_password(place: str) -> str:
    """A URL of a register as it may be shown."""
    return make_url(place).render_as_string(hide_password=True)
