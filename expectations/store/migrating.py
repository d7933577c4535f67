"""Bringing the tables of a register up to date: which revisions this version knows, which one a register has, and a copy before anything is changed.

The caller has begun the transaction and ends it, so that a migration is whole or did not happen, on SQLite and on PostgreSQL alike.
"""

import logging
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from expectations.store.copying import copy_file
from expectations.texts import Bilingual

_MIGRATION_LOCK = 7701020  # any number only Anka uses as a PostgreSQL advisory lock
_LOG = logging.getLogger(__name__)


def newest_revision() -> str:
    """The revision of the tables this version works with."""
    return str(_scripts().get_current_head())


def known_revisions() -> frozenset[str]:
    """Every revision this version can read or bring up to date; any other one is of a newer version."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables there; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(connection: Connection, *, keep_former: bool) -> None:
    """Brings the tables up to date; two processes that start at once do it one after the other.

    With `keep_former` a register on SQLite is copied before, beside itself. Raises CommandError where it is of a newer version.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    former = revision_of(connection)
    if former in known_revisions() - {newest_revision()} and keep_former:
        _say(_kept(connection))
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _kept(connection: Connection) -> str:
    """Copies what is about to be changed; what to say of it. Nobody writes meanwhile: the caller's transaction holds the register."""
    place = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not place:
        return Bilingual(
            "台账升级，在一个事务内完成；升级程序前先运行 anka backup 或 pg_dump",
            "the register is brought up to date in one transaction; before an update of Anka run anka backup or pg_dump",
        )
    copy = Path(f"{place}.before-{newest_revision()}")
    copy_file(Path(place), copy)
    return Bilingual("台账升级，升级前的副本", "the register is brought up to date; a copy of it as it was").about(copy)


def _say(what: str) -> None:
    """On standard error, and in the log of a scheduled run: whoever started the command is told, whichever it was."""
    _LOG.warning("%s", what)


@lru_cache(maxsize=1)
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "expectations.store:migrations")
    return config
