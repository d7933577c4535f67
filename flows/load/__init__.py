"""Loading exports: one pass from the cells of a file to typed cards, with an account of every row.

The one door of the package. Knows DuckDB and the catalogue, neither Prefect nor the command line.
"""

from flows.load.load_tables import write_quarantine
from flows.load.loading import Folders, load_exports
from flows.load.report import LoadReport, RowCounts, SheetReport, cards_to_judge, headers_of, report_as_text
from flows.load.sources.files import list_files

__all__ = [
    "Folders",
    "LoadReport",
    "RowCounts",
    "SheetReport",
    "cards_to_judge",
    "headers_of",
    "list_files",
    "load_exports",
    "report_as_text",
    "write_quarantine",
]
