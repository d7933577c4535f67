"""Judging a run: every rule becomes verdict columns, evaluated by DuckDB, which Great Expectations expects never to be true.

What leaves here are counts and failing-row queries; `collecting` turns those into findings.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.connections import open_duckdb, side_by_side, within_time
from expectations.judging.verdict_tables import VerdictTable, count_rows, last_day_column, make_verdict_tables
from expectations.progress import Progress, Stage, unheard
from expectations.sql.context import AuditTable, Prepared, build_audit_table
from expectations.sql.judgements import Judgement, all_judgements
from expectations.sql.lookups import create_lookups
from expectations.sql.other_rows import linked_file
from expectations.texts import NO_TEXT, Bilingual, same
from expectations.workers import workers

if TYPE_CHECKING:
    from expectations.judging.suites import Outcome

State = Literal["judged", "not_judged", "error"]


@dataclass(frozen=True)
class LoadedCards:
    """What the judge must know of a load.

    `absent`: by card and field, the files of the card that lack the field's column; `files`: by card, the files loaded;
    `unreadable`: by card, the fields with at least one cell that could not be read; `merged`: by card, how many rows were merged with
    one equal in every cell.
    """

    files: Mapping[str, frozenset[int]]
    absent: Mapping[str, Mapping[str, frozenset[int]]]
    unreadable: Mapping[str, frozenset[str]]
    merged: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What became of one judgement. `query` selects `_row` of the violating rows; empty unless judged.

    `prepared`: what its findings show of other rows, and how these are found. `limit_query`: of a deadline, `_row` and `last_day` of
    the rows on which the act is still to be done.
    """

    judgement: Judgement
    state: State
    reason: Bilingual = NO_TEXT
    rows_violated: int = 0
    query: str = ""
    prepared: Prepared = field(default_factory=lambda: Prepared(""))
    limit_query: str = ""


@dataclass(frozen=True)
class _Evaluated:
    """Verdict tables, the verdicts on what could not be judged, and what the findings of the others will show."""

    tables: list[VerdictTable]
    verdicts: list[Verdict]
    prepared: dict[Judgement, Prepared]


def judge(
    database: Path,
    catalogue: Catalogue,
    as_of: date,
    loaded: LoadedCards,
    docs: Path | None,
    progress: Progress = unheard,
    chosen: Collection[str] | None = None,
) -> tuple[Verdict, ...]:
    """Judges every rule of the catalogue on the `cards` tables of `database`; Data Docs are written below `docs`, if given.

    No other connection to `database` may be open. Returns one verdict per judgement, of all or of those `chosen` by name: none is left
    out.
    """
    with open_duckdb(database) as con:
        create_lookups(con, catalogue)
        judgements = [j for j in all_judgements(catalogue, as_of) if chosen is None or j.name in chosen]
        evaluated = _evaluate(con, catalogue, judgements, as_of, loaded, progress)
    verdicts = evaluated.verdicts
    if evaluated.tables:
        # Great Expectations takes seconds to import: only when there is something to judge.
        from expectations.judging.suites import run_suites  # noqa: PLC0415

        for outcome in run_suites(database, evaluated.tables, docs, progress):
            verdicts.append(_verdict(outcome, evaluated.prepared[outcome.judgement]))
    return tuple(sorted(verdicts, key=lambda verdict: verdict.judgement.name))


def _evaluate(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    judgements: Sequence[Judgement],
    as_of: date,
    loaded: LoadedCards,
    progress: Progress,
) -> _Evaluated:
    con.execute("drop schema if exists audit cascade")
    con.execute("create schema audit")
    evaluated = _Evaluated([], [], {})
    of_card = partial(_evaluate_card, con, catalogue, as_of, loaded, judgements)
    # what one card's statements leave of the processors, writing above all, the next one's preparation takes
    with workers(side_by_side()) as evaluators:
        for number, card in enumerate(evaluators.map(of_card, catalogue.cards.values())):
            progress(Stage.PREPARE, number, len(catalogue.cards))
            evaluated.tables.extend(card.tables)
            evaluated.verdicts.extend(card.verdicts)
            evaluated.prepared.update(card.prepared)
    progress(Stage.PREPARE, len(catalogue.cards), len(catalogue.cards))
    return evaluated


