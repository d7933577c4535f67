"""Plants of items that contradict each other inside one row: the L rules and X030."""

from sample_data.matter import Row, Value
from sample_data.planting import COMMON, Change, Plant
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
    under_review,
    unit_case,
)

NO_CUSTODY = no_arrest(imprisoned(), "none")


def _with(name: str, added: str) -> Change:
    """The list `name` of the clean row with one more value."""
    return lambda row: ",".join([*(v for v in str(row[name]).split(",") if v != "无"), added])


def _both_factors(added: str) -> dict[str, Change]:
    """One more circumstance, found by the prosecutor and by the court alike."""
    return {"found_factors": _with("found_factors", added), "j_factors": _with("j_factors", added)}


def _wide_end(row: Row) -> Value:
    return max(number_of(row, "j_term") + 2, 12)


DATES = [
    Plant("L001", "prosecution", under_review(), {"close_date": shifted("accept_date", -12)}),
    Plant("L001", "arrest", arrested(), {"close_date": shifted("accept_date", -3)}),
    Plant("L002", "prosecution", tried(), {"p_indict_date": shifted("accept_date", -5)}, weight=COMMON),
    Plant("L003", "prosecution", tried(), {"j_date": shifted("p_indict_date", -4)}, weight=COMMON),
    Plant("L004", "prosecution", tried(), {"judge_recv_date": shifted("j_date", -2)}, weight=COMMON),
    Plant("L004", "prosecution", tried(), {"j_effective": shifted("j_date", -1)}),
    Plant("L005", "arrest", arrested(), {"exec_date": shifted("p_close_date", -2)}, weight=COMMON),
    Plant("L005", "arrest", arrested(), {"receipt_date": shifted("exec_date", -1)}),
    Plant("L007", "prosecution", tried(returns=1), {"ret1_date": shifted("rep1_date", 3)}, per_case=True),
    Plant("L008", "prosecution", tried(returns=2), {"ret1_date": None, "rep1_date": None}, per_case=True),
    Plant("L009", "prosecution", tried(), {"crime_end": shifted("accept_date", 2)}),
    Plant("L009", "arrest", arrested(), {"crime_end": shifted("accept_date", 2)}),
    Plant("L051", "measure", no_arrest(tried()), {"end_date": shifted("decide_date", -5), "end_reason": "解除"}),
    Plant(
        "L052", "prosecution", NO_CUSTODY | {"persons": 2}, {"p_close_date": shifted("accept_date", -3)}, rows="last"
    ),
    Plant("L052", "arrest", refused(), {"p_close_date": shifted("accept_date", -2)}),
    Plant("L053", "prosecution", tried(), {"p_indict_date": shifted("p_close_date", -2)}, weight=COMMON),
    Plant("L054", "prosecution", no_arrest(tried()), {"age_at_crime": raised("age_at_crime", 2)}, weight=COMMON),
    Plant("L054", "arrest", arrest_alone(), {"age_at_crime": raised("age_at_crime", 3)}, weight=COMMON),
]

