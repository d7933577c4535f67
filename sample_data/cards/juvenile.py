"""Rows of the juvenile card (未检): what is owed to every suspect under eighteen, up to the sealing of the record."""

from collections.abc import Sequence
from datetime import date
from random import Random

from sample_data.case_file import CaseFile
from sample_data.courses.timeline import days
from sample_data.matter import Row, Value

SEALABLE_MONTHS = 60
_CONDITIONAL = ("probation_from", "probation_to", "probation_result")


def juvenile_rows(case: CaseFile, cards: Sequence[Sequence[Row]], rng: Random) -> list[Row]:
    """One row per minor suspect, told from the last card (of those given, in order) that has rows."""
    if not case.scenario.minor:
        return []
    rows = next((rows for rows in reversed(cards) if rows), [])
    return [_row(case, row, rng) for row in rows]


def _row(case: CaseFile, row: Row, rng: Random) -> Row:
    t = case.timeline
    accept = row["accept_date"]
    assert isinstance(accept, date)
    items: Row = {
        "bmsah": row["bmsah"],
        "suspect_no": row["suspect_no"],
        "name": row["name"],
        "is_minor": "是",
        "age_at_crime": row["age_at_crime"],
        "interrog_date": row.get("interrog_date"),
        "guardian_present": "是",
        "social_survey_date": min(accept + days(rng.randint(1, 8)), t.as_of),
        "legal_aid": "是",
    }
    return items | _conditional(row, t.as_of, rng) | {"seal_date": _sealed(row, t.as_of, rng)}


def _conditional(row: Row, as_of: date, rng: Random) -> Row:
    decided = row.get("probation_from")
    if not isinstance(decided, date):
        return {}
    served = min(decided + days(rng.randint(0, 2)), as_of)
    items = {name: row.get(name) for name in _CONDITIONAL}
    return items | {"cond_date": decided, "cond_served": served, "final_date": row.get("probation_final_date")}


def _sealed(row: Row, as_of: date, rng: Random) -> Value:
    """The record of a minor is sealed once a judgment of at most five years has effect, or nobody is prosecuted."""
    ended, term = row.get("j_effective") or row.get("nonpros_date"), row.get("j_term")
    if not isinstance(ended, date) or (isinstance(term, int | float) and term > SEALABLE_MONTHS):
        return None
    return min(ended + days(rng.randint(0, 12)), as_of)
