"""`draft_catalogue`: exports in, a folder of YAML out, in the order of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations.connections import open_duckdb, within_memory
from expectations.errors import InputError
from expectations.sql.cell_values import value_macros
from expectations.texts import Bilingual
from expectations.work_folders import work_folder
from flows.drafting.guessing import Draft, draft_of, links_between
from flows.drafting.names import name_of
from flows.drafting.reading import read_exports
from flows.drafting.writing import catalogue_files
from flows.load.sources.files import list_files


@dataclass(frozen=True)
class Drafted:
    """The cards that were drafted, how many links were found between them, and sheets without headings."""

    drafts: tuple[Draft, ...]
    links: int
    passed_over: tuple[str, ...]


@within_memory()
def draft_catalogue(paths: Sequence[Path], folder: Path) -> Drafted:
    """Writes a first catalogue of the exports into `folder`, which must be empty or new. Raises InputError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            Bilingual("文件夹不是空的", "the folder is not empty").about(folder),
            Bilingual("换一个新的文件夹", "name a new one"),
        )
    files = list_files(paths).files
    with (
        work_folder("draft") as work,
        open_duckdb(files=files, folders=[work], spill=work) as con,
    ):
        for statement in value_macros():
            con.execute(statement)
        read = read_exports(con, files, work)
        drafts: list[Draft] = []
        for number, export in enumerate(read.exports, 1):
            name = name_of(read.called(export), {draft.name for draft in drafts}, f"card_{number}")
            drafts.append(draft_of(con, export, name, read.called(export)))
        links = links_between(con, tuple(drafts))
    alone = {draft.name: read.stands_alone(draft.export) for draft in drafts}
    for name, text in catalogue_files(drafts, links, alone, [str(path) for path in paths], str(folder)).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return Drafted(tuple(drafts), len(links), read.passed_over)
