"""The load report as a workbook: what became of every file, sheet, row, column and cell, and the profile of the items.

Whether its reader may see cells of the exports is asked by whoever makes it.
"""

from collections.abc import Iterator, Sequence

import duckdb
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from expectations.finding.headings import HEADINGS
from expectations.finding.masks import mask_identity
from expectations.run.loaded.profile import ItemProfile, profile
from expectations.texts import Bilingual, Language
from expectations.workbooks import Column, Sheet

STATUS = {
    "loaded": Bilingual("已装载", "loaded"),
    "ignored": Bilingual("未使用", "ignored"),
    "refused": Bilingual("拒收", "refused"),
}
CHANGES = {
    "rows": Bilingual("行数变化大", "many more or fewer rows"),
    "filled": Bilingual("填录率变化大", "filled far more or less often"),
    "new_value": Bilingual("出现大量新的值", "a new value in many rows"),
    "ends_earlier": Bilingual("最晚日期比上次早", "ends earlier than before"),
}
"""What `sharp_changes` names, in words."""

ARTEFACTS = {
    "scientific": Bilingual("号码被转成科学计数法", "numbers turned into scientific notation"),
    "hidden": Bilingual("列太窄，值显示为 #####", "a column too narrow, its values shown as #####"),
    "rounded": Bilingual(
        "号码 15 位以后被改成 0，整列不可用", "digits after the 15th made zeros, the column can't be used"
    ),
}
"""What a spreadsheet did to the numbers of a column, by `kind` in `export_artefacts`."""

ARTEFACT_HINT = Bilingual(
    "在表格软件中把该列设为文本、加宽后重新导出", "set the column to text, make it wider, and export again"
)

_FILE = Bilingual("文件", "File")
_SHEET, _CARD = HEADINGS["sheet"], HEADINGS["card"]
_ITEM = Bilingual("案卡项", "Item")
_REASON = Bilingual("原因", "Reason")
_NUMBERS = frozenset(
    (
        "Header row",
        "Rows read",
        "Loaded",
        "Rejected",
        "Row",
        "Merged cells",
        "Rows",
        "Values (about)",
        "Number of cells",
    )
)
_NAMES = "(select distinct file_no, name from files)"


def load_report_sheets(con: duckdb.DuckDBPyConnection, language: Language) -> tuple[Sheet, ...]:
    """The sheets, in the order in which a supervisor asks."""

    def sheet(title: Bilingual, columns: Sequence[tuple[Bilingual, int]], rows: Iterator[Sequence[object]]) -> Sheet:
        headings = [
            Column(heading.in_language(language), width, "number" if heading.en in _NUMBERS else "text")
            for heading, width in columns
        ]
        return Sheet(title.in_language(language), headings, rows)

    return (
        sheet(
            Bilingual("文件", "Files"),
            [
                (_FILE, 40),
                (_SHEET, 16),
                (_CARD, 12),
                (Bilingual("状态", "Status"), 10),
                (_REASON, 40),
                (Bilingual("表头行", "Header row"), 8),
                (Bilingual("读入行", "Rows read"), 10),
                (Bilingual("装载行", "Loaded"), 10),
                (Bilingual("未装载行", "Rejected"), 10),
            ],
            _files(con, language),
        ),
        sheet(
            Bilingual("未装载的行", "Rows not loaded"),
            [(_FILE, 40), (_SHEET, 16), (Bilingual("行", "Row"), 8), (_REASON, 28), (Bilingual("内容", "Cells"), 80)],
            _rejected(con, language),
        ),
        sheet(
            Bilingual("缺少的列", "Missing columns"),
            [(_FILE, 40), (_SHEET, 16), (_CARD, 12), (_ITEM, 28)],
            _missing(con, language),
        ),
        sheet(
            Bilingual("列", "Columns"),
            [
                (_FILE, 40),
                (_SHEET, 16),
                (Bilingual("列", "Column"), 6),
                (Bilingual("表头", "Heading"), 28),
                (_ITEM, 28),
                (Bilingual("合并单元格", "Merged cells"), 10),
                (Bilingual("已向下填入", "Filled down"), 10),
            ],
            _columns(con, language),
        ),
        sheet(
            Bilingual("无法识别的单元格", "Unreadable cells"),
            [
                (_FILE, 40),
                (_SHEET, 16),
                (Bilingual("单元格", "Cell"), 10),
                (_ITEM, 28),
                (Bilingual("内容", "Text"), 40),
            ],
            _unreadable(con),
        ),
        sheet(
            Bilingual("导出损坏", "Export artefacts"),
            [
                (_FILE, 40),
                (_SHEET, 16),
                (_ITEM, 28),
                (_REASON, 40),
                (Bilingual("单元格数", "Number of cells"), 10),
                (Bilingual("前几行", "First rows"), 20),
                (Bilingual("内容", "Text"), 28),
                (Bilingual("怎样处理", "What to do"), 44),
            ],
            _artefacts(con, language),
        ),
        sheet(
            Bilingual("数据概况", "Profile"),
            [
                (_CARD, 12),
                (_ITEM, 28),
                *((words, 12) for words in PROFILE_COLUMNS),
                (Bilingual("变化", "Changes"), 30),
            ],
            profile_rows(con, language),
        ),
    )


PROFILE_COLUMNS = (
    Bilingual("行数", "Rows"),
    Bilingual("填录率", "Filled"),
    Bilingual("上次填录率", "Filled before"),
    Bilingual("不同的值（约）", "Values (about)"),
    Bilingual("最多的值", "Commonest"),
    Bilingual("最小或最早", "First"),
    Bilingual("最大或最晚", "Last"),
    Bilingual("上次最大或最晚", "Last before"),
)


