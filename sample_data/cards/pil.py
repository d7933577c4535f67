"""Rows of the public-interest card (公益诉讼): from the clue to the suggestion, the answer, the suit and the judgment."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from sample_data.cards.linked import answered, suggestion_row
from sample_data.case_file import CaseFile
from sample_data.courses.timeline import days
from sample_data.docket import PIL_ADMIN, PIL_CIVIL, registered, wish
from sample_data.matter import Row, text
from sample_data.numbering import Numbering

ADMINISTRATIVE, CIVIL, INCIDENTAL = "行政公益诉讼", "民事公益诉讼", "刑事附带民事公益诉讼"
CLUE, FILED, SUGGESTED, ANSWERED, SUED = "clue", "filed", "suggested", "answered", "sued"
_FIELDS = {
    "生态环境和资源保护": ("河道倾倒垃圾", "汉东市示例区生态环境局"),
    "食品药品安全": ("校园周边食品无证经营", "汉东市示例区市场监督管理局"),
    "安全生产": ("加油站违规充装", "汉东市示例区应急管理局"),
    "国有财产保护": ("违规领取补贴", "汉东市示例区农业农村局"),
    "无障碍环境建设": ("盲道被占用", "汉东市示例区住房和城乡建设局"),
    "个人信息保护": ("快递面单泄露个人信息", "汉东市示例区邮政管理局"),
}
_COURSES = {
    ADMINISTRATIVE: {CLUE: 1, FILED: 1, SUGGESTED: 2, ANSWERED: 16, SUED: 1},
    CIVIL: {CLUE: 1, FILED: 1, SUED: 2},
}
_AGES = {CLUE: (3, 300), FILED: (10, 35), SUGGESTED: (30, 55), ANSWERED: (110, 370), SUED: (240, 370)}
_SUGGESTION_SHARE = 0.5


def pil_cards(fixed: Mapping[str, Any], as_of: date, numbering: Numbering, rng: Random) -> dict[str, list[Row]]:
    """One case of public interest, and the suggestion card where its suggestion was also put on one."""
    kind = wish(fixed, "kind", {ADMINISTRATIVE: 0.88, CIVIL: 0.12}, rng)
    course = wish(fixed, "course", _COURSES[kind], rng)
    row = _clue(kind, as_of - days(fixed.get("ago") or rng.randint(*_AGES[course])), numbering, rng)
    if course != CLUE:
        row |= _filed(row, numbering, rng)
    if course in (SUGGESTED, ANSWERED, SUED) and kind == ADMINISTRATIVE:
        row |= _suggested(row, numbering, rng)
    if course == ANSWERED:
        row |= _answered(row, rng)
    if course == SUED:
        row |= _sued(kind, row, as_of, numbering, rng)
    copied = row.get("sugg_date") and rng.random() < _SUGGESTION_SHARE and not fixed
    return {"pil": [row], "suggestion": [_card_of(row, as_of, rng, numbering)] if copied else []}


def incidental_rows(case: CaseFile, indicted: Sequence[Row], numbering: Numbering, rng: Random) -> list[Row]:
    """The civil suit joined to the prosecution of a crime that harmed the public, where the scenario has one."""
    t = case.timeline
    if not case.scenario.incidental or not t.close or not t.accept:
        return []
    filed = t.accept + days(rng.randint(0, max((t.close - t.accept).days - 1, 0)))
    row = _clue(INCIDENTAL, filed, numbering, rng)
    row |= _filed(row, numbering, rng) | {"file_date": filed, "rel_bmsah": case.numbers.prosecution}
    row |= {
        "target": text(indicted[0]["name"]),
        "suit_date": t.close,
        "suit_doc_no": numbering.document("刑附民", t.close),
    }
    return [row | {"claim_amt": round(rng.uniform(0.5, 20), 2)} | _judged(t.received or t.judged, t.as_of)]


def _judged(day: date | None, as_of: date) -> Row:
    if not day or day > as_of:
        return {}
    return {"judge_date": day, "judge_result": "支持全部诉讼请求", "close_date": day, "close_result": "提起诉讼"}


def _clue(kind: str, clue_date: date, numbering: Numbering, rng: Random) -> Row:
    field = rng.choice(list(_FIELDS))
    docket = PIL_ADMIN if kind == ADMINISTRATIVE else PIL_CIVIL
    return registered(docket, clue_date, f"{_FIELDS[field][0]}公益诉讼案", numbering, rng) | {
        "kind": kind,
        "clue_source": rng.choice(("履职中发现", "履职中发现", "群众举报", "益心为公平台", "12345热线")),
        "clue_date": clue_date,
        "clue_eval": "移送",
        "field": field,
    }


def _filed(row: Row, numbering: Numbering, rng: Random) -> Row:
    clue_date, field, kind = row["clue_date"], text(row["field"]), row["kind"]
    assert isinstance(clue_date, date)
    filed = clue_date + days(rng.randint(0, 5))
    number = numbering.document("行公立" if kind == ADMINISTRATIVE else "民公立", filed)
    target = _FIELDS[field][1] if kind == ADMINISTRATIVE else "示例区某养殖场"
    return {"clue_eval": "立案", "file_date": filed, "file_doc_no": number, "target": target, "urgent": "否"}


def _suggested(row: Row, numbering: Numbering, rng: Random) -> Row:
    filed = row["file_date"]
    assert isinstance(filed, date)
    issued = filed + days(rng.randint(8, 20))
    return {
        "consult_date": filed + days(rng.randint(2, 7)),
        "sugg_date": issued,
        "sugg_doc_no": numbering.document("行公建", issued),
        "sugg_served": issued + days(rng.randint(0, 3)),
    }


def _answered(row: Row, rng: Random) -> Row:
    served = row["sugg_served"]
    assert isinstance(served, date)
    reply = served + days(rng.randint(25, 55))
    closed = reply + days(rng.randint(3, 15))
    return {
        "reply_date": reply,
        "rectify_state": rng.choice(("全部整改", "全部整改", "部分整改")),
        "followup_date": closed,
        "close_date": closed,
        "close_result": "整改后终结",
    }


def _sued(kind: str, row: Row, as_of: date, numbering: Numbering, rng: Random) -> Row:
    """An unheeded suggestion or a public notice of more than thirty days comes before the suit."""
    before = row["sugg_served"] if kind == ADMINISTRATIVE else row["file_date"]
    assert isinstance(before, date)
    items: Row = {}
    if kind == ADMINISTRATIVE:
        items |= {"reply_date": before + days(rng.randint(20, 50)), "rectify_state": "未整改"}
        sued = before + days(rng.randint(70, 85))
    else:
        noticed = before + days(rng.randint(3, 10))
        items |= {"notice_date": noticed, "notice_end": noticed + days(30)}
        sued = noticed + days(rng.randint(33, 60))
    items |= {"suit_date": sued, "suit_doc_no": numbering.document("公诉", sued)}
    return items | _judged(sued + days(rng.randint(40, 70)), as_of)


def _card_of(row: Row, as_of: date, rng: Random, numbering: Numbering) -> Row:
    """The suggestion card of a suggestion the public-interest card tells about."""
    issued, target = row["sugg_date"], text(row["target"])
    assert isinstance(issued, date)
    card = suggestion_row(text(row["bmsah"]), issued, target, f"关于整治{row['field']}问题的检察建议", numbering, rng)
    card |= {"sugg_kind": "公益诉讼检察建议", "target_type": "行政机关", "served_date": row["sugg_served"]}
    reply = row.get("reply_date")
    if not isinstance(reply, date):
        return card if as_of <= issued + days(55) else card | answered(card, as_of, rng)
    return card | {"reply_date": reply, "accepted": "采纳", "rectify_state": row["rectify_state"]}
