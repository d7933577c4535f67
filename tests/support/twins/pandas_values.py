"""Naive reading of the catalogue, of exports and cell texts, and the words rules are written in, for the pandas twins.

Written from the specification alone. It shares nothing with the product but the YAML files of the catalogue: no
DuckDB, no rule language and no loader may be imported here, or the twins would repeat the product's mistakes.
"""

import calendar
import csv
import html
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import chinese_calendar
import fastexcel
import pandas as pd
from ruamel.yaml import YAML

CATALOGUE = Path(__file__).parents[3] / "expectations" / "catalogue" / "bundled"

Row = dict[str, Any]
"""Typed values of one row by field name, and the audit date as `today`."""


@dataclass(frozen=True)
class Unreadable:
    """A filled cell that is no value of its type: neither blank nor a value."""

    text: str


@cache
def yaml_file(path: str) -> Any:
    """One YAML file of the catalogue as dicts and lists."""
    return YAML(typ="safe", pure=True).load((CATALOGUE / path).read_text(encoding="utf-8"))


@cache
def card_fields(card: str) -> dict[str, dict[str, Any]]:
    """Declarations of the card's fields by name, in card order."""
    sections = yaml_file(f"cards/{card}.yaml")["sections"]
    return {field["name"]: field for section in sections for field in section["fields"]}


@cache
def dictionary_values(name: str) -> tuple[dict[str, Any], ...]:
    """The values of a dictionary, whichever file it stands in."""
    for path in sorted((CATALOGUE / "dictionaries").glob("*.yaml")):
        for dictionary in yaml_file(f"dictionaries/{path.name}").get("dictionaries", ()):
            if dictionary["name"] == name:
                return tuple(dictionary["values"])
    raise KeyError(name)


@cache
def labels(name: str) -> frozenset[str]:
    """The labels of a dictionary."""
    return frozenset(value["label"] for value in dictionary_values(name))


@cache
def spellings(name: str) -> dict[str, str]:
    """Alias to label."""
    return {alias: value["label"] for value in dictionary_values(name) for alias in value.get("aliases", ())}


@cache
def charge_group(name: str) -> frozenset[str]:
    """The charges of a group: sections of the law, other groups, single charges."""
    groups = {group["name"]: group for group in yaml_file("dictionaries/charge_groups.yaml")["charge_groups"]}
    group = groups[name]
    members = set(group.get("charges", ()))
    for section in group.get("sections", ()):
        members |= {c["label"] for c in dictionary_values("CHARGE") if (c["group"] + "/").startswith(section + "/")}
    for other_group in group.get("groups", ()):
        members |= charge_group(other_group)
    return frozenset(members)


@cache
def calendar_exceptions() -> dict[date, bool]:
    """Listed days and whether they are worked; all others follow the week. The catalogue overrules the package."""
    years = yaml_file("dictionaries/calendar.yaml")["calendar"]
    off = dict.fromkeys(chinese_calendar.holidays, False) | dict.fromkeys(chinese_calendar.workdays, True)
    off |= {day: False for year in years for day in year["days_off"]}
    return off | {day: True for year in years for day in year.get("make_up_days", {})}


@cache
def cleaned(text: str | None) -> str | None:
    """The text without blanks around it and a leading apostrophe; None where nothing is left or it spells a null."""
    blanks = " \t\r\n\u3000\u00a0\ufeff"
    text = (text or "").strip(blanks).removeprefix("'").strip(blanks)
    return None if text in ("", "NULL", "null", "None", "nan", "NaT") else text


TIME_OF_DAY = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"


def read_date(text: str) -> date | Unreadable:
    """The date in one of the written forms or as an Excel serial between 10000 and 80000."""
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and 10000 <= float(text) <= 80000:
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    separated = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + TIME_OF_DAY, text)
    parts = separated.group(1, 3, 4) if separated else None
    for pattern in (r"(\d{4})(\d{2})(\d{2})", r"(\d{4})年(\d{1,2})月(\d{1,2})日"):
        if match := re.fullmatch(pattern + TIME_OF_DAY, text):
            parts = match.group(1, 2, 3)
    try:
        return date(*map(int, parts)) if parts else Unreadable(text)
    except ValueError:
        return Unreadable(text)


NUMBERS = {
    "int": r"([+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.0+)?) *(?:人|岁|天|件)?",
    "months": r"([+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.[05]0*)?) *(?:月|个月)?",
    "wan_yuan": r"([+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?) *(?:万|万元)?",
}


