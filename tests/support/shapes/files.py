"""A file of hearings in one of the shapes that programs and people give it, and what must arrive of it."""

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import xlsxwriter
from hypothesis import strategies as st

from flows.load.sources.workbook_reader.places import column_letters
from support.shapes.cells import BLANK, HEADINGS, INVISIBLE, Hearing, hearings, written
from support.shapes.old_workbooks import write_old_workbook
from support.shapes.packages import row_of, sheet_xml, text_cell, write_package

Line = list[str]

_TITLES: tuple[Line, ...] = (["2025年度听证情况统计表"], ["单位：汉东省人民检察院", "", "导出日期：2026-01-05"], [])
_FOOTERS = (
    ["制表人：示检夏澄一"],
    ["导出时间：2026-01-05 09:30:00"],
    ["注：本表数据截至导出日"],
    ["第1页"],
    ["第 1 页 共 3 页"],
    ["合计", "12"],
    ["合计：", "12"],
    ["本页合计", "12"],
    ["合计（件）", "12"],
    ["审核人：代称甲"],
)


@dataclass(frozen=True)
class Page:
    """The lines of a sheet. `rejected`: how many lines below the headings are no cards; `joined`: data lines whose first cell is merged
    with that of the line above; `begin`: the first line of data."""

    lines: list[Line]
    cards: list[Hearing]
    rejected: int
    joined: tuple[int, ...] = ()
    left: int = 0
    begin: int = 0


@dataclass(frozen=True)
class Shape:
    """A file: its pages, and who writes it."""

    kind: str
    suffix: str
    pages: list[Page] = field(repr=False)
    write: Callable[[Path], object] = field(repr=False)

    @property
    def cards(self) -> list[tuple[object, ...]]:
        """The values that must arrive, in order."""
        return [card.values for page in self.pages for card in page.cards]

    def as_text(self) -> str:
        """The lines as they stand, for whoever looks for the fault."""
        return self.kind + "".join(f"\n{line!r}" for page in self.pages for line in page.lines)

    @property
    def rejected(self) -> int:
        """Lines that are no cards."""
        return sum(page.rejected for page in self.pages)


@st.composite
def shapes(draw: st.DrawFn, file: int) -> Shape:
    """A file of a few hearings."""
    kind = draw(st.sampled_from(["csv", "csv", "html", "xlsx", "package", "package", "xls"]))
    return draw(
        {"csv": csv_files, "html": pages_of_html, "xlsx": workbooks, "package": packages, "xls": old_workbooks}[kind](
            file
        )
    )


@st.composite
def page(
    draw: st.DrawFn, file: int, first: int = 0, *, merged: bool = False, in_line: bool = True, csv_like: bool = False
) -> Page:
    """Titles, headings, hearings and lines that are no cards, in order."""
    left = draw(st.sampled_from([0, 0, 0, 1, 2])) if not csv_like else 0
    order = draw(st.permutations(range(len(HEADINGS))))
    extra = draw(st.sampled_from([(), ("序号",), ("备注栏",)]))
    names = list(HEADINGS.values())
    heading = [_noise(draw, names[place]) for place in order]
    lines = [list(title) for title in draw(st.lists(st.sampled_from(_TITLES), max_size=2))] if not csv_like else []
    cards, rejected, joined = list[Hearing](), 0, list[int]()
    wide_heading = [*(extra if "序号" in extra else ()), *heading, *(extra if "备注栏" in extra else ())]
    lines.append(wide_heading)
    begin = len(lines)
    if draw(st.integers(0, 5)) == 0:
        lines.append([str(number) for number in range(1, len(wide_heading) + 1)])
        rejected += 1
    for number in range(first, first + draw(st.integers(1, 4))):
        card = draw(hearings(file, number, in_line=in_line))
        texts = draw(written(card, as_formula=csv_like))
        if (
            merged
            and cards
            and lines[-1][wide_heading.index(heading[order.index(0)])] is not None
            and draw(st.integers(0, 2)) == 0
        ):
            card, texts[0] = replace(card, rel_bmsah=cards[-1].rel_bmsah), ""
            joined.append(len(lines))
        elif draw(st.integers(0, 9)) == 0:
            lines.append(list(wide_heading))
            rejected += 1
        cells = [texts[place] for place in order]
        cards.append(card)
        lines.append(
            [*((str(number + 1),) if "序号" in extra else ()), *cells, *(("附注",) if "备注栏" in extra else ())]
        )
    footers = draw(st.lists(st.sampled_from(_FOOTERS), max_size=3))
    lines += [_in_columns(footer, wide_heading.index(heading[order.index(6)]), len(wide_heading)) for footer in footers]
    return Page([[""] * left + line for line in lines], cards, rejected + len(footers), tuple(joined), left, begin)


