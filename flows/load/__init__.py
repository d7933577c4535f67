"""Loading exports: one pass from the cells of a file to typed cards, with an account of every row.

The one door of the package. Knows DuckDB and the catalogue, neither Prefect nor the command line.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.load.load_tables import write_quarantine
    from flows.load.loading import Folders, load_exports
    from flows.load.report import LoadReport, RowCounts, SheetReport, cards_to_judge, headers_of, report_as_text
    from flows.load.sources.files import list_files, require_loadable

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
    "require_loadable",
    "write_quarantine",
]

_PLACES = {
    "load_tables": ("write_quarantine",),
    "loading": ("Folders", "load_exports"),
    "report": ("LoadReport", "RowCounts", "SheetReport", "cards_to_judge", "headers_of", "report_as_text"),
    "sources.files": ("list_files", "require_loadable"),
}


def __getattr__(name: str) -> object:
    # Imported when asked for: a file that is no export is refused before what loads one was imported, which takes most of a second.
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(name)
