"""Exports of any size: those of a generated sample over and over, each time as other cases and other persons.

DuckDB writes them, so that planted defects stay in proportion; `python -m flows.bench.multiplying ROWS DAY FOLDER` does it in a
process whose memory is not the audit's.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.connections import open_duckdb
from flows.load import Folders, load_exports
from sample_data import COMMITTED, generate

_SAMPLE_CASES = 3000
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


def make_exports(rows: int, as_of: date, folder: Path) -> Path:
    """Exports with so many suspects on prosecution cards, made in a process of its own; `folder` is new."""
    command = [sys.executable, "-m", "flows.bench.multiplying", str(rows), as_of.isoformat(), str(folder)]
    subprocess.run(command, check=True)
    return folder


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
            loaded = load_exports(con, catalogue, [sample], folders=Folders(work)).loaded_cards
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


def _main(rows: int, as_of: date, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="anka-bench-") as name:
        generate(COMMITTED.seed, _SAMPLE_CASES, as_of, Path(name))
        multiply(Path(name) / "exports", folder, rows)


if __name__ == "__main__":
    _main(int(sys.argv[1]), date.fromisoformat(sys.argv[2]), Path(sys.argv[3]))
