"""Plants of the cards beside the criminal ones: public interest, civil, administrative, petitions, execution and others."""

from collections.abc import Mapping, Sequence
from typing import Any

from sample_data.matter import Value
from sample_data.planting import COMMON, Change, Plant
from sample_data.plants.defects.duplicates import PETITION, SUGGESTED
from sample_data.plants.wants import (
    arrested,
    dropped,
    imprisoned,
    no_arrest,
    raised,
    shifted,
    tried,
)

LONG_AGO = tuple(range(220, 330))
ANSWERED = {"side": "pil", "kind": "行政公益诉讼", "course": "answered"}
SUED = {"side": "pil", "kind": "行政公益诉讼", "course": "sued"}
SUED_CIVIL = {"side": "pil", "kind": "民事公益诉讼", "course": "sued"}
INCIDENTAL = tried(charge=("污染环境罪", "非法捕捞水产品罪"), incidental=True)
CIVIL_JUDGMENT = {"side": "civil", "kind": "生效裁判结果监督", "result": ("再审检察建议", "提请抗诉"), "open": False}
ADMIN_JUDGMENT = {"side": "admin", "kind": "生效裁判监督", "result": ("再审检察建议", "提请抗诉"), "open": False}
RESOLVED = {"side": "admin", "open": False, "resolved": "是"}
APPEAL = {"side": "petition", "claim": "刑事申诉", "nonpros": "是", "ago": LONG_AGO, "heard": False}
COMPENSATION = {"side": "petition", "claim": "国家赔偿", "ago": LONG_AGO, "heard": False}
CORRECTED = {"side": "execution", "ago": tuple(range(150, 330))}
CUSTODY_REVIEW = arrested(executed="custody")
FILING = {"side": "supervision", "kind": "应当立案而不立案", "ago": tuple(range(90, 330))}
HEARD = no_arrest(dropped(heard=True, ago=60))
PROTESTED = imprisoned(remedy="protest", until="effective", ago=200)


def suggested(age: int) -> dict[str, Any]:
    """A public-interest case with a suggestion still open; its clue came `age` days before the audit date."""
    return {"side": "pil", "kind": "行政公益诉讼", "course": "suggested", "ago": age}


def served_after(days: int, **changes: Change) -> dict[str, Change]:
    """The suggestion was issued and served so many days after the clue."""
    return {"sugg_date": shifted("clue_date", days), "sugg_served": shifted("clue_date", days), **changes}


def _blanks(rule_id: str, card: str, wants: Mapping[str, Any], names: Sequence[str], weight: int = 1) -> list[Plant]:
    """One plant per item of an `each` rule, left blank."""
    return [Plant(rule_id, card, wants, {name: None}, name, weight=weight) for name in names]


_NO_SUGGESTION: Mapping[str, Change] = dict.fromkeys(
    ("sugg_date", "sugg_doc_no", "sugg_served", "reply_date", "rectify_state"), None
)

PIL = [
    *_blanks("C040", "pil", ANSWERED, ("clue_source", "field", "target"), 2),
    *_blanks("C041", "pil", ANSWERED, ("sugg_doc_no", "sugg_served"), 2),
    Plant("C042", "pil", ANSWERED, {"rectify_state": None}, weight=2),
    Plant("L044", "pil", ANSWERED, {"file_date": shifted("clue_date", -3)}),
    Plant("L044", "pil", ANSWERED, {"sugg_date": shifted("file_date", -2)}),
    Plant("L044", "pil", ANSWERED, {"sugg_served": shifted("sugg_date", -1)}),
    Plant("L044", "pil", ANSWERED, {"reply_date": shifted("sugg_served", -1)}),
    Plant("L044", "pil", SUED, {"suit_date": shifted("file_date", -1)}),
    Plant("L044", "pil", SUED, {"judge_date": shifted("suit_date", -1)}),
    Plant("L045", "pil", SUED, _NO_SUGGESTION),
    Plant("L046", "pil", SUED_CIVIL, {"suit_date": shifted("notice_date", 30)}),
    Plant("X034", "pil", INCIDENTAL, {"rel_bmsah": None}),
    Plant("T033", "pil", suggested(100), served_after(20), weight=2),
    Plant("T033", "pil", suggested(50), served_after(20, urgent="是")),
    Plant(
        "T034",
        "pil",
        suggested(140),
        served_after(20, reply_date=shifted("clue_date", 60), rectify_state="部分整改"),
        weight=2,
    ),
    Plant(
        "T034",
        "pil",
        suggested(90),
        served_after(20, urgent="是", reply_date=shifted("clue_date", 30), rectify_state="未整改"),
    ),
]

