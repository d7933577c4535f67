"""Near misses of the rules that compare items of one row: the same day, the same set in another order, the exact bound.

A near miss is judged by its rule and is lawful. `EXEMPT_OWN_ROW_CONSISTENCY` are contradictions the rule exempts, so
that it must not judge them.
"""

from collections.abc import Mapping
from typing import Any

from sample_data.courses.crimes import CONCEALING
from sample_data.courses.scenario import ORDINARY_TRIAL
from sample_data.matter import Row
from sample_data.planting import Change, Plant
from sample_data.plants.near_misses.own_row_values import PER_CASE, ends, reborn, with_others, years_before_crime
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    conditional,
    contested,
    dropped,
    fast,
    imprisoned,
    no_arrest,
    number_of,
    raised,
    refused,
    same_as,
    shifted,
    tried,
    unit_case,
    untried,
)

NO_NEAR_MISS = {"L040": "judged only for acquittals and sentences without punishment, all of which are found by P012"}

ALONE = no_arrest(tried())
AT_LARGE = arrest_alone(request_measure="取保候审")
MIXED = tried(persons=2, mixed=True, procedure=ORDINARY_TRIAL)
QUICK_JAIL = fast(kind="有期徒刑", suspended=False) | {"charge": "盗窃罪"}
FRAUD = no_arrest(tried(charge="诈骗罪"))


def _pros(
    rule_id: str, why: str, wants: Mapping[str, Any], changes: Mapping[str, Change], rows: Any = "first"
) -> Plant:
    """A near miss on a prosecution card."""
    return Plant(rule_id, "prosecution", wants, changes, rows=rows, near=why, per_case=rule_id in PER_CASE)


def _arrest(rule_id: str, why: str, wants: Mapping[str, Any], changes: Mapping[str, Change]) -> Plant:
    """A near miss on an arrest card."""
    return Plant(rule_id, "arrest", wants, changes, near=why, per_case=rule_id in PER_CASE)


def _all_on(name: str, *items: str) -> dict[str, Change]:
    return dict.fromkeys(items, same_as(name))


def _with(name: str, *added: str) -> Change:
    """The list `name` of the clean row with more values, split by 、."""
    return lambda row: "、".join([*(v for v in str(row[name]).split(",") if v != "无"), *added])


def _swapped(main: str, other_charges: str, second: str) -> dict[str, Change]:
    """The two charges with the second of them named first."""
    return {main: second, other_charges: same_as(main)}


def _at(name: str, hour: str) -> Change:
    return lambda row: f"{row[name]} {hour}:00:00"


def _birthday(row: Row) -> int:
    """So many years before the crime that it fell on a birthday, leap days too."""
    return int(number_of(row, "age_at_crime")) // 4 * 4 + 4


def _on_birthday(younger: int) -> dict[str, Change]:
    """Born on the day of the crime, some years before; the age as one way of counting has it."""
    return reborn(lambda row: years_before_crime(_birthday(row))(row), younger)


ARREST_SAME_DAY = _all_on("accept_date", "interrog_date", "p_close_date", "close_date", "served_date")
SENT_ON = no_arrest(dropped(("改变管辖", "同意移送单位撤回")), "none")
SENT_SAME_DAY = _all_on("accept_date", "p_close_date", "close_date") | {"interrog_date": None}
CHARGED_SAME_DAY = _all_on(
    "accept_date", "p_close_date", "close_date", "indict_date", "p_indict_date", "plea_sign_date"
)
JUDGED_SAME_DAY = _all_on("p_indict_date", "court_date", "judge_date", "j_date")

