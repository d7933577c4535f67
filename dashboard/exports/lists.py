"""The lists of a run as Excel files: what the reader of the page may see, selected by the parameters of the address."""

from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.exports.downloads import Export, File
from dashboard.exports.due_sheet import due_sheet
from dashboard.exports.finding_sheets import finding_sheets
from dashboard.frame.place import sighted
from dashboard.lists.due_page import due_filter
from dashboard.lists.findings_page import DESCENDING, SORT, finding_filter
from dashboard.words.texts import text
from expectations.rights.acts import NotAllowedError
from expectations.run.account import run
from expectations.run.loaded.load_report import load_report_sheets
from expectations.run.published import RunConnection
from expectations.workbooks import workbook_bytes


def findings_xlsx(export: Export) -> File:
    """The findings list."""
    with _run(export) as con:
        sheets = finding_sheets(
            con, finding_filter(export.value), export.value(SORT), export.value(DESCENDING), export.language
        )
        return File(f"{text('list.file_name', export.language)}_{run(con).run_id}.xlsx", workbook_bytes(sheets))


def due_xlsx(export: Export) -> File:
    """The early warnings."""
    with _run(export) as con:
        book = workbook_bytes([due_sheet(con, due_filter(export.value), export.language)])
        return File(f"{text('due.file_name', export.language)}_{run(con).run_id}.xlsx", book)


def load_report_xlsx(export: Export) -> File:
    """The load report, which holds cells of every card. Raises NotAllowedError."""
    if not export.reader.rows.everything:
        raise NotAllowedError
    with _run(export) as con:
        book = workbook_bytes(load_report_sheets(con, export.language))
        return File(f"{text('run.load_report_name', export.language)}_{run(con).run_id}.xlsx", book)


@contextmanager
def _run(export: Export) -> Iterator[RunConnection]:
    with sighted(export.reader) as (_, con):
        yield con
