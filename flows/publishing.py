"""Publishing a run: a new read-only DuckDB file with everything a reader needs, to which the pointer is then switched in one step.

A reader sees the former run or this one, never half of one. Nothing is judged or selected here.
"""

import json
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds import RuleDeclaration
from expectations.catalogue.kinds.base import Example
from expectations.home import Home, number_of
from expectations.judging.collecting import Collected
from expectations.judging.identities import card_rows_query, case_owners_statement, checked_query
from expectations.run import schema as run_schema
from expectations.sql.fingerprints import rule_fingerprint
from expectations.store.chain import Head
from expectations.store.register import now
from flows.kept_exports import drop_unused_exports

UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class StageTime:
    """A stage of the run with its wall time in seconds and the process's peak memory in MB at its end."""

    name: str
    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class RunFacts:
    """What identifies a run. Inputs, catalogue and audit date give the same `run_id`; `started_at` is kept in UTC. `loaded_by`: see
    `flows.incremental`."""

    run_id: str
    as_of: date
    started_at: datetime
    catalogue_hash: str
    input_hash: str
    loaded_by: str
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    complete: bool
    log_head: Head | None = None
    """Where the access log stands, and in which register; none of a run no register follows."""
    register: str = ""


def publish(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    catalogue: Catalogue,
    facts: RunFacts,
    collected: Sequence[Collected],
    stages: Iterable[StageTime],
) -> Path:
    """Writes the file: what the load left, with the run's tables. `con` is the warehouse after `collect`.

    It has its name, and is a published file, once the caller gives it `published_name`; until then it is a leftover.
    """
    home.published.mkdir(parents=True, exist_ok=True)
    unfinished = _new_name(home, facts.run_id).with_suffix(UNFINISHED)
    try:
        shutil.copyfile(home.loaded, unfinished)
        con.execute(f"attach '{_quoted(unfinished)}' as publication")
        try:
            _copy_tables(con, catalogue)
            _write_tables(con, home, catalogue, facts, collected, list(stages))
        finally:
            con.execute("detach publication")
    except BaseException:  # also when somebody stops it
        for part in home.published.glob(f"{unfinished.name}*"):
            part.unlink()
        raise
    # read-only before it has its name: one page that opened it for writing would lock out all others
    unfinished.chmod(0o400)
    return unfinished


def published_name(unfinished: Path) -> Path:
    """The name of a file that `publish` has written."""
    return unfinished.with_suffix(".duckdb")


def prune(home: Home, keep: int | None) -> list[Path]:
    """Deletes the oldest published files beyond `keep`, never the present one, with them their folders of `runs`, and the exports that
    none of the others was made of. 0 keeps all runs; without a number nothing is deleted. Returns the published files it deleted."""
    if keep is None:
        return []
    surplus = home.published_files()[:-keep] if keep > 0 else []
    doomed = [file for file in surplus if file != home.current()]
    for file in doomed:
        file.unlink()
    prune_run_folders(home)
    drop_unused_exports(home, home.published_files())
    return doomed


def prune_run_folders(home: Home) -> None:
    """Deletes the folders of runs that have no published file: pruned ones, and those whose audit failed."""
    kept = {file.stem.split("-", 1)[-1] for file in home.published_files()}
    for folder in home.run_folders():
        if folder.name not in kept:
            shutil.rmtree(folder)


def _new_name(home: Home, run_id: str) -> Path:
    # the same run published again is another file: a page may have the former open
    return home.published / f"{max(map(number_of, home.published_files()), default=0) + 1:06}-{run_id}.duckdb"


