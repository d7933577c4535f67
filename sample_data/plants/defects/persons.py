"""Plants of cases that do not agree with their persons, and of the rows of one case that do not agree with each other."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sample_data.matter import Row, Value
from sample_data.planting import COMMON, Change, Plant
from sample_data.plants.reshaping import OTHER_BMSAH
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    contested,
    day_of,
    dropped,
    edited,
    no_arrest,
    refused,
    same_as,
    shifted,
    tried,
)

UNPLEADED: Mapping[str, Change] = {
    "plea": "否",
    "plea_sign_date": None,
    "plea_lawyer": None,
    "trial_plea_state": "审查起诉未适用",
}
"""What a suspect's row says who pleads guilty only at the trial."""
ARREST_CHARGES = ("transfer_charge", "a_charge", "p_close_charge")


def two(wants: Mapping[str, Any], **wishes: Any) -> dict[str, Any]:
    """The same course with two suspects."""
    return {**wants, "persons": 2, **wishes}


def added(name: str, value: str) -> Change:
    """One more value in a list of the clean row."""
    return lambda row: ",".join([*(v for v in str(row[name]).split(",") if v != "无"), value])


def _next_day(row: Row) -> Value:
    """The day after the acceptance, or the day before at the end of the year."""
    accept = day_of(row, "accept_date")
    after = accept + timedelta(days=1)
    return after if after.year == accept.year else accept - timedelta(days=1)


def as_juvenile(row: Row) -> Value:
    """The case number with the class word of juvenile cases."""
    return edited("bmsah", lambda number: number.replace("刑诉受", "未诉受").replace("刑捕受", "未捕受"))(
        {**row, **{name: edit(row) for name, edit in OTHER_BMSAH.items() if callable(edit)}}
    )


def _as_adult(row: Row) -> Value:
    return edited("bmsah", lambda number: number.replace("未诉受", "刑诉受").replace("未捕受", "刑捕受"))(
        {**row, **{name: edit(row) for name, edit in OTHER_BMSAH.items() if callable(edit)}}
    )


CASE_NAMES = [
    Plant("V028", "prosecution", tried(), {"case_name": "另案嫌疑人盗窃案"}, per_case=True, weight=COMMON),
    Plant(
        "V028",
        "prosecution",
        two(tried()),
        {"case_name": edited("case_name", lambda name: name.replace("等2人", "等3人"))},
        rows="every",
        per_case=True,
        weight=COMMON,
    ),
    Plant("V028", "arrest", arrest_alone(), {"case_name": "另案嫌疑人盗窃案"}, per_case=True),
    Plant(
        "V028",
        "arrest",
        two(arrest_alone()),
        {"case_name": edited("case_name", lambda name: name.replace("等2人", "等4人"))},
        rows="every",
        per_case=True,
    ),
]

CHARGES = [
    Plant("X001", "arrest", two(arrest_alone(charge="盗窃罪")), {"a_charge": "袭警罪"}, rows="last", weight=COMMON),
    Plant("X002", "arrest", arrest_alone(), {"transfer_charge": "非法经营罪"}, per_case=True, weight=COMMON),
    Plant("X002", "arrest", arrest_alone(charge="诈骗罪"), {"transfer_charge": "合同诈骗罪"}, per_case=True),
    Plant(
        "X003",
        "arrest",
        two(arrest_alone()),
        {"transfer_other_charges": "袭警罪"},
        rows="every",
        per_case=True,
        weight=2,
    ),
    Plant(
        "X004",
        "prosecution",
        two(no_arrest(tried())),
        {"ps_charge": "容留他人吸毒罪", "change_transfer": "改变定性"},
        rows="last",
        weight=COMMON,
    ),
    Plant("X005", "prosecution", no_arrest(tried()), {"transfer_charge": "非法经营罪"}, per_case=True, weight=COMMON),
    Plant("X005", "prosecution", no_arrest(tried(charge="诈骗罪")), {"transfer_charge": "合同诈骗罪"}, per_case=True),
    Plant(
        "X006",
        "prosecution",
        two(no_arrest(tried())),
        {"transfer_other_charges": "偷越国（边）境罪"},
        rows="every",
        per_case=True,
    ),
]

RESULTS = [
    Plant("X007", "arrest", arrested(), {"close_result": "不批准逮捕"}, per_case=True, weight=COMMON),
    Plant("X007", "arrest", two(arrested()), {"close_result": "不批准逮捕"}, rows="every", per_case=True),
    Plant("X007", "arrest", two(refused()), {"close_result": "批准逮捕"}, rows="every", per_case=True),
    Plant("X008", "prosecution", tried(), {"case_plea": "否"}, per_case=True, weight=COMMON),
    Plant("X008", "prosecution", two(tried()), {"case_plea": "否"}, rows="every", per_case=True),
    Plant("X008", "prosecution", two(contested()), {"case_plea": "是"}, rows="every", per_case=True),
    Plant("X017", "prosecution", tried(), {"close_date": shifted("close_date", 2)}, per_case=True, weight=COMMON),
    Plant("X018", "prosecution", tried(), {"close_result": "其他情节轻微不起诉"}, per_case=True, weight=COMMON),
    Plant(
        "X018",
        "prosecution",
        two(dropped("其他证据不足不起诉")),
        {"close_result": "起诉", "indict_doc_no": same_as("nonpros_doc_no")},
        rows="every",
        per_case=True,
    ),
    Plant("C052", "prosecution", tried(), {"judge_date": None}, per_case=True, weight=COMMON),
    Plant("C052", "prosecution", two(tried()), {"judge_date": None}, rows="every", per_case=True),
]

