"""An independent evaluator of the written rule specification, used as the judge of the judge.

It reads the specification's own files (fields, dictionaries, rules, helper macros) and evaluates every
rule literally, row by row, with DuckDB. Nothing of the product may be imported here: the two must be able
to disagree.
"""

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from support.contract.spec_exports import SPEC, TYPED, Row, arrow_table, records, spec_fields

MAIN_CARDS = (
    "prosecution|arrest|measure|second_instance|pil|civil|admin|petition|execution|suggestion|hearing|supervision|juvenile"
).split("|")
CROSS_ROW = ("case_persons", "person_count", "stage(", "has_stage", "count_rows", "agg_rows", "doc(", "has_doc")

NO_OWN_SUSPECT = ("document", "entry_log", "finding", "supervision", "execution")
"""Cards whose examples leave the suspect number blank when they do not name it."""

CASE_ITEM = {"hearing": "rel_bmsah"}
"""The item that names the case in a finding on a card without a case number of its own."""

Finding = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class SpecRule:
    """One rule as rules.csv has it; `params` are the defaults."""

    id: str
    card: str
    level: str
    applies_when: str
    must_hold: str
    fields: tuple[str, ...]
    each: bool
    needs: tuple[str, ...]
    release: str
    params: Mapping[str, str]
    example_ok: str
    example_bad: str

    @property
    def own_row(self) -> bool:
        """True when the rule needs nothing but the judged row."""
        return not any(helper in self.applies_when + self.must_hold for helper in CROSS_ROW)


@functools.cache
def spec_rules(releases: str = "12") -> tuple[SpecRule, ...]:
    """The rules of some releases, each a digit."""
    return tuple(_rule(r) for r in records("rules.csv") if r["release"] in releases)


def _rule(r: Mapping[str, str]) -> SpecRule:
    each = r["fields"].startswith("each:")
    params = dict(p.split("=", 1) for p in r["params"].split(";") if p)
    return SpecRule(
        r["id"],
        r["card"],
        r["level"],
        r["applies_when"],
        r["must_hold"],
        tuple(r["fields"].removeprefix("each:").split("|")),
        each,
        tuple(n for n in r["needs"].split("|") if n),
        r["release"],
        params,
        r["example_ok"],
        r["example_bad"],
    )


def open_spec() -> duckdb.DuckDBPyConnection:
    """A DuckDB with the macros, the dictionaries and one empty table per card."""
    con = duckdb.connect()
    con.execute("set threads=1")
    for name in ("dictionaries", "charge_groups"):
        con.execute(f"create table {name} as from read_csv('{SPEC / name}.csv', all_varchar=true, nullstr='')")
    days = [(r["date"], r["is_workday"]) for r in records("calendar.csv")]
    for macro, flag in (("holiday_list", "0"), ("makeup_list", "1")):
        listed = ",".join(f"DATE '{d}'" for d, workday in days if workday == flag)
        con.execute(f"create macro {macro}() as [{listed}]")
    for line in (SPEC / "helpers.sql").read_text(encoding="utf-8").splitlines():
        if not line.startswith("--"):
            con.execute(line)
    fill_tables(con, dict.fromkeys(spec_fields(), ()))
    return con


def fill_tables(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Row]]) -> None:
    """Replace the tables of the named cards by these raw text rows."""
    for card, rows in tables.items():
        con.register("incoming", arrow_table(card, rows))
        con.execute(f"create or replace table {card} as from incoming")
        con.unregister("incoming")


def empty_tables(con: duckdb.DuckDBPyConnection, cards: Iterable[str]) -> None:
    """Take all rows out of the tables of some cards."""
    for card in cards:
        con.execute(f"delete from {card}")


def _closing(text: str, opening: int) -> int:
    depth, quoted = 0, False
    for i in range(opening, len(text)):
        if text[i] == "'":
            quoted = not quoted
        elif not quoted and text[i] in "()":
            depth += 1 if text[i] == "(" else -1
            if depth == 0:
                return i
    raise ValueError(f"unbalanced brackets in {text}")


def _replace_calls(text: str, name: str, build: Callable[[str], str]) -> str:
    """Replace each call `name(arguments)` of the text by `build(arguments)`."""
    while match := re.search(rf"\b{name}\(", text):
        end = _closing(text, match.end() - 1)
        text = text[: match.start()] + build(text[match.end() : end]) + text[end + 1 :]
    return text


def _arguments(text: str, count: int) -> list[str]:
    parts: list[str] = []
    depth, quoted, start = 0, False, 0
    for i, sign in enumerate(text):
        quoted ^= sign == "'"
        if not quoted:
            depth += (sign in "([") - (sign in ")]")
            if sign == "," and depth == 0 and len(parts) < count - 1:
                parts.append(text[start:i].strip())
                start = i + 1
    return [*parts, text[start:].strip()]


