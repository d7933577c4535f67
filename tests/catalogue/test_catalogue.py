"""The bundled catalogue is the contract in another form, and a catalogue with mistakes says all of them at once."""

import json
import re
from pathlib import Path

import pytest
from support.contract.spec_exports import FILE_WORDS, SPEC, records
from support.places import ROOT

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.catalogue.json_schema import FOLDER, schemas
from expectations.errors import CatalogueError
from expectations.fitting.rule_checks import fit_problems
from expectations.sql.language import parse_condition

EARLIER = (
    "count_rows(prosecution, r.suspect_no = t.suspect_no and r.bmsah <> t.bmsah and (r.accept_date < t.accept_date "
    "or (r.accept_date = t.accept_date and r.bmsah < t.bmsah)))"
)
EQUIVALENT = {
    "C015": ("", "not (no(recovery_flag))"),
    "L034": ("", "not (p_result = '批准逮捕')"),
    "T033": (
        "",
        (
            ":today <= case when yes(urgent) then deadline(sugg_served, 15, 'day', false) "
            "else deadline(sugg_served, 2, 'month', false) end"
        ),
    ),
    "T034": (
        "",
        (
            ":today <= case when yes(urgent) then deadline_md(sugg_served, 1, 15, false) "
            "else deadline_md(sugg_served, 3, 0, false) end"
        ),
    ),
    "T035": ("", ":today <= coalesce(reply_due, deadline(served_date, 2, 'month', false))"),
    "X014": ("true", f"{EARLIER} = 0 or yes(from_other_unit)"),
}
"""Conditions (applies when, must hold) the kind writes the other way round; blank where they are the contract's."""
OTHER_NOTES = {"V004"}
"""Rules that say otherwise than the contract of a case: a number that a spreadsheet spoiled is a matter of the file now."""
ITSELF = re.compile(r"(count_rows\([^,]+, )\((.*)\) and r\._row <> t\._row", re.DOTALL)
"""The kind looks for another row than the judged one, and counts none where an item is blank; the contract's conditions say so item
by item."""


def same(condition: str, contract_condition: str) -> bool:
    return parse_condition(condition.replace("$", "_")) == parse_condition(contract_condition.replace("$", "_"))


ELSEWHERE = ROOT.parent / "shared" / "spec"
"""Where the specification itself may lie, beside the checkout."""


@pytest.mark.skipif(not ELSEWHERE.is_dir(), reason="the specification is not beside this checkout")
def test_the_tables_beside_the_tests_are_those_of_the_specification() -> None:
    for table in SPEC.iterdir():
        assert table.read_bytes() == (ELSEWHERE / table.name).read_bytes(), table.name


def test_every_rule_of_releases_one_and_two_is_there_and_says_what_the_contract_says(catalogue: Catalogue) -> None:
    contract_rules = {row["id"]: row for row in records("rules.csv") if row["release"] in ("1", "2")}
    assert catalogue.rules.keys() == contract_rules.keys()
    assert len(contract_rules) == 195 + 46
    for rule_id, row in contract_rules.items():
        rule = catalogue.rules[rule_id]
        assert "|".join(rule.cards) == row["card"], rule_id
        assert (rule.level, rule.kind, rule.severity) == (row["level"], row["kind"], row["severity"]), rule_id
        assert (rule.error_type, rule.owner, rule.basis) == (row["error_type"], row["owner"], row["basis"]), rule_id
        assert rule.provenance == row["provenance"], rule_id
        assert rule.practice == (row["practice"] == "y"), rule_id
        assert {None: "", True: "y", False: "n"}[rule.law_read] == row["law_read"], rule_id
        message = rule.message.zh.replace("{suggestion}", "")
        assert (rule.title.zh, message) == (row["title_zh"], row["message_zh"]), rule_id
        assert (rule.note == row["note"]) is (rule_id not in OTHER_NOTES), rule_id
        assert rule.title.en == row["title_en"], rule_id
        card = row["card"] if rule.kind == "duplicate" and "|" not in row["card"] else "$card"
        applies, holds = EQUIVALENT.get(rule_id, ("", ""))
        assert same(rule.applies_when, applies or row["applies_when"]), rule_id
        must_hold = ITSELF.sub(r"\1\2", rule.must_hold.replace("$card", card))
        at_most_one = rule.kind == "duplicate" and ") <= 1" in must_hold
        contract_holds = (
            (holds or row["must_hold"]).replace(") = 1", ") <= 1") if at_most_one else holds or row["must_hold"]
        )
        assert same(must_hold, contract_holds), rule_id
        each = [*(f"@{kind}" for kind in rule.each.types), *rule.each.fields] if rule.each else []
        fields = f"each:{'|'.join(each)}" if each else "|".join(rule.fields)
        assert (fields, "|".join(rule.needs), str(rule.release)) == (row["fields"], row["needs"], row["release"]), (
            rule_id
        )
        assert ";".join(f"{name}={value}" for name, value in rule.params.items()) == row["params"], rule_id
        assert rule.examples.accepted == json.loads(row["example_ok"]), rule_id
        assert rule.examples.violating == json.loads(row["example_bad"]), rule_id


