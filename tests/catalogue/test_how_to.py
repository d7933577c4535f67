"""docs/how-to-add-a-rule.md, followed step by step: its files are written, its commands run, in their order."""

import csv
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to-add-a-rule.md"
STEP = re.compile(r"(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.long
def test_the_steps_lead_where_the_page_says(tmp_path: Path, audited_home: Path) -> None:
    printed: dict[str, str] = {}
    for name, language, text in STEP.findall(PAGE.read_text(encoding="utf-8")):
        if name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        elif language == "bash":
            for line in text.splitlines():
                printed[line] = run(line, tmp_path, audited_home)
    findings = next(text for line, text in printed.items() if line.startswith("anka findings"))
    rows = [
        (row["rule_id"], row["case"], row["prosecutor"], row["message"])
        for row in csv.DictReader(io.StringIO(findings))
    ]
    assert sorted(rows) == [
        ("ZJ002", "A-2", "王示例", "2026-03-02申请会见，2026-03-06才安排。"),
        ("ZJ003", "A-3", "李示例", "2026-03-04的会见登记了两次。"),
        ("ZJ003", "A-3", "李示例", "2026-03-04的会见登记了两次。"),
    ]
    checks = [text for line, text in printed.items() if line.startswith("anka rules check")]
    assert all("0 个问题" in text for text in checks)
    diffs = [text for line, text in printed.items() if line.startswith("anka rules diff")]
    assert diffs[0].startswith("0 处差别")
    assert "新增 added rule ZJ002" in diffs[1]
    tried = next(text for line, text in printed.items() if line.startswith("anka rules try"))
    assert "问题 / findings" in tried


def run(line: str, folder: Path, home: Path) -> str:
    """Runs a documented command; anything but success fails."""
    completed = subprocess.run(
        [sys.executable, "-m", "flows.cli.main", *shlex.split(line)[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"ANKA_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"},
    )
    assert completed.returncode == 0, f"{line}\n{completed.stdout}{completed.stderr}"
    return completed.stdout
