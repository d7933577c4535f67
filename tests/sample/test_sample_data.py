"""The sample generator: its files, counts and shapes. What it plants is judged in `test_sample_plants`."""

import codecs
import csv
import hashlib
import itertools
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from support.contract.spec_exports import read_exports

from expectations.catalogue.catalogues import Catalogue
from expectations.errors import InputError
from sample_data import COMMITTED, SampleSummary, generate
from sample_data.people import id_check_digit, uscc_check_sign

AS_OF = date(2026, 6, 30)
COMMITTED_FOLDER = Path(__file__).resolve().parents[2] / "sample_data"
MAIN = ("arrest", "prosecution", "measure")
Year = tuple[dict[str, list[dict[str, str]]], set[str]]
TRUTHS = ("planted.csv", "near_misses.csv")


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def digests(folder: Path) -> dict[str, str]:
    files = [*(folder / "exports").iterdir(), *(folder / name for name in TRUTHS)]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleSummary]:
    out = tmp_path_factory.mktemp("small")
    return out, generate(3, 420, AS_OF, out)


def test_the_committed_sample_is_small_and_regenerates_byte_for_byte(tmp_path: Path) -> None:
    generate(COMMITTED.seed, COMMITTED.cases, COMMITTED.as_of, tmp_path)
    assert digests(tmp_path) == digests(COMMITTED_FOLDER)
    committed_files = [*(COMMITTED_FOLDER / "exports").iterdir(), *(COMMITTED_FOLDER / name for name in TRUTHS)]
    assert sum(path.stat().st_size for path in committed_files) < 3_000_000


