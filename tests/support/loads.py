"""Small files in the shapes of real exports, loaded with the bundled catalogue."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from expectations.catalogue.catalogues import load_catalogue
from flows.load import LoadReport, load_exports

CATALOGUE = load_catalogue()

HEADINGS = ("部门受案号", "嫌疑人编号", "嫌疑人姓名", "性别", "受理日期", "作案时年龄")

ARREST = "审查逮捕案件010101表1行4列受理合计（人）"

PROSECUTION = "一审公诉案件020101表1行19列受理合计（人）"


def warehouse() -> duckdb.DuckDBPyConnection:
    """An empty warehouse in memory."""
    return duckdb.connect()


def csv_text(*rows: Sequence[str], delimiter: str = ",") -> str:
    """Rows of plain cells as delimited text."""
    return "".join(delimiter.join(row) + "\n" for row in rows)


def write_text(path: Path, *rows: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A delimited file."""
    path.write_bytes(csv_text(*rows, delimiter=delimiter).encode(encoding))
    return path


def write_xlsx(path: Path, **sheets: Iterable[Sequence[Any]]) -> Path:
    """A workbook with the given rows by sheet name."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def load(con: duckdb.DuckDBPyConnection, *paths: Path, **options: Any) -> LoadReport:
    """A load with the bundled catalogue."""
    return load_exports(con, CATALOGUE, paths, **options)


def cards(con: duckdb.DuckDBPyConnection, card: str, *fields: str) -> list[tuple[Any, ...]]:
    """Values of a card's fields in row order."""
    return con.execute(f"SELECT {', '.join(fields)} FROM cards.{card} ORDER BY _row").fetchall()


def person(
    number: int, name: str = "张三", sex: str = "男", day: str = "2026-03-02", age: str = "20"
) -> tuple[str, ...]:
    """A row for `HEADINGS`."""
    return (f"汉东检刑捕受[2026]770101{number:06}号", f"S{number}", name, sex, day, age)
