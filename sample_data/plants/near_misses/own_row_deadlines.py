"""Near misses of the time limits: done on the very last day, in the longest lawful stretch, or with days to spare.

A near miss is judged by its rule and is lawful. Where the limit moves with working days, the start is put where the
last day falls on days off. `EXEMPT_OWN_ROW_DEADLINES` are matters the rule exempts, so that it must not judge them.
"""

from collections.abc import Mapping
from typing import Any

from sample_data.courses.scenario import OPEN, RETURNED
from sample_data.planting import Change, Plant
from sample_data.plants.defects.deadlines import ADDED
from sample_data.plants.near_misses.own_row_values import (
    PER_CASE,
    accepted_early,
    answered_on_last_day,
    before_days_off,
    closed_on,
    ends,
    last_day,
    on_the_31st,
    taken_in,
)
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    conditional,
    dropped,
    fast,
    no_arrest,
    refused,
    same_as,
    shifted,
    tried,
    under_review,
    untried,
)

NO_NEAR_MISS = {"T015": "judged only where an indictment was withdrawn, and every withdrawal is found by P012"}

BAILED = refused(request_measure="取保候审", arrest_days=15)
OWN = arrested(charge="滥用职权罪", arrest="决定逮捕", arrest_days=10)
PENDING = tried(remedy="protest", remedy_done=False, until="remedy", ago=360)


def _pros(rule_id: str, why: str, wants: Mapping[str, Any], changes: Mapping[str, Change]) -> Plant:
    """A near miss on a prosecution card."""
    return Plant(rule_id, "prosecution", wants, changes, near=why, per_case=rule_id in PER_CASE)


ARREST = [
    Plant("T001", "arrest", arrested(arrest_days=7), {}, near="in custody, decided on the seventh day"),
    Plant("T002", "arrest", BAILED, taken_in((0, 15)), near="the fifteenth day is a day off; the next working day"),
    Plant(
        "T002",
        "arrest",
        BAILED | {"arrest_days": 20},
        taken_in((0, 20)) | {"is_complex": "是"},
        near="grave and complex: twenty days, moved by days off",
    ),
    Plant(
        "T003",
        "arrest",
        OWN,
        accepted_early("request_date", end="p_close_date", limit=(0, 10), moves=False),
        near="investigated by the procuratorate: seven and three days",
    ),
    Plant(
        "T014",
        "arrest",
        arrested(),
        {"detain_date": shifted("request_date", -30), "crime_start": None, "crime_end": None},
        near="requested on the thirtieth day of detention",
    ),
    Plant("T024", "arrest", refused(), {"exec_state": "释放"}, "exec_state", near="released instead of changed"),
    *[
        Plant(
            "T024",
            "arrest",
            arrested(),
            dict.fromkeys(("exec_date", "receipt_date"), shifted("p_close_date", 4)),
            name,
            near="known on the last day of grace",
        )
        for name in ("exec_date", "receipt_date")
    ],
    *[
        Plant("T026", "arrest", refused(), changes, near="answered on the last day, which days off moved")
        for changes in (
            answered_on_last_day("recon_apply_date", "recon_date", "p_close_date", (1, 7), (0, 7)),
            answered_on_last_day("review_apply_date", "review_date", "p_close_date", (2, 8), (0, 15)),
        )
    ],
    Plant("T044", "arrest", arrest_alone(OPEN, review_days=3), {}, near="four days left, one more than the warning"),
    Plant(
        "T044",
        "arrest",
        arrest_alone(OPEN, review_days=11, request_measure="取保候审"),
        {},
        near="not in custody: fifteen days, so four are left",
    ),
]

