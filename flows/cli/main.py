"""The command line `anka`: which commands there are. Each is a few lines over the flows and the core, in the module named here.

Exit codes: 0 done or published, 2 usage or input error, 3 a rule could not be judged or reconciliation failed.
"""

import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module, resources
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperCommand, TyperGroup

from expectations.errors import AnkaError
from expectations.refused_by_machine import refused_by_machine
from expectations.texts import Bilingual

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter


@dataclass(frozen=True)
class Place:
    """Where a command stands: a function of a module of this folder, or its group of commands (`app`)."""

    module: str
    attribute: str
    help: Bilingual


PLACES = {
    "demo": Place(
        "serving", "demo", Bilingual("核查随附的示例导出并打开看板", "audit the sample exports and open the dashboard")
    ),
    "audit": Place("audits", "audit", Bilingual("核查导出文件并发布结果", "audit exports and publish the run")),
    "load": Place(
        "load",
        "load",
        Bilingual(
            "只载入并报告，不核查", "load and report only: sheets, rows, columns, cells, and a profile of the items"
        ),
    ),
    "dashboard": Place("serving", "dashboard", Bilingual("打开看板（仅本机）", "serve the dashboard on this machine")),
    "serve": Place(
        "serving",
        "serve_house",
        Bilingual("运行全部：看板、夜间核查、消息", "run the house: dashboard, nightly audit, messages"),
    ),
    "findings": Place("lists.findings", "findings", Bilingual("列出问题", "list the findings of the present run")),
    "due": Place(
        "lists.due",
        "due",
        Bilingual(
            "期限预警：临近或超过的期限，按剩余天数排列", "open limits that end soon or have ended; hints, not findings"
        ),
    ),
    "check": Place(
        "check",
        "check",
        Bilingual(
            "上交前自查：标出错误的单元格，不留存任何内容", "mark wrong cells before handing in; nothing is stored"
        ),
    ),
    "go-back": Place(
        "upkeep.go_back",
        "go_back",
        Bilingual("退回最近一次完好的核查结果", "show the last good run while the present one is damaged"),
    ),
    "batch": Place(
        "audits",
        "batch",
        Bilingual(
            "考评前的期间核查，写成一个工作簿", "the cards of a period in one workbook, before a performance review"
        ),
    ),
    "rules": Place("rules", "app", Bilingual("规则库", "the catalogue of rules")),
    "catalogue": Place(
        "packs",
        "catalogue_app",
        Bilingual("为其他系统的导出建立目录", "a catalogue for exports of another system"),
    ),
    "notices": Place("notices", "app", Bilingual("通知与通报", "notices of rule 665, their documents, weekly digests")),
    "notify": Place(
        "notices",
        "notify",
        Bilingual(
            "发送消息：新问题、通知、到期、周报", "send messages about new findings, notices and digests, each once"
        ),
    ),
    "user": Place("users", "app", Bilingual("账号与机构", "accounts and the organisation")),
    "settings": Place("upkeep.settings", "app", Bilingual("开关", "the switches of the page 管理")),
    "doctor": Place(
        "upkeep.doctor", "doctor", Bilingual("全面检查，并说明怎样处理", "look at the whole house, and say what to do")
    ),
    "register": Place("upkeep.register", "app", Bilingual("台账丢失或更换时", "when the register is gone or replaced")),
    "backup": Place(
        "backups.backup",
        "backup",
        Bilingual("备份主目录，不影响使用", "one file with everything that can't be made again, while people work"),
    ),
    "restore": Place(
        "backups.restore",
        "restore",
        Bilingual("从备份恢复到新的主目录", "bring a back-up back into a home that is not there yet"),
    ),
    "move-register": Place(
        "backups.move",
        "move_register",
        Bilingual("把台账迁到另一个数据库", "move the register between SQLite and PostgreSQL"),
    ),
    "log": Place("upkeep.log", "app", Bilingual("访问日志", "the access log")),
    "bundle": Place(
        "bundle",
        "bundle",
        Bilingual("制作离线安装包", "make the archive that installs Anka where there is no network"),
    ),
    "sample": Place(
        "generated",
        "sample",
        Bilingual("生成虚构的示例导出和已埋错误清单", "write fictional exports and the list of planted defects"),
    ),
    "bench": Place(
        "generated",
        "bench",
        Bilingual(
            "测速：与手写查询、同类工具并列", "time Anka beside hand-written queries and other libraries, in one run"
        ),
    ),
}
"""Every command in the order a newcomer needs them."""