COUNTS = [
    Plant("X016", "prosecution", tried(persons=3), {"joint_count": 2}, rows="every", per_case=True, weight=COMMON),
    Plant(
        "X016",
        "prosecution",
        two(tried()),
        {"joint_count": 2, "fugitive_count": 1, "fugitive_names": "绰号“示例阿丙”"},
        rows="every",
        per_case=True,
    ),
]

KINDS = [
    *[
        Plant("L042", card, wants, {"bmsah": as_juvenile, "case_type": f"{case_type}（未检）"}, per_case=True)
        for card, wants, case_type in (
            ("prosecution", no_arrest(tried()), "一审公诉案件"),
            ("arrest", arrest_alone(), "审查逮捕案件"),
        )
    ],
    *[
        Plant(
            "L043",
            card,
            {**wants, "minor": True, "charge": "盗窃罪"},
            {"bmsah": _as_adult, "case_type": case_type},
            per_case=True,
        )
        for card, wants, case_type in (
            ("prosecution", no_arrest(tried()), "一审公诉案件"),
            ("arrest", arrest_alone(), "审查逮捕案件"),
        )
    ],
    Plant("L033", "prosecution", tried(charge=("危险驾驶罪", "交通肇事罪")), {"telecom_flag": "是"}, per_case=True),
    Plant("L033", "arrest", arrested(charge="交通肇事罪"), {"telecom_flag": "是"}, per_case=True),
    Plant("L038", "prosecution", tried(charge=("诈骗罪", "开设赌场罪")), {"casualty": "轻伤"}, per_case=True),
    Plant("L038", "arrest", arrest_alone(charge=("诈骗罪", "开设赌场罪")), {"casualty": "轻微伤"}, per_case=True),
    Plant(
        "L017",
        "prosecution",
        tried(),
        {"found_factors": added("found_factors", "聋哑或盲人"), "j_factors": added("j_factors", "聋哑或盲人")},
    ),
    Plant("L017", "prosecution", two(tried()), UNPLEADED, rows="last"),
    Plant(
        "L039",
        "prosecution",
        tried(),
        {"withdraw_date": shifted("p_close_date", 3), "withdraw_done_date": shifted("p_close_date", 6)},
        per_case=True,
        person_also=("P012",),
    ),
]


def _differing(card: str, wants: Mapping[str, Any], name: str, change: Change, **plant_fields: Any) -> Plant:
    """The last row of a case tells a case item otherwise than the first."""
    return Plant("X039", card, wants, {name: change}, name, "last", per_case=True, **plant_fields)


def _rows(card: str, wants: Mapping[str, Any], accessory: Mapping[str, Any]) -> list[Plant]:
    """Case items of either card that differ between two rows."""
    return [
        _differing(card, wants, "case_name", edited("case_name", lambda name: name.replace("案", "一案"))),
        _differing(card, wants, "case_type", "立案监督案件", person_also=("V005",)),
        _differing(card, wants, "unit_code", "770102", person_also=("V003",)),
        _differing(card, wants, "dept_name", "第十三检察部"),
        _differing(card, wants, "prosecutor", "示检另一", weight=COMMON),
        Plant(
            "X039",
            card,
            accessory,
            {
                "transfer_charge": same_as("transfer_other_charges"),
                "transfer_other_charges": same_as("transfer_charge"),
            },
            "transfer_charge",
            "last",
            per_case=True,
        ),
    ]


DIFFERING = [
    *_rows("prosecution", two(no_arrest(tried())), two(no_arrest(tried(charge="盗窃罪", accessory=True)))),
    *_rows("arrest", two(arrest_alone()), two(arrest_alone(charge="盗窃罪", accessory=True))),
    Plant(
        "X039",
        "prosecution",
        two(no_arrest(tried())),
        {"accept_date": _next_day, "notice_date": shifted("accept_date", 1)},
        "accept_date",
        "last",
        per_case=True,
    ),
    _differing("arrest", two(arrest_alone()), "accept_date", _next_day),
    _differing(
        "prosecution", two(no_arrest(tried())), "close_date", shifted("close_date", 1), also=(("X017", ""),), weight=2
    ),
    _differing("arrest", two(arrest_alone()), "close_date", shifted("close_date", 1)),
    _differing("prosecution", two(no_arrest(tried())), "close_result", "同意移送单位撤回"),
    _differing("arrest", two(arrest_alone()), "close_result", "同意撤回"),
]

PLANTS = [*CASE_NAMES, *CHARGES, *RESULTS, *COUNTS, *KINDS, *DIFFERING]
