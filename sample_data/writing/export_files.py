"""Writes export files in the shapes the case system produces: drill-down workbooks, HTML tables named .xls, registers.

Rows are streamed; nothing here knows what a value means. The same rows always give the same bytes.
"""

import csv
import html
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import xlsxwriter

from expectations.catalogue.cards import Card, Field
from sample_data.office import UNIT_NAME

ORDINAL, TOTAL = "序号", "合计"
_PLAIN = frozenset({"bmsah", "tysah", "case_name", "accept_date", "dept_name", "prosecutor"})


def case_headings(card: Card) -> list[str]:
    """Headings of a drill-down: items of the whole case under their 全案_ name, but for those that identify it."""
    return [_case_heading(field) for field in card.fields]


def _case_heading(field: Field) -> str:
    if field.level != "case" or field.name in _PLAIN:
        return field.header
    return next((alias for alias in field.aliases if alias.startswith("全案_")), field.header)


def starred_headings(card: Card) -> list[str]:
    """Headings as the entry form shows them: mandatory items with a star."""
    return [f"*{field.header}" if field.required == "always" else field.header for field in card.fields]


class ExportFile(AbstractContextManager["ExportFile"]):
    """One export being written: title lines, a heading row, numbered rows, a total."""

    def __init__(self, path: Path, headings: Sequence[str], title: str, as_of: date) -> None:
        self.path = path
        self.headings = [ORDINAL, *headings]
        self.title = title
        self.as_of = as_of
        self.rows = 0

    @property
    def subtitle(self) -> str:
        """The line below the title."""
        return f"制表单位：{UNIT_NAME}　导出日期：{self.as_of.isoformat()}"

    def __enter__(self) -> Self:
        """Open the file and write what stands above the rows."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what stands below the rows and close."""
        self._close()

    def write(self, cells: Sequence[str]) -> None:
        """Write one row."""
        self.rows += 1
        self._write([str(self.rows), *cells])

    def _open(self) -> None:
        raise NotImplementedError

    def _write(self, cells: Sequence[str]) -> None:
        raise NotImplementedError

    def _close(self) -> None:
        raise NotImplementedError


class Workbook(ExportFile):
    """A drill-down as .xlsx: merged title, every cell text."""

    def _open(self) -> None:
        self.book = xlsxwriter.Workbook(str(self.path), {"constant_memory": True})
        self.book.set_properties(
            {"title": self.title, "created": datetime(self.as_of.year, self.as_of.month, self.as_of.day)}
        )
        self.sheet = self.book.add_worksheet("反查结果")
        bold = self.book.add_format({"bold": True})
        self.sheet.merge_range(0, 0, 0, 9, self.title, bold)
        self.sheet.write_string(1, 0, self.subtitle)
        for column, heading in enumerate(self.headings):
            self.sheet.write_string(2, column, heading, bold)
        self.line = 3

    def _write(self, cells: Sequence[str]) -> None:
        for column, text in enumerate(cells):
            if text:
                self.sheet.write_string(self.line, column, text)
        self.line += 1

    def _close(self) -> None:
        self.sheet.write_string(self.line, 0, f"{TOTAL}{self.rows}")
        self.book.close()


class HtmlTable(ExportFile):
    """An HTML table with the suffix .xls, its heading repeated where pages were glued together."""

    PAGE_ROWS = 40

    def _open(self) -> None:
        self.stream = self.path.open("w", encoding="utf-8", newline="\n")
        kind = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        self.stream.write(f'<html><head>{kind}</head><body><table border="1">\n')
        self.stream.write(f'<tr><td colspan="{len(self.headings)}">{html.escape(self.title)}</td></tr>\n')
        self._line(self.headings)

    def _line(self, cells: Sequence[str]) -> None:
        self.stream.write("<tr>" + "".join(f"<td>{html.escape(text, quote=False)}</td>" for text in cells) + "</tr>\n")

    def _write(self, cells: Sequence[str]) -> None:
        if self.rows > 1 and self.rows % self.PAGE_ROWS == 1:
            self._line(self.headings)
        self._line(cells)

    def _close(self) -> None:
        self._line([TOTAL] + [""] * (len(self.headings) - 1))
        self.stream.write("</table></body></html>\n")
        self.stream.close()


class CsvTable(ExportFile):
    """A plain register as .csv: headings first, no title, no ordinal, no total."""

    def __init__(self, path: Path, headings: Sequence[str], title: str, as_of: date, coding: str = "gb18030") -> None:
        super().__init__(path, headings, title, as_of)
        self.coding = coding

    def _open(self) -> None:
        self.stream = self.path.open("w", encoding=self.coding, newline="")
        self.table = csv.writer(self.stream, lineterminator="\r\n")
        self.table.writerow(self.headings[1:])

    def _write(self, cells: Sequence[str]) -> None:
        self.table.writerow(cells[1:])

    def _close(self) -> None:
        self.stream.close()