def profile_rows(con: duckdb.DuckDBPyConnection, language: Language) -> Iterator[Sequence[object]]:
    """Card, item, the `PROFILE_COLUMNS`, and what changed sharply."""
    titles = dict(con.execute(f"select card, {_title(language)} from cards_known").fetchall())
    for line in profile(con):
        yield (titles.get(line.card, line.card), line.header, *profile_cells(line), changes_in_words(line, language))


def profile_cells(line: ItemProfile) -> tuple[str | int, ...]:
    """The `PROFILE_COLUMNS` of an item."""
    figures, former = line.figures, line.former
    commonest = "、".join(f"{text} {count:,}" for text, count in figures.commonest)
    return (
        figures.rows,
        f"{figures.share:.0%}",
        f"{former.share:.0%}" if former else "",
        figures.distinct,
        commonest,
        figures.lowest or "",
        figures.highest or "",
        (former.highest or "") if former else "",
    )


def changes_in_words(line: ItemProfile, language: Language) -> str:
    """What changed sharply, blank for nothing."""
    return "；".join(CHANGES[name].in_language(language) for name in line.changes)


def cell_name(row: int, position: int | None) -> str:
    """The address of a cell, `F2`; the row alone where the column is not known. Rows count from 1, columns from 0."""
    return str(row) if position is None else str(xl_rowcol_to_cell(row - 1, position))


def _files(con: duckdb.DuckDBPyConnection, language: Language) -> Iterator[Sequence[object]]:
    rows = con.execute(
        f"select name, sheet, coalesce({_title(language)}, f.card), status, reason, reason_en, nullif(header_row, 0), rows_read,"
        " rows_loaded, rows_rejected from files f left join cards_known using (card) order by file_no, f.rowid"
    )
    for name, sheet, card, status, zh, en, *figures in rows.fetchall():
        yield name, sheet, card, STATUS[status].in_language(language), Bilingual(zh, en).in_language(language), *figures


def _rejected(con: duckdb.DuckDBPyConnection, language: Language) -> Iterator[Sequence[object]]:
    rows = con.execute(
        f"select n.name, sheet, sheet_row, reason, reason_en, cells from rejected_rows join {_NAMES} n using (file_no)"
        " order by file_no, sheet, sheet_row"
    )
    while batch := rows.fetchmany(10_000):
        for name, sheet, row, zh, en, cells in batch:
            yield name, sheet, row, Bilingual(zh, en).in_language(language), mask_identity(cells or "")


def _missing(con: duckdb.DuckDBPyConnection, language: Language) -> Iterator[Sequence[object]]:
    rows = con.execute(
        f"select n.name, sheet, coalesce({_title(language)}, m.card), coalesce(f.header, m.field) from missing_columns m"
        f" join {_NAMES} n using (file_no) left join cards_known using (card)"
        " left join fields f on f.card = m.card and f.name = m.field order by m.file_no, m.sheet, f.no"
    )
    yield from rows.fetchall()


def _columns(con: duckdb.DuckDBPyConnection, language: Language) -> Iterator[Sequence[object]]:
    rows = con.execute(
        "select n.name, c.sheet, c.position, c.header, f.header, nullif(c.merged_cells, 0), c.filled_down from file_columns c"
        f" join {_NAMES} n using (file_no) join (select distinct file_no, sheet, card from files) s using (file_no, sheet)"
        " left join fields f on f.card = s.card and f.name = c.field order by file_no, c.sheet, c.position"
    )
    yes = Bilingual("是", "yes").in_language(language)
    for name, sheet, position, header, item, merged, filled_down in rows.fetchall():
        yield name, sheet, xl_col_to_name(position), header, item or "", merged, yes if filled_down else ""


def _unreadable(con: duckdb.DuckDBPyConnection) -> Iterator[Sequence[object]]:
    rows = con.execute(
        "select n.name, u.sheet, u.sheet_row, c.position, coalesce(f.header, u.field), u.text from unreadable_cells u"
        f" join {_NAMES} n using (file_no) left join file_columns c using (file_no, sheet, field)"
        " left join fields f on f.card = u.card and f.name = u.field order by u.file_no, u.sheet, u.sheet_row, f.no"
    )
    while batch := rows.fetchmany(10_000):
        for name, sheet, row, position, item, text in batch:
            yield name, sheet, cell_name(row, position), item, mask_identity(text)


def _artefacts(con: duckdb.DuckDBPyConnection, language: Language) -> Iterator[Sequence[object]]:
    for file, sheet, header, kind, cells, rows, example in export_artefacts(con):
        words, hint = ARTEFACTS[kind].in_language(language), ARTEFACT_HINT.in_language(language)
        yield file, sheet, header, words, cells, rows, example, hint


def export_artefacts(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str, int, str, str]]:
    """File, sheet, heading, kind, number of cells, the first rows and a masked text of every column a spreadsheet spoiled."""
    rows = con.execute(
        "select n.name, a.sheet, coalesce(f.header, a.field), a.kind, a.cells, array_to_string(a.first_rows, ', '), a.example"
        f" from export_artefacts a join {_NAMES} n using (file_no)"
        " left join fields f on f.card = a.card and f.name = a.field order by a.file_no, a.sheet, f.no, a.kind"
    )
    return [(*cells, mask_identity(example)) for *cells, example in rows.fetchall()]


def _title(language: Language) -> str:
    return "coalesce(nullif(title_en, ''), title_zh)" if language == "en" else "title_zh"
