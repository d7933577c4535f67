"""Plants of the rules that hold on every main card, for the cards beside arrest, prosecution and measure."""

from collections.abc import Mapping
from typing import Any

from sample_data.matter import Value
from sample_data.planting import Change, Plant
from sample_data.plants.defects.duplicates import SIDE
from sample_data.plants.defects.other_cards import HEARD, PROTESTED
from sample_data.plants.defects.stages import CONDITIONAL
from sample_data.plants.defects.validity import earlier_year
from sample_data.plants.wants import edited, shifted

CARDS: Mapping[str, Mapping[str, Any]] = {
    **SIDE,
    "second_instance": PROTESTED,
    "hearing": HEARD,
    "juvenile": CONDITIONAL,
}
"""A matter with exactly one row on each of the cards."""
NUMBERED = tuple(card for card in CARDS if card != "hearing")
FILED = (*SIDE, "second_instance")
ACCEPTED = ("second_instance", "civil", "admin", "petition", "supervision")
"""Cards that tell a case number, an office with a case type, and a day of acceptance."""

_STRANGE: Mapping[str, Mapping[str, Value]] = {
    "second_instance": {"s_charge": "盗窃", "s_addl": "罚款"},
    "pil": {"clue_source": "其他来源", "field": "环保", "urgent": "不清楚"},
    "civil": {"source": "申请监督", "ground": "理由不明", "sham": "待查"},
    "admin": {"act_type": "罚款", "source": "申请监督"},
    "petition": {"channel": "电话", "hearing": "没有"},
    "execution": {"target_type": "监狱局", "charge": "盗窃"},
    "suggestion": {"serve_mode": "当面", "rectify_state": "整改中"},
    "hearing": {"mode": "公开", "live": "直播"},
    "supervision": {"superv_kind": "监督立案", "accepted": "采纳"},
    "juvenile": {"legal_aid": "有", "probation_result": "合格"},
}
_DATES: Mapping[str, Value] = {
    "second_instance": "2026-02-30",
    "pil": "2099-01-01",
    "civil": "3月5日",
    "admin": "待定",
    "petition": "1978-12-31",
    "execution": "2026.13.01",
    "suggestion": "已备案",
    "hearing": "2026/00/12",
    "supervision": "2026-6-31",
    "juvenile": "补做",
}
DATE_ITEMS: Mapping[str, str] = {
    "second_instance": "court_date",
    "pil": "followup_date",
    "civil": "hearing_date",
    "admin": "served_date",
    "petition": "aid_req",
    "execution": "ruling_date",
    "suggestion": "record_date",
    "hearing": "hear_date",
    "supervision": "answer_date",
    "juvenile": "social_survey_date",
}
"""A date of each card that no other rule compares on the rows used."""
_NUMBERS: Mapping[str, Value] = {
    "second_instance": "5千",
    "pil": -1,
    "civil": "约10万",
    "petition": "三千元",
    "execution": "五",
    "hearing": "十余人",
    "juvenile": "十六",
}
NUMBER_ITEMS: Mapping[str, str] = {
    "second_instance": "j_fine",
    "pil": "claim_amt",
    "civil": "amount",
    "petition": "aid_amt",
    "execution": "overdue_days",
    "hearing": "n_attend",
    "juvenile": "age_at_crime",
}
"""A number of each card that has any."""
_LISTS: Mapping[str, Mapping[str, str]] = {
    "second_instance": {"s_addl": "无,罚金"},
    "civil": {"ground": "适用法律确有错误,无"},
    "admin": {"resolve_mode": "无,其他"},
    "supervision": {"followup": "无,批准逮捕"},
}
_TYPES = {"supervision": "检察建议案件"}


def _each(rule_id: str, card: str, name: str, value: Change, **plant_fields: Any) -> Plant:
    return Plant(rule_id, card, CARDS[card], {name: value}, name, **plant_fields)


NUMBERS = [
    *[
        Plant("V001", card, CARDS[card], {"bmsah": edited("bmsah", edit)})
        for card in NUMBERED
        for edit in (lambda n: n.replace("[", "〔").replace("]", "〕"), lambda n: n.removesuffix("号"))
    ],
    *[Plant("V002", card, CARDS[card], {"bmsah": edited("bmsah", earlier_year)}) for card in ACCEPTED],
    *[Plant("V003", card, CARDS[card], {"unit_code": "770102"}) for card in FILED],
    *[Plant("V004", card, CARDS[card], {"tysah": "7701012026000122"}) for card in FILED],
    *[Plant("V005", card, CARDS[card], {"case_type": _TYPES.get(card, "立案监督案件")}) for card in FILED],
    *[Plant("L001", card, CARDS[card], {"close_date": shifted("accept_date", -3)}) for card in ACCEPTED],
]

VALUES = [
    *[_each("V012", card, name, value) for card, items in _STRANGE.items() for name, value in items.items()],
    *[_each("V015", card, DATE_ITEMS[card], value) for card, value in _DATES.items()],
    *[_each("V018", card, NUMBER_ITEMS[card], value) for card, value in _NUMBERS.items()],
    *[_each("V012", card, name, value) for card, items in _LISTS.items() for name, value in items.items()],
]

PLANTS = [*NUMBERS, *VALUES]
