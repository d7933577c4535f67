"""Great Expectations as most people run it: a suite of core expectations on a pandas frame, with complete results."""

from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.row_conditions import Column

from flows.bench.peers.judged import Judged, Violations, timed
from flows.bench.peers.table import AGES, BRANCHES, KEY, NUMBER_FORM, PHONE_FORM, STATUSES

_DATES = ["lent_on", "due_on", "returned_on"]
_TEXTS = {"number": str, "phone": str}


def run(file: Path, folder: Path) -> Judged:
    """The keys come from the index column that every result names."""
    return timed(lambda: pd.read_csv(file, dtype=_TEXTS, parse_dates=_DATES), _judge)


def _judge(loans: pd.DataFrame) -> Violations:
    loans["fee_and_fine"] = loans["fee"] + loans["fine"]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset("loans")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": loans})
    suite = gx.ExpectationSuite("loans", expectations=_expectations())
    outcome = batch.validate(suite, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [KEY]})
    return {
        (config.meta or {})["rule"]: [int(row[KEY]) for row in result.result["unexpected_index_list"]]
        for result in outcome.results
        if (config := result.expectation_config)
    }


def _expectations() -> list[gxe.Expectation]:
    status = Column("status")
    rules = {
        "LN01": gxe.ExpectColumnValuesToNotBeNull(column="reader"),
        "LN02": gxe.ExpectColumnValuesToNotBeNull(column="branch"),
        "LN03": gxe.ExpectColumnValuesToBeInSet(column="status", value_set=[*STATUSES]),
        "LN04": gxe.ExpectColumnValuesToBeInSet(column="branch", value_set=[*BRANCHES]),
        "LN05": gxe.ExpectColumnValuesToMatchRegex(column="number", regex=NUMBER_FORM),
        "LN06": gxe.ExpectColumnValuesToMatchRegex(column="phone", regex=PHONE_FORM),
        "LN07": gxe.ExpectColumnValuesToBeBetween(column="age", min_value=AGES[0], max_value=AGES[1]),
        "LN08": gxe.ExpectColumnValuesToBeBetween(column="fee", min_value=0),
        "LN09": _at_least("due_on", "lent_on"),
        "LN10": _at_least("returned_on", "lent_on"),
        "LN11": _at_least("total", "paid"),
        "LN12": gxe.ExpectColumnPairValuesToBeEqual(column_A="total", column_B="fee_and_fine"),
        "LN13": gxe.ExpectColumnValuesToNotBeNull(column="returned_on", row_condition=status == "returned"),
        "LN14": gxe.ExpectColumnValuesToBeNull(column="returned_on", row_condition=status == "lent"),
        "LN15": gxe.ExpectColumnValuesToNotBeInSet(column="fine", value_set=[0], row_condition=status == "lost"),
        "LN16": gxe.ExpectColumnValuesToBeUnique(column="number"),
        "LN17": gxe.ExpectCompoundColumnsToBeUnique(
            column_list=["reader", "item", "lent_on"], ignore_row_if="any_value_is_missing"
        ),
    }
    for rule, expectation in rules.items():
        expectation.meta = {"rule": rule}
    return [*rules.values()]


def _at_least(later: str, earlier: str) -> gxe.Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=later, column_B=earlier, or_equal=True, ignore_row_if="either_value_is_missing"
    )
