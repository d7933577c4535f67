"""Twins of the kinds that judge values by their form, their dictionary or as sets; see `kind_twins`."""

import re
from datetime import date

from support.twins.kind_cards import BUNDLED, CARDS, GROUPS, VALUES
from support.twins.kind_twins import Judged, below, twin, yes
from support.twins.pandas_values import charge_set, charges, items

# pattern


@twin("PAT01", "pattern", "doc_no", value="doc_no", regex=r"[一-龥]{2,8}〔20\d{2}〕[1-9]\d{0,4}号")
def document_number_malformed(j: Judged) -> bool:
    return j["doc_no"] is not None and not re.fullmatch("[一-龥]{2,8}〔20[0-9][0-9]〕[1-9][0-9]{0,4}号", j["doc_no"])


@twin("PAT02", "pattern", "suspect_no", value="suspect_no", regex=r"^S'?\d$", level="case")
def suspect_number_malformed(j: Judged) -> bool:
    return j["suspect_no"] not in (None, "S1", "S2", "S3", "S4", "S'1")


@twin("PAT03", "pattern", "$f is_unit", each={"fields": "doc_no uscc"}, regex="[^〔]{4,18}", when="no(is_unit)")
def not_four_to_eighteen_signs(j: Judged) -> bool:
    return not yes(j["is_unit"]) and j.value is not None and ("〔" in j.value or not 4 <= len(j.value) <= 18)


@twin("PAT04", "pattern", "doc_no accept_date", value="doc_no", form="doc_year(doc_no) = year(accept_date)")
def document_of_another_year(j: Judged) -> bool:
    year = re.search("〔(20[0-9][0-9])〕", j["doc_no"] or "")
    return year is not None and j["accept_date"] is not None and int(year[1]) != j["accept_date"].year


@twin(
    "PAT05",
    "pattern",
    "$f",
    each={"types": "date int months wan_yuan"},
    cards=("dossier", "trial"),
    when="not blank(raw($f))",
    form="not blank($f)",
    judges_raw_text=True,
)
def unreadable(j: Judged) -> bool:
    return j.item in j["unreadable"]


@twin(
    "PAT06",
    "pattern",
    "bmsah",
    value="bmsah",
    level="case",
    form="bmsah_unit(bmsah) = '770101' and bmsah_class(bmsah) <> '刑诉'",
)
def case_number_of_another_unit(j: Judged) -> bool:
    unit = re.search(r"\]([0-9]{6})[0-9]{5,6}号", j["bmsah"])
    return (unit is not None and unit[1] != "770101") or bool(re.match(r"[一-龥]*检刑诉受\[", j["bmsah"]))


@twin(
    "PAT07", "pattern", "doc_no", value="doc_no", form="doc_seq(doc_no) < 100 and starts_with(doc_prefix(doc_no), '武')"
)
def high_number_or_another_place(j: Judged) -> bool:
    number = re.fullmatch("(.*〕)([0-9]+)号", j["doc_no"] or "")
    return number is not None and (int(number[2]) >= 100 or number[1][0] != "武")


# checksum


def identity_number(text: str | None) -> str:
    """A number whose last character is what GB 11643 makes of the others; else an empty text."""
    if text is None or not re.fullmatch("[0-9]{17}[0-9X]", text):
        return ""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(text[:17]))
    return text if "10X98765432"[total % 11] == text[17] else ""


@twin("CHK01", "checksum", "id_no", when="not blank(id_no)", check="id_check_ok(id_no)")
def identity_number_wrong(j: Judged) -> bool:
    return j["id_no"] is not None and not identity_number(j["id_no"])


@twin("CHK02", "checksum", "uscc is_unit", when="yes(is_unit) and not blank(uscc)", check="uscc_ok(uscc)", level="case")
def credit_code_wrong(j: Judged) -> bool:
    if not yes(j["is_unit"]) or j["uscc"] is None:
        return False
    digits = ["0123456789ABCDEFGHJKLMNPQRTUWXY".find(sign) for sign in j["uscc"]]
    weighted = sum(digit * 3**place for place, digit in enumerate(digits[:17]))
    return len(digits) != 18 or -1 in digits or (weighted + digits[17]) % 31 != 0


@twin("CHK03", "checksum", "birth_date id_no", when="id_check_ok(id_no)", check="id_birth(id_no) = birth_date")
def birth_date_differs(j: Judged) -> bool:
    number, birth = identity_number(j["id_no"]), j["birth_date"]
    return bool(number) and birth is not None and f"{birth:%Y%m%d}" != number[6:14]


@twin("CHK04", "checksum", "sex id_no", when="id_check_ok(id_no)", check="id_sex(id_no) = sex")
def sex_differs(j: Judged) -> bool:
    number = identity_number(j["id_no"])
    return bool(number) and j["sex"] is not None and j["sex"] != ("男" if int(number[16]) % 2 else "女")


# in_dictionary


def outdated(text: str | None, day: date | None) -> bool:
    """A charge in the text is not valid yet, or no longer, on a day."""
    return any(
        below(day, charge.valid_from) or below(charge.valid_to, day)
        for charge in BUNDLED.dictionaries["CHARGE"].values
        if charge.label in charges(text)
    )


