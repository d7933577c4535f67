"""Files of every shape: each value that stands in one arrives, nothing else does, and every line is accounted for."""

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

FILES, MANY_FILES = 3_000, 100_000
AT_ONCE, PARTS = 30, 5
FILES_AT_ONCE = st.tuples(*(shapes(number) for number in range(AT_ONCE)))


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks are read here and not in a child, which takes ten times as long to start as a small one to read."""

    def read(path: Path, kind: str, folder: Path) -> dict[str, Any]:
        return reader.read(path, kind, folder, HEAD)

    monkeypatch.setattr(workbooks, "_run", read)


pytestmark = [
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),  # or a fault is hidden by it
    pytest.mark.usefixtures("in_this_process"),
]


def drawn(files: int) -> settings:
    """So many files in all parts together, none of them simplified."""
    return settings(
        max_examples=files // AT_ONCE // PARTS,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("part", range(PARTS))
@drawn(FILES)
@given(FILES_AT_ONCE)
def test_what_stands_in_a_file_is_what_arrives(part: int, files: tuple[Shape, ...]) -> None:
    """In parts, each with examples of its own, so that it shows how far it got."""
    require_all_to_arrive(files)


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
@drawn(MANY_FILES)
@given(FILES_AT_ONCE)
def test_what_stands_in_very_many_files_is_what_arrives(part: int, files: tuple[Shape, ...]) -> None:
    """Two hours of one processor."""
    require_all_to_arrive(files)


def require_all_to_arrive(files: tuple[Shape, ...]) -> None:
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
