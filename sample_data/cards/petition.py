"""Rows of the petition card (控告申诉): complaints, appeals against non-prosecution, compensation and aid.

A petitioner is answered within seven days that the letter has come, and within three months what came of it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sample_data.cards.linked import hearing_row
from sample_data.case_file import CaseFile
from sample_data.courses.timeline import days, weekday
from sample_data.docket import AID, COMPENSATION, COMPLAINT, CRIMINAL_APPEAL, Docket, registered, wish
from sample_data.matter import Row, text
from sample_data.numbering import Numbering
from sample_data.people import invent_name

COMPLAINING, APPEALING, COMPENSATING, AIDING = "控告", "刑事申诉", "国家赔偿", "司法救助"
_DOCKETS: dict[str, Docket] = {
    COMPLAINING: COMPLAINT,
    "举报": COMPLAINT,
    "民事监督申请": COMPLAINT,
    APPEALING: CRIMINAL_APPEAL,
    COMPENSATING: COMPENSATION,
    AIDING: AID,
}
_CLAIMS = {COMPLAINING: 50, "举报": 20, "民事监督申请": 10, COMPENSATING: 7, AIDING: 16}
_HEARD_SHARE = 0.12
AGES = dict.fromkeys(range(1, 380), 1)


def petition_cards(fixed: Mapping[str, Any], as_of: date, numbering: Numbering, rng: Random) -> dict[str, list[Row]]:
    """One petition of a citizen, with its hearing if there was one."""
    claim = wish(fixed, "claim", _CLAIMS, rng)
    received = weekday(as_of - days(wish(fixed, "ago", AGES, rng)))
    row = _received(claim, received, as_of, numbering, rng)
    if claim == APPEALING:
        row |= _reviewed(fixed, row, as_of, rng)
    elif claim == COMPENSATING:
        row |= _compensated(row, as_of, rng)
    elif claim == AIDING:
        row |= _aided(row, as_of, rng)
    return {"petition": [row], "hearing": _heard(fixed, row, numbering, rng)}


def appeal_rows(case: CaseFile, dropped: Sequence[Row], numbering: Numbering, rng: Random) -> list[Row]:
    """The victim's appeal against the decision not to prosecute, where the scenario has one."""
    t = case.timeline
    if not case.scenario.complained or not t.close:
        return []
    received = t.close + days(rng.randint(2, 6))
    if received > t.as_of:
        return []
    row = _received(APPEALING, received, t.as_of, numbering, rng)
    row |= _reviewed({"nonpros": "是"}, row, t.as_of, rng)
    return [row | {"orig_bmsah": dropped[0]["bmsah"]}]


def _received(claim: str, received: date, as_of: date, numbering: Numbering, rng: Random) -> Row:
    """What is written when the petition comes, and the two answers every petition gets."""
    accept = min(received + days(rng.randint(0, 4)), as_of)
    name = invent_name(rng, set())
    birth = date(rng.randint(1955, 2003), rng.randint(1, 12), rng.randint(1, 28))
    answered = accept + timedelta(days=rng.randint(15, 60))
    return registered(_DOCKETS[claim], accept, f"{name}{claim}案", numbering, rng) | {
        "channel": rng.choice(("来信", "来访", "来访", "网络", "12309热线")),
        "recv_date": received,
        "first_or_repeat": "首次" if rng.random() < 0.8 else "重复",
        "petitioner": name,
        "id_no": numbering.identities.id_number(birth, rng.random() < 0.6, rng),
        "phone": "示例电话 000-0000000" if rng.random() < 0.5 else None,
        "claim_class": claim,
        "is_complex": "否",
        "ack_date": accept,
        "accept_date": accept,
        "result_date": answered if answered <= as_of else None,
        "close_date": answered if answered <= as_of else None,
        "hearing": "否",
        "leader": rng.choice(("示例副检察长", None, None)),
    }


def _reviewed(fixed: Mapping[str, Any], row: Row, as_of: date, rng: Random) -> Row:
    """An appeal is reviewed on file; the review ends when the petitioner is told."""
    accept = row["accept_date"]
    assert isinstance(accept, date)
    nonpros = wish(fixed, "nonpros", {"是": 0.5, "否": 0.5}, rng)
    return {
        "is_nonpros_appeal": nonpros,
        "file_date": min(accept + days(rng.randint(0, 5)), as_of),
        "review_result": rng.choice(("维持", "维持", "维持", "变更")) if row["close_date"] else None,
    }


def _compensated(row: Row, as_of: date, rng: Random) -> Row:
    requested = row["accept_date"]
    assert isinstance(requested, date)
    decided = requested + days(rng.randint(12, 50))
    if decided > as_of:
        return {"comp_req": requested, "close_date": None, "result_date": None}
    result = rng.choice(("予以赔偿", "不予赔偿"))
    amount = round(rng.uniform(0.5, 9), 2) if result == "予以赔偿" else None
    return {
        "comp_req": requested,
        "comp_date": decided,
        "comp_result": result,
        "comp_amt": amount,
        "close_date": decided,
        "result_date": decided,
    }


def _aided(row: Row, as_of: date, rng: Random) -> Row:
    accept, closed = row["accept_date"], row["close_date"]
    assert isinstance(accept, date)
    if not isinstance(closed, date):
        return {"aid_req": accept}
    paid = closed + days(rng.randint(1, 9))
    amount = round(rng.uniform(0.3, 3), 1)
    return {
        "aid_req": accept,
        "aid_result": "予以救助",
        "aid_amt": amount,
        "aid_paid": paid if paid <= as_of else None,
    }


def _heard(fixed: Mapping[str, Any], row: Row, numbering: Numbering, rng: Random) -> list[Row]:
    closed = row["close_date"]
    if not isinstance(closed, date) or not wish(fixed, "heard", {True: _HEARD_SHARE, False: 1 - _HEARD_SHARE}, rng):
        return []
    row["hearing"] = "是"
    return [hearing_row(row, "控告申诉", closed, numbering, rng) | {"prosecutor": text(row["prosecutor"])}]
