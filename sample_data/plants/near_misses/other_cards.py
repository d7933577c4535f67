"""Near misses of the other cards: the last day of the limit, excluded time, the complex case, the answer just given.

A near miss is judged by its rule and is lawful.
"""

import re
from datetime import date, timedelta

from sample_data.courses.timeline import months_after
from sample_data.matter import Row, Value
from sample_data.planting import Change, Plant, Reshape
from sample_data.plants.defects.duplicates import PETITION, SUGGESTED
from sample_data.plants.defects.other_cards import (
    ADMIN_JUDGMENT,
    ANSWERED,
    APPEAL,
    CIVIL_JUDGMENT,
    COMPENSATION,
    CORRECTED,
    CUSTODY_REVIEW,
    FILING,
    HEARD,
    INCIDENTAL,
    LONG_AGO,
    PROTESTED,
    RESOLVED,
    SUED,
    SUED_CIVIL,
    served_after,
    suggested,
)
from sample_data.plants.near_misses.own_row_values import carried
from sample_data.plants.reshaping import day, derived
from sample_data.plants.wants import arrested, day_of, dropped, no_arrest, same_as, shifted, tried

THIRTY = timedelta(days=30)


def _months_after(name: str, months: int) -> Change:
    """The day so many months after another date."""
    return lambda row: months_after(day_of(row, name), months)


def _heard_on(name: str) -> Reshape:
    """The hearing held on a day of the prosecution case."""
    return derived("hearing", lambda m: {"hear_date": day(m, "prosecution", name)})


def _renamed(name: str) -> Change:
    """The charge with its former name in brackets."""
    return lambda row: f"{row[name]}（原旧罪名）"


def _six_years_before(accept: date) -> date:
    """A day of the same name in the week, long before the supplement of March 2021 named new charges."""
    return accept - timedelta(weeks=312)


def _accepted_then(row: Row) -> Value:
    return _six_years_before(day_of(row, "accept_date"))


def _of_that_year(row: Row) -> Value:
    return re.sub(r"(?<=\[)\d{4}", f"{_six_years_before(day_of(row, 'accept_date')).year}", str(row["bmsah"]))


def _all_on(*names: str) -> dict[str, Change]:
    """All these dates on the day of the first."""
    return {name: same_as(names[0]) for name in names[1:]}


PIL = [
    *[
        Plant("C040", "pil", SUED_CIVIL, {}, name, near="filed, and everything told")
        for name in ("clue_source", "field", "target")
    ],
    *[
        Plant("C041", "pil", ANSWERED, {"sugg_served": same_as("sugg_date")}, name, near="served on the day of issue")
        for name in ("sugg_doc_no", "sugg_served")
    ],
    Plant("C042", "pil", ANSWERED, {"rectify_state": "客观障碍"}, near="an obstacle is an answer"),
    Plant(
        "L044",
        "pil",
        ANSWERED,
        _all_on("clue_date", "file_date", "consult_date", "sugg_date", "sugg_served", "reply_date"),
        near="everything on one day",
    ),
    Plant("L045", "pil", SUED, {"suit_date": same_as("sugg_served")}, near="the suit follows on the day of service"),
    Plant("L046", "pil", SUED_CIVIL, {"suit_date": shifted("notice_date", 31)}, near="on the day after thirty days"),
    Plant("X034", "pil", INCIDENTAL, {}, near="the criminal case is named"),
    Plant("T033", "pil", suggested(79), served_after(20), near="fifty-nine days are within any two months"),
    Plant("T033", "pil", suggested(35), served_after(20, urgent="是"), near="fifteen days of an urgent case"),
    Plant(
        "T034",
        "pil",
        suggested(109),
        served_after(20, reply_date=shifted("clue_date", 60), rectify_state="部分整改"),
        near="eighty-nine days are within any three months",
    ),
]

CIVIL_ADMIN = [
    *[
        Plant("C043", card, wants, {}, name, near="the judgment is named")
        for card, wants in (("civil", CIVIL_JUDGMENT), ("admin", ADMIN_JUDGMENT))
        for name in ("orig_court", "orig_case_no", "orig_judge_date")
    ],
    *[
        Plant("C044", card, wants, {"served_date": same_as("close_date")}, name, near="served on the day of closing")
        for card, wants in (("civil", CIVIL_JUDGMENT), ("admin", ADMIN_JUDGMENT))
        for name in ("ground", "doc_no", "served_date")
    ],
    *[
        Plant("C045", "admin", RESOLVED, {"resolve_mode": "其他"}, name, near="another way is a way")
        for name in ("resolve_mode", "resolve_date")
    ],
    *[
        Plant(
            "L047", card, wants, {"close_result": "提请抗诉"}, near="a district office asks the office above to protest"
        )
        for card, wants in (("civil", CIVIL_JUDGMENT), ("admin", ADMIN_JUDGMENT))
    ],
    *[
        Plant(
            "T032",
            card,
            {"side": card, "ago": LONG_AGO, **kind},
            {
                "excl_from": shifted("accept_date", 10),
                "excl_to": shifted("accept_date", 40),
                "close_date": lambda row: months_after(day_of(row, "accept_date"), 3) + THIRTY,
            },
            near="thirty days were excluded",
        )
        for card, kind in (("civil", {"kind": "支持起诉"}), ("admin", {"resolved": "否"}))
    ],
    *[
        Plant(
            "T032",
            card,
            {"side": card, "ago": LONG_AGO, **kind},
            {"close_date": _months_after("accept_date", 3)},
            near="closed on the last day",
        )
        for card, kind in (("civil", {"kind": "支持起诉"}), ("admin", {"resolved": "否"}))
    ],
]

