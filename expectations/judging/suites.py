"""The suites of a run: one per verdict table, validated by Great Expectations over DuckDB.

Great Expectations is set up and called here and in `verdict_expectation`, `duckdb_datasource` and `data_docs` only.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import starmap
from pathlib import Path
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # before the import: nothing leaves the office

import great_expectations as gx
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.datasource.fluent.sql_datasource import TableAsset
from sqlalchemy import NullPool, create_engine

from expectations.connections import LOCKED, memory_limit, spill_limit
from expectations.judging import data_docs
from expectations.judging.duckdb_datasource import DuckDBExecutionEngine
from expectations.judging.verdict_expectation import ExpectColumnValuesToNotBeInSet
from expectations.judging.verdict_tables import VerdictTable
from expectations.progress import Progress, Stage
from expectations.sql.judgements import Judgement
from expectations.texts import NO_TEXT, Bilingual, same

_WHOLE = "all"
"""The name of the batch that is a whole verdict table."""


@dataclass(frozen=True)
class Outcome:
    """What Great Expectations says of one judgement: how many rows break the rule, or why it could not say."""

    judgement: Judgement
    table: VerdictTable
    rows_violated: int = 0
    error: Bilingual = NO_TEXT


def run_suites(
    database: Path, tables: Sequence[VerdictTable], docs: Path | None, progress: Progress
) -> Iterator[Outcome]:
    """One outcome per judgement of the tables; Data Docs are written below `docs`, if given. No other connection may be open."""
    # Great Expectations opens the file hundreds of times; while one connection is open, the others share what it has read.
    limits = {"memory_limit": memory_limit(), "max_temp_directory_size": spill_limit(database.parent)}
    with create_engine(_url(database), **_as_opened_here(limits)).connect():
        results = _results(database, limits, tables, docs, progress)
    for table in tables:
        yield from _outcomes(table, results.get(_suite_name(table)))


def _results(
    database: Path, limits: Mapping[str, str], tables: Sequence[VerdictTable], docs: Path | None, progress: Progress
) -> dict[str, ExpectationSuiteValidationResult]:
    """The results by name of the suite.

    Each suite is validated on its own: a checkpoint would first compare every expectation with its stored copy eleven times.
    """
    context = data_docs.context_with_site(docs) if docs else data_docs.quiet_context()
    datasource = context.data_sources.add_duckdb(
        name="verdicts",
        connection_string=_url(database),
        kwargs=_as_opened_here(limits),
        # together: each that is added later writes the whole datasource down anew
        assets=[_asset(table) for table in tables],
    )
    results = dict[str, ExpectationSuiteValidationResult]()
    run = RunIdentifier(run_time=datetime.now(UTC))
    try:
        for number, table in enumerate(tables):
            progress(Stage.JUDGE, number, len(tables))
            suite = gx.ExpectationSuite(_suite_name(table), list(starmap(expectation_of, table.judgements.items())))
            batch = datasource.get_asset(table.name).get_batch_definition(_WHOLE).get_batch()
            results[suite.name] = batch.validate(suite, result_format="SUMMARY")
            if docs:
                data_docs.keep(context, suite, results[suite.name], run)
        if docs:
            context.build_data_docs()
            data_docs.make_offline(docs)
        progress(Stage.JUDGE, len(tables), len(tables))
    finally:
        DuckDBExecutionEngine.close_engines()
    return results


def _asset(table: VerdictTable) -> TableAsset:
    whole = BatchDefinition[None](name=_WHOLE, partitioner=None)
    return TableAsset(name=table.name, table_name=table.name, schema_name="audit", batch_definitions=[whole])


def _url(database: Path) -> str:
    return f"duckdb:///{database}"


def _as_opened_here(limits: Mapping[str, str]) -> dict[str, Any]:
    """Great Expectations opens the file itself, so its connections are locked and bounded like those of `open_duckdb`."""
    return {"poolclass": NullPool, "connect_args": {"config": LOCKED | dict(limits)}}


def _suite_name(table: VerdictTable) -> str:
    """`<card>.<theme>`, the further tables of a theme numbered."""
    return table.name.replace(f"{table.card.name}_", f"{table.card.name}.", 1)


def expectation_of(column: str, judgement: Judgement) -> ExpectColumnValuesToNotBeInSet:
    """That the verdict column of a judgement is never true."""
    label = judgement.card.field(judgement.field).header if judgement.field else ""
    text = " · ".join(filter(None, (judgement.rule.id, judgement.rule.title.zh, label)))
    return ExpectColumnValuesToNotBeInSet(
        column=column,
        value_set=[True],
        description=text,
        meta={"rule": judgement.rule.id, "basis": judgement.rule.basis, "severity": judgement.rule.severity},
    )


def _outcomes(table: VerdictTable, suite: ExpectationSuiteValidationResult | None) -> Iterator[Outcome]:
    """An expectation that raised says `success=False` as well: it is an error, never a finding and never passed."""
    results = {
        result.expectation_config.kwargs["column"]: result
        for result in (suite.results if suite else ())
        if result.expectation_config is not None
    }
    for column, judgement in table.judgements.items():
        if column not in results:
            yield Outcome(judgement, table, error=Bilingual("没有返回结果", "no result"))
            continue
        raised = _raised(results[column].exception_info or {})
        counted = results[column].result or {}
        if raised or "unexpected_count" not in counted:
            error = same(raised) if raised else Bilingual("没有计数", "no count")
            yield Outcome(judgement, table, error=error)
        else:
            yield Outcome(judgement, table, counted["unexpected_count"])


def _raised(information: Mapping[str, object]) -> str:
    """The message of the first exception; the mapping is either one report or reports by metric."""
    reports: Iterable[object] = [information, *information.values()]
    for report in reports:
        if isinstance(report, Mapping) and report.get("raised_exception"):
            return str(report.get("exception_message")).splitlines()[0]
    return ""
