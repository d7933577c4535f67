"""Check before handing in: the cells marked are those of the planted defects, nothing else changes, and nothing is left behind."""

import csv
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.places import SAMPLE

from dashboard.check.command_line import Running, Step
from dashboard.check.runs import Upload, checking
from expectations.errors import InputError, mistake_as_json
from expectations.texts import Bilingual
from flows.check.card_check import Checked, CheckOrder, check_cards, targets_of

AS_OF = date(2026, 6, 30)
CIVIL = next((SAMPLE / "exports").glob("民事*.xlsx"))
ADMIN = next((SAMPLE / "exports").glob("行政*.xlsx"))
HEARING = SAMPLE / "exports" / "听证.csv"
PROTECTED = SAMPLE.parent.parent / "shared" / "data" / "ingest_files" / "calamine" / "pass_protected.xlsx"


@dataclass(frozen=True)
class CheckedExport:
    """A check of the civil export, and what lay about before and after it."""

    checked: Checked
    source: Path
    book: Any
    left_over: list[str]


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckedExport]:
    """Four exports checked together: one of the sample, a csv of it, one as an HTML table with the suffix .xls, and one by hand."""
    folder, temporary = tmp_path_factory.mktemp("check"), tmp_path_factory.mktemp("temporary")
    files = {
        "civil": folder / CIVIL.name,
        "hearing": folder / HEARING.name,
        "admin": folder / "行政检察.xls",
        "hand": folder / "检察建议.xlsx",
    }
    shutil.copy(CIVIL, files["civil"])
    shutil.copy(HEARING, files["hearing"])
    write_html(ADMIN, files["admin"])
    write_by_hand(files["hand"])
    former = tempfile.tempdir
    tempfile.tempdir = str(temporary)
    try:
        results = check_cards(CheckOrder(tuple(files.values()), folder / "out", AS_OF))
    finally:
        tempfile.tempdir = former
    leftovers = [path.name for path in temporary.iterdir()]
    return {
        name: CheckedExport(checked, file, openpyxl.load_workbook(checked.workbook), leftovers)
        for (name, file), checked in zip(files.items(), results, strict=True)
    }


@pytest.fixture
def civil(checks: dict[str, CheckedExport]) -> CheckedExport:
    """The committed export of civil cases."""
    return checks["civil"]


def write_html(source: Path, target: Path) -> None:
    """The rows of a sample export as an HTML table, the title left out."""
    rows = openpyxl.load_workbook(source).worksheets[0].iter_rows(min_row=3, values_only=True)
    lines = ("".join(f"<td>{cell or ''}</td>" for cell in row) for row in rows)
    target.write_text(f"<table><tr>{'</tr><tr>'.join(lines)}</tr></table>", encoding="utf-8")


