"""`anka check`: exports checked before they are handed in, given back as workbooks with their wrong cells marked."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from expectations.errors import InputError
from expectations.file_names import shown
from expectations.finding.labels import error_type_word, place_word
from expectations.texts import Bilingual, Language
from flows.cli.options import NOT_JUDGED, AsOf, CatalogueFolder, day
from flows.load import require_loadable
from flows.progress import ProgressWay, shown_progress

if TYPE_CHECKING:
    from flows.check.card_check import Checked  # brings Great Expectations, seconds to import

_SHOWN = 20


def check(
    files: Annotated[list[Path], typer.Argument(help=Bilingual("导出文件", "exports"), show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help=Bilingual("标注后的工作簿，几个文件时为文件夹", "marked workbook, or a folder for several"),
        ),
    ],
    as_of: AsOf = None,
    catalogue: CatalogueFolder = None,
    card: Annotated[
        str | None, typer.Option(help=Bilingual("所有文件的案卡", "the card of all files, if not recognised"))
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option(help=Bilingual("输出格式", "output"))] = "table",
    lang: Annotated[
        Language | None,
        typer.Option(help=Bilingual("标注所用语言，默认同规则库", "language of the marks, else the catalogue's")),
    ] = None,
    progress: ProgressWay = "bar",
) -> None:
    """Checks exports and writes the marked copies; exits with 3 when a rule could not be judged."""
    audit_day = date.fromisoformat(day(as_of))
    folders = [shown(file.name) for file in files if file.is_dir()]
    if folders:
        raise InputError(
            Bilingual("是文件夹，不是导出文件", "a folder, no export").about(", ".join(folders)),
            hint=Bilingual("列出其中的文件，或用 anka audit 核查文件夹", "name its files, or audit it with anka audit"),
        )
    require_loadable(files)
    from flows.check.card_check import CheckOrder, check_cards  # Great Expectations takes seconds to import

    with shown_progress(Console(stderr=True)):
        checked = check_cards(CheckOrder(tuple(files), output, audit_day, catalogue, card, lang))
    if format == "json":
        typer.echo(json.dumps([as_object(checked_file) for checked_file in checked], ensure_ascii=False))
    else:
        _show(checked)
    if any(rule.broken for checked_file in checked for rule in checked_file.check.not_judged):
        raise typer.Exit(NOT_JUDGED)


def as_object(checked: "Checked") -> dict[str, object]:
    """A checked file as the page reads it."""
    result = checked.check
    return {
        "name": result.name,
        "workbook": shown(checked.workbook),
        "cards": list(result.cards),
        "rows_read": result.rows_read,
        "rows_loaded": result.rows_loaded,
        "findings": [finding.as_object() for finding in result.findings],
        "not_judged": [rule.as_object() for rule in result.not_judged],
    }


def _show(checked: Sequence["Checked"]) -> None:
    console = Console()
    for checked_file in checked:
        result = checked_file.check
        counts = (result.count("serious"), result.count("normal"), result.count("hint"))
        console.print(
            f"{result.name}: 核查 {result.rows_loaded} 行 rows；严重 serious {counts[0]}，一般 normal {counts[1]}，提示 hints {counts[2]}；"
            f"未判断的规则 rules not judged {len(result.not_judged)}",
            highlight=False,
            soft_wrap=True,
        )
        if result.findings:
            language, names = checked_file.language, ("sheet_row", "case", "person", "error_type", "fields", "message")
            table = Table(*(result.headings[name] for name in names))
            for checked_finding in result.findings[:_SHOWN]:
                finding = checked_finding.finding
                table.add_row(
                    place_word(finding.sheet, finding.sheet_row).in_language(language),
                    finding.bmsah,
                    finding.suspect_no,
                    error_type_word(finding.error_type).in_language(language),
                    checked_finding.item.in_language(language),
                    f"{finding.rule_id} {checked_finding.message.in_language(language)}",
                )
            console.print(table)
        if len(result.findings) > _SHOWN:
            console.print(
                "  " + Bilingual(f"… {len(result.findings)}，全部见工作簿", "all in the workbook"), highlight=False
            )
        console.print(
            Bilingual("已写出", "written").about(shown(checked_file.workbook)), highlight=False, soft_wrap=True
        )
