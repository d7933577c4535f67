"""`anka sample` and `anka bench`: exports made by the generator, written out or measured on."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.cli.options import day
from flows.progress import ProgressWay, shown_progress, tell
from sample_data import COMMITTED, ORGANISATION, generate

stderr = Console(stderr=True)
_ROWS = 1_000_000


def sample(
    out: Annotated[Path, typer.Option(help=Bilingual("写入的文件夹", "folder to write"))],
    seed: Annotated[int, typer.Option(help=Bilingual("随机种子", "seed"))] = 1,
    cases: Annotated[int, typer.Option(min=1, help=Bilingual("一审公诉案件数", "number of prosecution cases"))] = 1700,
    as_of: Annotated[
        str | None, typer.Option(help=Bilingual("核查日，默认 2026-06-30", "audit date the sample is made for"))
    ] = None,
    progress: ProgressWay = "bar",
) -> None:
    """Writes exports made from a seed, and the people who handle their cases."""
    with shown_progress(stderr):
        summary = generate(seed, cases, date.fromisoformat(day(as_of)) if as_of else COMMITTED.as_of, out, tell)
    people = out / ORGANISATION.name
    people.write_bytes(ORGANISATION.read_bytes())
    for file in (*summary.exports, summary.truth, people):
        typer.echo(str(file))
    typer.echo(
        f"一审公诉 prosecution: {summary.prosecution_cases} 件 cases, {summary.prosecution_suspects} 人 suspects; "
        f"审查逮捕 arrest: {summary.arrest_cases} 件, {summary.arrest_suspects} 人; 强制措施 measures: {summary.measures}; "
        f"已埋错误 planted findings: {summary.planted_findings} ({summary.planted_rules} 条规则 rules)"
    )


def bench(
    rows: Annotated[
        list[int] | None,
        typer.Option(
            min=1000, help=Bilingual("行数，默认 1000000；可写几次", "rows, 1,000,000 by default; several sizes")
        ),
    ] = None,
    peers: Annotated[
        bool, typer.Option("--peers", help=Bilingual("与同类工具并列：17 条规则", "beside other libraries: 17 rules"))
    ] = False,
    small: Annotated[
        bool, typer.Option("--small", help=Bilingual("小规模：启动与示例核查", "small: starting, and the sample"))
    ] = False,
    pages: Annotated[
        bool, typer.Option("--pages", help=Bilingual("看板：多人同时翻页", "the dashboard: many people turning pages"))
    ] = False,
    users: Annotated[int, typer.Option(min=1, help=Bilingual("--pages 的人数", "people of --pages"))] = 50,
    findings: Annotated[int, typer.Option(min=1, help=Bilingual("--pages 的问题数", "findings of --pages"))] = _ROWS,
    home: Annotated[
        Path | None,
        typer.Option(
            help=Bilingual(
                "--pages 的主目录：没有就生成并保留，有就再用；默认用后删除",
                "home of --pages: made where there is none and kept, used again where there is; by default a folder that is deleted",
            ),
            show_default=False,
        ),
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option(help=Bilingual("输出格式", "output"))] = "table",
    progress: ProgressWay = "bar",
) -> None:
    """Times Anka beside what it is to be measured by, in one run."""
    sizes = rows or [_ROWS]
    if sum((peers, small, pages, len(sizes) > 1)) > 1:
        raise InputError(
            Bilingual(
                "--peers、--small、--pages 与多个 --rows 不能同时使用",
                "--peers, --small, --pages and several --rows exclude one another",
            )
        )
    if len(sizes) > 1:
        from flows.bench.sizes import run_sizes, sizes_text

        typer.echo(sizes_text(run_sizes(sizes, progress), format))
        return
    if pages:
        from flows.bench.pages.visiting import pages_text, run_bench_of_pages

        with shown_progress(stderr):
            figures = run_bench_of_pages(home, users, findings)
        typer.echo(pages_text(figures, format))
        return
    with shown_progress(stderr):
        text = _peers(sizes[0], format) if peers else _small(format) if small else _one_size(sizes[0], format)
    typer.echo(text)


def _one_size(rows: int, format: Literal["table", "json"]) -> str:
    from flows.bench.measuring import run_bench  # Great Expectations takes seconds to import
    from flows.bench.sizes import sizes_text

    return sizes_text([run_bench(rows).summary()], format)


def _peers(rows: int, format: Literal["table", "json"]) -> str:
    from flows.bench.peers.comparing import peers_text, run_peers

    return peers_text(rows, run_peers(rows), format)


def _small(format: Literal["table", "json"]) -> str:
    from flows.bench.small import run_small, small_text

    return small_text(run_small(), format)
