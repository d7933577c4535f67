"""Plants of missed and nearing time limits: the T rules and X028.

Holidays can move a last day by nine days at most, so overruns exceed the limit by more than that.
"""

from collections.abc import Mapping

from sample_data.courses.scenario import OPEN, RETURNED
from sample_data.planting import COMMON, Change, Plant
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    conditional,
    dropped,
    fast,
    no_arrest,
    refused,
    shifted,
    tried,
    under_review,
    untried,
)

_DECISION = (
    "p_result p_close_date p_close_charge close_date close_result finish_date interrogated decision_doc_no served_date "
    "exec_date receipt_date exec_state no_arrest_ground must_arrest_grounds conceal_form interrog_date"
).split()


SELF_INVESTIGATED = arrested(charge="滥用职权罪", arrest="决定逮捕")
ADDED: Mapping[str, Change] = {"is_added_prosec": "是"}
APPEALED = tried(remedy="protest", until="effective")

ARREST = [
    Plant("T001", "arrest", arrested(arrest_days=11), {}, weight=COMMON),
    Plant("T001", "arrest", arrest_alone(("同意撤回", "改变管辖"), recent=200), dict.fromkeys(_DECISION)),
    Plant("T002", "arrest", refused(request_measure="取保候审", arrest_days=37), {}),
    Plant("T003", "arrest", SELF_INVESTIGATED | {"arrest_days": 15}, {}),
    Plant("T014", "arrest", arrested(), {"detain_date": shifted("request_date", -41)}),
    *[
        Plant("T024", "arrest", arrested(), {name: None}, name, weight=COMMON)
        for name in ("receipt_date", "exec_date", "exec_state")
    ],
    Plant("T024", "arrest", refused(), {"receipt_date": None}, "receipt_date", weight=COMMON),
    Plant(
        "T024",
        "arrest",
        refused(),
        dict.fromkeys(("p_result", "close_result"), "不予决定逮捕") | {"exec_date": None},
        "exec_date",
    ),
    Plant(
        "T026",
        "arrest",
        refused(),
        {"recon_apply_date": shifted("p_close_date", 3), "recon_date": shifted("p_close_date", 31)},
    ),
    Plant(
        "T026",
        "arrest",
        refused(),
        {"review_apply_date": shifted("p_close_date", 4), "review_date": shifted("p_close_date", 45)},
    ),
    Plant("T044", "arrest", arrest_alone(OPEN, review_days=(5, 6)), {}),
]

REVIEW = [
    Plant("T005", "prosecution", tried(review_days=45), {}, weight=COMMON),
    Plant("T005", "prosecution", under_review(review_days=60), {}),
    Plant("T005", "prosecution", tried(review_days=60), {**ADDED, "supp_transfer_date": shifted("accept_date", 5)}),
    Plant("T006", "prosecution", tried(extended=True, review_days=70), {}, weight=COMMON),
    Plant("T007", "prosecution", fast(review_days=28), {}),
    Plant("T008", "prosecution", dropped(RETURNED, returns=1, review_days=55), {}, weight=COMMON),
    Plant("T008", "prosecution", dropped("退查后未重报", returns=1), {"ret1_norep_reason": None}),
    Plant("T008", "prosecution", dropped("退查后未重报", returns=2), {"ret2_norep_reason": None}),
    Plant("T009", "prosecution", tried(returns=2), {"ret3_date": shifted("rep2_date", 3)}, per_case=True),
    Plant("T022", "prosecution", no_arrest(under_review(review_days=(400, 420)), "none"), {}),
    Plant("T025", "prosecution", tried(), {"notice_date": None}, weight=COMMON),
    Plant("T025", "prosecution", tried(), {"notice_date": shifted("accept_date", 20)}, weight=COMMON),
    Plant(
        "T027",
        "prosecution",
        dropped(ago=160),
        {"np_recon_apply": shifted("p_close_date", 5), "np_recon_date": shifted("p_close_date", 58)},
    ),
    Plant("T048", "prosecution", under_review(arrest="批准逮捕", request_measure="拘留", review_days=26), {}),
    Plant(
        "X028",
        "prosecution",
        conditional(ago=280),
        {"probation_to": shifted("probation_from", 184), "probation_result": "考察中", "probation_final_date": None},
    ),
]

TRIAL = [
    Plant(
        "T015",
        "prosecution",
        untried(),
        {"withdraw_date": shifted("p_close_date", 10)},
        per_case=True,
        person_also=("P012",),
    ),
    Plant(
        "T016", "prosecution", untried(ago=180), {"delay1": shifted("p_close_date", 15)}, per_case=True, weight=COMMON
    ),
    Plant("T017", "prosecution", tried(), {"delay3": shifted("p_close_date", 3)}, per_case=True),
    Plant("T018", "prosecution", untried(ago=230), {"ct_delay": shifted("p_close_date", 15)}, per_case=True),
    Plant(
        "T019",
        "prosecution",
        tried(ago=240),
        {"j_effective": None, "effective_date": None, "finish_date": None},
        weight=COMMON,
    ),
    Plant("T020", "prosecution", APPEALED, {"protest_date": shifted("judge_recv_date", 24)}),
    Plant("T021", "prosecution", tried(remedy="protest", remedy_done=False, until="remedy", ago=360), {}),
    Plant("T023", "prosecution", untried(ago=460, recent=0), {}, weight=COMMON),
]

MEASURE = [
    Plant(
        "T045",
        "measure",
        no_arrest(tried()),
        {"apply_date": shifted("decide_date", 5), "apply_done_date": shifted("decide_date", 27)},
    ),
]

PLANTS = [*ARREST, *REVIEW, *TRIAL, *MEASURE]
