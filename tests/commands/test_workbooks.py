"""The one writer of Excel files: texts stay texts, numbers and days are such, nothing is lost, half a file is none."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from expectations import workbooks
from expectations.workbooks import Column, Sheet, workbook_bytes, write_workbook

COLUMNS = (Column("名称", 30), Column("数", kind="number"), Column("日", 12, "day"))
ROWS = [
    ("=1+1", 3, date(2026, 6, 30)),
    ("@SUM(1)", 2.5, None),
    ("+1", Decimal("0.5"), None),
    ("00123", None, None),
    ("https://127.0.0.1/", None, None),
    ("", None, None),
]


def read(sheets: list[Sheet]) -> Any:
    return openpyxl.load_workbook(BytesIO(workbook_bytes(sheets)))


def test_every_cell_is_what_its_column_says() -> None:
    sheet = read([Sheet("表", COLUMNS, ROWS)])["表"]
    cells = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in cells[:5]] == [(text, "s") for text, *_ in ROWS[:5]]
    assert [row[1][0] for row in cells[:3]] == [3, 2.5, 0.5]
    assert cells[0][2] == (datetime(2026, 6, 30), "d")
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert not [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]


def test_headings_stay_in_view_and_can_be_filtered_and_the_sheet_printed() -> None:
    sheet = read([Sheet("表", COLUMNS, ROWS, ("说明一", "说明二"))])["表"]
    assert [cell.value for cell in sheet["A"][:3]] == ["说明一", "说明二", "名称"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B4", "A3:C9")
    assert sheet["A3"].font.b
    assert (sheet.column_dimensions["A"].width > 30, sheet.column_dimensions["C"].width < 13) == (True, True)
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"


def test_rows_beyond_a_sheet_go_on_in_a_further_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LAST_ROW", 2)
    book = read([Sheet("表", COLUMNS[:1], [(str(number),) for number in range(4)]), Sheet("空", COLUMNS, ())])
    assert book.sheetnames == ["表", "表 2", "空"]
    cells = [[row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] for sheet in book.worksheets[:2]]
    assert cells == [["0", "1"], ["2", "3"]]


def test_names_excel_does_not_take_are_mended() -> None:
    names = ["一/二:三", "甲" * 40, "甲" * 40, "一 二 三", "'"]
    assert read([Sheet(name, COLUMNS, ()) for name in names]).sheetnames == [
        "一 二 三",
        "甲" * 31,
        "甲" * 27 + " (2)",
        "一 二 三 (2)",
        "-",
    ]


def test_a_value_of_another_kind_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="number column"):
        workbook_bytes([Sheet("表", COLUMNS, [("甲", "三", None)])])
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        workbook_bytes([Sheet("表", COLUMNS, [("甲", 1)])])


def test_a_file_is_complete_or_not_there(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[str]]:
        yield ("甲",)
        raise OSError("disk")

    target = tmp_path / "out.xlsx"
    write_workbook(target, [Sheet("表", COLUMNS[:1], [("先",)])])
    with pytest.raises(OSError, match="disk"):
        write_workbook(target, [Sheet("表", COLUMNS[:1], broken())])
    assert openpyxl.load_workbook(target)["表"]["A2"].value == "先"
    assert list(tmp_path.iterdir()) == [target]
