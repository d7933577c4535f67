"""`anka audit` and `anka batch`: the commands that audit exports, and how a run is shown on the terminal."""

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from expectations.errors import InputError
from expectations.file_names import path_as_text
from expectations.finding.labels import NOT_FILLED, office_word
from expectations.home import Home
from expectations.texts import Bilingual
from flows.cli.options import NOT_JUDGED, AsOf, CatalogueFolder, HomeFolder, day, home_at, prepared_home, show_reasons
from flows.load import require_loadable
from flows.night.one_shot_server import one_shot_server
from flows.progress import ProgressWay, shown_progress
from flows.review.periods import parse_period
from flows.settings import Settings

if TYPE_CHECKING:
    from expectations.run.figures import Line
    from flows.orders import AuditResult

Paths = Annotated[
    list[Path], typer.Argument(help=Bilingual("导出文件或文件夹", "export files or folders"), show_default=False)
]
stderr = Console(stderr=True)


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
    whole: Annotated[
        bool,
        typer.Option(
            "--whole",
            help=Bilingual("全部重新读入和核查，不沿用上次", "read and judge everything anew, not from the last run"),
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
    """Loads, judges and publishes; exits with 3 when a rule could not be judged."""
    iso_day, rest_seconds = day(as_of), Settings().rest_seconds
    if not with_prefect:
        require_loadable(paths, skip_refused=skip_refused, rest_seconds=rest_seconds)
        home_folder = prepared_home(home)
        from flows.audit import run_audit  # Great Expectations takes seconds to import
        from flows.orders import AuditOrder

        order = AuditOrder(
            home_folder.root,
            tuple(paths),
            date.fromisoformat(iso_day),
            catalogue,
            card,
            skip_refused,
            register=Settings().register_url,
            rest_seconds=rest_seconds,
            follow_earlier=follow_earlier,
            whole=whole,
            keep_runs=Settings().keep_runs,
        )
        with shown_progress(stderr):
            _show_outcome(run_audit(order), format)
        return
    try:
        require_loadable(paths, skip_refused=skip_refused, rest_seconds=rest_seconds)
    except InputError as refused:
        _note_failed_night(home, refused, date.fromisoformat(iso_day))
        raise
    home_folder = prepared_home(home)
    with one_shot_server(), shown_progress(stderr):
        from flows.audit import import_ahead
        from flows.night.nightly_audit import nightly_audit  # Prefect takes seconds to import

        import_ahead()  # while the server comes up
        result = nightly_audit(
            [path_as_text(path) for path in paths],
            iso_day,
            str(home_folder.root),
            str(catalogue) if catalogue else None,
            card,
            skip_refused,
            follow_earlier=follow_earlier,
            whole=whole,
        )
    _show_outcome(result, format)


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
    """Writes the workbook of a period; audits the exports first where some are given."""
    parse_period(period)
    iso_day = day(as_of) if as_of else None
    if paths:
        require_loadable(paths, rest_seconds=Settings().rest_seconds)
    home_folder = prepared_home(home)
    if not paths:
        _require_run(home_folder)
    with one_shot_server(), shown_progress(stderr):
        from flows.review.batch import review_batch  # Prefect and Great Expectations take seconds to import

        target = review_batch(
            period,
            [path_as_text(path) for path in paths or []],
            iso_day,
            str(home_folder.root),
            str(catalogue) if catalogue else None,
            str(output) if output else None,
        )
    typer.echo(str(target))


def _require_run(home: Home) -> None:
    """Before anything slow: there is a run, and it can be read."""
    from expectations.run.published import current_run

    with current_run(home):
        pass


def _show_outcome(result: "AuditResult", format: Literal["table", "json"]) -> None:
    from expectations.register.problems import problem_words

    show_result(result, format)
    for problem in result.problems:
        if problem["kind"] == "files_refused":
            stderr.print(problem_words(problem), highlight=False, markup=False, soft_wrap=True)
    if result.in_error:
        raise typer.Exit(NOT_JUDGED)


def _note_failed_night(folder: Path, refused: InputError, night: date) -> None:
    """An audit that publishes nothing is a failed night, of which people are told, where nights are watched: in a home with a register."""
    home = Home(folder.absolute())
    if not home.root.is_dir():
        return
    from expectations.register import attempts
    from expectations.register.belonging import home_register
    from expectations.store.register import holds_tables, register_url
    from expectations.store.switches import switch

    if not holds_tables(register_url(home, Settings().register_url)):
        return
    register = home_register(home_at(folder), Settings().register_url)
    attempts.end(register, None, "failed", refused.message.splitlines()[0])
    with register.reading() as session:
        if not switch(session, "messages_on"):
            return
    from flows.messages.sending import send_due

    send_due(home, register, night)


def show_result(result: "AuditResult", format: Literal["table", "json"]) -> None:
    """Prints a published run: failures per department with denominators, rows, what was not judged."""
    if format == "json":
        summary = dataclasses.asdict(result) | {"errors": result.errors, "hints": result.hints}
        summary["departments"] = [_as_object(line) for line in result.lines]
        del summary["lines"]
        typer.echo(
            json.dumps(
                summary | {"status": "complete" if result.complete else "incomplete"},
                ensure_ascii=False,
                default=str,
                indent=1,
            )
        )
        return
    from expectations.register.problems import problem_words
    from expectations.run.figures import total

    console = Console()
    table = Table(title=Bilingual("各部门问题", "failures per department") + f" · {result.run_id}")
    table.add_column("院 office", overflow="fold")
    table.add_column("部门 department", overflow="fold")
    for heading in ("核查案件 cases", "有错案件 with errors", "错误 errors", "提示 hints"):
        table.add_column(heading, justify="right")
    for line in (*result.lines, dataclasses.replace(total(result.lines), office="合计 total")):
        counts = (line.checked, line.with_errors, line.errors, line.hints)
        department = "" if line.office == "合计 total" else line.department or NOT_FILLED
        table.add_row(office_word(line.office), department, *map(str, counts))
    console.print(table)
    equation = f"{result.rows_read} = {result.rows_loaded} + {result.rows_rejected}"
    rows_read = Bilingual("读入 = 载入 + 剔除（行）", "rows read = loaded + rejected").about(equation)
    totals = f"错误 errors {result.errors}，提示 hints {result.hints}"
    console.print(f"{rows_read}；{totals}", highlight=False)
    if result.former == result.file:
        console.print(Bilingual("与上次核查相同，没有新内容", "nothing new since the last run"))
    elif result.former:
        console.print(
            Bilingual("增量核查，沿用", "incremental, gone on from").about(result.former.stem), highlight=False
        )
    _show_warnings(console, result)
    said_elsewhere = ("rules_in_error", "files_refused")
    problem_lines = tuple(map(problem_words, (each for each in result.problems if each["kind"] not in said_elsewhere)))
    show_reasons(console, Bilingual("导出可能不完整", "the export may not be complete"), problem_lines)
    show_reasons(console, Bilingual("未判断的规则", "rules not judged"), result.not_judged)
    show_reasons(console, Bilingual("重复规则看不到的行", "rows duplicate rules did not see"), result.merged)
    show_reasons(
        console, Bilingual("运行出错的规则，本次核查不完整", "rules in error, audit not complete"), result.in_error
    )
    console.print(Bilingual("已发布", "published").about(result.file), highlight=False, soft_wrap=True)
    console.print(
        Bilingual("载入报告、剔除的行、Data Docs", "load report, rejected rows").about(result.folder),
        highlight=False,
        soft_wrap=True,
    )


def _as_object(line: "Line") -> dict[str, object]:
    return {
        "office": office_word(line.office),
        "department": line.department or NOT_FILLED,
        "cases": line.checked,
        "cases_with_errors": line.with_errors,
        "errors": line.errors,
        "hints": line.hints,
    }


def _show_warnings(console: Console, result: "AuditResult") -> None:
    if result.followed and result.followed.to_verify_again:
        console.print(result.followed.said_to_verify_again, highlight=False, soft_wrap=True)
    if result.due:
        console.print(
            Bilingual("期限预警（不计错误）", "limits near or over").about(result.due) + "；anka due",
            highlight=False,
        )
    if result.years_without_holidays:
        years = "、".join(map(str, result.years_without_holidays))
        console.print(
            Bilingual("缺节假日数据的年份，期限按周一至周五推算", "no holiday data, limits follow the week").about(
                years
            ),
            highlight=False,
            soft_wrap=True,
        )
