"""Cases on other cards that hang on one criminal case: a hearing, a suggestion, a supervision, an administrative penalty.

The flags of the criminal case that announce them are set here too, so that both sides agree.
"""

from collections.abc import Sequence
from datetime import date
from random import Random

from sample_data.case_file import CaseFile
from sample_data.courses.suspects import Suspect
from sample_data.courses.timeline import days, months_after
from sample_data.docket import ADMIN, FILING, INVESTIGATION, SUGGESTION, registered
from sample_data.matter import Row, text
from sample_data.numbering import Numbering

_ISSUES = ("快递寄递安全监管", "废旧物品收购登记", "校园周边治安管理", "银行账户实名管理", "建筑工地用工管理")
_TARGETS = (
    ("汉东市示例区商务局", "行政机关"),
    ("汉东市示例区教育局", "行政机关"),
    ("汉东市样本物流有限公司", "企业"),
    ("汉东市虚构银行示例支行", "企业"),
    ("汉东市示例区物业协会", "社会团体"),
)
_ORGANS = ("汉东市公安局示例分局", "汉东市示例区市场监督管理局", "汉东市示例区综合行政执法局")


def hearing_rows(case: CaseFile, criminal: Sequence[Row], numbering: Numbering, rng: Random) -> list[Row]:
    """The hearing held before a suspect is not prosecuted or not arrested; the case says so."""
    t = case.timeline
    begun, closed = (t.last_start, t.close) if t.accept else (t.arrest_accept, t.arrest_close)
    if not case.scenario.heard or not begun or not closed or closed > t.as_of or not criminal:
        return []
    day = closed - days(rng.randint(0, min((closed - begun).days, 4)))
    for row in criminal:
        row["has_hearing"] = "是"
    kind = "拟不起诉" if t.accept else "拟不逮捕"
    return [hearing_row(criminal[0], kind, day, numbering, rng)]


def hearing_row(heard: Row, kind: str, day: date, numbering: Numbering, rng: Random) -> Row:
    """One hearing of a case on that day."""
    hearers = rng.choice((3, 3, 5))
    return {
        "rel_bmsah": heard["bmsah"],
        "hear_no": f"汉检听证〔{day.year}〕{numbering.next('hearing', day.year)}号",
        "prosecutor": heard["prosecutor"],
        "hear_kind": kind,
        "hear_date": day,
        "mode": rng.choice(("公开听证", "公开听证", "不公开听证")),
        "host": heard["prosecutor"],
        "host_post": rng.choice(("检察官", "部门负责人", "副检察长")),
        "n_hearers": hearers,
        "n_attend": hearers + rng.randint(4, 9),
        "hearer_opinion": "听证员一致同意拟处理意见",
        "adopted": "是",
        "live": "否",
    }


def suggestion_rows(case: CaseFile, criminal: Sequence[Row], numbering: Numbering, rng: Random) -> list[Row]:
    """The suggestion on social governance that a closed case gave rise to; the case says so."""
    t = case.timeline
    if not case.scenario.suggested or not t.close or not criminal:
        return []
    issued = t.close + days(rng.randint(0, 8))
    if issued > t.as_of:
        return []
    for row in criminal:
        row["has_suggestion"] = "是"
    target, kind = rng.choice(_TARGETS)
    title = f"关于加强{rng.choice(_ISSUES)}的检察建议"
    row = suggestion_row(text(criminal[0]["bmsah"]), issued, target, title, numbering, rng)
    row |= {"sugg_kind": "社会治理检察建议", "target_type": kind}
    return [row | answered(row, t.as_of, rng)]


def suggestion_row(related: str, issued: date, target: str, title: str, numbering: Numbering, rng: Random) -> Row:
    """A suggestion as issued and served."""
    number = numbering.document("建", issued)
    row = registered(SUGGESTION, issued, f"{target}检察建议案", numbering, rng)
    return row | {
        "rel_bmsah": related,
        "title": f"{title}（{number}）",
        "sugg_date": issued,
        "doc_no": number,
        "target": target,
        "serve_mode": rng.choice(("直接送达", "宣告送达", "邮寄送达")),
        "served_date": issued,
        "reply_due": months_after(issued, 2),
    }


