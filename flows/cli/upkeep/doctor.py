"""`anka doctor`: every check of the house, what was seen and what to do. It changes nothing, not even rights that are wrong."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from expectations.home import Home
from expectations.texts import Bilingual
from flows.cli.options import NOT_WELL, HomeFolder, RegisterUrl
from flows.progress import ProgressWay, shown_progress, tell

if TYPE_CHECKING:
    from expectations.health.checks import Check

_MARKS = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}


def doctor(
    messages: Annotated[
        bool,
        typer.Option(
            "--messages",
            help=Bilingual("也连接消息渠道（不发送）", "also connect to the channels of messages; nothing is sent"),
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=Bilingual("输出 JSON", "as JSON"))] = False,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
    progress: ProgressWay = "bar",
) -> None:
    """Looks at everything; exits with 3 where something is not well."""
    from expectations.health.checks import as_object, failing
    from flows.doctor.everything import House, look_at
    from flows.settings import Settings

    settings = Settings()
    house = House(
        Home(home.absolute()),
        settings.model_copy(update={"register_url": register or settings.register_url}),
        messages,
    )
    console, checks = Console(), list["Check"]()
    with shown_progress(Console(stderr=True)):
        for check in look_at(house, tell):
            checks.append(check)
            if not as_json:
                _show(console, check)
    failed = failing(checks)
    warned = [check.name for check in checks if check.state == "warn"]
    if as_json:
        answer = {
            "well": not failed,
            "failing": failed,
            "warnings": warned,
            "checks": [as_object(check) for check in checks],
        }
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        typer.echo(
            Bilingual(
                f"{len(checks)} 项：不正常 {len(failed)}，注意 {len(warned)}",
                f"{len(checks)} checks: {len(failed)} not well, {len(warned)} to look at",
            )
        )
    if failed:
        raise typer.Exit(NOT_WELL)


def _show(console: Console, check: "Check") -> None:
    console.print(f"{_MARKS[check.state]} ", end="")
    console.print(f"{check.label}: {check.seen}", markup=False, highlight=False, soft_wrap=True)
    if check.do:
        console.print(f"  → {check.do}", markup=False, highlight=False, soft_wrap=True)