REVIEW = [
    _pros(
        "T005",
        "a month later the longest holidays begin; closed on the first working day",
        no_arrest(dropped(ago=75), "none"),
        closed_on(lambda day: last_day(day, (1, 0)), before_days_off),
    ),
    _pros(
        "T005",
        "accepted on the 31st: the month ends with the shorter month",
        no_arrest(dropped(ago=75), "none"),
        closed_on(lambda day: last_day(day, (1, 0)), on_the_31st),
    ),
    _pros(
        "T005",
        "in custody, closed on the day a month later",
        arrested(review_days=28),
        accepted_early("notice_date", end="p_close_date", limit=(1, 0), moves=False),
    ),
    _pros(
        "T005",
        "returned on the last day, which stops the time",
        no_arrest(dropped(RETURNED, returns=1), "none"),
        accepted_early("notice_date", end="ret1_date", limit=(1, 0)),
    ),
    _pros(
        "T005",
        "from the supervisors: a month and fourteen days",
        tried(charge=("受贿罪", "行贿罪"), custody="bail", review_days=42),
        accepted_early("notice_date", end="p_close_date", limit=(1, 14)),
    ),
    _pros(
        "T005",
        "sent to the office two weeks after the case: counted from then",
        tried(review_days=42),
        {**ADDED, "supp_transfer_date": shifted("accept_date", 14)},
    ),
    _pros(
        "T005",
        "the supervisors under their short name: a month and fourteen days",
        tried(charge=("受贿罪", "行贿罪"), custody="bail", review_days=40),
        {"transfer_unit": "汉东市监委"},
    ),
    _pros(
        "T006",
        "extended: closed on the last day of a month and fifteen days",
        no_arrest(tried(extended=True, review_days=43)),
        accepted_early("notice_date", end="p_close_date", limit=(1, 15)) | {"extend_to": same_as("p_close_date")},
    ),
    _pros(
        "T007",
        "fast-track, closed on the tenth day",
        fast(review_days=10),
        accepted_early("notice_date", end="p_close_date", limit=(0, 10)),
    ),
    _pros(
        "T006",
        "extended, and sent to the office two weeks after the case",
        no_arrest(tried(extended=True, review_days=55)),
        {**ADDED, "supp_transfer_date": shifted("accept_date", 14)},
    ),
    _pros(
        "T007",
        "fast-track, sent to the office a week after the case",
        fast(review_days=15),
        {**ADDED, "supp_transfer_date": shifted("accept_date", 7)},
    ),
    _pros(
        "T007",
        "more than a year is expected: fifteen days",
        fast(review_days=15, kind="有期徒刑", suspended=False) | {"charge": "盗窃罪"},
        accepted_early("notice_date", end="p_close_date", limit=(0, 15)) | {"j_term": 13, "sr_imp_from": 13},
    ),
    _pros(
        "T008",
        "not resubmitted, with the last of the reasons",
        dropped("退查后未重报", returns=1),
        {"ret1_norep_reason": "其他"},
    ),
    _pros(
        "T008",
        "still out after two months, but the reason is given",
        dropped(RETURNED, returns=2, review_days=55),
        {"ret2_norep_reason": "嫌疑人在逃"},
    ),
    _pros("T009", "returned twice, which is the most the law allows", tried(returns=2), {}),
    _pros(
        "T022",
        "open for a little less than twelve months",
        no_arrest(dropped(RETURNED, returns=1, review_days=335), "none"),
        {"ret1_norep_reason": "嫌疑人在逃"},
    ),
    _pros(
        "T022",
        "open for over a year, but this person was sent to the office later",
        no_arrest(dropped(RETURNED, returns=1, review_days=368), "none"),
        {**ADDED, "ret1_norep_reason": "嫌疑人在逃", "supp_transfer_date": shifted("accept_date", 60)},
    ),
    _pros(
        "T025",
        "told three days after this person was sent to the office",
        arrested(),
        {**ADDED, "supp_transfer_date": shifted("accept_date", 6), "notice_date": shifted("accept_date", 9)},
    ),
    _pros(
        "T025",
        "not in custody: told on the third day or the working day after it",
        no_arrest(tried()),
        {"notice_date": ends("accept_date", (0, 3))},
    ),
    _pros(
        "T025",
        "in custody: told on the third day even if that is a day off",
        arrested(),
        {"notice_date": ends("accept_date", (0, 3), moves=False)},
    ),
    *[
        _pros("T027", "answered on the last day, which days off moved", no_arrest(dropped(ago=160), "none"), changes)
        for changes in (
            answered_on_last_day("np_recon_apply", "np_recon_date", "p_close_date", (3, 9), (0, 30)),
            answered_on_last_day("np_review_apply", "np_review_date", "p_close_date", (3, 9), (0, 30)),
        )
    ],
    _pros("T048", "six days left in the shortest month", under_review(review_days=22), {}),
    _pros(
        "T048", "from the supervisors: fourteen days more are left", under_review(charge="受贿罪", review_days=36), {}
    ),
    _pros(
        "T048",
        "ten days more are left, since this person was sent to the office later",
        under_review(review_days=26),
        {**ADDED, "supp_transfer_date": shifted("accept_date", 10)},
    ),
    _pros(
        "X028",
        "decided on the thirtieth day after the probation",
        conditional(ago=280),
        {
            "probation_to": ends("probation_from", (6, -1), moves=False),
            "probation_result": "考验期满不起诉",
            "probation_final_date": ends("probation_from", (6, 29), moves=False),
        },
    ),
]

