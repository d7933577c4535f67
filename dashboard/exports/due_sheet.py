"""The list of early warnings as a sheet, numbers masked."""

from collections.abc import Sequence

from dashboard.exports.columns import Declared, columns
from dashboard.words.texts import label, text
from expectations.finding.labels import case_word
from expectations.run.limit_figures import DueLine, all_due
from expectations.run.limits import DueFilter
from expectations.run.published import RunConnection
from expectations.texts import Language
from expectations.workbooks import Sheet

_COLUMNS: Sequence[Declared] = (
    ("column.days_left", 10, "number"),
    ("column.last_day", 12, "day"),
    ("column.grade", 10, "text"),
    ("column.department", 20, "text"),
    ("column.prosecutor", 14, "text"),
    ("column.bmsah", 34, "text"),
    ("column.case_name", 24, "text"),
    ("column.suspect", 12, "text"),
    ("register.rule_id", 10, "text"),
    ("column.limit", 44, "text"),
)


def due_sheet(con: RunConnection, selection: DueFilter, language: Language) -> Sheet:
    """The warnings of the selection of those the reader of `con` may see."""
    rows = (_row(line, language) for line in all_due(con, selection))
    return Sheet(text("page.due", language), columns(language, _COLUMNS), rows)


def _row(line: DueLine, language: Language) -> Sequence[object]:
    title = line.title_en if language == "en" and line.title_en else line.title_zh
    return (
        line.days_left,
        line.last_day,
        label("grade", line.grade, language),
        line.department,
        line.prosecutor,
        case_word(line.bmsah, line.sheet, line.sheet_row).in_language(language),
        line.case_name,
        line.name,
        line.rule_id,
        title,
    )
