"""Near misses of the required items: filled with the least that counts, with an alias, or with another written form.

A near miss is judged by its rule and is lawful. `EXEMPT_OWN_ROW_COMPLETENESS` are blank items the rule exempts, so
that it must not judge them.
"""

from collections.abc import Mapping
from typing import Any

from sample_data.courses.crimes import CONCEALING
from sample_data.courses.scenario import ORDINARY_TRIAL
from sample_data.matter import Row, Value
from sample_data.planting import Change, Plant
from sample_data.plants.near_misses.own_row_values import PER_CASE, ends, in_chinese, serial, with_unit
from sample_data.plants.wants import (
    PROPERTY_CHARGE,
    VICTIM_CHARGE,
    arrest_alone,
    arrested,
    conditional,
    contested,
    dropped,
    fast,
    imprisoned,
    no_arrest,
    refused,
    same_as,
    shifted,
    tried,
    unit_case,
)

BORDER = "偷越国（边）境罪"
HALF_WIDTH = "偷越国(边)境罪"
BRACKETS = "half-width brackets, still the charge"
BRAND = "销售假冒注册商标的商品罪"
ALONE = no_arrest(tried())
DROPPED = no_arrest(dropped(), "none")
_TERMS = ("kind", "imp_from", "imp_to", "det_from", "con_from", "fine_from", "probation")


def _pros(rule_id: str, why: str, wants: Mapping[str, Any], changes: Mapping[str, Change], field: str = "") -> Plant:
    """A near miss on a prosecution card."""
    return Plant(rule_id, "prosecution", wants, changes, field, near=why, per_case=rule_id in PER_CASE)


def _arrest(rule_id: str, why: str, wants: Mapping[str, Any], changes: Mapping[str, Change], field: str = "") -> Plant:
    """A near miss on an arrest card."""
    return Plant(rule_id, "arrest", wants, changes, field, near=why, per_case=rule_id in PER_CASE)


def _moved_to_trial() -> dict[str, Change]:
    """The recommendation made at the trial and none in the review."""

    def copy(name: str) -> Change:
        return lambda row: row.get(name)

    later = {f"sr2_{name}": copy(f"sr_{name}") for name in ("type", *_TERMS)}
    return {"sr_type": "未提出"} | dict.fromkeys(f"sr_{name}" for name in _TERMS) | later


def _a_year(row: Row) -> Value:
    return ends("probation_from", (12, 0), moves=False)(row)


_OWN_ACCORD: dict[str, Change] = {
    "early_type": "检察机关主动介入",
    "early_date": shifted("accept_date", -1),
    "early_mode": "书面意见",
}

REGISTERED = [
    _pros("C001", BRACKETS, tried(charge=BORDER), {"ps_charge": HALF_WIDTH}),
    _arrest("C002", BRACKETS, arrested(charge=BORDER), {"a_charge": HALF_WIDTH}),
    *[
        _pros("C024", why, ALONE, {name: value}, name)
        for name, value, why in (
            ("sex", "未说明", "an alias of a sex that was not stated"),
            ("ethnic", "未识别", "an alias of an unknown people"),
            ("education", "半文盲", "an alias of the last label"),
            ("occupation", "无", "no occupation is an answer, not a blank"),
            ("household", "汉东", "two characters"),
        )
    ],
    _pros("C024", "a passport number", ALONE, {"id_type": "护照", "id_no": "ex0000001"}, "id_no"),
    _pros("C024", "written with 年, 月 and 日", ALONE, {"birth_date": in_chinese("birth_date")}, "birth_date"),
    _pros("C024", "an alias of the identity card", ALONE, {"id_type": "身份证"}, "id_type"),
    Plant(
        "C025",
        "prosecution",
        unit_case(),
        {"lit_rep": same_as("legal_rep")},
        "lit_rep",
        "unit",
        near="the legal representative speaks in the proceedings too",
    ),
    *[
        _pros("C034", "came in on its own accord the day before", tried(), _OWN_ACCORD, name)
        for name in ("early_date", "early_mode")
    ],
    _pros("C035", "the name begins with 无", tried(), {"is_campaign": "Y", "campaign_name": "无诈示例区专项行动"}),
    _pros("C036", "a nickname that contains 无", tried(), {"fugitive_count": 1, "fugitive_names": "无名氏“示例阿丙”"}),
    _pros("C039", BRACKETS, tried(charge=BORDER), {"transfer_charge": HALF_WIDTH}, "transfer_charge"),
    _pros("C039", "another organ sent the case", tried(), {"transfer_unit": "汉东市公安局"}, "transfer_unit"),
    _arrest("C039", BRACKETS, arrested(charge=BORDER), {"transfer_charge": HALF_WIDTH}, "transfer_charge"),
]

