"""The whole way from exports to published findings: the truth table, reproducibility, and what a reader sees meanwhile."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from support.audits import ARREST, AS_OF, PROSECUTION, Key, audit, keys_of, truth_lines, write_cards
from support.contract.spec_oracle import oracle_findings
from support.places import SAMPLE

from expectations.catalogue.catalogues import Catalogue
from expectations.errors import InputError, NotReconciledError
from expectations.home import Home
from expectations.judging.collecting import collect
from expectations.judging.judge import Verdict
from expectations.run.published import FINDING_COLUMNS, FindingFilter, open_published, select_findings
from expectations.sql.judgements import judgements_of
from expectations.texts import NO_TEXT
from flows.audit import run_audit
from flows.orders import AuditOrder
from sample_data import COMMITTED, generate


def planted(file: Path) -> Counter[Key]:
    with file.open(encoding="utf-8", newline="") as stream:
        return Counter(
            (r["rule_id"], r["card"], r["bmsah"], r["suspect_no"], r["field"]) for r in csv.DictReader(stream)
        )


def test_committed_sample_every_planted_defect_found_under_its_rule_and_nothing_else(
    audited_home: Path, catalogue: Catalogue
) -> None:
    truth = planted(SAMPLE / "planted.csv")
    assert truth_lines(Home(audited_home).current()) == truth
    assert {rule for rule, *_ in truth} == catalogue.rules.keys()


@pytest.mark.parametrize("seed", [20261123, pytest.param(31, marks=pytest.mark.long)])
def test_other_seeds_precision_and_recall_are_one_for_every_rule(
    tmp_path: Path, catalogue: Catalogue, seed: int
) -> None:
    generate(seed, COMMITTED.cases, COMMITTED.as_of, tmp_path)
    result = run_audit(AuditOrder(tmp_path / "home", (tmp_path / "exports",), COMMITTED.as_of, data_docs=False))
    truth, findings = planted(tmp_path / "planted.csv"), truth_lines(result.file)
    with (tmp_path / "near_misses.csv").open(encoding="utf-8", newline="") as stream:
        near = {row["rule_id"] for row in csv.DictReader(stream)}
    assert {rule for rule, *_ in truth} == near == catalogue.rules.keys()
    unsound = {rule for rule, *_ in findings - truth}
    incomplete = {rule for rule, *_ in truth - findings}
    assert (unsound, incomplete) == (set(), set())
    assert not result.in_error
    assert not result.not_judged


def test_rows_read_are_rows_loaded_and_rejected(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("select rows_read, rows_loaded + rows_rejected, rows_rejected from runs").fetchall()
    assert rows[0][0] == rows[0][1] > 0
    listed = published.execute("select count(*) from rejected_rows").fetchall()
    assert listed[0][0] == rows[0][2]


def test_unreadable_blank_and_absent_are_three_things(tmp_path: Path, catalogue: Catalogue) -> None:
    """An unreadable closing date is reported by V015 alone; a blank one by C050; an absent column judges nothing."""
    closed = {"bmsah": ARREST, "p_result": "批准逮捕", "accept_date": "2026-06-01"}
    first = write_cards(
        tmp_path / "in",
        catalogue,
        "arrest",
        [closed | {"suspect_no": "S1", "p_close_date": "2026-13-45"}, closed | {"suspect_no": "S2"}],
    )
    second = write_cards(tmp_path / "in", catalogue, "arrest", [closed | {"suspect_no": "S3"}], "p_close_date")
    result = audit(tmp_path, first, second)
    assert keys_of(result, "C050") == {(ARREST, "S2", "")}
    assert keys_of(result, "V015") == {(ARREST, "S1", "p_close_date")}
    with open_published(result.file) as con:
        texts = con.execute("select file_no, field, text from unreadable_cells").fetchall()
        missing = con.execute("select file_no, field from missing_columns").fetchall()
        message = con.execute("select message, \"values\" from findings where rule_id = 'V015'").fetchall()
    assert texts == [(0, "p_close_date", "2026-13-45")]
    assert missing == [(1, "p_close_date")]
    assert "审结日期“2026-13-45”不是有效日期" in message[0][0]
    assert json.loads(message[0][1]) == {"p_close_date": "2026-13-45"}


def test_an_optional_item_may_be_absent_and_is_unreadable_like_any_other(tmp_path: Path, catalogue: Catalogue) -> None:
    """T005 counts from the supplementary transfer where the export has it, and is judged all the same where it has not."""
    row = {"bmsah": PROSECUTION, "accept_date": "2026-03-02", "p_result": "起诉", "p_close_date": "2026-04-10"}
    rows = [
        row | {"suspect_no": "S1"},
        row | {"suspect_no": "S2", "supp_transfer_date": "2026-03-10"},
        row | {"suspect_no": "S3", "supp_transfer_date": "2026-03-01"},
        row | {"suspect_no": "S4", "supp_transfer_date": "2026-13-45"},
    ]
    complete = write_cards(tmp_path / "in", catalogue, "prosecution", rows)
    partly = write_cards(tmp_path / "in", catalogue, "prosecution", [row | {"suspect_no": "S5"}], "supp_transfer_date")
    for exports, persons in (
        ((complete,), {"S1", "S3"}),
        ((partly,), {"S5"}),
        ((complete, partly), {"S1", "S3", "S5"}),
    ):
        result = audit(tmp_path, *exports)
        assert keys_of(result, "T005") == {(PROSECUTION, person, "") for person in persons}
        assert not [why for why in result.not_judged if why.startswith(("T005/", "T025/", "T048/"))]
    assert any(why.startswith("X030/") for why in audit(tmp_path, partly).not_judged)


def test_a_column_absent_everywhere_and_a_card_not_loaded_are_listed_as_not_judged(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    export = write_cards(tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST, "suspect_no": "S1"}], "name")
    result = audit(tmp_path, export)
    reasons = {line.split(": ", 1)[0]: line.split(": ", 1)[1] for line in result.not_judged}
    assert reasons["V025/arrest"].startswith("“审查逮捕”导出文件缺少列：嫌疑人姓名")
    assert reasons["C003/prosecution"].startswith("未载入“一审公诉”案卡")
    with open_published(result.file) as con:
        states = dict(con.execute("select state, count(*) from judgements group by state").fetchall())
        accounted = con.execute("select count(distinct rule_id) from judgements").fetchall()[0][0]
    assert accounted == len(catalogue.rules)
    assert set(states) == {"judged", "not_judged"}


def test_files_in_another_order_than_the_history_holds_them(tmp_path: Path, catalogue: Catalogue) -> None:
    """Rows of an earlier load stand first in the history, whatever the order of the files in this run."""
    first = write_cards(
        tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST, "suspect_no": "S1", "p_result": "批准逮捕"}]
    )
    audit(tmp_path, first)
    second = write_cards(
        tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST, "suspect_no": "S2", "p_close_date": "2026-02-02"}]
    )
    result = audit(tmp_path, second, first)
    assert keys_of(result, "C050") == {(ARREST, "S1", "")}
    assert keys_of(result, "C018") == {(ARREST, "S2", "")}
    with open_published(result.file) as con:
        owners = con.execute(
            "select suspect_no, sheet_row, file_no from findings where rule_id in ('C050', 'C018') order by 1"
        )
        assert owners.fetchall() == [("S1", 2, 1), ("S2", 2, 0)]


def test_a_case_level_rule_gives_one_finding_per_case_and_none_without_case_number(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    row = {"close_result": "起诉"}
    rows = [
        row | {"bmsah": PROSECUTION, "suspect_no": "S1"},
        row | {"bmsah": PROSECUTION, "suspect_no": "S2"},
        row | {"suspect_no": "S3"},
    ]
    result = audit(tmp_path, write_cards(tmp_path / "in", catalogue, "prosecution", rows))
    assert keys_of(result, "C051") == {(PROSECUTION, "", "")}
    with open_published(result.file) as con:
        counted = con.execute(
            "select rows_violated, findings from judgements where rule_id = 'C051' and card = 'prosecution'"
        )
        assert counted.fetchall() == [(2, 1)]


def test_a_finding_goes_to_whoever_fills_the_item(published: duckdb.DuckDBPyConnection) -> None:
    owners = published.execute("""
        select distinct f.owner, coalesce(nullif(i.filled_by, 'system'), 'intake') from findings f
        join rules r using (rule_id) join fields i on i.card = f.card and i.name = f.fields where r.owner = 'by_field'
    """).fetchall()
    assert owners
    assert all(owner == filled_by for owner, filled_by in owners)


def findings_text(file: Path) -> str:
    with open_published(file) as con:
        return "\n".join(map(repr, select_findings(con, FindingFilter(), "zh").fetchall()))


def test_the_same_inputs_catalogue_and_date_give_identical_findings(tmp_path: Path) -> None:
    exports = tuple((SAMPLE / "exports").glob("审查逮捕*"))
    order, other_order = (AuditOrder(tmp_path / home, exports, COMMITTED.as_of, data_docs=False) for home in "ab")
    first, again, of_other_home = run_audit(order), run_audit(replace(order, whole=True)), run_audit(other_order)
    assert first.run_id == again.run_id == of_other_home.run_id
    assert first.file != again.file
    assert findings_text(first.file) == findings_text(again.file) == findings_text(of_other_home.file)


def test_the_audit_agrees_with_the_independent_oracle_on_dirty_exports(tmp_path: Path, catalogue: Catalogue) -> None:
    """Rows made of odd values, judged by the literal conditions of the contract in another program."""
    rows = [
        {
            "bmsah": ARREST,
            "suspect_no": "S1",
            "sex": "男性",
            "id_type": "身份证",
            "id_no": "770101199003070013",
            "name": "某甲",
            "birth_date": "1990年3月7日",
            "age_at_crime": "35岁",
            "crime_start": "45660",
            "accept_date": "2026/1/5",
            "p_close_date": "2026-02-30",
            "p_result": "批准逮捕",
            "a_charge": "窝藏罪",
            "transfer_charge": "盗窃罪、诈骗罪",
            "measure_at_request": "刑事拘留",
            "is_unit": "N",
        },
        {
            "bmsah": ARREST,
            "suspect_no": "S2",
            "p_close_charge": "掩饰、隐瞒犯罪所得、犯罪所得收益罪",
            "p_close_other": "盗窃罪,盗窃罪",
            "casualty": "无，轻伤",
            "p_result": "不批准逮捕",
            "p_close_date": "2026-03-01",
            "measure_at_request": "取保候审",
            "accept_date": "2026-02-09",
            "telecom_flag": "是的",
            "finish_date": "2026-03-05",
        },
        {
            "suspect_no": "S3",
            "close_result": "批准逮捕",
            "accept_date": "2026-05-01",
            "invest_org": "无",
            "unit_code": "770102",
        },
    ]
    export = write_cards(tmp_path / "in", catalogue, "arrest", rows)
    result = audit(tmp_path, export)
    mine = {key for key in truth_lines(result.file) if key[0] in catalogue.rules}
    theirs = {key for key in oracle_findings({"arrest": rows}, AS_OF) if key[0] in catalogue.rules}
    assert mine == theirs
    assert len(mine) > 20


def test_a_rule_duckdb_cannot_run_is_an_error_and_the_run_incomplete(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "rule.yaml").write_text(
        """
