"""`anka load`: what would become of exports, as text, as an object and as a workbook, without a home."""

import json
from pathlib import Path

import openpyxl
from support.commands import anka
from support.loads import ARREST, HEADINGS, person, write_text, write_xlsx


def test_a_load_is_reported_and_leaves_nothing(tmp_path: Path) -> None:
    home, inbox = tmp_path / "home", tmp_path / "inbox"
    inbox.mkdir()
    write_xlsx(inbox / f"{ARREST}.xlsx", 甲=[HEADINGS, person(1), person(2, day="五月")], 乙=[["说明"]])
    text = anka("load", inbox, home=home).stdout
    assert "读入 2 = 载入 2 + 剔除 0" in text
    assert "[乙]: 未使用" in text
    assert "五月" in text
    report = json.loads(anka("load", inbox, "--format", "json", home=home).stdout)
    assert [(sheet["sheet"], sheet["status"], sheet["rows"]["loaded"]) for sheet in report["sheets"]] == [
        ("甲", "loaded", 2),
        ("乙", "ignored", 0),
    ]
    assert report["sheets"][0]["unreadable"] == {"accept_date": 1}
    assert {line["header"]: line["figures"]["filled"] for line in report["profile"]}["受理日期"] == 1
    assert not home.exists()


def test_a_load_as_a_workbook(tmp_path: Path) -> None:
    file = write_text(
        tmp_path / f"{ARREST}.csv", HEADINGS, person(1), person(2, day="五月"), ("合计", "", "", "", "", "2")
    )
    out = tmp_path / "report.xlsx"
    anka("load", file, "-o", out, home=tmp_path / "home")
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["文件", "未装载的行", "缺少的列", "列", "无法识别的单元格", "导出损坏", "数据概况"]
    assert [cell.value for cell in book["无法识别的单元格"][2]][2:] == ["E3", "受理日期", "五月"]
    assert [cell.value for cell in book["未装载的行"][2]][2:4] == [4, "合计行"]
    assert next(row for row in book["文件"].iter_rows(min_row=2, values_only=True))[6:] == (3, 2, 1)


def test_a_refused_file_is_named_and_the_others_are_reported(tmp_path: Path) -> None:
    good = write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1))
    bad = write_text(tmp_path / "别的.csv", ("甲", "乙"), ("1", "2"))
    text = anka("load", good, bad, home=tmp_path / "home", code=2).stdout
    assert "别的.csv: 拒收" in text
    assert "载入 1" in text
    refused = anka("load", bad, home=tmp_path / "home", code=2)
    assert "别的.csv" in refused.stderr
