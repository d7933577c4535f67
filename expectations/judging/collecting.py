"""From verdicts to findings: the failing-row queries run inside DuckDB, are reconciled with the counts, and become rows of
`findings` with owner, present values and message. Rows never pass through Python.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import duckdb

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.errors import NotReconciledError
from expectations.finding.values_read import fingerprint_sql
from expectations.judging.identities import case_owners_statement, identity_columns, join_case_owners, one_finding
from expectations.judging.judge import Verdict
from expectations.progress import Progress, Stage, unheard
from expectations.run.schema import FINDINGS
from expectations.sql.fingerprints import rule_fingerprint
from expectations.sql.judgements import PLACEHOLDER, Judgement, raw_column
from expectations.sql.quoting import column, quoted
from expectations.texts import Bilingual

_BLANK = "（空）"
_BATCH = 96
"""Judgements collected by one statement: they share a scan of the card. Of 256 the planning alone costs more than they save."""
_WHOLE_CASE = "rows between unbounded preceding and unbounded following"
_SUGGESTION = {"zh": ("，可能应为“", "”"), "en": ("; perhaps “", "” is meant")}


@dataclass(frozen=True)
class Collected:
    """How many findings a verdict became; rules of level `case` and of a declared level fold rows into one."""

    verdict: Verdict
    findings: int


def collect(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    verdicts: Sequence[Verdict],
    run_id: str,
    progress: Progress = unheard,
) -> tuple[Collected, ...]:
    """Fills table `findings`. Raises NotReconciledError when the rows collected for a rule are not the rows counted."""
    con.execute(FINDINGS.create())
    con.execute(case_owners_statement(catalogue.cards.values()))
    judged = sorted((v for v in verdicts if v.state == "judged"), key=lambda verdict: verdict.judgement.name)
    fingerprints = {
        rule.id: rule_fingerprint(catalogue, rule)
        for rule in {v.judgement.rule.id: v.judgement.rule for v in judged}.values()
    }
    collected = [Collected(verdict, 0) for verdict in verdicts if verdict.state != "judged"]
    mismatches: list[str] = []
    collected_so_far = 0
    for batch in _batches(judged):
        progress(Stage.COLLECT, collected_so_far, len(judged))
        collected_so_far += len(batch)
        mismatches += _collect_rows(con, batch)
        statement = _batch_statement(batch, run_id, fingerprints)
        if statement:
            con.execute(statement)
            con.execute(
                f"insert into findings select {', '.join(map(column, FINDINGS.columns))} from batch order by number, card_row"
            )
            counts = dict(con.execute("select number, count(*) from batch group by number").fetchall())
        else:
            counts = {}
        collected += [Collected(verdict, counts.get(number, 0)) for number, verdict in enumerate(batch)]
    con.execute("drop table if exists batch")  # none where no rule was broken
    con.execute("drop table if exists violations")  # none where no rule was judged
    if mismatches:
        raise NotReconciledError(
            Bilingual("计数与归集结果不符，本次核查未发布", "counts and findings differ").about("")
            + "; ".join(mismatches),
            hint=Bilingual("请保留导出文件并联系维护人员", "keep the exports and report this"),
        )
    progress(Stage.COLLECT, len(judged), len(judged))
    return tuple(collected)


def _batches(judged: Sequence[Verdict]) -> Iterator[Sequence[Verdict]]:
    """Verdicts on one card at a time, a few together."""
    for _, of_card in groupby(sorted(judged, key=lambda v: v.judgement.card.name), lambda v: v.judgement.card.name):
        verdicts = list(of_card)
        yield from (verdicts[start : start + _BATCH] for start in range(0, len(verdicts), _BATCH))


def _collect_rows(con: duckdb.DuckDBPyConnection, batch: Sequence[Verdict]) -> list[str]:
    """Runs the failing-row queries of a batch into `violations`, each row with what it is about; returns the mismatches."""
    card = batch[0].judgement.card
    union = " union all ".join(f"select {n} as number, _row from ({v.query})" for n, v in enumerate(batch))
    con.execute(
        f"create or replace temp table violations as select v.*, {identity_columns(card)} "
        f"from ({union}) v join cards.{card.name} c on c._row = v._row {join_case_owners(card)}"
    )
    counts = dict(con.execute("select number, count(*) from violations group by number").fetchall())
    return [
        f"{verdict.judgement.name}: {verdict.rows_violated} ≠ {counts.get(number, 0)}"
        for number, verdict in enumerate(batch)
        if counts.get(number, 0) != verdict.rows_violated
    ]


def _batch_statement(batch: Sequence[Verdict], run_id: str, fingerprints: Mapping[str, str]) -> str:
    """What makes table `batch`, the findings of these verdicts by number; empty where no row breaks a rule."""
    broken = {number: verdict for number, verdict in enumerate(batch) if verdict.rows_violated}
    levels: dict[str, dict[int, Verdict]] = {"row": {}, "key": {}, "case": {}}
    for number, verdict in broken.items():
        level = verdict.judgement.rule.level_word
        levels["row" if level == "person" else level][number] = verdict
    queries = [findings_query(some, run_id, fingerprints) for some in levels.values() if some]
    return f"create or replace temp table batch as {' union all '.join(queries)}" if queries else ""


def findings_query(verdicts: Mapping[int, Verdict], run_id: str, fingerprints: Mapping[str, str]) -> str:
    """The SELECT that makes the findings of verdicts on one card from their rows in `violations`, by their numbers there.

    All of level `case`, all of a declared level, or none of either. Such a level gives one finding per case or per value of the declared
    items, shown with the values of its first violating row; that of a case is without a suspect. A row without these values is a finding
    by itself. Items of other stages stand among the present values as `card.item`.
    """
    judgement = next(iter(verdicts.values())).judgement
    card, by_case, by_key = judgement.card, judgement.rule.level == "case", bool(judgement.rule.one_finding_per)
    keys = ["v.bmsah"] if by_case else [f"c.{name}" for name in card.row_key]
    key = ", ".join(f"coalesce({name}::varchar, '')" for name in keys)
    together = "v.bmsah"
    if by_key:
        shared = _by_number({number: one_finding(v.judgement.rule, card) for number, v in verdicts.items()})
        key = f"coalesce({shared}, concat_ws(chr(31), {key}))"
        together = f"coalesce({shared}, chr(30) || c._row)"
    # Two rows may have the same key; told apart by their order, both keep their ids from night to night.
    ordinal = f"row_number() over (partition by v.number, {key} order by c._row)"
    involved = _by_number({number: _involved(verdict) for number, verdict in verdicts.items()})
    if by_case or by_key:
        # With an order, a window ends at the present row; every row of the case must get the same text.
        involved = (
            f"string_agg({involved}, '|') over (partition by v.number, {together} order by {involved} {_WHOLE_CASE})"
        )
    constants = {number: _constants(verdict, fingerprints) for number, verdict in verdicts.items()}
    columns = {name: f"k.{column(name)}" for name in next(iter(constants.values()))} | {
        "run_id": quoted(run_id),
        "values_fingerprint": fingerprint_sql(involved),
        "card": quoted(card.name),
        "bmsah": "v.bmsah",
        "suspect_no": "null" if by_case else "v.suspect_no",
        "name": "null" if by_case else "v.name",
        "case_name": "v.case_name",
        "office": "v.office",
        "department": "v.department",
        "prosecutor": "v.prosecutor",
        "values": _by_number({number: _present(verdict) for number, verdict in verdicts.items()}),
        "message": _messages(verdicts, "zh"),
        "message_en": _messages(verdicts, "en"),
        "finding_id": f"left(sha256(concat_ws('|', k.judgement, {key}, {ordinal})), 16)",
        "file_no": "c._file",
        "sheet": "c._sheet",
        "sheet_row": "c._sheet_row",
        "card_row": "c._row",
        "card_rows": f"count(*) over (partition by v.number, {together})" if by_case or by_key else "1",
    }
    rows = ", ".join(f"({number}, {', '.join(values.values())})" for number, values in constants.items())
    names = ", ".join(map(column, ("number", *next(iter(constants.values())))))
    joins = " ".join(dict.fromkeys(join for verdict in verdicts.values() for join in verdict.prepared.joins))
    first = f"qualify row_number() over (partition by v.number, {together} order by c._row) = 1"
    only_first = first if by_case or by_key else ""
    chosen = ", ".join(f"{columns[name]} as {column(name)}" for name in FINDINGS.columns)
    return f"""select v.number, {chosen}
