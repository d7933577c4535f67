"""Near misses of the values: numbers in their other lawful forms, identities at the edge, limits exactly reached.

A near miss is judged by its rule and is lawful.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sample_data.matter import Row, Value
from sample_data.planting import Change, Plant
from sample_data.plants.near_misses.own_row_values import (
    ARREST_OTHER_ITEMS,
    PER_CASE,
    carried,
    ending_in_x,
    ends,
    five_digits,
    in_chinese,
    last_sign,
    late_document,
    reborn,
    serial,
    sloppy,
    unknown_county,
    with_others,
    with_unit,
    years_before_crime,
)
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    conditional,
    contested,
    day_of,
    dropped,
    edited,
    imprisoned,
    no_arrest,
    tried,
    under_review,
    unit_case,
)

ALONE = no_arrest(tried())
LONGEST = "非法制造、出售非法制造的用于骗取出口退税、抵扣税款发票罪"
CHARGE_ITEMS = ("transfer_charge", "ps_charge", "p_close_charge", "close_charge", "j_charge")
ARREST_CHARGE_ITEMS = ("transfer_charge", "a_charge", "p_close_charge")


def _pros(rule_id: str, why: str, wants: Mapping[str, Any], changes: Mapping[str, Change], field: str = "") -> Plant:
    """A near miss on a prosecution card."""
    return Plant(rule_id, "prosecution", wants, changes, field, near=why, per_case=rule_id in PER_CASE)


def _both(rule_id: str, why: str, changes: Mapping[str, Change], field: str = "") -> list[Plant]:
    """The same near miss on a prosecution card and on an arrest card, each with nothing beside it to disagree."""
    alone = (("prosecution", ALONE), ("arrest", arrest_alone()))
    return [
        Plant(rule_id, card, wants, changes, field, near=why, per_case=rule_id in PER_CASE) for card, wants in alone
    ]


def _leap_day(row: Row) -> date:
    """The last leap day before the year of birth."""
    return date((day_of(row, "birth_date").year - 1) // 4 * 4, 2, 29)


def _named(name: str) -> dict[str, Change]:
    """A name that the case name repeats."""
    return {"name": name, "case_name": lambda row: str(row["case_name"]).replace(str(row["name"]), name)}


def _alias_of_sex(row: Row) -> Value:
    return f"{row['sex']}性"


_NEW_YEAR = carried(lambda accept: accept.replace(month=1, day=1))
_MINOR_VICTIM: dict[str, Change] = {
    "bmsah": edited("bmsah", lambda n: n.replace("刑捕受", "未捕受")),
    "case_type": "审查逮捕案件（未检）",
    "victim_info": "自然人,未成年人",
}

NUMBERS = [
    *_both(
        "V001",
        "the office with its long name",
        {"bmsah": edited("bmsah", lambda n: n.replace("汉东检", "汉东市示例区检"))},
    ),
    Plant("V001", "measure", ALONE, {"bmsah": edited("bmsah", five_digits)}, near="a serial of five digits"),
    _pros("V002", "accepted on the first day of the year", no_arrest(dropped(ago=20), "none"), _NEW_YEAR),
    Plant("V002", "arrest", arrest_alone(), {"accept_date": serial("accept_date")}, near="the year of an Excel number"),
    *_both("V003", "a serial of five digits after the unit", {"bmsah": edited("bmsah", five_digits)}),
    *_both(
        "V004", "the apostrophe before a long number is no part of it", {"tysah": edited("tysah", lambda n: f"'{n}")}
    ),
    _pros(
        "V005", "another word for prosecution", ALONE, {"bmsah": edited("bmsah", lambda n: n.replace("刑诉", "公诉"))}
    ),
    _pros(
        "V005", "another word for prosecution", ALONE, {"bmsah": edited("bmsah", lambda n: n.replace("刑诉", "起诉"))}
    ),
    Plant(
        "V005",
        "arrest",
        arrest_alone(charge="盗窃罪"),
        _MINOR_VICTIM,
        near="of the juvenile section because the victim is a minor",
    ),
    Plant(
        "V032",
        "arrest",
        arrested(),
        {"decision_doc_no": edited("decision_doc_no", late_document)},
        "decision_doc_no",
        near="five digits",
    ),
    _pros("V032", "five digits", tried(), {"indict_doc_no": edited("indict_doc_no", late_document)}, "indict_doc_no"),
    _pros(
        "V032", "five digits", dropped(), {"nonpros_doc_no": edited("nonpros_doc_no", late_document)}, "nonpros_doc_no"
    ),
]

IDENTITIES = [
    *_both("V006", "in groups and with a small x", {"id_no": edited("id_no", sloppy)}),
    *_both("V007", "the check digit is X", {"id_no": edited("id_no", ending_in_x)}),
    *_both("V008", "born on a leap day", reborn(_leap_day)),
    *_both("V009", "an alias of the sex", {"sex": _alias_of_sex}),
    *_both("V010", "an unknown county of a known province", {"id_no": edited("id_no", unknown_county)}),
    Plant(
        "V011", "prosecution", unit_case(), {"uscc": edited("uscc", last_sign)}, rows="unit", near="the check sign is Y"
    ),
    *_both("V025", "a foreign name has spaces", _named("Sample Alpha")),
    *_both("V025", "a middle dot is no blank", _named("示例·买样本")),
    *_both("V025", "无 inside a name", _named("虚构无")),
    _pros("V026", "a hundred years old", ALONE, reborn(years_before_crime(100, 40))),
    Plant(
        "V026",
        "arrest",
        arrest_alone(charge="故意伤害罪", minor=True),
        reborn(years_before_crime(12, 40)),
        near="twelve years old",
    ),
]

CHARGES = [
    _pros("V014", "诈骗罪 is part of another name", tried(charge="诈骗罪"), with_others("合同诈骗罪")),
    Plant(
        "V014",
        "arrest",
        arrested(charge="诈骗罪"),
        with_others("合同诈骗罪", ARREST_OTHER_ITEMS),
        near="诈骗罪 is part of another name",
    ),
    Plant(
        "V030",
        "arrest",
        arrested(charge="强制猥亵、侮辱罪"),
        with_others("侮辱罪", ARREST_OTHER_ITEMS),
        near="侮辱罪 is part of the main charge",
    ),
    _pros("V031", "侮辱罪 is part of the main charge", tried(charge="强制猥亵、侮辱罪"), with_others("侮辱罪")),
]
_RENAMED: dict[str, Change] = {"recovery_flag": "是", **dict.fromkeys(CHARGE_ITEMS, LONGEST)}

DICTIONARIES = [
    *[
        _pros(
            "V012",
            "the longest charge, one name with 、 and of",
            no_arrest(tried(charge="招摇撞骗罪"), "none"),
            _RENAMED,
            name,
        )
        for name in CHARGE_ITEMS
    ],
    *[
        Plant(
            "V012",
            "arrest",
            arrest_alone(charge="招摇撞骗罪"),
            dict.fromkeys(ARREST_CHARGE_ITEMS, LONGEST),
            name,
            near="the longest charge",
        )
        for name in ARREST_CHARGE_ITEMS
    ],
    *[
        _pros("V012", why, ALONE, {name: value}, name)
        for name, value, why in (
            ("education", "大专", "an alias"),
            ("ethnic", "僳僳族", "the second of two aliases"),
            ("political", "共青团员", "an alias"),
            ("plea", "true", "another way to write 是"),
            ("defender_type", "委托辩护；法律援助辩护", "two labels, split by a full-width sign"),
        )
    ],
    Plant("V012", "arrest", arrest_alone(), {"education": "职业高中"}, "education", near="the last alias"),
    Plant("V012", "measure", no_arrest(tried(), "detained"), {"kind": "刑事拘留"}, "kind", near="an alias"),
    *_both("V027", "none twice is still only none", {"prior_record": "无、无"}, "prior_record"),
]

DATES = [
    _pros("V015", "may lie ahead", no_arrest(under_review(extended=True)), {}, "extend_to"),
    _pros(
        "V015",
        "an end still to come",
        conditional(recent=100),
        {"probation_to": ends("probation_from", (12, 0), False)},
        "probation_to",
    ),
    _pros(
        "V015",
        "with a time of day",
        tried(),
        {"interrog_date": lambda row: f"{row['interrog_date']} 23:59:59"},
        "interrog_date",
    ),
    Plant(
        "V015",
        "arrest",
        arrested(),
        {"interrog_date": serial("interrog_date")},
        "interrog_date",
        near="an Excel number",
    ),
    Plant("V015", "measure", ALONE, {"exec_date": in_chinese("exec_date")}, "exec_date", near="with 年, 月 and 日"),
]

DAMAGE = "故意毁坏财物罪"


def _sentenced(rule_id: str, why: str, kind: str, term: int, *, two: bool = False) -> Plant:
    """A contested sentence of that kind and term, for one charge or for two."""
    other_charge = with_others(DAMAGE) if two else {}
    return _pros(rule_id, why, contested(charge="盗窃罪", kind=kind), {"j_term": term, **other_charge})


_SHORT: dict[str, Change] = {"j_term": 1, "sr_det_from": 1, "j_probation": 2}

AMOUNTS = [
    _pros("V016", "exactly the limit", tried(charge="盗窃罪"), {"amount": 499}),
    _pros("V016", "two large amounts are real", tried(charge="盗窃罪"), {"amount": 8500, "loss_amt": 8500}),
    _pros("V017", "exactly the limit", tried(charge="盗窃罪"), {"sr_fine_from": 499, "j_fine": 499}, "sr_fine_from"),
    *[
        _pros("V018", why, imprisoned(), {name: value}, name)
        for name, value, why in (
            ("loss_amt", 0, "nothing is an amount"),
            ("refunded", "0.00", "nothing with decimals"),
            ("joint_count", "1.0", "a whole number with a decimal"),
            ("age_at_crime", with_unit("age_at_crime", "岁"), "a number with its unit"),
            ("j_term", with_unit("j_term", "月"), "a number with its unit"),
        )
    ],
    Plant(
        "V018",
        "arrest",
        arrested(),
        {"age_at_crime": with_unit("age_at_crime", "岁")},
        "age_at_crime",
        near="a number with its unit",
    ),
    Plant(
        "V018",
        "measure",
        ALONE,
        {"bail_mode": "保证金", "bail_money": "0.5万元"},
        "bail_money",
        near="an amount with its unit",
    ),
    _sentenced("V019", "the longest for one charge", "拘役", 6),
    _sentenced("V019", "a month, the least", "拘役", 1),
    _sentenced("V019", "the longest for two charges", "拘役", 12, two=True),
    _sentenced("V020", "half a year, the least", "有期徒刑", 6),
    _sentenced("V020", "fifteen years for one charge", "有期徒刑", 180),
    _sentenced("V020", "twenty-five years for two charges", "有期徒刑", 300, two=True),
    _sentenced("V021", "three months, the least", "管制", 3),
    _sentenced("V021", "two years for one charge", "管制", 24),
    _sentenced("V021", "three years for two charges", "管制", 36, two=True),
    _pros(
        "V022",
        "as long as the term, which is a year",
        imprisoned(suspended=True, advice="range"),
        {"j_term": 12, "j_probation": 12, "sr_imp_from": 12, "sr_imp_to": 14},
    ),
    _pros("V022", "five years, the most", imprisoned(suspended=True), {"j_probation": 60}),
    _pros("V022", "a short detention: two months", imprisoned(kind="拘役", suspended=True), _SHORT),
]

TEXTS = [
    *_both("V029", "no occupation is an answer", {"occupation": "无"}, "occupation"),
    *_both("V029", "two characters", {"household": "汉东"}, "household"),
    _pros("V029", "two characters", ALONE, {"summary": "属实"}, "summary"),
]

NEAR_OWN_ROW_VALIDITY: tuple[Plant, ...] = (*NUMBERS, *IDENTITIES, *CHARGES, *DICTIONARIES, *DATES, *AMOUNTS, *TEXTS)