def _evaluate_card(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    as_of: date,
    loaded: LoadedCards,
    judgements: Sequence[Judgement],
    card: Card,
) -> _Evaluated:
    evaluated, judged = _Evaluated([], [], {}), list[Judgement]()
    for judgement in (j for j in judgements if j.card is card):
        verdict = passed_over(catalogue, judgement, as_of, loaded)
        if verdict:
            evaluated.verdicts.append(verdict)
        else:
            judged.append(judgement)
    if judged:
        with con.cursor() as own:
            table, conditions, broken = _conditions_of_card(own, catalogue, judged, loaded)
            made, unmade = make_verdict_tables(own, table, conditions, catalogue.themes)
        evaluated.tables.extend(made)
        evaluated.prepared.update(conditions)
        evaluated.verdicts.extend(
            Verdict(judgement, "error", same(why)) for judgement, why in (broken | unmade).items()
        )
    return evaluated


def _verdict(outcome: "Outcome", prepared: Prepared) -> Verdict:
    if outcome.error:
        return Verdict(outcome.judgement, "error", outcome.error)
    limit = outcome.table.rows_where_set(last_day_column(outcome.judgement), "last_day") if prepared.open_limit else ""
    return Verdict(
        outcome.judgement,
        "judged",
        NO_TEXT,
        outcome.rows_violated,
        outcome.table.violating(outcome.judgement),
        prepared,
        limit,
    )


def count_judged_rows(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, as_of: date, loaded: LoadedCards
) -> dict[str, int]:
    """How many rows every rule is judged on: where *applies when* is true. Rules judged nowhere are left out."""
    create_lookups(con, catalogue)
    counts: dict[str, int] = {}
    everywhere = [
        replace(j, must_hold="false") for j in all_judgements(catalogue, as_of) if not why_not_judged(j, loaded)
    ]
    for card in catalogue.cards.values():
        of_card = [judgement for judgement in everywhere if judgement.card is card]
        if of_card:
            table, conditions, _ = _conditions_of_card(con, catalogue, of_card, loaded)
            for judgement, number in count_rows(con, table, conditions):
                counts[judgement.rule.id] = counts.get(judgement.rule.id, 0) + number
    return counts


def passed_over(catalogue: Catalogue, judgement: Judgement, as_of: date, loaded: LoadedCards) -> Verdict | None:
    """The verdict on a judgement that is not made: its rule is switched off, or there is nothing to make it on; None for all others."""
    reason = _why_off(catalogue, judgement, as_of) or why_not_judged(judgement, loaded)
    return Verdict(judgement, "not_judged", reason) if reason else None


def noting_merged(verdict: Verdict, loaded: LoadedCards) -> Verdict:
    """The verdict on a duplicate rule says how many rows it never saw, as they had been merged with one equal in every cell."""
    judgement = verdict.judgement
    merged = loaded.merged.get(judgement.card.name, 0)
    if verdict.state != "judged" or judgement.rule.kind != "duplicate" or not merged:
        return verdict
    card = judgement.card
    why = Bilingual(
        f"“{card.title_zh}”有 {merged} 行与另一行完全相同，已先合并，重复规则看不到",
        f"{merged} row(s) of {card.name} were equal to another in every cell and merged before duplicates were looked for",
    )
    return replace(verdict, reason=why)


def _why_off(catalogue: Catalogue, judgement: Judgement, as_of: date) -> Bilingual:
    change = catalogue.switched_off(judgement.rule.id, as_of)
    return (
        Bilingual(f"已停用（{change.since} 起）：{change.reason}", f"switched off since {change.since}")
        if change
        else NO_TEXT
    )


