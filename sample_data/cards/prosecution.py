"""Rows of the prosecution card (一审公诉) as far as the review goes: registration, returns, decision on each suspect.

Trial, judgment and remedies are written by `card_trial`.
"""

from collections.abc import Sequence
from datetime import date
from random import Random

from sample_data.cards.trial import trial_case_items, trial_person_items
from sample_data.case_file import CaseFile, case_charges, case_title
from sample_data.courses.scenario import GENTLE, OPEN, RETURNED
from sample_data.courses.sentencing import money
from sample_data.courses.suspects import Suspect, is_final
from sample_data.courses.timeline import Timeline, days
from sample_data.matter import Row
from sample_data.numbering import Numbering
from sample_data.office import unit_items

_RETURN_REASONS = ("补充提取资金流水", "补充鉴定意见", "核实作案时间和参与人", "补充被害人陈述")
_ARTICLES = {
    "绝对不起诉": "刑诉法第177条第1款",
    "其他情节轻微不起诉": "刑诉法第177条第2款",
    "刑事和解不起诉": "刑诉法第177条第2款",
    "其他证据不足不起诉": "刑诉法第175条第4款",
    "附条件不起诉": "刑诉法第282条",
}


def prosecution_rows(
    case: CaseFile, suspects: Sequence[Suspect], measures: Sequence[Row], numbering: Numbering, rng: Random
) -> list[Row]:
    """One row per suspect of the prosecution case; none when there is no such case."""
    if not case.timeline.accept:
        return []
    shared = _registered(case, suspects, numbering, rng) | _returns(case.timeline, rng)
    shared |= _closed_case(case, suspects, numbering, rng) | trial_case_items(case, suspects, numbering, rng)
    rows = []
    for suspect in suspects:
        row = shared | suspect.items | _person_registered(case, suspect, measures, rng) | _plea(case, suspect, rng)
        row |= _decision(case, suspect, measures, numbering, rng)
        rows.append(row | trial_person_items(case, suspect, rng))
    return rows


def _registered(case: CaseFile, suspects: Sequence[Suspect], numbering: Numbering, rng: Random) -> Row:
    s, t = case.scenario, case.timeline
    assert t.accept
    main, other_charges = case_charges(suspects)
    row = (
        unit_items(case.desk, rng)
        | case.facts
        | {
            "bmsah": case.numbers.prosecution,
            "tysah": case.numbers.tysah,
            "case_name": case_title(suspects, s.crime.short),
            "case_type": "一审公诉案件（未检）" if s.minor else "一审公诉案件",
            "accept_date": t.accept,
            "opinion_doc_no": numbering.foreign(f"{case.sender.document}诉字", t.accept),
            "transfer_charge": main,
            "transfer_other_charges": other_charges,
            "transfer_opinion": "移送起诉",
            "police_suggest_plea": "是" if rng.random() < 0.5 and s.plea else None,
            "is_unit_crime": "是" if s.unit else "否",
            "from_other_unit": "是" if rng.random() < 0.01 else "否",
            "recovery_flag": "是" if s.crime.economic else None,
            "is_focus": "否" if rng.random() < 0.3 else None,
        }
    )
    if len(suspects) > 1:
        away = 1 if rng.random() < 0.06 else 0
        row |= {
            "joint_nature": rng.choice(("一般共同犯罪", "一般共同犯罪", "犯罪团伙")),
            "joint_count": len(suspects) + away,
            "fugitive_count": away or None,
            "fugitive_names": "绰号“示例阿乙”" if away else None,
        }
    return row | _early(case, rng) | _campaign(rng)


def _early(case: CaseFile, rng: Random) -> Row:
    if rng.random() > 0.05:
        return {"early_type": "未提前介入"} if rng.random() < 0.2 else {}
    kind = "监察机关商请介入" if case.sender.kind == "监察委员会" else "侦查机关商请介入"
    accept = case.timeline.arrest_accept or case.timeline.accept
    assert accept
    return {
        "early_type": kind,
        "early_date": accept - days(rng.randint(3, 20)),
        "early_mode": "查阅案卷材料,参加案件讨论",
    }


def _campaign(rng: Random) -> Row:
    return {"is_campaign": "是", "campaign_name": "示例区反诈专项行动"} if rng.random() < 0.02 else {}


def _returns(t: Timeline, rng: Random) -> Row:
    row: Row = {
        "ret1_date": t.ret1,
        "rep1_date": t.rep1,
        "ret2_date": t.ret2,
        "rep2_date": t.rep2,
        "extend_date": t.extend,
    }
    for name, returned in (("ret1_reason", t.ret1), ("ret2_reason", t.ret2)):
        row[name] = rng.choice(_RETURN_REASONS) if returned else None
    # A month and fifteen days (刑诉法第172条), the month as short as February.
    row["extend_to"] = t.last_start + days(43) if t.extend else None
    return row


def _closed_case(case: CaseFile, suspects: Sequence[Suspect], numbering: Numbering, rng: Random) -> Row:
    s, t = case.scenario, case.timeline
    if not t.close:
        return {"summary": f"移送认定：{s.crime.facts}。" if rng.random() < 0.5 else None}
    names = list(dict.fromkeys(suspect.closed_crime.charge for suspect in suspects))
    row: Row = {
        "close_date": t.close,
        "close_charge": names[0],
        "close_other_charges": ",".join(names[1:]) or None,
        "close_result": s.outcome,
        "case_plea": "是" if any(suspect.plea for suspect in suspects) else "否",
        "finish_date": t.finish,
        "summary": f"经审查查明：{s.crime.facts}。",
    }
    if s.crime.brand:
        row |= {
            "ip_ent_type": rng.choice(("民营企业", "外商投资企业")),
            "ip_ent_capital": "境内",
            "ip_ent_country": "中国",
        }
    if s.outcome == "起诉":
        row |= {"indict_date": t.close, "indict_doc_no": numbering.document("未诉" if s.minor else "刑诉", t.close)}
    return row


