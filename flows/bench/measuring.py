"""`anka bench`: an audit at scale beside hand-written statements that count its rules of prosecution cards on the same tables.

Figures are ratios against something run beside it, never limits of a test. The exports of all cards are multiplied by DuckDB
from a generated sample, so that planted defects stay in proportion. The audit judges every card, the floor one of them.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Literal

import duckdb

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.connections import open_duckdb
from expectations.home import Home
from expectations.progress import Stage
from expectations.run.published import open_published
from flows.audit import AuditOrder, AuditResult, run_audit
from flows.load import load_exports
from flows.progress import tell
from flows.publishing import StageTime
from sample_data import COMMITTED, generate

FLOOR = tuple(resources.files("flows.bench").joinpath(name) for name in ("floor.sql", "floor_links.sql"))
"""The rules that need only the judged row, and those that look at other rows: all that are judged on prosecution cards."""

_SAMPLE_CASES = 3000
_FLOOR_RUNS = 3

_CASE_NUMBER = r"\](\d{6})(\d{5,6})号$"
# The check digit of an identity number is the weighted sum of its digits modulo 11. Only the third to sixth digit change here, so
# `heavier` adds what they weigh more (weights 10, 5, 8, 4) to the place of the old check digit in 10X98765432.
_RENUMBERING = rf"""
create macro another_case(x, copy) as case when regexp_matches(x, '{_CASE_NUMBER}')
  then regexp_replace(x, '{_CASE_NUMBER}', ']\1' || lpad(((copy * len(getvariable('numbers')) + list_position(
    getvariable('numbers'), try_cast(regexp_extract(x, '{_CASE_NUMBER}', 2) as bigint))) % 1000000)::varchar, 6, '0') || '号')
  else x || '-' || copy end;
create macro another_unit(x, copy) as case when regexp_full_match(x, '\d{{17}}')
  then lpad(((left(x, 6)::bigint + copy * 200) % 1000000)::varchar, 6, '0') || substr(x, 7) else x || '-' || copy end;
create macro another_document(x, copy) as case when regexp_matches(x, '〕\d+号$')
  then regexp_replace(x, '号$', lpad(copy::varchar, 6, '0') || '号') else x || '-' || copy end;
create macro another_suspect(x, copy) as x || '-' || copy;
create macro another_place(x, copy) as lpad(((substr(x, 3, 4)::bigint + copy) % 10000)::varchar, 4, '0');
create macro heavier(old, new) as list_sum([[10, 5, 8, 4][i] * (substr(new, i, 1)::int - substr(old, i, 1)::int)
  for i in [1, 2, 3, 4]])::bigint;
create macro another_identity(x, copy) as case when regexp_full_match(x, '\d{{17}}[\dX]')
  then left(x, 2) || another_place(x, copy) || substr(x, 7, 11) || substr('10X98765432', 1 + (
    strpos('10X98765432', right(x, 1)) - 1 + heavier(substr(x, 3, 4), another_place(x, copy)) + 11000) % 11, 1)
  else x || '-' || copy end;
"""
_STREAMING = {"preserve_insertion_order": "false", "memory_limit": "1GB"}
"""Without their order the copies stream instead of waiting for their turn."""
_CHANGED = {
    "bmsah": "another_case",
    "rel_bmsah": "another_case",
    "orig_bmsah": "another_case",
    "tysah": "another_unit",
    "suspect_no": "another_suspect",
    "target": "another_suspect",
    "id_no": "another_identity",
    "opinion_doc_no": "another_document",
    "hear_no": "another_document",
}
"""The items that tell cases and persons apart, on whatever card, and the macro that makes those of another copy."""


@dataclass(frozen=True)
class BenchFigures:
    """Seconds and MB. `floor_seconds`: the fastest of three runs of the hand-written statements on the audited tables."""

    rows: int
    findings: int
    stages: tuple[StageTime, ...]
    floor_seconds: float
    floor_differs: tuple[str, ...]

    @property
    def audit_seconds(self) -> float:
        """Judging and collecting, on cards already loaded: what the floor does too."""
        return sum(stage.seconds for stage in self.stages if stage.name in ("judge", "collect"))

    @property
    def whole_seconds(self) -> float:
        """Loading, judging, collecting, publishing."""
        return sum(stage.seconds for stage in self.stages)


def run_bench(rows: int, as_of: date = COMMITTED.as_of) -> BenchFigures:
    """Audits a generated export of `rows` suspects and runs the floor beside it, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="anka-bench-") as folder:
        root = Path(folder)
        tell(Stage.SAMPLE, 0, 2)
        generate(COMMITTED.seed, _SAMPLE_CASES, as_of, root / "sample")
        tell(Stage.SAMPLE, 1, 2)
        export = multiply(root / "sample" / "exports", root / "export", rows)
        tell(Stage.SAMPLE, 2, 2)
        result = run_audit(AuditOrder(root / "home", (export,), as_of))
        shutil.rmtree(root / "export")
        seconds, counts = run_floor(Home(root / "home").warehouse, as_of)
        return BenchFigures(rows, result.errors + result.hints, result.stages, seconds, _differences(result, counts))


