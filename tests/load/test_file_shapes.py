"""Files of every shape: each value that stands in one arrives, nothing else does, and every line is accounted for."""

import os
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.loads import load
from support.shapes.cells import HEADINGS
from support.shapes.files import Shape, shapes

from flows.load.sources import workbooks
from flows.load.sources.sheets import HEAD
from flows.load.sources.workbook_reader import __main__ as reader

FILES = int(os.environ.get("ANKA_FILE_SHAPES", "3000"))
"""Files of a run; 100,000 take two hours of one processor."""

AT_ONCE, PARTS = 30, 5


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks are read here and not in a child, which takes ten times as long to start as a small one to read."""

    def read(path: Path, kind: str, folder: Path) -> dict[str, Any]:
        return reader.read(path, kind, folder, HEAD)

    monkeypatch.setattr(workbooks, "_run", read)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # or a fault is hidden by it
@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("part", range(PARTS))
@settings(
    max_examples=FILES // AT_ONCE // PARTS,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(st.tuples(*(shapes(number) for number in range(AT_ONCE))))
def test_what_stands_in_a_file_is_what_arrives(part: int, files: tuple[Shape, ...]) -> None:
    """In parts, each with examples of its own, so that it shows how far it got."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, shape in enumerate(files):
            paths.append(Path(folder, f"{number:02}听证{shape.suffix}"))
            shape.write(paths[-1])
        con = duckdb.connect(config={"threads": 1})  # rows are few: sharing them out takes longer than they do
        report = load(con, *paths)
        for number, shape in enumerate(files):
            items = ", ".join(HEADINGS)
            rows = con.execute(f"select {items} from cards.hearing where _file = {number} order by _row").fetchall()
            sheets = [sheet.rows for sheet in report.sheets if sheet.file_no == number]
            counts = sum(rows.loaded for rows in sheets), sum(rows.rejected for rows in sheets)
            assert (rows, counts) == (shape.cards, (len(shape.cards), shape.rejected)), shape.as_text()
        con.close()
