"""`anka log`: whether the access log is as it was written, and sealed archives of its earlier parts."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expectations.office_days import begin_of
from expectations.texts import Bilingual
from flows.cli.options import NOT_WELL, HomeFolder, RegisterUrl, day, home_at

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
    archive: Annotated[
        list[Path] | None,
        typer.Option(
            help=Bilingual("一并核对的封存件，可重复", "an archive to follow too, may be repeated"), show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=Bilingual("输出 JSON", "as JSON"))] = False,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """核对日志是否完整未改；有问题时退出码为 3 / whether every entry is there and unchanged; exits with 3 where not."""
    from expectations.people.trail.archive import followed_with
    from expectations.people.trail.checking import check, witness_of
    from expectations.register.belonging import home_register
    from flows.published_heads import published_heads

    printed = [witness_of(text) for text in head or ()]
    home_folder = home_at(home)
    office_register = home_register(home_folder, register)
    archives = followed_with(office_register, archive or ())
    with office_register.reading() as session:
        verdict = check(session, [*printed, *published_heads(home_folder, office_register)], archives)
    typer.echo(json.dumps(_as_object(verdict), ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(verdict)))
    if not verdict.whole:
        raise typer.Exit(NOT_WELL)


@app.command()
def archive(
    before: Annotated[str, typer.Option(help=Bilingual("封存此日之前的各条", "seal the entries before this day"))],
    output: Annotated[
        Path, typer.Option("--output", "-o", help=Bilingual("放封存件的文件夹", "folder the archive goes to"))
    ] = Path(),
    remove: Annotated[
        bool, typer.Option(help=Bilingual("随后从台账移出这些条目", "then take these entries out of the register"))
    ] = False,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """把较早的日志封存为一个可独立核对的文件 / seals the earlier entries in a file that proves itself."""
    from expectations.people.trail.archive import take_out, write_archive
    from expectations.register.belonging import home_register

    office_register = home_register(home_at(home), register)
    sealed = write_archive(office_register, begin_of(date.fromisoformat(day(before))), output)
    counted = Bilingual(f"第 {sealed.first}–{sealed.last} 条", f"entries {sealed.first}–{sealed.last}")
    typer.echo(counted.about(f"{sealed.file}, SHA-256 {sealed.sha256}"))
    if remove:
        count = take_out(office_register, sealed)
        typer.echo(Bilingual(f"已移出 {count} 条", f"{count} taken out").about("anka log verify --archive"))


def _as_object(verdict: "Verdict") -> dict[str, object]:
    return {
        "whole": verdict.whole,
        "entries": verdict.entries,
        "head": asdict(verdict.head),
        "sealed": verdict.sealed,
        "witnesses": verdict.witnesses,
        "taken_out": verdict.taken_out,
        "archived": verdict.archived,
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
    if verdict.taken_out:
        out = Bilingual(
            f"第 {verdict.taken_out} 条及以前已封存移出，本次核对了其中 {verdict.archived} 条（--archive）",
            f"entries up to {verdict.taken_out} lie in archives, of which {verdict.archived} were looked at (--archive)",
        )
        lines.append(out)
    lines += [str(problem.words) for problem in verdict.problems[:_SHOWN]]
    if len(verdict.problems) > _SHOWN:
        lines.append(Bilingual(f"共 {len(verdict.problems)} 处", f"{len(verdict.problems)} in all"))
    outcome = (
        Bilingual("日志完整，未见改动", "the log is whole")
        if verdict.whole
        else Bilingual("日志不完整或被改动", "the log was tampered with")
    )
    return [*lines, outcome]
