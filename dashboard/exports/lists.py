"""The lists of a run as Excel files: what the reader of the page may see, selected by the parameters of the address."""

from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.exports.downloads import Export, File
from dashboard.exports.due_sheet import due_sheet
from dashboard.exports.finding_sheets import finding_sheets
from dashboard.frame.place import SIGHTS
from dashboard.words.texts import text
from expectations.run.account import run
from expectations.run.findings import SORTS
from expectations.run.limits import DueFilter
from expectations.run.published import FindingFilter, Kind, RunConnection
from expectations.workbooks import workbook_bytes

_KINDS: dict[str, Kind] = {"hints": "hints", "all": "all"}


def findings_xlsx(export: Export) -> File:
    """The findings list."""
    many = export.params.getlist
    wanted = FindingFilter(
        departments=tuple(many("department")), prosecutors=tuple(many("prosecutor")), rules=tuple(many("rule")),
        severities=tuple(many("severity")), error_types=tuple(many("error_type")), cards=tuple(many("card")),
        kind=_KINDS.get(export.params.get("kind", ""), "errors"), text=export.params.get("text", ""),
    )  # fmt: skip
    sort = export.params.get("sort", "")
    with _run(export) as con:
        sheets = finding_sheets(
            con, wanted, sort if sort in SORTS else SORTS[0], export.params.get("desc") == "1", export.language
        )
        return File(f"{text('list.file_name', export.language)}_{run(con).run_id}.xlsx", workbook_bytes(sheets))


def due_xlsx(export: Export) -> File:
    """The early warnings."""
    wanted = DueFilter(
        departments=tuple(export.params.getlist("department")), grades=tuple(export.params.getlist("grade"))
    )
    with _run(export) as con:
        book = workbook_bytes([due_sheet(con, wanted, export.language)])
        return File(f"{text('due.file_name', export.language)}_{run(con).run_id}.xlsx", book)


@contextmanager
def _run(export: Export) -> Iterator[RunConnection]:
    with SIGHTS.open(export.home.current(), export.register, export.reader) as con:
        yield con
