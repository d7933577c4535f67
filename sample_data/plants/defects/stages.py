"""Plants of stages that do not agree: arrest and prosecution, the measures between them, and the cases they lead to."""

from collections.abc import Mapping

from sample_data.matter import Matter
from sample_data.planting import COMMON, Change, Plant, Reshape
from sample_data.plants.reshaping import day, moved, on, removed, sibling
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    conditional,
    dropped,
    edited,
    imprisoned,
    no_arrest,
    raised,
    same_as,
    shifted,
    tried,
)

MISSED = arrested(persons=2, special="missed")
LONG_HELD = arrested(investigation_days=100)
HELD_ALONE = arrest_alone("批准逮捕", ago=245, recent=255)
RELEASED: Mapping[str, Change] = {"end_date": shifted("decide_date", 50), "end_reason": "释放"}
TO_BAIL = arrested(bail_change=True)


def arrest_accepted(after: int) -> Reshape:
    """The whole arrest row moved so that its acceptance lies so many days after that of the prosecution case."""

    def reshape(matter: Matter) -> None:
        days = (day(matter, "prosecution", "accept_date") - day(matter, "arrest", "accept_date")).days + after
        row = matter.rows("arrest")[0]
        row.update(moved(row, days) | {name: row[name] for name in ("birth_date", "crime_start", "crime_end")})

    return reshape


FLAGS = [
    Plant(
        "X010",
        "arrest",
        MISSED,
        {},
        rows="last",
        reshape=(on("prosecution", {"is_missed_arrest": "否"}, "last"),),
        weight=COMMON,
    ),
    Plant(
        "X011",
        "arrest",
        arrest_alone("批准逮捕", ago=195, recent=200),
        {"is_missed_arrest_req": "是"},
        reshape=(on("measure", RELEASED, "last"), removed("extension")),
    ),
    Plant("X012", "prosecution", arrested(), {"is_missed_arrest": "是"}, weight=COMMON),
    Plant(
        "X013",
        "prosecution",
        dropped(arrest="批准逮捕", request_measure="拘留"),
        {"is_missed_arrest": "是"},
        reshape=(on("arrest", {"is_missed_arrest_req": "是"}),),
    ),
    Plant(
        "X013",
        "prosecution",
        dropped("同意移送单位撤回", arrest="批准逮捕", request_measure="拘留"),
        {"is_missed_arrest": "是"},
        reshape=(on("arrest", {"is_missed_arrest_req": "是"}),),
    ),
    Plant(
        "X013",
        "prosecution",
        arrested(charge="袭警罪", kind="有期徒刑", suspended=False),
        {"is_missed_arrest": "是", "j_kind": "免予刑事处罚", "j_term": None, "sr_accepted": "否"},
        reshape=(on("arrest", {"is_missed_arrest_req": "是"}),),
        also=(("P012", ""),),
    ),
    Plant("X029", "prosecution", no_arrest(tried()), {"is_filing_superv": "是"}, weight=COMMON),
    Plant("X038", "prosecution", no_arrest(tried()), {"is_missed_arrest": "是"}),
]

_IDENTITY: Mapping[str, Mapping[str, Change]] = {
    "name": {"name": "示例改名", "case_name": lambda row: str(row["case_name"]).replace(str(row["name"]), "示例改名")},
    "id_no": {"id_no": edited("id_no", sibling)},
    "birth_date": {"birth_date": shifted("birth_date", 1), "id_type": "护照"},
    "ethnic": {"ethnic": lambda row: "满族" if row["ethnic"] == "汉族" else "汉族"},
    "sex": {"sex": lambda row: "女" if row["sex"] == "男" else "男", "id_type": "护照"},
}

IDENTITIES = [
    Plant("X015", "prosecution", arrested(), changes, name, weight=COMMON) for name, changes in _IDENTITY.items()
]

ORDER = [
    Plant("X019", "prosecution", arrested(ago=90), {}, reshape=(arrest_accepted(4),)),
    Plant(
        "X026",
        "arrest",
        arrest_alone("不批准逮捕", ago=385, recent=390),
        {"no_arrest_ground": "无社会危险性其他情形"},
        reshape=(on("measure", {"end_date": shifted("decide_date", 300), "end_reason": "解除"}, "last"),),
    ),
    Plant(
        "X027", "arrest", HELD_ALONE, {}, reshape=(on("measure", RELEASED, "last"), removed("extension")), weight=COMMON
    ),
]

