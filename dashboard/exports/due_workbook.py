"""The list of early warnings as an Excel workbook, numbers masked."""

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter

from dashboard.words.texts import label, text
from expectations.run.limit_figures import DueLine, all_due
from expectations.run.limits import DueFilter
from expectations.run.published import RunConnection
from expectations.texts import Language

_COLUMNS = (
    ("column.days_left", 10), ("column.last_day", 12), ("column.grade", 10), ("column.department", 20), ("column.prosecutor", 14),
    ("column.bmsah", 34), ("column.case_name", 24), ("column.suspect", 12), ("register.rule_id", 10), ("column.limit", 44),
)  # fmt: skip
_LAST_ROW = 1_048_575


def due_workbook(con: RunConnection, wanted: DueFilter, language: Language) -> bytes:
    """The warnings `wanted` selects of those the reader of `con` may see, as many as a sheet holds."""
    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"constant_memory": True, **options}) as book:
        heading = book.add_format({"bold": True, "bg_color": "#E3E8EF", "border": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(text("page.due", language))
        for column, (key, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, text(key, language), heading)
        sheet.freeze_panes(1, 1)
        for row, line in zip(range(1, _LAST_ROW + 1), all_due(con, wanted), strict=False):
            sheet.write_number(row, 0, line.days_left, wrapped)
            for column, words in enumerate(_words(line, language), start=1):
                if words:
                    sheet.write_string(row, column, words, wrapped)
    return out.getvalue()


def _words(line: DueLine, language: Language) -> Sequence[str]:
    title = line.title_en if language == "en" and line.title_en else line.title_zh
    return (
        line.last_day.isoformat(), label("grade", line.grade, language), line.department, line.prosecutor, line.bmsah,
        line.case_name, line.name, line.rule_id, title,
    )  # fmt: skip
