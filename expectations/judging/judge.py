"""Judging a run: one Great Expectations suite per card and theme, run by one checkpoint over DuckDB.

Great Expectations is set up and called here and in `rule_expectation`, `duckdb_datasource` and `data_docs` only. What leaves
it are counts and failing-row queries; `collecting` turns those into findings.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # before the import: nothing leaves the office

import duckdb
import great_expectations as gx
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context import AbstractDataContext
from sqlalchemy import NullPool

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.connections import LOCKED, open_duckdb
from expectations.judging import data_docs
from expectations.judging.duckdb_datasource import DuckDBDatasource, DuckDBExecutionEngine
from expectations.judging.rule_expectation import ExpectRuleUnbroken
from expectations.progress import Progress, Stage, unheard
from expectations.sql.context import AuditTable, Prepared, build_audit_table
from expectations.sql.judgements import Judgement, OpenLimit, all_judgements
from expectations.sql.lookups import create_lookups
from expectations.sql.other_rows import linked_file
from expectations.texts import NO_TEXT, Bilingual, same

State = Literal["judged", "not_judged", "error"]
_PHASES = 2


@dataclass(frozen=True)
class LoadedCards:
    """What the judge must know of a load.

    `absent`: by card and field, the files of the card that lack the field's column; `files`: by card, the files loaded;
    `unreadable`: by card, the fields with at least one cell that could not be read.
    """

    files: Mapping[str, frozenset[int]]
    absent: Mapping[str, Mapping[str, frozenset[int]]]
    unreadable: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Verdict:
    """What became of one judgement. `query` selects `_row` of the violating rows; empty unless judged.

    `stage_items`: items of other stages it read, as columns of `audit.<card>`, so that a finding can show them.
    `open_limit`: for a deadline, where it is judged and the act still open, and its last day, over `audit.<card>`.
    """

    judgement: Judgement
    state: State
    reason: Bilingual = NO_TEXT
    rows_violated: int = 0
    query: str = ""
    stage_items: Mapping[str, str] = field(default_factory=dict)
    linked_values: tuple[str, ...] = ()
    open_limit: OpenLimit | None = None


def judge(
    database: Path,
    catalogue: Catalogue,
    as_of: date,
    loaded: LoadedCards,
    docs: Path | None,
    progress: Progress = unheard,
) -> tuple[Verdict, ...]:
    """Judges every rule of the catalogue on the `cards` tables of `database`; Data Docs are written below `docs`, if given.

    No other connection to `database` may be open. Returns one verdict per judgement: none is left out.
    """
    with open_duckdb(database) as con:
        create_lookups(con, catalogue)
        conditions, verdicts = _prepare(con, catalogue, as_of, loaded, progress)
    if conditions:
        verdicts += _run_checkpoint(database, catalogue, conditions, docs, progress)
    return tuple(sorted(verdicts, key=lambda verdict: verdict.judgement.name))


def _prepare(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    as_of: date,
    loaded: LoadedCards,
    progress: Progress,
) -> tuple[dict[Judgement, Prepared], list[Verdict]]:
    conditions: dict[Judgement, Prepared] = {}
    verdicts: list[Verdict] = []
    judgements = all_judgements(catalogue, as_of)
    for number, card in enumerate(catalogue.cards.values()):
        progress(Stage.PREPARE, number, len(catalogue.cards))
        judged: list[Judgement] = []
        for judgement in (j for j in judgements if j.card is card):
            reason = _why_off(catalogue, judgement, as_of) or why_not_judged(judgement, loaded)
            if reason:
                verdicts.append(Verdict(judgement, "not_judged", reason))
            else:
                judged.append(judgement)
        if judged:
            prepared, broken = _conditions_of_card(con, catalogue, judged, loaded)
            conditions |= prepared
            verdicts += broken
    progress(Stage.PREPARE, len(catalogue.cards), len(catalogue.cards))
    return conditions, verdicts


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
            conditions, _ = _conditions_of_card(con, catalogue, of_card, loaded)
            counted = ", ".join(f"count_if({prepared.condition})" for prepared in conditions.values())
            rows = con.execute(f"select {counted} from audit.{card.name}").fetchall()[0]
            for judgement, number in zip(conditions, rows, strict=True):
                counts[judgement.rule.id] = counts.get(judgement.rule.id, 0) + number
    return counts


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
) -> tuple[dict[Judgement, Prepared], list[Verdict]]:
    """Conditions over `audit.<card>`; a rule DuckDB can't bind becomes an error and leaves the others alone."""
    card, broken = judgements[0].card, dict[Judgement, Bilingual]()

    def with_table(subset: Iterable[Judgement]) -> dict[Judgement, Prepared]:
        table = AuditTable(card, catalogue.cards, catalogue.dictionaries)
        conditions = {judgement: table.prepare(judgement, absent_elsewhere(judgement, loaded)) for judgement in subset}
        build_audit_table(con, table)
        return conditions

    try:
        unguarded = with_table(judgements)
    except duckdb.Error:
        # One table serves all rules of the card, so its error names no rule: each is tried with a table of its own.
        for judgement in judgements:
            try:
                with_table([judgement])
            except duckdb.Error as error:
                broken[judgement] = same(_first_line(error))
        unguarded = with_table([judgement for judgement in judgements if judgement not in broken])
    unreadable = loaded.unreadable.get(card.name, frozenset())
    guarded = {
        judgement: prepared.guarded(judgement, unreadable, absent_in(judgement, loaded))
        for judgement, prepared in unguarded.items()
    }
    if _binding_error(con, card, (prepared.condition for prepared in guarded.values())):
        for judgement, prepared in list(guarded.items()):
            reason = _binding_error(con, card, [prepared.condition])
            if reason:
                broken[judgement] = same(reason)
                del guarded[judgement]
    return guarded, [Verdict(judgement, "error", reason) for judgement, reason in broken.items()]