def _in_columns(footer: Line, count: int, width: int) -> Line:
    """The words of a last line in the first column, its number below the counts, unless these are the first column."""
    words, *number = footer
    return [words if not place else number[0] if number and place == count else "" for place in range(width)]


def _noise(draw: st.DrawFn, heading: str) -> str:
    match draw(st.integers(0, 11)):
        case 0:
            return f"*{heading}"
        case 1:
            return f" {heading}："
        case 2:
            return draw(st.sampled_from(INVISIBLE)) + heading + draw(st.sampled_from(INVISIBLE))
        case 3:
            return f"{heading[:2]} {heading[2:]}"
    return heading


@st.composite
def csv_files(draw: st.DrawFn, file: int) -> Shape:
    """Delimited text: encoding, delimiter, line ends, quotes, a mark at the end."""
    content = draw(page(file, in_line=draw(st.booleans()), csv_like=True))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
    delimiter = draw(st.sampled_from([",", "\t", ";", "|"]))
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    quoting: Literal[0, 1] = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    end = draw(st.sampled_from(["", "\x1a"]))
    width = max(map(len, content.lines))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(
        [*line, *[""] * (width - len(line))] for line in content.lines
    )
    return Shape(
        "csv",
        ".csv",
        [replace(content, rejected=content.rejected + bool(end))],
        lambda path: path.write_bytes((text.getvalue() + end).encode(encoding)),
    )


@st.composite
def pages_of_html(draw: st.DrawFn, file: int) -> Shape:
    """A table of a page under the name of a workbook: white space of the source, a layout around it, merged cells, its encoding."""
    content = draw(page(file, merged=True, in_line=False))
    encoding = draw(st.sampled_from(["utf-8", "gb18030"]))
    space = draw(st.sampled_from(["", "\n      ", " \t"]))
    header = draw(st.sampled_from(["td", "th"]))
    before = draw(st.sampled_from(["", "<p>统计表</p>", "<h1>听证</h1>单位：汉东"]))
    layout = draw(st.booleans())
    place = _case_place(content)
    rows = []
    for number, line in enumerate(content.lines):
        cells = []
        for column, text in enumerate(line):
            if column == place and number in content.joined:
                continue
            down = _joined_below(content, number) if column == place else 0
            span = f' rowspan="{down + 1}"' if down else ""
            shown = html.escape(text).replace("\n", "<br/>")
            tag = header if number < content.begin else "td"
            cells.append(f"<{tag}{span}>{space}{shown}{space}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>{space}")
    table = f"<table border=1>{''.join(rows)}</table>"
    if layout:
        table = f"<table><tr><td>{before}{table}</td></tr></table>"
    text = f'<html><head><meta charset="{"gbk" if encoding == "gb18030" else encoding}"></head><body>{before}{table}</body></html>'
    return Shape("html", ".xls", [content], lambda path: path.write_bytes(text.encode(encoding)))


@st.composite
def workbooks(draw: st.DrawFn, file: int) -> Shape:
    """As Excel itself writes it: texts, days as days, counts as numbers, merged cells."""
    content = draw(page(file, merged=True, in_line=False))
    as_days, as_numbers = draw(st.booleans()), draw(st.booleans())
    from_1904 = draw(st.booleans())

    def write(path: Path) -> None:
        cards = {id(line): card for line, card in zip(_card_lines(content), content.cards, strict=True)}
        with xlsxwriter.Workbook(
            str(path), {"date_1904": from_1904, "strings_to_formulas": False, "strings_to_urls": False}
        ) as book:
            sheet, day_format = book.add_worksheet("听证"), book.add_format({"num_format": "yyyy-mm-dd"})
            items = _items(content)
            for number, line in enumerate(content.lines):
                for column, text in enumerate(line):
                    item, card = items.get(column), cards.get(id(line))
                    if card and item == "hear_date" and (as_days or text.strip(INVISIBLE + BLANK).isdecimal()):
                        sheet.write_datetime(number, column, card.hear_date, day_format)
                    elif card and item == "n_hearers" and as_numbers:
                        sheet.write_number(number, column, card.n_hearers)
                    elif text:
                        sheet.write_string(number, column, text)
            for first, last in _joined_areas(content):
                sheet.merge_range(
                    first, _case_place(content), last, _case_place(content), content.lines[first][_case_place(content)]
                )

    return Shape("xlsx", ".xlsx", [content], write)


