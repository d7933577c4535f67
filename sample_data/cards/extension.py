"""Rows of the extension card (延长侦查羁押期限): arrests whose investigation needed more than two months."""

from collections.abc import Sequence
from datetime import date
from random import Random

from sample_data.case_file import CaseFile
from sample_data.courses.suspects import Suspect
from sample_data.courses.timeline import days, months_after, weekday
from sample_data.matter import Row

_KINDS = (("第一次延长", 1), ("第二次延长", 2), ("第三次延长", 2))


def extension_rows(case: CaseFile, suspects: Sequence[Suspect], measures: Sequence[Row], rng: Random) -> list[Row]:
    """The extensions of every arrest that outlasts its term before the prosecution case begins."""
    rows: list[Row] = []
    for suspect in suspects:
        for measure in measures:
            if suspect.in_arrest and measure["suspect_no"] == suspect.number and measure["kind"] == "逮捕":
                rows += _extended(case, suspect, measure, rng)
    return rows


def _extended(case: CaseFile, suspect: Suspect, measure: Row, rng: Random) -> list[Row]:
    t = case.timeline
    begun, ended = measure["decide_date"], measure["end_date"] or t.accept or t.as_of
    assert isinstance(begun, date)
    assert isinstance(ended, date)
    rows: list[Row] = []
    months = 2
    for kind, months_more in _KINDS:
        expiry = months_after(begun, months)
        if expiry >= ended:
            break
        months += months_more
        requested = weekday(expiry - days(rng.randint(8, 13)))
        rows.append(
            {
                "bmsah": case.numbers.arrest,
                "suspect_no": suspect.number,
                "ext_kind": kind,
                "expiry_date": expiry,
                "request_date": requested,
                "approve_date": requested + days(rng.randint(2, 6)),
                "ext_months": months_more,
                "ext_to": months_after(begun, months),
            }
        )
    return rows
