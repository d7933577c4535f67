"""Twins of the kinds that look at other rows, and how a row finds those; see `kind_twins`."""

from datetime import date

from support.twins.kind_twins import TODAY, Judged, Row, below, differ, filled, same, twin, yes
from support.twins.pandas_values import charge_set, charges, custodial


def trials(j: Judged) -> list[Row]:
    """The rows of the trial card with the judged row's suspect number."""
    return [r for r in j.cards["trial"] if same(r["suspect_no"], j["suspect_no"])]


def related(j: Judged) -> list[Row]:
    """The rows of the trial card whose case the judged row names."""
    return [r for r in j.cards["trial"] if same(r["bmsah"], j["ref_bmsah"])]


def stage(j: Judged) -> Row | None:
    """The trial row of the person: the latest accepted, then the greatest case number, then the one loaded last."""
    rows = sorted(trials(j), key=lambda r: (r["accept_date"] or date.min, r["bmsah"] or "", r["row"]))
    return rows[-1] if rows else None


# duplicate


@twin(
    "DUP01",
    "duplicate",
    "suspect_no bmsah",
    same=("bmsah", "suspect_no"),
    when="not blank(bmsah) and not blank(suspect_no)",
)
def person_twice_in_a_case(j: Judged) -> bool:
    return sum(1 for r in j.case if same(r["suspect_no"], j["suspect_no"])) > 1


@twin(
    "DUP02",
    "duplicate",
    "suspect_no is_unit",
    same=("suspect_no",),
    unless="yes(is_unit)",
    when="not blank(suspect_no)",
)
def person_twice(j: Judged) -> bool:
    return len(j.person) > 1 and not yes(j["is_unit"])


@twin(
    "DUP03",
    "duplicate",
    "doc_no bmsah",
    other_rows="is_unit",
    level="case",
    no_other="r.bmsah = t.bmsah and r.doc_no <> t.doc_no and coalesce(r.is_unit, '') <> '是'",
)
def second_document(j: Judged) -> bool:
    return any(differ(r["doc_no"], j["doc_no"]) and not yes(r["is_unit"]) for r in j.case)


@twin(
    "DUP04",
    "duplicate",
    "accept_date close_date name suspect_no",
    when="not blank(suspect_no)",
    no_other="r.suspect_no = t.suspect_no and r.name <> t.name and "
    "r.accept_date < coalesce(t.close_date, :today) and t.accept_date < coalesce(r.close_date, :today)",
)
def overlapping(j: Judged) -> bool:
    return any(
        differ(r["name"], j["name"])
        and below(r["accept_date"], j["close_date"] or TODAY)
        and below(j["accept_date"], r["close_date"] or TODAY)
        for r in j.person
    )


@twin(
    "DUP05",
    "duplicate",
    "bmsah",
    each={"fields": "is_unit amount close_date"},
    other_rows="is_unit amount close_date",
    level="case",
    alike="agg_rows($card, count(distinct coalesce(r.$f::varchar, '')), r.bmsah = t.bmsah) <= 1",
)
def case_item_differs(j: Judged) -> bool:
    return len({r[j.item] for r in j.case}) > 1


@twin("DUP06", "duplicate", "name doc_no", no_other="r.doc_no is not distinct from t.doc_no and r.name <> t.name")
def another_name_on_the_document(j: Judged) -> bool:
    return any(r["doc_no"] == j["doc_no"] and differ(r["name"], j["name"]) for r in j.own)


# cross_stage


@twin(
    "STG01",
    "cross_stage",
    "$f suspect_no",
    each={"fields": "name sex amount charge"},
    needs=("trial",),
    agrees_with="stage(trial).$f",
    trial="name sex amount charge accept_date",
)
def trial_differs(j: Judged) -> bool:
    trial = stage(j)
    return trial is not None and differ(j.value, trial[j.item])


@twin(
    "STG02",
    "cross_stage",
    "close_date ref_bmsah is_unit kind",
    needs=("trial",),
    trial="accept_date",
    level="case",
    when="is_unit = '是' or kind = '逮捕'",
    agrees_with="agg_rows(trial, max(r.accept_date), r.bmsah = t.ref_bmsah)",
)
def latest_related_trial_differs(j: Judged) -> bool:
    judged = yes(j["is_unit"]) or j["kind"] == "逮捕"
    return judged and differ(j["close_date"], max(filled(related(j), "accept_date"), default=None))


@twin(
    "STG03",
    "cross_stage",
    "suspect_no kind",
    needs=("trial",),
    when="kind = '逮捕'",
    then="has_stage(trial)",
    trial="kind",
)
def arrested_and_never_tried(j: Judged) -> bool:
    return j["kind"] == "逮捕" and not trials(j)


@twin(
    "STG04",
    "cross_stage",
    "accept_date",
    needs=("trial?",),
    then="stage(trial).accept_date >= accept_date",
    trial="accept_date",
)
def tried_before_accepted(j: Judged) -> bool:
    trial = stage(j)
    return trial is not None and below(trial["accept_date"], j["accept_date"])


@twin(
    "STG05",
    "cross_stage",
    "accept_date kind",
    needs=("trial",),
    trial="accept_date kind",
    when="custodial(kind)",
    then="count_rows(trial, r.suspect_no = t.suspect_no and r.accept_date >= t.accept_date and r.kind = '逮捕') > 0",
)
def no_later_arrest(j: Judged) -> bool:
    later = [r for r in trials(j) if r["kind"] == "逮捕" and not below(r["accept_date"], j["accept_date"])]
    return custodial(j["kind"]) and not [r for r in later if None not in (r["accept_date"], j["accept_date"])]


@twin(
    "STG06",
    "cross_stage",
    "charge other_charges",
    needs=("trial",),
    trial="charge accept_date",
    then="same_set(charges2(charge, other_charges), charges(stage(trial).charge))",
    when="not blank(stage(trial).charge)",
)
def charges_of_the_trial_differ(j: Judged) -> bool:
    trial = stage(j)
    return bool(trial and trial["charge"]) and set(charges((trial or {})["charge"])) != charge_set(
        j["charge"], j["other_charges"]
    )


@twin(
    "STG07",
    "cross_stage",
    "kind close_date",
    needs=("trial",),
    trial="kind accept_date",
    when="not blank(close_date)",
    then="agg_rows(trial, last(r.kind order by r.accept_date, r._row), r.suspect_no = t.suspect_no "
    "and r.accept_date <= t.close_date) = kind",
)
def measure_at_closing_differs(j: Judged) -> bool:
    before = [r for r in trials(j) if j["close_date"] and r["accept_date"] and r["accept_date"] <= j["close_date"]]
    before.sort(key=lambda r: (r["accept_date"], r["row"]))
    return bool(before) and differ(before[-1]["kind"], j["kind"])


@twin(
    "STG08",
    "cross_stage",
    "name",
    needs=("trial?",),
    trial="amount accept_date",
    then="blank(stage(trial).amount) or blank(name)",
)
def name_beside_an_amount(j: Judged) -> bool:
    trial = stage(j)
    return trial is not None and trial["amount"] is not None and j["name"] is not None