_ADJOURNED_AGAIN: dict[str, Change] = {
    name: shifted("p_close_date", n) for n, name in enumerate(("delay1", "resume1", "delay2", "resume2"), start=1)
}
_APPEAL = answered_on_last_day("judge_recv_date", "appeal_date", "j_date", (0, 6), (0, 10))
_UNFINISHED: dict[str, Change] = dict.fromkeys(("j_effective", "effective_date", "finish_date"))

TRIAL = [
    _pros(
        "T016",
        "resumed within the month",
        untried(ago=180),
        {"delay1": shifted("p_close_date", 15), "resume1": shifted("p_close_date", 43)},
    ),
    _pros(
        "T016", "adjourned, and the month still runs", untried(ago=0, recent=30), {"delay1": shifted("p_close_date", 1)}
    ),
    _pros("T017", "adjourned twice, which is the most the law allows", tried(), _ADJOURNED_AGAIN),
    _pros(
        "T018",
        "adjourned by the court for long, but resumed",
        untried(ago=230),
        {"ct_delay": shifted("p_close_date", 15), "ct_resume": shifted("p_close_date", 190)},
    ),
    _pros(
        "T018",
        "adjourned by the court for less than three months",
        untried(ago=60, recent=75),
        {"ct_delay": shifted("p_close_date", 1)},
    ),
    _pros("T019", "appealed on the last day, so nothing took effect", tried(ago=240), _APPEAL | _UNFINISHED),
    _pros(
        "T020",
        "protested on the last day, which days off moved",
        tried(remedy="protest", until="effective"),
        answered_on_last_day("judge_recv_date", "protest_date", "j_date", (0, 6), (0, 10)),
    ),
    _pros(
        "T020",
        "an order: protested on the last of five days",
        tried(remedy="protest", until="effective"),
        answered_on_last_day("judge_recv_date", "protest_date", "j_date", (0, 6), (0, 5)) | {"judge_doc_type": "裁定"},
    ),
    _pros(
        "T021",
        "no judgment of second instance after half a year, but the protest was withdrawn",
        PENDING,
        {"protest_wd_date": shifted("protest_date", 20), "upper_result": "撤回抗诉"},
    ),
    _pros("T023", "indicted a little less than twelve months ago", untried(ago=366, recent=1, review_days=20), {}),
]

MEASURE = [
    Plant(
        "T045",
        "measure",
        no_arrest(tried()),
        answered_on_last_day("apply_date", "apply_done_date", "decide_date", (5, 11), (0, 3)),
        near="on bail: answered on the third day, which days off moved",
    ),
    Plant(
        "T045",
        "measure",
        arrested(),
        {"apply_date": same_as("decide_date"), "apply_done_date": ends("decide_date", (0, 3), moves=False)},
        near="in custody: answered on the third day even if that is a day off",
    ),
]

NEAR_OWN_ROW_DEADLINES: tuple[Plant, ...] = (*ARREST, *REVIEW, *TRIAL, *MEASURE)

EXEMPT_OWN_ROW_DEADLINES: tuple[Plant, ...] = (
    Plant(
        "T024",
        "arrest",
        refused(request_measure="取保候审"),
        dict.fromkeys(("receipt_date", "exec_date", "exec_state")),
        near="was not in custody, so nothing is executed",
    ),
    *[
        Plant(rule_id, "arrest", wants, {"invest_org": "汉东市监委"}, near="the supervisors under their short name")
        for rule_id, wants in (
            ("T001", arrested(arrest_days=11)),
            ("T002", refused(request_measure="取保候审", arrest_days=37)),
            ("T044", arrest_alone(OPEN, review_days=(5, 6))),
        )
    ],
)
