"""From verdicts to findings: the failing-row queries run inside DuckDB, are reconciled with the counts, and become rows of
`findings` with owner, present values and message. Rows never pass through Python.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import duckdb

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.errors import NotReconciledError
from expectations.judging.identities import case_owners_statement, identity_columns, join_case_owners
from expectations.judging.judge import Verdict
from expectations.progress import Progress, Stage, unheard
from expectations.run.schema import FINDINGS
from expectations.sql.fingerprints import rule_fingerprint
from expectations.sql.judgements import PLACEHOLDER, Judgement, raw_column
from expectations.sql.quoting import quoted
from expectations.texts import Bilingual

_BLANK = "（空）"
_BATCH = 32
"""Failing-row queries run as one statement, so that they share the processors."""
_WHOLE_CASE = "rows between unbounded preceding and unbounded following"
_SUGGESTION = {"zh": ("，可能应为“", "”"), "en": ("; perhaps “", "” is meant")}


@dataclass(frozen=True)
class Collected:
    """How many findings a verdict became; case-level rules fold the rows of a case into one."""

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
        for number, verdict in enumerate(batch):
            findings = 0
            if verdict.rows_violated:
                fingerprint = fingerprints[verdict.judgement.rule.id]
                statement = finding_statement(verdict, run_id, fingerprint, number)
                findings = int(con.execute(statement).fetchall()[0][0])
            collected.append(Collected(verdict, findings))
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


def finding_statement(verdict: Verdict, run_id: str, fingerprint: str, number: int) -> str:
    """The INSERT that makes the findings of one judgement from its rows in `violations`, where it has that number.

    Level `case` gives one finding per case, shown with the values of its first violating row and without a suspect.
    Items of other stages stand among the present values as `card.item`.
    """
    judgement, prepared = verdict.judgement, verdict.prepared
    rule, card = judgement.rule, judgement.card
    by_case = rule.level == "case"
    keys = ["v.bmsah"] if by_case else [f"c.{name}" for name in card.key]
    key = ", ".join(f"coalesce({name}::varchar, '')" for name in keys)
    # Two rows may have the same key; told apart by their order, both keep their ids from night to night.
    ordinal = f"row_number() over (partition by {key} order by c._row)"
    present = [f"'{name}', c.{raw_column(card.field(name))}" for name in judgement.fields]
    present += [f"'{name}', {column}::varchar" for name, column in prepared.stage_items.items()]
    involved = _involved(verdict)
    if by_case:
        # With an order, a window ends at the present row; every row of the case must get the same text.
        involved = f"string_agg({involved}, '|') over (partition by v.bmsah order by {involved} {_WHOLE_CASE})"
    columns = {
        "run_id": quoted(run_id),
        "rule_id": quoted(rule.id),
        "rule_fingerprint": quoted(fingerprint),
        "values_fingerprint": f"sha256({involved})",
        "severity": quoted(rule.severity),
        "error_type": quoted(rule.error_type),
        "is_hint": str(rule.is_hint).lower(),
        "card": quoted(card.name),
        "level": quoted(rule.level),
        "bmsah": "v.bmsah",
        "suspect_no": "null" if by_case else "v.suspect_no",
        "name": "null" if by_case else "v.name",
        "case_name": "v.case_name",
        "office": "v.office",
        "department": "v.department",
        "prosecutor": "v.prosecutor",
        "owner": quoted(judgement.owner),
        "fields": quoted("|".join(judgement.fields)),
        "values": f"json_object({', '.join(present)})::varchar",
        "message": message_sql(rule.message.zh, judgement, "zh"),
        "message_en": message_sql(rule.message.en, judgement, "en"),
        "basis": quoted(rule.basis),
        "finding_id": f"left(sha256(concat_ws('|', '{judgement.name}', {key}, {ordinal})), 16)",
        "file_no": "c._file",
        "sheet": "c._sheet",
        "sheet_row": "c._sheet_row",
        "card_row": "c._row",
    }
    first_of_case = "qualify row_number() over (partition by v.bmsah order by c._row) = 1" if by_case else ""
    chosen = ", ".join(columns[name] for name in FINDINGS.columns)
    return f"""insert into findings select {chosen}
from violations v join cards.{card.name} c on c._row = v._row {prepared.joins}
where v.number = {number} {first_of_case} order by c._row"""


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
    """A value as a person reads it: dates in one form, everything else as it stood."""
    field = card.field(name)
    raw = f"c.{raw_column(field)}"
    text = f"strftime(c.{name}, '%Y-%m-%d'), {raw}" if field.type == "date" else raw
    return f"coalesce({text}, {quoted(_BLANK)})"
