"""`anka findings`: the findings of the present published run, as table, csv, json or Excel."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from expectations import InputError
from expectations.home import Home
from expectations.published import FINDING_COLUMNS, FindingFilter, current_run, select_findings
from flows.cli_options import HomeFolder
from flows.workbooks import add_sheet, new_workbook

Format = Literal["table", "csv", "json", "xlsx"]


class Severity(StrEnum):
    """The severities as an option that may be repeated."""

    SERIOUS = "serious"
    NORMAL = "normal"
    HINT = "hint"


_TABLE_COLUMNS = ("rule_id", "severity", "department", "prosecutor", "bmsah", "suspect_no", "message")
_TABLE_ROWS = 50


def findings(
    department: Annotated[list[str] | None, typer.Option(help="部门 / department, may be repeated")] = None,
    prosecutor: Annotated[list[str] | None, typer.Option(help="检察官 / prosecutor")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="规则编号 / rule id")] = None,
    severity: Annotated[list[Severity] | None, typer.Option(help="级别 / severity")] = None,
    text: Annotated[str, typer.Option(help="包含的文字 / text to look for")] = "",
    home: HomeFolder = Path(".anka"),
    format: Annotated[
        Format | None, typer.Option(help="格式，默认按 -o 的后缀，否则 table", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写入文件 / file to write", show_default=False)
    ] = None,
) -> None:
    """列出问题 / list the findings of the present run."""
    wanted = FindingFilter(
        departments=tuple(department or ()), prosecutors=tuple(prosecutor or ()), rules=tuple(rule or ()),
        severities=tuple(one.value for one in severity or ()), text=text,
    )  # fmt: skip
    chosen = format or _format_of(output)
    if chosen == "xlsx" and output is None:
        raise InputError(
            "xlsx 需要 -o 指定文件 / xlsx needs -o FILE", hint="anka findings --format xlsx -o findings.xlsx"
        )
    with current_run(Home(home.absolute())) as con:
        relation = select_findings(con, wanted)
        if chosen == "table" and output is None:
            _print_table(relation)
        else:
            _write(relation, chosen, output)


def _format_of(output: Path | None) -> Format:
    by_suffix: dict[str, Format] = {".csv": "csv", ".json": "json", ".xlsx": "xlsx"}
    if output is None:
        return "table"
    if output.suffix.lower() not in by_suffix:
        raise InputError(f"不认识的后缀 / unknown suffix: {output.name}", hint="用 .csv、.json、.xlsx，或加 --format")
    return by_suffix[output.suffix.lower()]


def _print_table(relation: duckdb.DuckDBPyRelation) -> None:
    console, table = Console(), Table()
    for column in _TABLE_COLUMNS:
        table.add_column(column, overflow="fold")
    places = [FINDING_COLUMNS.index(column) for column in _TABLE_COLUMNS]
    for row in relation.limit(_TABLE_ROWS).fetchall():
        table.add_row(*("" if row[place] is None else str(row[place]) for place in places))
    total = int(relation.aggregate("count(*)").fetchall()[0][0])
    if total == 0:
        console.print("没有符合条件的问题 / no findings")
        return
    console.print(table)
    more = "；全部请用 --format csv 或 -o 文件 / use --format csv or -o FILE for all" if total > _TABLE_ROWS else ""
    console.print(f"{min(total, _TABLE_ROWS)} / {total}{more}", highlight=False)


def _write(relation: duckdb.DuckDBPyRelation, format: Format, output: Path | None) -> None:
    if format == "xlsx" and output is not None:
        with new_workbook(output) as workbook:
            add_sheet(workbook, "问题清单", FINDING_COLUMNS, _rows(relation))
        return
    text = _as_json(relation) if format == "json" else _as_csv(relation)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8" if format == "json" else "utf-8-sig", newline="")


def _as_csv(relation: duckdb.DuckDBPyRelation) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(FINDING_COLUMNS)
    writer.writerows(_rows(relation))
    return stream.getvalue()


def _as_json(relation: duckdb.DuckDBPyRelation) -> str:
    """A list of objects; `values` is an object of field and text as it stood."""
    found = []
    for row in _rows(relation):
        finding = dict(zip(FINDING_COLUMNS, row, strict=True))
        found.append(finding | {"values": json.loads(str(finding["values"]))})
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _rows(relation: duckdb.DuckDBPyRelation) -> "list[Sequence[object]]":
    return list(relation.fetchall())
