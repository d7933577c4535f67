"""An incremental run: which judgements and which rows have to be judged anew, and what stands of the former run's findings.

Needs the former published file attached as `former` and table `incremental.rows`: card, number of the row then, number now. A row may be
judged otherwise where it changed, where a row a link finds did, or where it shares its case or key with such a row: findings of a case
or of a declared level are one, rows of one key are told apart by their order, and who handles a case is said by any card of it.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import duckdb

from expectations.catalogue.cards import Card, Link
from expectations.catalogue.catalogues import Catalogue
from expectations.finding.columns import COLUMNS
from expectations.judging.identities import own_item
from expectations.judging.judge import LoadedCards, passed_over
from expectations.sql.judgements import Judgement, all_judgements
from expectations.sql.quoting import column, quoted

_PLACE = {
    "run_id": "{run_id}",
    "card_row": "r.row",
    "file_no": "c._file",
    "sheet": "c._sheet",
    "sheet_row": "c._sheet_row",
}
"""What another run says of the same finding, by column."""


def judged_anew(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, as_of: date, loaded: LoadedCards
) -> frozenset[str]:
    """The judgements to be made on every row, by name: those that depend on the day, warn of a limit, or were not made before.

    Those of a rule on a card stay together.
    """
    (former_day,) = con.execute("select as_of from former.runs").fetchall()[0]
    were_judged = set(
        con.execute(
            "select rule_id, card, coalesce(field, '') from former.judgements where state = 'judged'"
        ).fetchall()
    )
    then = {judgement.name: judgement for judgement in all_judgements(catalogue, former_day)}
    now = all_judgements(catalogue, as_of)
    other = {
        (judgement.rule.id, judgement.card.name)
        for judgement in now
        if judgement.open_limit is not None
        or _decides(judgement) != _decides(then.get(judgement.name))
        or ((judgement.rule.id, judgement.card.name, judgement.field) in were_judged)
        is (passed_over(catalogue, judgement, as_of, loaded) is not None)
    }
    return frozenset(judgement.name for judgement in now if (judgement.rule.id, judgement.card.name) in other)


def _decides(judgement: Judgement | None) -> tuple[object, ...]:
    """What a judgement comes to on a given row depends on."""
    return (judgement.rule, judgement.applies_when, judgement.must_hold) if judgement else ()


def find_touched(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, judgements: Iterable[Judgement]
) -> tuple[dict[str, int], int]:
    """Table `incremental.touched` of the rows to judge anew, card and row; how many there are by card, and how many rows at all."""
    cards, judgements = list(catalogue.cards.values()), list(judgements)
    links, keys = _links(judgements), _keys(cards, judgements)
    con.execute("create or replace table incremental.touched (card varchar, row bigint, primary key (card, row))")
    for card in cards:
        con.execute(_changed_rows(card))
        _touch(con, card, f"select _row from incremental.changed_{card.name} where is_there")
    for card in cards:
        for link in links.get(card.name, ()):
            _touch(con, card, _linked_with(card, link))
    for card, key in keys:
        _touch(con, card, _of_keys(card, key, f"incremental.changed_{card.name} c"))
    _touch_cases(
        con, cards, [f"select {own_item(card, 'case')} from incremental.changed_{card.name} c" for card in cards]
    )
    while _touch_cases(con, cards, [f"select {own_item(card, 'case')} from {_touched(card)}" for card in cards]) + sum(
        _touch(con, card, _of_keys(card, key, _touched(card))) for card, key in keys
    ):
        pass
    rows = " + ".join(f"(select count(*) from cards.{card.name})" for card in cards)
    ((everything,),) = con.execute(f"select {rows}").fetchall()
    touched = dict(con.execute("select card, count(*) from incremental.touched group by card").fetchall())
    return {card.name: touched.get(card.name, 0) for card in cards}, int(everything)


def copy_touched(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, judgements: Iterable[Judgement]) -> None:
    """Puts the touched rows, and the rows their links find, into the cards of the attached database `touched`."""
    links, cards = _links(judgements), catalogue.cards
    found: dict[str, list[str]] = {card: [f"select _row from {_touched(cards[card])}"] for card in cards}
    for card, of_card in links.items():
        for link in of_card:
            pairs = " and ".join(f"c.{there} {link.equals} t.{own}" for own, there in sorted(link.pairs))
            found[link.card].append(
                f"select c._row from cards.{link.card} c semi join (select c.* from {_touched(cards[card])}) t on {pairs}"
            )
    con.execute("create schema touched.cards")
    for card, queries in found.items():
        con.execute(
            f"create table touched.cards.{card} as select * from cards.{card} where _row in ({' union '.join(queries)})"
        )


def carry_over(con: duckdb.DuckDBPyConnection, anew: Iterable[Judgement], run_id: str) -> None:
    """Adds to `findings` those of the judgements that were made on the touched rows only: what was found there, which stands in the
    attached database `touched`, and the former run's on all other rows. Rows of `findings` are then in the order of a whole run."""
    rules = ", ".join(
        f"({quoted(rule)}, {quoted(card)})" for rule, card in sorted({(j.rule.id, j.card.name) for j in anew})
    )
    names = ", ".join(map(column, COLUMNS))
    former = ", ".join(
        f"{_PLACE[name].format(run_id=quoted(run_id))} as {column(name)}" if name in _PLACE else f"f.{column(name)}"
        for name in COLUMNS
    )
    cards = [card for (card,) in con.execute("select distinct card from former.findings order by card").fetchall()]
    kept = [
        f"""select {former} from former.findings f join incremental.rows r on r.card = f.card and r.former_row = f.card_row
join cards.{card} c on c._row = r.row
where f.card = {quoted(card)} and (f.rule_id, f.card) in (values {rules})
  and not exists (from incremental.touched t where t.card = r.card and t.row = r.row)"""
        for card in cards
    ]
    found = f"select {names} from touched.findings f where exists (from incremental.touched t where t.card = f.card and t.row = f.card_row)"
    everything = " union all ".join([f"select {names} from findings", found, *kept])
    con.execute(
        f"create or replace table findings as select * from ({everything}) order by card, rule_id, fields, card_row"
    )


