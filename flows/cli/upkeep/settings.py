"""`anka settings`: the switches of the page 管理 on the command line, for installations by script."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expectations.texts import Bilingual
from flows.cli.options import HomeFolder, RegisterUrl, home_at

if TYPE_CHECKING:
    from expectations.store.register import Register
    from expectations.store.switches import Value

app = typer.Typer(no_args_is_help=True, add_completion=False)
AsJson = Annotated[bool, typer.Option("--json", help=Bilingual("输出 JSON", "as JSON"))]
Name = Annotated[str, typer.Argument(help=Bilingual("开关名", "name of the switch"), show_default=False)]


@app.command()
def get(name: Name = "", as_json: AsJson = False, home: HomeFolder = Path(".anka"), register: RegisterUrl = "") -> None:
    """显示开关，不写名称则全部 / show a switch, or all of them."""
    from expectations.store.switches import switch, switches

    with _register(home, register).reading() as session:
        shown = {name: switch(session, name)} if name else switches(session)
    if as_json:
        typer.echo(json.dumps(shown[name] if name else shown, ensure_ascii=False))
    else:
        typer.echo(_word(shown[name]) if name else "\n".join(f"{key} = {_word(value)}" for key, value in shown.items()))


@app.command(context_settings={"ignore_unknown_options": True})
def set(
    name: Name,
    value: Annotated[str, typer.Argument(help=Bilingual("值", "value"))],
    as_json: AsJson = False,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """设置开关，记入访问日志 / set a switch; the access log says who did."""
    from expectations.people.access_log import BY_MACHINE
    from expectations.people.switching import change
    from expectations.store.switches import switch, value_of

    office_register = _register(home, register)
    with office_register.writing() as session:
        former: Mapping[str, Value] = {name: switch(session, name)}
        changed = change(session, {name: value_of(name, value)}, BY_MACHINE)
        present = switch(session, name)
    if as_json:
        answer = {"name": name, "former": former[name], "value": present, "changed": bool(changed)}
        typer.echo(json.dumps(answer, ensure_ascii=False))
    elif changed:
        typer.echo(f"{name} = {_word(present)}  （{Bilingual('原为', 'was').about(_word(former[name]))}）")
    else:
        typer.echo(
            Bilingual("已是此值，未改动", "it is so already, nothing was changed").about(f"{name} = {_word(present)}")
        )


def _word(value: "Value") -> str:
    """A value as it is typed."""
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _register(home: Path, url: str) -> "Register":
    from expectations.register.belonging import home_register

    return home_register(home_at(home), url)
