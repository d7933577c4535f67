"""Opening the register: SQLite in WAL mode or PostgreSQL, its migrations, and the two ways to use it: reading and writing.

Every change goes through `Register.writing`, which waits for its turn instead of failing.
"""

import atexit
import glob
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4
from weakref import WeakSet

from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from expectations.errors import InputError
from expectations.home import Home
from expectations.store.chain import seal
from expectations.store.migrating import migrate
from expectations.store.tables import Run, Setting
from expectations.texts import Bilingual

RegisterSession = Session
"""What functions that read the register are given; pages name it so, and know nothing else of where the register is kept."""

_WAIT_SECONDS = 120
"""How long a writer waits for another; following a run with 100,000 new findings takes seconds."""
_CONNECTIONS = 20
_CACHE_KB = 16_000
"""What a connection keeps of the file. The file is not mapped: every connection's map would count as memory of the process."""
_KINDS = "sqlite:////folder/register.db, postgresql://user:password@host/database"
_WRITES = "anka_writes"
_IDENTITY = "identity"
_OPEN: "WeakSet[Register]" = WeakSet()


class Register:
    """The register of an installation. Cheap to hold: connections are pooled."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        _OPEN.add(self)

    @property
    def on_sqlite(self) -> bool:
        """Whether it is a file of its own."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the register and changes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.expunge_all()  # what was read stays readable

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed as a whole at the end, or not at all. Writers of SQLite wait for one another."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session
            seal(session)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one state of the register, however long it reads."""
        level = {} if self.on_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.execution_options(**level).connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        """A connection that writes everything or nothing: for whoever copies a register, and knows what is in it."""
        with self._writer.begin() as connection:
            yield connection

    def identity(self) -> str:
        """What tells it from every other register; copies of it have the same."""
        with self.reading() as session:
            return str(session.get_one(Setting, _IDENTITY).value["value"])

    def close(self) -> None:
        """Gives its connections back."""
        self.engine.dispose()


@atexit.register
def let_go() -> None:
    """Closes every register at the end of the process. The last to let go of a file of SQLite has its log folded back into it, so that the file
    alone is all of it: a copy put in its place must not meet the log of another."""
    for register in list(_OPEN):
        register.close()


def give_identity(session: Session) -> None:
    """Makes a register another one than it was."""
    session.get_one(Setting, _IDENTITY).value = {"value": uuid4().hex}


def now() -> datetime:
    """The present time as the register keeps it: UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def register_url(home: Home, url: str = "") -> str:
    """The URL given, else the SQLite file in the home folder."""
    return url or f"sqlite:///{home.root / 'register.db'}"


def opened(url: str, *, keep_former: bool = True) -> Register:
    """The register at an SQLAlchemy URL, its tables made or brought up to date; whoever asks closes it. Raises InputError when it
    can't be reached. With `keep_former` a file that is of an earlier version is copied before."""
    try:
        parsed = _parsed(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            _make_private(Path(parsed.database))
        elif parsed.get_backend_name() != "postgresql":
            raise InputError(
                Bilingual("不支持的台账数据库", "unknown kind of register").about(parsed.get_backend_name()),
                hint=_KINDS,
            )
        on_a_server = parsed.get_backend_name() != "sqlite"  # which may have gone away since; a file has not
        engine = create_engine(
            parsed,
            pool_pre_ping=on_a_server,
            pool_size=_CONNECTIONS,
            max_overflow=_CONNECTIONS,
            pool_timeout=_WAIT_SECONDS,
        )
        if not on_a_server:
            _prepare_sqlite(engine)
        try:
            with engine.execution_options(**{_WRITES: True}).begin() as connection:
                migrate(connection, keep_former=keep_former)
                _identify(connection)
        except BaseException:
            engine.dispose()
            raise
    except ArgumentError:
        raise InputError(Bilingual("不是数据库地址", "not a database URL").about(url), hint=_KINDS) from None
    except (DatabaseError, OSError) as error:
        why = error.orig if isinstance(error, DatabaseError) else error
        raise InputError(
            Bilingual("打不开台账数据库", "cannot open the register").about(
                parsed.render_as_string(hide_password=True)
            ),
            hint=str(why).splitlines()[0],
        ) from None
    except CommandError:
        raise InputError(
            Bilingual("台账由更新的版本建立", "the register was made by a newer version"),
            hint=Bilingual("更新本程序", "update Anka"),
        ) from None
    return Register(engine)


@lru_cache(maxsize=8)
def open_register(url: str) -> Register:
    """The register at a URL, kept open for whoever asks next; see `opened`."""
    return opened(url)


def holds_tables(url: str) -> bool:
    """Whether a register was made at a URL; looking makes none. What can't be looked into is left to `open_register`."""
    try:
        parsed = _parsed(url)
        if parsed.get_backend_name() == "sqlite":
            file = Path(parsed.database or "")
            if not file.is_file() or file.stat().st_size == 0:
                return False
        engine = create_engine(parsed)
        try:
            return inspect(engine).has_table("alembic_version")
        finally:
            engine.dispose()
    except (ArgumentError, DatabaseError, OSError):
        return True


def file_at(url: str) -> tuple[int, int, bool] | None:
    """Which file a register on SQLite is at this moment, and whether anything is in it; None where there is none, and of one on a server."""
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    try:
        found = Path(parsed.database).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size > 0


def open_as_it_is(url: str) -> Register:
    """A register to look at: nothing of it is made, brought up to date or written. It is read when a session is opened, and then
    raises what the database does. Raises InputError for what is no URL."""
    try:
        parsed = _parsed(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            file = Path(parsed.database).absolute()
            # with a log beside it the file alone is not all of it; without one nothing needs to be made to read it
            unchanging = "" if Path(f"{file}-wal").exists() or os.access(file.parent, os.W_OK) else "&immutable=1"
            parsed = make_url(f"sqlite:///file:{quote(str(file))}?mode=ro{unchanging}&uri=true")
        return Register(create_engine(parsed, poolclass=NullPool))
    except ArgumentError:
        raise InputError(Bilingual("不是数据库地址", "not a database URL").about(url), hint=_KINDS) from None


def _parsed(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _make_private(file: Path) -> None:
    """Decisions, password hashes, the access log: for the owner alone before SQLite writes a byte, which gives the files beside it the same rights."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    for part in (file, *file.parent.glob(f"{glob.escape(file.name)}-*")):
        part.chmod(0o600)


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, so that readers never wait; long waits instead of errors; transactions begin when we say so."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: object, _record: object) -> None:
        # Python's sqlite3 would begin transactions by itself, at the first change and not where a reader begins to read.
        connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in (
            f"busy_timeout={_WAIT_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",  # a decision that was answered outlives a power failure
            "foreign_keys=ON",
            "mmap_size=0",
            f"cache_size=-{_CACHE_KB}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A transaction that begins by reading and writes later fails at once, without waiting, if another wrote in between.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _identify(connection: Connection) -> None:
    """Gives a register its identity. One that had runs before it had an identity takes it from the first, as every copy of it would."""
    if connection.scalar(select(Setting.name).where(Setting.name == _IDENTITY)):
        return
    first_run = connection.execute(select(Run.run_id, Run.followed_at).order_by(Run.seq).limit(1)).first()
    identity = (
        hashlib.sha256(f"{first_run.run_id} {first_run.followed_at}".encode()).hexdigest()[:32]
        if first_run
        else uuid4().hex
    )
    connection.execute(insert(Setting).values(name=_IDENTITY, value={"value": identity}))
