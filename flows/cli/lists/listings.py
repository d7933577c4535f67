"""How a list of a published run leaves the command line: as table on the terminal, csv, json or Excel, to a file or a pipe."""

import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from expectations.csv_files import write_csv
from expectations.errors import InputError
from expectations.finding.masks import mask_identity
from expectations.people import access_log
from expectations.rights.reader import MACHINE
from expectations.store.register import Register
from expectations.texts import NO_TEXT, Bilingual, Language
from expectations.workbooks import Column, Kind, Sheet, write_workbook

Format = Literal["table", "csv", "json", "xlsx"]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="格式，默认按 -o 的后缀，否则 table", show_default=False)
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help=Bilingual("写入文件", "file to write"), show_default=False)
]

_TABLE_ROWS = 50
_PORTION = 5000
_WIDTHS = {"message": 60, "values": 40, "basis": 30, "case": 36, "title": 40}
_NUMBERS = ("INTEGER", "BIGINT", "HUGEINT", "DOUBLE")


@dataclass(frozen=True)
class Listing:
    """A list as it is handed out: its columns, those a terminal has room for, its sheet, and what to say when it is empty.

    Programs find the names of the columns in csv and JSON, people their headings on the terminal and in a workbook.
    """

    name: str
    columns: tuple[str, ...]
    table_columns: tuple[str, ...]
    sheet: Bilingual
    empty: Bilingual
    as_object: Callable[[Mapping[str, object]], Mapping[str, object]] = lambda row: row


def format_for(listing: Listing, format: Format | None, output: Path | None) -> Format:
    """The format asked for, else that of the file's suffix, else a table. Raises InputError when there is none."""
    chosen = format or _format_of(output)
    if chosen == "xlsx" and output is None:
        raise InputError(
            Bilingual("xlsx 需要 -o 指定文件", "xlsx needs -o FILE"),
            hint=f"anka {listing.name} --format xlsx -o {listing.name}.xlsx",
        )
    return chosen


@dataclass(frozen=True)
class Headed:
    """A list of one run: its rows, and what that run's cards call its columns, in a language."""

    relation: duckdb.DuckDBPyRelation
    headings: Mapping[str, str]
    language: Language


def hand_out(listed: Headed, listing: Listing, format: Format, output: Path | None) -> None:
    """Prints the list or writes it to `output`."""
    relation = listed.relation
    if format == "table" and output is None:
        _print_table(listed, listing)
    elif format == "xlsx" and output is not None:
        write_workbook(output, [sheet_of(relation, listing.sheet.in_language(listed.language), listed.headings)])
    else:
        text = _as_json(relation, listing) if format == "json" else _as_csv(relation, listing)
        if output is None:
            sys.stdout.write(text)
        else:
            output.write_text(text, encoding="utf-8" if format == "json" else "utf-8-sig", newline="")


def log_listing(
    register: Register, listing: Listing, asked: Mapping[str, Sequence[str]], format: Format, output: Path | None
) -> None:
    """Writes into the access log that a list was shown on the terminal, or taken out of the house."""
    said = [f"{name}={mask_identity(value)}" for name, values in asked.items() for value in values]
    shown_only = format == "table" and output is None
    action = "list" if shown_only else "export"
    access_log.log(
        register, MACHINE, action, listing.name, " ".join([*said, *([] if shown_only else [f"as={format}"])])
    )


def sheet_of(relation: duckdb.DuckDBPyRelation, title: str, headings: Mapping[str, str]) -> Sheet:
    """A relation as a sheet, its columns with their headings and by their types."""
    columns = [
        Column(headings[name], _WIDTHS.get(name, 16), _kind(str(kind)))
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
    return Sheet(title, columns, _portions(relation))


def _kind(type_name: str) -> Kind:
    return "day" if type_name == "DATE" else "number" if type_name in _NUMBERS else "text"


def _portions(relation: duckdb.DuckDBPyRelation) -> Iterator[Sequence[object]]:
    while rows := relation.fetchmany(_PORTION):
        yield from rows


def _format_of(output: Path | None) -> Format:
    by_suffix: dict[str, Format] = {".csv": "csv", ".json": "json", ".xlsx": "xlsx"}
    if output is None:
        return "table"
    if output.suffix.lower() not in by_suffix:
        raise InputError(
            Bilingual("不认识的后缀", "unknown suffix").about(output.name),
            hint=Bilingual("用 .csv、.json、.xlsx，或加 --format", ".csv, .json, .xlsx, or --format"),
        )
    return by_suffix[output.suffix.lower()]


def _print_table(listed: Headed, listing: Listing) -> None:
    console, table, relation = Console(), Table(), listed.relation
    for column in listing.table_columns:
        table.add_column(listed.headings[column], overflow="fold")
    places = [listing.columns.index(column) for column in listing.table_columns]
    for row in relation.limit(_TABLE_ROWS).fetchall():
        table.add_row(*("" if row[place] is None else str(row[place]) for place in places))
    total = int(relation.aggregate("count(*)").fetchall()[0][0])
    if total == 0:
        console.print(listing.empty.in_language(listed.language))
        return
    console.print(table)
    hint = (
        Bilingual("；全部请用 --format csv 或 -o 文件", "; use --format csv or -o FILE for all")
        if total > _TABLE_ROWS
        else NO_TEXT
    )
    console.print(f"{min(total, _TABLE_ROWS)} / {total}{hint.in_language(listed.language)}", highlight=False)


def _as_csv(relation: duckdb.DuckDBPyRelation, listing: Listing) -> str:
    stream = io.StringIO(newline="")
    write_csv(stream, listing.columns, _rows(relation))
    return stream.getvalue()


def _as_json(relation: duckdb.DuckDBPyRelation, listing: Listing) -> str:
    objects = [listing.as_object(dict(zip(listing.columns, row, strict=True))) for row in _rows(relation)]
    return json.dumps(objects, ensure_ascii=False, default=str, indent=1) + "\n"


def _rows(relation: duckdb.DuckDBPyRelation) -> "list[Sequence[object]]":
    return list(relation.fetchall())
