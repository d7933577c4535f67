"""`anka sample`: exports made by the generator."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from expectations.texts import Bilingual
from flows.cli.options import day
from flows.progress import ProgressWay, shown_progress, tell
from sample_data import COMMITTED, generate

stderr = Console(stderr=True)


def sample(
    out: Annotated[Path, typer.Option(help=Bilingual("写入的文件夹", "folder to write"))],
    seed: Annotated[int, typer.Option(help=Bilingual("随机种子", "seed"))] = 1,
    cases: Annotated[int, typer.Option(min=1, help=Bilingual("一审公诉案件数", "number of prosecution cases"))] = 1700,
    as_of: Annotated[
        str | None, typer.Option(help=Bilingual("核查日，默认 2026-06-30", "audit date the sample is made for"))
    ] = None,
    progress: ProgressWay = "bar",
) -> None:
    """Writes exports made from a seed."""
    with shown_progress(stderr):
        summary = generate(seed, cases, date.fromisoformat(day(as_of)) if as_of else COMMITTED.as_of, out, tell)
    for file in (*summary.exports, summary.truth):
        typer.echo(str(file))
    typer.echo(
        f"一审公诉 prosecution: {summary.prosecution_cases} 件 cases, {summary.prosecution_suspects} 人 suspects; "
        f"审查逮捕 arrest: {summary.arrest_cases} 件, {summary.arrest_suspects} 人; 强制措施 measures: {summary.measures}; "
        f"已埋错误 planted findings: {summary.planted_findings} ({summary.planted_rules} 条规则 rules)"
    )
