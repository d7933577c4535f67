"""Whether the house is ready for people: the register, the run that is shown, the nights, the exports, the disk, messages, back-ups.

Asked every few seconds by whatever watches the machine: each question is cheap, and none waits for a writer.
"""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import duckdb
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from expectations.backups import last_backup
from expectations.errors import AnkaError
from expectations.health.checks import Check, doubtful, refused, unreadable, unwell, well
from expectations.health.export_age import newest_export
from expectations.home import DamagedRunError, Home, NothingPublishedError
from expectations.office_days import office_clock
from expectations.register.attempts import Standing, last_complete, standing
from expectations.register.problems import problems_in_words, problems_of
from expectations.register.reading import last_run
from expectations.run.published import shown_run
from expectations.store.migrating import newest_revision, revision_of
from expectations.store.register import Register, now
from expectations.store.switches import DEFAULTS, Value, switch, switches
from expectations.store.tables import Message
from expectations.texts import NO_TEXT, Bilingual, same

NAMES = ("register", "run", "night", "exports", "disk", "messages", "backup")
"""The checks in their order."""
_GB = 2**30
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_UNDELIVERED_FOR = timedelta(days=7)
"""A message that failed earlier is no news: nobody will send it any more."""
_STUCK = timedelta(hours=1)
_UNKNOWN = Bilingual("台账不能用，无从得知", "the register can't be used, so nobody knows")
_FIRST_THE_REGISTER = Bilingual("先恢复台账", "first put the register right")


def readiness(home: Home, opened: Callable[[], Register]) -> tuple[Check, ...]:
    """Every check; `opened` gives the register of the home, or raises AnkaError."""
    set_to: Mapping[str, Value] = DEFAULTS
    night, messages = _unknown("night"), _unknown("messages")
    try:
        register = opened()
        first = _register(home, register)
        if first.state != "fail":
            with register.reading() as session:
                set_to, night, messages = switches(session), _night(session), _messages(session)
    except AnkaError as error:
        first = refused("register", error)
    except (SQLAlchemyError, OSError) as error:
        first = unreadable("register", error)
    return (
        first,
        _run(home),
        night,
        _exports(home, int(set_to["export_days"])),
        _disk(home, int(set_to["free_gb"])),
        messages,
        _backup(home, int(set_to["backup_hours"])),
    )


def _register(home: Home, register: Register) -> Check:
    with register.engine.connect() as connection:
        revision = revision_of(connection)
    if revision != newest_revision():
        seen = Bilingual(
            f"结构版本 {revision or '—'}，本程序为 {newest_revision()}",
            f"its tables are at {revision or '—'}, this program's at {newest_revision()}",
        )
        return unwell(
            "register", seen, Bilingual("重新启动看板；仍如此则更新程序", "start the dashboard again, or update Anka")
        )
    if home.register_id() != register.identity():
        return unwell(
            "register",
            Bilingual("这不是本主目录的台账", "this is not the register of this home"),
            Bilingual("恢复备份；确实要改用它", "put a copy back; to go on with it").about("anka register adopt"),
        )
    kind = Bilingual("本机文件", "a file of this machine") if register.on_sqlite else same("PostgreSQL")
    return well("register", kind.then(f"，结构版本 {revision}", f", tables at {revision}"))


def _unknown(name: str) -> Check:
    return doubtful(name, _UNKNOWN, _FIRST_THE_REGISTER)


def _run(home: Home) -> Check:
    try:
        shown = shown_run(home)
    except NothingPublishedError as nothing:
        return doubtful("run", nothing.message, nothing.hint)
    except AnkaError as error:
        return refused("run", error)
    except (duckdb.Error, OSError) as error:
        return unreadable("run", error)
    if isinstance(shown.instead_of, DamagedRunError):
        return refused("run", shown.instead_of)
    return well("run", shown.file.stem)


def _night(session: Session) -> Check:
    nights, complete_at = standing(session), last_complete(session)
    wrong = _went_wrong(session, nights)
    and_why = (f"；{wrong.zh}", f"; {wrong.en}") if wrong else ("", "")
    look = Bilingual("看核查记录页和 Prefect 的日志", "look at the page of runs and at Prefect's logs")
    if nights.good_at is None:
        return doubtful(
            "night",
            Bilingual("还没有成功的夜间核查", "none has published yet").then(*and_why),
            Bilingual(
                "运行 anka audit；每晚由 anka serve 核查，不用它时另设定时任务",
                "run anka audit; every night anka serve does, or a schedule of your own",
            ),
        )
    if complete_at is None or now() - complete_at > nights.limit_hours * _HOUR:
        ago = Bilingual("从未有过", "never") if complete_at is None else _hours(complete_at)
        seen = Bilingual("最近一次完整的核查", "the last complete run").about(ago)
        seen = seen.then(f"；应不超过 {nights.limit_hours} 小时", f"; limit {nights.limit_hours} h")
        return unwell("night", seen.then(*and_why), look)
    if wrong:
        return doubtful("night", wrong, look)
    return well("night", Bilingual("最近一次完整的核查", "the last complete run").about(_hours(complete_at)))


