"""The command line `anka`. Each command is a few lines over the flows and the core; texts and exit codes live here.

Exit codes: 0 done or published, 2 usage or input error, 3 a rule could not be judged or reconciliation failed.
"""

import os
import sys
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from dashboard import command as dashboard_command
from expectations.errors import AnkaError, InputError
from expectations.home import Home
from expectations.texts import Bilingual
from flows.cli import check as cli_check
from flows.cli import due as cli_due
from flows.cli import findings as cli_findings
from flows.cli import notices as cli_notices
from flows.cli import register as cli_register
from flows.cli import rules as cli_rules
from flows.cli import users as cli_users
from flows.cli.options import NOT_JUDGED, AsOf, CatalogueFolder, HomeFolder, day, home_at, show_result
from flows.cli.serving import require_free, serve
from flows.progress import ProgressWay, say_error, shown_progress, tell
from flows.review.periods import parse_period
from flows.settings import Settings, prepare_environment
from sample_data import COMMITTED, generate

if TYPE_CHECKING:
    from flows.audit import AuditResult

stderr = Console(stderr=True)
app = typer.Typer(
    name="anka",
    help=Bilingual(
        "案卡质检",
        "data quality of case cards: audit exports, list findings, show them per department. Everything stays on this machine.",
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cli_rules.app, name="rules")
app.add_typer(cli_users.app, name="user")
app.add_typer(cli_notices.app, name="notices")
app.add_typer(cli_register.app, name="register")
app.command("notify")(cli_notices.notify)
app.command("check")(cli_check.check)
app.command("findings")(cli_findings.findings)
app.command("due")(cli_due.due)

OpenBrowser = Annotated[
    bool, typer.Option("--open/--no-open", help=Bilingual("在浏览器中打开", "open it in the browser"))
]
Paths = Annotated[
    list[Path], typer.Argument(help=Bilingual("导出文件或文件夹", "export files or folders"), show_default=False)
]


@app.command()
def audit(
    paths: Paths,
    as_of: AsOf = None,
    home: HomeFolder = Path(".anka"),
    catalogue: CatalogueFolder = None,
    card: Annotated[
        str | None, typer.Option(help=Bilingual("所有文件的案卡", "the card of all files, if not recognised"))
    ] = None,
    skip_refused: Annotated[
        bool, typer.Option(help=Bilingual("列出不能载入的文件并继续", "go on without refused files"))
    ] = False,
    follow_earlier: Annotated[
        bool,
        typer.Option(
            "--follow-earlier",
            help=Bilingual("核查日早于上次也更新台账和页面", "move register and pages to an earlier audit date too"),
        ),
    ] = False,
    format: Annotated[Literal["table", "json"], typer.Option(help=Bilingual("输出格式", "output"))] = "table",
    with_prefect: Annotated[
        bool,
        typer.Option(
            "--prefect/--no-prefect",
            help=Bilingual("作为 Prefect 流程运行，有重试和消息", "as a Prefect flow, with retries and messages"),
        ),
    ] = True,
    progress: ProgressWay = "bar",
) -> None:
    """核查导出文件并发布结果 / audit exports and publish the run."""
    iso_day, home_folder = day(as_of), _prepared(home)
    if not with_prefect:
        _check_paths(paths)  # in the flow a missing folder is a failed night, of which people are told
        from flows.audit import AuditOrder, run_audit  # Great Expectations takes seconds to import

        order = AuditOrder(
            home_folder.root,
            tuple(paths),
            date.fromisoformat(iso_day),
            catalogue,
            card,
            skip_refused,
            register=Settings().register_url,
            rest_seconds=Settings().rest_seconds,
            follow_earlier=follow_earlier,
        )
        with shown_progress(stderr):
            _show_outcome(run_audit(order), format)
        return
    from flows.nightly_audit import nightly_audit  # Prefect and Great Expectations take seconds to import

    with shown_progress(stderr):
        result = nightly_audit(
            [str(path) for path in paths],
            iso_day,
            str(home_folder.root),
            str(catalogue) if catalogue else None,
            card,
            skip_refused,
            follow_earlier=follow_earlier,
        )
    _show_outcome(result, format)


@app.command()
def demo(
    home: HomeFolder = Path(".anka"),
    serving: Annotated[
        bool, typer.Option("--serve/--no-serve", help=Bilingual("完成后打开看板", "open the dashboard afterwards"))
    ] = True,
    port: Annotated[int, typer.Option(help=Bilingual("看板端口", "port of the dashboard"))] = 8501,
    open_browser: OpenBrowser = True,
) -> None:
    """核查随附的示例导出并打开看板 / audit the sample exports that come with Anka and open the dashboard."""
    if serving:
        require_free(port)
    cli_users.require_sample_or_nobody(home)
    exports = Path(str(resources.files("sample_data").joinpath("exports")))
    audit([exports], COMMITTED.as_of.isoformat(), home)
    login = cli_users.enter_sample(home)
    if serving:
        _serve(home, port, open_browser, login)


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help=Bilingual("写入的文件夹", "folder to write"))],
    seed: Annotated[int, typer.Option(help=Bilingual("随机种子", "seed"))] = 1,
    cases: Annotated[int, typer.Option(min=1, help=Bilingual("一审公诉案件数", "number of prosecution cases"))] = 1700,
    as_of: Annotated[
        str | None, typer.Option(help=Bilingual("核查日，默认 2026-06-30", "audit date the sample is made for"))
    ] = None,
    progress: ProgressWay = "bar",
) -> None:
    """生成虚构的示例导出和已埋错误清单 / write fictional exports and the list of planted defects."""
    with shown_progress(stderr):
        summary = generate(seed, cases, date.fromisoformat(day(as_of)) if as_of else COMMITTED.as_of, out, tell)
    for file in (*summary.exports, summary.truth):
        typer.echo(str(file))
    typer.echo(
        f"一审公诉 prosecution: {summary.prosecution_cases} 件 cases, {summary.prosecution_suspects} 人 suspects; "
        f"审查逮捕 arrest: {summary.arrest_cases} 件, {summary.arrest_suspects} 人; 强制措施 measures: {summary.measures}; "
        f"已埋错误 planted findings: {summary.planted_findings} ({summary.planted_rules} 条规则 rules)"
    )


