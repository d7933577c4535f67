"""Pointblank on polars: a plan of seventeen steps, with the extract of every step in full."""

from pathlib import Path

import pointblank as pb
import polars as pl

from flows.bench.peers.judged import Judged, Violations, timed
from flows.bench.peers.polars_table import read_table
from flows.bench.peers.table import AGES, BRANCHES, KEY, NUMBER_FORM, PHONE_FORM, STATUSES, TITLES

_LOAN = ["reader", "item", "lent_on"]


def run(file: Path, folder: Path) -> Judged:
    """The steps stand in the order of the rules; their extracts hold the failing rows."""
    return timed(lambda: read_table(file), _judge)


def _judge(loans: pl.DataFrame) -> Violations:
    outcome = _plan(loans).interrogate(extract_limit=loans.height)
    found = {rule: outcome.get_data_extracts(step, frame=True) for step, rule in enumerate(TITLES, 1)}
    # The extract of a step about distinct rows holds the compared columns only.
    found["LN16"] = loans.join(found["LN16"], on="number", how="semi")
    found["LN17"] = loans.join(found["LN17"], on=_LOAN, how="semi")
    return {rule: rows[KEY].to_list() for rule, rows in found.items()}


def _plan(loans: pl.DataFrame) -> pb.Validate:
    status, returned = pl.col("status"), pl.col("returned_on")
    return (
        pb.Validate(loans)
        .col_vals_not_null("reader")
        .col_vals_not_null("branch")
        .col_vals_in_set("status", [*STATUSES, None])
        .col_vals_in_set("branch", [*BRANCHES, None])
        .col_vals_regex("number", NUMBER_FORM, na_pass=True)
        .col_vals_regex("phone", PHONE_FORM, na_pass=True)
        .col_vals_between("age", *AGES, na_pass=True)
        .col_vals_ge("fee", 0, na_pass=True)
        .col_vals_ge("due_on", pb.col("lent_on"), na_pass=True)
        .col_vals_ge("returned_on", pb.col("lent_on"), na_pass=True)
        .col_vals_le("paid", pb.col("total"), na_pass=True)
        .col_vals_expr((pl.col("total") == pl.col("fee") + pl.col("fine")).fill_null(True))
        .col_vals_expr(((status != "returned") | returned.is_not_null()).fill_null(True))
        .col_vals_expr(((status != "lent") | returned.is_null()).fill_null(True))
        .col_vals_expr(((status != "lost") | (pl.col("fine") != 0)).fill_null(True))
        .rows_distinct(["number"], pre=lambda rows: rows.drop_nulls("number"))
        .rows_distinct(_LOAN, pre=lambda rows: rows.drop_nulls(_LOAN))
    )