def labels(name: str) -> set[str]:
    """The labels of a dictionary."""
    return set(VALUES[name]) if name in VALUES else {value.label for value in BUNDLED.dictionaries[name].values}


@twin("DIC01", "in_dictionary", "$f", each={"types": "yesno dict dicts charge charges"}, cards=("dossier", "trial"))
def not_in_dictionary(j: Judged) -> bool:
    field = CARDS[j.card].field(j.item)
    if j.value is None:
        return False
    if field.type == "charge" and len(charges(j.value)) != 1:
        return True
    values = charges(j.value) if field.type in ("charge", "charges") else [j.value]
    return not labels(field.dictionary).issuperset(items(j.value) if field.type == "dicts" else values)


@twin(
    "DIC02",
    "in_dictionary",
    "$f accept_date",
    each={"fields": "charge other_charges"},
    valid="charges_valid($f, accept_date)",
)
def charge_not_valid_on_the_day(j: Judged) -> bool:
    return outdated(j.value, j["accept_date"])


@twin(
    "DIC03",
    "in_dictionary",
    "$f is_unit",
    each={"fields": "kind place"},
    when="not blank($f) and no(is_unit)",
    valid="in_dict_group($f, '$dictionary', '羁押')",
    level="row",
)
def not_of_the_group(j: Judged) -> bool:
    _, group, _ = VALUES[CARDS[j.card].field(j.item).dictionary].get(j.value, ("", "", ""))
    return j.value is not None and not yes(j["is_unit"]) and group != "羁押"


@twin("DIC04", "in_dictionary", "$f", each={"fields": "suspect_no name"}, valid="in_codes($f, 'PERSON')")
def no_code(j: Judged) -> bool:
    return j.value not in (None, "S1", "S2")


@twin(
    "DIC05",
    "in_dictionary",
    "$f bmsah",
    cards=("trial",),
    each={"fields": "verdict"},
    valid="class_ok(bmsah, $f)",
    level="case",
)
def case_type_differs(j: Judged) -> bool:
    number = re.match(r"[一-龥]+?检([一-龥]{1,6})受\[", j["bmsah"])
    expected = {code: label for label, (code, _, _) in VALUES["CASE_CLASS"].items()}.get(number[1] if number else "")
    return j.value is not None and expected is not None and j.value != expected


@twin(
    "DIC06",
    "in_dictionary",
    "$f",
    each={"fields": "place factors"},
    valid="in_dictionary($f, '$dictionary', $multi) or '$name' = 'factors'",
)
def place_unknown(j: Judged) -> bool:
    return j.item == "place" and j.value is not None and j.value not in labels("PLACE")


# set_relation


@twin(
    "SET01",
    "set_relation",
    "other_charges charge",
    when="not blank(charge)",
    relation="not coalesce(list_contains(charges(other_charges), charges(charge)[1]), false)",
)
def main_charge_repeated(j: Judged) -> bool:
    return bool(set(charges(j["charge"])[:1]) & set(charges(j["other_charges"])))


@twin(
    "SET02",
    "set_relation",
    "charge other_charges",
    relation="subset(charges(charge), charges(other_charges))",
    level="case",
)
def charge_not_among_the_others(j: Judged) -> bool:
    return not set(charges(j["charge"])) <= set(charges(j["other_charges"]))


@twin(
    "SET03",
    "set_relation",
    "court_charges charge other_charges",
    when="not blank(court_charges)",
    relation="same_set(charges2(charge, other_charges), charges(court_charges))",
)
def court_charges_differ(j: Judged) -> bool:
    differ = charge_set(j["charge"], j["other_charges"]) != charge_set(j["court_charges"], None)
    return j["court_charges"] is not None and differ


@twin(
    "SET04",
    "set_relation",
    "court_charges charge other_charges",
    when="any_in_group(charges2(charge, other_charges), 'THEFT')",
    relation="all_in_group(charges(court_charges), 'THEFT')",
)
def theft_became_something_else(j: Judged) -> bool:
    court = set(charges(j["court_charges"]))
    stolen = bool(charge_set(j["charge"], j["other_charges"]) & GROUPS["THEFT"])
    return stolen and not (court and court <= GROUPS["THEFT"])


@twin("SET05", "set_relation", "charge", relation="in_group(charges(charge)[1], 'HIDING')")
def first_charge_hides_nothing(j: Judged) -> bool:
    return not set(charges(j["charge"])[:1]) & GROUPS["HIDING"]


@twin(
    "SET06",
    "set_relation",
    "factors",
    when="not blank(factors)",
    relation="subset(items_no_none(factors), ['累犯', '自首']) and len(items_no_none(factors)) <= 1",
)
def further_factors(j: Judged) -> bool:
    factors = set(items(j["factors"])) - {"无"}
    return j["factors"] is not None and (len(factors) > 1 or not factors <= {"累犯", "自首"})


@twin("SET07", "set_relation", "other_charges charge", relation="len(charges2(charge, other_charges)) <= 2")
def three_charges(j: Judged) -> bool:
    return len(charge_set(j["charge"], j["other_charges"])) > 2
