"""The Prefect flow `review_batch`: the cards accepted or closed in a period, audited before a performance review, in one workbook.

With exports it audits them first; without, it takes the present published run. Nothing is scored or ranked here.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from expectations.errors import InputError
from expectations.home import Home
from expectations.office_days import today
from expectations.people import access_log
from expectations.people.languages import home_language
from expectations.register.belonging import home_register
from expectations.register.reading import last_day
from expectations.rights.reader import MACHINE
from expectations.run.sights import Sights
from expectations.store.offices import read_offices
from expectations.store.register import Register
from expectations.texts import Bilingual
from flows.night.nightly_audit import nightly_audit
from flows.review.periods import Period, parse_period
from flows.review.workbook import write_review
from flows.settings import Settings


@flow(name="review_batch", validate_parameters=False)
def review_batch(
    period: str,
    paths: Sequence[str] = (),
    as_of: str | None = None,
    home: str | None = None,
    catalogue: str | None = None,
    output: str | None = None,
) -> Path:
    """Writes the review workbook of `period` and returns its path."""
    span = parse_period(period)
    home_folder = Home(Path(home or Settings().home).absolute())
    register = home_register(home_folder, Settings().register_url)
    if paths:
        day = date.fromisoformat(as_of) if as_of else min(today(), span.last)
        last = last_day(register)
        looks_back = last is not None and day < last  # a look back moves neither the register nor the pages
        audited = nightly_audit(
            paths,
            day.isoformat(),
            str(home_folder.root),
            catalogue,
            skip_refused=False,
            follow=not looks_back,
            whole=True,  # points hang on it: nothing is taken over from a night before
        )
        published = audited.file
    elif as_of:
        raise InputError(
            Bilingual("--as-of 需要同时给出导出文件", "--as-of needs the exports to audit"),
            hint="anka batch --period … PATH…",
        )
    else:
        published = home_folder.current()
    target = Path(output) if output else home_folder.reviews / f"{span.name}-{published.stem}.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    write(published, register, span, target)
    access_log.log(register, MACHINE, "export", "batch", f"period={span.name}")
    return target


@task(name="write review workbook", cache_policy=NO_CACHE)
def write(published: Path, register: Register, period: Period, target: Path) -> None:
    """Selects the period's cards and writes the workbook, in the home's language. What was verified as no error is left out; rules on hold are hints."""
    with register.reading() as session:
        offices, language = read_offices(session), home_language(session)
    with Sights().open(published, register, MACHINE) as con:
        select_period(con, period)
        write_review(con, period, target, language, offices)


def select_period(con: duckdb.DuckDBPyConnection, period: Period) -> None:
    """Temp tables `review_rows(card, card_row, bmsah)`, and `checked` and `findings` narrowed to them.

    A row belongs to the period when one of the items the card declares for it lies in it, such as the day of acceptance; a row of a
    card that declares none when its case does. Raises InputError where no card declares any.
    """
    cards = [str(row[0]) for row in con.execute("select card from cards_known").fetchall()]
    dated = {card: _dates_of(con, card) for card in cards}
    if not any(dated.values()):
        raise InputError(
            Bilingual("没有一种案卡说明哪一项决定所属期间", "no card says by which item a row belongs to a period"),
            hint=Bilingual("在案卡中写明，如", "say so on the card, such as").about("period: [ordered]"),
        )
    con.execute("create temp table review_rows (card varchar, card_row bigint, bmsah varchar)")
    for card, dates in dated.items():
        if dates:
            within = " or ".join(f"{name}::date between $1 and $2" for name in dates)
            con.execute(
                f"insert into review_rows select card, card_row, bmsah from card_rows where card = '{card}' "
                f"and card_row in (select _row from cards.{card} where {within})",
                [period.first, period.last],
            )
    for card in (card for card, dates in dated.items() if not dates):
        con.execute(
            f"insert into review_rows select card, card_row, bmsah from card_rows where card = '{card}' "
            "and bmsah in (select bmsah from review_rows)"
        )
    con.execute(_NARROW)


_NARROW = """
create temp table checked as
select c.* from main.checked c
where c.bmsah is null and exists (from review_rows r where r.card = c.card and r.bmsah is null)
   or exists (from review_rows r where r.card = c.card and r.bmsah = c.bmsah);
create temp table findings as
select f.* from main.findings f
where case when f.level = 'case'
  then exists (from review_rows r where r.card = f.card and r.bmsah = f.bmsah)
  else exists (from review_rows r where r.card = f.card and r.card_row = f.card_row) end;
"""


def _dates_of(con: duckdb.DuckDBPyConnection, card: str) -> list[str]:
    rows = con.execute("select name from fields where card = ? and in_period order by no", [card])
    return [str(row[0]) for row in rows.fetchall()]