def test_another_seed_gives_another_sample(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(seed, 20, AS_OF, tmp_path / str(seed))
    first, second = digests(tmp_path / "1"), digests(tmp_path / "2")
    assert first.keys() == second.keys()
    always_filled = ("审查逮捕", "一审公诉", "强制措施", "控告申诉")
    assert all(first[name] != second[name] for name in first if name.startswith(always_filled))


def test_the_summary_counts_what_is_in_the_files(small: tuple[Path, SampleSummary]) -> None:
    _, summary = small
    tables = read_exports(summary.exports)
    assert {card: len(rows) for card, rows in tables.items()} == summary.rows
    assert (summary.arrest_suspects, summary.measures) == (len(tables["arrest"]), len(tables["measure"]))
    assert summary.prosecution_suspects == len(tables["prosecution"])
    assert summary.prosecution_cases == 420
    planted = lines_of(summary.truth)
    assert summary.planted_findings == len(planted)
    assert summary.planted_rules == len({line["rule_id"] for line in planted})
    assert lines_of(summary.near_misses)


def test_the_year_has_every_card_in_proportion(small: tuple[Path, SampleSummary], catalogue: Catalogue) -> None:
    rows = small[1].rows
    assert rows.keys() == catalogue.cards.keys()
    assert all(5 < rows[card] < rows["prosecution"] / 4 for card in rows if card not in MAIN)


def test_each_export_is_named_after_its_card_and_no_other(
    small: tuple[Path, SampleSummary], catalogue: Catalogue
) -> None:
    cards = [
        {c.name for c in catalogue.cards.values() if any(w in path.name for w in c.file_words)}
        for path in small[1].exports
    ]
    assert all(len(cards_of_file) == 1 for cards_of_file in cards)
    assert set().union(*cards) == catalogue.cards.keys()


def test_a_year_of_the_district_has_the_expected_size(small: tuple[Path, SampleSummary]) -> None:
    _, summary = small
    assert 1.1 < summary.prosecution_suspects / summary.prosecution_cases < 1.5
    assert 0.55 < summary.arrest_cases / summary.prosecution_cases < 0.8


def test_suspects_keep_their_number_from_arrest_to_prosecution(small: tuple[Path, SampleSummary]) -> None:
    tables = read_exports(small[1].exports)
    arrested = {row.get("suspect_no") for row in tables["arrest"]}
    charged = {row.get("suspect_no") for row in tables["prosecution"]}
    measured = [(row["suspect_no"], int(row["measure_no"])) for row in tables["measure"]]
    assert len(arrested & charged) > 100
    assert {number for number, _ in measured} <= arrested | charged | measured_without_row(tables)
    for _, numbers in itertools.groupby(measured, key=lambda m: m[0]):
        ordered = [number for _, number in numbers]
        assert ordered == list(range(1, len(ordered) + 1))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The rows of a sample with room for plain cases, and the case numbers that plants touched."""
    summary = generate(4, 900, AS_OF, tmp_path_factory.mktemp("year"))
    touched = [*lines_of(summary.truth), *lines_of(summary.near_misses)]
    return read_exports(summary.exports), {line["bmsah"] for line in touched}


@pytest.mark.parametrize(
    ("card", "link"),
    [
        ("hearing", "rel_bmsah"),
        ("suggestion", "rel_bmsah"),
        ("admin", "rel_bmsah"),
        ("pil", "rel_bmsah"),
        ("petition", "orig_bmsah"),
        ("second_instance", "orig_bmsah"),
        ("extension", "bmsah"),
        ("juvenile", "bmsah"),
    ],
)
def test_linked_cards_name_cases_that_exist(year: Year, card: str, link: str) -> None:
    tables, spoiled = year
    case_numbers = {row.get("bmsah") for other_card in tables if other_card != card for row in tables[other_card]}
    linked = {row[link] for row in tables[card] if link in row}
    assert linked - spoiled <= case_numbers
    assert linked & case_numbers


def measured_without_row(tables: dict[str, list[dict[str, str]]]) -> set[str]:
    """Numbers a planted blank removed from their own row."""
    blank = sum("suspect_no" not in row for card in ("arrest", "prosecution") for row in tables[card])
    suspect_numbers = {row.get("suspect_no") for card in ("arrest", "prosecution") for row in tables[card]}
    lost = {row["suspect_no"] for row in tables["measure"]} - suspect_numbers
    assert len(lost) <= blank
    return lost


def test_nobody_in_the_sample_can_be_a_real_person(small: tuple[Path, SampleSummary]) -> None:
    tables = read_exports(small[1].exports)
    regions = {row["id_no"][:2] for card in ("arrest", "prosecution") for row in tables[card] if row.get("id_no")}
    assert regions <= {"77", "97"}
    codes = {row.get("unit_code") for card in ("arrest", "prosecution") for row in tables[card]}
    assert codes <= {"770101", "770102", None}


def test_exports_have_the_shape_of_real_ones(small: tuple[Path, SampleSummary]) -> None:
    arrest, prosecution, table, register, *further_exports = small[1].exports
    sheet = openpyxl.load_workbook(prosecution).worksheets[0]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0][0] == "一审公诉案件反查结果"
    assert sheet.merged_cells.ranges
    assert lines[2][:2] == ["序号", "部门受案号"]
    assert "全案_移送单位" in lines[2]
    assert str(lines[-1][0]).startswith("合计")
    assert all(isinstance(cell, str) for cell in lines[3] if cell is not None)
    assert table.read_text(encoding="utf-8").startswith("<html>")
    assert table.suffix == ".xls"
    assert register.read_bytes().decode("gb18030").startswith("部门受案号,")
    assert arrest.name.startswith("审查逮捕案件010101表")
    codings = {path.read_bytes().startswith(codecs.BOM_UTF8) for path in further_exports if path.suffix == ".csv"}
    assert codings == {True, False}, "registers in both codings"


@pytest.mark.parametrize("cases", [1, 7])
def test_a_tiny_sample_is_possible(tmp_path: Path, cases: int) -> None:
    assert generate(1, cases, AS_OF, tmp_path).prosecution_cases == cases


@pytest.mark.parametrize("cases", [0, 1_000_000])
def test_an_impossible_size_is_refused(tmp_path: Path, cases: int) -> None:
    with pytest.raises(InputError, match=str(cases)):
        generate(1, cases, AS_OF, tmp_path)


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    generate(1, 150, AS_OF, tmp_path, lambda stage, count, total: steps.append((stage.code, count, total)))
    assert steps[0][1] == 0
    assert steps[-1][1] == steps[-1][2] >= 150


@pytest.mark.parametrize(("first17", "digit"), [("11010519491231002", "X"), ("77010119900307001", "4")])
def test_identity_numbers_get_the_standard_check_digit(first17: str, digit: str) -> None:
    assert id_check_digit(first17) == digit


def test_credit_codes_get_the_standard_check_sign() -> None:
    assert uscc_check_sign("91350100M000100Y4") == "3"
