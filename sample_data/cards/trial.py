"""The trial part of a prosecution row: hearing, judgment, recommendation taken up or not, appeal and protest."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from sample_data.case_file import CaseFile
from sample_data.courses.scenario import FAST, ORDINARY_TRIAL, SIMPLE
from sample_data.courses.sentencing import advised, pronounced, recommendation
from sample_data.courses.suspects import Suspect
from sample_data.courses.timeline import days
from sample_data.matter import Row
from sample_data.numbering import Numbering


def trial_case_items(case: CaseFile, suspects: Sequence[Suspect], numbering: Numbering, rng: Random) -> Row:
    """The trial items all rows of the case share; none before the hearing."""
    s, t = case.scenario, case.timeline
    if s.outcome != "起诉" or not t.court or not t.close:
        return {}
    row: Row = {"trial_procedure": _procedure(case, suspects), "court_date": t.court}
    if s.procedure == FAST and s.converted:
        row["fast_to_simple"] = min(t.close + days(rng.randint(2, 4)), t.court)
    if s.delayed and t.judged:
        row |= {"delay1": t.close + days(3), "resume1": min(t.close + days(rng.randint(10, 25)), t.court)}
    if t.judged:
        row |= {
            "judge_date": t.judged,
            "judge_doc_type": "判决",
            "judge_case_no": numbering.court(t.judged),
            "judge_recv_date": t.received,
            "effective_date": t.effective,
        }
    return row


def _procedure(case: CaseFile, suspects: Sequence[Suspect]) -> str:
    """The planned procedure; several suspects who do not all plead guilty are tried in ordinary procedure."""
    planned = case.scenario.procedure
    pleas = {suspect.plea for suspect in suspects}
    return ORDINARY_TRIAL if planned == SIMPLE and len(suspects) > 1 and pleas != {True} else planned


def trial_person_items(case: CaseFile, suspect: Suspect, rng: Random) -> Row:
    """The trial items of one suspect; none for those not indicted."""
    t, sentence = case.timeline, suspect.sentence
    if not sentence or not t.close:
        return {}
    row = _recommended(case, suspect)
    if not t.judged:
        return row
    row |= pronounced(sentence) | {
        "j_date": t.judged,
        "j_charge": suspect.closed_crime.charge,
        "j_effective": t.effective,
        **_trial_plea(case, suspect),
        **_changed_by_court(case, suspect),
    }
    if case.scenario.advice != "none":
        row["sr_accepted"] = "是" if case.scenario.accepted else "否"
    return row | _remedy(case, suspect, rng)


def _recommended(case: CaseFile, suspect: Suspect) -> Row:
    s, sentence = case.scenario, suspect.sentence
    assert sentence
    if s.adjusted and case.timeline.judged:
        first = advised(replace(sentence, probation=None), accepted=False)
        return recommendation("fixed", first) | recommendation("fixed", sentence, "sr2")
    return recommendation(s.advice, advised(sentence, s.accepted))


def _trial_plea(case: CaseFile, suspect: Suspect) -> Row:
    if suspect.plea:
        return {"trial_plea": "是", "trial_plea_state": "均适用"}
    if case.scenario.trial_plea_only:
        return {"trial_plea": "是", "trial_plea_state": "审查起诉未适用"}
    return {"trial_plea": "否", "trial_plea_state": "均未适用"}


def _changed_by_court(case: CaseFile, suspect: Suspect) -> Row:
    factors = suspect.factors.split(",")
    if case.scenario.other_factors and "取得谅解" not in factors:
        own_factors = [factor for factor in factors if factor != "无"]
        return {"j_factors": ",".join([*own_factors, "取得谅解"]), "j_change": "改变量刑情节"}
    return {"j_factors": suspect.factors, "j_change": "未改变"}


def _remedy(case: CaseFile, suspect: Suspect, rng: Random) -> Row:
    s, t, sentence = case.scenario, case.timeline, suspect.sentence
    if not s.remedy or not t.remedy or not sentence:
        return {}
    row: Row = {"appeal_date": t.remedy}
    if s.remedy == "protest":
        row = {"protest_date": t.remedy, "protest_reason": "量刑畸轻", "upper_result": "支持抗诉"}
    if not t.second:
        return row
    ended = "维持原判" if s.remedy == "protest" else rng.choice(("维持原判", "维持原判", "准许撤回上诉"))
    row |= {"s_date": t.second, "s_result": ended}
    if s.remedy == "protest":
        row["protest_accepted"] = "否"
    if ended == "维持原判":
        row |= {
            "s_charge": suspect.closed_crime.charge,
            "s_kind": sentence.kind,
            "s_term": sentence.term,
            "s_probation": sentence.probation,
        }
    return row
