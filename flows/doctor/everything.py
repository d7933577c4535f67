"""Every check of the house in its order, cheap ones first. What can't be looked at, because the home or the register is not there,
is left out: the check that failed says why.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

import expectations
from expectations.catalogue.catalogues import load_catalogue
from expectations.errors import AnkaError
from expectations.health.books import calendar_check, clock_check_of, followed_check, integrity_check
from expectations.health.checks import Check, doubtful, refused, unreadable, unwell, well
from expectations.health.home_files import files_check, home_check, kept_check, published_check, rights_check
from expectations.health.machine import (
    address_check,
    memory_check,
    packages_check,
    proxy_check,
    python_check,
    zone_check,
)
from expectations.health.readiness import readiness
from expectations.home import Home
from expectations.people.trail.checking import check as check_log
from expectations.progress import Progress
from expectations.register.belonging import register_as_it_is
from expectations.store.register import Register
from expectations.store.switches import switch
from expectations.texts import Bilingual
from flows.doctor.prefect_server import prefect_check
from flows.load.inbox import inbox_of
from flows.load.sources.files import list_files
from flows.published_heads import published_heads
from flows.settings import Settings

_LOCK = Path(expectations.__file__).parents[1] / "uv.lock"
_DAY = timedelta(days=1).total_seconds()


@dataclass(frozen=True)
class House:
    """What is looked at."""

    home: Home
    settings: Settings
    messages: bool = False
    """Whether the channels of messages are tried, which reaches out of the machine."""


def look_at(house: House, progress: Progress) -> Iterator[Check]:
    """The checks, one after the other."""
    home = house.home
    yield from (python_check(), packages_check(_LOCK), zone_check(), memory_check(), proxy_check(), address_check())
    yield _calendar(house.settings.catalogue)
    yield prefect_check(os.environ)
    if house.messages:
        yield _channels()
    there = home_check(home)
    yield there
    if not os.access(home.root, os.R_OK | os.X_OK):
        return
    ready = readiness(home, lambda: register_as_it_is(home, house.settings.register_url))
    yield from ready
    yield from (rights_check(home), files_check(home))
    if ready[0].state != "fail":
        yield from _of_the_register(house, register_as_it_is(home, house.settings.register_url))
    yield from (published_check(home, progress), kept_check(home, progress))


def _of_the_register(house: House, register: Register) -> Iterator[Check]:
    looks: Mapping[str, Callable[[], Check]] = {
        "clock": lambda: clock_check_of(register),
        "inbox": lambda: _inbox(house.settings, register),
        "followed": lambda: followed_check(house.home, register),
        "integrity": lambda: integrity_check(register),
        "log": lambda: _log(house.home, register),
    }
    for name, look in looks.items():
        try:
            yield look()
        except AnkaError as error:
            yield refused(name, error)
        except (SQLAlchemyError, OSError) as error:
            yield unreadable(name, error)


def _calendar(pack: Path | None) -> Check:
    try:
        return calendar_check(load_catalogue(*([pack] if pack else [])))
    except AnkaError:
        return unwell(
            "calendar",
            Bilingual("规则库有错误", "the catalogue has mistakes"),
            Bilingual("运行 anka rules check", "run anka rules check"),
        )


def _channels() -> Check:
    # Apprise takes a second to import, and is asked for on demand
    from flows.doctor.channels import channels_check
    from flows.messages.sending import MessageSettings

    return channels_check(MessageSettings())


def _inbox(settings: Settings, register: Register) -> Check:
    folder = inbox_of(settings, register).absolute()
    with register.reading() as session:
        days = int(switch(session, "export_days"))
    try:
        files = list_files([folder]).files
        newest = max(file.stat().st_mtime for file in files)
    except AnkaError as error:
        return refused("inbox", error)
    except OSError as error:
        return unwell(
            "inbox",
            Bilingual("读不了", "can't be read").about(f"{folder} ({error.strerror})"),
            Bilingual("检查路径和权限", "see to path and rights").about("anka settings set inbox"),
        )
    seen = Bilingual(f"{len(files)} 个文件", f"{len(files)} files").about(folder)
    if days and time.time() - newest > days * _DAY:
        return doubtful(
            "inbox",
            seen.then(f"；{days} 天内没有更新", f"; none changed for {days} days"),
            Bilingual("检查导出任务", "see whether exports still arrive"),
        )
    return well("inbox", seen)


def _log(home: Home, register: Register) -> Check:
    heads = list(published_heads(home, register))
    with register.reading() as session:
        verdict = check_log(session, heads)
    if not verdict.whole:
        return unwell(
            "log",
            Bilingual(f"{len(verdict.problems)} 处不完整或被改动", f"tampered with in {len(verdict.problems)} places"),
            Bilingual("运行 anka log verify", "run anka log verify"),
        )
    return well("log", Bilingual(f"{verdict.entries} 条，完整", f"{verdict.entries} entries, whole"))