def _copy_tables(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    con.execute("drop schema publication.load cascade")
    con.execute("drop schema if exists publication.incremental cascade")
    run_schema.create_run(con, "publication")
    for table in run_schema.LOADED:
        con.execute(f"insert into publication.{table.name} by name from load.{table.name}")
    for table in run_schema.JUDGED:
        con.execute(f"insert into publication.{table.name} by name from {table.name}")
    con.execute(case_owners_statement(catalogue.cards.values()))
    con.execute(f"insert into publication.card_rows by name {card_rows_query(catalogue.cards.values())}")
    con.execute(f"insert into publication.checked by name {checked_query('publication.card_rows')}")


def _write_tables(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    catalogue: Catalogue,
    facts: RunFacts,
    collected: Sequence[Collected],
    stages: Sequence[StageTime],
) -> None:
    run = {
        "run_id": facts.run_id,
        "as_of": facts.as_of,
        "started_at": facts.started_at,
        "finished_at": now(),
        "catalogue_hash": facts.catalogue_hash,
        "input_hash": facts.input_hash,
        "version": version("anka-audit"),
        "loaded_by": facts.loaded_by,
        "status": "complete" if facts.complete else "incomplete",
        "rows_read": facts.rows_read,
        "rows_loaded": facts.rows_loaded,
        "rows_rejected": facts.rows_rejected,
    }
    _store(con, run_schema.RUNS, [run])
    _store(
        con,
        run_schema.PACKS,
        [{"pack": p.name, "title": p.title.zh, "title_en": p.title.en, "version": p.version} for p in catalogue.packs],
    )
    _store(con, run_schema.STAGES, [{"stage": s.name, "seconds": s.seconds, "peak_mb": s.peak_mb} for s in stages])
    loaded = {card for (card,) in con.execute("select card from publication.files where status = 'loaded'").fetchall()}
    _store(con, run_schema.JUDGEMENTS, [_judgement_row(judgement, loaded) for judgement in collected])
    _store(
        con,
        run_schema.RULES,
        [_rule_row(catalogue, catalogue.rule_on(rule_id, facts.as_of), facts.as_of) for rule_id in catalogue.rules],
    )
    if facts.log_head:
        head = {"entry": facts.log_head.entry, "hash": facts.log_head.hash, "register": facts.register}
        _store(con, run_schema.LOG_HEAD, [head])
    _keep_history(con, home, facts.run_id, facts.as_of)
    name_cards(con, catalogue, "publication")


def name_cards(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, place: str) -> None:
    """Fills tables `fields` and `cards_known` of an attached file or schema, which have the words for cards and items."""
    cards = catalogue.cards.values()
    _store(con, run_schema.FIELDS, [row for card in cards for row in _field_rows(card)], place)
    titles = [{"card": card.name, "title_zh": card.title_zh, "title_en": card.title_en} for card in cards]
    _store(con, run_schema.CARDS_KNOWN, titles, place)


def _keep_history(con: duckdb.DuckDBPyConnection, home: Home, run_id: str, as_of: date) -> None:
    """What every rule came to in this run and, from the newest published file that can be read, in those before."""
    history = run_schema.RULE_HISTORY.name
    for file in reversed(home.published_files()):
        try:
            con.execute(f"attach '{_quoted(file)}' as former (read_only)")
            con.execute(
                f"insert into publication.{history} by name from former.{history} where run_id <> ? order by rowid",
                [run_id],
            )
        except duckdb.Error:
            continue  # damaged, or of another version: the one before it knows all but that run
        else:
            break
        finally:
            con.execute("detach database if exists former")
    con.execute(
        f"insert into publication.{history} select rule_id, any_value(fingerprint), ?, ?, bool_or(state = 'judged'), sum(findings) "
        "from publication.judgements join publication.rules using (rule_id) group by rule_id order by rule_id",
        [run_id, as_of],
    )


def _judgement_row(collected: Collected, loaded: Collection[str]) -> dict[str, object]:
    """`needed`: items whose column it can't be judged without; `parsed`: items an unreadable cell of which makes it silent. Both are of
    cards that were `loaded`: reading the conditions of all others takes longer than a small audit."""
    verdict = collected.verdict
    judgement = verdict.judgement
    is_loaded = judgement.card.name in loaded
    return {
        "rule_id": judgement.rule.id,
        "card": judgement.card.name,
        "field": judgement.field or None,
        "state": verdict.state,
        "reason": verdict.reason.zh,
        "reason_en": verdict.reason.en,
        "rows_violated": verdict.rows_violated,
        "findings": collected.findings,
        "needed": sorted(judgement.columns_needed) if is_loaded else [],
        "parsed": sorted(judgement.values_read - judgement.raw_read) if is_loaded else [],
    }


def _rule_row(catalogue: Catalogue, rule: RuleDeclaration, as_of: date) -> dict[str, object]:
    switched_off = catalogue.switched_off(rule.id, as_of)
    each_items = [f"@{kind}" for kind in rule.each.types] + list(rule.each.fields) if rule.each else []
    return {
        "rule_id": rule.id,
        "cards": "|".join(rule.cards),
        "theme": catalogue.themes[rule.id],
        "level": rule.level_word,
        "kind": rule.kind,
        "severity": rule.severity,
        "error_type": rule.error_type,
        "is_hint": rule.is_hint,
        "title_zh": rule.title.zh,
        "title_en": rule.title.en,
        "message_zh": rule.message.zh,
        "message_en": rule.message.en,
        **rule.explanations,
        "basis": rule.basis,
        "owner": rule.owner,
        "fields": "|".join(rule.fields or each_items),
        "applies_when": rule.applies_when,
        "must_hold": rule.must_hold,
        "note": rule.note,
        "needs": "|".join(rule.needs),
        "params": json.dumps(rule.params),
        "release": rule.release,
        "accepted": _as_json(rule.examples.accepted),
        "violating": _as_json(rule.examples.violating),
        "fingerprint": rule_fingerprint(catalogue, rule),
        "pack": catalogue.origins[rule.id],
        "switched_off": switched_off.reason if switched_off else None,
        "off_since": switched_off.since if switched_off else None,
    }


def _as_json(example: Example) -> str:
    return json.dumps(example, ensure_ascii=False, default=str)


def _field_rows(card: Card) -> list[dict[str, object]]:
    return [
        {
            "card": card.name,
            "no": number,
            "name": field.name,
            "header": field.header,
            "label_en": field.label_en,
            "section": field.section,
            "section_en": field.section_en,
            "type": field.type,
            "unit": field.unit,
            "level": field.level,
            "required": field.required,
            "filled_by": field.filled_by,
            "role": card.role_of(field.name),
            "in_period": field.name in card.period,
        }
        for number, field in enumerate(card.fields, start=1)
    ]


def _store(
    con: duckdb.DuckDBPyConnection,
    table: run_schema.Table,
    rows: Sequence[Mapping[str, object]],
    place: str = "publication",
) -> None:
    if rows:
        con.register("published_rows", pa.Table.from_pylist([dict(row) for row in rows]))
        con.execute(f"insert into {place}.{table.name} by name from published_rows")
        con.unregister("published_rows")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
