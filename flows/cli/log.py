"""`anka log`: whether the access log is as it was written."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expectations.texts import Bilingual
from flows.cli.options import NOT_WELL, HomeFolder, RegisterUrl, home_at

if TYPE_CHECKING:
    from expectations.people.trail.checking import Verdict


app = typer.Typer(no_args_is_help=True, add_completion=False)
_SHOWN = 20


@app.callback()
def log() -> None:
    """访问日志 / the access log."""


@app.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option(
            help=Bilingual("通知上所印的链头，可重复", "a head as printed on a notice, may be repeated"),
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=Bilingual("输出 JSON", "as JSON"))] = False,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """核对日志是否完整未改；有问题时退出码为 3 / whether every entry is there and unchanged; exits with 3 where not."""
    from expectations.people.trail.checking import check, witness_of
    from expectations.register.belonging import home_register
    from flows.published_heads import published_heads

    printed = [witness_of(text) for text in head or ()]
    home_folder = home_at(home)
    office_register = home_register(home_folder, register)
    with office_register.reading() as session:
        verdict = check(session, [*printed, *published_heads(home_folder, office_register)])
    typer.echo(json.dumps(_as_object(verdict), ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(verdict)))
    if not verdict.whole:
        raise typer.Exit(NOT_WELL)


def _as_object(verdict: "Verdict") -> dict[str, object]:
    return {
        "whole": verdict.whole,
        "entries": verdict.entries,
        "head": asdict(verdict.head),
        "sealed": verdict.sealed,
        "witnesses": verdict.witnesses,
        "problems": [
            {"kind": problem.kind, "entry": problem.entry, "last": problem.last, "zh": problem.words.zh, "en": problem.words.en}
            for problem in verdict.problems
        ],
    }  # fmt: skip


def _lines(verdict: "Verdict") -> Sequence[str]:
    counts = Bilingual(
        f"{verdict.entries} 条；链头 {verdict.head}；与 {verdict.witnesses} 处留存的链头比对",
        f"{verdict.entries} entries, head {verdict.head}, compared with {verdict.witnesses} heads kept elsewhere",
    )
    lines: list[str] = [counts]
    if verdict.sealed:
        sealed = Bilingual(
            f"第 {verdict.sealed} 条之前的各条写入时尚无链，只能证明此后未改",
            f"entries before {verdict.sealed} were written without a chain: it only tells that they stayed as they were since",
        )
        lines.append(sealed)
    lines += [str(problem.words) for problem in verdict.problems[:_SHOWN]]
    if len(verdict.problems) > _SHOWN:
        lines.append(Bilingual(f"共 {len(verdict.problems)} 处", f"{len(verdict.problems)} in all"))
    outcome = (
        Bilingual("日志完整，未见改动", "the log is whole")
        if verdict.whole
        else Bilingual("日志不完整或被改动", "the log was tampered with")
    )
    return [*lines, outcome]