DATES = [
    _pros("L001", "sent on the day it came", SENT_ON, SENT_SAME_DAY),
    _arrest("L001", "decided on the day it came", refused(), ARREST_SAME_DAY),
    _pros("L002", "fast-track, charged on the day it came", fast(), CHARGED_SAME_DAY | {"interrog_date": None}),
    _pros("L003", "fast-track, judged on the day of the charge", fast(), JUDGED_SAME_DAY),
    _pros("L004", "received on the day of the judgment", tried(), {"judge_recv_date": same_as("j_date")}),
    _pros("L004", "received after it took effect", tried(ago=260), {"judge_recv_date": shifted("j_effective", 3)}),
    _arrest(
        "L005", "executed and reported the same day", arrested(), _all_on("p_close_date", "exec_date", "receipt_date")
    ),
    _pros("L007", "returned again on the day it came back", tried(returns=2), {"ret2_date": same_as("rep1_date")}),
    _pros("L007", "came back on the day it was returned", tried(returns=1), {"ret1_date": same_as("rep1_date")}),
    _pros(
        "L008", "both returns told, the second on the same day", tried(returns=2), {"ret2_date": same_as("rep1_date")}
    ),
    _pros("L009", "went on to the day it was taken in", ALONE, {"crime_end": same_as("accept_date")}),
    _arrest("L009", "went on to the day it was taken in", AT_LARGE, {"crime_end": same_as("accept_date")}),
    Plant(
        "L051",
        "measure",
        no_arrest(tried(), "detained"),
        _all_on("end_date", "decide_date", "exec_date"),
        near="changed on the day it was decided",
    ),
    _pros("L052", "sent on the day it came", SENT_ON, SENT_SAME_DAY),
    _arrest("L052", "decided on the day it came", refused(), ARREST_SAME_DAY),
    _pros(
        "L053",
        "charged earlier on the day of closing; the time of day does not count",
        tried(),
        {"p_close_date": _at("p_close_date", "17"), "p_indict_date": _at("p_indict_date", "09")},
    ),
    _pros("L054", "on a birthday, counted to the day before", ALONE, _on_birthday(1)),
    _pros("L054", "on a birthday, counted to that day", ALONE, _on_birthday(0)),
    _arrest("L054", "on a birthday, counted to the day before", arrest_alone(), _on_birthday(1)),
    _arrest("L054", "on a birthday, counted to that day", arrest_alone(), _on_birthday(0)),
]

_INNOCENT: dict[str, Change] = {
    "p_result": "绝对不起诉",
    "nonpros_article": "刑诉法第177条第1款",
    "plea": "否",
    "plea_sign_date": None,
    "plea_lawyer": None,
    "found_factors": "从犯",
}
_ENDED: dict[str, Change] = {"probation_result": "考察中", "probation_final_date": None}
_ADDED: dict[str, Change] = {"is_added_prosec": "是", "supp_transfer_date": same_as("accept_date")}

OUTCOMES = [
    _pros("L010", "the case was charged, this suspect not", MIXED, {}, "last"),
    _pros("L011", "the case was judged, this suspect not", MIXED, {}, "last"),
    _pros("L012", "another suspect of the case pleaded guilty", MIXED, _INNOCENT, "last"),
    _pros("L013", "a plea written as Y", dropped(), {"plea": "Y"}),
    _pros(
        "L014",
        "still seventeen on the eighteenth birthday",
        no_arrest(conditional(), "none"),
        reborn(years_before_crime(18), 1),
    ),
    _pros(
        "L015",
        "six months, the first day counted",
        conditional(recent=100),
        {"probation_to": ends("probation_from", (6, -1), moves=False), **_ENDED},
    ),
    _pros(
        "L015",
        "exactly twelve months",
        conditional(recent=100),
        {"probation_to": ends("probation_from", (12, 0), moves=False), **_ENDED},
    ),
    _pros(
        "L032",
        "one of the three; blank counts as 否",
        untried(),
        _ADDED | {"is_filing_superv": None, "is_missed_arrest": None},
    ),
    _pros("X030", "sent on the day of closing", tried(), _ADDED | {"supp_transfer_date": same_as("p_close_date")}),
    _pros(
        "L037",
        "pleaded in the review, not at the trial",
        tried(),
        {"trial_plea": "否", "trial_plea_state": "审判阶段未适用"},
    ),
    _arrest(
        "L035",
        "a police office in a street with 检察 in its name",
        arrested(),
        dict.fromkeys(("invest_org", "transfer_unit"), "汉东市公安局检察路分局"),
    ),
    _pros(
        "L036",
        "监委 is short for the supervisors",
        tried(charge=("受贿罪", "行贿罪"), custody="bail"),
        {"transfer_unit": "汉东市监委"},
    ),
    _pros(
        "L036",
        "came from another office",
        tried(charge=("受贿罪", "行贿罪"), custody="bail"),
        {"transfer_unit": "汉东市虚构区人民检察院"},
    ),
    _arrest("L034", "the request was refused", refused(charge="危险驾驶罪"), {"no_arrest_ground": "无社会危险性不捕"}),
]

