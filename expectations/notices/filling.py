"""Filling Word and Excel templates in a sandbox; run as a program, one template within limits of memory and time.

An office's own template may be made by anybody: a loop in a loop, or a text multiplied, would hold a page or a night for ever. This file imports
nothing of ours, so that the program begins at once. Which template is meant, and what a mistake is called, is `templates`.
"""

import base64
import copy
import json
import re
import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import openpyxl
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape
from openpyxl.cell import Cell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

_ROW = re.compile(r"\{\{\s*row\.")
_UNREADABLE = (BadZipFile, OpcError, InvalidFileException, KeyError, ValueError, OSError)
"""What the readers raise for a file that is no Word or Excel document."""


class WrongTemplateError(Exception):
    """What a template does wrong, in one line."""


class UnreadableTemplateError(Exception):
    """Why a file is no template, in one line."""


def filled(suffix: str, content: bytes, values: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> bytes:
    """The template filled in: of a workbook the row that speaks of `row.…` is repeated for each of `rows`. Only text is put in.

    Raises WrongTemplateError or UnreadableTemplateError.
    """
    try:
        return _filled_document(content, values) if suffix == ".docx" else _filled_workbook(content, values, rows)
    # all but the first an expression of the template can raise
    except (TemplateError, TypeError, ArithmeticError, AttributeError, IndexError, RecursionError) as error:
        raise WrongTemplateError(_line(error)) from None
    except _UNREADABLE as error:
        raise UnreadableTemplateError(_line(error)) from None


def main(memory: int, seconds: int) -> None:
    """Fills the template that the standard input holds, and writes the document or the mistake to the standard output, as JSON."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    order = json.load(sys.stdin)
    try:
        document = filled(order["suffix"], base64.b64decode(order["content"]), order["values"], order["rows"])
        outcome: dict[str, Any] = {"document": base64.b64encode(document).decode()}
    except WrongTemplateError as error:
        outcome = {"wrong": str(error)}
    except UnreadableTemplateError as error:
        outcome = {"unreadable": str(error)}
    json.dump(outcome, sys.stdout)


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class _Document(DocxTemplate):  # type: ignore[misc]  # no types
    """A Word template whose values stand in it as they are."""

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        # they are no XML, and would keep what stands for a sign there
        super().render_properties(context, _sandbox(escaped=False))


def _filled_document(content: bytes, values: Mapping[str, object]) -> bytes:
    document = _Document(BytesIO(content))
    document.render(dict(values), _sandbox(escaped=True), autoescape=True)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _filled_workbook(content: bytes, values: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> bytes:
    book = openpyxl.load_workbook(BytesIO(content))
    for sheet in book.worksheets:
        _fill_sheet(sheet, values, rows)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sandbox(*, escaped: bool) -> ImmutableSandboxedEnvironment:
    put_in = _kept if escaped else None
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=escaped, finalize=put_in)


def _kept(value: object) -> object:
    """A value so that docxtpl leaves it alone: it turns `{_{` into two braces wherever they come from, and so on."""
    return (
        Markup(str(escape(value)).replace("_", "&#95;")) if isinstance(value, str) and "_" in value else value
    )  # escaped here


def _fill_sheet(sheet: Worksheet, values: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> None:
    repeated = next((number for number in range(1, sheet.max_row + 1) if _speaks_of_rows(sheet, number)), 0)
    pattern = [copy.copy(cell.value) for cell in sheet[repeated]] if repeated else []
    if repeated:
        _make_room(sheet, repeated, len(rows))
    for line in sheet.iter_rows():
        for cell in line:
            inside = repeated and repeated <= cell.row < repeated + max(len(rows), 1)
            if isinstance(cell, Cell) and not inside and isinstance(cell.value, str) and "{" in cell.value:
                _put(cell, _text(cell.value, values))
    environment = _sandbox(escaped=False)
    compiled = [environment.from_string(text) if isinstance(text, str) and "{" in text else text for text in pattern]
    for offset, row in enumerate(rows):
        for column, part in enumerate(compiled, start=1):
            cell = sheet.cell(repeated + offset, column)
            if isinstance(cell, Cell) and part is not None:
                _put(cell, part if isinstance(part, str | int | float) else part.render({**values, "row": row}))
    if repeated and not rows:
        for cell in sheet[repeated]:
            _put(cell, "")


def _speaks_of_rows(sheet: Worksheet, number: int) -> bool:
    return any(isinstance(cell.value, str) and _ROW.search(cell.value) for cell in sheet[number])


def _make_room(sheet: Worksheet, repeated: int, count: int) -> None:
    """Copies of the repeated row with its look; what stands beneath moves down, merged cells with it."""
    further = count - 1
    if further <= 0:
        return
    beneath = [area for area in sheet.merged_cells.ranges if area.min_row > repeated]
    sheet.insert_rows(repeated + 1, further)
    for area in beneath:
        area.shift(row_shift=further)
    height = sheet.row_dimensions[repeated].height
    models = list(sheet[repeated])
    for number in range(repeated + 1, repeated + 1 + further):
        sheet.row_dimensions[number].height = height
        for column, model in enumerate(models, start=1):
            sheet.cell(number, column)._style = copy.copy(model._style)  # noqa: SLF001  # openpyxl's documented way to copy a style


def _text(text: str, values: Mapping[str, object]) -> str:
    return _sandbox(escaped=False).from_string(text).render(values)


def _put(cell: Cell, value: str | int | float) -> None:
    """As text, whatever it begins with."""
    cell.value = value
    if isinstance(value, str) and value:
        cell.data_type = "s"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