FACTS = [
    *[
        _pros("C011", "unknown is an answer", tried(charge=BRAND), {name: "不详"}, name)
        for name in ("ip_ent_type", "ip_ent_capital", "ip_ent_country")
    ],
    _pros("C012", "the last form; 、 inside the charge", tried(charge=CONCEALING), {"conceal_form": "其他"}),
    _arrest("C012", "another form; 、 inside the charge", arrested(charge=CONCEALING), {"conceal_form": "其他方法"}),
    _pros("C013", "nobody in particular", tried(charge=VICTIM_CHARGE), {"victim_info": "不特定多数人"}),
    _pros("C013", "a unit as victim", dropped(charge="职务侵占罪"), {"victim_info": "单位"}),
    _arrest("C013", "nobody in particular", refused(charge=VICTIM_CHARGE), {"victim_info": "不特定多数人"}),
    _pros("C014", "a traffic accident without casualty", tried(charge="交通肇事罪"), {"casualty": "财产损失"}),
    _arrest("C014", "a traffic accident without casualty", arrested(charge="交通肇事罪"), {"casualty": "财产损失"}),
    _pros("C015", "a tick is a yes", tried(charge=PROPERTY_CHARGE), {"recovery_flag": "√"}),
    _pros("C015", "Y is a yes", dropped(charge=PROPERTY_CHARGE), {"recovery_flag": "Y"}),
    _pros("C016", "nothing was gained, which is an amount", tried(charge=PROPERTY_CHARGE), {"amount": 0}),
    _pros("C016", "nothing was gained, which is an amount", dropped(charge=PROPERTY_CHARGE), {"amount": 0}),
]

CLOSED = [
    _pros("C003", "提起公诉 is an alias of the result", tried(), {"p_result": "提起公诉"}),
    _pros("C017", BRACKETS, tried(charge=BORDER), {"p_close_charge": HALF_WIDTH}),
    _arrest("C017", BRACKETS, arrested(charge=BORDER), {"p_close_charge": HALF_WIDTH}),
    _pros("C018", "an alias of the result", dropped(), {"p_result": "相对不起诉"}),
    _arrest("C018", "an alias of the result", arrest_alone("同意撤回"), {"p_result": "移送单位撤回"}),
    _arrest("C019", "an alias of a group as ground", refused(), {"no_arrest_ground": "无逮捕必要不捕"}),
    _arrest("C020", "one ground is enough", arrested(), {"must_arrest_grounds": "可能打击报复"}),
    *[
        _pros(
            "C021",
            "a special non-prosecution",
            DROPPED,
            {"p_result": "特殊不起诉", "close_result": "特殊不起诉", "nonpros_article": "刑诉法第182条"},
            name,
        )
        for name in ("nonpros_date", "nonpros_doc_no")
    ],
    _pros("C023", "signed on the day of closing", tried(), {"plea_sign_date": same_as("p_close_date")}),
    *[
        _pros(
            "C026",
            "twelve months, the end still to come",
            conditional(recent=100),
            {"probation_to": _a_year, "probation_result": "考察中", "probation_final_date": None},
            name,
        )
        for name in ("probation_from", "probation_to")
    ],
    _pros("C050", "written with 年, 月 and 日", ALONE, {"p_close_date": in_chinese("p_close_date")}),
    _arrest("C050", "written with 年, 月 and 日", arrested(), {"p_close_date": in_chinese("p_close_date")}),
    _pros("C051", "the number Excel stores", tried(), {"close_date": serial("close_date")}),
    _arrest("C051", "the number Excel stores", refused(), {"close_date": serial("close_date")}),
]