def answered(suggestion: Row, as_of: date, rng: Random) -> Row:
    """What the addressee answers within two months; nothing yet where that day has not come."""
    served = suggestion["served_date"]
    assert isinstance(served, date)
    reply = served + days(rng.randint(20, 55))
    if reply > as_of:
        return {}
    accepted = rng.choice(("采纳", "采纳", "采纳", "部分采纳"))
    state = "全部整改" if accepted == "采纳" else "部分整改"
    return {"reply_date": reply, "accepted": accepted, "rectify_state": state, "record_date": reply}


def supervision_rows(case: CaseFile, suspects: Sequence[Suspect], numbering: Numbering, rng: Random) -> list[Row]:
    """The supervision case of a suspect whom the police had not filed, not sent for arrest or not sent for trial."""
    t = case.timeline
    kinds = {"supervised": "应当立案而不立案", "missed": "纠正漏捕", "added": "追诉"}
    rows: list[Row] = []
    for suspect in suspects:
        kind = kinds.get(suspect.special)
        first = t.arrest_accept or t.accept
        if not kind or not first:
            continue
        filed = suspect.special == "supervised"
        accept = first - days(rng.randint(35, 50)) if filed else first + days(rng.randint(1, 3))
        if accept > t.as_of:
            continue
        docket = FILING if filed else INVESTIGATION
        row = registered(docket, accept, f"{text(suspect.items['name'])}监督案", numbering, rng)
        row |= {"superv_kind": kind, "suspect_no": suspect.number, "accept_date": accept}
        rows.append(row | (filing_steps(accept, t.as_of, rng) if filed else {}))
    return rows


def filing_steps(accept: date, as_of: date, rng: Random) -> Row:
    """The police are asked for reasons, told to file the case and do so, each in time, as far as the day has come."""
    ask = accept + days(rng.randint(1, 3))
    answer = ask + days(rng.randint(2, 6))
    notify = answer + days(rng.randint(1, 4))
    filed = notify + days(rng.randint(3, 13))
    steps = {"ask_date": ask, "answer_date": answer, "notify_date": notify, "police_date": filed}
    if filed > as_of:
        return {}
    return {
        **steps,
        "accepted": "是",
        "followup": "尚无结果",
        "close_date": min(filed + days(rng.randint(2, 9)), as_of),
    }


def penalty_rows(case: CaseFile, dropped: Sequence[Row], numbering: Numbering, rng: Random) -> list[Row]:
    """The case that brings a suspect not prosecuted before the administrative organ."""
    t = case.timeline
    if not t.close or not any(row.get("need_penalty") == "是" for row in dropped):
        return []
    accept = t.close + days(rng.randint(1, 8))
    if accept > t.as_of:
        return []
    organ = rng.choice(_ORGANS)
    row = registered(ADMIN, accept, f"{text(dropped[0]['name'])}行刑反向衔接案", numbering, rng)
    row |= {
        "unit_level": "基层院",
        "source": "依职权",
        "kind": "行刑反向衔接",
        "admin_org": organ,
        "act_type": "行政处罚",
        "accept_date": accept,
        "rel_bmsah": case.numbers.prosecution,
    }
    return [row | _penalised(accept, t.as_of, numbering, rng)]


def _penalised(accept: date, as_of: date, numbering: Numbering, rng: Random) -> Row:
    served = accept + days(rng.randint(5, 15))
    if served > as_of:
        return {}
    row: Row = {"opinion_doc_no": numbering.document("行意", served), "opinion_served": served}
    reply = served + days(rng.randint(15, 45))
    if reply > as_of:
        return row
    closed = min(reply + days(rng.randint(1, 8)), as_of)
    result = rng.choice(("已处罚", "已处罚", "不予处罚"))
    row |= {"reply_date": reply, "punish_result": result, "resolved": "否"}
    return row | {"close_date": closed, "close_result": "检察意见"}
