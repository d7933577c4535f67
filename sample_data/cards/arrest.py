"""Rows of the arrest card (审查逮捕): what the intake registers and what the prosecutor decides on each suspect."""

from collections.abc import Sequence
from datetime import date
from random import Random

from sample_data.case_file import CaseFile, case_charges, case_title, station_item
from sample_data.courses.scenario import OPEN
from sample_data.courses.suspects import REPEATED, Suspect
from sample_data.courses.timeline import days
from sample_data.matter import Row
from sample_data.numbering import Numbering
from sample_data.office import unit_items

_GROUNDS = (
    "可能实施新的犯罪",
    "可能毁灭伪造证据干扰作证或串供",
    "企图自杀或逃跑",
    "有危害国家安全公共安全或社会秩序现实危险",
)
NO_DANGER = ("认罪认罚或刑事和解", "无社会危险性其他情形", "无社会危险性其他情形")
_REFUSALS = (*NO_DANGER, *NO_DANGER, "证据不足其他情形")


def arrest_rows(case: CaseFile, everyone: Sequence[Suspect], numbering: Numbering, rng: Random) -> list[Row]:
    """One row per suspect of the arrest case; none when there is no such case."""
    suspects = [s for s in everyone if s.in_arrest]
    if not suspects:
        return []
    shared = _case_items(case, suspects, numbering, rng)
    return [shared | _person_items(case, s) | _decision(case, s, numbering, rng) for s in suspects]


def _case_items(case: CaseFile, suspects: Sequence[Suspect], numbering: Numbering, rng: Random) -> Row:
    s, t = case.scenario, case.timeline
    assert t.arrest_accept
    main, other_charges = case_charges(suspects)
    closed = s.arrest != OPEN and t.arrest_close is not None and t.arrest_close <= t.as_of
    finished = t.arrest_done if closed and t.arrest_done and t.arrest_done <= t.as_of else None
    row = (
        unit_items(case.desk, rng)
        | case.facts
        | station_item(case, rng)
        | {
            "bmsah": case.numbers.arrest,
            "tysah": case.numbers.tysah,
            "case_name": case_title(suspects, s.crime.short),
            "case_type": "审查逮捕案件（未检）" if s.minor else "审查逮捕案件",
            "accept_date": t.arrest_accept,
            "request_doc_no": numbering.foreign(f"{case.sender.document}提捕字", t.arrest_accept),
            "request_date": t.arrest_accept - days(rng.choice((0, 0, 1))),
            "transfer_charge": main,
            "transfer_other_charges": other_charges,
            "summary": f"{case.sender.kind}认定：{s.crime.facts}。" if rng.random() < 0.7 else None,
        }
    )
    if closed:
        row |= {"close_date": t.arrest_close, "close_result": s.arrest, "finish_date": finished}
    return row


def _person_items(case: CaseFile, suspect: Suspect) -> Row:
    s, t = case.scenario, case.timeline
    detained = s.request_measure == "拘留"
    shared = {name: value for name, value in suspect.items.items() if name not in ("uscc", "legal_rep", "lit_rep")}
    return shared | {
        "suspect_no": suspect.number,
        "is_minor": "是" if s.minor else "否",
        "a_charge": suspect.crime.charge,
        "measure_at_request": s.request_measure,
        "detain_date": t.caught if detained else None,
        "is_missed_arrest_req": "是" if suspect.special == "missed" else "否",
    }


def _decision(case: CaseFile, suspect: Suspect, numbering: Numbering, rng: Random) -> Row:
    t, result = case.timeline, suspect.arrest
    if result == OPEN or not t.arrest_close or not t.arrest_accept or t.arrest_close > t.as_of:
        return {}
    close = t.arrest_close
    span = (close - t.arrest_accept).days
    row: Row = {
        "interrogated": "是",
        "interrog_date": t.arrest_accept + days(rng.randint(0, span)),
        "p_result": result,
        "p_close_date": close,
        "p_close_charge": suspect.crime.charge,
        "conceal_form": rng.choice(("转账取现", "提供资金账户", "收购")) if suspect.crime.conceal else None,
        "decision_doc_no": numbering.document("刑捕" if suspect.arrested else "刑不捕", close),
        "served_date": close,
    }
    if suspect.arrested:
        row |= {"must_arrest_grounds": _must_arrest(suspect, rng)} | _executed(close, t.as_of, rng, "已执行")
    elif result in ("不批准逮捕", "不予决定逮捕"):
        row["no_arrest_ground"] = rng.choice(_REFUSALS)
        if case.scenario.request_measure == "拘留":
            row |= _executed(close, t.as_of, rng, "变更强制措施")
        row |= _reconsideration(case, close, rng)
    return row


def _must_arrest(suspect: Suspect, rng: Random) -> str:
    grounds = rng.sample(_GROUNDS, rng.choice((1, 1, 2)))
    if suspect.items["prior_record"] == REPEATED:
        grounds.append("曾经故意犯罪")
    return ",".join(grounds)


def _executed(close: date, as_of: date, rng: Random, state: str) -> Row:
    receipt = min(close + days(rng.randint(0, 3)), as_of)
    return {"exec_date": close, "receipt_date": receipt, "exec_state": state}


def _reconsideration(case: CaseFile, close: date, rng: Random) -> Row:
    applied = close + days(rng.randint(2, 5))
    decided = applied + days(rng.randint(2, 6))
    if not case.scenario.reconsidered or decided > case.timeline.as_of:
        return {}
    return {"recon_apply_date": applied, "recon_date": decided, "recon_result": "维持原决定"}
