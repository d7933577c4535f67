"""`anka bench`: Anka beside hand-written SQL, beside other libraries, and beside its own imports."""

from typing import Annotated, Literal

import typer
from rich.console import Console

from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.progress import ProgressWay, shown_progress

stderr = Console(stderr=True)
_ROWS = 1_000_000


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
    format: Annotated[Literal["table", "json"], typer.Option(help=Bilingual("输出格式", "output"))] = "table",
    progress: ProgressWay = "bar",
) -> None:
    """Times Anka beside what it is to be measured by, in one run."""
    sizes = rows or [_ROWS]
    if (peers and small) or (len(sizes) > 1 and (peers or small)):
        raise InputError(
            Bilingual(
                "--peers、--small 与多个 --rows 不能同时使用", "--peers, --small and several --rows exclude one another"
            )
        )
    if len(sizes) > 1:
        from flows.bench.sizes import run_sizes, sizes_text

        typer.echo(sizes_text(run_sizes(sizes, progress), format))
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