def expand_cross_row(text: str, card: str, hoisted: list[str]) -> str:
    """Write the helpers that look at other rows as correlated subqueries.

    DuckDB binds no outer column inside a list comprehension of a subquery, so a `deadline(...)` in there is put
    into `hoisted`, to be computed as column `_h<n>` of the judged row.
    """

    def deadline(body: str) -> str:
        hoisted.append(f"deadline({body})")
        return f"t._h{len(hoisted) - 1}"

    def persons(body: str) -> str:
        return f"(select {body} from {card} q where q.bmsah = t.bmsah)"

    def count_rows(body: str) -> str:
        other_card, where = _arguments(body, 2)
        where = _replace_calls(where, "deadline", deadline)
        return f"(select count(*) from {other_card} r where {where})"

    def agg_rows(body: str) -> str:
        other_card, aggregate, where = _arguments(body, 3)
        return f"(select {aggregate} from {other_card} r where {where})"

    text = text.replace("$card", card)
    count = "count(distinct q.suspect_no) + count(*) filter (where blank(q.suspect_no))"
    text = text.replace("person_count()", f"(select {count} from {card} q where q.bmsah = t.bmsah)")
    text = _replace_calls(text, "case_persons", persons)
    text = _replace_calls(text, "count_rows", count_rows)
    text = _replace_calls(text, "agg_rows", agg_rows)
    text = _replace_calls(text, "has_stage", lambda c: f"exists(select 1 from {c} s where s.suspect_no = t.suspect_no)")
    return re.sub(r"\bstage\((\w+)\)\.(\w+)", _stage, text)


def _stage(call: re.Match[str]) -> str:
    """The row of another card with the suspect's number; a card without acceptance date is ordered by case number."""
    card, name = call.groups()
    accepted = "s.accept_date desc nulls last, " if "accept_date" in spec_fields()[card] else ""
    order = f"order by {accepted}s.bmsah desc, s._row desc limit 1"
    return f"(select s.{name} from {card} s where s.suspect_no = t.suspect_no {order})"


def _own_names(text: str) -> set[str]:
    """Names of the judged row an expression uses: those outside literals and outside other rows."""
    text = re.sub(r"'[^']*'", "''", text)
    outside = text
    for helper in ("case_persons", "count_rows", "agg_rows"):
        outside = _replace_calls(outside, helper, lambda _: "()")
    outside = re.sub(r"\bstage\(\w+\)\.\w+|\braw\(\w+\)", "", outside)
    names = set(re.findall(r"(?<![\w.$:])([a-z_][a-z0-9_]*)\b(?!\()", outside))
    return names | set(re.findall(r"\bt\.(\w+)", text))


def _literal(value: str) -> str:
    return value if re.fullmatch(r"-?\d+(\.\d+)?", value) else f"'{value}'"


def _required(condition: str) -> str:
    return {"always": "true", "never": "false"}.get(condition, condition)


@dataclass(frozen=True)
class Judgement:
    """One rule on one card for one field (empty unless the rule is an `each` rule), ready to run."""

    rule: SpecRule
    card: str
    field: str
    applies: str
    holds: str
    readable: str
    hoisted: tuple[str, ...]


def _judgement(rule: SpecRule, card: str, field: str, as_of: date, params: Mapping[str, str]) -> Judgement:
    items = spec_fields()[card]
    texts = []
    for text in (rule.applies_when, rule.must_hold):
        if field:
            item = items[field]
            text = text.replace("'$name'", f"'{field}'").replace("$required", _required(item.required))
            text = text.replace("$dictionary", item.dictionary)
            text = text.replace("$multi", str(item.type in ("dicts", "charges")).lower())
            text = re.sub(r"\$f\b", field, text)
        for name, value in {**rule.params, **params}.items():
            text = re.sub(rf":{name}\b", _literal(value), text)
        texts.append(text.replace(":today", f"DATE '{as_of}'"))
    used = set() if rule.id in ("V015", "V018") else _own_names(" ".join(texts))
    typed = sorted(n for n in used if n in items and items[n].type in TYPED)
    readable = " and ".join(f"not (t.{n} is null and t.{n}__raw is not null)" for n in typed) or "true"
    hoisted: list[str] = []

    def raw(call: re.Match[str]) -> str:
        """The text as it stood; a charge is loaded as written and is its own raw text."""
        name = call.group(1)
        return f"{name}__raw" if items[name].type in TYPED else name

    sql = [expand_cross_row(re.sub(r"\braw\((\w+)\)", raw, text), card, hoisted) for text in texts]
    return Judgement(rule, card, field, sql[0], sql[1], readable, tuple(hoisted))


def _rule_cards(rule: SpecRule, loaded: Iterable[str]) -> list[str]:
    cards = MAIN_CARDS if rule.card == "*" else rule.card.split("|")
    chosen = [c for c in cards if c in set(loaded)]
    if rule.card == "*" and not rule.each:
        names = [f for f in rule.fields if "." not in f]
        chosen = [c for c in chosen if all(n in spec_fields()[c] for n in names)]
    return chosen


