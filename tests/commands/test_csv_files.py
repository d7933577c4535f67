"""The one writer of csv files: no text is computed by a spreadsheet, numbers stay numbers, and the load reads the same texts again."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.loads import ARREST, HEADINGS, load, person, warehouse, write_text

from expectations.csv_files import harmless, write_csv
from flows.load.load_tables import write_quarantine

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n1",
    " =1",
    "\u3000=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "\u200b=1",
    "\ufeff@a",
)
HARMLESS = ("", "王=一", "1-1", "-3", "-3.5", "2026-03-02", "'=1", "a\t=", "〔2026〕1号", -3, -3.5, 0, None)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("value", HARMLESS)
def test_everything_else_stays(value: object) -> None:
    assert harmless(value) is value


def test_rows_are_counted_and_keep_their_line_breaks() -> None:
    stream = io.StringIO(newline="")
    assert write_csv(stream, ("甲", "乙"), [("=1", 2), ("多\n行", None)]) == 2
    assert stream.getvalue() == '甲,乙\n\'=1,2\n"多\n行",\n'


def test_what_is_quarantined_is_harmless(tmp_path: Path) -> None:
    export = write_text(tmp_path / f"=1+1 {ARREST}.csv", HEADINGS, person(1), HEADINGS)
    con = warehouse()
    load(con, export)
    target = tmp_path / "quarantine.csv"
    assert write_quarantine(con, target) == 1
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[1][0].startswith("'=1+1")
    assert not [cell for row in rows for cell in row if harmless(cell) is not cell]


SAY = """
import json
from flows.start import show_every_sign
show_every_sign()
from rich.console import Console
from rich.table import Table
table = Table("名称")
table.add_row("𠮷 €")
Console().print(table)
print(json.dumps("汉𠮷\\udccc", ensure_ascii=False))
"""


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1", "utf-8"])
def test_a_terminal_without_the_signs_gets_them_escaped(encoding: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", SAY], env=os.environ | {"PYTHONIOENCODING": encoding}, capture_output=True, check=True
    ).stdout.decode(encoding)
    assert json.loads(said.splitlines()[-1]) == "汉𠮷\udccc"
