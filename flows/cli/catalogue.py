"""`anka catalogue …`: a first catalogue for exports that no card is known for."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from expectations.texts import Bilingual

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def catalogue() -> None:
    """Keeps `init` a command of its own while it is the only one."""


@app.command()
def init(
    paths: Annotated[list[Path], typer.Argument(help=Bilingual("导出文件或文件夹", "exports or folders"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=Bilingual("写入的文件夹", "folder to write"))],
) -> None:
    """由导出文件写出第一版目录，供人核对 / write a first catalogue from exports, for a person to confirm."""
    from flows.drafting.drafting import draft_catalogue

    drafted = draft_catalogue(paths, output)
    console, table = Console(), Table(title=Bilingual("案卡", "cards"))
    for heading in ("案卡 card", "文件 files", "行 rows", "项 items", "键 key"):
        table.add_column(heading, overflow="fold")
    for draft in drafted.drafts:
        counts = (f"{draft.rows:,}", str(len(draft.items)))
        table.add_row(draft.name, ", ".join(draft.export.files), *counts, ", ".join(draft.key))
    console.print(table)
    if drafted.links:
        console.print(
            Bilingual("可能的关联，待确认", "links that may be, to be confirmed").about(drafted.links), highlight=False
        )
    for place in drafted.passed_over:
        console.print(Bilingual("没有表头，已略过", "no headings, passed over").about(place), highlight=False)
    typer.echo(Bilingual("已写入", "written").about(output))
    typer.echo(Bilingual("改好后运行", "then run").about(f"anka rules check --catalogue {output}"))
