"""Reads exports as the written specification says, independently of the product: headings, cells, types.

Nothing of the product may be imported here. Rules are evaluated in `spec_oracle`.
"""

import codecs
import csv
import functools
import html.parser
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pyarrow as pa

SPEC = Path(__file__).with_name("tables")
"""The tables of the specification, as they stand beside the tests."""
TYPED = {"date": pa.date32(), "int": pa.int32(), "months": pa.float64(), "wan_yuan": pa.float64()}
NULL_WORDS = {"NULL", "null", "None", "nan", "NaT"}
BLANKS = " \t\r\n\u3000\u00a0\ufeff"
FILE_WORDS = {
    "arrest": ("010101", "审查逮捕"),
    "prosecution": ("020101", "一审公诉"),
    "measure": ("强制措施",),
    "second_instance": ("二审",),
    "pil": ("公益诉讼",),
    "civil": ("民事",),
    "admin": ("行政",),
    "petition": ("控告", "申诉", "赔偿", "救助", "信访"),
    "execution": ("刑事执行",),
    "suggestion": ("检察建议",),
    "hearing": ("听证",),
    "supervision": ("监督",),
    "juvenile": ("未检",),
    "extension": ("延长", "延押"),
}
"""The words of file names in the order of the export rules; a file without any is recognised by its headings."""

Row = Mapping[str, str]


@dataclass(frozen=True)
class SpecField:
    """One item of a card as fields.csv has it."""

    card: str
    name: str
    header: str
    aliases: tuple[str, ...]
    type: str
    dictionary: str
    required: str


def records(name: str) -> list[dict[str, str]]:
    """The lines of one table of the specification."""
    with (SPEC / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@functools.cache
def spec_fields() -> dict[str, dict[str, SpecField]]:
    """Card -> field name -> field, in the order of fields.csv."""
    cards: dict[str, dict[str, SpecField]] = {}
    for r in records("fields.csv"):
        aliases = tuple(a for a in r["aliases"].split("|") if a)
        item = SpecField(r["card"], r["name"], r["header"], aliases, r["type"], r["dictionary"], r["required"])
        cards.setdefault(r["card"], {})[r["name"]] = item
    return cards


@functools.cache
def _aliases() -> dict[str, dict[str, str]]:
    labels_by_alias: dict[str, dict[str, str]] = {}
    for r in records("dictionaries.csv"):
        if r["note"].startswith("alias:"):
            for alias in r["note"].removeprefix("alias:").split(";")[0].split("|"):
                labels_by_alias.setdefault(r["dictionary"], {})[alias] = r["label"]
    return labels_by_alias


def read_date(text: str) -> date | None:
    """A date in one of the accepted written forms, else None."""
    text = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$", "", text)
    for pattern in (
        r"(\d{4})-(\d{1,2})-(\d{1,2})",
        r"(\d{4})/(\d{1,2})/(\d{1,2})",
        r"(\d{4})\.(\d{1,2})\.(\d{1,2})",
        r"(\d{4})(\d{2})(\d{2})",
        r"(\d{4})年(\d{1,2})月(\d{1,2})日",
    ):
        if match := re.fullmatch(pattern, text):
            try:
                return date(*(int(g) for g in match.groups()))
            except ValueError:
                return None
    if re.fullmatch(r"\d{5}(\.0)?", text) and 10000 <= float(text) <= 80000:
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    return None


def read_int(text: str) -> int | None:
    """A whole number, else None."""
    text = re.sub(r"[人岁天件]$", "", text).strip().replace(",", "")
    return int(float(text)) if re.fullmatch(r"[+-]?\d+(\.0+)?", text) else None


def read_number(text: str, unit: str) -> float | None:
    """A number with an optional unit at its end, else None."""
    text = re.sub(unit, "", text).strip().replace(",", "")
    return float(text) if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text) else None


def _typed(kind: str, text: str) -> object:
    if kind == "date":
        return read_date(text)
    if kind == "int":
        return read_int(text)
    return read_number(text, r"个?月$" if kind == "months" else r"万元?$")


def clean_text(text: str | None) -> str | None:
    """The text after the first table line of the export rules; None when blank."""
    text = (text or "").strip(BLANKS).removeprefix("'").strip(BLANKS)
    return None if text == "" or text in NULL_WORDS else text