def _rule_fields(rule: SpecRule, card: str) -> list[str]:
    if not rule.each:
        return [""]
    items = spec_fields()[card]
    kinds = {f[1:] for f in rule.fields if f.startswith("@")}
    return [n for n, item in items.items() if n in rule.fields or item.type in kinds]


def judgements(
    loaded: Iterable[str], as_of: date, rules: Iterable[SpecRule], params: Mapping[str, str] | None = None
) -> Iterator[Judgement]:
    """Every judgement the loaded cards allow; a rule whose needed card is not loaded is left out."""
    loaded = set(loaded)
    for rule in rules:
        if {n for n in rule.needs if n != "calendar" and not n.endswith("?")} <= loaded:
            for card in _rule_cards(rule, loaded):
                for field in _rule_fields(rule, card):
                    yield _judgement(rule, card, field, as_of, params or {})


def rows_where(con: duckdb.DuckDBPyConnection, j: Judgement, condition: str) -> list[tuple[str, str]]:
    """Case and suspect number, "" where blank or not on the card, of the judged rows that meet a condition."""
    extra = ", ".join(f"{sql} as _h{n}" for n, sql in enumerate(j.hoisted))
    source = f"(select t.*, {extra} from {j.card} t)" if extra else j.card
    keys = (CASE_ITEM.get(j.card, "bmsah"), "suspect_no")
    names = (f"coalesce(t.{n}, '')" if n in spec_fields()[j.card] else "''" for n in keys)
    sql = f"""select {", ".join(names)} from {source} t where ({j.readable}) and ({j.applies}) and {condition}"""
    return [(str(bmsah), str(suspect)) for bmsah, suspect in con.execute(sql).fetchall()]


def judge(con: duckdb.DuckDBPyConnection, judgement: Judgement) -> Counter[Finding]:
    """The findings of one judgement: one per violated row, or one per case for rules of that level."""
    j = judgement
    rows = rows_where(con, j, f"(({j.holds}) is false)")
    if j.rule.level == "case":
        rows = sorted({(bmsah, "") for bmsah, _ in rows if bmsah})
    return Counter((j.rule.id, j.card, bmsah, suspect, j.field) for bmsah, suspect in rows)


def accepted(con: duckdb.DuckDBPyConnection, judgement: Judgement) -> set[Finding]:
    """The rows, or cases, that one judgement judges and does not find violated, named like findings."""
    j = judgement
    rows = rows_where(con, j, f"(({j.holds}) is true)")
    return {(j.rule.id, j.card, bmsah, "" if j.rule.level == "case" else suspect, j.field) for bmsah, suspect in rows}


def loaded_spec(tables: Mapping[str, Sequence[Row]]) -> duckdb.DuckDBPyConnection:
    """A DuckDB with the macros and these raw text rows `card -> [{field name: text}]`.

    A field that a row does not name is blank there; every column counts as present.
    """
    con = open_spec()
    fill_tables(con, tables)
    return con


def oracle_counts(
    tables: Mapping[str, Sequence[Row]], as_of: date, rules: Iterable[SpecRule] | None = None
) -> Counter[Finding]:
    """All findings (rule_id, card, bmsah, suspect_no, field) on raw text rows, and how often each is made."""
    counts: Counter[Finding] = Counter()
    with loaded_spec(tables) as con:
        for judgement in judgements(tables, as_of, spec_rules() if rules is None else rules):
            counts += judge(con, judgement)
    return counts


def oracle_findings(
    tables: Mapping[str, Sequence[Row]], as_of: date, rules: Iterable[SpecRule] | None = None
) -> set[Finding]:
    """All findings on raw text rows, each once."""
    return set(oracle_counts(tables, as_of, rules))


def example_tables(rule: SpecRule, text: str) -> tuple[dict[str, list[dict[str, str]]], dict[str, str]]:
    """The tables and parameters of one example of a rule."""
    value = json.loads(text)
    params: dict[str, str] = {}
    if isinstance(value, dict):
        params = {k: str(v) for k, v in value.pop("_params", {}).items()}
    if isinstance(value, dict) and value and all(isinstance(v, list) for v in value.values()):
        tables = value
    else:
        rows = value if isinstance(value, list) else [value]
        items = {n for r in rows for n in r}
        fitting = [
            c for c in (MAIN_CARDS if rule.card == "*" else rule.card.split("|")) if items <= {*spec_fields()[c]}
        ]
        tables = {fitting[0]: rows}
    return {c: [_numbered(c, r) for r in rows] for c, rows in tables.items()}, params


def _numbered(card: str, row: Mapping[str, str]) -> dict[str, str]:
    suspect = {} if card in NO_OWN_SUSPECT else {"suspect_no": "S1"}
    return {"bmsah": "K1", **suspect, **row}


def today_of_examples() -> date:
    """The audit date all examples of the specification are written for."""
    return date(2026, 6, 30)
