"""Which register belongs to a home. The home keeps the register's identity, so that a lost, emptied or foreign one is refused
and never filled anew in silence. Every front end gets its register here; `store` opens any.
"""

from functools import lru_cache
from pathlib import Path

import duckdb
from sqlalchemy import make_url, select

from expectations.errors import InputError
from expectations.home import Home, NothingPublishedError
from expectations.people import access_log
from expectations.run.published import current_run
from expectations.store.register import Register, holds_tables, open_register, register_url
from expectations.store.tables import Run
from expectations.texts import Bilingual

_BY = (None, "anka")
"""Whom the access log names: whoever sits at the machine."""


def home_register(home: Home, url: str = "") -> Register:
    """The register of a home, at a URL or in the home itself; made if the home is new.

    Raises InputError when it is gone, empty, another home's, or can't be reached.
    """
    return _checked(home.root, register_url(home, url))


def start_anew(home: Home, url: str = "") -> None:
    """Makes an empty register where the home's own is gone. Raises InputError where there is one."""
    place = register_url(home, url)
    if holds_tables(place):
        raise InputError(
            Bilingual("这里已有台账，未改动", "there is a register, nothing was changed").about(
                _without_password(place)
            ),
            hint=Bilingual("要改用它", "to go on with it").about("anka register adopt"),
        )
    _take(home, open_register(place), "register_new")


def adopt(home: Home, url: str = "") -> None:
    """Lets the home go on with another register that is there. Raises InputError where there is none."""
    place = register_url(home, url)
    if not holds_tables(place):
        raise InputError(
            Bilingual("这里没有台账", "there is no register").about(_without_password(place)),
            hint=Bilingual("恢复备份；要重新开始", "put a copy back; to start anew").about("anka register new"),
        )
    _take(home, open_register(place), "register_adopted")


@lru_cache(maxsize=8)
def _checked(root: Path, place: str) -> Register:
    home = Home(root)
    home_id = home.register_id()
    if (home_id or home.pointer.exists()) and not holds_tables(place):
        raise InputError(
            Bilingual("台账不见了或是空的", "the register of this home is gone or empty").about(
                _without_password(place)
            ),
            hint=Bilingual("把备份放回原处再运行；确实要重新开始", "put a copy back; to start anew").about(
                "anka register new"
            ),
        )
    register = open_register(place)
    if home_id is None and _holds_present_run(home, register):
        home.keep_register_id(register.identity())
    elif home_id != register.identity():
        raise InputError(
            Bilingual("这不是本主目录的台账", "this is not the register of this home").about(_without_password(place)),
            hint=Bilingual(
                "检查 ANKA_REGISTER，或恢复备份；确实要改用它",
                "check ANKA_REGISTER or put a copy back; to go on with it",
            ).about("anka register adopt"),
        )
    return register


def _holds_present_run(home: Home, register: Register) -> bool:
    """Whether a home that knows no identity yet may take this register: it followed the run that pages show, if there is one."""
    try:
        with current_run(home) as con:
            run_id = con.execute("select run_id from runs").fetchall()[0][0]
    except NothingPublishedError:
        return True
    except (OSError, ValueError, duckdb.Error):
        return False
    with register.reading() as session:
        return session.scalar(select(Run.seq).where(Run.run_id == run_id).limit(1)) is not None


def _take(home: Home, register: Register, action: str) -> None:
    former = home.register_id() or ""
    with register.writing() as session:
        access_log.note(session, *_BY, action, register.identity(), f"former: {former}" if former else "")
    home.keep_register_id(register.identity())
    _checked.cache_clear()


def _without_password(place: str) -> str:
    return make_url(place).render_as_string(hide_password=True)
