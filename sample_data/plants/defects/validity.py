"""Plants of wrong values: the V rules on numbers, identities, dictionaries, dates, amounts, terms and texts."""

from collections.abc import Mapping
from typing import Any

from sample_data.matter import Row, Value
from sample_data.people import id_check_digit
from sample_data.planting import COMMON, Change, Plant
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    contested,
    dropped,
    edited,
    imprisoned,
    no_arrest,
    refused,
    same_as,
    shifted,
    tried,
    unit_case,
)

ALONE = no_arrest(tried())
BAILED = no_arrest(tried())
TO_JAIL = imprisoned()


def earlier_year(number: str) -> str:
    """The case number with a year that is three years back."""
    start = number.index("[") + 1
    return f"{number[:start]}{int(number[start : start + 4]) - 3}{number[start + 4 :]}"


def _wrong_digit(number: str) -> str:
    return number[:-1] + ("1" if number[-1] == "X" else str((int(number[-1]) + 1) % 10))


def _unknown_province(number: str) -> str:
    return (first17 := "97" + number[2:17]) + id_check_digit(first17)


def _wrong_sign(code: str) -> str:
    return code[:-1] + ("A" if code[-1] != "A" else "B")


def _other_sex(row: Row) -> Value:
    return "女" if row["sex"] == "男" else "男"


def _named(name: str) -> dict[str, Change]:
    """A bad name that the case name repeats."""
    return {"name": name, "case_name": lambda row: str(row["case_name"]).replace(str(row["name"]), name)}


def _on_both(rule_id: str, changes: Mapping[str, Change], *, weight: int = 1) -> list[Plant]:
    """The same slip on a prosecution card and on an arrest card, each with nothing beside it to disagree."""
    return [
        Plant(rule_id, "prosecution", ALONE, changes, weight=weight),
        Plant(rule_id, "arrest", arrest_alone(), changes, weight=weight),
    ]


NUMBERS = [
    *_on_both("V001", {"bmsah": edited("bmsah", lambda n: n.replace("[", "〔").replace("]", "〕"))}),
    *_on_both("V001", {"bmsah": edited("bmsah", lambda n: n.removesuffix("号"))}),
    Plant("V001", "measure", BAILED, {"bmsah": edited("bmsah", lambda n: n.replace("[", "（").replace("]", "）"))}),
    *_on_both("V002", {"bmsah": edited("bmsah", earlier_year)}),
    *_on_both("V003", {"unit_code": "770102"}),
    *_on_both("V004", {"tysah": "7701012026000122"}, weight=COMMON),
    *_on_both("V004", {"tysah": edited("tysah", lambda n: n[:-1])}),
    Plant("V005", "prosecution", ALONE, {"case_type": "二审上诉案件"}),
    Plant("V005", "arrest", arrested(), {"case_type": "立案监督案件"}),
    Plant(
        "V032",
        "arrest",
        arrested(),
        {"decision_doc_no": edited("decision_doc_no", lambda n: n.replace("〔", "[").replace("〕", "]"))},
        "decision_doc_no",
    ),
    Plant(
        "V032",
        "prosecution",
        tried(),
        {"indict_doc_no": edited("indict_doc_no", lambda n: n.replace("〕", "〕第"))},
        "indict_doc_no",
    ),
    Plant(
        "V032",
        "prosecution",
        dropped(),
        {"nonpros_doc_no": edited("nonpros_doc_no", lambda n: n.replace("〕", "〕0"))},
        "nonpros_doc_no",
    ),
]

IDENTITIES = [
    *_on_both("V006", {"id_no": edited("id_no", lambda n: n[:-1])}, weight=COMMON),
    *_on_both("V006", {"id_no": edited("id_no", lambda n: n[:6] + "O" + n[7:])}),
    *_on_both("V007", {"id_no": edited("id_no", _wrong_digit)}, weight=COMMON),
    *_on_both("V008", {"birth_date": shifted("birth_date", 1)}),
    *_on_both("V009", {"sex": _other_sex}),
    *_on_both("V010", {"id_no": edited("id_no", _unknown_province)}),
    Plant("V011", "prosecution", unit_case(), {"uscc": edited("uscc", _wrong_sign)}, rows="unit"),
    *_on_both("V025", _named("示例某"), weight=COMMON),
    *_on_both("V025", _named("样本 乙")),
    *_on_both("V025", _named("虚构2")),
    *_on_both("V026", {"age_at_crime": 135, "crime_start": None}),
]

CHARGES = [
    *_on_both("V014", {"p_close_other": same_as("p_close_charge")}),
    *_on_both("V014", {"transfer_other_charges": same_as("transfer_charge")}),
    Plant("V030", "arrest", arrested(), {"a_other": same_as("a_charge")}),
    Plant("V031", "prosecution", tried(), {"ps_other_charges": same_as("ps_charge")}),
    Plant("V031", "prosecution", tried(), {"close_other_charges": same_as("close_charge")}),
    Plant("V031", "prosecution", tried(), {"j_other": same_as("j_charge")}),
]


def _wrong(
    rule_id: str, card: str, wants: Mapping[str, Any], values: Mapping[str, Value], weight: int = 1
) -> list[Plant]:
    """One plant per item with the bad text it gets."""
    return [Plant(rule_id, card, wants, {name: value}, name, weight=weight) for name, value in values.items()]


_CHARGE_ITEMS = ("transfer_charge", "ps_charge", "p_close_charge", "close_charge", "j_charge")

