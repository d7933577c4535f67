"""Plants of blank items: the C rules, T041 and T049."""

from collections.abc import Mapping, Sequence
from typing import Any

from sample_data.courses.crimes import CONCEALING
from sample_data.planting import COMMON, Change, Plant
from sample_data.plants.wants import (
    CASUALTY_CHARGE,
    PROPERTY_CHARGE,
    VICTIM_CHARGE,
    arrest_alone,
    arrested,
    conditional,
    contested,
    dropped,
    imprisoned,
    no_arrest,
    refused,
    shifted,
    tried,
    unit_case,
)

_NO_RECOMMENDATION: dict[str, Change] = dict.fromkeys(
    ("sr_kind", "sr_imp_from", "sr_imp_to", "sr_det_from", "sr_con_from", "sr_fine_from", "sr_probation", "sr_accepted")
)
ALONE = no_arrest(imprisoned(), "none")


def blank(
    rule_id: str, card: str, wants: Mapping[str, Any], name: str, *, per_case: bool = False, weight: int = 1
) -> Plant:
    """A rule about one item: that item is left blank."""
    return Plant(rule_id, card, wants, {name: None}, per_case=per_case, weight=weight)


def each_blank(
    rule_id: str,
    card: str,
    wants: Mapping[str, Any],
    names: Sequence[str],
    *,
    per_case: bool = False,
    rows: Any = "first",
    weight: int = 1,
) -> list[Plant]:
    """An `each` rule: one plant per item left blank."""
    return [Plant(rule_id, card, wants, {name: None}, name, rows, per_case, weight=weight) for name in names]


PROSECUTION = [
    blank("C001", "prosecution", tried(), "ps_charge", weight=COMMON),
    blank("C003", "prosecution", tried(), "p_indict_date", weight=COMMON),
    *each_blank("C004", "prosecution", imprisoned(recent=300), ("j_date", "j_charge", "j_kind")),
    blank("C005", "prosecution", tried(), "sr_kind"),
    blank("C006", "prosecution", imprisoned(), "sr_imp_from"),
    Plant("C007", "prosecution", contested(), {"sr_accepted": "是"}),
    blank("C008", "prosecution", tried(remedy="protest"), "protest_reason"),
    blank("C009", "prosecution", tried(remedy="protest"), "protest_accepted"),
    blank("C010", "prosecution", tried(remedy="protest"), "upper_result"),
    *each_blank(
        "C011",
        "prosecution",
        tried(charge="销售假冒注册商标的商品罪"),
        ("ip_ent_type", "ip_ent_capital", "ip_ent_country"),
        per_case=True,
    ),
    blank("C012", "prosecution", tried(charge=CONCEALING), "conceal_form", weight=COMMON),
    blank("C013", "prosecution", tried(charge=VICTIM_CHARGE), "victim_info", per_case=True, weight=COMMON),
    Plant(
        "C013",
        "prosecution",
        dropped(charge=VICTIM_CHARGE, persons=2),
        {"victim_info": "无"},
        rows="every",
        per_case=True,
        weight=COMMON,
    ),
    blank("C014", "prosecution", tried(charge=CASUALTY_CHARGE), "casualty", per_case=True, weight=COMMON),
    Plant("C014", "prosecution", tried(charge=CASUALTY_CHARGE), {"casualty": "无"}, per_case=True, weight=COMMON),
    blank("C015", "prosecution", tried(charge=PROPERTY_CHARGE), "recovery_flag", per_case=True, weight=COMMON),
    Plant(
        "C015", "prosecution", dropped(charge=PROPERTY_CHARGE), {"recovery_flag": "否"}, per_case=True, weight=COMMON
    ),
    blank("C016", "prosecution", tried(charge=PROPERTY_CHARGE), "amount", weight=COMMON),
    blank("C016", "prosecution", dropped(charge=PROPERTY_CHARGE), "amount", weight=COMMON),
    blank("C017", "prosecution", tried(), "p_close_charge"),
    blank("C018", "prosecution", tried(), "p_result"),
    *each_blank("C021", "prosecution", dropped(), ("nonpros_date", "nonpros_doc_no")),
    Plant("C022", "prosecution", tried(), {"sr_type": None, **_NO_RECOMMENDATION}, weight=COMMON),
    Plant("C022", "prosecution", tried(), {"sr_type": "未提出", **_NO_RECOMMENDATION}, weight=COMMON),
    blank("C023", "prosecution", tried(), "plea_sign_date", weight=COMMON),
    blank("C023", "prosecution", dropped(), "plea_sign_date", weight=COMMON),
    *each_blank(
        "C024",
        "prosecution",
        tried(),
        ("sex", "id_type", "id_no", "birth_date", "ethnic", "education", "occupation", "household"),
        weight=COMMON,
    ),
    *each_blank("C025", "prosecution", unit_case(), ("uscc", "legal_rep", "lit_rep"), rows="unit"),
    *each_blank("C026", "prosecution", conditional(), ("probation_from", "probation_to")),
    blank("C028", "prosecution", imprisoned(), "j_term"),
    blank("C029", "prosecution", imprisoned(suspended=True), "j_probation", weight=COMMON),
    blank("C030", "prosecution", imprisoned(), "j_fine", weight=COMMON),
    blank("C031", "prosecution", tried(), "trial_procedure", per_case=True, weight=COMMON),
    blank("C032", "prosecution", tried(), "court_date", per_case=True, weight=COMMON),
    Plant(
        "C034",
        "prosecution",
        tried(),
        {"early_type": "侦查机关商请介入", "early_date": None, "early_mode": "查阅案卷材料"},
        "early_date",
        per_case=True,
    ),
    Plant(
        "C034",
        "prosecution",
        tried(),
        {"early_type": "侦查机关商请介入", "early_date": shifted("accept_date", -9), "early_mode": None},
        "early_mode",
        per_case=True,
    ),
    Plant("C035", "prosecution", tried(), {"is_campaign": "是", "campaign_name": None}, per_case=True),
    Plant("C035", "prosecution", tried(), {"is_campaign": "是", "campaign_name": "无"}, per_case=True),
    Plant("C036", "prosecution", tried(), {"fugitive_count": 1, "fugitive_names": None}, per_case=True),
    Plant("C036", "prosecution", tried(), {"fugitive_count": 2, "fugitive_names": "无"}, per_case=True),
    *each_blank(
        "C039",
        "prosecution",
        tried(),
        ("invest_org", "transfer_unit", "transfer_charge", "opinion_doc_no"),
        per_case=True,
    ),
    blank("C050", "prosecution", no_arrest(tried(), "none"), "p_close_date"),
    blank("C051", "prosecution", tried(), "close_date", per_case=True),
]

