"""Texts with a few bytes that fit no encoding: the cell is unreadable and named, every other cell is as it was written."""

from pathlib import Path

import pytest
from support.loads import ARREST, HEADINGS, cards, csv_text, load, person, warehouse

from expectations.errors import InputError
from flows.load import report_as_text
from flows.load.sources.text_encoding import text_encoding

MARK = "\ufffd"
ROWS = [person(number, name="夏澄一") for number in range(1, 31)]
TEXT = csv_text(HEADINGS, *ROWS)


def damaged(text: str, encoding: str, delimiter: str = ",") -> bytes:
    """The text with half a character before the delimiter behind the third name."""
    content = text.replace(",", delimiter).encode(encoding)
    third_name = f"S3{delimiter}夏澄一".encode(encoding.removesuffix("-sig"))
    before, third, behind = content.partition(third_name)
    return before + third[:-1] + behind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_half_a_character_costs_its_cell_and_no_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes(damaged(TEXT, encoding, delimiter))
    con = warehouse()
    report = load(con, path)
    if (encoding, delimiter) == ("gb18030", "，"):  # of two bytes: no place in the line is certain
        assert cards(con, "arrest", "name", "sex", "age_at_crime") == [("夏澄一", "男", 20)] * 29
        assert report.rows.malformed == 1
        return
    expected = [("夏澄一", "男", 20)] * 30
    expected[2] = (f"夏澄{MARK}", "男", 20)
    assert cards(con, "arrest", "name", "sex", "age_at_crime") == expected
    assert cards(con, "arrest", "_unreadable")[2] == (["name"],)
    assert con.execute("select sheet_row, field, text from load.unreadable_cells").fetchall() == [
        (4, "name", f"夏澄{MARK}")
    ]
    assert report.sheets[0].damaged == (1, ((4, "name"),))
    assert "1 格，如 第 4 行“name”" in report_as_text(report, {})


def test_a_row_whose_cells_can_not_be_told_is_not_loaded(tmp_path: Path) -> None:
    """Half a character has taken the delimiter behind it, and the row is shorter for another reason as well."""
    path = tmp_path / f"{ARREST}.csv"
    short = csv_text(HEADINGS, *ROWS[:2], ROWS[2][:4], *ROWS[3:])
    path.write_bytes(damaged(short, "gb18030", "|"))
    con = warehouse()
    report = load(con, path)
    assert len(cards(con, "arrest", "name")) == 29
    assert report.rows.malformed == 1


@pytest.mark.parametrize("bad", [b"\xff", b"\xe5\xa4", b"\xed\xa0\x80", b"\xc0\xaf"])
@pytest.mark.parametrize("place", ["男", "20\n"])
def test_utf8_with_bad_bytes_stays_utf8(tmp_path: Path, bad: bytes, place: str) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes(TEXT.encode().replace(place.encode(), bad + place.encode(), 2))
    con = warehouse()
    report = load(con, path)
    assert text_encoding(path).name == "utf-8"
    assert cards(con, "arrest", "name") == [("夏澄一",)] * 30
    item = "sex" if place == "男" else "age_at_crime"
    assert report.sheets[0].damaged == (2, ((2, item), (3, item)))
    assert cards(con, "arrest", item)[2:] == ([("男",)] if item == "sex" else [(20,)]) * 28


def test_a_number_with_a_damaged_character_is_no_number(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes(
        TEXT.encode("gb18030").replace(b",20\n", b",2\x810\n", 1).replace(b"2026-03-02", b"2026-03-0\x812", 1)
    )
    con = warehouse()
    load(con, path)
    assert cards(con, "arrest", "accept_date", "age_at_crime", "_unreadable")[0] == (
        None,
        None,
        ["accept_date", "age_at_crime"],
    )


def test_the_euro_sign_of_code_page_936_is_a_sign(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes(TEXT.encode("gb18030").replace("夏澄一".encode("gb18030"), "夏澄".encode("gb18030") + b"\x80", 1))
    con = warehouse()
    report = load(con, path)
    assert cards(con, "arrest", "name")[0] == ("夏澄€",)
    assert report.sheets[0].damaged == (0, ())


def test_marks_of_damage_from_another_program_are_named(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_text(TEXT.replace("夏澄一", f"夏{MARK}一", 1), encoding="utf-8")
    report = load(warehouse(), path)
    assert report.sheets[0].damaged == (1, ((2, "name"),))


def test_a_latin_letter_is_not_taken_for_half_a_chinese_character(tmp_path: Path) -> None:
    """`é` of Latin-1 and the letter behind it are one valid character of GB18030."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\nRen\xe9e,1\n")
    assert text_encoding(path).name == "utf-8"


@pytest.mark.parametrize(
    ("first", "second"), [("utf-8", "gb18030"), ("gb18030", "utf-8")], ids=["UTF-8 first", "GB18030 first"]
)
def test_two_files_of_two_encodings_in_one_are_refused_with_the_row(tmp_path: Path, first: str, second: str) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes(TEXT.encode(first) + csv_text(*ROWS).encode(second))
    with pytest.raises(InputError, match=r"编码无法识别.*第 \d+ 行") as refused:
        load(warehouse(), path)
    assert "\n" not in refused.value.message


def test_a_page_with_a_bad_byte_and_a_lying_meta(tmp_path: Path) -> None:
    cells = "".join(f"<td>{text}</td>" for text in HEADINGS)
    rows = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in ROWS)
    page = f"<html><meta charset=gb2312><table><tr>{cells}</tr>{rows}</table></html>".encode()
    path = tmp_path / f"{ARREST}.xls"
    path.write_bytes(page.replace("男".encode(), "男".encode()[:2], 1))
    con = warehouse()
    report = load(con, path)
    assert cards(con, "arrest", "name", "sex")[:2] == [("夏澄一", MARK), ("夏澄一", "男")]
    assert report.sheets[0].damaged == (1, ((2, "sex"),))
