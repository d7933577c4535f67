"""Rows of the execution card (刑事执行检察): sentences being served, custody reviews and the places of detention."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from sample_data.case_file import CaseFile
from sample_data.courses.timeline import days, months_after
from sample_data.docket import CUSTODY_REVIEW, EXECUTION, VIOLATION, registered, wish
from sample_data.matter import Row, text
from sample_data.numbering import Numbering

_JAIL, _PRISON = "汉东市示例看守所", "汉东虚构监狱"
_COMMUNITY, _COURT = "示例区社区矫正管理局", "汉东市示例区人民法院"
_ORGANS = {
    "社区矫正": (_COMMUNITY, "社区矫正机构"),
    "财产刑执行": (_COURT, "人民法院"),
    "收监执行": (_JAIL, "看守所"),
    "暂予监外执行": (_PRISON, "监狱"),
    "监管活动": (_JAIL, "看守所"),
    "羁押期限": (_JAIL, "看守所"),
}


def execution_rows(case: CaseFile, prosecuted: Sequence[Row], numbering: Numbering, rng: Random) -> list[Row]:
    """The case about the first suspect's sentence or custody, where the scenario has one."""
    if case.scenario.executed == "sentence":
        return _sentence(case, prosecuted[0], numbering, rng)
    if case.scenario.executed == "custody":
        return _custody_review(case, prosecuted[0], numbering, rng)
    return []


def _person(row: Row) -> Row:
    return {"suspect_no": row["suspect_no"], "name": row["name"], "id_no": row.get("id_no")}


def _sentence(case: CaseFile, row: Row, numbering: Numbering, rng: Random) -> list[Row]:
    t, term = case.timeline, row.get("s_term") or row.get("j_term")
    received = t.effective and t.effective + days(rng.randint(5, 25))
    if not t.effective or not received or received > t.as_of:
        return []
    fine_only = not isinstance(term, int)
    kind = (
        "财产刑执行"
        if fine_only
        else "社区矫正"
        if row.get("j_probation")
        else rng.choice(("收监执行", "暂予监外执行"))
    )
    target, target_type = _ORGANS[kind]
    sentence = registered(EXECUTION, received, f"{text(row['name'])}{kind}监督案", numbering, rng) | _person(row)
    sentence |= {"kind": kind, "target": target, "target_type": target_type, "charge": row["j_charge"], "term": term}
    sentence |= {"recv_date": received, "stage_name": "执行"}
    if isinstance(term, int):
        sentence |= {"term_from": t.effective, "term_to": months_after(t.effective, term)}
    return [sentence | _decided(received, t.as_of, "同意", rng)]


def _decided(received: date, as_of: date, opinion: str, rng: Random) -> Row:
    decided = received + days(rng.randint(3, 15))
    return {"opinion": opinion, "decide_date": decided, "close_date": decided} if decided <= as_of else {}


def _custody_review(case: CaseFile, row: Row, numbering: Numbering, rng: Random) -> list[Row]:
    t = case.timeline
    assert t.accept
    received = t.accept + days(rng.randint(0, 3))
    decided = received + days(rng.randint(0, 2))
    if decided > t.as_of:
        return []
    review = registered(CUSTODY_REVIEW, received, f"{text(row['name'])}羁押必要性审查案", numbering, rng) | _person(row)
    return [
        review
        | {
            "kind": "羁押必要性审查",
            "target": _JAIL,
            "target_type": "看守所",
            "recv_date": received,
            "trigger": rng.choice(("依申请", "依职权", "看守所建议")),
            "stage_name": "审查起诉",
            "opinion": "不同意",
            "decide_date": decided,
            "close_date": decided,
        }
    ]


def detention_rows(fixed: Mapping[str, Any], as_of: date, numbering: Numbering, rng: Random) -> list[Row]:
    """A case about a place of detention, without a suspect: a correction is written, answered and taken up."""
    kind = wish(fixed, "kind", {"监管活动": 3, "羁押期限": 1}, rng)
    received = as_of - days(wish(fixed, "ago", dict.fromkeys(range(5, 380), 1), rng))
    target, target_type = _ORGANS[kind]
    row = registered(VIOLATION, received, f"{target}{kind}监督案", numbering, rng)
    row |= {"kind": kind, "target": target, "target_type": target_type, "recv_date": received}
    row |= {"overdue": "否" if kind == "羁押期限" else None}
    return [row | _corrected(received, as_of, numbering, rng)]


def _corrected(received: date, as_of: date, numbering: Numbering, rng: Random) -> Row:
    issued = received + days(rng.randint(2, 9))
    if issued > as_of:
        return {}
    row: Row = {"doc_no": numbering.document("执纠", issued), "served_date": issued}
    reply = issued + days(rng.randint(10, 50))
    if reply > as_of:
        return row
    row |= {"reply_date": reply, "accepted": rng.choice(("采纳", "采纳", "部分采纳"))}
    return row | {"opinion": "同意", "decide_date": issued, "close_date": reply}
