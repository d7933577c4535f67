"""The expectation that a verdict column is never true: Great Expectations' own, asked for less.

A suite so is a document that any Great Expectations can run on the verdict tables. The core class also asks for samples of the
values, three more queries for every rule; of a column that is true or false they say nothing.
"""

import logging
from typing import Any

import great_expectations.expectations as core
from great_expectations.expectations.expectation_configuration import parse_result_format
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

_ROWS, _COUNT = "table.row_count", "column_values.not_in_set.unexpected_count"


# Taking the place of the core class is meant, and need not be told to who runs an audit.
logging.getLogger("great_expectations.expectations.registry").setLevel(logging.ERROR)


class ExpectColumnValuesToNotBeInSet(core.ExpectColumnValuesToNotBeInSet):
    """Under the name of the core expectation, with its count and without its samples."""

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: dict[str, Any] | None = None, **_: Any
    ) -> ValidationDependencies:
        """The two metrics needed; the base class would work out every setting of the expectation anew to say as much."""
        result_format = (runtime_configuration or {}).get("result_format", "BASIC")
        needed = ValidationDependencies(result_format=parse_result_format(result_format))
        values = {"value_set": self.value_set}
        for name, domain, value in ((_ROWS, {}, {}), (_COUNT, {"column": self.column}, values)):
            needed.set_metric_configuration(name, MetricConfiguration(name, domain, value))
        return needed

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: dict[str, Any] | None = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        count, rows = metrics[_COUNT] or 0, metrics[_ROWS]
        result = {
            "element_count": rows,
            "unexpected_count": count,
            "unexpected_percent": 100 * count / rows if rows else 0.0,
        }
        return {"success": count == 0, "result": result}
