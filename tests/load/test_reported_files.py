"""Small files made after faults that people report: each kind of trouble with the outcome that its README asks for."""

import datetime
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from support.loads import cards, load, warehouse

from expectations.errors import InputError

FOLDER = Path(os.environ.get("ANKA_REPORTED_FILES", Path(__file__).parents[3] / "shared" / "data" / "reported_files"))
DAY = datetime.date(2025, 6, 18)

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reported files are not on this machine")


def hearings(name: str, *items: str, **options: Any) -> list[tuple[Any, ...]]:
    """The items of the hearings in a file."""
    con = warehouse()
    load(con, FOLDER / name, card="hearing", **options)
    return cards(con, "hearing", *items)


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as refused:
        load(warehouse(), path, card="hearing")
    assert "\n" not in refused.value.message
    return refused.value


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("04_two_sheets_one_spill.xlsx", 5),
        ("07_biff8_codepage1252.xls", 3),
        ("09_spill_in_extra_column.xlsx", 2),
        ("10_dimension_columns_only.xlsx", 3),
        ("12_backslash_entries.xlsx", 3),
        ("14_stray_blank_in_XFD.xlsx", 3),
        ("19_excel_text_formula.csv", 3),
        ("24_ctrl_z_at_end.csv", 2),
        ("26_html_wrapped_source_lines.xls", 2),
        ("35_gbk_with_byte_80.csv", 3),
        ("36_gbk_half_character.csv", 3),
        ("38_pipe_delimited.csv", 3),
        ("40_heading_twice_first_empty.csv", 2),
        ("45_two_sheets_same_name.xlsx", 4),
    ],
)
def test_every_card_is_there_with_its_base_values(name: str, number: int) -> None:
    rows = hearings(name, "hear_kind", "hear_date", "n_hearers", "live")
    assert rows == [("拟不起诉", DAY, 5, "否")] * number


def test_names_in_another_encoding(tmp_path: Path) -> None:
    path = Path(os.fsdecode(bytes(tmp_path) + b"/\xcc\xfd\xd6\xa4.csv"))
    shutil.copyfile(FOLDER / "01_gbk_named.csv", path)
    con = warehouse()
    report = load(con, tmp_path)
    assert report.rows.loaded == 3
    report.sheets[0].name.encode("utf-8")


def test_a_long_number_stays_in_its_column() -> None:
    rows = hearings("02_lead_blank_v_long_number.xlsx", "prosecutor", "hear_kind")
    assert rows == [("77010100000000012345", "拟不起诉")] * 2


def test_nothing_takes_ten_seconds() -> None:
    began = time.process_time()
    hearings("14_stray_blank_in_XFD.xlsx", "hear_kind")
    assert time.process_time() - began < 10


def test_an_instant_is_no_day() -> None:
    assert hearings("15_utc_z_dates.csv", "hear_date") == [(DAY,)] * 4


def test_invisible_characters_are_not_there() -> None:
    assert (
        hearings("17_invisible_characters_in_values.csv", "hear_date", "hear_kind", "n_hearers", "adopted")
        == [(DAY, "拟不起诉", 5, "是")] * 2
    )


def test_footers_are_no_cards() -> None:
    con = warehouse()
    report = load(con, FOLDER / "21_footers_measure.csv", card="measure")
    assert (report.rows.loaded, report.rows.rejected) == (6, 4)
    reasons = con.execute("select reason_en from load.rejected_rows").fetchall()
    assert len(reasons) == 4
    assert all(reason for (reason,) in reasons)


def test_dates_as_people_write_them() -> None:
    rows = hearings("25_date_forms.csv", "hear_date", "n_hearers")
    assert [day for day, _ in rows[:4]] == [DAY] * 4
    assert rows[5][0] == DAY
    assert {day for day, _ in rows} <= {DAY, None}
    assert rows[0][1] == 5


def test_white_space_of_a_page_is_collapsed() -> None:
    assert hearings("26_html_wrapped_source_lines.xls", "host_post")[0] == ("部门 负责人",)


def test_cells_merged_downwards_are_filled() -> None:
    numbers = {number for (number,) in hearings("29_merged_downwards.xlsx", "rel_bmsah")}
    assert numbers == {"汉东检刑诉受[2025]770101000001号"}


def test_formulas_without_a_value_are_said() -> None:
    con = warehouse()
    report = load(con, FOLDER / "30_formulas_without_values.xlsx", card="hearing")
    assert cards(con, "hearing", "hear_date__raw", "n_hearers__raw")[0] == ("=DATE(2025,6,18)", "=2+3")
    assert report.sheets[0].unreadable == {"hear_date": (1, ("=DATE(2025,6,18)",)), "n_hearers": (1, ("=2+3",))}


def test_a_password_is_named() -> None:
    assert "password-protected" in refusal(FOLDER / "31_password_biff8.xls").message.en


def test_a_damaged_directory_is_named() -> None:
    assert "damaged" in refusal(FOLDER / "32_damaged_directory.xlsx").message.en


def test_an_encrypted_file_is_named() -> None:
    refused = refusal(FOLDER / "39_encrypted_by_security_software.xlsx")
    assert "security software" in refused.message.en + refused.hint


def test_a_hidden_sheet_is_named() -> None:
    report = load(warehouse(), FOLDER / "43_cards_on_hidden_sheet.xlsx", card="hearing")
    assert [(sheet.sheet, sheet.status) for sheet in report.sheets] == [("上半年", "loaded"), ("下半年", "ignored")]