from violations v join (values {rows}) k({names}) using (number)
join cards.{card.name} c on c._row = v._row {joins} {only_first}"""


def _constants(verdict: Verdict, fingerprints: Mapping[str, str]) -> dict[str, str]:
    """What is the same on all findings of a verdict, as SQL by column; `judgement` is its name."""
    judgement, rule = verdict.judgement, verdict.judgement.rule
    return {
        "judgement": quoted(judgement.name),
        "rule_id": quoted(rule.id),
        "rule_fingerprint": quoted(fingerprints[rule.id]),
        "severity": quoted(rule.severity),
        "error_type": quoted(rule.error_type),
        "is_hint": str(rule.is_hint).lower(),
        "level": quoted(rule.level_word),
        "owner": quoted(judgement.owner),
        "fields": quoted("|".join(judgement.fields)),
        "basis": quoted(rule.basis),
    }


def _by_number(texts: Mapping[int, str]) -> str:
    """The SQL that belongs to the number of a violation."""
    return f"case v.number {' '.join(f'when {number} then {sql}' for number, sql in texts.items())} end"


def _present(verdict: Verdict) -> str:
    """The values a finding shows, as JSON by item."""
    card = verdict.judgement.card
    names = dict.fromkeys((*verdict.judgement.fields, *verdict.judgement.rule.one_finding_per))
    values = [f"'{name}', c.{raw_column(card.field(name))}" for name in names]
    values += [f"'{name}', {value}::varchar" for name, value in verdict.prepared.stage_items.items()]
    return f"json_object({', '.join(values)})::varchar"


def _messages(verdicts: Mapping[int, Verdict], language: Literal["zh", "en"]) -> str:
    texts = {number: v.judgement.rule.message.in_language(language) for number, v in verdicts.items()}
    return _by_number(
        {number: message_sql(text, verdicts[number].judgement, language) for number, text in texts.items()}
    )


def _involved(verdict: Verdict) -> str:
    """Everything the condition read of a row, as one text: it changes when the row is another case for the rule.

    Items of the row as they stood, those of other stages, and what it made of linked rows.
    """
    card = verdict.judgement.card
    own_values = (
        f"c.{raw_column(card.field(name))}" for name in sorted(verdict.judgement.columns & card.by_name.keys())
    )
    prepared = verdict.prepared
    values = (*own_values, *prepared.stage_items.values(), *prepared.linked_values)
    return f"[{', '.join(f'{value}::varchar' for value in values)}]::varchar"


def message_sql(template: str, judgement: Judgement, language: Literal["zh", "en"]) -> str:
    """SQL that fills a message: `{field}` with the row's value, `{label}`, `{value}`, `{suggestion}` and parameters by name."""
    parts: list[str] = []
    position = 0
    for match in PLACEHOLDER.finditer(template):
        parts += [quoted(template[position : match.start()]), _placeholder(match[1], judgement, language)]
        position = match.end()
    parts.append(quoted(template[position:]))
    return " || ".join(part for part in parts if part != "''") or "''"