def _binding_error(con: duckdb.DuckDBPyConnection, card: Card, conditions: Iterable[str]) -> str:
    """Why DuckDB would not run the conditions; empty when it would."""
    counts = ", ".join(f"count_if({condition})" for condition in conditions) or "1"
    try:
        con.execute(f"explain select {counts} from audit.{card.name}")
    except duckdb.Error as error:
        return _first_line(error)
    return ""


def _run_checkpoint(
    database: Path,
    catalogue: Catalogue,
    conditions: Mapping[Judgement, Prepared],
    docs: Path | None,
    progress: Progress,
) -> list[Verdict]:
    context = data_docs.context_with_site(docs) if docs else data_docs.quiet_context()
    datasource = context.data_sources.add_duckdb(
        name="cards",
        connection_string=f"duckdb:///{database}",
        # Great Expectations opens the file itself, so its connections are locked like those of `open_duckdb`.
        kwargs={"poolclass": NullPool, "connect_args": {"config": LOCKED}},
    )
    try:
        definitions = _validation_definitions(context, datasource, catalogue, conditions)
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(
                name="audit",
                validation_definitions=definitions,
                result_format={"result_format": "SUMMARY", "unexpected_index_column_names": ["_row"]},
            )
        )
        progress(Stage.JUDGE, 0, _PHASES)
        outcome = checkpoint.run()
        progress(Stage.JUDGE, 1, _PHASES)
        if docs:
            context.build_data_docs()
            data_docs.make_offline(docs)
        progress(Stage.JUDGE, _PHASES, _PHASES)
    finally:
        DuckDBExecutionEngine.close_engines()
    by_name = {judgement.name: judgement for judgement in conditions}
    results = [result for run in outcome.run_results.values() for result in run.results]
    verdicts = [
        replace(
            verdict,
            stage_items=prepared.stage_items,
            linked_values=prepared.linked_values,
            open_limit=prepared.open_limit,
        )
        for verdict, prepared in (
            (verdict, conditions[verdict.judgement]) for verdict in (_verdict(r, by_name) for r in results)
        )
    ]
    lost = by_name.keys() - {verdict.judgement.name for verdict in verdicts}
    return verdicts + [Verdict(by_name[name], "error", Bilingual("没有返回结果", "no result")) for name in sorted(lost)]


def _validation_definitions(
    context: AbstractDataContext,
    datasource: DuckDBDatasource,
    catalogue: Catalogue,
    conditions: Mapping[Judgement, Prepared],
) -> list[gx.ValidationDefinition]:
    definitions = []
    for card in catalogue.cards.values():
        of_card = [judgement for judgement in conditions if judgement.card is card]
        if not of_card:
            continue
        asset = datasource.add_table_asset(name=card.name, table_name=card.name, schema_name="audit")
        batch = asset.add_batch_definition_whole_table("all")
        for theme in sorted({catalogue.themes[judgement.rule.id] for judgement in of_card}):
            name = f"{card.name}.{theme}"
            rules = (j for j in of_card if catalogue.themes[j.rule.id] == theme)
            suite = gx.ExpectationSuite(
                name=name, expectations=[_expectation(j, conditions[j].condition) for j in rules]
            )
            context.suites.add(suite)
            definition = gx.ValidationDefinition(name=name, data=batch, suite=suite)
            definitions.append(context.validation_definitions.add(definition))
    return definitions


def _expectation(judgement: Judgement, condition: str) -> ExpectRuleUnbroken:
    label = judgement.card.field(judgement.field).header if judgement.field else ""
    text = " · ".join(filter(None, (judgement.rule.id, judgement.rule.title.zh, label)))
    return ExpectRuleUnbroken(
        column="_row",
        judgement=judgement.name,
        violated=condition,
        description=text,
        meta={"rule": judgement.rule.id, "basis": judgement.rule.basis, "severity": judgement.rule.severity},
    )


def _verdict(result: ExpectationValidationResult, by_name: Mapping[str, Judgement]) -> Verdict:
    """An expectation that raised says `success=False` as well: it is an error, never a finding and never passed."""
    assert result.expectation_config is not None
    judgement = by_name[result.expectation_config.kwargs["judgement"]]
    raised = _raised(result.exception_info or {})
    counted = result.result or {}
    if raised or "unexpected_count" not in counted:
        return Verdict(judgement, "error", same(raised) if raised else Bilingual("没有计数", "no count"))
    return Verdict(
        judgement, "judged", NO_TEXT, counted["unexpected_count"], counted["unexpected_index_query"].rstrip(";")
    )


def _raised(information: Mapping[str, object]) -> str:
    """The message of the first exception; the mapping is either one report or reports by metric."""
    reports: Iterable[object] = [information, *information.values()]
    for report in reports:
        if isinstance(report, Mapping) and report.get("raised_exception"):
            return str(report.get("exception_message")).splitlines()[0]
    return ""


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