class _Commands(Mapping[str, TyperCommand | TyperGroup]):
    """The commands by their names; the module of one is imported when it is asked for, because together they take seconds."""

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        place = PLACES[name]
        command_or_group = getattr(import_module(f"flows.cli.{place.module}"), place.attribute)
        if isinstance(command_or_group, typer.Typer):
            command_or_group.info.help = place.help
        else:
            function, command_or_group = command_or_group, typer.Typer(add_completion=False)
            command_or_group.command(name, help=place.help)(function)
        command_or_group.info.name = name
        return cast("TyperCommand | TyperGroup", typer.main.get_command(command_or_group))

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


class _Program(TyperGroup):
    """`anka` with the commands of `PLACES`; lists them without importing one."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = cast("MutableMapping[str, Command]", _Commands())

    def list_commands(self, ctx: "Context") -> list[str]:
        """In the order of `PLACES`."""
        return list(PLACES)

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Prints how to call it, its commands and options, each with its line."""
        options, commands = Table.grid(padding=(0, 2)), Table.grid(padding=(0, 2))
        for names, meaning in (parameter.get_help_record(ctx) or ("", "") for parameter in self.get_params(ctx)):
            options.add_row(f"  {names}", meaning)
        for name, place in PLACES.items():
            commands.add_row(f"  {name}", str(place.help), style="bold")
        console = Console()
        console.print(f"{ctx.command_path} COMMAND [OPTIONS]", "", self.help, "", sep="\n", highlight=False)
        console.print(Bilingual("命令", "commands"), commands, "", sep="\n")
        console.print(Bilingual("选项", "options"), options, "", sep="\n")
        console.print(Bilingual("命令的说明", "help on a command").about(f"{ctx.command_path} COMMAND --help"))


app = typer.Typer(
    name="anka",
    cls=_Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(
    help=Bilingual(
        "案卡质检",
        "data quality of case cards: audit exports, list findings, show them per department. Everything stays on this machine.",
    )
)
def program(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            help=Bilingual("显示版本", "show the version"),
            is_eager=True,
            callback=lambda asked: _show_version() if asked else None,
        ),
    ] = False,
) -> None:
    """Nothing is done before a command is named."""


def _show_version() -> None:
    """The program, the database its runs are made with, and its catalogue; told from what lies beside them, nothing is imported."""
    pack = resources.files("expectations").joinpath("catalogue/bundled/pack.yaml").read_text(encoding="utf-8")
    catalogue = re.search(r"^\s+version: '([^']+)'", pack, re.MULTILINE)
    typer.echo(f"Anka {version('anka-audit')}")
    typer.echo(f"DuckDB {version('duckdb')}")
    typer.echo(Bilingual("规则库", "catalogue").about(catalogue[1] if catalogue else "?"))
    raise typer.Exit


def main() -> None:
    """User errors, and what the machine refuses, become one line and a hint; everything else keeps its traceback."""
    try:
        app()
    except Exception as error:
        mistake = error if isinstance(error, AnkaError) else refused_by_machine(error)
        if mistake is None:
            raise
        from flows.progress import say_error

        say_error(Console(stderr=True), mistake)
        sys.exit(mistake.exit_code)


if __name__ == "__main__":
    from flows.start import main as start

    start()