def _person_registered(case: CaseFile, suspect: Suspect, measures: Sequence[Row], rng: Random) -> Row:
    t = case.timeline
    assert t.accept
    last_known = t.close or t.as_of
    own = [m for m in measures if m["suspect_no"] == suspect.number]
    row: Row = {
        "suspect_no": suspect.number,
        "ps_charge": suspect.crime.charge,
        "measure_at_transfer": _kind_on(own, t.accept, before=True),
        "is_missed_arrest": "是" if suspect.special == "missed" else "否",
        "is_filing_superv": "是" if suspect.special == "supervised" else "否",
        "is_added_prosec": "是" if suspect.special == "added" else "否",
        "defender_type": rng.choice(("值班律师", "值班律师", "委托辩护", "法律援助辩护")),
    }
    if suspect.special == "added":
        row["supp_transfer_date"] = min(t.accept + days(rng.randint(2, 6)), last_known)
    if suspect.is_unit:
        return row
    row |= {
        "nationality": "中国",
        "political": rng.choice(("群众", "群众", "群众", "中国共产主义青年团团员")),
        "address": suspect.items["household"],
        "notice_date": min(t.accept + days(rng.randint(0, 3)), t.as_of),
    }
    interrogated = t.accept + days(rng.randint(1, 10))
    row["interrog_date"] = interrogated if interrogated <= last_known else None
    return row


def _kind_on(measures: Sequence[Row], day: date, before: bool) -> str:
    """The kind of the last measure begun by that day (before that day, where asked so)."""
    begun = [
        m
        for m in measures
        if isinstance(m["exec_date"], date) and (m["exec_date"] < day if before else m["exec_date"] <= day)
    ]
    return str(begun[-1]["kind"]) if begun else "无"


def _plea(case: CaseFile, suspect: Suspect, rng: Random) -> Row:
    t = case.timeline
    if not t.close or not t.accept:
        return {}
    if not suspect.plea:
        return {"plea": "否"}
    signed = t.close - days(rng.randint(0, min((t.close - t.last_start).days, 5)))
    return {"plea": "是", "plea_sign_date": signed, "plea_lawyer": rng.choice(("律示一", "律示二", "律示三"))}


def _decision(case: CaseFile, suspect: Suspect, measures: Sequence[Row], numbering: Numbering, rng: Random) -> Row:
    t, outcome = case.timeline, suspect.outcome
    if not t.close or outcome in (OPEN, RETURNED):
        return {}
    own = [m for m in measures if m["suspect_no"] == suspect.number]
    closed = suspect.closed_crime
    row: Row = {
        "p_close_date": t.close,
        "p_result": outcome,
        "p_close_charge": closed.charge,
        "measure_before_close": _kind_on(own, t.close, before=False),
        "found_factors": suspect.factors,
        "amount": money(rng, *suspect.crime.amount) if suspect.crime.amount else None,
        "conceal_form": rng.choice(("转账取现", "提供资金账户", "收购")) if closed.conceal else None,
    }
    if suspect.crime.economic and rng.random() < 0.3:
        low, high = suspect.crime.amount or (1.0, 5.0)
        lost = money(rng, low, high)
        row |= {"loss_amt": lost, "recovered_amt": round(lost / 2, 2), "refunded": round(lost / 4, 2)}
    if is_final(outcome):
        row["change_transfer"] = "未改变" if closed is suspect.crime else "改变定性"
    if outcome == "起诉":
        row["p_indict_date"] = t.close
    elif outcome.endswith("不起诉"):
        row |= _dropped(case, outcome, numbering, rng)
    elif outcome == "退查后未重报":
        row[f"ret{case.scenario.returns}_norep_reason"] = rng.choice(("侦查机关继续侦查", "侦查机关撤案", "另案处理"))
    return row


def _dropped(case: CaseFile, outcome: str, numbering: Numbering, rng: Random) -> Row:
    s, t = case.scenario, case.timeline
    assert t.close
    row: Row = {"nonpros_article": _ARTICLES[outcome]}
    if outcome == "附条件不起诉":
        # Between six months and a year (刑诉法第283条).
        ends = t.close + days(rng.randint(184, 350))
        row |= {"probation_from": t.close, "probation_to": ends, "probation_result": "考察中"}
        if ends < t.as_of:
            row |= {
                "probation_result": "考验期满不起诉",
                "probation_final_date": min(ends + days(rng.randint(1, 12)), t.as_of),
            }
        return row
    row |= {"nonpros_date": t.close, "nonpros_doc_no": numbering.document("未不诉" if s.minor else "刑不诉", t.close)}
    if outcome in GENTLE and (rng.random() < 0.3 if s.penalty is None else s.penalty):
        row["need_penalty"] = "是"
    applied = t.close + days(rng.randint(3, 7))
    decided = applied + days(rng.randint(5, 20))
    if rng.random() < 0.05 and decided <= t.as_of:
        row |= {"np_recon_apply": applied, "np_recon_date": decided}
    return row