@st.composite
def packages(draw: st.DrawFn, file: int) -> Shape:
    """As other programs write it: places left out or small, blanks far away, long numbers as numbers, errors, odd zips, more sheets."""
    pages = [draw(page(file, 100 * number, merged=True, in_line=False)) for number in range(draw(st.integers(1, 2)))]
    names = draw(st.sampled_from([["听证", "听证"], ["上半年", "下半年"]]))
    style = draw(st.sampled_from(["usual", "small", "without", "prefixed"]))
    separator = draw(st.sampled_from(["/", "\\"]))
    stray = draw(st.sampled_from(["", '<c r="XFD{0}" t="inlineStr"><is><t> </t></is></c>', '<c r="XFC{0}" s="0"/>']))
    dimension = draw(st.sampled_from(["", '<dimension ref="A:M"/>', '<dimension ref="A1"/>']))
    hidden = draw(st.booleans())
    as_number = draw(st.booleans())
    sheets = []
    for name, content in zip(names, pages, strict=False):
        rows, cards = [], {id(line) for line in _card_lines(content)}
        for number, line in enumerate(content.lines, 1):
            cells = list(line)
            for column, text in enumerate(line):
                long = as_number and id(line) in cards and text.isascii() and text.isdecimal() and len(text) > 15
                if long:
                    cells[column] = f'<c r="{column_letters(column)}{number}"><v>{text}</v></c>'
                elif text.startswith("<"):
                    cells[column] = text_cell(text, f"{column_letters(column)}{number}")
            xml = row_of(number, cells)
            rows.append(xml.replace("</row>", stray.format(number) + "</row>") if stray and number == 2 else xml)
        areas = "".join(
            f'<mergeCell ref="{column_letters(_case_place(content))}{first + 1}:{column_letters(_case_place(content))}{last + 1}"/>'
            for first, last in _joined_areas(content)
        )
        merged = f"<mergeCells>{areas}</mergeCells>" if areas else ""
        sheets.append((name, _in_style(sheet_xml(*rows, before=dimension, behind=merged), style)))
    states = {}
    if hidden:
        sheets.append(("隐藏", sheets[0][1]))
        states[len(sheets)] = "hidden"
    return Shape(
        "package", ".xlsx", pages, lambda path: write_package(path, sheets, states=states, separator=separator)
    )


@st.composite
def old_workbooks(draw: st.DrawFn, file: int) -> Shape:
    """Excel 97, with a code page that lies."""
    content = draw(page(file, merged=True, in_line=False))
    code_page = draw(st.sampled_from([1200, 1252, 936]))
    place = _case_place(content)
    areas = [(first, last, place, place) for first, last in _joined_areas(content)]
    return Shape(
        "xls",
        ".xls",
        [content],
        lambda path: write_old_workbook(path, [("听证", content.lines)], code_page=code_page, merged=areas),
    )


def _in_style(xml: str, style: str) -> str:
    if style == "small":
        return _lower_references(xml)
    if style == "prefixed":
        head, _, body = xml.partition(">")
        text = f'{head} xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{body}'
        return text.replace("<", "<x:").replace("<x:/", "</x:")
    return xml


def _lower_references(xml: str) -> str:
    return re.sub(r'r="([A-Z]+)(\d+)"', lambda match: f'r="{match[1].lower()}{match[2]}"', xml)


def _items(content: Page) -> dict[int, str]:
    """The item of every column."""
    heading = content.lines[content.begin - 1]
    clean = {
        "".join(sign for sign in name if sign not in INVISIBLE + " *："): place for place, name in enumerate(heading)
    }
    return {clean[name]: item for item, name in HEADINGS.items()}


def _case_place(content: Page) -> int:
    return next(place for place, item in _items(content).items() if item == "rel_bmsah")


def _card_lines(content: Page) -> list[Line]:
    place = next(place for place, item in _items(content).items() if item == "hear_no")
    return [line for line in content.lines[content.begin :] if place < len(line) and "听证〔" in line[place]]


def _joined_below(content: Page, number: int) -> int:
    below = 0
    while number + below + 1 in content.joined:
        below += 1
    return below if number not in content.joined else 0


def _joined_areas(content: Page) -> list[tuple[int, int]]:
    return [
        (number, number + below) for number in range(len(content.lines)) if (below := _joined_below(content, number))
    ]
