"""cuallee on polars: it counts the rows that break a rule and names none of them."""

from pathlib import Path

import polars as pl
from cuallee import Check, CheckLevel

from flows.bench.peers.judged import Judged, Violations, timed
from flows.bench.peers.polars_table import read_table
from flows.bench.peers.table import AGES, BRANCHES, NUMBER_FORM, PHONE_FORM, STATUSES, TITLES


def run(file: Path, folder: Path) -> Judged:
    """Counts only. To cuallee a blank value breaks a rule, so rules on columns with blanks are predicates."""
    return timed(lambda: read_table(file), _judge)


def _judge(loans: pl.DataFrame) -> Violations:
    counts = _checks().validate(loans)["violations"]
    return {rule: int(count) for rule, count in zip(TITLES, counts, strict=True)}


def _checks() -> Check:
    check = Check(CheckLevel.WARNING, "loans")
    check.is_complete("reader")
    check.is_complete("branch")
    check.is_contained_in("status", STATUSES)
    check.satisfies("branch", f"branch is null or branch in {BRANCHES}")
    check.has_pattern("number", NUMBER_FORM)
    check.has_pattern("phone", PHONE_FORM)
    check.is_between("age", AGES)
    check.is_greater_or_equal_than("fee", 0)
    check.satisfies("due_on", "due_on >= lent_on")
    check.satisfies("returned_on", "returned_on is null or returned_on >= lent_on")
    check.satisfies("paid", "paid <= total")
    check.satisfies("total", "total = fee + fine")
    check.satisfies("returned_on", "status <> 'returned' or returned_on is not null")
    check.satisfies("returned_on", "status <> 'lent' or returned_on is null")
    check.satisfies("fine", "status <> 'lost' or fine <> 0")
    check.is_unique("number")
    check.are_unique(("reader", "item", "lent_on"))
    return check