@app.command()
def batch(
    period: Annotated[str, typer.Option(help=Bilingual("期间", "period").about("2026, 2026H1, 2026Q3, 2026-05"))],
    paths: Annotated[
        list[Path] | None, typer.Argument(help=Bilingual("先核查的导出", "exports to audit first"), show_default=False)
    ] = None,
    as_of: AsOf = None,
    home: HomeFolder = Path(".anka"),
    catalogue: CatalogueFolder = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=Bilingual("工作簿", "workbook (.xlsx)"))] = None,
    progress: ProgressWay = "bar",
) -> None:
    """考评前的期间核查，写成一个工作簿 / the cards of a period in one workbook, before a performance review."""
    parse_period(period)
    iso_day, home_folder = day(as_of) if as_of else None, _prepared(home)
    _check_paths(paths or [])
    if not paths:
        home_folder.current()
    from flows.review.batch import review_batch  # Prefect and Great Expectations take seconds to import

    with shown_progress(stderr):
        target = review_batch(
            period,
            [str(path) for path in paths or []],
            iso_day,
            str(home_folder.root),
            str(catalogue) if catalogue else None,
            str(output) if output else None,
        )
    typer.echo(str(target))


@app.command()
def dashboard(
    home: HomeFolder = Path(".anka"),
    port: Annotated[int, typer.Option(help=Bilingual("端口", "port"))] = 8501,
    open_browser: OpenBrowser = True,
) -> None:
    """打开看板（仅本机） / serve the dashboard on this machine."""
    _prepared(home)
    if cli_users.nobody_yet(home):
        raise InputError(
            Bilingual("还没有账号", "there is no account yet"),
            hint="anka user import 机构人员表.csv，或 anka user add admin --name 管理员 --role administrator",
        )
    _serve(home, port, open_browser)


def _serve(home: Path, port: int, open_browser: bool, login: str = "") -> None:
    """Serves the dashboard; `login` is signed in by a one-time link."""
    home_folder = _prepared(home)
    os.environ["ANKA_HOME"] = str(home_folder.root)
    require_free(port)
    address = cli_users.sign_in_address(home, login, port) if login else f"http://127.0.0.1:{port}"
    stops = Bilingual("看板", "dashboard").about(f"{address}  （") + Bilingual("Ctrl+C 结束", "to stop") + "）"
    stderr.print(stops, soft_wrap=True, highlight=False)
    if login:
        once = Bilingual(f"一次性链接，10 分钟内有效，登录为 {login}", f"signs in once within 10 minutes as {login}")
        other_people = Bilingual("其他人", "other people").about("anka user list, anka user link LOGIN")
        stderr.print(once + "；" + other_people, soft_wrap=True, highlight=False)
    raise typer.Exit(serve(dashboard_command(port), port, address, open_browser=open_browser))


@app.command()
def bench(
    rows: Annotated[int, typer.Option(min=1000, help=Bilingual("嫌疑人行数", "suspect rows"))] = 1_000_000,
    format: Annotated[Literal["table", "json"], typer.Option(help=Bilingual("输出格式", "output"))] = "table",
    progress: ProgressWay = "bar",
) -> None:
    """测量核查用时与手写查询之比 / time an audit beside hand-written queries that count the same rules."""
    from flows.bench.measuring import figures_text, run_bench  # Great Expectations takes seconds to import

    with shown_progress(stderr):
        figures = run_bench(rows)
    typer.echo(figures_text(figures, format))


def main() -> None:
    """Entry point: user errors become one line and a hint, everything else keeps its traceback."""
    try:
        app()
    except AnkaError as error:
        say_error(stderr, error)
        sys.exit(error.exit_code)


def _show_outcome(result: "AuditResult", format: Literal["table", "json"]) -> None:
    show_result(result, format)
    if result.in_error:
        raise typer.Exit(NOT_JUDGED)


def _check_paths(paths: list[Path]) -> None:
    """Says at once what is missing, before seconds of imports."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise InputError(
            Bilingual("找不到", "not found").about(", ".join(missing)),
            hint=Bilingual("检查路径；文件夹和文件都可以", "check the path"),
        )


def _prepared(home: Path) -> Home:
    home_folder = home_at(home)
    prepare_environment(home_folder)
    return home_folder


if __name__ == "__main__":
    main()
