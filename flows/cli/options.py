"""Options several commands share, and how a run is shown on the terminal."""

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.errors import InputError
from expectations.finding.labels import NOT_FILLED, office_word
from expectations.home import Home
from expectations.office_days import today
from expectations.run.figures import Line, total
from expectations.texts import Bilingual

if TYPE_CHECKING:
    from flows.audit import AuditResult  # brings Great Expectations, seconds to import

AsOf = Annotated[
    str | None,
    typer.Option(help=Bilingual("核查日 YYYY-MM-DD，默认今天", "audit date, default today"), show_default=False),
]
HomeFolder = Annotated[Path, typer.Option(envvar="ANKA_HOME", help=Bilingual("主目录", "home folder"))]
CatalogueFolder = Annotated[
    Path | None,
    typer.Option(
        envvar="ANKA_CATALOGUE",
        help=Bilingual("覆盖内置规则的目录", "folder laid over the bundled catalogue"),
        show_default=False,
    ),
]
RegisterUrl = Annotated[
    str,
    typer.Option(
        "--register",
        envvar="ANKA_REGISTER",
        help=Bilingual("台账数据库地址", "URL of the register"),
        show_default=False,
    ),
]
_SHOWN_REASONS = 8
NOT_JUDGED = 3
"""Exit code: a rule could not be judged, or counts and findings differ."""
NOT_WELL = 3
"""Exit code of `anka notify`: a message was not delivered, or no nightly audit has published for too long."""


def day(text: str | None) -> str:
    """An ISO day, the office's today if none is given. Raises InputError."""
    try:
        return (date.fromisoformat(text) if text else today()).isoformat()
    except ValueError:
        raise InputError(
            Bilingual("不是日期", "not a date").about(text),
            hint=Bilingual("例如", "for example").about("--as-of 2026-06-30"),
        ) from None


def home_at(folder: Path) -> Home:
    """The home folder a command works on, closed to other accounts of the machine. Raises InputError where it is a file."""
    home = Home(folder.absolute())
    if home.root.exists() and not home.root.is_dir():
        raise InputError(
            Bilingual("主目录不是文件夹", "not a folder").about(home.root),
            hint=Bilingual("用 --home 指定另一个", "choose another with --home"),
        )
    if home.keep_private():
        warning = Bilingual(
            "主目录曾可被本机其他账号读取，已改为仅本账号可读",
            "other accounts could read the home; now only its owner can",
        )
        Console(stderr=True).print(f"{warning}: {home.root}", markup=False, highlight=False, soft_wrap=True)
    return home


def read_catalogue(folder: Path | None) -> Catalogue:
    """The bundled catalogue, with a pack laid over it if one is given. Raises CatalogueError."""
    return load_catalogue(*([folder] if folder else []))


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
    _show_warnings(console, result)
    problems = result.followed.problems if result.followed else ()
    problem_lines = tuple(
        json.dumps(problem, ensure_ascii=False) for problem in problems if problem["kind"] != "rules_in_error"
    )
    show_reasons(console, Bilingual("导出可能不完整", "the export may not be complete"), problem_lines)
    show_reasons(console, Bilingual("未判断的规则", "rules not judged"), result.not_judged)
    show_reasons(
        console, Bilingual("运行出错的规则，本次核查不完整", "rules in error, audit not complete"), result.in_error
    )
    console.print(Bilingual("已发布", "published").about(result.file), highlight=False, soft_wrap=True)
    console.print(
        Bilingual("载入报告、剔除的行、Data Docs", "load report, rejected rows").about(result.folder),
        highlight=False,
        soft_wrap=True,
    )


def _as_object(line: Line) -> dict[str, object]:
    return {
        "office": office_word(line.office),
        "department": line.department or NOT_FILLED,
        "cases": line.checked,
        "cases_with_errors": line.with_errors,
        "errors": line.errors,
        "hints": line.hints,
    }


def _show_warnings(console: Console, result: "AuditResult") -> None:
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


def show_reasons(console: Console, title: str, reasons: tuple[str, ...]) -> None:
    """A few of the reasons, and how many there are."""
    if reasons:
        console.print(f"{title} ({len(reasons)}):", markup=False)
        for reason in reasons[:_SHOWN_REASONS]:
            console.print(f"  {reason}", markup=False, highlight=False)
        if len(reasons) > _SHOWN_REASONS:
            console.print("  " + Bilingual("…  （全部见看板“核查记录”页", "all on the run page of the dashboard）"))
