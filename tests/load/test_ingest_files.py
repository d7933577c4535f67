"""Third-party files that break readers: each is loaded or refused in one line, within ten seconds and a gigabyte."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.commands import anka
from support.loads import load, warehouse

from expectations.errors import AnkaError, InputError

FOLDER = Path(os.environ.get("ANKA_INGEST_FILES", Path(__file__).parents[3] / "shared" / "data" / "ingest_files"))
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file()) if FOLDER.is_dir() else []

HOSTILE = {"OOM_alloc.xls", "issue_174.xlsx", "large_strings.xlsx", "corrupted_error.xls", "pass_protected.xlsx"}


NO_CARD = "no known card: no row holds three known headings"
NOTHING = "no visible sheet with content"
NO_ENCODING = "unknown text encoding, or several in one file (from row {})"

OUTCOMES = {
    NO_CARD: """
        OOM_alloc.xls any_sheets.xlsx column_row_ranges.xlsx date.xls date.xlsx date_1904.xls date_1904.xlsx empty-string.xls
        encoded_entities.xlsx errors.xlsx gh548_incorrect_sst_unique_count.xls has_x000D_.xlsx header-row.xlsx hyperlinks.xlsx
        issue_174.xlsx malformed_format.xls merge_cells.xls merge_cells.xlsx merge_cells.ods merged_range.xls rph.xlsx
        strict_iso_paths.xlsx temperature-in-middle.xlsx xls_wrong_decimals.xls issue-811_latin1_semicolon_it.csv bad.csv
        configurable_flow.xlsx extra_comma.csv no_headers.csv big5.txt example-utf16be-bom.tsv example-utf16le-bom.tsv 1904_1900.xlsx
        1904_1904.xls 1904_1904.xlsx AutoFilter.xlsx biff5_merge_cells.xls comments_stress_test.xlsx large_strings.xlsx mixed_sheets.xlsx
        named_ranges_2011.xlsx number_format.xlsm phonetic_text.xlsx rich_text_stress.xlsx smart_tags_2007.xlsx sushi.xlsx
        text_and_numbers.xlsx wps_fn.et wps_fn.xls wps_fn.xlsx xlsx-stream-d-date-cell.xls xlsx-stream-d-date-cell.xlsx Formate.xls
        corrupted_error.xls invalid_formula.xls issue20.xls ragged.xls xf_class.xls""",
    NOTHING: "misc_biff5_parsing.xls custom_properties.xlsx sample.xlsx",
    "the workbook is password-protected": "pass_protected.xlsx",
    "a workbook of Excel 4 or older": "biff4_no_format_no_window2.xls",
    "a text without columns": "euc-jp.txt",
    NO_ENCODING.format(2): "example-latin1.tsv",
    NO_ENCODING.format(1): "shift_jis.txt",
}
"""Why each file is refused; none of them has headings of a card, so that none is loaded."""

REASONS = {name: reason for reason, names in OUTCOMES.items() for name in names.split()}


@pytest.mark.skipif(not FILES, reason="the third-party files are not on this machine")
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_file_is_refused_in_a_line_that_says_why_and_what_to_do(path: Path) -> None:
    for card in (None, "arrest") if path.name in HOSTILE else (None,):
        started = time.monotonic()
        with pytest.raises(InputError) as refused:
            load(warehouse(), path, card=card)
        reason = REASONS[path.name]
        if card and reason == NO_CARD:
            reason = f"no header row of card {card}: best row has "
        assert refused.value.message.en.startswith(f"{path.name}: {reason}")
        assert "\n" not in refused.value.message
        assert refused.value.hint
        assert time.monotonic() - started < 10


@pytest.mark.skipif(not FILES, reason="the third-party files are not on this machine")
def test_the_command_line_says_the_same(tmp_path: Path) -> None:
    named = {path.name: path for path in FILES}
    several = [
        "wps_fn.xls",
        "pass_protected.xlsx",
        "shift_jis.txt",
        "merge_cells.ods",
        "sample.xlsx",
        "biff4_no_format_no_window2.xls",
    ]
    completed = anka("load", *(named[name] for name in several), home=tmp_path, code=2)
    lines = (completed.stdout + completed.stderr).splitlines()
    for name in several:
        (line,) = (line for line in lines if f"{name}: " in line)
        assert REASONS[name] in line


@pytest.mark.skipif(not FILES, reason="the third-party files are not on this machine")
def test_reading_a_hostile_file_stays_below_a_gigabyte() -> None:
    """Read from a process of its own: what the children of this one needed for other tests is not the file's fault."""
    pytest.importorskip("resource")
    script = (
        "import resource, sys; from pathlib import Path; from support.loads import load, warehouse; from expectations.errors import AnkaError\n"
        "for path in map(Path, sys.argv[1:]):\n"
        "    try: load(warehouse(), path)\n"
        "    except AnkaError: print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    hostile = [str(path) for path in FILES if path.name in HOSTILE]
    completed = subprocess.run(
        [sys.executable, "-c", script, *hostile],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    kilobytes = [int(line) for line in completed.stdout.split()]
    assert len(kilobytes) == len(hostile)
    assert 0 < max(kilobytes) < 2**20


@pytest.mark.skipif(not FILES, reason="the third-party files are not on this machine")
def test_a_password_is_named() -> None:
    (protected,) = (path for path in FILES if path.name == "pass_protected.xlsx")
    with pytest.raises(AnkaError, match="密码"):
        load(warehouse(), protected)
