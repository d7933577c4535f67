"""Rows of the second-instance card (二审): every judgment appealed or protested against, one row per person.

What the first instance pronounced is taken from the prosecution card, so that both tell the same.
"""

from collections.abc import Sequence
from datetime import date
from random import Random

from sample_data.case_file import CaseFile
from sample_data.courses.timeline import days
from sample_data.docket import APPEAL, PROTEST, registered
from sample_data.matter import Row, text
from sample_data.numbering import Numbering

_FROM_PROSECUTION = (
    *("suspect_no", "name", "appeal_date", "protest_date", "j_date", "j_charge", "j_other", "j_kind", "j_term"),
    *("j_probation", "j_fine", "s_date", "s_result", "s_charge", "s_kind", "s_term", "s_probation"),
)
_OPINIONS = ("原判认定事实清楚，建议维持原判", "建议驳回上诉，维持原判", "原判量刑适当，建议维持")


def second_instance_rows(case: CaseFile, tried: Sequence[Row], numbering: Numbering, rng: Random) -> list[Row]:
    """One row per convicted suspect of a judgment not accepted; none before the higher office registers it."""
    remedied = [row for row in tried if row.get("appeal_date") or row.get("protest_date")]
    remedy_day = case.timeline.remedy
    if not remedied or not remedy_day:
        return []
    accept = remedy_day + days(rng.randint(8, 14))
    if accept > case.timeline.as_of:
        return []
    docket = PROTEST if remedied[0].get("protest_date") else APPEAL
    shared = registered(docket, accept, text(remedied[0]["case_name"]), numbering, rng, case.numbers.tysah)
    shared["accept_date"], shared["orig_bmsah"] = accept, case.numbers.prosecution
    shared |= _reviewed(case, accept, rng)
    return [shared | {name: row.get(name) for name in _FROM_PROSECUTION} | _added(row) for row in remedied]


def _reviewed(case: CaseFile, accept: date, rng: Random) -> Row:
    t = case.timeline
    closed = accept + days(rng.randint(9, 18))
    if closed > t.as_of:
        return {}
    row: Row = {"close_date": closed, "opinion": rng.choice(_OPINIONS)}
    if t.second:
        row["court_date"] = max(t.second - days(rng.randint(0, 6)), accept)
    return row


def _added(row: Row) -> Row:
    return {"s_addl": row.get("j_addl")} if row.get("s_result") == "维持原判" else {}