SENTENCED = [
    _pros("C004", "written with 年, 月 and 日", imprisoned(recent=300), {"j_date": in_chinese("j_date")}, "j_date"),
    _pros("C004", "a fine alone", imprisoned(kind="单处罚金", recent=300), {}, "j_kind"),
    _pros(
        "C004",
        "the former name stands in brackets",
        imprisoned(charge=CONCEALING, recent=300),
        {"j_charge": f"{CONCEALING}（原窝藏、转移、收购、销售赃物罪）"},
        "j_charge",
    ),
    _pros("C005", "a fine alone, without any term", imprisoned(kind="单处罚金"), {"sr_kind": "单处罚金"}),
    _pros("C006", "two kinds, each with its term", imprisoned(), {"sr_kind": "有期徒刑、拘役", "sr_det_from": 6}),
    _pros(
        "C007",
        "no plea in the review; recommended at the trial only",
        tried(plea=False, trial_plea_only=False, charge="盗窃罪", kind="有期徒刑", suspended=False),
        _moved_to_trial(),
    ),
    _pros("C022", "recommended at the trial only", imprisoned(), _moved_to_trial()),
    _pros("C028", "a term with its unit", imprisoned(), {"j_term": with_unit("j_term", "个月")}),
    _pros("C029", "a term with its unit", imprisoned(suspended=True), {"j_probation": with_unit("j_probation", "月")}),
    _pros("C030", "an amount with its unit", imprisoned(), {"j_fine": with_unit("j_fine", "万元")}),
    _pros("C031", "converted, but the procedure stands", fast(converted=True, review_days=12), {}),
    _pros("C032", "heard on the day of the judgment", tried(), {"court_date": same_as("judge_date")}),
    _pros("C008", "two reasons, split by 、", tried(remedy="protest"), {"protest_reason": "量刑畸轻、程序违法"}),
    _pros("C009", "N is an answer", tried(remedy="protest"), {"protest_accepted": "N"}),
    _pros(
        "C010",
        "after a month still under review, and said so",
        tried(remedy="protest", remedy_done=False, until="remedy", ago=150, recent=185),
        {"upper_result": "审查中"},
    ),
]

MEASURE = [
    Plant("C037", "measure", ALONE, {"decide_org": "其他"}, "decide_org", near="the last of the organs"),
    Plant("C038", "measure", ALONE, {"bail_mode": "保证金", "bail_money": 0.1}, near="a thousand yuan, the least bail"),
]

FINISHED = [
    _arrest("T041", "none is an answer, not a blank", arrested(), {"prior_record": "无"}, "prior_record"),
    _arrest("T041", "a cross is a no, not a blank", arrested(), {"is_missed_arrest_req": "×"}, "is_missed_arrest_req"),
    _pros("T049", "none is an answer, not a blank", tried(), {"prior_record": "无"}, "prior_record"),
    _pros("T049", "no circumstances", contested(), {"found_factors": "无", "j_factors": "无"}, "found_factors"),
    _pros("T049", "an alias of unchanged", tried(), {"j_change": "无"}, "j_change"),
    _pros("T049", "N is a no, not a blank", tried(), {"is_missed_arrest": "N"}, "is_missed_arrest"),
]

NEAR_OWN_ROW_COMPLETENESS: tuple[Plant, ...] = (*REGISTERED, *FACTS, *CLOSED, *SENTENCED, *MEASURE, *FINISHED)

_UNKNOWN: dict[str, Change] = {"id_type": "不详", "id_no": None, "birth_date": None, "household": None}

EXEMPT_OWN_ROW_COMPLETENESS: tuple[Plant, ...] = (
    *[_pros("C024", "nobody knows who it is", ALONE, _UNKNOWN, name) for name in ("id_no", "birth_date", "household")],
    _pros(
        "C034",
        "did not come in",
        tried(),
        {"early_type": "未提前介入", "early_date": None, "early_mode": None},
        "early_date",
    ),
    _pros("C036", "nobody is at large", tried(), {"fugitive_count": 0, "fugitive_names": None}),
    _pros("C017", "went to another office", dropped("改变管辖"), {"p_close_charge": None}),
    _pros(
        "C023",
        "need not sign",
        tried(procedure=ORDINARY_TRIAL),
        {"plea_exempt": "其他不需要签署的情形", "plea_sign_date": None},
    ),
    Plant("C038", "measure", arrested(), {}, near="custody, not bail"),
    _arrest("T041", "was not detained", refused(request_measure="取保候审"), {"detain_date": None}, "detain_date"),
)
