"""Loading alone, in a folder that is deleted: what would become of exports, before anybody judges them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from expectations.catalogue.catalogues import Catalogue
from expectations.connections import open_duckdb
from expectations.progress import Progress
from expectations.run import schema as run_schema
from expectations.run.loaded.profile import Figures, profile
from expectations.spill import let_go_of_deleted
from expectations.work_folders import work_folder
from flows.load.loading import Folders, load_exports
from flows.load.profile import write_profile
from flows.load.report import LoadReport, headers_of, report_as_text
from flows.load.sources.files import list_files
from flows.publishing import name_cards


@dataclass(frozen=True)
class OnlyLoaded:
    """The report, and a connection whose tables are named as those of a published run that say what was loaded."""

    report: LoadReport
    con: duckdb.DuckDBPyConnection

    def as_text(self, catalogue: Catalogue) -> str:
        """The report as a supervisor reads it."""
        return report_as_text(self.report, headers_of(catalogue))

    def as_json(self) -> str:
        """The sheets with what became of them, and the profile, as one object."""
        sheets = [
            {
                "file": sheet.name,
                "sheet": sheet.sheet,
                "card": sheet.card,
                "status": sheet.status,
                "reason": sheet.reason.zh,
            }
            | {"header_row": sheet.header_row, "missing": list(sheet.missing), "rows": asdict(sheet.rows)}
            | {"unreadable": {field: number for field, (number, _) in (sheet.unreadable or {}).items()}}
            for sheet in self.report.sheets
        ]
        return json.dumps(
            {"sheets": sheets, "profile": [asdict(line) for line in profile(self.con)]}, ensure_ascii=False
        )


@contextmanager
def only_load(
    catalogue: Catalogue,
    paths: Sequence[Path],
    *,
    card: str | None = None,
    former: dict[tuple[str, str], Figures] | None = None,
    progress: Progress,
) -> Iterator[OnlyLoaded]:
    """Loads the exports; those that can't be are in the report as well, if any can. `former`: the profile to stand beside.

    Raises InputError where none can be loaded.
    """
    files = list_files(paths).files
    with (
        work_folder("load") as folder,
        open_duckdb(folder / "warehouse.duckdb", files=files, folders=[folder], spill=folder) as con,
    ):
        report = load_exports(
            con, catalogue, paths, card=card, skip_refused=True, progress=progress, folders=Folders(folder)
        )
        write_profile(con, catalogue.cards.values(), former or {})
        for table in (run_schema.FIELDS, run_schema.CARDS_KNOWN):
            con.execute(table.create("load"))
        name_cards(con, catalogue, "load")
        con.execute("set search_path = 'load'")
        yield OnlyLoaded(report, con)
    let_go_of_deleted()
