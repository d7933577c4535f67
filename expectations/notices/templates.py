"""Word and Excel templates: an office's own before the bundled ones, filled in a sandbox, their mistakes as one line.

Nothing here knows what a notice is; what is put in comes from `documents` and `digests`.
"""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from openpyxl.cell import Cell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from expectations.errors import InputError
from expectations.home import Home
from expectations.texts import Bilingual, Language

BUNDLED = ("notice.docx", "list.xlsx", "digest.docx", "notice.en.docx", "list.en.xlsx", "digest.en.docx")
_PLACE = resources.files("expectations.notices").joinpath("templates")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ROW = re.compile(r"\{\{\s*row\.")
_UNREADABLE = (BadZipFile, OpcError, InvalidFileException, KeyError, ValueError, OSError)
"""What the readers raise for a file that is no Word or Excel document."""


def folder_of(home: Home) -> Path:
    """Where an office puts its own templates."""
    return home.root / "templates"


def write_bundled(folder: Path) -> tuple[Path, ...]:
    """Writes the bundled templates into `folder`, to be changed. Raises InputError rather than overwrite one."""
    folder.mkdir(parents=True, exist_ok=True)
    targets = tuple(folder / name for name in BUNDLED)
    if present := [target.name for target in targets if target.exists()]:
        raise InputError(
            Bilingual("已有同名模板，未覆盖", "not overwritten").about(", ".join(present)),
            hint=Bilingual("换一个文件夹", "choose another folder").about("-o"),
        )
    for target in targets:
        target.write_bytes(_PLACE.joinpath(target.name).read_bytes())
    return targets


def template_in(name: str, language: Language) -> str:
    """The template `name` of a language: notice.docx, notice.en.docx."""
    return name if language == "zh" else str(Path(name).with_suffix(f".{language}{Path(name).suffix}"))


def fill_document(home: Home, name: str, language: Language, values: Mapping[str, object]) -> bytes:
    """The Word template `name` filled in; every text survives as it is. Raises InputError naming the file and the variable."""
    content, place = _template(home, name, language)
    with _mistakes(place, values):
        document = DocxTemplate(BytesIO(content))
        document.render(_clean(values), _sandbox(escape=True), autoescape=True)
        out = BytesIO()
        document.save(out)
    return out.getvalue()


def fill_workbook(
    home: Home, name: str, language: Language, values: Mapping[str, object], rows: Sequence[Mapping[str, object]]
) -> bytes:
    """The Excel template `name` filled in: the row that speaks of `row.…` is repeated for each of `rows`.

    Only text is put in, never a formula. Raises InputError naming the file and the variable.
    """
    content, place = _template(home, name, language)
    with _mistakes(place, {**values, **{f"row.{key}": "" for row in rows[:1] for key in row}}):
        book = openpyxl.load_workbook(BytesIO(content))
        for sheet in book.worksheets:
            _fill_sheet(sheet, _clean(values), [_clean(row) for row in rows])
        out = BytesIO()
        book.save(out)
    return out.getvalue()


def _template(home: Home, name: str, language: Language) -> tuple[bytes, str]:
    """Its content, and what to call it in a message. An office's own serves both languages, unless it has one of this language too."""
    of_language = template_in(name, language)
    for own_file in (folder_of(home) / of_language, folder_of(home) / name):
        if own_file.is_file():
            return own_file.read_bytes(), str(own_file)
    bundled = of_language if _PLACE.joinpath(of_language).is_file() else name
    return _PLACE.joinpath(bundled).read_bytes(), bundled


def _sandbox(*, escape: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=escape)


@contextmanager
def _mistakes(place: str, values: Mapping[str, object]) -> Iterator[None]:
    """Turns what a template does wrong into one line."""
    available = Bilingual("可用变量", "available").about(", ".join(sorted(values)))
    try:
        yield
    except TemplateError as error:
        raise InputError(
            Bilingual(f"模板有误 {place}", f"mistake in template {place}").about(_line(error)), hint=available
        ) from None
    except (TypeError, ArithmeticError) as error:  # what an expression of the template can raise
        raise InputError(
            Bilingual(f"模板有误 {place}", f"mistake in template {place}").about(_line(error)), hint=available
        ) from None
    except _UNREADABLE as error:
        raise InputError(
            Bilingual(f"读不了模板 {place}", f"cannot read template {place}").about(_line(error)),
            hint=Bilingual("重新导出随附的模板", "write the bundled ones anew").about(
                "anka notices templates -o FOLDER"
            ),
        ) from None


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _clean(values: Mapping[str, object]) -> dict[str, object]:
    """The values without the signs a document can't hold."""
    return {key: _clean_value(value) for key, value in values.items()}


def _clean_value(value: object) -> object:
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, Mapping):
        return _clean(value)
    if isinstance(value, list | tuple):
        return [_clean_value(item) for item in value]
    return value


def _fill_sheet(sheet: Worksheet, values: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> None:
    repeated = next((number for number in range(1, sheet.max_row + 1) if _speaks_of_rows(sheet, number)), 0)
    pattern = [copy.copy(cell.value) for cell in sheet[repeated]] if repeated else []
    if repeated:
        _make_room(sheet, repeated, len(rows))
    for line in sheet.iter_rows():
        for cell in line:
            inside = repeated and repeated <= cell.row < repeated + max(len(rows), 1)
            if isinstance(cell, Cell) and not inside and isinstance(cell.value, str) and "{" in cell.value:
                _put(cell, _filled(cell.value, values))
    environment = _sandbox(escape=False)
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


def _filled(text: str, values: Mapping[str, object]) -> str:
    return _sandbox(escape=False).from_string(text).render(values)


def _put(cell: Cell, value: str | int | float) -> None:
    """As text, whatever it begins with."""
    cell.value = value
    if isinstance(value, str) and value:
        cell.data_type = "s"