def _went_wrong(session: Session, nights: Standing) -> Bilingual:
    """What went wrong with the last night, blank where nothing did."""
    if nights.failed and nights.last:
        failed = Bilingual("最近一次没有成功", "the last one failed")
        return failed.about(nights.last.why) if nights.last.reason else failed
    problems = problems_of(last_run(session))
    if not problems:
        return NO_TEXT
    return Bilingual("最近一次不完整", "the last one is not complete").about(problems_in_words(problems))


def _exports(home: Home, days: int) -> Check:
    if days == 0:
        return _not_asked("exports", "export_days")
    try:
        newest = newest_export(home)
    except (AnkaError, duckdb.Error, OSError):
        newest = None
    if newest is None:
        return doubtful(
            "exports",
            Bilingual("没有留存的导出文件", "no export is kept"),
            Bilingual("运行 anka audit", "run anka audit"),
        )
    seen = Bilingual("最新的导出文件", "the newest export").about(f"{office_clock(newest):%Y-%m-%d %H:%M}")
    if now() - newest > days * _DAY:
        return unwell(
            "exports",
            seen.then(f"；应不超过 {days} 天", f"; limit {days} days"),
            Bilingual("检查导出任务是否仍在写入导出文件夹", "see whether exports still arrive in their folder"),
        )
    return well("exports", seen)


def _disk(home: Home, free_gb: int) -> Check:
    free = shutil.disk_usage(home.root).free
    seen = Bilingual(f"剩余 {free / _GB:.1f} GB", f"{free / _GB:.1f} GB free")
    if free < free_gb * _GB:
        return unwell(
            "disk",
            seen.then(f"；至少应有 {free_gb} GB", f"; at least {free_gb} GB"),
            Bilingual("清理磁盘，或减小 ANKA_KEEP_RUNS", "free the disk, or lower ANKA_KEEP_RUNS"),
        )
    return well("disk", seen)


def _messages(session: Session) -> Check:
    if not switch(session, "messages_on"):
        return well("messages", Bilingual("未启用", "off"))
    recent = Message.made_at > now() - _UNDELIVERED_FOR
    stuck = (Message.state == "sending") & (Message.made_at < now() - _STUCK)
    undelivered = session.scalar(select(func.count()).where(recent, (Message.state == "failed") | stuck)) or 0
    if undelivered:
        return unwell(
            "messages",
            Bilingual(f"{undelivered} 条未送达", f"{undelivered} not delivered"),
            Bilingual(
                "用 anka notify --test LOGIN 查原因，再运行 anka notify", "find out why, then run anka notify"
            ).about("anka notify --test LOGIN"),
        )
    return well("messages", Bilingual("没有未送达的", "none undelivered"))


def _backup(home: Home, hours: int) -> Check:
    if hours == 0:
        return _not_asked("backup", "backup_hours")
    last = last_backup(home)
    if last is None:
        return doubtful(
            "backup",
            Bilingual("还没有备份", "none has been made"),
            Bilingual("做第一次备份", "make one").about("anka backup"),
        )
    seen = Bilingual("最近一次", "the last one").about(_hours(last.made_at))
    if now() - last.made_at > hours * _HOUR:
        return unwell(
            "backup",
            seen.then(f"；应不超过 {hours} 小时", f"; limit {hours} h"),
            Bilingual("运行 anka backup", "run anka backup"),
        )
    if last.same_disk:
        return doubtful(
            "backup",
            seen.then("；与主目录在同一磁盘", "; on the disk of the home"),
            Bilingual("备份到另一块磁盘", "make it on another disk"),
        )
    return well("backup", seen)


def _not_asked(name: str, by: str) -> Check:
    return well(name, Bilingual("不检查", "not looked at").about(f"{by} = 0"))


def _hours(moment: datetime) -> Bilingual:
    hours = max(0, (now() - moment) // _HOUR)
    return Bilingual(f"{hours} 小时前", f"{hours} h ago")