def _placeholder(name: str, judgement: Judgement, language: Literal["zh", "en"]) -> str:
    card = judgement.card
    if name == "suggestion":
        field, (before, after) = card.field(judgement.field), _SUGGESTION[language]
        return f"coalesce({quoted(before)} || likely_label(c.{field.name}, {quoted(field.dictionary)}) || {quoted(after)}, '')"
    if name == "label":
        return quoted(card.field(judgement.field).header)
    if name == "value":
        return _readable(card, judgement.field)
    if name in judgement.rule.params:
        return quoted(str(judgement.rule.params[name]))
    return _readable(card, name) if name in card.by_name else quoted(_BLANK)


def _readable(card: Card, name: str) -> str:
    """A value as a person reads it: dates and moments in one form, everything else as it stood."""
    field = card.field(name)
    raw = f"c.{raw_column(field)}"
    if field.type == "date":
        return f"coalesce(strftime(c.{name}, '%Y-%m-%d'), {raw}, {quoted(_BLANK)})"
    if field.type == "datetime":
        # to the second, and seconds only where there are any
        moment = f"strftime(c.{name}, '%Y-%m-%d %H:%M') || case when second(c.{name}) > 0 then strftime(c.{name}, ':%S') else '' end"
        return f"coalesce({moment}, {raw}, {quoted(_BLANK)})"
    return f"coalesce({raw}, {quoted(_BLANK)})"
