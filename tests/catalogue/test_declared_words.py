"""Words a pack declares: who fills an item, kinds of errors, and what stands for a yes."""

import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from expectations.catalogue.catalogues import load_catalogue
from expectations.errors import CatalogueError
from expectations.fitting.rule_checks import check_catalogue
from expectations.home import Home
from expectations.register.belonging import home_register
from expectations.sql.fingerprints import rule_fingerprint
from expectations.store.tables import Finding
from flows.audit import run_audit
from flows.check.card_check import CheckOrder, check_cards
from flows.orders import AuditOrder

PACK = "pack: {name: parcels, title: {en: Parcels}, version: '1', extends: nothing, %s}"
WORDS = "owners: [port clerk], error_types: [Missing], yes_words: [Y, 'yes']"
DICTIONARY = "dictionaries: [{name: PAID, title: paid, values: [{code: '1', label: Y}, {code: '2', label: N}]}]"
CARD = """
card: parcel
title: {en: Parcel}
key: [parcel_no]
file_words: [parcels]
roles: {case: parcel_no, person: '', name: '', case_name: '', office: '', department: '', prosecutor: ''}
sections:
  - title: {en: All}
    fields:
      - {name: parcel_no, header: Parcel, level: row, filled_by: port clerk}
      - {name: paid, header: Paid, type: yesno, dictionary: PAID, level: row}
      - {name: paid_on, header: Paid on, type: date, level: row, filled_by: port clerk}
"""
RULES = """
theme: completeness
rules:
  - id: PA01
    cards: [parcel]
    level: row
    title: {en: no day of payment}
    message: {en: 'parcel {parcel_no} is paid, the day is not given'}
    how_to_fill: {en: look it up}
    severity: normal
    error_type: Missing
    owner: by_field
    kind: required
    each: {fields: [paid_on]}
    when: yes(paid)
    examples: {accepted: {paid: Y, paid_on: 2026-01-02}, violating: {paid: Y, paid_on: ''}}
"""


def written(folder: Path, words: str = WORDS, **more: str) -> Path:
    folder.mkdir()
    files = {"pack": PACK % words, "dictionaries": DICTIONARY, "card": CARD, "rules": RULES, **more}
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def parcels(folder: Path) -> Path:
    export = folder / "parcels.csv"
    export.write_text("Parcel,Paid,Paid on\nA,Y,\nB,N,\nC,Y,2026-01-02\nD,,\n", encoding="utf-8")
    return export


def test_declared_words_go_all_the_way_to_findings_and_papers(tmp_path: Path) -> None:
    folder, export = written(tmp_path / "pack"), parcels(tmp_path)
    assert check_catalogue(load_catalogue(folder)).problems == ()
    run_audit(AuditOrder(tmp_path / "home", (export,), date(2026, 6, 30), folder, data_docs=False))
    with home_register(Home(tmp_path / "home"), "").reading() as session:
        found = [(f.bmsah, f.error_type, f.owner) for f in session.query(Finding)]
    assert found == [("A", "Missing", "port clerk")]
    day = date(2026, 6, 30)
    check_cards(CheckOrder((export,), tmp_path / "marked.xlsx", day, folder))
    result = openpyxl.load_workbook(tmp_path / "marked.xlsx")["Check result"]
    headings, line = ([cell.value or "" for cell in row] for row in result.iter_rows(min_row=5, max_row=6))
    assert headings == "No.|Place|Severity|Error type|Parcel|Name|Items|Problem|How to fill|Basis|Rule|Filled by".split(
        "|"
    )
    assert line[1:7] == ["row 2", "normal", "Missing", "A", "", "Paid on"]
    assert (line[7], line[-1]) == ("parcel A is paid, the day is not given", "port clerk")
    assert not re.search("[\u4e00-\u9fff]", "".join(str(cell.value) for row in result.iter_rows() for cell in row))
    check_cards(CheckOrder((export,), tmp_path / "marked_zh.xlsx", day, folder, language="zh"))
    assert "自查结果" in openpyxl.load_workbook(tmp_path / "marked_zh.xlsx").sheetnames


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (
            "owners: [port clerk], yes_words: [Y]",
            "rules.yaml:11: PA01: unknown error_type / 未知的 error_type: Missing",
        ),
        (
            "error_types: [Missing], yes_words: [Y]",
            "card parcel: paid_on: unknown filled_by / 未知的 filled_by: port clerk",
        ),
        ("owners: [port clerk], error_types: [Missing]", "yes(paid): no value of PAID is / 字典中没有 是"),
    ],
)
def test_a_word_that_no_pack_declares_is_a_mistake_with_its_cure(tmp_path: Path, words: str, problem: str) -> None:
    found = check_catalogue(load_catalogue(written(tmp_path / "pack", words))).problems
    (line,) = [line for line in found if problem in line]
    assert "pack.yaml" in line


def test_a_name_longer_than_the_register_keeps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"pack\.yaml.*16 characters"):
        load_catalogue(written(tmp_path / "pack", WORDS.replace("port clerk", "clerk of the southern port")))


def test_a_pack_above_knows_the_words_below_and_may_add_its_own(tmp_path: Path) -> None:
    written(tmp_path / "below")
    above = tmp_path / "above"
    above.mkdir()
    (above / "pack.yaml").write_text(
        "pack: {name: city, title: {en: City}, version: '1', extends: ../below, owners: [driver], yes_words: [J]}",
        "utf-8",
    )
    below, catalogue = load_catalogue(tmp_path / "below"), load_catalogue(above)
    assert {"driver", "port clerk", "handler"} <= catalogue.owners
    assert "Missing" in catalogue.error_types
    assert (below.yes_words, catalogue.yes_words) == (("Y", "yes"), ("J",))
    # what is a yes decides what is a finding
    first, second = (rule_fingerprint(made, made.rules["PA01"]) for made in (below, catalogue))
    assert first != second


def test_a_yes_that_yaml_took_for_a_truth_is_to_be_quoted(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="put it in quotes"):
        load_catalogue(written(tmp_path / "pack", WORDS.replace("'yes'", "yes")))