def test_what_the_catalogue_says_of_coverage_is_what_the_contract_asks(catalogue: Catalogue) -> None:
    titles_by_release: dict[int, dict[str, str]] = {}
    for row in records("rules.csv"):
        titles_by_release.setdefault(int(row["release"]), {})[row["id"]] = row["title_zh"]
    assert {number: release.rules for number, release in catalogue.releases.items()} == titles_by_release


def test_fields_are_those_of_the_contract(catalogue: Catalogue) -> None:
    contract_cards = {row["card"] for row in records("fields.csv")}
    assert catalogue.cards.keys() == contract_cards - {"document", "entry_log", "report", "finding", "notice"}
    for name in catalogue.cards:
        contract_fields = [row for row in records("fields.csv") if row["card"] == name]
        fields = catalogue.cards[name].fields
        assert [field.name for field in fields] == [row["name"] for row in contract_fields]
        for field, row in zip(fields, contract_fields, strict=True):
            assert field.header == row["header"]
            assert "|".join(field.aliases) == row["aliases"]
            assert (field.type, field.dictionary, field.required) == (row["type"], row["dictionary"], row["required"])
            assert (field.level, field.filled_by, field.unit) == (row["level"], row["filled_by"], row["unit"])
            assert field.blank_means_no == (row["blank_means_no"] == "y")
            assert field.label_en == row["label_en"]


def test_files_are_named_as_the_contract_says(catalogue: Catalogue) -> None:
    assert {card.name: card.file_words for card in catalogue.cards.values()} == FILE_WORDS


def aliases_of(note: str) -> tuple[str, ...]:
    """The other spellings a note begins with."""
    return tuple(note.removeprefix("alias:").split(";")[0].split("|")) if note.startswith("alias:") else ()


def test_dictionaries_groups_and_calendar_are_those_of_the_contract(catalogue: Catalogue) -> None:
    for name, dictionary in catalogue.dictionaries.items():
        contract_values = [row for row in records("dictionaries.csv") if row["dictionary"] == name]
        assert [(value.code, value.label, value.group) for value in dictionary.values] == [
            (row["code"], row["label"], row["group"]) for row in contract_values
        ]
        assert [(str(value.valid_from or ""), str(value.valid_to or "")) for value in dictionary.values] == [
            (row["valid_from"], row["valid_to"]) for row in contract_values
        ]
        assert [value.aliases for value in dictionary.values] == [aliases_of(row["note"]) for row in contract_values]
    groups: dict[str, set[str]] = {}
    for row in records("charge_groups.csv"):
        groups.setdefault(row["group"], set()).add(row["charge"])
    assert {name: set(members) for name, members in catalogue.charge_groups.items()} == groups
    days = {str(day): "0" for year in catalogue.calendar for day in year.days_off}
    days |= {str(day): "1" for year in catalogue.calendar for day in year.make_up_days}
    assert days == {row["date"]: row["is_workday"] for row in records("calendar.csv")}


def test_every_rule_has_texts_in_both_languages(catalogue: Catalogue) -> None:
    for rule in catalogue.rules.values():
        for text in (rule.title, rule.message, rule.why, rule.how_to_fill):
            assert text.zh, rule.id
            assert text.en, rule.id