def _normal(item: SpecField, text: str) -> str:
    if item.type == "yesno":
        low = text if text in "√×" else text.lower()
        return {
            "是": "是",
            "y": "是",
            "1": "是",
            "true": "是",
            "√": "是",
            "否": "否",
            "n": "否",
            "0": "否",
            "false": "否",
            "×": "否",
        }.get(low, text)
    aliases = _aliases().get(item.dictionary, {})
    if item.type == "dict":
        return aliases.get(text, text)
    if item.type == "dicts":
        parts = [p.strip(BLANKS) for p in re.split(r"[,，;；、|\n]", text)]
        return ",".join(aliases.get(p, p) for p in parts if p)
    if item.type == "id_no":
        wide = {ord(c): ord(c) - 0xFEE0 for c in "".join(map(chr, range(0xFF01, 0xFF5F)))}
        return re.sub(r"\s", "", text).upper().translate(wide)
    return text


def arrow_table(card: str, rows: Sequence[Row]) -> pa.Table:
    columns: dict[str, pa.Array] = {"_row": pa.array(range(len(rows)), pa.int64())}
    for name, item in spec_fields()[card].items():
        texts = [clean_text(r.get(name)) for r in rows]
        if item.type in TYPED:
            typed = [None if t is None else _typed(item.type, t) for t in texts]
            columns[name] = pa.array(typed, TYPED[item.type])
            columns[f"{name}__raw"] = pa.array(texts, pa.string())
        else:
            columns[name] = pa.array([None if t is None else _normal(item, t) for t in texts], pa.string())
    return pa.table(columns)


def read_exports(paths: Iterable[Path]) -> dict[str, list[dict[str, str]]]:
    """Raw text rows by card of files that name their card; titles, repeated headings and totals are left out."""
    tables: dict[str, list[dict[str, str]]] = {}
    for path in sorted(paths):
        grid = _grid(path)
        card = _card_of(path.name, grid)
        tables.setdefault(card, []).extend(_rows(card, grid))
    return tables


def _card_of(name: str, grid: Sequence[Sequence[str]]) -> str:
    """The card a file name speaks of, else the one with most of its headings."""
    named_cards = [card for card, words in FILE_WORDS.items() if any(word in name for word in words)]
    return named_cards[0] if named_cards else max(spec_fields(), key=lambda card: _heading_cells(card, grid))


def _heading_cells(card: str, grid: Sequence[Sequence[str]]) -> int:
    names_by_heading = _headings(card)
    return max(sum(plain_heading(cell) in names_by_heading for cell in row) for row in grid[:10])


def _grid(path: Path) -> list[list[str]]:
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    if path.suffix == ".xls":
        parser = _HtmlGrid()
        parser.feed(path.read_text(encoding="utf-8"))
        return parser.grid
    raw = path.read_bytes()
    coding = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else "gb18030"
    return list(csv.reader(io.StringIO(raw.decode(coding), newline="")))


class _HtmlGrid(html.parser.HTMLParser):
    """The cells of the one table of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.grid: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.grid.append([])
        if tag == "td":
            self.grid[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.grid[-1][-1] += data


def _headings(card: str) -> dict[str, str]:
    names = {plain_heading(alias): item.name for item in spec_fields()[card].values() for alias in item.aliases}
    return names | {plain_heading(item.header): item.name for item in spec_fields()[card].values()}


def plain_heading(text: str) -> str:
    """A heading as it is compared."""
    return re.sub(r"\s", "", text).lstrip("*★").rstrip(":：").replace("（", "(").replace("）", ")")


def _rows(card: str, grid: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    names_by_heading = _headings(card)
    top = max(range(min(10, len(grid))), key=lambda n: sum(plain_heading(cell) in names_by_heading for cell in grid[n]))
    names = [names_by_heading.get(plain_heading(cell), "") for cell in grid[top]]
    missing = set(spec_fields()[card]) - set(names)
    assert not missing, f"columns missing: {missing}"
    body = [row for row in grid[top + 1 :] if list(row) != list(grid[top])]
    if body and re.match(r"(合计|总计|小计|共计)\d*$", body[-1][0]):
        body = body[:-1]
    return [{name: cell for name, cell in zip(names, row, strict=False) if name and cell} for row in body]
