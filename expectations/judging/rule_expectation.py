"""The expectation that a rule of the catalogue is broken by no row: one boolean SQL condition, counted by Great Expectations.

It is a column expectation on the row number, since Great Expectations bundles the counts of column expectations into one
scan. Only the count and the failing-row query are asked for; rows never leave DuckDB.
"""

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from expectations.judging.duckdb_datasource import DuckDBExecutionEngine

_METRIC = "column_values.rule_unbroken"
_COUNT, _QUERY, _ROWS = f"{_METRIC}.unexpected_count", f"{_METRIC}.unexpected_index_query", "table.row_count"


class RuleUnbroken(ColumnMapMetricProvider):
    """True for every row that does not break the rule."""

    condition_metric_name = _METRIC
    condition_value_keys = ("judgement", "violated")

    @column_condition_partial(engine=DuckDBExecutionEngine)
    def _sqlalchemy(cls, column: Any, violated: str, **_: Any) -> Any:
        # NULL is no violation, so it is settled here: Great Expectations negates what it is given.
        return sa.literal_column(f"(({violated}) is not true)", sa.Boolean)


class ExpectRuleUnbroken(ColumnMapExpectation):
    """Expect no row to break a rule. `violated`: SQL that is true on the rows that do; `judgement`: its name."""

    judgement: str
    violated: str

    map_metric: ClassVar[str] = _METRIC
    success_keys: ClassVar[tuple[str, ...]] = ("judgement", "violated", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "judgement", "violated")

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: dict[str, Any] | None = None, **_: Any
    ) -> ValidationDependencies:
        """The three metrics needed; the parent would ask for sample values of every rule as well, three queries each."""
        needed: ValidationDependencies = super(ColumnMapExpectation, self).get_validation_dependencies(
            execution_engine, runtime_configuration
        )
        domain = {"column": self.column}
        condition = {"judgement": self.judgement, "violated": self.violated}
        for name, metric_domain, value in (
            (_ROWS, {}, {}),
            (_COUNT, domain, condition),
            (_QUERY, domain, condition | {"result_format": needed.result_format}),
        ):
            needed.set_metric_configuration(name, MetricConfiguration(name, metric_domain, value))
        return needed

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        count, rows = metrics[_COUNT] or 0, metrics[_ROWS]
        result = {
            "element_count": rows,
            "unexpected_count": count,
            "unexpected_percent": 100 * count / rows if rows else 0.0,
            "unexpected_index_query": metrics[_QUERY],
        }
        return {"success": count == 0, "result": result}