def _links(judgements: Iterable[Judgement]) -> Mapping[str, list[Link]]:
    """The links the judgements of each card go through."""
    links: dict[str, dict[str, Link]] = {}
    for judgement in judgements:
        for lookup in judgement.lookups:
            if link := lookup.link(judgement.card):
                links.setdefault(judgement.card.name, {})[str(link)] = link
    return {card: list(of_card.values()) for card, of_card in links.items()}


def _changed_rows(card: Card) -> str:
    """Table of the rows of a card that are new, gone, or stand in another order, as they are and as they were; `is_there`: now."""
    rows = f"select * from incremental.rows where card = {quoted(card.name)}"
    return f"""create or replace table incremental.changed_{card.name} as
with same as (
  select * from ({rows}) qualify former_row >= max(former_row) over (order by row rows unbounded preceding)
)
select c.*, true as is_there from cards.{card.name} c anti join same on same.row = c._row
union all select c.*, false from former.cards.{card.name} c anti join same on same.former_row = c._row"""


def _linked_with(card: Card, link: Link) -> str:
    pairs = " and ".join(f"r.{there} {link.equals} c.{own}" for own, there in sorted(link.pairs))
    return f"select c._row from cards.{card.name} c semi join incremental.changed_{link.card} r on {pairs}"


def _touched(card: Card) -> str:
    """The touched rows of a card, known as `c`."""
    return f"cards.{card.name} c semi join (select row from incremental.touched where card = {quoted(card.name)}) t on t.row = c._row"


def _touch(con: duckdb.DuckDBPyConnection, card: Card, rows: str) -> int:
    """Adds rows of a card; how many were not there."""
    return int(
        con.execute(
            f"insert or ignore into incremental.touched select distinct {quoted(card.name)}, _row from ({rows})"
        ).fetchall()[0][0]
    )


def _touch_cases(con: duckdb.DuckDBPyConnection, cards: Iterable[Card], cases: Iterable[str]) -> int:
    """Adds all rows of the cases on whichever card; how many were not there."""
    con.execute(f"create or replace temp table touched_cases (bmsah) as {' union '.join(cases)}")
    return sum(
        _touch(
            con, card, f"select _row from cards.{card.name} c where {own_item(card, 'case')} in (from touched_cases)"
        )
        for card in cards
    )


def _keys(cards: Iterable[Card], judgements: Iterable[Judgement]) -> list[tuple[Card, tuple[str, ...]]]:
    """By which items rows of a card have to do with each other: its key, and what rules declare as their level."""
    keys = [(card, card.row_key) for card in cards]
    keys += [(judgement.card, judgement.rule.one_finding_per) for judgement in judgements]
    return list({(card.name, key): (card, key) for card, key in keys if key}.values())


def _of_keys(card: Card, key: tuple[str, ...], rows: str) -> str:
    """The rows of a card that have the key of one of `rows`, known as `c`."""
    values = "concat_ws(chr(31), " + ", ".join(f"coalesce(c.{name}::varchar, '')" for name in key) + ")"
    return f"select _row from cards.{card.name} c where {values} in (select {values} from {rows})"
