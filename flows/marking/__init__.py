"""Marking cells of a workbook without changing anything else in it: style, note, and a sheet that lists them.

The one door of the package. It knows parts of an .xlsx file, cells and texts; what is wrong with a cell is said by the caller.
"""

from flows.marking.marks import Kind, Line, Mark, ResultCell, ResultSheet, reference
from flows.marking.package import UnmarkableError
from flows.marking.proof import NotProvenError
from flows.marking.workbook import is_workbook_package, keeps_macros, mark_workbook, sheet_names

__all__ = [
    "Kind",
    "Line",
    "Mark",
    "NotProvenError",
    "ResultCell",
    "ResultSheet",
    "UnmarkableError",
    "is_workbook_package",
    "keeps_macros",
    "mark_workbook",
    "reference",
    "sheet_names",
]