def items(text: str | None) -> list[str]:
    """The distinct items of a multi-value text."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[,，;；、|\n]", text or "") if part.strip()))


@cache
def typed(text: str | None, kind: str, dictionary: str) -> Any:
    """The value of a cleaned text by the type of its field."""
    if text is None:
        return None
    if kind == "date":
        return read_date(text)
    if kind in NUMBERS:
        match = re.fullmatch(NUMBERS[kind], text)
        return float(match[1].replace(",", "")) if match else Unreadable(text)
    if kind in ("dict", "yesno"):
        return spellings(dictionary).get(text, text)
    if kind == "dicts":
        return ",".join(dict.fromkeys(spellings(dictionary).get(item, item) for item in items(text))) or None
    if kind == "id_no":
        half_width = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
        return re.sub(r"\s", "", half_width).upper()
    return text


def typed_columns(card: str, raw: pd.DataFrame) -> dict[str, list[Any]]:
    """The columns of raw text as values, by field name. Columns that are no field of the card are left out."""
    return {
        name: [
            typed(cleaned(text if isinstance(text, str) else None), field["type"], field.get("dictionary", ""))
            for text in raw[name]
        ]
        for name, field in card_fields(card).items()
        if name in raw.columns
    }


def only_none(text: str | None) -> bool:
    """Blank, or nothing but 无."""
    return not set(items(text)) - {"无"}


def no(value: str | None) -> bool:
    """Not 是: a blank counts as 否."""
    return value != "是"


@cache
def charges(text: str | None) -> tuple[str, ...]:
    """The charges named in a text, sorted; 、 parts two charges only after a 罪 that is not part of 犯罪."""
    text = (text or "").replace("(", "（").replace(")", "）")
    text = re.sub(r"（[原已][^（）]*）", "", text)
    text = re.sub(r"([^犯]罪)、", r"\1,", text)
    return tuple(sorted({part.strip() for part in re.split(r"[,，;；|\n]", text) if part.strip()}))


def charge_set(main: str | None, other_charges: str | None) -> frozenset[str]:
    """Main and other charges as one set."""
    return frozenset(charges(main)) | frozenset(charges(other_charges))


def repeated(main: str | None, other_charges: str | None) -> bool:
    """The main charge stands among the others."""
    return bool(charges(main)) and charges(main)[0] in charges(other_charges)


def add_months(day: date, months: int) -> date:
    """The same day some months later, clamped to the end of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def full_years(birth: date, day: date) -> int:
    """Completed years of life on that day."""
    years = day.year - birth.year
    return years if add_months(birth, 12 * years) <= day else years - 1


def last_day(start: date, months: int, days: int, in_custody: bool) -> date:
    """Last day of a limit; it moves to the next working day unless the person is in custody (刑诉法105)."""
    last = add_months(start, months) + timedelta(days=days)
    while not in_custody and not calendar_exceptions().get(last, last.weekday() < 5):
        last += timedelta(days=1)
    return last


def custodial(kind: str | None) -> bool:
    """The measure keeps the person in custody."""
    return kind in ("拘留", "逮捕", "留置")


def pending_or_closed(r: Row) -> bool:
    """Not a closing result without its date, which another rule reports."""
    return r["accept_date"] is not None and (r["p_result"] is None or r["p_close_date"] is not None)


def review_begun(r: Row) -> date:
    """The acceptance, or the later transfer of this person."""
    begun: date = r.get("supp_transfer_date") or r["accept_date"]
    return begun


def review_stretch(r: Row) -> tuple[date, date]:
    """First and last day of the last stretch of review for prosecution; a return that is open ends it."""
    if r["ret2_date"] and not r["rep2_date"]:
        return r["rep1_date"] or review_begun(r), r["ret2_date"]
    if r["ret1_date"] and not r["rep1_date"]:
        return review_begun(r), r["ret1_date"]
    return r["rep2_date"] or r["rep1_date"] or review_begun(r), r["p_close_date"] or r["today"]


def sheet_cells(path: Path) -> list[list[str]]:
    """The cells of an export as text, row by row: a workbook, an HTML table named .xls, or a GB18030 register."""
    if path.suffix == ".xlsx":
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_arrow()
        columns = [column.to_pylist() for column in sheet.columns]
        return [["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True)]
    if path.suffix == ".xls":
        rows = re.findall(r"<tr>(.*?)</tr>", path.read_text(encoding="utf-8"), re.DOTALL)
        return [[html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]
    with path.open(encoding="gb18030", newline="") as stream:
        return list(csv.reader(stream))


def heading(text: str) -> str:
    """A heading without its star, with half-width brackets."""
    return text.strip().lstrip("*★").replace("（", "(").replace("）", ")")


def export_rows(folder: Path, card: str) -> pd.DataFrame:
    """Raw text of all rows of a card's exports under the names of its fields."""
    words = yaml_file(f"cards/{card}.yaml")["file_words"]
    frames = []
    for path in sorted(path for path in folder.iterdir() if any(word in path.name for word in words)):
        cells = sheet_cells(path)
        by_heading = {heading(field["header"]): name for name, field in card_fields(card).items()}
        by_alias = {heading(a): name for name, field in card_fields(card).items() for a in field.get("aliases", ())}
        names = [[by_heading.get(heading(cell)) or by_alias.get(heading(cell)) for cell in row] for row in cells[:10]]
        top = max(range(len(names)), key=lambda n: sum(map(bool, names[n])))
        rows = [row for row in cells[top + 1 :] if row != cells[top] and not row[0].startswith("合计")]
        frame = pd.DataFrame(rows, columns=[name or "" for name in names[top]], dtype=object)
        frames.append(frame.loc[:, [name for name in names[top] if name]])
    return pd.concat(frames, ignore_index=True)
