"""Near misses of stages: the very day, the exception that excuses, the record that answers the flag elsewhere.

A near miss is judged by its rule and is lawful.
"""

from sample_data.courses.timeline import months_after
from sample_data.matter import Matter
from sample_data.planting import Change, Plant, Reshape
from sample_data.plants.defects.stages import CONDITIONAL, HELD_ALONE, LONG_HELD, MISSED, TO_BAIL, arrest_accepted
from sample_data.plants.reshaping import copied, day, derived, on, removed, value
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    contested,
    day_of,
    dropped,
    edited,
    imprisoned,
    no_arrest,
    raised,
    shifted,
    tried,
)

_WIDE = {ord("0") + n: ord("０") + n for n in range(10)}
_MISSED_TOO = on("arrest", {"is_missed_arrest_req": "是"})


def _before_end(months: int) -> Change:
    """The day so many months before the end."""
    return lambda row: months_after(day_of(row, "end_date"), -months)


def _measured_on_closing(matter: Matter) -> None:
    """A second measure begins on the very day the suspect's case is closed."""
    closed = day(matter, "prosecution", "p_close_date")
    on("measure", {"end_date": closed, "end_reason": "变更强制措施"})(matter)
    begun: dict[str, Change] = {"decide_date": closed, "exec_date": closed, "end_date": None, "end_reason": None}
    bail: dict[str, Change] = {"measure_no": "2", "kind": "监视居住", "bail_mode": None, "bail_money": None}
    copied("measure", begun | bail)(matter)


def _shortened(matter: Matter) -> None:
    """The second instance takes a month off, and the sentence served is that of the second instance."""
    less: dict[str, Change] = {"s_result": "改判", "s_kind": "有期徒刑", "s_term": raised("j_term", -1)}
    for card in ("prosecution", "second_instance"):
        on(card, less)(matter)
    on("execution", {"term": value(matter, "prosecution", "s_term")})(matter)


def _for_arrest(matter: Matter) -> None:
    """The suggestion is said to come from the arrest case, not from the prosecution case."""
    on("prosecution", {"has_suggestion": None})(matter)
    on("suggestion", {"rel_bmsah": value(matter, "arrest", "bmsah")})(matter)


_to_prosecution: Reshape = derived("measure", lambda m: {"bmsah": value(m, "prosecution", "bmsah")}, "second")
_last_day_of_bail: Reshape = derived(
    "measure",
    lambda m: {
        "decide_date": (half_year_before := months_after(day(m, "prosecution", "p_close_date"), -6)),
        "exec_date": half_year_before,
    },
)
_fourteenth_day: Reshape = derived(
    "measure", lambda m: {"decide_date": shifted("exec_date", 14)(m.rows("measure")[1])}, "last"
)

FLAGS = [
    Plant("X010", "arrest", MISSED, {}, rows="last", near="flagged in both stages"),
    Plant("X011", "arrest", {**MISSED, "ago": 200}, {}, rows="last", near="half a year on, but sent for prosecution"),
    Plant("X012", "prosecution", MISSED, {}, rows="last", near="flagged in both stages"),
    Plant(
        "X013",
        "prosecution",
        contested(charge="走私、贩卖、运输、制造毒品罪", kind="有期徒刑", arrest="批准逮捕", request_measure="拘留"),
        {"is_missed_arrest": "是", "j_term": 120},
        reshape=(_MISSED_TOO,),
        near="ten years of imprisonment, and not a month more",
    ),
    Plant(
        "X029",
        "prosecution",
        arrested(persons=2, special="supervised"),
        {},
        rows="last",
        near="the supervision case names the suspect",
    ),
    Plant("X038", "prosecution", MISSED, {}, rows="last", near="the arrest case exists"),
]

IDENTITIES = [
    Plant("X015", "prosecution", arrested(), {}, name, near="the same in both stages")
    for name in ("name", "birth_date", "ethnic", "sex")
]
IDENTITIES += [
    Plant(
        "X015",
        "prosecution",
        arrested(),
        {"id_no": edited("id_no", lambda number: number.translate(_WIDE))},
        "id_no",
        near="the same number in full-width digits",
    )
]

ORDER = [
    Plant("X019", "prosecution", arrested(ago=90), {}, reshape=(arrest_accepted(0),), near="accepted on the same day"),
    Plant(
        "X026",
        "arrest",
        arrest_alone("不批准逮捕", ago=385, recent=390),
        {"no_arrest_ground": "无社会危险性其他情形", "post_arrest_cancel_date": shifted("p_close_date", 100)},
        reshape=(on("measure", {"end_date": shifted("decide_date", 100), "end_reason": "解除"}, "last"),),
        near="the police cancelled the case",
    ),
    Plant(
        "X027",
        "arrest",
        HELD_ALONE,
        {},
        reshape=(on("extension", {"ext_to": shifted("ext_to", 90)}, "last"),),
        near="an extension still runs",
    ),
]

