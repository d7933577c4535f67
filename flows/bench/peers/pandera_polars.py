"""pandera on polars: a schema of columns with their checks, and checks of the frame for what lies between columns."""

from pathlib import Path

import pandera.polars as pa
import polars as pl

from flows.bench.peers.judged import Judged, Violations, timed
from flows.bench.peers.polars_table import read_table
from flows.bench.peers.table import AGES, BRANCHES, KEY, NUMBER_FORM, PHONE_FORM, STATUSES, TITLES

_BUILT_IN = {
    ("not_nullable", "reader"): "LN01",
    ("not_nullable", "branch"): "LN02",
    ("field_uniqueness", "number"): "LN16",
    ("multiple_fields_uniqueness", None): "LN17",
}
"""What pandera reports under a name of its own."""


def run(file: Path, folder: Path) -> Judged:
    """The keys are looked up by the row numbers that the failure cases name."""
    return timed(lambda: read_table(file), _judge)


def _judge(loans: pl.DataFrame) -> Violations:
    found: dict[str, pl.Series] = {}
    try:
        _schema().validate(loans, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for (check, column), cases in errors.failure_cases.partition_by("check", "column", as_dict=True).items():
            rule = check if check in TITLES else _BUILT_IN[check, column]
            found[rule] = loans[KEY].gather(cases["index"])
    return {rule: keys.to_list() for rule, keys in found.items()}


def _schema() -> pa.DataFrameSchema:
    column, check = pa.Column, pa.Check
    status, returned = pl.col("status"), pl.col("returned_on")
    return pa.DataFrameSchema(
        {
            "reader": column(pl.String),
            "branch": column(pl.String, check.isin(BRANCHES, error="LN04")),
            "status": column(pl.String, check.isin(STATUSES, error="LN03"), nullable=True),
            "number": column(pl.String, check.str_matches(NUMBER_FORM, error="LN05"), nullable=True, unique=True),
            "phone": column(pl.String, check.str_matches(PHONE_FORM, error="LN06"), nullable=True),
            "age": column(pl.Int32, check.in_range(*AGES, error="LN07"), nullable=True),
            "fee": column(pl.Int32, check.ge(0, error="LN08"), nullable=True),
        },
        checks=[
            _holds("LN09", pl.col("due_on") >= pl.col("lent_on")),
            _holds("LN10", returned >= pl.col("lent_on")),
            _holds("LN11", pl.col("paid") <= pl.col("total")),
            _holds("LN12", pl.col("total") == pl.col("fee") + pl.col("fine")),
            _holds("LN13", (status != "returned") | returned.is_not_null()),
            _holds("LN14", (status != "lent") | returned.is_null()),
            _holds("LN15", (status != "lost") | (pl.col("fine") != 0)),
        ],
        unique=["reader", "item", "lent_on"],
    )


def _holds(rule: str, condition: pl.Expr) -> pa.Check:
    """A check of the frame; a row on which the condition is unknown keeps the rule."""
    return pa.Check(lambda frame: frame.lazyframe.select(condition.fill_null(True)), error=rule)
