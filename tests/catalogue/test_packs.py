"""Packs: what an office may change of the rules below its own, handing a pack over, trying it before it is adopted."""

import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pytest
from support.audits import ARREST, PROSECUTION, audit, keys_of, truth_lines, write_cards

from expectations.authoring.pack_diff import differences
from expectations.authoring.pack_files import export_pack, import_pack
from expectations.authoring.rule_book import rule_book
from expectations.authoring.rule_review import review_rules
from expectations.authoring.rule_templates import KIND_NAMES, rule_template
from expectations.authoring.trial import copied, loaded_cards, try_catalogue
from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.errors import CatalogueError, InputError
from expectations.fitting.rule_checks import check_catalogue, coverage, fit_problems
from expectations.home import Home
from expectations.judging.judge import count_judged_rows
from expectations.run.published import open_published
from expectations.sql.fingerprints import rule_fingerprint

AS_OF = date(2026, 6, 30)
RULE = """
theme: completeness
rules:
  - id: ZJ001
    kind: required
    cards: [arrest]
    title: {zh: 甲, en: a}
    message: {zh: '{name}', en: '{name}'}
    how_to_fill: {zh: 乙, en: b}
    severity: normal
    error_type: 漏填
    owner: handler
    when: p_result = :result
    fields: [exec_date]
    examples: {accepted: {p_result: 批准逮捕, exec_date: '2026-01-01'}, violating: {p_result: 批准逮捕}}
"""


