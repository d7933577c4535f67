"""Plants of lawful facts that ask for a second look: the P hints, on every card they apply to."""

from collections.abc import Mapping

from sample_data.matter import Value
from sample_data.planting import Plant
from sample_data.plants.wants import arrested, contested, refused, tried

_TERROR = "帮助恐怖活动罪"


def _case_facts(rule_id: str, changes: Mapping[str, Value]) -> list[Plant]:
    """A fact of the whole case, on a card of either stage."""
    return [
        Plant(rule_id, card, wants, changes, per_case=True)
        for card, wants in (("prosecution", tried()), ("arrest", arrested()))
    ]


def _person_facts(rule_id: str, changes: Mapping[str, Value]) -> list[Plant]:
    """A fact of one suspect, on a card of either stage."""
    return [Plant(rule_id, card, wants, changes) for card, wants in (("prosecution", tried()), ("arrest", arrested()))]


PLANTS = [
    Plant(
        "P001",
        "prosecution",
        tried(charge="袭警罪"),
        dict.fromkeys(("transfer_charge", "ps_charge", "p_close_charge", "close_charge", "j_charge"), _TERROR),
    ),
    Plant(
        "P001",
        "arrest",
        arrested(charge="袭警罪"),
        dict.fromkeys(("transfer_charge", "a_charge", "p_close_charge"), _TERROR),
    ),
    *_case_facts("P002", {"violence_ctx": "涉及家庭暴力"}),
    *_case_facts("P003", {"violence_ctx": "涉及校园暴力"}),
    *_case_facts("P004", {"med_dispute": "是"}),
    *_case_facts("P004", {"med_beauty": "是"}),
    *_case_facts("P005", {"foreign_flag": "是"}),
    *_case_facts("P005", {"hmt_flag": "涉港,涉台"}),
    *_case_facts("P006", {"nonpublic_econ": "是"}),
    *_person_facts("P007", {"gang_flag": "是"}),
    *_person_facts("P007", {"umbrella_gang": "是"}),
    *_person_facts("P008", {"evil_flag": "是"}),
    *_case_facts("P009", {"special_work": "涉及食品安全"}),
    *_case_facts("P009", {"special_work": "涉及农资,涉及食用农产品安全"}),
    Plant("P010", "arrest", refused(), {"no_arrest_ground": "其他不捕"}),
    Plant("P011", "prosecution", tried(), {"transfer_opinion": "移送不起诉"}, per_case=True),
    Plant(
        "P012",
        "prosecution",
        contested(charge="盗窃罪", kind="有期徒刑"),
        {"j_kind": "无罪", "j_term": None, "j_fine": None, "j_addl": None},
    ),
]
