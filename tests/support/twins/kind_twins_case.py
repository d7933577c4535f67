"""Twins of the helpers over other rows, in rules of any kind, as loops over all rows of the card; see `kind_twins`."""

from support.twins.kind_cards import GROUPS
from support.twins.kind_twins import TODAY, Judged, below, differ, filled, twin
from support.twins.kind_twins_days import last_day
from support.twins.kind_twins_links import related, stage
from support.twins.kind_twins_values import outdated
from support.twins.pandas_values import charge_set, charges, custodial, items


def case_charges(j: Judged) -> set[str]:
    """All charges of all persons of the case."""
    return {charge for r in j.case for charge in charge_set(r["charge"], r["other_charges"])}


def person_count(j: Judged) -> int:
    """Different suspect numbers of the case, plus one for each row without."""
    return len(set(filled(j.case, "suspect_no"))) + sum(1 for r in j.case if r["suspect_no"] is None)


@twin("ROW01", "implies", "persons bmsah", group="other_rows", then="person_count() <= persons")
def fewer_persons_than_rows(j: Judged) -> bool:
    return below(j["persons"], person_count(j))


@twin(
    "ROW02",
    "implies",
    "bmsah",
    other_rows="name",
    group="other_rows",
    level="case",
    when="person_count() > 1",
    then="case_persons(bool_and(not blank(name)))",
)
def somebody_without_name(j: Judged) -> bool:
    return person_count(j) > 1 and any(r["name"] is None for r in j.case)


@twin(
    "ROW03",
    "flag_review",
    "amount bmsah",
    group="other_rows",
    flag="case_persons(bool_or(amount > t.amount and kind <> '逮捕'))",
    other_rows="kind",
)
def larger_amount_of_another(j: Judged) -> bool:
    return any(below(j["amount"], r["amount"]) and differ(r["kind"], "逮捕") for r in j.case)


@twin(
    "ROW04",
    "range",
    "close_date bmsah",
    group="other_rows",
    value="case_persons(max(close_date))",
    at_most="close_date",
)
def closed_before_the_last(j: Judged) -> bool:
    return any(below(j["close_date"], r["close_date"]) for r in j.case)


@twin(
    "ROW05",
    "range",
    "suspect_no",
    other_rows="amount kind",
    group="other_rows",
    at_most=100,
    value="agg_rows(dossier, sum(r.amount), r.suspect_no = t.suspect_no and r.kind <> '逮捕')",
)
def large_sum(j: Judged) -> bool:
    return below(100, sum(filled((r for r in j.person if differ(r["kind"], "逮捕")), "amount")))


@twin(
    "ROW06",
    "range",
    "bmsah",
    other_rows="term",
    group="other_rows",
    value="case_persons(avg(term))",
    at_least=6,
    level="case",
)
def low_average(j: Judged) -> bool:
    terms = filled(j.case, "term")
    return bool(terms) and sum(terms) < 6 * len(terms)


@twin(
    "ROW07",
    "implies",
    "$f bmsah",
    each={"fields": "kind name"},
    group="other_rows",
    when="not blank($f)",
    then="case_persons(count(distinct $f)) = 1 or case_persons(count($f)) > 3",
)
def two_values_in_a_case(j: Judged) -> bool:
    values = filled(j.case, j.item)
    return j.value is not None and len(set(values)) != 1 and len(values) <= 3


@twin(
    "ROW08",
    "implies",
    "suspect_no bmsah",
    other_rows="factors",
    group="other_rows",
    then="agg_rows(dossier, count_if(has(r.factors, '累犯')), r.bmsah = t.bmsah and r.suspect_no <> t.suspect_no) = 0",
)
def another_is_a_recidivist(j: Judged) -> bool:
    return any("累犯" in items(r["factors"]) for r in j.case if differ(r["suspect_no"], j["suspect_no"]))


@twin(
    "ROW09",
    "implies",
    "name bmsah",
    other_rows="accept_date",
    group="other_rows",
    then="agg_rows(dossier, first(r.name order by r.accept_date desc, r._row), r.bmsah = t.bmsah "
    "and r.accept_date is not null) = name",
)
def named_otherwise_at_last(j: Judged) -> bool:
    rows = [r for r in j.case if r["accept_date"] is not None]
    latest = sorted((r for r in rows if r["accept_date"] == max(filled(rows, "accept_date"))), key=lambda r: r["row"])
    return bool(latest) and differ(latest[0]["name"], j["name"])