def test_schemas_beside_the_catalogue_are_up_to_date() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")} == schemas()


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


RULE = """
theme: consistency
rules:
  - id: Z001
    kind: implies
    cards: [arrest]
    title: {zh: 测试, en: test}
    message: {zh: '{name}有误。', en: '{name} is wrong.'}
    how_to_fill: {zh: 更正。, en: Correct it.}
    severity: normal
    error_type: 错填
    owner: intake
    when: not blank(sex)
    then: sex = '男'
    fields: [sex]
    examples:
      accepted: {sex: 男}
      violating: {sex: 女}
"""


def test_a_folder_adds_a_rule_and_replaces_another(tmp_path: Path, catalogue: Catalogue) -> None:
    write(tmp_path, "added.yaml", RULE)
    write(tmp_path, "replaced.yaml", RULE.replace("Z001", "C002"))
    laid = load_catalogue(tmp_path)
    assert laid.rules.keys() == catalogue.rules.keys() | {"Z001"}
    assert laid.rules["C002"].must_hold == "sex = '男'"
    assert laid.fingerprint != catalogue.fingerprint
    assert not list(fit_problems(laid))


def test_all_mistakes_are_reported_with_file_line_and_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, "one.yaml", RULE.replace("    then:", "    thenn:"))
    write(tmp_path, "two.yaml", RULE.replace("kind: implies", "kind: implis"))
    write(tmp_path, "three.yaml", "rules: [\n")
    write(tmp_path, "four.yaml", "cord: x\n")
    write(tmp_path, "five.yaml", RULE.replace("severity: normal", "severity: bad"))
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(tmp_path)
    text = "\n".join(refused.value.problems)
    assert "one.yaml:14: Z001 thenn: unknown key" in text
    assert "最接近 / nearest: then" in text
    assert "two.yaml:5: Z001: unknown kind / 未知的规则类型 implis" in text
    assert "three.yaml:2: not YAML" in text
    assert "four.yaml:1: no known top-level key" in text
    assert "最接近 / nearest: card" in text
    assert "five.yaml:10: Z001 severity" in text


def test_a_rule_declared_twice_in_a_folder_is_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, "one.yaml", RULE)
    write(tmp_path, "two.yaml", RULE)
    with pytest.raises(CatalogueError, match=r"two\.yaml:4: rule Z001 is declared already in .* one\.yaml"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("then: sex = '男'", "then: sexx = '男'", "unknown column / 未知的案卡项: sexx; 最接近 / nearest: sex"),
        ("then: sex = '男'", "then: sex in (select 1)", "is not allowed in a condition"),
        ("then: sex = '男'", "then: read_csv('/etc/passwd')", "unknown function / 未知的函数: read_csv"),
        ("then: sex = '男'", "then: age_at_crime > :limit", "unknown parameter / 未知的参数 :limit"),
        ("then: sex = '男'", "then: 'sex = '", "not an expression"),
        ("then: sex = '男'", "then: opt(coalesce(sex, name)) = '男'", "opt takes one item of the judged row"),
        ("then: sex = '男'", "then: opt(sexx) = '男'", "unknown column / 未知的案卡项: sexx; 最接近 / nearest: sex"),
        (
            "then: sex = '男'",
            "then: count_rows(arrest, r.bmsah = t.bmsah and opt(r.sex) = '男') > 0",
            "opt takes one item of the judged row",
        ),
        ("cards: [arrest]", "cards: [arest]", "unknown card / 未知的案卡 arest; 最接近 / nearest: arrest"),
        ("fields: [sex]", "fields: [sexx]", "has no field / 案卡没有此项 sexx; 最接近 / nearest: sex"),
        ("zh: '{name}有误。'", "zh: '{nam}有误。'", "unknown placeholder / 未知的占位符 {nam}; 最接近 / nearest: name"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, problem: str) -> None:
    write(tmp_path, "rule.yaml", RULE.replace(old, new))
    problems = list(fit_problems(load_catalogue(tmp_path)))
    assert problem in problems[0]
    assert all(line.startswith("rule.yaml:") for line in problems)
