"""Twins of the kinds that compare the plain items of one row; see `kind_twins`."""

import re
from datetime import date, timedelta

from support.twins.kind_twins import Judged, below, twin, yes
from support.twins.pandas_values import add_months, full_years, items

# required


@twin("REQ01", "required", "name")
def name_blank(j: Judged) -> bool:
    return j["name"] is None


@twin(
    "REQ02",
    "required",
    "$f is_unit",
    each={"fields": "id_no close_date factors charge"},
    when="is_unit = '是'",
    level="row",
)
def unit_item_blank(j: Judged) -> bool:
    return yes(j["is_unit"]) and j.value is None


@twin(
    "REQ03",
    "required",
    "factors kind",
    when="kind <> '逮捕'",
    filled="not none_or_blank(factors)",
    level="case",
)
def only_none(j: Judged) -> bool:
    return j["kind"] not in (None, "逮捕") and set(items(j["factors"])) <= {"无"}


@twin("REQ04", "required", "$f is_unit kind", cards=("dossier", "trial"), each={"types": "date"}, when="$required")
def required_date_blank(j: Judged) -> bool:
    required = j.item == "accept_date" or (j.item == "close_date" and j["kind"] == "逮捕")
    return required and j.value is None


@twin("REQ05", "required", "done_date doc_no", filled="not blank(done_date) or not blank(doc_no)")
def neither_filled(j: Judged) -> bool:
    return j["done_date"] is None and j["doc_no"] is None


# implies


@twin("IMP01", "implies", "amount factors", when="has(factors, '累犯')", then="amount > :limit", params={"limit": 100})
def small_amount_of_a_recidivist(j: Judged) -> bool:
    return "累犯" in items(j["factors"]) and j["amount"] is not None and j["amount"] <= 100


@twin("IMP02", "implies", "factors close_date", then="has_any(factors, ['自首', '立功']) or blank(close_date)")
def closed_without_factor(j: Judged) -> bool:
    return j["close_date"] is not None and not {"自首", "立功"} & set(items(j["factors"]))


@twin(
    "IMP03",
    "implies",
    "term amount is_unit kind",
    level="case",
    when="yes(is_unit) or kind = '逮捕'",
    then="not (term > 6 and amount < 500)",
)
def long_term_for_little(j: Judged) -> bool:
    return (yes(j["is_unit"]) or j["kind"] == "逮捕") and below(6, j["term"]) and below(j["amount"], 500)


@twin(
    "IMP04",
    "implies",
    "$f",
    each={"fields": "persons term amount"},
    cards=("dossier", "trial"),
    then="$f >= :least and $f < 500 or $f = -1",
    params={"least": 1},
)
def implausible_number(j: Judged) -> bool:
    return j.value is not None and j.value != -1 and not 1 <= j.value < 500


@twin(
    "IMP05",
    "implies",
    "uscc kind is_unit",
    when="coalesce(nullif(kind, '拘留'), '取保候审') = '取保候审'",
    then="case when yes(is_unit) then not blank(uscc) else blank(uscc) end",
)
def code_without_unit(j: Judged) -> bool:
    return j["kind"] in (None, "拘留", "取保候审") and yes(j["is_unit"]) == (j["uscc"] is None)


@twin("IMP06", "implies", "name term amount", then="eff(name, term, amount) <= 12")
def effective_term_too_long(j: Judged) -> bool:
    return below(12, j["amount"] if j["name"] in (None, "未提出") else j["term"])


# range


@twin("RNG01", "range", "amount", value="amount", at_least=0, at_most=499)
def amount_outside(j: Judged) -> bool:
    return j["amount"] is not None and not 0 <= j["amount"] <= 499


@twin(
    "RNG02",
    "range",
    "term kind is_unit",
    when="kind = '拘留'",
    value="term",
    at_least=1,
    at_most="case when yes(is_unit) then 12 else 6 end",
)
def term_outside(j: Judged) -> bool:
    return j["kind"] == "拘留" and j["term"] is not None and not 1 <= j["term"] <= (12 if yes(j["is_unit"]) else 6)


@twin("RNG03", "range", "persons term", value="persons", at_most="coalesce(term, 6)")
def too_many_persons(j: Judged) -> bool:
    return below(6 if j["term"] is None else j["term"], j["persons"])


@twin(
    "RNG04",
    "range",
    "$f",
    each={"types": "int months wan_yuan"},
    cards=("dossier", "trial"),
    value="$f",
    at_least=1,
    level="row",
)
def number_below_one(j: Judged) -> bool:
    return below(j.value, 1)


@twin(
    "RNG05", "range", "birth_date accept_date", value="birth_date", at_least="date '2000-01-01'", at_most="accept_date"
)
def birth_outside(j: Judged) -> bool:
    return below(j["birth_date"], date(2000, 1, 1)) or below(j["accept_date"], j["birth_date"])


@twin("RNG06", "range", "birth_date accept_date", value="legal_age(birth_date, accept_date)", at_least=16)
def under_sixteen(j: Judged) -> bool:
    birth, day = j["birth_date"], j["accept_date"]
    return birth is not None and day is not None and full_years(birth, day - timedelta(days=1)) < 16


@twin("RNG07", "range", "birth_date accept_date", level="case", within="full_years(birth_date, accept_date) < 18")
def of_age(j: Judged) -> bool:
    birth, day = j["birth_date"], j["accept_date"]
    return birth is not None and day is not None and full_years(birth, day) >= 18


@twin("RNG08", "range", "bmsah accept_date", value="bmsah_year(bmsah)", at_least="year(accept_date)")
def number_of_an_earlier_year(j: Judged) -> bool:
    year = re.search(r"\[(20[0-9]{2})\]", j["bmsah"] or "")
    return year is not None and j["accept_date"] is not None and int(year[1]) < j["accept_date"].year


@twin(
    "RNG09",
    "range",
    "close_date accept_date",
    value="months_between(accept_date, close_date)",
    at_most=0,
    when="close_date >= accept_date",
)
def over_a_month(j: Judged) -> bool:
    start, end = j["accept_date"], j["close_date"]
    return start is not None and end is not None and add_months(start, 1) <= end


# flag_review


@twin("FLG01", "flag_review", "is_unit", flag="yes(is_unit)", level="case")
def unit_to_verify(j: Judged) -> bool:
    return yes(j["is_unit"])


@twin("FLG02", "flag_review", "amount kind", flag="amount > 499 and kind <> '逮捕'")
def large_amount_without_arrest(j: Judged) -> bool:
    return below(499, j["amount"]) and j["kind"] not in (None, "逮捕")


@twin("FLG03", "flag_review", "factors", then="not has(factors, '无') or len(items(factors)) = 1", severity="normal")
def none_beside_others(j: Judged) -> bool:
    return "无" in items(j["factors"]) and len(items(j["factors"])) > 1


@twin(
    "FLG04",
    "flag_review",
    "$f",
    each={"fields": "name suspect_no"},
    cards=("dossier", "trial"),
    flag="contains($f, '''')",
)
def quote_in_text(j: Judged) -> bool:
    return "'" in (j.value or "")
