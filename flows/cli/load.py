"""`anka load`: what would become of exports, without judging them: every sheet, row, column and cell, and the profile of the items."""

from pathlib import Path
from typing import Annotated, Literal

import duckdb
import typer
from rich.console import Console

from expectations.catalogue.catalogues import load_catalogue
from expectations.errors import InputError
from expectations.home import Home, NothingPublishedError
from expectations.run.loaded.load_report import changes_in_words, load_report_sheets
from expectations.run.loaded.profile import former_figures_of, profile
from expectations.run.words.spoken import spoken_language
from expectations.texts import Bilingual, Language
from expectations.workbooks import write_workbook
from flows.cli.audits import Paths
from flows.cli.options import CatalogueFolder, HomeFolder, home_at
from flows.load import require_loadable
from flows.progress import ProgressWay, shown_progress, tell
from flows.settings import Settings

REFUSED = 2
"""Exit code: a file could not be loaded."""


def load(
    paths: Paths,
    catalogue: CatalogueFolder = None,
    card: Annotated[
        str | None, typer.Option(help=Bilingual("所有文件的案卡", "the card of all files, if not recognised"))
    ] = None,
    home: HomeFolder = Path(".anka"),
    format: Annotated[
        Literal["table", "json", "xlsx"] | None,
        typer.Option(help=Bilingual("输出格式，默认看 -o 的后缀", "output, by default by the suffix of -o")),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=Bilingual("写入的文件", "file to write"), show_default=False)
    ] = None,
    progress: ProgressWay = "bar",
) -> None:
    """Loads into a folder that is deleted, and reports; the profile stands beside that of the home's run, if there is one."""
    require_loadable(paths, skip_refused=True)
    from flows.load.only import only_load  # pyarrow and the readers take half a second to import

    way = format or ("xlsx" if output and output.suffix.lower() == ".xlsx" else "table")
    if way == "xlsx" and output is None:
        raise InputError(
            Bilingual("xlsx 需要 -o 文件名", "xlsx needs a file"),
            hint=Bilingual("例如", "for example").about("-o report.xlsx"),
        )
    read = load_catalogue(catalogue) if catalogue else load_catalogue()
    former = former_figures_of(home_at(home)) if home.exists() else {}
    with (
        shown_progress(Console(stderr=True)),
        only_load(read, paths, card=card, former=former, progress=tell) as loaded,
    ):
        language = _language(home, loaded.con)
        if way == "xlsx" and output:
            write_workbook(output, load_report_sheets(loaded.con, language))
        text = loaded.as_json() if way == "json" else loaded.as_text(read)
        changed = [
            f"  {line.header}: {changes_in_words(line, language)}" for line in profile(loaded.con) if line.changes
        ]
        refused = loaded.report.refused
    if way == "table" and changed:
        text += "\n" + "\n".join([Bilingual("与上次相比变化明显的案卡项", "items that changed sharply"), *changed])
    if output and way != "xlsx":
        output.write_text(text + "\n", encoding="utf-8")
    elif not output:
        typer.echo(text)
    if output:
        typer.echo(Bilingual("已写入", "written").about(output))
    if refused:
        raise typer.Exit(REFUSED)


def _language(home: Path, con: duckdb.DuckDBPyConnection) -> Language:
    """The home's; of a home without a run, or none, what the cards speak."""
    try:
        Home(home.absolute()).current()
    except NothingPublishedError:
        return spoken_language(con, rules=False)
    from expectations.people.languages import home_language  # SQLAlchemy takes a second to import
    from expectations.register.belonging import home_register

    with home_register(home_at(home), Settings().register_url).reading() as session:
        return home_language(session)