PETITIONS = [
    Plant("C046", "petition", PETITION, {"ack_date": shifted("recv_date", 7)}, near="answered on the seventh day"),
    Plant("T028", "petition", APPEAL, {"close_date": _months_after("file_date", 3)}, near="closed on the last day"),
    Plant(
        "T028",
        "petition",
        APPEAL,
        {"is_complex": "是", "close_date": _months_after("file_date", 6)},
        near="a complex case has six months",
    ),
    Plant("T030", "petition", PETITION, {"ack_date": shifted("recv_date", 7)}, near="answered on the seventh day"),
    Plant(
        "T031",
        "petition",
        {**PETITION, "ago": LONG_AGO},
        {"result_date": _months_after("recv_date", 3)},
        near="answered on the last day",
    ),
    Plant(
        "T036", "petition", COMPENSATION, {"comp_date": _months_after("comp_req", 2)}, near="decided on the last day"
    ),
]

OTHERS = [
    *[
        Plant("C047", "suggestion", SUGGESTED, {}, name, near="long ago, and everything told")
        for name in ("sugg_kind", "target", "served_date")
    ],
    Plant(
        "L048",
        "suggestion",
        SUGGESTED,
        {"accepted": "未采纳", "reply_date": same_as("served_date")},
        near="refused on the spot",
    ),
    Plant(
        "T035",
        "suggestion",
        SUGGESTED,
        {"reply_date": None, "accepted": None, "reply_due": shifted("served_date", 500)},
        near="a longer term was given",
    ),
    *[
        Plant("C048", "hearing", HEARD, {"n_hearers": 0, "hearer_opinion": "无"}, name, near="nought is an answer")
        for name in ("n_hearers", "mode", "hearer_opinion")
    ],
    *[
        Plant(
            "L049",
            "hearing",
            HEARD,
            {},
            reshape=(_heard_on(name),),
            near="heard on the first or last day",
        )
        for name in ("accept_date", "close_date")
    ],
    Plant("C049", "execution", CORRECTED, {"accepted": "未采纳"}, near="a refusal is an answer"),
    Plant("T037", "execution", CUSTODY_REVIEW, {"decide_date": shifted("recv_date", 3)}, near="on the third day"),
    Plant(
        "T037",
        "execution",
        CUSTODY_REVIEW,
        {"stage_name": "审判", "decide_date": shifted("recv_date", 10), "close_date": shifted("recv_date", 10)},
        near="ten days outside the review of the prosecution",
    ),
    Plant(
        "T038",
        "supervision",
        FILING,
        {"answer_date": shifted("ask_date", 7), "police_date": shifted("notify_date", 15)},
        near="answered on the seventh and filed on the fifteenth day",
    ),
    Plant("L050", "second_instance", PROTESTED, {"s_term": None}, near="the term is left to the first instance"),
]

FORMER_CHARGES = [
    *[
        Plant("V013", card, wants, {name: _renamed(name)}, name, near="a former name in brackets is history")
        for card, wants, name in (
            ("prosecution", no_arrest(tried(charge="开设赌场罪")), "ps_charge"),
            ("prosecution", no_arrest(tried(charge="开设赌场罪")), "j_charge"),
            ("arrest", arrested(charge="开设赌场罪"), "a_charge"),
            ("second_instance", PROTESTED, "s_charge"),
        )
    ],
]

FORMER_CHARGES += [
    Plant(
        "V013",
        "prosecution",
        no_arrest(dropped(charge="袭警罪", ago=75, review_days=20, penalty=False), "none"),
        carried(_six_years_before) | {"bmsah": _of_that_year, "notice_date": _accepted_then},
        name,
        near="not yet named when the case was accepted, but named today",
    )
    for name in ("ps_charge", "p_close_charge")
]

NEAR_OTHER_CARDS: tuple[Plant, ...] = (*PIL, *CIVIL_ADMIN, *PETITIONS, *OTHERS, *FORMER_CHARGES)
