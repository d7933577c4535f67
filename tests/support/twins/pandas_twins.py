"""Some forty rules written a second time, naively, straight from the specification.

A twin takes the raw text of a card's rows and yields the keys that violate its rule. The tests compare them with the
findings of an audit, so a twin must stay as plain as the rule's own sentence and know nothing of the product.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from support.twins.pandas_values import (
    Row,
    Unreadable,
    add_months,
    card_fields,
    charge_group,
    charge_set,
    charges,
    custodial,
    full_years,
    items,
    labels,
    last_day,
    no,
    only_none,
    pending_or_closed,
    repeated,
    review_begun,
    review_stretch,
    typed_columns,
)

Key = tuple[str, str, str]
"""部门受案号, 嫌疑人编号 (empty for a rule of the whole case), item to correct."""

Judge = Callable[[Row, str], bool]
"""True only where the rule is judged on the row (for the item) and does not hold."""


@dataclass(frozen=True)
class Twin:
    """One rule. `uses`: items of its expressions; `also`: more of them for single items; `each`: judged per item or @type."""

    judge: Judge
    cards: tuple[str, ...]
    uses: tuple[str, ...]
    each: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)
    whole_case: bool = False
    judges_unreadable: bool = False

    def judged_items(self, card: str) -> Iterator[str]:
        """The items it is judged for on a card; the first item it uses stands for a rule judged once per row."""
        for name in self.each or self.uses[:1]:
            fields = (field for field, declared in card_fields(card).items() if declared["type"] == name[1:])
            yield from fields if name.startswith("@") else (name,)


TWINS: dict[str, Twin] = {}
MAY_BE_ABSENT = {"supp_transfer_date"}
"""Items whose column an export may lack: they are then blank and the rule is judged all the same."""


def twin(rule_id: str, cards: str, uses: str, each: str = "", **options: Any) -> Callable[[Judge], Judge]:
    """Register the twin of a rule; a rule without `each` names the item to correct first in `uses`."""

    def register(judge: Judge) -> Judge:
        TWINS[rule_id] = Twin(judge, tuple(cards.split()), tuple(uses.split()), tuple(each.split()), **options)
        return judge

    return register


def violations(rule_id: str, card: str, raw: pd.DataFrame, today: date) -> set[Key]:
    """Keys of the rows of `raw` (text by field name, blank None or NaN) that violate the rule on that card."""
    return set(violating_keys(TWINS[rule_id], card, typed_columns(card, raw), today))


def violating_keys(rule: Twin, card: str, columns: dict[str, list[Any]], today: date) -> Iterable[Key]:
    """The same over columns typed before; an item without a column is not judged."""
    for item in rule.judged_items(card) if card in rule.cards else ():
        uses = {*rule.uses, *rule.also.get(item, "").split(), item}
        if not (uses - MAY_BE_ABSENT) | {item} <= columns.keys():
            continue
        names = sorted((uses | {"bmsah", "suspect_no"}) & columns.keys())
        for values in zip(*(columns[name] for name in names), strict=True):
            row = dict(zip(names, values, strict=True))
            if rule.whole_case and row.get("bmsah") is None:
                continue
            if not rule.judges_unreadable and any(isinstance(row.get(name), Unreadable) for name in uses):
                continue
            if rule.judge({**row, "today": today, "card": card}, item):
                yield row.get("bmsah") or "", "" if rule.whole_case else row.get("suspect_no") or "", item


def is_not_prosecuted(r: Row) -> bool:
    """The closing result is one of the kinds of non-prosecution."""
    return bool(r["p_result"]) and r["p_result"].endswith("不起诉")


@twin(
    "C011",
    "prosecution",
    "close_charge close_other_charges",
    "ip_ent_type ip_ent_capital ip_ent_country",
    whole_case=True,
)
def infringed_enterprise_missing(r: Row, item: str) -> bool:
    return bool(charge_set(r["close_charge"], r["close_other_charges"]) & charge_group("IP_CRIMES")) and r[item] is None


@twin("C013", "arrest prosecution", "victim_info p_close_charge p_close_other", whole_case=True)
def victim_missing(r: Row, _: str) -> bool:
    needed = charge_set(r["p_close_charge"], r["p_close_other"]) & charge_group("VICTIM_REQUIRED")
    return bool(needed) and only_none(r["victim_info"])


@twin("C021", "prosecution", "p_result", "nonpros_date nonpros_doc_no")
def non_prosecution_item_missing(r: Row, item: str) -> bool:
    return is_not_prosecuted(r) and r["p_result"] != "附条件不起诉" and r[item] is None


@twin("C024", "prosecution", "is_unit id_type", "sex id_type id_no birth_date ethnic education occupation household")
def person_item_missing(r: Row, item: str) -> bool:
    return no(r["is_unit"]) and r["id_type"] != "不详" and r[item] is None


INTAKE_ITEMS = "invest_org transfer_unit transfer_charge opinion_doc_no request_doc_no"


@twin("C039", "arrest prosecution", "", INTAKE_ITEMS, whole_case=True)
def intake_item_missing(r: Row, item: str) -> bool:
    return r[item] is None


@twin("V001", "arrest prosecution measure", "bmsah")
def case_number_malformed(r: Row, _: str) -> bool:
    form = r"[一-龥]{2,14}受\[20[0-9]{2}\][0-9]{11,12}号"
    return r["bmsah"] is not None and not re.fullmatch(form, r["bmsah"])


def identity_number(r: Row) -> str:
    """The number of an identity card with 18 characters, else an empty text."""
    well_formed = r["id_type"] == "居民身份证" and re.fullmatch(r"[0-9]{17}[0-9X]", r["id_no"] or "")
    return r["id_no"] if well_formed else ""


@twin("V007", "arrest prosecution", "id_no id_type")
def identity_checksum_wrong(r: Row, _: str) -> bool:
    number = identity_number(r)
    weighted = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return bool(number) and "10X98765432"[weighted % 11] != number[17]


@twin("V008", "arrest prosecution", "birth_date id_no id_type")
def birth_date_differs(r: Row, _: str) -> bool:
    return bool(identity_number(r) and r["birth_date"]) and identity_number(r)[6:14] != f"{r['birth_date']:%Y%m%d}"


@twin("V009", "arrest prosecution", "sex id_no id_type")
def sex_differs(r: Row, _: str) -> bool:
    number = identity_number(r)
    return bool(number) and r["sex"] in ("男", "女") and r["sex"] != "女男"[int(number[16]) % 2]


@twin("V011", "prosecution", "uscc is_unit")
def credit_code_wrong(r: Row, _: str) -> bool:
    if r["is_unit"] != "是" or r["uscc"] is None:
        return False
    digits = [("0123456789ABCDEFGHJKLMNPQRTUWXY").find(character) for character in r["uscc"]]
    weighted = sum(digit * 3**place for place, digit in enumerate(digits[:17]))
    return len(digits) != 18 or -1 in digits or (weighted + digits[17]) % 31 != 0


@twin("V012", "arrest prosecution measure", "", "@dict @yesno @dicts @charge @charges")
def not_in_dictionary(r: Row, item: str) -> bool:
    if r[item] is None:
        return False
    field = card_fields(r["card"])[item]
    kind = field["type"]
    if kind == "charge" and len(charges(r[item])) != 1:
        return True
    values = charges(r[item]) if kind in ("charge", "charges") else items(r[item]) if kind == "dicts" else [r[item]]
    return not labels(field["dictionary"]).issuperset(values)


@twin("V014", "arrest prosecution", "p_close_other p_close_charge transfer_other_charges transfer_charge")
def main_charge_repeated(r: Row, _: str) -> bool:
    return repeated(r["p_close_charge"], r["p_close_other"]) or repeated(
        r["transfer_charge"], r["transfer_other_charges"]
    )


FUTURE = ("extend_to", "probation_to", "notice_end", "reply_due", "term_from", "term_to", "ext_to", "expiry_date")


@twin("V015", "arrest prosecution measure", "", "@date", judges_unreadable=True)
def date_implausible(r: Row, item: str) -> bool:
    earliest = date(1900, 1, 1) if item == "birth_date" else date(1979, 7, 1)
    if r[item] is None or isinstance(r[item], Unreadable):
        return r[item] is not None
    return bool(r[item] < earliest or (r[item] > r["today"] and item not in FUTURE))


FOUND = "amount loss_amt recovered_amt seized_police seized_proc seized_found refunded ml_amt conceal_amt"
AMOUNTS = f"{FOUND} j_fine bail_money"


@twin("V016", "prosecution", AMOUNTS)
def one_amount_in_yuan(r: Row, _: str) -> bool:
    filled = [r[amount] for amount in AMOUNTS.split() if r[amount] is not None]
    return sum(1 for amount in filled if amount > 499) == 1


@twin("V018", "arrest prosecution measure", "", "@int @months @wan_yuan", judges_unreadable=True)
def no_number(r: Row, item: str) -> bool:
    return isinstance(r[item], Unreadable) or bool(r[item] is not None and r[item] < 0)


def outside(months: float | None, least: float, most: float) -> bool:
    """A filled number of months lies outside both limits included."""
    return bool(months is not None and not least <= months <= most)


def term_outside(sentence: str, least: int, most: int, most_together: int) -> Judge:
    """The term of that sentence is outside its range, which is wider for several crimes."""
    return lambda r, _: (
        r["j_kind"] == sentence
        and outside(r["j_term"], least, most_together if len(charge_set(r["j_charge"], r["j_other"])) > 1 else most)
    )


twin("V019", "prosecution", "j_term j_kind j_charge j_other")(term_outside("拘役", 1, 6, 12))
twin("V020", "prosecution", "j_term j_kind j_charge j_other")(term_outside("有期徒刑", 6, 180, 300))
twin("V021", "prosecution", "j_term j_kind j_charge j_other")(term_outside("管制", 3, 24, 36))


@twin("V022", "prosecution", "j_probation j_term j_kind j_suspended")
def probation_outside(r: Row, _: str) -> bool:
    if r["j_suspended"] != "是" or r["j_kind"] not in ("有期徒刑", "拘役"):
        return False
    least, most = (2, 12) if r["j_kind"] == "拘役" else (12, 60)
    return outside(r["j_probation"], max(r["j_term"] or 0, least), most)


@twin("V027", "arrest prosecution measure", "", "@dicts")
def none_with_others(r: Row, item: str) -> bool:
    values = labels(card_fields(r["card"])[item]["dictionary"])
    return "无" in values and "无" in items(r[item]) and len(items(r[item])) > 1


@twin("V032", "arrest prosecution", "", "decision_doc_no nonpros_doc_no indict_doc_no")
def document_number_malformed(r: Row, item: str) -> bool:
    form = r"[一-龥]{1,8}检[一-龥]{1,8}〔20[0-9]{2}〕[1-9][0-9]{0,4}号"
    return r[item] is not None and not re.fullmatch(form, r[item])


def earlier(day: date | None, other_day: date | None) -> bool:
    """Both days are filled and the first is earlier."""
    return day is not None and other_day is not None and day < other_day


@twin("L005", "arrest", "exec_date receipt_date p_close_date p_result")
def execution_out_of_order(r: Row, _: str) -> bool:
    out_of_order = earlier(r["exec_date"], r["p_close_date"]) or earlier(r["receipt_date"], r["exec_date"])
    return r["p_result"] in ("批准逮捕", "决定逮捕") and out_of_order


@twin("L007", "prosecution", "rep1_date ret1_date ret2_date rep2_date", whole_case=True)
def returns_out_of_order(r: Row, _: str) -> bool:
    steps = pairwise(("ret1_date", "rep1_date", "ret2_date", "rep2_date"))
    return bool(r["ret1_date"] or r["ret2_date"]) and any(earlier(r[later], r[before]) for before, later in steps)


@twin("L022", "prosecution", "change_transfer ps_charge ps_other_charges p_close_charge p_close_other p_result")
def change_of_charge_not_recorded(r: Row, _: str) -> bool:
    if not (r["ps_charge"] and r["p_close_charge"] and (r["p_result"] == "起诉" or is_not_prosecuted(r))):
        return False
    changed = charge_set(r["ps_charge"], r["ps_other_charges"]) != charge_set(r["p_close_charge"], r["p_close_other"])
    return changed and "改变定性" not in items(r["change_transfer"])


@twin("L024", "prosecution", "j_change p_result p_close_charge p_close_other j_charge j_other")
def court_change_of_charge_differs(r: Row, _: str) -> bool:
    if not (r["p_result"] == "起诉" and r["p_close_charge"] and r["j_charge"]):
        return False
    changed = charge_set(r["p_close_charge"], r["p_close_other"]) != charge_set(r["j_charge"], r["j_other"])
    return changed != ("改变定性" in items(r["j_change"]))


@twin("L054", "arrest prosecution", "age_at_crime birth_date crime_start crime_end")
def age_differs(r: Row, _: str) -> bool:
    age, birth, start = r["age_at_crime"], r["birth_date"], r["crime_start"]
    if age is None or birth is None or start is None:
        return False
    return not full_years(birth, start - timedelta(days=1)) <= age <= full_years(birth, r["crime_end"] or start)


def police_case(r: Row) -> bool:
    """Investigated neither by a procuratorate nor by a supervisory organ."""
    return not any(word in (r["invest_org"] or "") for word in ("检察院", "监察", "监委"))


@twin("T001", "arrest", "p_close_date accept_date p_result measure_at_request invest_org")
def detained_over_seven_days(r: Row, _: str) -> bool:
    if r["measure_at_request"] != "拘留" or not police_case(r) or not pending_or_closed(r):
        return False
    return bool((r["p_close_date"] or r["today"]) > last_day(r["accept_date"], 0, 7, in_custody=True))


@twin("T002", "arrest", "p_close_date accept_date p_result measure_at_request invest_org is_complex")
def at_large_over_fifteen_days(r: Row, _: str) -> bool:
    measure = r["measure_at_request"]
    if measure is None or custodial(measure) or not police_case(r) or not pending_or_closed(r):
        return False
    days = 20 if r["is_complex"] == "是" else 15
    return bool((r["p_close_date"] or r["today"]) > last_day(r["accept_date"], 0, days, in_custody=False))


RETURNS = "supp_transfer_date ret1_date rep1_date ret2_date rep2_date"
CUSTODY = "measure_before_close measure_at_transfer"
CONVERSION = "trial_procedure fast_to_simple fast_to_normal"


def in_custody(r: Row) -> bool:
    """By the measure before closing, else the one at transfer."""
    return custodial(r["measure_before_close"] or r["measure_at_transfer"])


def fast_track(r: Row) -> bool:
    """Fast-track and not converted."""
    return r["trial_procedure"] == "速裁程序" and r["fast_to_simple"] is None and r["fast_to_normal"] is None


@twin(
    "T005",
    "prosecution",
    f"extend_date p_close_date accept_date p_result transfer_unit {RETURNS} {CUSTODY} {CONVERSION}",
)
def review_over_one_month(r: Row, _: str) -> bool:
    if r["extend_date"] is not None or fast_track(r) or not pending_or_closed(r):
        return False
    if r["p_close_date"] is None and add_months(review_begun(r), 12) < r["today"]:
        return False
    start, end = review_stretch(r)
    supervisors = any(word in (r["transfer_unit"] or "") for word in ("监察", "监委"))
    return end > last_day(start, 1, 14 if supervisors else 0, in_custody(r))


@twin("T007", "prosecution", f"p_close_date accept_date {CONVERSION} {RETURNS} {CUSTODY} sr_imp_to sr_imp_from j_term")
def fast_track_over_ten_days(r: Row, _: str) -> bool:
    if not fast_track(r) or r["p_close_date"] is None or r["accept_date"] is None:
        return False
    months = next((r[term] for term in ("sr_imp_to", "sr_imp_from", "j_term") if r[term] is not None), 0)
    return bool(r["p_close_date"] > last_day(review_stretch(r)[0], 0, 15 if months > 12 else 10, in_custody(r)))


@twin("T019", "prosecution", "j_effective appeal_date protest_date judge_recv_date j_date")
def judgment_without_effect(r: Row, _: str) -> bool:
    if r["judge_recv_date"] is None or r["j_date"] is None or r["j_effective"] or r["appeal_date"] or r["protest_date"]:
        return False
    return bool(r["today"] > last_day(r["judge_recv_date"], 0, 10, in_custody=False) + timedelta(days=1))


@twin("T025", "prosecution", f"notice_date accept_date supp_transfer_date is_unit {CUSTODY}")
def rights_notified_late(r: Row, _: str) -> bool:
    if r["accept_date"] is None or not no(r["is_unit"]):
        return False
    limit = last_day(review_begun(r), 0, 3, in_custody(r))
    return r["today"] > limit and (r["notice_date"] is None or r["notice_date"] > limit)


OF_A_PERSON = dict.fromkeys(["sex", "id_type", "id_no", "birth_date", "ethnic", "age_at_crime"], "is_unit")
OF_A_CLOSED_REVIEW = dict.fromkeys(["interrogated", "decision_doc_no", "served_date"], "p_close_date")
REQUIRED_WITH = OF_A_PERSON | OF_A_CLOSED_REVIEW | {"close_result": "close_date", "detain_date": "measure_at_request"}
ALWAYS_REQUIRED = (
    "bmsah tysah case_name case_type unit_name unit_code dept_name prosecutor accept_date invest_org_type request_date"
    " telecom_flag suspect_no name is_unit is_minor prior_record measure_at_request is_missed_arrest_req"
)


@twin("T041", "arrest", "finish_date", f"{ALWAYS_REQUIRED} {' '.join(REQUIRED_WITH)}", also=REQUIRED_WITH)
def required_item_blank(r: Row, item: str) -> bool:
    if r["finish_date"] is None or r[item] is not None:
        return False
    if item in OF_A_PERSON:
        return no(r["is_unit"])
    if item == "detain_date":
        return bool(r["measure_at_request"] == "拘留")
    return item not in REQUIRED_WITH or r[REQUIRED_WITH[item]] is not None


@twin("P001", "arrest prosecution", "p_close_charge p_close_other")
def special_charge(r: Row, _: str) -> bool:
    return bool(charge_set(r["p_close_charge"], r["p_close_other"]) & charge_group("SPECIAL_CRIMES"))
