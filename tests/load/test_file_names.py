"""Files whose names are in another encoding than the machine's: loaded, and named everywhere by what the bytes say."""

import os
import sys
from pathlib import Path

import pytest
from support.commands import anka
from support.loads import ARREST, HEADINGS, cards, csv_text, load, person, warehouse, write_xlsx

from expectations.errors import InputError
from expectations.file_names import path_as_text, shown, text_as_path
from expectations.run.published import open_published

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are no bytes on this machine")

AS_BYTES = ARREST.encode("gb18030")
PAGE = (
    "<table>"
    + "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in (HEADINGS, person(3)))
    + "</table>"
)


def named(folder: Path, name: bytes) -> Path:
    """A path whose name is these bytes."""
    return folder / os.fsdecode(name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("听证.csv".encode(), "听证.csv"),
        ("听证.csv".encode("gb18030"), "听证.csv"),
        (b"\xff\xfe.csv", "\\xff\\xfe.csv"),
        ("听".encode("gb18030") + b"\xff.csv", "\\xcc\\xfd\\xff.csv"),
        (b"a\nb\x1b.csv", "a\\x0ab\\x1b.csv"),
    ],
)
def test_a_name_is_shown_by_what_its_bytes_say(tmp_path: Path, name: bytes, text: str) -> None:
    path = named(tmp_path / "文件夹", name)
    assert shown(path.name) == text
    assert shown(path) == f"{tmp_path}/文件夹/{text}"
    assert text_as_path(path_as_text(path)) == path
    path_as_text(path).encode()


def test_a_folder_of_such_files_is_loaded(tmp_path: Path) -> None:
    folder = named(tmp_path, "导出".encode("gb18030"))
    folder.mkdir()
    named(folder, AS_BYTES + b"1.csv").write_bytes(csv_text(HEADINGS, person(1)).encode("gb18030"))
    write_xlsx(tmp_path / "x.xlsx", 表=[HEADINGS, person(2)]).rename(named(folder, AS_BYTES + b"2.xlsx"))
    named(folder, AS_BYTES + b"3.xls").write_bytes(PAGE.encode("gb18030"))
    named(folder, AS_BYTES + b"4.csv").write_bytes(csv_text(HEADINGS, person(4)).encode())
    named(folder, "说明".encode("gb18030") + b".doc").write_bytes(b"x")
    con = warehouse()
    report = load(con, folder)
    assert cards(con, "arrest", "suspect_no") == [("S1",), ("S2",), ("S3",), ("S4",)]
    assert [sheet.name for sheet in report.sheets] == [f"{ARREST}{n}" for n in ("1.csv", "2.xlsx", "3.xls", "4.csv")]
    assert [sheet.status for sheet in report.sheets] == ["loaded"] * 4
    assert report.skipped == (f"{tmp_path}/导出/说明.doc",)


def test_a_refusal_shows_the_name(tmp_path: Path) -> None:
    path = named(tmp_path, b"\xff" + AS_BYTES + b".csv")
    path.write_bytes(b"")
    with pytest.raises(InputError, match=r"^\\xff") as refused:
        load(warehouse(), path)
    assert "文件是空的" in refused.value.message


def test_the_commands_run_on_them(tmp_path: Path) -> None:
    home, path = tmp_path / "home", named(tmp_path, AS_BYTES + b".csv")
    path.write_bytes(csv_text(HEADINGS, person(1, day="x")).encode("gb18030"))
    anka("audit", "--no-prefect", path, home=home)
    with open_published(max((home / "published").glob("*.duckdb"))) as con:
        assert con.execute("select name, status from files").fetchall() == [(f"{ARREST}.csv", "loaded")]
        assert con.execute("select text from unreadable_cells").fetchall() == [("x",)]
    checked = anka("check", path, "-o", tmp_path / "out", home=home)
    assert f"{ARREST}.csv" in checked.stdout
    assert [file.name for file in (tmp_path / "out").iterdir()] == [f"{ARREST}_自查.xlsx"]