MEASURES = [
    Plant(
        "L006",
        "measure",
        arrested(),
        {"decide_date": shifted("end_date", 0)},
        finding_rows="second",
        near="detention decided on the day of the arrest",
    ),
    Plant(
        "X009",
        "prosecution",
        TO_BAIL,
        {"measure_before_close": None},
        also=(("T049", "measure_before_close"),),
        near="blank, but bail after the arrest is on record",
    ),
    Plant("X020", "measure", TO_BAIL, {}, rows="second", near="custody ends on the day bail begins"),
    Plant(
        "X021", "measure", arrested(), {"end_date": shifted("end_date", -1)}, near="the next measure begins a day on"
    ),
    Plant(
        "X022",
        "prosecution",
        no_arrest(tried()),
        {"measure_before_close": "监视居住"},
        reshape=(_measured_on_closing,),
        near="the measure was changed on the very day of closing",
    ),
    Plant("X023", "arrest", arrested(), {}, reshape=(_to_prosecution,), near="recorded under the prosecution case"),
    Plant(
        "T004",
        "measure",
        tried(charge=("受贿罪", "行贿罪"), custody="retention"),
        {},
        rows="second",
        reshape=(_fourteenth_day,),
        near="decided on the fourteenth day",
    ),
    Plant(
        "T010",
        "measure",
        no_arrest(tried()),
        {"decide_date": _before_end(12), "exec_date": _before_end(12)},
        near="twelve months to the day",
    ),
    Plant(
        "T011",
        "measure",
        no_arrest(tried(), "residence"),
        {},
        reshape=(_last_day_of_bail,),
        near="six months to the day",
    ),
    Plant(
        "T012",
        "measure",
        LONG_HELD,
        {},
        rows="second",
        reshape=(derived("extension", lambda m: {"ext_to": day(m, "prosecution", "accept_date")}, "last"),),
        near="sent for prosecution on the last day of the extension",
    ),
    Plant(
        "T012",
        "measure",
        arrested(),
        {},
        rows="second",
        reshape=(
            derived("measure", lambda m: {"end_date": day(m, "prosecution", "j_date"), "end_reason": None}, "second"),
        ),
        near="sent for prosecution in time; the custody went on in the court's hands",
    ),
]

LINKED = [
    Plant("X031", "prosecution", dropped(ago=60, suggested=True), {}, per_case=True, near="the suggestion exists"),
    Plant("X031", "prosecution", no_arrest(tried()), {"has_suggestion": "否"}, per_case=True, near="none was made"),
    Plant(
        "X031",
        "arrest",
        arrested(suggested=True, ago=60),
        {"has_suggestion": "是"},
        per_case=True,
        reshape=(_for_arrest,),
        near="the suggestion names the arrest case",
    ),
    Plant("X032", "prosecution", dropped(ago=60, heard=True), {}, per_case=True, near="the hearing exists"),
    Plant("X032", "arrest", arrest_alone("不批准逮捕", heard=True), {}, per_case=True, near="the hearing exists"),
    *[
        Plant(
            "X033",
            "second_instance",
            imprisoned(remedy="appeal", until="effective", ago=200),
            {},
            name,
            near="told as the first instance pronounced it",
        )
        for name in ("j_date", "j_kind", "j_term")
    ],
    Plant(
        "X040",
        "second_instance",
        imprisoned(remedy="appeal", until="effective", ago=200),
        {"j_charge": edited("j_charge", lambda charge: f"{charge}(原旧罪名)")},
        near="the same charge with its former name in brackets",
    ),
    Plant(
        "X036",
        "execution",
        imprisoned(executed="sentence", remedy="appeal", ago=240),
        {},
        reshape=(_shortened,),
        near="the term of the second instance is served",
    ),
    Plant("X037", "prosecution", dropped(ago=70, penalty=True), {}, near="the case was passed on"),
    Plant(
        "T047",
        "prosecution",
        contested(charge="盗窃罪", minor=True, kind="有期徒刑"),
        {"j_term": 60},
        near="five years, and sealed",
    ),
    Plant("T029", "juvenile", CONDITIONAL, {"cond_served": shifted("cond_date", 3)}, near="served on the third day"),
    *[
        Plant("C027", "juvenile", CONDITIONAL, {name: "否"}, name, near="否 is an answer")
        for name in ("guardian_present", "legal_aid")
    ],
    Plant(
        "C027",
        "juvenile",
        tried(charge="盗窃罪", minor=True),
        {"is_minor": "否"},
        "social_survey_date",
        near="seventeen years old, and surveyed",
    ),
    Plant("T013", "extension", LONG_HELD, {"request_date": shifted("expiry_date", -7)}, near="seven days before"),
]

EXEMPT_STAGES: tuple[Plant, ...] = (
    Plant(
        "T047",
        "prosecution",
        tried(charge="故意伤害罪", minor=True),
        {},
        reshape=(removed("juvenile"),),
        near="there is no juvenile card to say when the record was sealed",
    ),
    Plant("X009", "prosecution", TO_BAIL, {}, near="the measures on record speak, and X022 compares with them"),
)

NEAR_STAGES: tuple[Plant, ...] = (*FLAGS, *IDENTITIES, *ORDER, *MEASURES, *LINKED)