OUTCOMES = [
    Plant("L010", "prosecution", tried(), {"nonpros_date": same_as("p_close_date")}),
    Plant("L010", "prosecution", dropped(), {"p_indict_date": same_as("p_close_date")}),
    Plant("L011", "prosecution", dropped(), {"j_charge": same_as("p_close_charge")}),
    Plant(
        "L012",
        "prosecution",
        dropped(("绝对不起诉", "其他证据不足不起诉")),
        {"plea": "是", "plea_sign_date": same_as("p_close_date"), "case_plea": "是"},
        weight=COMMON,
    ),
    Plant(
        "L013",
        "prosecution",
        dropped(("其他情节轻微不起诉", "刑事和解不起诉")),
        {"plea": "否", "plea_sign_date": None, "plea_lawyer": None, "case_plea": "否"},
        weight=COMMON,
    ),
    Plant("L014", "prosecution", conditional(minor=False), {}),
    Plant("L014", "prosecution", conditional(charge="交通肇事罪"), {}),
    Plant(
        "L015",
        "prosecution",
        conditional(),
        {"probation_to": shifted("probation_from", 400), "probation_result": "考察中", "probation_final_date": None},
    ),
    Plant("L020", "prosecution", tried(), _both_factors("累犯"), weight=COMMON),
    Plant(
        "L021",
        "arrest",
        arrested(),
        {"must_arrest_grounds": _with("must_arrest_grounds", "曾经故意犯罪")},
        weight=COMMON,
    ),
    Plant(
        "L022",
        "prosecution",
        tried(charge=("诈骗罪", "敲诈勒索罪"), reclassified=True),
        {"change_transfer": "未改变"},
        weight=COMMON,
    ),
    Plant("L023", "prosecution", tried(), {"change_transfer": "改变定性"}, weight=COMMON),
    Plant("L024", "prosecution", tried(), {"j_change": "改变定性"}),
    Plant("L024", "prosecution", tried(charge="诈骗罪"), {"j_charge": "招摇撞骗罪"}, weight=COMMON),
    Plant("L025", "prosecution", tried(), {"j_factors": _with("j_factors", "取得谅解")}, weight=COMMON),
    Plant(
        "L032",
        "prosecution",
        arrested(persons=2, special="supervised"),
        {"is_added_prosec": "是", "supp_transfer_date": same_as("accept_date")},
        rows="last",
    ),
    Plant("X030", "prosecution", tried(), {"is_added_prosec": "是"}, weight=COMMON),
    Plant("L037", "prosecution", tried(), {"trial_plea_state": "均未适用"}, weight=COMMON),
    Plant("L037", "prosecution", tried(), {"trial_plea": "否"}),
    Plant("L035", "arrest", arrested(), {"invest_org": "汉东市人民检察院"}, per_case=True),
    Plant("L035", "arrest", refused(), {"transfer_unit": "汉东市虚构区人民检察院"}, per_case=True),
    Plant(
        "L036",
        "prosecution",
        tried(charge=("受贿罪", "行贿罪"), custody="bail"),
        {"transfer_unit": "汉东市公安局示例分局", "from_other_unit": "否"},
        per_case=True,
    ),
    Plant("L034", "arrest", arrested(charge="危险驾驶罪"), {}),
]

PROCEDURE = [
    Plant("L016", "prosecution", fast(), _both_factors("聋哑或盲人")),
    Plant("L018", "prosecution", fast(kind="有期徒刑", suspended=False), {"j_term": 42, "sr_imp_from": 42}),
    Plant("L019", "prosecution", fast(), {"court_date": shifted("j_date", -1)}),
]

SENTENCES = [
    Plant("L026", "prosecution", imprisoned(), {"sr_imp_from": raised("j_term", 2)}, weight=COMMON),
    Plant("L026", "prosecution", imprisoned(kind="拘役"), {"sr_kind": "管制", "sr_con_from": 6}),
    Plant("L027", "prosecution", imprisoned(advice="range"), {"j_term": raised("sr_imp_to", 4)}, weight=COMMON),
    Plant("L028", "prosecution", imprisoned(), {"sr_accepted": "否"}, weight=COMMON),
    Plant("L029", "prosecution", imprisoned(advice="range"), {"sr_imp_from": 6, "sr_imp_to": _wide_end}),
    Plant("L030", "prosecution", imprisoned(), {"sr_fine_from": 5, "sr_fine_to": 2}),
    Plant(
        "L031",
        "prosecution",
        unit_case(),
        {"j_kind": "有期徒刑", "j_term": 12, "sr_kind": "有期徒刑", "sr_imp_from": 12},
        rows="unit",
    ),
    Plant(
        "L040",
        "prosecution",
        contested(charge="盗窃罪", kind="有期徒刑"),
        {"j_kind": "免予刑事处罚", "j_term": None},
        also=(("P012", ""),),
    ),
    Plant(
        "L041",
        "prosecution",
        contested(charge="盗窃罪", kind="有期徒刑"),
        {"j_term": 48, "j_suspended": "是", "j_probation": 60},
    ),
]

PLANTS = [*DATES, *OUTCOMES, *PROCEDURE, *SENTENCES]