def write_by_hand(target: Path) -> None:
    """A card in a sheet that does not begin in its corner, and a sheet that is no card."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = "本人案卡"
    for column, text in enumerate(("案卡编号", "部门受案号", "建议类型", "检察建议类型", "被建议单位"), 2):
        sheet.cell(4, column, text)
    for place, text in zip("CDE", ("汉东检建[2026]1号", "社会治理", "不在字典内"), strict=True):
        sheet[f"{place}5"] = text
    book.create_sheet("草稿")["A1"] = "=1+1"
    book.save(target)


def planted(card: str) -> Counter[tuple[str, str]]:
    """Rule and case of every defect of a card that one file alone shows."""
    with (SAMPLE / "planted.csv").open(encoding="utf-8", newline="") as stream:
        return Counter((row["rule_id"], row["bmsah"]) for row in csv.DictReader(stream) if row["card"] == card)


def notes(sheet: Any) -> dict[str, str]:
    """The notes of findings by cell, without those of related cells."""
    texts = {cell.coordinate: str(cell.comment.text) for row in sheet.iter_rows() for cell in row if cell.comment}
    return {place: text for place, text in texts.items() if not text.startswith("↪")}


def noted(sheet: Any, header_row: int) -> Counter[tuple[str, str]]:
    """Rule and case of every finding noted in a sheet."""
    headers = [cell.value for cell in sheet[header_row]]
    column = next(n for n, header in enumerate(headers, 1) if header in ("部门受案号", "关联案件部门受案号"))
    return Counter(
        (line.split("】")[1].split(" ")[0], str(sheet.cell(sheet[place].row, column).value))
        for place, text in notes(sheet).items()
        for line in text.splitlines()
        if line.startswith("【")
    )


def test_the_marked_cells_are_the_planted_defects(civil: CheckedExport) -> None:
    assert noted(civil.book["反查结果"], 3) == planted("civil")


def test_a_note_stands_on_its_item(civil: CheckedExport) -> None:
    sheet = civil.book["反查结果"]
    headers = {cell.column: cell.value for cell in sheet[3]}
    items = {text.split("】")[1].split(" ")[0]: headers[sheet[place].column] for place, text in notes(sheet).items()}
    assert (items["V015"], items["V018"], items["C044"], items["V001"]) == (
        "听证日期",
        "标的额(万元)",
        "监督理由",
        "部门受案号",
    )


def test_a_note_says_what_is_wrong_and_how_to_fill(civil: CheckedExport) -> None:
    text = next(text for text in notes(civil.book["反查结果"]).values() if "L001" in text)
    lines = text.splitlines()
    assert lines[0] == "【严重】L001 审结日期早于受理日期"
    assert lines[1].startswith("问题：审结日期2025-10-29早于受理日期2025-11-01")
    assert lines[2].startswith("填法：")


def test_several_findings_of_a_cell_are_one_note(tmp_path: Path) -> None:
    """An option beside 无 that is in no dictionary either: two rules fail on one item."""
    export = tmp_path / "审查逮捕.csv"
    export.write_text(
        '部门受案号,嫌疑人编号,前科\n汉东检刑捕受[2026]770101000001号,S1,"无,不在字典内"\n', encoding="utf-8"
    )
    (checked,) = check_cards(CheckOrder((export,), tmp_path / "out", AS_OF))
    (item,) = {finding.items for finding in checked.check.findings if finding.finding.rule_id in ("V012", "V027")}
    sheet = openpyxl.load_workbook(checked.workbook)["导出内容"]
    assert (item, sheet["C1"].value) == (("前科",), "前科")
    lines = notes(sheet)["C2"].splitlines()
    assert [line[:8] for line in lines if line.startswith("【")] == ["【严重】V012", "【一般】V027"]


def test_all_other_cells_are_as_they_were(civil: CheckedExport) -> None:
    before, after = openpyxl.load_workbook(civil.source)["反查结果"], civil.book["反查结果"]
    assert after.dimensions == before.dimensions
    assert [str(area) for area in after.merged_cells.ranges] == [str(area) for area in before.merged_cells.ranges]
    for row in before.iter_rows():
        for cell in row:
            same = after[cell.coordinate]
            assert same.value == cell.value
            assert same.number_format == cell.number_format
            assert (copy(same.font), copy(same.alignment)) == (copy(cell.font), copy(cell.alignment))
            if not same.comment:
                assert (copy(same.fill), copy(same.border)) == (copy(cell.fill), copy(cell.border))


def test_the_result_sheet_leads_to_every_cell(civil: CheckedExport) -> None:
    sheet, result = civil.book["反查结果"], civil.book["自查结果"]
    lines = [row for row in result.iter_rows(min_row=6) if row[1].hyperlink]
    assert len(lines) == len(civil.checked.check.findings) == planted("civil").total()
    for _, place, severity, *_ in lines:
        target = str(place.hyperlink.location).rpartition("!")[2]
        assert f"【{severity.value}】" in str(sheet[target].comment.text)
    assert any("合计行" in str(cell.value) for row in result.iter_rows() for cell in row)


def test_the_export_is_unchanged_and_nothing_is_left(civil: CheckedExport) -> None:
    assert civil.source.read_bytes() == CIVIL.read_bytes()
    assert civil.left_over == []
    assert [path.suffix for path in civil.source.parent.glob("out/*")] == [".xlsx"] * 4


def test_a_csv_comes_back_as_a_workbook_of_its_rows(checks: dict[str, CheckedExport]) -> None:
    checked, book = checks["hearing"].checked, checks["hearing"].book
    assert checked.workbook.name == "听证_自查.xlsx"
    sheet = book["导出内容"]
    with HEARING.open(encoding="gb18030", newline="") as stream:
        assert [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] == list(csv.reader(stream))
    assert checked.check.partly == {"L049": ("arrest", "prosecution")}
    assert noted(sheet, 1) == Counter({line: n for line, n in planted("hearing").items() if line[0] != "L049"})
    assert any("L049（审查逮捕、一审公诉）" in str(row[0].value) for row in book["自查结果"].iter_rows())


def test_an_html_table_comes_back_as_a_workbook(checks: dict[str, CheckedExport]) -> None:
    assert checks["admin"].checked.workbook.name == "行政检察_自查.xlsx"
    assert noted(checks["admin"].book["表格1"], 1) == planted("admin")


def test_rules_that_need_other_cards_are_listed(checks: dict[str, CheckedExport]) -> None:
    checked, book = checks["hand"].checked, checks["hand"].book
    assert book.sheetnames[1:] == ["草稿", "自查结果"]
    words = "\n".join(str(cell.value) for row in book["自查结果"].iter_rows() for cell in row if cell.value)
    assert checked.check.not_judged
    assert "缺少列" in words
    assert all(unjudged.rule_id in words for unjudged in checked.check.not_judged)


def test_a_sheet_that_does_not_begin_in_the_corner(checks: dict[str, CheckedExport]) -> None:
    checked, book = checks["hand"].checked, checks["hand"].book
    sheet = book.worksheets[0]
    headers = {sheet.cell(4, column).value: column for column in range(1, 8)}
    for finding in checked.check.findings:
        item = finding.items[0]
        place = sheet.cell(5, headers[item]) if item in headers else sheet.cell(5, headers["部门受案号"])
        assert place.comment is not None, finding
        assert finding.finding.rule_id in place.comment.text
    assert checked.check.findings


def test_files_that_cannot_be_checked_are_a_line_each(tmp_path: Path) -> None:
    contents = {"空.xlsx": b"", "破损.xlsx": b"PK\x03\x04 broken", "别的.csv": "甲,乙\n1,2\n".encode()}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    protected = [PROTECTED] if PROTECTED.exists() else []
    files = (*(tmp_path / name for name in contents), *protected)
    with pytest.raises(InputError) as refused:
        check_cards(CheckOrder(files, tmp_path / "out", AS_OF))
    lines = refused.value.message.splitlines()
    words = (
        "空.xlsx: 文件是空的",
        "破损.xlsx: 压缩结构已损坏",
        "别的.csv: 认不出案卡",
        f"{PROTECTED.name}: 工作簿有打开密码",
    )
    assert len(lines) == len(files)
    assert all(line.startswith(beginning) for line, beginning in zip(lines, words, strict=False))
    assert refused.value.hint
    assert not (tmp_path / "out").exists()


def test_what_is_refused_before_anything_is_read(
    tmp_path: Path, civil: CheckedExport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*files: Path, out: str = "out.xlsx") -> str:
        with pytest.raises(InputError) as error:
            check_cards(CheckOrder(files, tmp_path / out, AS_OF))
        return error.value.message

    assert "checked already" in refused(civil.checked.workbook)
    assert "several exports need a folder" in refused(CIVIL, HEARING)
    assert ".xlsx workbook" in refused(CIVIL, out="out.csv")
    assert "no such file" in refused(tmp_path / "absent.xlsx")
    with pytest.raises(InputError, match="overwrite"):
        targets_of((civil.source.resolve(),), civil.source)
    monkeypatch.setattr("flows.check.card_check.LARGEST_WORKBOOK", 100)
    assert "a check takes at most" in refused(CIVIL)


def test_no_marked_copy_takes_the_name_of_an_export(tmp_path: Path) -> None:
    """An export may be called as the marked copy of another would be."""
    files = tuple(tmp_path / name for name in ("甲.xlsx", "甲_自查.xlsx"))
    for file in files:
        shutil.copyfile(CIVIL, file)
    assert targets_of(files, tmp_path) == (tmp_path / "甲-2_自查.xlsx", tmp_path / "甲_自查_自查.xlsx")


def test_the_page_gets_what_was_found_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with checking([Upload(f"../{HEARING.name}", HEARING.read_bytes())], AS_OF) as run:
        assert run.running.wait(120)
        (checked,) = run.outcome()
    assert checked.name == HEARING.name
    assert checked.workbook_name == "听证_自查.xlsx"
    assert {finding["rule_id"] for finding in checked.findings} == {rule for rule, _ in planted("hearing")} - {"L049"}
    assert checked.workbook.startswith(b"PK")
    assert list(tmp_path.iterdir()) == []


def test_the_page_says_what_the_command_said(tmp_path: Path) -> None:
    progress = tmp_path / "said.txt"
    running = Running(subprocess.Popen([sys.executable, "-c", ""]), tmp_path / "out.txt", progress)
    refused = InputError(
        Bilingual("甲.csv: 认不出案卡\n乙.csv: 文件是空的", "甲.csv: no known card\n乙.csv: the file is empty"),
        hint=Bilingual("用 --card 指定", "choose with --card"),
    )
    progress.write_text(
        'warning\n{"stage": "judge", "done": 0, "total": 3, "zh": "判断", "en": "judging"}\n'
        '{"stage": "judge", "done": 3, "total": 40, "zh": "判断", "en": "judging"}\n{"a set": of a library}\n["a"]\n'
        + mistake_as_json(refused)
        + '\n{"stage": "jud',
        encoding="utf-8",
    )
    running.process.wait()
    assert running.steps() == (Step(Bilingual("判断", "judging"), 3, 40),)
    for language in ("zh", "en"):
        assert running.mistake().message.in_language(language) == refused.message.in_language(language)
        assert running.mistake().hint.in_language(language) == refused.hint.in_language(language)
    progress.write_text("Traceback (most recent call last):\n  secret of a case\n", encoding="utf-8")
    assert "secret" not in str(running.mistake())


REPORTED = SAMPLE.parent.parent / "shared" / "data" / "reported_files"


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_reported_workbooks_come_back_unfalsified_or_not_at_all(tmp_path: Path) -> None:
    if not REPORTED.is_dir():
        pytest.skip("the reported files are not on this machine")
    export = REPORTED / "33_lower_case_references.xlsx"
    (checked,) = check_cards(CheckOrder((export,), tmp_path / "out", AS_OF, card="hearing"))
    before, after = openpyxl.load_workbook(export).worksheets[0], openpyxl.load_workbook(checked.workbook).worksheets[0]
    assert [[cell.value for cell in row] for row in after] == [[cell.value for cell in row] for row in before]
    assert "V015" in notes(after)["F2"]
    with pytest.raises(InputError, match="压缩结构已损坏"):
        check_cards(CheckOrder((REPORTED / "32_damaged_directory.xlsx",), tmp_path / "none", AS_OF, card="hearing"))
    assert not (tmp_path / "none").exists()


def test_of_several_exports_none_is_written_when_one_cannot_be_marked(tmp_path: Path) -> None:
    good, bad = tmp_path / "甲.xlsx", tmp_path / "乙.xlsx"
    shutil.copyfile(CIVIL, good)
    with zipfile.ZipFile(CIVIL) as before, zipfile.ZipFile(bad, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
    with zipfile.ZipFile(bad) as archive:
        damaged = next(entry for entry in archive.infolist() if entry.filename.endswith("app.xml"))
    content = bytearray(bad.read_bytes())
    content[damaged.header_offset + 30 + len(damaged.filename)] ^= 0xFF
    bad.write_bytes(content)
    with pytest.raises(InputError, match=r"乙.xlsx: .*docProps/app.xml"):
        check_cards(CheckOrder((good, bad), tmp_path / "out", AS_OF))
    assert not (tmp_path / "out").exists()


def test_a_cell_too_long_for_a_workbook_is_checked_whole_and_said(tmp_path: Path) -> None:
    export = tmp_path / "听证.csv"
    export.write_text(
        f"听证编号,听证意见,关联案件部门受案号,承办检察官,听证类型,听证日期\n1,{'长' * 40_000},A-1,甲,,2026-03-02\n",
        "utf-8",
    )
    (checked,) = check_cards(CheckOrder((export,), tmp_path / "out", AS_OF))
    book = openpyxl.load_workbook(checked.workbook)
    assert len(book["导出内容"]["B2"].value) == 32_767
    lines = [[cell.value for cell in row if cell.value] for row in book["自查结果"].iter_rows()]
    (said,) = (place for place, line in enumerate(lines) if line and str(line[0]).startswith("1 个单元格超出"))
    assert lines[said + 1] == ["导出内容!B2"]