def multiply(sample: Path, folder: Path, rows: int) -> Path:
    """A folder with one csv per card of the sample: all cards over and over, each time as other cases and other persons.

    `rows` are the rows of prosecution cards; the other cards come with every copy in full. Numbers differ from copy to copy
    and agree within it, whatever card they stand on, so that stages and duplicates are found as often as in the sample:
    case numbers, suspect and identity numbers (a right check digit stays right), opinion and hearing numbers, and whom a
    suggestion went to. Own document numbers and court numbers repeat, as no rule compares them between cases. Case numbers
    repeat beyond six digits, unified case numbers beyond 5000 copies; malformed numbers get the copy appended.
    """
    catalogue = load_catalogue()
    folder.mkdir()
    with tempfile.TemporaryDirectory(prefix="anka-bench-") as name:
        work = Path(name)
        database = work / "sample.duckdb"
        with open_duckdb(database, folders=[sample, work]) as con:
            loaded = load_exports(con, catalogue, [sample], work=work).loaded_cards
        with open_duckdb(database, folders=[folder], settings=_STREAMING) as con:
            _multiply(con, catalogue, loaded, folder, rows)
    return folder


def _multiply(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, loaded: Sequence[str], folder: Path, rows: int
) -> None:
    con.execute(_RENUMBERING)
    con.execute(f"set variable numbers = {_running_numbers(loaded, catalogue)}")
    copies = -(-rows // con.table("cards.prosecution").shape[0])
    for card in loaded:
        _write_copies(con, catalogue.cards[card], folder, copies, rows if card == "prosecution" else None)


def _running_numbers(cards: Sequence[str], catalogue: Catalogue) -> str:
    """SQL of the running numbers of cases on any card, in order: their places close the gaps a sample leaves between them."""
    numbers = " union all ".join(
        f"select {name} as number from cards.{card}"
        for card in cards
        for name, macro in _CHANGED.items()
        if macro == "another_case" and name in catalogue.cards[card].by_name
    )
    number = f"try_cast(regexp_extract(number, '{_CASE_NUMBER}', 2) as bigint)"
    return f"(select list(distinct {number} order by {number}) from ({numbers}))"


def _write_copies(con: duckdb.DuckDBPyConnection, card: Card, folder: Path, copies: int, rows: int | None) -> None:
    """One csv of a card, named so that the loader recognises it."""
    raw = {f.name: f"{f.name}__raw" if f.parsed else f.name for f in card.fields}
    columns = ", ".join(
        f'{_CHANGED[f.name]}({raw[f.name]}, copy) as "{f.header}"'
        if f.name in _CHANGED
        else f'{raw[f.name]} as "{f.header}"'
        for f in card.fields
    )
    target = folder / f"{card.title_zh}（{card.file_words[0]}）.csv"
    con.execute(
        f"copy (select {columns} from range($1) r(copy), cards.{card.name} limit $2) to '{target}' (header)",
        [copies, rows],
    )


def run_floor(warehouse: Path, as_of: date) -> tuple[float, dict[str, int]]:
    """Seconds of the fastest run of the hand-written statements, and what they counted by rule."""
    statements = [path.read_text(encoding="utf-8") for path in FLOOR]
    best, counts = float("inf"), dict[str, int]()
    with open_duckdb(warehouse, read_only=True) as con:
        for number in range(_FLOOR_RUNS):
            tell(Stage.FLOOR, number, _FLOOR_RUNS)
            begun = time.perf_counter()
            rows = [row for statement in statements for row in con.execute(statement, {"today": as_of}).fetchall()]
            best = min(best, time.perf_counter() - begun)
            counts = {str(rule): int(count) for rule, count in rows}
        tell(Stage.FLOOR, _FLOOR_RUNS, _FLOOR_RUNS)
    return best, counts


def figures_text(figures: BenchFigures, format: Literal["table", "json"]) -> str:
    """The figures as text or JSON; `ratio_to_floor` compares judging and collecting, `ratio_whole_to_floor` everything."""
    summary = {
        "rows": figures.rows,
        "findings": figures.findings,
        "ratio_to_floor": round(figures.audit_seconds / figures.floor_seconds, 2),
        "ratio_whole_to_floor": round(figures.whole_seconds / figures.floor_seconds, 2),
        "floor_seconds": round(figures.floor_seconds, 3),
        "audit_seconds": round(figures.audit_seconds, 3),
        "whole_seconds": round(figures.whole_seconds, 3),
        "floor_differs": list(figures.floor_differs),
        "stages": [
            {"stage": s.name, "seconds": round(s.seconds, 3), "peak_mb": round(s.peak_mb)} for s in figures.stages
        ],
    }
    if format == "json":
        return json.dumps(summary, ensure_ascii=False, indent=1)
    lines = [f"{name}: {value}" for name, value in summary.items() if name != "stages"]
    lines += [f"  {s.name:<8} {s.seconds:8.2f} s  {s.peak_mb:7.0f} MB" for s in figures.stages]
    return "\n".join(lines)


def _differences(result: AuditResult, floor: dict[str, int]) -> tuple[str, ...]:
    """Rules the floor counts otherwise than the audit; empty when both agree on every rule."""
    with open_published(result.file) as con:
        audited: Sequence[tuple[str, int]] = con.execute(
            "select rule_id, sum(rows_violated)::bigint from judgements where card = 'prosecution' group by rule_id"
        ).fetchall()
    return tuple(f"{rule}: {floor.get(rule)} ≠ {count}" for rule, count in sorted(audited) if floor.get(rule) != count)
