"""Bringing a back-up back: into a home that is not there yet, or is empty, unpacked beside it and renamed when everything was compared.

Nobody stays signed in and no message leaves before an administrator says so: an earlier state would send again what was sent.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from expectations.backups.archive import REGISTER, Manifest, opened
from expectations.errors import InputError
from expectations.file_names import path_as_text, text_as_path
from expectations.home import Home
from expectations.office_days import office_clock
from expectations.people import access_log, sessions
from expectations.people.trail import checking
from expectations.register.reading import last_run
from expectations.store import register as registers
from expectations.store.copying import TableSum, copy_rows, is_empty, require_whole
from expectations.store.migrating import known_revisions
from expectations.store.register import Register, holds_tables, register_url
from expectations.store.switches import set_switch, switch
from expectations.store.tables import Run
from expectations.texts import Bilingual
from expectations.work_folders import delete_leftovers, locked_folder, work_folder

_INCOMING = ".anka-restoring-"
_ROOM = 64 * 2**20
"""What a migration and the log of the register need beside the files themselves."""


@dataclass(frozen=True)
class RestoreOrder:
    """Which file, into which home. `register`: URL of an empty database it goes to, blank for the file in the home."""

    file: Path
    home: Home
    register: str = ""
    passphrase: str = ""


@dataclass(frozen=True)
class Restored:
    """What stands there now, or would: when it was made, the run it stands at, and what was ended and switched off. `pack` is what
    `ANKA_CATALOGUE` has to name."""

    made_at: datetime
    files: int
    run: str
    as_of: str
    log_entries: int
    sessions_ended: int
    messages_were_on: bool
    migrated_from: str
    pack: Path | None


def restore(order: RestoreOrder) -> Restored:
    """Does it. Raises InputError for a file that is damaged, of a newer version or hostile, a wrong passphrase, and for a home or a
    database that is not empty; nothing is changed then."""
    home = order.home.root
    order.home.keep_private()
    delete_leftovers(home, f"{_INCOMING}*")
    _require_free(home)
    beside = _unpacked_in(home)
    beside.mkdir(parents=True, exist_ok=True)
    delete_leftovers(beside, f"{_INCOMING}*")
    with locked_folder(beside, _INCOMING) as incoming, opened(order.file, order.passphrase) as archive:
        _require_known(archive.manifest)
        _require_room(archive.manifest.size, incoming)
        archive.unpack(incoming)
        restored = _made_ready(order, archive.manifest, Home(incoming))
        if order.register:
            _fill(order.register, Home(incoming))
            (incoming / REGISTER).unlink()
        _put(incoming, home)
    return restored


def check(order: RestoreOrder) -> Restored:
    """Does all but write: every sum, and the register as it would be after its migration. Whether the place is free is asked by
    `require_free`: a back-up is tried where people work."""
    order.home.keep_private()
    with work_folder("restore") as work, opened(order.file, order.passphrase) as archive:
        _require_known(archive.manifest)
        archive.unpack(work, only=(REGISTER, f"published/{archive.manifest.present}"))
        return _made_ready(order, archive.manifest, Home(work))


def require_free(order: RestoreOrder) -> None:
    """Raises InputError where the home or the database it is to go to holds something."""
    _require_free(order.home.root)
    if order.register and holds_tables(order.register):
        with _empty_at(order.register):
            pass


def _require_free(home: Path) -> None:
    if home.is_symlink() or (home.exists() and (not home.is_dir() or any(home.iterdir()))):
        raise InputError(
            Bilingual("主目录不是空的，未作任何改动", "the home is not empty, nothing was changed").about(home),
            hint=Bilingual("用 --home 指定一个还不存在的文件夹", "name a folder that is not there yet with --home"),
        )


def _require_known(manifest: Manifest) -> None:
    if manifest.revision not in known_revisions():
        raise InputError(
            Bilingual("备份的台账由更新的版本建立", "the register of the back-up was made by a newer version").about(
                f"{manifest.version}, {manifest.revision}"
            ),
            hint=Bilingual("更新本程序", "update Anka"),
        )


def _require_room(size: int, folder: Path) -> None:
    if shutil.disk_usage(folder).free < size + _ROOM:
        raise InputError(
            Bilingual("磁盘空间不足", "not enough room on the disk").about(
                f"{folder.parent}: {(size + _ROOM) // 2**20 + 1} MB"
            ),
            hint=Bilingual("清理磁盘，或用 --home 指定另一处", "make room, or name another place with --home"),
        )


def _made_ready(order: RestoreOrder, manifest: Manifest, home: Home) -> Restored:
    """Brings the unpacked register up to date, proves it to be the one of the manifest, and shuts what must not go on by itself."""
    file = home.root / REGISTER
    if not file.is_file():
        raise InputError(Bilingual("备份里没有台账", "no register in the back-up").about(order.file.name))
    require_whole(file)
    register = registers.opened(register_url(home), keep_former=False)
    try:
        entries = _require_same(register, manifest)
        with register.writing() as session:
            run, messages_on = last_run(session), bool(switch(session, "messages_on"))
            ended = sessions.end_all(session)
            set_switch(session, "messages_on", False)
            _move_inputs(session.connection(), Path(manifest.home), order.home.root)
            made = office_clock(manifest.made_at).isoformat(timespec="seconds")
            said = f"made={made} sessions={ended} messages_on={messages_on}"
            access_log.note(session, *access_log.BY_MACHINE, "restored", order.file.name, said)
    finally:
        register.close()
    home.keep_register_id(manifest.register_id)
    if manifest.present:
        home.switch_to(home.published / manifest.present)
    return Restored(
        manifest.made_at,
        len(manifest.entries),
        run.run_id if run else "",
        run.as_of.isoformat() if run else "",
        entries,
        ended,
        messages_on,
        manifest.revision,
        order.home.root / "packs" / manifest.pack if manifest.pack else None,
    )


def _require_same(register: Register, manifest: Manifest) -> int:
    """The register of the manifest, its access log whole up to the head the manifest names; how many entries."""
    witness = checking.Witness("back-up", manifest.log_head.entry, manifest.log_head.hash)
    with register.reading() as session:
        verdict = checking.check(session, [witness])
    if register.identity() != manifest.register_id or not verdict.whole:
        what = verdict.problems[0].words if verdict.problems else manifest.register_id
        raise InputError(
            Bilingual("备份中的台账不是清单所载的那一个", "the register is not the one the back-up says").about(what),
            hint=Bilingual("换一个备份", "take another one"),
        )
    return verdict.entries


def _move_inputs(connection: Connection, former: Path, present: Path) -> None:
    """Exports that were dropped for a re-check lie in the home, and are asked for again where they lie now."""
    for seq, inputs in connection.execute(select(Run.seq, Run.inputs)).all():
        paths = [text_as_path(name) for name in inputs]
        moved = [present / path.relative_to(former) if path.is_relative_to(former) else path for path in paths]
        if moved != paths:
            connection.execute(
                Run.__table__.update().where(Run.seq == seq).values(inputs=[path_as_text(path) for path in moved])  # type: ignore[attr-defined]
            )


def _fill(url: str, home: Home) -> list[TableSum]:
    copy = registers.opened(register_url(home))
    try:
        with _empty_at(url) as target, copy.snapshot() as source, target.filling() as filled:
            return copy_rows(source, filled)
    finally:
        copy.close()


@contextmanager
def _empty_at(url: str) -> Iterator[Register]:
    """An empty register at a URL. Raises InputError where one is that holds something."""
    register = registers.opened(url)
    try:
        with register.snapshot() as connection:
            if not is_empty(connection):
                raise InputError(
                    Bilingual(
                        "目标数据库不是空的，未作任何改动", "the database is not empty, nothing was changed"
                    ).about(register.engine.url.render_as_string(hide_password=True)),
                    hint=Bilingual("建一个空数据库", "make an empty one"),
                )
        yield register
    finally:
        register.close()


def _unpacked_in(home: Path) -> Path:
    """The folder in which the home is made ready: the one beside it, so that it gets its name in one step. An empty home that is there is filled
    where it stands if nothing can be put beside it: this account may not, or it is a disk of its own."""
    can_write = os.access(home.parent, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)
    return home if home.is_dir() and (home.is_mount() or not can_write) else home.parent


def _put(incoming: Path, home: Path) -> None:
    """Gives the home its name in one step; one that was made ready within it, its files: the register and what is published last, so that one that
    is not whole is none."""
    shutil.rmtree(Home(incoming).spill, ignore_errors=True)
    if incoming.parent == home:
        last = (REGISTER, Home(home).published.name)
        for entry in sorted(incoming.iterdir(), key=lambda entry: (entry.name in last, entry.name != REGISTER)):
            entry.rename(home / entry.name)
        return
    try:
        incoming.rename(home)
    except OSError as error:
        raise InputError(
            Bilingual("主目录无法写入", "the home can't be put there").about(f"{home} ({error.strerror})"),
            hint=Bilingual("指定它下面的一个文件夹", "name a folder below it").about(f"--home {home / 'home'}"),
        ) from None