def why_not_judged(judgement: Judgement, loaded: LoadedCards) -> Bilingual:
    """Why a judgement can't be made on any loaded row: card not loaded, or columns absent from every file; else empty."""
    card = judgement.card
    files = loaded.files.get(card.name, frozenset())
    if not files:
        return _not_loaded(card)
    absent = loaded.absent.get(card.name, {})
    needed = judgement.columns_needed
    lacking = sorted(name for name in needed if absent.get(name, frozenset()) >= files)
    if lacking:
        return _columns_absent(card, lacking)
    # No column is absent everywhere, yet no file has them all.
    if frozenset().union(*(absent.get(name, frozenset()) for name in needed)) >= files:
        return Bilingual("每个文件都缺少所需的列", "every file lacks a needed column").about(", ".join(sorted(needed)))
    return next(
        filter(None, (_why_nothing_there(judgement, linked_card, loaded) for linked_card in judgement.linked_cards)),
        NO_TEXT,
    )


def _why_nothing_there(judgement: Judgement, linked_card: Card, loaded: LoadedCards) -> Bilingual:
    """Why a judgement can't look at another card: not loaded though needed, or its columns are absent.

    A key absent from one of its files is enough: rows of that file could not be found.
    """
    files = loaded.files.get(linked_card.name, frozenset())
    if not files:
        return _not_loaded(linked_card) if judgement.cards_needed.get(linked_card.name) else NO_TEXT
    absent = loaded.absent.get(linked_card.name, {})
    read, keys = judgement.items_read_on(linked_card.name)
    lacking = {name for name in read if absent.get(name, frozenset()) >= files}
    lacking |= {name for name in keys if absent.get(name)}
    return _columns_absent(linked_card, sorted(lacking)) if lacking else NO_TEXT


def _not_loaded(card: Card) -> Bilingual:
    return Bilingual(f"未载入“{card.title_zh}”案卡", f"card {card.name} was not loaded")


def _columns_absent(card: Card, names: Sequence[str]) -> Bilingual:
    headers = "、".join(card.field(name).header for name in names)
    return Bilingual(
        f"“{card.title_zh}”导出文件缺少列：{headers}", f"columns absent from {card.name}: {', '.join(names)}"
    )


def absent_in(judgement: Judgement, loaded: LoadedCards) -> frozenset[int]:
    """The files on whose rows a judgement is not made, since a column it reads is absent there."""
    absent = loaded.absent.get(judgement.card.name, {})
    return frozenset().union(*(absent.get(name, frozenset()) for name in judgement.columns_needed))


def absent_elsewhere(judgement: Judgement, loaded: LoadedCards) -> tuple[str, ...]:
    """Conditions under which a judgement rests on rows of other files that lack a column it reads there."""
    silent = []
    for lookup in judgement.lookups:
        absent = loaded.absent.get(lookup.card, {})
        files = frozenset[int]().union(*(absent.get(name, frozenset()) for name in lookup.linked_items()))
        link = lookup.link(judgement.card)
        if files and link:
            silent.append(linked_file(lookup, link, files))
    return tuple(dict.fromkeys(silent))


def _conditions_of_card(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, judgements: Sequence[Judgement], loaded: LoadedCards
) -> tuple[AuditTable, dict[Judgement, Prepared], dict[Judgement, str]]:
    """The conditions, with what they need made beside the card; a rule for which DuckDB can't is broken and leaves the others alone."""
    card, broken = judgements[0].card, dict[Judgement, str]()

    def with_table(subset: Iterable[Judgement]) -> tuple[AuditTable, dict[Judgement, Prepared]]:
        table = AuditTable(card, catalogue.cards, catalogue.dictionaries)
        conditions = {judgement: table.prepare(judgement, absent_elsewhere(judgement, loaded)) for judgement in subset}
        build_audit_table(con, table)
        return table, conditions

    try:
        with within_time(con):
            table, unguarded = with_table(judgements)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        # One table serves all rules of the card, so its error names no rule: each is tried with a table of its own.
        for judgement in judgements:
            try:
                with within_time(con):
                    with_table([judgement])
            except duckdb.Error as error:
                broken[judgement] = str(error).splitlines()[0]
        table, unguarded = with_table([judgement for judgement in judgements if judgement not in broken])
    unreadable = loaded.unreadable.get(card.name, frozenset())
    guarded = {
        judgement: prepared.guarded(judgement, unreadable, absent_in(judgement, loaded))
        for judgement, prepared in unguarded.items()
    }
    return table, guarded, broken