MEASURES = [
    Plant(
        "L006",
        "measure",
        arrested(),
        {"decide_date": shifted("end_date", 1), "end_date": shifted("end_date", 1)},
        finding_rows="second",
    ),
    Plant(
        "X009",
        "prosecution",
        arrested(),
        {"measure_before_close": None},
        also=(("T049", "measure_before_close"),),
        weight=COMMON,
    ),
    Plant("X022", "prosecution", arrested(), {"measure_before_close": "拘留"}),
    Plant("X020", "measure", TO_BAIL, {"end_date": None, "end_reason": None}, rows="second"),
    Plant(
        "X020",
        "measure",
        TO_BAIL,
        {"end_reason": "释放"},
        rows="second",
        reshape=(
            on("measure", {"decide_date": shifted("decide_date", -6), "exec_date": shifted("exec_date", -6)}, "last"),
        ),
    ),
    Plant("X021", "measure", no_arrest(tried()), {"end_reason": "变更强制措施"}, weight=COMMON),
    Plant("X022", "prosecution", no_arrest(tried()), {"measure_before_close": "监视居住"}, weight=COMMON),
    Plant("X022", "prosecution", arrested(bail_change=True), {"measure_before_close": "逮捕"}, weight=COMMON),
    Plant("X023", "arrest", arrested(), {}, reshape=(removed("measure"),)),
    Plant(
        "T004",
        "measure",
        tried(charge=("受贿罪", "行贿罪"), custody="retention"),
        {"decide_date": shifted("decide_date", 13)},
        rows="last",
        finding_rows="second",
    ),
    Plant(
        "T004",
        "measure",
        tried(charge=("受贿罪", "行贿罪"), custody="retention"),
        {"decide_date": shifted("decide_date", 13)},
        rows="last",
        finding_rows="second",
        reshape=(on("prosecution", {"transfer_unit": "汉东市监委"}),),
    ),
    Plant(
        "T010",
        "measure",
        no_arrest(tried()),
        {"decide_date": shifted("decide_date", -365), "exec_date": shifted("exec_date", -365)},
        weight=COMMON,
    ),
    Plant(
        "T011",
        "measure",
        no_arrest(tried(), "residence"),
        {"decide_date": shifted("decide_date", -190), "exec_date": shifted("exec_date", -190)},
    ),
    Plant("T012", "measure", LONG_HELD, {}, rows="second", reshape=(removed("extension"),), weight=COMMON),
    Plant(
        "T012",
        "measure",
        LONG_HELD,
        {},
        rows="second",
        reshape=(on("extension", {"ext_to": same_as("expiry_date")}, "last"),),
    ),
]


def _linked(rule_id: str, name: str, wish: str, wants: Mapping[str, object]) -> list[Plant]:
    """A flag that no case answers to, or a case that the flag denies."""
    alone = arrest_alone("不批准逮捕", request_measure="取保候审")
    return [
        Plant(rule_id, "prosecution", no_arrest(tried()), {name: "是"}, per_case=True, weight=COMMON),
        Plant(rule_id, "prosecution", {**wants, wish: True}, {name: "否"}, per_case=True),
        Plant(rule_id, "arrest", alone, {name: "是"}, per_case=True),
    ]


LINKED = [
    *_linked("X031", "has_suggestion", "suggested", dropped(ago=60)),
    *_linked("X032", "has_hearing", "heard", dropped(ago=60)),
    Plant("X032", "arrest", arrest_alone("不批准逮捕", heard=True), {"has_hearing": "否"}, per_case=True),
    *[
        Plant(
            "X033",
            "second_instance",
            imprisoned(remedy="appeal", until="effective", ago=200),
            {name: change, "s_result": "准许撤回上诉", "s_kind": None, "s_term": None},
            name,
        )
        for name, change in (
            ("j_date", shifted("j_date", -1)),
            ("j_kind", "拘役"),
            ("j_term", raised("j_term", 2)),
        )
    ],
    Plant(
        "X040",
        "second_instance",
        imprisoned(remedy="appeal", until="effective", ago=200),
        {"j_charge": "抢夺罪"},
        weight=COMMON,
    ),
    Plant(
        "X036",
        "execution",
        imprisoned(executed="sentence", ago=200),
        {"term": raised("term", 3)},
        weight=COMMON,
    ),
    Plant(
        "X037",
        "prosecution",
        dropped(ago=70, penalty=True),
        {},
        reshape=(removed("admin"),),
        weight=COMMON,
    ),
    Plant(
        "X037",
        "prosecution",
        dropped(ago=70, penalty=True),
        {},
        reshape=(on("admin", {"kind": "行政违法行为监督"}),),
    ),
    Plant(
        "T047",
        "prosecution",
        tried(charge="盗窃罪", minor=True),
        {},
        reshape=(on("juvenile", {"seal_date": None}),),
        weight=COMMON,
    ),
]

CONDITIONAL = conditional(ago=60)
SERVED_LATE = [
    Plant("T029", "juvenile", CONDITIONAL, {"cond_served": shifted("cond_date", 15)}, weight=COMMON),
    Plant("T029", "juvenile", CONDITIONAL, {"cond_served": None}),
    *[
        Plant("C027", "juvenile", wants, {name: None}, name, weight=2)
        for wants in (CONDITIONAL, tried(charge="盗窃罪", minor=True))
        for name in ("guardian_present", "legal_aid", "social_survey_date")
    ],
    Plant("T013", "extension", LONG_HELD, {"request_date": shifted("expiry_date", -3)}, weight=2),
    Plant("T013", "extension", LONG_HELD, {"request_date": same_as("expiry_date")}),
]

PLANTS = [*FLAGS, *IDENTITIES, *ORDER, *MEASURES, *LINKED, *SERVED_LATE]