CIVIL_ADMIN = [
    *_blanks("C043", "civil", CIVIL_JUDGMENT, ("orig_court", "orig_case_no", "orig_judge_date")),
    *_blanks("C043", "admin", ADMIN_JUDGMENT, ("orig_court", "orig_case_no", "orig_judge_date")),
    *_blanks("C044", "civil", CIVIL_JUDGMENT, ("ground", "doc_no", "served_date")),
    *_blanks("C044", "admin", ADMIN_JUDGMENT, ("ground", "doc_no", "served_date")),
    *_blanks("C045", "admin", RESOLVED, ("resolve_mode", "resolve_date")),
    Plant("L047", "civil", CIVIL_JUDGMENT, {"close_result": "提出抗诉"}),
    Plant("L047", "admin", ADMIN_JUDGMENT, {"close_result": "提出抗诉"}),
    *[
        Plant(
            "T032", card, {"side": card, "ago": LONG_AGO, **kind}, {"close_date": shifted("accept_date", 120)}, weight=2
        )
        for card, kind in (("civil", {"kind": "支持起诉"}), ("admin", {"resolved": "否"}))
    ],
    *[
        Plant(
            "T032",
            card,
            {"side": card, "ago": LONG_AGO, **kind},
            {
                "excl_from": shifted("accept_date", 20),
                "excl_to": shifted("accept_date", 30),
                "close_date": shifted("accept_date", 130),
            },
        )
        for card, kind in (("civil", {"kind": "支持起诉"}), ("admin", {"resolved": "否"}))
    ],
]

PETITIONS = [
    Plant("C046", "petition", PETITION, {"ack_date": None}, weight=2),
    Plant("T028", "petition", APPEAL, {"close_date": shifted("file_date", 110)}),
    Plant("T028", "petition", APPEAL, {"close_date": None}),
    Plant("T028", "petition", APPEAL, {"is_complex": "是", "close_date": shifted("file_date", 205)}),
    Plant("T030", "petition", PETITION, {"ack_date": shifted("recv_date", 19)}, weight=2),
    Plant("T031", "petition", {**PETITION, "ago": LONG_AGO}, {"result_date": shifted("recv_date", 115)}, weight=2),
    Plant("T031", "petition", {**PETITION, "ago": LONG_AGO}, {"result_date": None}),
    Plant("T036", "petition", COMPENSATION, {"comp_date": shifted("comp_req", 78)}),
    Plant("T036", "petition", COMPENSATION, {"comp_date": None, "comp_result": None, "comp_amt": None}),
]

OTHERS = [
    *_blanks("C047", "suggestion", SUGGESTED, ("sugg_kind", "target", "served_date"), 2),
    Plant("L048", "suggestion", SUGGESTED, {"reply_date": None, "reply_due": shifted("served_date", 500)}, weight=2),
    Plant("T035", "suggestion", SUGGESTED, {"reply_date": None, "accepted": None}, weight=2),
    Plant("T035", "suggestion", SUGGESTED, {"reply_date": None, "accepted": None, "reply_due": None}),
    *_blanks("C048", "hearing", HEARD, ("n_hearers", "mode", "hearer_opinion")),
    Plant("L049", "hearing", HEARD, {"hear_date": shifted("hear_date", 20)}),
    Plant("L049", "hearing", HEARD, {"hear_date": shifted("hear_date", -150)}),
    Plant("C049", "execution", CORRECTED, {"reply_date": None, "accepted": None}, weight=2),
    Plant("C049", "execution", CORRECTED, {"accepted": None}, weight=2),
    Plant(
        "T037",
        "execution",
        CUSTODY_REVIEW,
        {"decide_date": shifted("recv_date", 5), "close_date": shifted("recv_date", 5)},
    ),
    Plant(
        "T037",
        "execution",
        CUSTODY_REVIEW,
        {"stage_name": "审判", "decide_date": shifted("recv_date", 11), "close_date": shifted("recv_date", 11)},
    ),
    Plant("T038", "supervision", FILING, {"answer_date": shifted("ask_date", 19)}, weight=2),
    Plant("T038", "supervision", FILING, {"police_date": shifted("notify_date", 28)}, weight=2),
    Plant("L050", "second_instance", PROTESTED, {"s_term": raised("s_term", -1)}, weight=2),
    Plant("L050", "second_instance", PROTESTED, {"s_kind": "拘役"}),
]

ABOLISHED: Value = "（已取消）"


def _abolished(name: str) -> Change:
    return lambda row: f"{row[name]}{ABOLISHED}"


_FORMER = "非法获取公民个人信息罪"
_WHOLE = ("transfer_charge", "ps_charge", "p_close_charge", "close_charge", "j_charge")
FORMER_CHARGES = [
    *[
        Plant("V013", "prosecution", no_arrest(tried(charge="开设赌场罪")), {name: _abolished(name)}, name)
        for name in _WHOLE
    ],
    *[
        Plant("V013", "arrest", arrested(charge="开设赌场罪"), {name: _abolished(name)}, name)
        for name in ("transfer_charge", "a_charge", "p_close_charge")
    ],
    Plant(
        "V013",
        "prosecution",
        no_arrest(tried(charge="袭警罪")),
        dict.fromkeys(_WHOLE, _FORMER),
        _WHOLE[0],
        also=tuple(("V013", name) for name in _WHOLE[1:]),
        weight=COMMON,
    ),
    Plant("V013", "second_instance", PROTESTED, {"s_charge": _FORMER}, "s_charge"),
    Plant("V013", "second_instance", PROTESTED, {"s_charge": _abolished("s_charge")}, "s_charge"),
]

PLANTS = [*PIL, *CIVIL_ADMIN, *PETITIONS, *OTHERS, *FORMER_CHARGES]
