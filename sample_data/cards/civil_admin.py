"""Rows of the civil and the administrative card (民事、行政检察): supervision of judgments, trials and executions."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from sample_data.courses.timeline import days
from sample_data.docket import ADMIN, CIVIL, registered, wish
from sample_data.matter import Row
from sample_data.numbering import Numbering
from sample_data.people import invent_name

JUDGMENT, TRIAL, ENFORCEMENT, SUPPORT = "生效裁判结果监督", "审判程序违法监督", "执行活动监督", "支持起诉"
ADMIN_JUDGMENT, ADMIN_TRIAL, ADMIN_ENFORCEMENT, UNLAWFUL = (
    "生效裁判监督",
    "审判人员违法监督",
    "非诉执行监督",
    "行政违法行为监督",
)
RETRIAL, ADVICE, REFUSED, ENDED = "再审检察建议", "检察建议", "不支持监督申请", "终结审查"
_CAUSES = ("民间借贷纠纷", "买卖合同纠纷", "劳动合同纠纷", "房屋租赁合同纠纷", "机动车交通事故责任纠纷")
_GROUNDS = ("有新的证据足以推翻原裁判", "认定的基本事实缺乏证据证明", "适用法律确有错误", "遗漏或超出诉讼请求")
_RESULTS: dict[str, dict[str, float]] = {
    JUDGMENT: {RETRIAL: 2, "提请抗诉": 1, REFUSED: 5, ENDED: 2},
    TRIAL: {ADVICE: 4, REFUSED: 1},
    ENFORCEMENT: {ADVICE: 4, REFUSED: 1},
    SUPPORT: {"支持起诉": 1},
    ADMIN_JUDGMENT: {RETRIAL: 1, "提请抗诉": 1, REFUSED: 5, ENDED: 3},
    ADMIN_TRIAL: {ADVICE: 3, REFUSED: 1},
    ADMIN_ENFORCEMENT: {ADVICE: 4, ENDED: 1},
    UNLAWFUL: {ADVICE: 3, ENDED: 1},
}
_SUPERVISING = frozenset({RETRIAL, ADVICE, "提请抗诉"})
_OPEN_SHARE = 0.12


def civil_rows(fixed: Mapping[str, Any], as_of: date, numbering: Numbering, rng: Random) -> list[Row]:
    """One case of civil supervision."""
    kind = wish(fixed, "kind", {JUDGMENT: 4, TRIAL: 2, ENFORCEMENT: 3, SUPPORT: 2}, rng)
    accept = _accepted(fixed, as_of, rng)
    name = invent_name(rng, set())
    row = registered(CIVIL, accept, f"{name}民事监督案", numbering, rng) | {"unit_level": "基层院", "kind": kind}
    own = kind in (TRIAL, ENFORCEMENT) and rng.random() < 0.6
    row |= {"source": "依职权" if own else "当事人申请", "accept_date": accept, "sham": "否"}
    row |= {"cause": rng.choice(_CAUSES), "amount": round(rng.uniform(1, 90), 1)}
    if not own:
        row |= {"applicant": name, "apply_date": accept - days(rng.randint(0, 6))}
    row |= {"respondent": invent_name(rng, {name}), "retrial_applied": "是" if kind == JUDGMENT else None}
    row |= _original(kind, "民终", accept, rng) | _closed(fixed, kind, accept, as_of, numbering, rng)
    if row.get("close_result") in _SUPERVISING:
        row["ground"] = ",".join(rng.sample(_GROUNDS, rng.choice((1, 1, 2))))
    return [row]


def admin_rows(fixed: Mapping[str, Any], as_of: date, numbering: Numbering, rng: Random) -> list[Row]:
    """One case of administrative supervision, other than those that follow a case not prosecuted."""
    kind = wish(fixed, "kind", {ADMIN_JUDGMENT: 2, ADMIN_TRIAL: 1, ADMIN_ENFORCEMENT: 4, UNLAWFUL: 3}, rng)
    accept = _accepted(fixed, as_of, rng)
    name = invent_name(rng, set())
    own = kind in (ADMIN_ENFORCEMENT, UNLAWFUL)
    row = registered(ADMIN, accept, f"{name}行政监督案", numbering, rng) | {
        "unit_level": "基层院",
        "source": "依职权" if own else "当事人申请",
        "kind": kind,
        "applicant": None if own else name,
        "admin_org": rng.choice(
            ("汉东市示例区自然资源局", "汉东市示例区人力资源和社会保障局", "汉东市示例区城市管理局")
        ),
        "act_type": rng.choice(("行政处罚", "行政强制", "登记", "不作为")),
        "accept_date": accept,
    }
    row |= _original(kind, "行终", accept, rng) | _closed(fixed, kind, accept, as_of, numbering, rng)
    closed = row.get("close_date")
    if row.get("close_result") in _SUPERVISING:
        row["ground"] = "认定事实不清，适用法律错误"
    if isinstance(closed, date):
        resolved = wish(fixed, "resolved", {"是": 0.3, "否": 0.7}, rng)
        row["resolved"] = resolved
        if resolved == "是":
            row |= {"resolve_mode": rng.choice(("释法说理", "释法说理,促成和解", "公开听证")), "resolve_date": closed}
    return [row]


def _accepted(fixed: Mapping[str, Any], as_of: date, rng: Random) -> date:
    """Old enough to be closed, or young enough to be open."""
    if "ago" in fixed:
        return as_of - days(fixed["ago"])
    if wish(fixed, "open", {True: _OPEN_SHARE, False: 1 - _OPEN_SHARE}, rng):
        return as_of - days(rng.randint(2, 80))
    return as_of - days(rng.randint(90, 380))


def _original(kind: str, word: str, accept: date, rng: Random) -> Row:
    if kind not in (JUDGMENT, ADMIN_JUDGMENT, TRIAL, ADMIN_TRIAL):
        return {}
    judged = accept - days(rng.randint(60, 400))
    number = f"（{judged.year}）汉01{word}{rng.randint(10, 4000)}号"
    return {"orig_court": "汉东市中级人民法院", "orig_case_no": number, "orig_judge_date": judged}


def _closed(fixed: Mapping[str, Any], kind: str, accept: date, as_of: date, numbering: Numbering, rng: Random) -> Row:
    closed = accept + days(rng.randint(25, 84))
    result = wish(fixed, "result", _RESULTS[kind], rng)
    if closed > as_of or (as_of - accept).days < 90:
        return {}
    row: Row = {"close_date": closed, "close_result": result}
    if result in _SUPERVISING:
        row |= {"doc_no": numbering.document("监", closed), "served_date": min(closed + days(rng.randint(0, 4)), as_of)}
    return row
