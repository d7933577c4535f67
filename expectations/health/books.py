"""The books of the house: whether the register is sound in itself, whether it and the present run agree, and what holidays are known."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.working_days import known_years
from expectations.errors import AnkaError
from expectations.health.checks import Check, doubtful, refused, unwell, well
from expectations.health.machine import clock_check
from expectations.home import Home, NothingPublishedError
from expectations.office_days import today
from expectations.register.reading import last_run
from expectations.store.register import Register
from expectations.store.tables import Access, Run
from expectations.texts import Bilingual

_DECEMBER = 12
_PUT_BACK = Bilingual("停止看板和核查，恢复最近的备份", "stop dashboard and audits, and put the last back-up back")


def last_entry(register: Register) -> datetime | None:
    """When something was last written down, by a run or a person."""
    with register.reading() as session:
        moments = [session.scalar(select(func.max(column))) for column in (Run.followed_at, Access.at)]
    return max((moment for moment in moments if moment is not None), default=None)


def clock_check_of(register: Register) -> Check:
    """Whether the clock has gone on since."""
    return clock_check(last_entry(register))


def integrity_check(register: Register) -> Check:
    """Whether its file is whole and every row refers to one that is there. Of a database server only that it answers."""
    if not register.on_sqlite:
        return well("integrity", Bilingual("由数据库服务保证", "looked after by the database server"))
    try:
        with register.engine.connect() as connection:
            found = [str(line) for (line,) in connection.exec_driver_sql("pragma integrity_check(20)")]
            orphans = connection.exec_driver_sql("pragma foreign_key_check").fetchall()
    except SQLAlchemyError as error:
        return unwell("integrity", Bilingual("读不了", "can't be read").about(type(error).__name__), _PUT_BACK)
    if found != ["ok"]:
        return unwell("integrity", Bilingual(f"{len(found)} 处损坏", f"damaged in {len(found)} places"), _PUT_BACK)
    if orphans:
        tables = ", ".join(sorted({str(table) for table, *_ in orphans}))
        seen = Bilingual(f"{len(orphans)} 行指向不存在的行", f"{len(orphans)} rows refer to none").about(tables)
        return unwell("integrity", seen, _PUT_BACK)
    return well("integrity", Bilingual("文件完好，引用完整", "the file is whole, every reference holds"))


def followed_check(home: Home, register: Register) -> Check:
    """Whether the run that pages show is the one the register followed last."""
    with register.reading() as session:
        followed = last_run(session)
    try:
        shown = home.current().stem.split("-", 1)[-1]
    except NothingPublishedError as nothing:
        return doubtful("followed", nothing.message, nothing.hint)
    except AnkaError as error:
        return refused("followed", error)
    if followed is None or followed.run_id != shown:
        followed_id = followed.run_id if followed else "—"
        return unwell(
            "followed",
            Bilingual(f"台账 {followed_id}，核查结果 {shown}", f"the register is at {followed_id}, pages at {shown}"),
            Bilingual("运行 anka audit，两者随即一致", "run anka audit, which brings both together"),
        )
    return well("followed", shown)


def calendar_check(catalogue: Catalogue) -> Check:
    """Whether the holidays of this year and the next are known. The State Council tells the next year's in November."""
    known = known_years(catalogue.calendar, catalogue.named_calendar)
    day = today()
    if not known:
        return well("calendar", Bilingual("按星期计算", "goes by the week"))
    cure = Bilingual("更新程序，或在规则包中补充该年", "update Anka, or add the year in the pack")
    missing = [year for year in (day.year, day.year + 1) if year not in known]
    if day.year in missing:
        return unwell("calendar", Bilingual(f"缺 {day.year} 年", f"{day.year} is missing"), cure)
    if missing and day.month == _DECEMBER:
        return doubtful("calendar", Bilingual(f"缺 {missing[0]} 年", f"{missing[0]} is missing"), cure)
    return well("calendar", Bilingual("已知", "known").about(f"{min(known)}–{max(known)}"))