CIRCUMSTANCES = [
    _pros(
        "L020",
        "a recidivist with several records",
        ALONE,
        {"prior_record": "行政处罚、刑事处罚"} | {name: _with(name, "累犯") for name in ("found_factors", "j_factors")},
    ),
    _arrest(
        "L021",
        "punished before, and one of the grounds says so",
        arrest_alone("批准逮捕"),
        {"prior_record": "行政处罚、刑事处罚", "must_arrest_grounds": _with("must_arrest_grounds", "曾经故意犯罪")},
    ),
    _arrest("L021", "an administrative penalty only", arrest_alone("批准逮捕"), {"prior_record": "行政处罚"}),
    _pros(
        "L022",
        "one of several changes",
        tried(charge=("诈骗罪", "敲诈勒索罪"), reclassified=True),
        {"change_transfer": "改变事实、改变定性"},
    ),
    _pros(
        "L023",
        "the same charges in another order",
        FRAUD,
        with_others("合同诈骗罪") | _swapped("p_close_charge", "p_close_other", "合同诈骗罪"),
    ),
    _pros(
        "L024",
        "the same charges in another order",
        FRAUD,
        with_others("合同诈骗罪") | _swapped("j_charge", "j_other", "合同诈骗罪"),
    ),
    _pros(
        "L024",
        "the former name stands in brackets",
        tried(charge=CONCEALING),
        {"j_charge": f"{CONCEALING}(原窝藏、转移、收购、销售赃物罪)"},
    ),
    _pros(
        "L025",
        "one of several changes",
        tried(),
        {"j_factors": _with("j_factors", "取得谅解"), "j_change": "改变事实、改变量刑情节"},
    ),
]


_LATER: dict[str, Change] = {
    "sr2_type": same_as("sr_type"),
    "sr2_kind": same_as("sr_kind"),
    "sr2_imp_from": same_as("sr_imp_from"),
    "sr2_fine_from": same_as("sr_fine_from"),
    "sr_imp_from": raised("sr_imp_from", 3),
}
_RANGE = imprisoned(advice="range")

SENTENCES = [
    _pros("L016", "eighteen since the day before the crime", fast(), reborn(years_before_crime(18, 1))),
    _pros("L018", "three years, the most", QUICK_JAIL, {"j_term": 36, "sr_imp_from": 36}),
    _pros("L019", "the hour of the hearing does not count", fast(), {"court_date": _at("court_date", "09")}),
    _pros("L026", "as recommended after the adjustment at the trial", imprisoned(), _LATER),
    _pros("L027", "at the upper end of the range", _RANGE, {"j_term": same_as("sr_imp_to")}),
    _pros("L027", "at the lower end of the range", _RANGE, {"j_term": same_as("sr_imp_from")}),
    _pros("L028", "not followed in the fine", imprisoned(), {"sr_accepted": "否", "j_fine": raised("j_fine", 0.1)}),
    _pros("L028", "not followed in the suspension", imprisoned(), {"sr_accepted": "否", "sr_probation": "是"}),
    _pros("L029", "as wide as a quarter", _RANGE, {"sr_imp_from": 9, "sr_imp_to": 12, "j_term": 10}),
    _pros("L030", "from and to are the same", imprisoned(), dict.fromkeys(("sr_fine_from", "sr_fine_to", "j_fine"), 2)),
    _pros("L031", "an alias of a fine for a unit", unit_case(), {"j_kind": "单位罚金"}, "unit"),
    _pros(
        "L041",
        "more than three years, not suspended",
        contested(charge="盗窃罪", kind="有期徒刑"),
        {"j_term": 37, "j_suspended": "否"},
    ),
]

NEAR_OWN_ROW_CONSISTENCY: tuple[Plant, ...] = (*DATES, *OUTCOMES, *CIRCUMSTANCES, *SENTENCES)

_REVOKED: dict[str, Change] = {
    "probation_result": "撤销附条件不起诉决定提起公诉",
    "p_indict_date": shifted("p_close_date", 30),
    "probation_final_date": shifted("p_close_date", 30),
}
_CONVERTED = fast(converted=True, review_days=12)

EXEMPT_OWN_ROW_CONSISTENCY: tuple[Plant, ...] = (
    _pros("L010", "the conditional decision was revoked", no_arrest(conditional(ago=90, recent=150), "none"), _REVOKED),
    _pros("L018", "converted, so no longer fast", _CONVERTED, {}),
    _pros("L019", "converted, so judged after the hearing", _CONVERTED, {"court_date": shifted("j_date", -1)}),
    _arrest(
        "L034",
        "broke the terms of bail gravely",
        arrested(charge="危险驾驶罪"),
        {"must_arrest_grounds": "违反取保候审监视居住规定情节严重"},
    ),
    _arrest(
        "L035",
        "one of the crimes the procuratorate may investigate itself",
        arrested(charge="滥用职权罪", arrest="决定逮捕"),
        {},
    ),
)