DICTIONARIES = [
    *_wrong(
        "V012",
        "prosecution",
        tried(charge=("开设赌场罪", "帮助信息网络犯罪活动罪")),
        {
            "education": "初中毕业",
            "political": "团员",
            "defender_type": "指定律师",
            "is_focus": "不清楚",
            "casualty": "骨折",
            "judge_doc_type": "判决书",
            "trial_plea_state": "适用",
            "transfer_opinion": "起诉",
            "joint_nature": "共犯",
            "victim_info": "路人",
            "invest_org_type": "公安",
        },
        COMMON,
    ),
    *_wrong("V012", "prosecution", ALONE, {"ethnic": "汉"}),
    *_wrong("V012", "arrest", arrest_alone(), {"ethnic": "回"}),
    *_wrong("V012", "prosecution", dropped(), {"nonpros_article": "177条第2款"}),
    Plant(
        "V012",
        "prosecution",
        tried(charge="危险驾驶罪"),
        dict.fromkeys(_CHARGE_ITEMS, "危险驾驶"),
        "transfer_charge",
        also=tuple(("V012", name) for name in _CHARGE_ITEMS[1:]),
    ),
    Plant("V012", "prosecution", tried(persons=2), {"telecom_flag": "不明"}, "telecom_flag", "every"),
    *_wrong(
        "V012",
        "arrest",
        arrested(charge=("开设赌场罪", "帮助信息网络犯罪活动罪")),
        {
            "education": "本科在读",
            "exec_state": "执行完毕",
            "is_complex": "一般",
            "victim_info": "路人",
            "invest_org_type": "公安",
        },
        COMMON,
    ),
    *_wrong("V012", "measure", BAILED, {"decide_org": "示例分局", "bail_mode": "交钱", "end_reason": "结案"}),
    *_wrong(
        "V027",
        "prosecution",
        tried(charge="盗窃罪"),
        {"victim_info": "无,自然人", "special_work": "无,涉及生态环境", "prior_record": "无,行政处罚"},
    ),
    *_wrong("V027", "prosecution", tried(charge="故意伤害罪"), {"casualty": "轻伤,无"}),
    *_wrong("V027", "arrest", arrested(charge="盗窃罪"), {"victim_info": "自然人,无", "prior_record": "无,不起诉"}),
]

DATES = [
    *_wrong(
        "V015",
        "prosecution",
        tried(),
        {
            "interrog_date": "2026-02-30",
            "plea_sign_date": "2026.13.01",
            "hear_victim_date": "3月5日",
            "hear_defender_date": "2099-01-01",
            "indict_date": "1976-01-01",
            "birth_date": "1985年",
            "hear_duty_lawyer_date": "待补",
        },
        COMMON,
    ),
    *_wrong(
        "V015",
        "arrest",
        arrested(),
        {"interrog_date": "2026/00/12", "lawyer_date": "2099-12-31", "served_date": "当日"},
        COMMON,
    ),
    *_wrong("V015", "measure", BAILED, {"exec_date": "2026-2-31", "apply_date": "待定"}),
]

AMOUNTS = [
    Plant("V016", "prosecution", tried(charge="盗窃罪"), {"amount": 8500}, weight=COMMON),
    Plant("V016", "prosecution", tried(charge="诈骗罪"), {"refunded": 30000}, weight=COMMON),
    Plant("V017", "prosecution", tried(charge="盗窃罪"), {"sr_fine_from": 3000}, "sr_fine_from"),
    *_wrong(
        "V018",
        "prosecution",
        imprisoned(),
        {
            "amount": "3万5千",
            "loss_amt": -2,
            "j_fine": "伍仟元",
            "j_term": "1年2个月",
            "joint_count": "三人",
            "recovered_amt": "约5万",
            "age_at_crime": "三十",
        },
        COMMON,
    ),
    *_wrong(
        "V018",
        "arrest",
        arrested(),
        {
            "age_at_crime": "三十",
        },
    ),
    Plant("V018", "measure", BAILED, {"bail_mode": "保证金", "bail_money": "伍仟"}, "bail_money"),
    Plant("V018", "measure", BAILED, {"bail_mode": "保证金", "bail_money": -1}, "bail_money"),
    Plant("V019", "prosecution", contested(charge="盗窃罪", kind="拘役"), {"j_term": 8}),
    Plant("V020", "prosecution", contested(charge="盗窃罪", kind="有期徒刑"), {"j_term": 3}, weight=COMMON),
    Plant("V020", "prosecution", contested(charge="盗窃罪", kind="有期徒刑"), {"j_term": 240}),
    Plant("V021", "prosecution", contested(charge="寻衅滋事罪", kind="管制"), {"j_term": 30}),
    Plant("V022", "prosecution", imprisoned(suspended=True), {"j_probation": 6}),
    Plant("V022", "prosecution", imprisoned(suspended=True), {"j_probation": 72}),
]

TEXTS = [
    *_wrong(
        "V029",
        "prosecution",
        tried(),
        {
            "unit_name": "11",
            "dept_name": "--",
            "prosecutor": "xx",
            "transfer_unit": "//",
            "invest_org": "不详",
            "occupation": "不详",
            "household": "无",
            "summary": "无",
        },
        COMMON,
    ),
    Plant("V029", "prosecution", tried(persons=2), {"summary": "测试"}, "summary", "every"),
    *_wrong(
        "V029",
        "arrest",
        refused(),
        {"prosecutor": "--", "transfer_unit": "/", "occupation": "xx", "household": "不详", "invest_org": "11"},
        COMMON,
    ),
]

PLANTS = [*NUMBERS, *IDENTITIES, *CHARGES, *DICTIONARIES, *DATES, *AMOUNTS, *TEXTS]