def pack(folder: Path, extends: str = "base", version: str = "'1.0'", **files: str) -> Path:
    """A pack folder with the given YAML files."""
    folder.mkdir(parents=True, exist_ok=True)
    head = f"pack: {{name: {folder.name}, title: {{zh: 本院}}, version: {version}, extends: {extends}}}\n"
    (folder / "pack.yaml").write_text(head, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_rule_switched_off_is_listed_with_the_reason_from_its_day_on(tmp_path: Path, catalogue: Catalogue) -> None:
    office = pack(
        tmp_path / "office",
        changes="changes: [{rule: C003, switched_off: true, reason: 另有系统提示, since: 2026-06-01}]",
    )
    export = write_cards(tmp_path / "in", catalogue, "prosecution", [{"bmsah": PROSECUTION, "p_result": "起诉"}])
    assert keys_of(audit(tmp_path, export), "C003")
    off = audit(tmp_path, export, catalogue=office)
    assert not keys_of(off, "C003")
    assert [why for why in off.not_judged if why.startswith("C003/")] == [
        "C003/prosecution: 已停用（2026-06-01 起）：另有系统提示 / switched off since 2026-06-01"
    ]
    assert load_catalogue(office).switched_off("C003", date(2026, 5, 31)) is None
    with open_published(off.file) as con:
        assert con.execute("select switched_off, off_since from rules where rule_id = 'C003'").fetchall() == [
            ("另有系统提示", date(2026, 6, 1))
        ]


def test_a_changed_parameter_holds_between_its_days(tmp_path: Path) -> None:
    office = pack(
        tmp_path / "office",
        changes="changes: [{rule: X028, params: {grace_days: 45}, reason: 约定, since: 2026-01-01, until: 2026-12-31}]",
    )
    laid = load_catalogue(office)
    assert [
        laid.rule_on("X028", day).params["grace_days"]
        for day in (date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1))
    ] == [30, 45, 30]
    base = load_catalogue()
    changed = rule_fingerprint(laid, laid.rule_on("X028", AS_OF))
    assert changed != rule_fingerprint(base, base.rules["X028"]) == rule_fingerprint(laid, laid.rules["X028"])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("changes", "changes: [{rule: C03, switched_off: true, reason: x, since: 2026-01-01}]", "changes.yaml:1: no such rule below .*最接近 / nearest: C0"),
        ("changes", "changes: [{rule: X028, params: {grace: 3}, reason: x, since: 2026-01-01}]", "X028: unknown parameter .*最接近 / nearest: grace_days"),
        ("changes", "changes: [{rule: C003, switched_off: true, reason: '', since: 2026-01-01}]", "reason"),
        ("changes", "changes: [{rule: C003, switched_off: true, reason: x}]", "since: missing, add it"),
        ("changes", "changes: [{rule: C003, reason: x, since: 2026-01-01}]", "give either switched_off: true, or params, basis or both"),
        ("changes", "changes: [{rule: C003, switched_off: true, basis: 甲, reason: x, since: 2026-01-01}]", "give either switched_off"),
        ("changes", "changes: [{rule: C003, basis: '', reason: x, since: 2026-01-01}]", "changes.yaml:1: changes.0.basis: must not be empty"),
        ("items", "card_items: [{card: arest, fields: [{name: a, header: 甲}]}]", "items.yaml:1: no such card below .*最接近 / nearest: arrest"),
        ("items", "card_items: [{card: arrest, section: 基本信自, fields: [{name: a, header: 甲}]}]", "arrest: no such section .*available / 可用: 基本信息.*最接近 / nearest: 基本信息"),
        ("items", "card_items: [{card: arrest, fields: [{name: sex, header: 甲}]}]", "arrest: the card has this item already / 案卡已有此项: sex"),
        ("items", "card_items: [{card: arrest, fields: [{name: a, header: 甲}, {name: a, header: 乙}]}]", "field declared twice, name one otherwise .*: a"),
        ("items", "card_items: [{card: arrest, fields: [{name: a, hedder: 甲}]}]", "unknown key .*最接近 / nearest: header"),
        ("items", "card_items: [{card: arrest, fields: []}]", "card_items.0.fields"),
        ("values", "dictionary_values: [{dictionary: CHARG, values: []}]", "no such dictionary below .*CHARGE"),
        ("values", "dictionary_values: [{dictionary: CHARGE, values: [{label: 新罪}]}]", "a new value needs a code"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_pack_is_named_with_its_place(tmp_path: Path, name: str, text: str, expected: str) -> None:
    with pytest.raises(CatalogueError, match=expected):
        load_catalogue(pack(tmp_path / "office", **{name: text}))


def test_an_office_cites_its_own_standard_for_a_bundled_rule(tmp_path: Path, catalogue: Catalogue) -> None:
    changes = "changes: [{rule: C003, basis: 本院案卡填录标准第3条, reason: 已印发, since: 2026-06-01}]"
    office = pack(tmp_path / "office", changes=changes)
    laid = load_catalogue(office)
    cited, before = laid.rule_on("C003", AS_OF), laid.rule_on("C003", date(2026, 5, 31))
    assert (cited.basis, before.basis) == ("本院案卡填录标准第3条", "")
    assert cited.model_copy(update={"basis": ""}) == catalogue.rules["C003"]
    assert rule_fingerprint(laid, cited) == rule_fingerprint(catalogue, catalogue.rules["C003"])
    assert laid.fingerprint != catalogue.fingerprint
    assert "- **依据 Basis**: 本院案卡填录标准第3条" in rule_book(laid, AS_OF)
    assert "本院案卡填录标准" not in rule_book(laid, date(2026, 5, 31))
    assert [(difference.kind, difference.name, difference.what) for difference in differences(catalogue, laid)] == [
        ("change", "C003 2026-06-01 basis", "added")
    ]
    export = write_cards(tmp_path / "in", catalogue, "prosecution", [{"bmsah": PROSECUTION, "p_result": "起诉"}])
    with open_published(audit(tmp_path, export, catalogue=office).file) as con:
        bases = con.execute(
            "select f.basis, r.basis from findings f join rules r using (rule_id) where rule_id = 'C003'"
        )
        assert bases.fetchall() == [("本院案卡填录标准第3条", "本院案卡填录标准第3条")]


ITEMS = """
card_items:
  - card: arrest
    section: 基本信息
    fields:
      - {name: local_no, header: 本院流水号, level: case, required: not blank(p_result), filled_by: intake}
      - {name: local_sex, header: 本院登记性别, type: dict, dictionary: SEX}
"""
ITEM_RULE = """
theme: completeness
rules:
  - id: ZJ002
    kind: required
    cards: [arrest]
    title: {zh: 甲, en: a}
    message: {zh: '{label}为空', en: '{label} is blank'}
    how_to_fill: {zh: 乙, en: b}
    severity: normal
    error_type: 漏填
    owner: by_field
    when: $required
    each: {fields: [local_no]}
    examples: {accepted: {p_result: 批准逮捕, local_no: '1'}, violating: {p_result: 批准逮捕, local_no: ''}}
"""


def test_an_item_is_added_to_a_card_as_if_the_card_had_been_copied(tmp_path: Path, catalogue: Catalogue) -> None:
    added = load_catalogue(pack(tmp_path / "added", items=ITEMS, rule=ITEM_RULE))
    card = (Path(__file__).parents[2] / "expectations/catalogue/bundled/cards/arrest.yaml").read_text(encoding="utf-8")
    fields = ITEMS.split("fields:\n")[1]
    copied = card.replace("  - title: {zh: 受理情况,", f"{fields}  - title: {{zh: 受理情况,")
    assert copied != card
    by_copy = load_catalogue(pack(tmp_path / "whole", card=copied, rule=ITEM_RULE))
    assert added.cards == by_copy.cards
    assert check_catalogue(added).problems == ()
    prints = [
        {id_: rule_fingerprint(laid, rule) for id_, rule in laid.rules.items()} for laid in (added, by_copy, catalogue)
    ]
    assert prints[0] == prints[1]
    assert {id_ for id_, print_ in prints[2].items() if prints[0][id_] != print_} == {"V012"}
    row = {"bmsah": ARREST, "suspect_no": "S1", "p_result": "批准逮捕", "local_sex": "不明"}
    export = write_cards(tmp_path / "in", added, "arrest", [row])
    result = audit(tmp_path, export, catalogue=tmp_path / "added")
    assert keys_of(result, "ZJ002") == {(ARREST, "S1", "local_no")}
    assert keys_of(result, "V012") == {(ARREST, "S1", "local_sex")}
    with open_published(result.file) as con:
        assert con.execute("select owner from findings where rule_id = 'ZJ002'").fetchall() == [("intake",)]
        assert con.execute("select section from fields where name = 'local_no'").fetchall() == [("基本信息",)]


def test_items_are_added_after_the_cards_of_their_own_folder_and_by_each_pack(tmp_path: Path) -> None:
    card = (Path(__file__).parents[2] / "expectations/catalogue/bundled/cards/hearing.yaml").read_text(encoding="utf-8")
    items = "card_items: [{card: hearing, fields: [{name: {name}, header: {name}}]}]".replace("{name}", "{0}")
    pack(tmp_path / "city", a_items=items.replace("{0}", "room"), card=card)
    office = pack(tmp_path / "office", "../city", items=items.replace("{0}", "floor"))
    assert [field.name for field in load_catalogue(office).cards["hearing"].fields][-2:] == ["room", "floor"]


def test_a_heading_of_another_item_is_a_mistake(tmp_path: Path) -> None:
    items = "card_items: [{card: arrest, fields: [{name: local_no, header: 受案号}]}]"
    assert list(fit_problems(load_catalogue(pack(tmp_path / "office", items=items)))) == [
        "items.yaml:1: card arrest: local_no: heading belongs to another item / 表头已属于另一项: 受案号 (bmsah)"
    ]


def test_part_of_a_selective_charge_is_reported_with_the_whole_name_unless_a_pack_declares_it(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    rows = [
        {"bmsah": PROSECUTION, "suspect_no": "S1", "ps_charge": "窝藏罪"},
        {"bmsah": PROSECUTION, "suspect_no": "S2", "ps_charge": "贩卖毒品罪", "ps_other_charges": "盗窃罪、包庇罪"},
    ]
    export = write_cards(tmp_path / "in", catalogue, "prosecution", rows)
    plain = audit(tmp_path, export)
    with open_published(plain.file) as con:
        messages = con.execute("select message from findings where rule_id = 'V012' order by 1").fetchall()
    assert [message for (message,) in messages] == [
        "移诉其他案由的值“盗窃罪、包庇罪”不在字典内，可能应为“窝藏、包庇罪”。",
        "移诉案由的值“窝藏罪”不在字典内，可能应为“窝藏、包庇罪”。",
        "移诉案由的值“贩卖毒品罪”不在字典内，可能应为“走私、贩卖、运输、制造毒品罪”。",
    ]
    values = "dictionary_values: [{dictionary: CHARGE, values: [{label: 窝藏、包庇罪, aliases: [窝藏罪, 包庇罪]}]}]"
    declared = audit(tmp_path, export, catalogue=pack(tmp_path / "office", values=values))
    assert keys_of(declared, "V012") == {(PROSECUTION, "S2", "ps_charge")}


def test_an_office_lies_over_its_city_and_the_city_over_the_base(tmp_path: Path) -> None:
    city_rule = RULE.replace(":result", "'批准逮捕'")
    pack(
        tmp_path / "city",
        rules=city_rule,
        changes="changes: [{rule: C003, switched_off: true, reason: 市, since: 2026-01-01}]",
    )
    office_rule = city_rule.replace("severity: normal", "severity: serious")
    office = pack(tmp_path / "office", "../city", rules=office_rule)
    laid = load_catalogue(office)
    assert [layer.name for layer in laid.packs] == ["base", "city", "office"]
    assert (laid.rules["ZJ001"].severity, laid.origins["ZJ001"], laid.origins["C001"]) == ("serious", "office", "base")
    assert laid.switched_off("C003", AS_OF)
    assert check_catalogue(laid).problems == ()
    pack(tmp_path / "city", "../office", rules=city_rule)
    with pytest.raises(CatalogueError, match="extends itself"):
        load_catalogue(office)


def test_differences_name_what_was_added_removed_and_changed(tmp_path: Path) -> None:
    rule = RULE.replace(":result", "'批准逮捕'")
    before = load_catalogue(pack(tmp_path / "before", rules=rule))
    after = load_catalogue(
        pack(
            tmp_path / "after",
            rules=rule.replace("severity: normal", "severity: serious"),
            values="dictionary_values: [{dictionary: SEX, values: [{label: 不详, code: '9'}]}]",
        )
    )
    assert [
        (difference.kind, difference.name, difference.what, difference.keys)
        for difference in differences(before, after)
    ] == [
        ("value", "SEX.不详", "added", ()),
        ("rule", "ZJ001", "changed", (("severity", "normal", "serious"),)),
    ]
    assert differences(before, before) == ()
    assert {difference.what for difference in differences(after, load_catalogue())} == {"removed"}


def test_a_pack_is_handed_over_whole_and_unchanged_or_refused(tmp_path: Path) -> None:
    pack(tmp_path / "here" / "city", rules=RULE.replace(":result", "'批准逮捕'"))
    office = pack(
        tmp_path / "here" / "office",
        "../city",
        changes="changes: [{rule: C003, switched_off: true, reason: 甲, since: 2026-01-01}]",
    )
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    handed_over = export_pack(office, first)
    export_pack(office, second)
    assert first.read_bytes() == second.read_bytes()
    assert (handed_over.name, handed_over.version, handed_over.folders) == ("office", "1.0", ("city", "office"))
    assert import_pack(first, tmp_path / "there") == handed_over
    assert differences(load_catalogue(office), load_catalogue(tmp_path / "there" / "office")) == ()
    with pytest.raises(InputError, match="folder exists"):
        import_pack(first, tmp_path / "there")
    (tmp_path / "there" / "office" / "stray.yaml").write_text("changes: []", encoding="utf-8")
    import_pack(first, tmp_path / "there", replace=True)
    assert not (tmp_path / "there" / "office" / "stray.yaml").exists()


def test_a_pack_changed_on_the_way_is_refused(tmp_path: Path) -> None:
    office = pack(tmp_path / "office", rules=RULE.replace(":result", "'批准逮捕'"))
    export_pack(office, tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "good.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace(b"normal", b"hint"))
    with pytest.raises(InputError, match=r"checksum differs: office/rules.yaml"):
        import_pack(tmp_path / "bad.zip", tmp_path / "there")
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with pytest.raises(InputError, match="not an exported pack"):
        import_pack(tmp_path / "no.zip", tmp_path / "there")
    assert not (tmp_path / "there").exists()
    unnamed = tmp_path / "unnamed"
    unnamed.mkdir()
    (unnamed / "rules.yaml").write_text(RULE.replace(":result", "'批准逮捕'"), encoding="utf-8")
    with pytest.raises(InputError, match="no pack.yaml with name and version".replace(".", r"\.")):
        export_pack(unnamed, tmp_path / "x.zip")


def test_a_fingerprint_changes_with_what_a_rule_decides_and_not_with_its_texts(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    rule = catalogue.rules["C003"]
    before = rule_fingerprint(catalogue, rule)
    retold = rule.model_copy(update={"title": rule.message, "basis": "另一依据", "note": "改了说明"})
    assert rule_fingerprint(catalogue, retold) == before
    assert rule_fingerprint(catalogue, rule.model_copy(update={"severity": "hint"})) != before
    wider = load_catalogue(
        pack(tmp_path / "office", values="dictionary_values: [{dictionary: SEX, values: [{label: 不详, code: '9'}]}]")
    )
    changed = {
        id_
        for id_ in catalogue.rules
        if rule_fingerprint(catalogue, catalogue.rules[id_]) != rule_fingerprint(wider, wider.rules[id_])
    }
    assert changed == {"V012"}


def test_trying_a_pack_says_what_it_would_add_and_remove_and_leaves_the_run_alone(
    tmp_path: Path, audited_home: Path
) -> None:
    office = pack(
        tmp_path / "office",
        changes="changes: [{rule: C003, switched_off: true, reason: 甲, since: 2026-01-01}]",
        rules=RULE.replace(":result", "'批准逮捕'")
        .replace("exec_date]", "receipt_date]")
        .replace("exec_date:", "receipt_date:"),
    )
    published = Home(audited_home).current()
    digest = published.read_bytes()
    with copied(published, tmp_path) as copy:
        trial = try_catalogue(copy, load_catalogue(office))
    assert published.read_bytes() == digest
    with open_published(published) as con:
        gone = con.execute("select 'C003', department, 0, count(*) from findings where rule_id = 'C003' group by all")
        removed = gone.fetchall()
        added = con.execute(
            "select 'ZJ001', dept_name, count(*), 0 from cards.arrest where p_result = '批准逮捕' and receipt_date is null "
            "group by all"
        ).fetchall()
    assert removed
    assert sorted(trial.changes) == sorted([*removed, *added])
    assert trial.tried - trial.published == sum(row[2] - row[3] for row in trial.changes)
    assert not trial.in_error


def test_rules_that_never_or_always_fire_or_are_implied_are_named(
    tmp_path: Path, audited_home: Path, catalogue: Catalogue
) -> None:
    with copied(Home(audited_home).current(), tmp_path) as copy:
        young = review_rules(copy, catalogue, 90)
        with duckdb.connect(str(copy)) as con:
            judged = count_judged_rows(con, catalogue, AS_OF, loaded_cards(con, catalogue))
            con.execute(
                "insert into rule_history select * replace (as_of - 91 as as_of, 'old' as run_id) from rule_history"
            )
            con.execute("update rule_history set findings = 0 where rule_id = 'C003'")
            con.execute(
                "update judgements set rows_violated = ? where rule_id = 'L002' and card = 'prosecution'",
                [judged["L002"]],
            )
            con.execute("delete from findings where rule_id in ('C001', 'C005')")
            con.execute(
                "insert into findings select f.* replace (r.rule_id as rule_id) from findings f, (values ('C001', 6), ('C005', 4)) "
                "r(rule_id, n) where f.rule_id = 'C004' or f.rule_id = 'V012' qualify row_number() over (partition by r.rule_id) <= r.n"
            )
        review = review_rules(copy, catalogue, 90)
    assert (young.history_days, young.never_fired) == (0, ())
    assert review.history_days == 91
    assert "C003" in review.never_fired
    assert "C004" not in review.never_fired
    assert ("L002", judged["L002"]) in review.always_fire


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_the_template_of_every_kind_loads_and_fits(tmp_path: Path, catalogue: Catalogue, kind: str) -> None:
    folder = pack(tmp_path / "office", rule=rule_template("ZJ009", kind, catalogue.cards["prosecution"]))
    laid = load_catalogue(folder)
    assert laid.rules["ZJ009"].kind == kind
    assert list(fit_problems(laid)) == []


def test_releases_1_and_2_are_covered_and_what_is_missing_is_explained(catalogue: Catalogue) -> None:
    by_release = {release.release: release for release in coverage(catalogue)}
    assert [(by_release[n].held, by_release[n].percent, by_release[n].missing) for n in (1, 2)] == [
        (195, 100.0, ()),
        (46, 100.0, ()),
    ]
    assert all(by_release[n].reason for n in (3, 4))


def test_findings_carry_the_fingerprint_of_their_rule(audited_home: Path, catalogue: Catalogue) -> None:
    with open_published(Home(audited_home).current()) as con:
        pairs = con.execute("select distinct rule_id, rule_fingerprint from findings").fetchall()
    assert pairs
    assert all(rule_fingerprint(catalogue, catalogue.rules[rule]) == print_ for rule, print_ in pairs)


def test_an_item_is_judged_only_while_it_stands_on_the_card(tmp_path: Path, catalogue: Catalogue) -> None:
    card = (Path(__file__).parents[2] / "expectations/catalogue/bundled/cards/arrest.yaml").read_text(encoding="utf-8")
    lines = card.replace("      - name: exec_date\n", "      - name: exec_date\n        valid_from: 2026-03-01\n")
    assert lines != card
    office = pack(tmp_path / "office", card=lines, rules=RULE.replace(":result", "'批准逮捕'"))
    rows = [
        {"bmsah": ARREST, "suspect_no": number, "p_result": "批准逮捕", "accept_date": day}
        for number, day in (("S1", "2026-02-28"), ("S2", "2026-03-01"), ("S3", ""))
    ]
    export = write_cards(tmp_path / "in", catalogue, "arrest", rows)
    assert keys_of(audit(tmp_path, export, catalogue=office), "ZJ001") == {(ARREST, "S2", "")}
    plain = pack(tmp_path / "plain", rules=RULE.replace(":result", "'批准逮捕'"))
    assert truth_lines(audit(tmp_path, export, catalogue=plain).file)
