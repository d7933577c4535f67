"""The command line as its user meets it: real processes, exit codes, one-line errors, files read back."""

import csv
import io
import json
import re
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook
from support.commands import anka
from support.places import SAMPLE

from expectations.catalogue.catalogues import Catalogue
from expectations.run.published import FINDING_COLUMNS


@pytest.mark.long
def test_audit_batch_and_findings_of_the_sample(tmp_path: Path) -> None:
    """One home through the flows, one-shot and without a Prefect server: audit as JSON, then the review workbook."""
    completed = anka("audit", SAMPLE / "exports", "--as-of", "2026-06-30", "--format", "json", home=tmp_path)
    result = json.loads(completed.stdout)
    assert result["status"] == "complete"
    assert not (tmp_path / "register.db-wal").exists()
    assert result["rows_read"] == result["rows_loaded"] + result["rows_rejected"]
    with (SAMPLE / "planted.csv").open(encoding="utf-8") as stream:
        assert result["errors"] + result["hints"] == len(list(csv.DictReader(stream)))
    office = "汉东市示例区人民检察院"
    theirs = [line["department"] for line in result["departments"] if line["office"] == office]
    assert theirs[:3] == ["第一检察部", "第二检察部", "第三检察部"]
    assert result["departments"][-1]["office"] == "单位不明"
    assert sum(line["errors"] for line in result["departments"]) == result["errors"]
    docs = tmp_path / "runs" / result["run_id"] / "data_docs"
    pages = [*docs.rglob("*.html"), *docs.rglob("*.css")]
    assert len(pages) > 20
    assert not [
        page
        for page in pages
        if re.search(r"(src|href|url)[=(]\s*[\"']?(https?:)?//", page.read_text(encoding="utf-8"))
    ]
    workbook = Path(anka("batch", "--period", "2026H1", home=tmp_path).stdout.strip())
    sheets = load_workbook(workbook).sheetnames
    assert sheets[:2] == ["汇总", "第一检察部"]
    assert sheets[-2:] == ["全部问题", "口径说明"]


def test_a_refused_export_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "不是案卡.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    completed = anka("audit", tmp_path / "不是案卡.csv", home=tmp_path / "home", code=2)
    assert "不是案卡.csv" in completed.stderr
    assert len(completed.stderr.strip().splitlines()) <= 3
    assert not (tmp_path / "home" / "published").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit", "/nowhere/at/all.xlsx"], "/nowhere/at/all.xlsx: 文件或目录不存在 / no such file or folder"),
        (["audit", str(SAMPLE), "--as-of", "30.06.2026"], "not a date: 30.06.2026"),
        (["batch", "--period", "2026H3"], "unknown period: 2026H3"),
        (["batch", "--period", "2026H1"], "no run has been published yet"),
        (["findings"], "no run has been published yet"),
        (["findings", "--format", "pdf"], "pdf"),
        (["findings", "-o", "x.doc"], "unknown suffix: x.doc"),
        (["rules", "show", "C0003"], "no rule C0003; 最接近 / nearest: C003"),
        (["rules", "check", "--catalogue", "/nowhere"], "no such catalogue folder"),
        (["audti"], "audti"),
    ],
)
def test_mistakes_are_told_in_a_line_with_exit_code_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    assert message in anka(*arguments, home=tmp_path, code=2).stderr


def test_findings_in_every_format_are_the_same(
    audited_home: Path, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    expected = published.execute(
        "select rule_id, coalesce(bmsah, ''), coalesce(suspect_no, '') from findings where severity = 'serious' order by rowid"
    ).fetchall()
    severity = ("findings", "--severity", "serious")
    as_json = json.loads(anka(*severity, "--format", "json", home=audited_home).stdout)
    as_csv = list(csv.DictReader(io.StringIO(anka(*severity, "--format", "csv", home=audited_home).stdout)))
    anka(*severity, "-o", tmp_path / "found.xlsx", home=audited_home)
    sheet = load_workbook(tmp_path / "found.xlsx").worksheets[0]
    header, *lines = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    as_excel = [dict(zip(header, line, strict=True)) for line in lines]
    assert list(as_csv[0]) == list(as_json[0]) == list(FINDING_COLUMNS)
    assert (header[:2], header[4:6], header[-3:]) == (
        ["核查批次", "规则"],
        ["案卡", "部门受案号"],
        ["导出文件", "工作表", "行"],
    )
    for findings, names in ((as_json, ("rule_id", "case", "person")), (as_csv, ("rule_id", "case", "person"))):
        assert [tuple(finding[name] for name in names) for finding in findings] == expected
    assert [(finding["规则"], finding["部门受案号"], finding["嫌疑人编号"]) for finding in as_excel] == expected
    assert {(finding["file"] != "", finding["sheet_row"] > 1) for finding in as_json} == {(True, True)}
    assert isinstance(as_json[0]["values"], dict)


def test_findings_of_one_department_and_rule(audited_home: Path) -> None:
    completed = anka("findings", "--department", "第一检察部", "--rule", "C024", "--format", "json", home=audited_home)
    findings = json.loads(completed.stdout)
    assert findings
    assert {(finding["department"], finding["rule_id"]) for finding in findings} == {("第一检察部", "C024")}
    assert "没有这个部门" in anka("findings", "--department", "第九检察部", home=audited_home, code=2).stderr


def test_rules_are_listed_and_shown(catalogue: Catalogue, tmp_path: Path) -> None:
    listed = json.loads(anka("rules", "list", "--format", "json", home=tmp_path).stdout)
    assert [rule["id"] for rule in listed] == list(catalogue.rules)
    rule_text = anka("rules", "show", "T005", home=tmp_path).stdout
    assert "审查起诉超过一个月且无延长记录" in rule_text
    assert "deadline_md" in rule_text


def test_sample_is_written_and_can_be_repeated(tmp_path: Path) -> None:
    for name in ("one", "two"):
        anka("sample", "--seed", "3", "--cases", "20", "--out", tmp_path / name, home=tmp_path)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) >= 5
    assert Path("organisation.csv") in files
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_help_names_every_command(tmp_path: Path) -> None:
    text = anka("--help", home=tmp_path).stdout
    for command in ("audit", "batch", "bench", "dashboard", "demo", "findings", "rules", "sample"):
        assert command in text


def messages_of(stderr: str) -> list[dict[str, object]]:
    """Standard error of a command, every line of which is an object."""
    return [json.loads(line) for line in stderr.splitlines()]


def test_progress_is_an_object_a_line(tmp_path: Path) -> None:
    hearing = SAMPLE / "exports" / "听证.csv"
    messages = messages_of(anka("check", hearing, "-o", tmp_path / "out", "--progress", "json", home=tmp_path).stderr)
    assert list(dict.fromkeys(line["stage"] for line in messages)) == [
        "read",
        "type",
        "prepare",
        "judge",
        "collect",
        "publish",
        "mark",
    ]
    assert messages[0] == {"stage": "read", "done": 0, "total": 1, "zh": "读取", "en": "reading"}
    last = {line["stage"]: (line["done"], line["total"]) for line in messages}
    assert all(count == total for count, total in last.values())


def test_a_mistake_travels_as_the_progress_does(tmp_path: Path) -> None:
    for arguments in (
        ["audit", "--no-prefect", "/nowhere/at/all.xlsx"],
        ["check", "/nowhere.csv", "-o", "x"],
        ["batch", "--period", "x"],
    ):
        (mistake,) = messages_of(anka(*arguments, "--progress", "json", home=tmp_path, code=2).stderr)
        assert mistake.keys() == {"error", "hint", "code"}
        assert mistake["code"] == 2