ARREST = [
    blank("C002", "arrest", arrested(), "a_charge", weight=COMMON),
    blank("C012", "arrest", arrested(charge=CONCEALING), "conceal_form"),
    blank("C013", "arrest", refused(charge=VICTIM_CHARGE), "victim_info", per_case=True, weight=COMMON),
    Plant("C013", "arrest", arrest_alone(charge="盗窃罪"), {"victim_info": "无"}, per_case=True, weight=COMMON),
    blank("C014", "arrest", arrested(charge="故意伤害罪"), "casualty", per_case=True, weight=COMMON),
    blank("C017", "arrest", arrested(), "p_close_charge"),
    blank("C018", "arrest", refused(), "p_result"),
    blank("C019", "arrest", refused(), "no_arrest_ground", weight=COMMON),
    blank("C020", "arrest", arrested(), "must_arrest_grounds", weight=COMMON),
    *each_blank(
        "C039",
        "arrest",
        arrested(),
        ("invest_org", "transfer_unit", "transfer_charge", "request_doc_no"),
        per_case=True,
    ),
    blank("C050", "arrest", arrested(), "p_close_date"),
    blank("C051", "arrest", refused(), "close_date", per_case=True),
]

MEASURE = [
    *each_blank("C037", "measure", no_arrest(tried()), ("kind", "decide_org", "decide_date")),
    Plant("C038", "measure", no_arrest(tried()), {"bail_mode": None, "bail_money": None}, weight=COMMON),
    Plant("C038", "measure", no_arrest(tried()), {"bail_mode": "保证金", "bail_money": None}, weight=COMMON),
]

_T041 = (
    "bmsah tysah case_name case_type unit_name unit_code dept_name prosecutor accept_date invest_org_type",
    "request_date telecom_flag close_result name is_unit sex id_type id_no birth_date ethnic age_at_crime is_minor",
    "prior_record measure_at_request detain_date is_missed_arrest_req interrogated decision_doc_no served_date",
)
_T049 = (
    "bmsah tysah case_name case_type unit_name unit_code dept_name prosecutor accept_date invest_org_type",
    "transfer_opinion is_unit_crime from_other_unit telecom_flag close_charge close_result case_plea indict_doc_no",
    "summary suspect_no is_unit name age_at_crime nationality prior_record measure_at_transfer measure_before_close",
    "is_missed_arrest is_filing_superv is_added_prosec plea found_factors sr_accepted trial_plea trial_plea_state",
    "j_factors j_change",
)

FINISHED = [
    *each_blank("T041", "arrest", arrested(), " ".join(_T041).split(), weight=COMMON),
    *each_blank("T041", "arrest", arrest_alone("不批准逮捕", request_measure="取保候审", recent=200), ["suspect_no"]),
    *each_blank("T049", "prosecution", ALONE, " ".join(_T049).split(), weight=COMMON),
    *each_blank("T049", "prosecution", ALONE | {"returns": 2}, ["ret2_reason"]),
    *each_blank("T049", "prosecution", ALONE | {"persons": 2}, ["joint_nature"], rows="every"),
]

PLANTS = [*PROSECUTION, *ARREST, *MEASURE, *FINISHED]
