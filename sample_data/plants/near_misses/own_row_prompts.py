"""Near misses of the prompts: facts that look like those the prompts ask about but are not; they are lawful."""

from collections.abc import Mapping
from typing import Any

from sample_data.planting import Change, Plant
from sample_data.plants.near_misses.own_row_values import PER_CASE
from sample_data.plants.wants import arrest_alone, arrested, contested, dropped, no_arrest, refused, tried

REFUSED_EVIDENCE = "拒绝提供间谍犯罪、恐怖主义犯罪、极端主义犯罪证据罪"
_CHARGE_ITEMS = ("transfer_charge", "ps_charge", "p_close_charge", "close_charge", "j_charge")
_ARREST_CHARGE_ITEMS = ("transfer_charge", "a_charge", "p_close_charge")


def _pros(
    rule_id: str, why: str, wants: Mapping[str, Any], changes: Mapping[str, Change], rows: Any = "first"
) -> Plant:
    """A near miss on a prosecution card."""
    return Plant(rule_id, "prosecution", wants, changes, rows=rows, near=why, per_case=rule_id in PER_CASE)


def _both(rule_id: str, why: str, changes: Mapping[str, Change], **course: Any) -> list[Plant]:
    """The same near miss on a card of either stage."""
    stages = (("prosecution", tried(**course)), ("arrest", arrested(**course)))
    return [Plant(rule_id, card, wants, changes, near=why, per_case=rule_id in PER_CASE) for card, wants in stages]


NEAR_OWN_ROW_PROMPTS: tuple[Plant, ...] = (
    _pros(
        "P001",
        "one charge that names spies and terrorists, but is none of theirs",
        no_arrest(tried(charge="招摇撞骗罪"), "none"),
        dict.fromkeys(_CHARGE_ITEMS, REFUSED_EVIDENCE),
    ),
    Plant(
        "P001",
        "arrest",
        arrest_alone(charge="招摇撞骗罪"),
        dict.fromkeys(_ARREST_CHARGE_ITEMS, REFUSED_EVIDENCE),
        near="one charge that names spies and terrorists, but is none of theirs",
    ),
    *_both("P002", "violence, but of no such kind", {"violence_ctx": "无"}, charge="故意伤害罪"),
    *_both("P002", "blank is none", {"violence_ctx": None}, charge="寻衅滋事罪"),
    *_both(
        "P003",
        "a minor as victim, but no school",
        {"victim_info": "自然人,未成年人", "violence_ctx": "无"},
        charge="故意伤害罪",
    ),
    *_both("P003", "blank is none", {"violence_ctx": None}, charge="寻衅滋事罪"),
    *_both("P004", "three ways to say no", {"med_dispute": "否", "med_beauty": "N", "med_device": "×"}),
    *_both("P005", "three ways to say no", {"foreign_flag": "n", "hmt_flag": "否", "polsec_flag": "0"}),
    *_both("P005", "blank is no", dict.fromkeys(("foreign_flag", "hmt_flag", "polsec_flag"))),
    *_both("P006", "a unit as victim, but no harm to the economy", {"nonpublic_econ": "否"}, charge="职务侵占罪"),
    _pros(
        "P007",
        "a criminal group is no gang",
        tried(persons=2),
        {"joint_nature": "犯罪集团", "gang_flag": "否"},
        "every",
    ),
    Plant("P007", "arrest", arrested(), {"gang_flag": "false", "umbrella_gang": "否"}, near="two ways to say no"),
    _pros(
        "P008", "a band is no evil force", tried(persons=2), {"joint_nature": "犯罪团伙", "evil_flag": "否"}, "every"
    ),
    Plant("P008", "arrest", arrested(), {"evil_flag": "N", "umbrella_evil": None}, near="N is no, blank is no"),
    *_both("P009", "other work than food and medicine", {"special_work": "涉及生态环境、涉及安全生产"}),
    *_both("P009", "the old, not food", {"special_work": "涉及养老诈骗"}, charge="诈骗罪"),
    Plant("P010", "arrest", refused(), {"no_arrest_ground": "证据不足其它情形"}, near="another ground with 其他 in it"),
    Plant("P010", "arrest", arrested(), {}, near="arrested, so there is no such ground"),
    _pros("P011", "sent to be charged, and not charged", dropped(), {"transfer_opinion": "移送起诉"}),
    _pros(
        "P012",
        "the lightest sentence, but a sentence",
        contested(charge="招摇撞骗罪", kind="管制"),
        {"j_kind": "单处附加刑", "j_term": None, "j_addl": "剥夺政治权利"},
    ),
)
"""Every near miss of the prompts."""