theme: validity
rules:
  - id: Z001
    kind: implies
    cards: [arrest]
    title: {zh: 类型不符, en: type error}
    message: {zh: 有误。, en: wrong.}
    how_to_fill: {zh: 更正。, en: Correct it.}
    severity: normal
    error_type: 错填
    owner: intake
    then: add_months(sex, 1) > :today
    fields: [sex]
    examples: {accepted: {sex: 男}, violating: {sex: 女}}
""",
        encoding="utf-8",
    )
    export = write_cards(tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST, "close_result": "批准逮捕"}])
    result = audit(tmp_path, export, catalogue=folder)
    assert not result.complete
    assert [line.split(":")[0] for line in result.in_error] == ["Z001/arrest"]
    assert keys_of(result, "C051"), "the other rules are judged all the same"
    with open_published(result.file) as con:
        assert con.execute("select status from runs").fetchall() == [("incomplete",)]
        assert con.execute("select state from judgements where rule_id = 'Z001'").fetchall() == [("error",)]


def test_counts_that_differ_from_the_rows_collected_stop_the_run(catalogue: Catalogue, tmp_path: Path) -> None:
    export = write_cards(tmp_path / "in", catalogue, "prosecution", [{"bmsah": PROSECUTION}] * 4 + [{"name": "示例甲"}])
    audit(tmp_path, export)
    judgement = next(judgements_of(catalogue.rules["C003"], catalogue.cards["prosecution"], AS_OF, catalogue.cards))
    wrong = Verdict(judgement, "judged", NO_TEXT, 5, "select _row from cards.prosecution")
    with (
        duckdb.connect(str(Home(tmp_path / "home").warehouse)) as con,
        pytest.raises(NotReconciledError, match="C003/prosecution: 5 ≠ 2"),
    ):
        collect(con, catalogue, [wrong], "run")


def test_a_reader_keeps_its_run_while_another_is_published(tmp_path: Path, catalogue: Catalogue) -> None:
    export = write_cards(tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST, "close_result": "批准逮捕"}])
    first = audit(tmp_path, export)
    with open_published(Home(tmp_path / "home").current()) as reader:
        before = reader.execute("select count(*) from findings").fetchall()
        second = audit(tmp_path, write_cards(tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST}]))
        assert reader.execute("select count(*) from findings").fetchall() == before
    assert Home(tmp_path / "home").current() == second.file != first.file
    assert not os.access(second.file, os.W_OK) or os.geteuid() == 0
    assert list(Home(tmp_path / "home").published.glob("*.unfinished")) == []


def test_a_killed_run_leaves_the_published_one_and_the_next_run_works(tmp_path: Path, catalogue: Catalogue) -> None:
    script = (
        "import sys; from pathlib import Path; from datetime import date; from flows.audit import run_audit; from flows.orders import AuditOrder\n"
        "run_audit(AuditOrder(Path(sys.argv[1]), (Path(sys.argv[2]),), date(2026, 6, 30)))"
    )
    export = write_cards(tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST, "close_result": "批准逮捕"}])
    run, home = audit(tmp_path, export), Home(tmp_path / "home")
    child = subprocess.Popen([sys.executable, "-c", script, str(home.root), str(export)])
    deadline = time.monotonic() + 120
    half_written = home.warehouse.with_name(
        "warehouse.duckdb.wal"
    )  # opening the warehouse to look would lock the child out
    while not half_written.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert home.current() == run.file
    assert findings_text(audit(tmp_path, export).file) == findings_text(run.file)


def test_two_audits_of_one_home_at_once_get_one_clear_line(tmp_path: Path, catalogue: Catalogue) -> None:
    export = write_cards(tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST}])
    (tmp_path / "home").mkdir()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print(1, flush=True); time.sleep(60)",
            str(Home(tmp_path / "home").warehouse),
        ],
        stdout=subprocess.PIPE,
    )
    assert holder.stdout
    holder.stdout.readline()
    try:
        with pytest.raises(InputError, match="another audit is using"):
            audit(tmp_path, export)
    finally:
        holder.kill()
        holder.communicate()


def test_findings_are_filtered_in_one_place_and_unknown_choices_are_mistakes(
    published: duckdb.DuckDBPyConnection,
) -> None:
    everything = select_findings(published, FindingFilter(), "zh").fetchall()
    hints = select_findings(published, FindingFilter(kind="hints"), "zh").fetchall()
    errors = select_findings(published, FindingFilter(kind="errors"), "zh").fetchall()
    assert len(everything) == len(hints) + len(errors)
    of_one_rule = select_findings(
        published, FindingFilter(rules=("C003",), departments=("第一检察部",)), "zh"
    ).fetchall()
    assert {row[FINDING_COLUMNS.index("rule_id")] for row in of_one_rule} <= {"C003"}
    with pytest.raises(InputError, match="没有这个部门 / no such department: 第一检查部; 最接近 / nearest: 第一检察部"):
        select_findings(published, FindingFilter(departments=("第一检查部",)), "zh")