@twin(
    "ROW10",
    "implies",
    "ref_bmsah",
    trial="kind",
    needs=("trial?",),
    group="other_rows",
    then="count_rows(trial, r.bmsah = t.ref_bmsah and r.kind in ('拘留', '逮捕')) > 0",
)
def no_related_trial(j: Judged) -> bool:
    return not any(r["kind"] in ("拘留", "逮捕") for r in related(j))


@twin(
    "ROW11",
    "set_relation",
    "court_charges bmsah",
    other_rows="charge other_charges",
    group="other_rows",
    level="case",
    relation="subset(charges(court_charges), case_persons(list_distinct(flatten(list(charges2(charge, other_charges))))))",
)
def court_charge_of_nobody(j: Judged) -> bool:
    return not set(charges(j["court_charges"])) <= case_charges(j)


@twin(
    "ROW12",
    "set_relation",
    "court_charges suspect_no",
    other_rows="charge",
    group="other_rows",
    relation="same_set(charges(court_charges), agg_rows(dossier, list_distinct(flatten(list(charges(r.charge)))), "
    "r.suspect_no = t.suspect_no))",
)
def court_charges_are_not_the_persons(j: Judged) -> bool:
    return bool(j.person) and set(charges(j["court_charges"])) != {c for r in j.person for c in charges(r["charge"])}


@twin(
    "ROW13",
    "implies",
    "$f suspect_no",
    each={"fields": "amount term"},
    group="other_rows",
    trial="amount term accept_date",
    needs=("trial",),
    when="not has_stage(trial) or stage(trial).$f > 6",
    then="$f = case_persons(min($f))",
)
def more_than_the_least(j: Judged) -> bool:
    trial, values = stage(j), filled(j.case, j.item)
    judged = trial is None or below(6, trial[j.item])
    return judged and bool(values) and differ(j.value, min(values))


@twin(
    "ROW14",
    "deadline",
    "accept_date bmsah",
    group="other_rows",
    other_rows="done_date",
    done="coalesce(case_persons(min(done_date)), :today)",
    last_day="add_days(accept_date, 20)",
)
def nobody_done_within_twenty_days(j: Judged) -> bool:
    first_done = min(filled(j.case, "done_date"), default=TODAY)
    return j["accept_date"] is not None and (first_done - j["accept_date"]).days > 20


@twin(
    "ROW15",
    "duplicate",
    "charge bmsah",
    other_rows="other_charges",
    group="other_rows",
    no_other="r.bmsah = t.bmsah and list_has_any(charges(r.other_charges), charges(t.charge))",
)
def charge_among_the_others_of_the_case(j: Judged) -> bool:
    other_rows = (r for r in j.case if r is not j.row)
    return any(set(charges(r["other_charges"])) & set(charges(j["charge"])) for r in other_rows)


@twin(
    "ROW16",
    "in_dictionary",
    "$f bmsah",
    each={"fields": "charge"},
    other_rows="accept_date",
    group="other_rows",
    valid="case_persons(bool_and(charges_valid($f, accept_date)))",
)
def charge_of_the_case_not_valid(j: Judged) -> bool:
    judged = j["charge"] is not None
    return judged and any(outdated(r["charge"], r["accept_date"]) for r in j.case)


@twin(
    "ROW17",
    "deadline",
    "bmsah",
    other_rows="accept_date close_date kind",
    group="other_rows",
    level="case",
    in_time="case_persons(bool_and(close_date <= deadline(accept_date, 7, 'day', custodial(kind))))",
)
def somebody_of_the_case_late(j: Judged) -> bool:
    days = [
        (r["close_date"], r["accept_date"] and last_day(r["accept_date"], 0, 7, custodial(r["kind"]))) for r in j.case
    ]
    return any(below(last, closed) for closed, last in days)


@twin(
    "ROW18",
    "pattern",
    "bmsah",
    other_rows="close_date",
    group="other_rows",
    value="bmsah",
    form="agg_rows(dossier, count(raw(r.close_date)), r.bmsah = t.bmsah) = case_persons(count(close_date))",
)
def somebody_of_the_case_unreadable(j: Judged) -> bool:
    return any("close_date" in r["unreadable"] for r in j.case)


@twin(
    "ROW19",
    "implies",
    "suspect_no",
    other_rows="place charge",
    group="other_rows",
    then="count_rows(dossier, r.suspect_no = t.suspect_no and (in_dict_group(r.place, 'PLACE', '羁押') "
    "or any_in_group(charges(r.charge), 'THEFT'))) < 2",
)
def two_thefts_or_places(j: Judged) -> bool:
    places = [r["place"] in ("地区01", "地区02") for r in j.person]
    thefts = [bool(set(charges(r["charge"])) & GROUPS["THEFT"]) for r in j.person]
    return sum(map(max, places, thefts)) > 1
