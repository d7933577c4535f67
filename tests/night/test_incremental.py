"""An incremental audit comes to what a whole one does: random nights, every table of the published run compared row for row."""

import csv
import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from support.loads import write_xlsx
from support.places import SAMPLE
from support.shop_tables import write_shop

from expectations.catalogue.catalogues import load_catalogue
from expectations.health.home_files import files_check
from expectations.home import Home
from flows import incremental as incremental_audit
from flows.audit import run_audit
from flows.load.recognition import all_headings
from flows.load.sources.delimited import read_delimited
from flows.load.sources.sheets import Reading
from flows.load.sources.text_encoding import text_encoding
from flows.orders import AuditOrder, AuditResult
from sample_data import COMMITTED

SHOP_CATALOGUE = Path(__file__).parents[1] / "catalogue" / "shop_catalogue"
FIRST_DAY = date(2025, 5, 1)
NIGHTS = 6

DAYS = """
theme: deadlines
rules:
  - id: SH91
    kind: range
    cards: [purchase, customer]
    level: row
    title: {zh: 日期在将来, en: a day to come}
    message: {zh: '{label}“{value}”在核查日之后。', en: '{label}: {value} is yet to come.'}
    how_to_fill: {zh: 核对日期。, en: Check the day.}
    severity: normal
    error_type: 错填
    owner: by_field
    each: {types: [date]}
    value: $f
    at_most: ':today'
    examples: {accepted: {ordered: '2025-01-01'}, violating: {ordered: '2125-01-01'}}
  - id: SH92
    kind: deadline
    cards: [purchase]
    level: case
    title: {zh: 未按期发货, en: not shipped in time}
    message: {zh: '{ordered}下单，未在20日内发货。', en: 'Ordered on {ordered}, not shipped within 20 days.'}
    how_to_fill: {zh: 核对发货日期。, en: Check the day of shipping.}
    severity: normal
    error_type: 迟填
    owner: handler
    fields: [shipped, ordered]
    when: not blank(ordered)
    done: coalesce(shipped, :today)
    last_day: deadline(ordered, 20, 'day', false)
    examples:
      accepted: {ordered: '2025-04-01', shipped: '2025-04-03'}
      violating: {ordered: '2025-04-01', shipped: '2025-06-03'}
"""
LATER = """
theme: consistency
rules:
  - id: SH93
    kind: implies
    cards: [line]
    level: row
    title: {zh: 金额过大, en: large amount}
    message: {zh: '金额{amount}过大。', en: 'The amount {amount} is large.'}
    how_to_fill: {zh: 核对金额。, en: Check the amount.}
    severity: hint
    error_type: 核对
    owner: handler
    fields: [amount]
    then: amount < 500
    examples: {accepted: {amount: '5'}, violating: {amount: '501'}}
"""

Rows = list[list[str]]
Tables = dict[str, Rows]
Edit = Callable[[random.Random, "Tables"], None]
"""The rows of every file by its name, headings first."""


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3))])
def test_random_nights_come_to_what_a_whole_audit_does(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incremental_audit, "MOST_TOUCHED", 1.0)  # in so small a shop nearly everything hangs together
    chance, catalogue, home = random.Random(seed), shop_with_days(tmp_path), tmp_path / "home"
    tables, gone_on, edits = shop_tables(tmp_path), 0, list[Edit]()
    for night in range(NIGHTS):
        day, inbox = FIRST_DAY + timedelta(night * chance.choice((0, 1, 9))), tmp_path / f"inbox{night}"
        write_tables(inbox, tables, chance)
        incremental = run_audit(order(home, inbox, day, catalogue))
        whole = run_audit(order(tmp_path / "whole", inbox, day, catalogue, whole=True))
        assert differences(whole, incremental) == [], f"night {night}, {[edit.__name__ for edit in edits]}"
        gone_on += incremental.former is not None
        edits = chance.choices(EDITS, k=chance.choice((0, 1, 2, 6)))
        for edit in edits:
            edit(chance, tables)
        if night == NIGHTS // 2:
            (catalogue / "later.yaml").write_text(LATER, encoding="utf-8")
    assert gone_on == NIGHTS - 2  # all but the first, and the one after the catalogue was changed


@pytest.mark.long
def test_the_sample_the_night_after_comes_to_what_a_whole_audit_does(audited_home: Path, tmp_path: Path) -> None:
    home, inbox, chance = tmp_path / "home", tmp_path / "inbox", random.Random(5)
    shutil.copytree(SAMPLE / "exports", inbox)
    first = Home(audited_home).current()
    (home / "published").mkdir(parents=True)
    shutil.copy(first, home / "published")
    shutil.copytree(audited_home / "exports", home / "exports")
    Home(home).switch_to(home / "published" / first.name)
    for path in sorted(inbox.glob("*.csv")):
        rows = list(csv.reader(path.read_text(encoding=text_encoding(path).name).splitlines()))
        for row in chance.sample(rows[1:], 3):
            place = chance.randrange(2, len(row))
            row[place] = chance.choice(rows[1:])[place]
        del rows[chance.randrange(1, len(rows))]
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    day = COMMITTED.as_of + timedelta(1)
    incremental = run_audit(AuditOrder(home, (inbox,), day, data_docs=False, follow=False))
    whole = run_audit(AuditOrder(tmp_path / "whole", (inbox,), day, data_docs=False, follow=False))
    assert incremental.former is not None
    assert differences(whole, incremental) == []


TICKET = """
card: ticket
title: {zh: 工单, en: Ticket}
key: [ticket_no]
file_words: [tickets]
roles: {case: ticket_no, person: '', name: ''}
sections:
  - title: {zh: 工单, en: Ticket}
    fields:
      - {name: ticket_no, header: Ticket, type: case_no, level: case}
      - {name: opened, header: Opened on, type: date, level: case}
      - {name: subject, header: Subject of the ticket, level: case}
"""


@pytest.mark.long
def test_nights_on_which_a_spreadsheet_spoils_a_column(tmp_path: Path) -> None:
    """Two numbers that end in zeros are chance, the third says of all that they were rounded; then it goes again."""
    catalogue, home = shop_with_days(tmp_path), tmp_path / "home"
    (catalogue / "ticket.yaml").write_text(TICKET, encoding="utf-8")
    plain = [[f"T{number}", "2025-03-02", f"about {number}"] for number in range(40)]
    long = [[f"2025061812345{number}00", "2025年3月2日9时30分", "long"] for number in range(3)]
    spoiled = ["7.7E+16", "########", "spoiled"]
    nights = [
        [*plain, *long[:2]],
        [*plain, *long],
        [*plain, *long, ["T50", "2025-03-01T17:00:00+01:00", "new"]],
        [*plain, *long[1:], spoiled, ["Note: exported", "", ""]],
        [*plain[:-1], *long[1:], spoiled, ["T50", "２０２５－０３－０２", "new"]],
    ]
    rounded = []
    for night, rows in enumerate(nights):
        inbox = tmp_path / f"inbox{night}"
        tables = {**shop_tables(inbox), "tickets.csv": [["Ticket", "Opened on", "Subject of the ticket"], *rows]}
        write_tables(inbox, tables, None)
        incremental = run_audit(order(home, inbox, FIRST_DAY, catalogue))
        whole = run_audit(order(tmp_path / "whole", inbox, FIRST_DAY, catalogue, whole=True))
        assert differences(whole, incremental) == [], f"night {night}"
        assert (incremental.former is not None) == (night > 0)
        with duckdb.connect(str(incremental.file), read_only=True) as con:
            rounded.append(con.execute("select kind, cells from export_artefacts order by all").fetchall())
    assert rounded == [
        [],
        [("rounded", 3)],
        [("rounded", 3)],
        [("hidden", 1), ("scientific", 1)],
        [("hidden", 1), ("scientific", 1)],
    ]


@pytest.mark.parametrize("edited", ["nothing", "a cell", "the day"])
def test_only_what_is_new_is_read_and_judged(tmp_path: Path, edited: str) -> None:
    catalogue, home, inbox = shop_with_days(tmp_path), tmp_path / "home", tmp_path / "inbox"
    tables = shop_tables(tmp_path)
    write_tables(inbox, tables, None)
    first = run_audit(order(home, inbox, FIRST_DAY, catalogue))
    if edited == "a cell":
        tables["orders.csv"][50][9] = "Nobody"
        write_tables(inbox, tables, None)
    later = run_audit(order(home, inbox, FIRST_DAY + timedelta(edited == "the day"), catalogue))
    assert later.former == first.file
    assert (later.file == first.file) == (edited == "nothing")


def test_lines_are_found_again_with_another_mark_of_the_encoding(tmp_path: Path) -> None:
    tables = shop_tables(tmp_path)
    write_tables(tmp_path, {"before.csv": tables["orders.csv"]}, None)
    text = (tmp_path / "before.csv").read_text(encoding="utf-8")
    (tmp_path / "marked.csv").write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    catalogue = load_catalogue(shop_with_days(tmp_path))
    headings = []
    for name in ("before.csv", "marked.csv"):
        folder = tmp_path / f"reading-{name}"
        folder.mkdir()
        (sheet,) = read_delimited(tmp_path / name, Reading(folder, all_headings(catalogue)))
        assert sheet.lines is not None
        lines = sheet.lines(1)
        assert lines is not None
        headings.append(lines.headings)
    assert headings[0] == headings[1]


@pytest.mark.parametrize("damaged", ["*.lines", "*.zst"])
def test_a_damaged_copy_of_an_export_costs_time_alone(tmp_path: Path, damaged: str) -> None:
    catalogue, home, inbox, tables = (
        shop_with_days(tmp_path),
        tmp_path / "home",
        tmp_path / "inbox",
        shop_tables(tmp_path),
    )
    for clerk in ("Ada", "Grace", "Edith"):
        tables["orders.csv"][50][9] = clerk
        write_tables(inbox, tables, None)
        incremental = run_audit(order(home, inbox, FIRST_DAY, catalogue))
        assert files_check(Home(home)).state == "ok"
        copies = list((home / "exports").glob(damaged))
        for copy in copies:
            copy.write_bytes(copy.read_bytes()[:100])
    assert copies
    assert incremental.former is not None
    whole = run_audit(order(tmp_path / "whole", inbox, FIRST_DAY, catalogue))
    assert differences(whole, incremental) == []


@pytest.mark.parametrize("change", ["other card asked for", "whole", "incomplete"])
def test_a_run_that_cannot_be_gone_on_from_is_not(tmp_path: Path, change: str) -> None:
    catalogue, home, inbox = shop_with_days(tmp_path), tmp_path / "home", tmp_path / "inbox"
    write_tables(inbox, {"orders.csv": shop_tables(tmp_path)["orders.csv"]}, None)
    first = run_audit(order(home, inbox, FIRST_DAY, catalogue))
    if change == "incomplete":
        first.file.chmod(0o600)
        with duckdb.connect(str(first.file)) as con:
            con.execute("update runs set status = 'incomplete'")
    again = AuditOrder(
        home,
        (inbox,),
        FIRST_DAY,
        catalogue,
        data_docs=False,
        card="purchase" if change == "other card asked for" else None,
        whole=change == "whole",
    )
    assert run_audit(again).former is None


def test_a_damaged_published_run_is_passed_over(tmp_path: Path) -> None:
    catalogue, home, inbox = shop_with_days(tmp_path), tmp_path / "home", tmp_path / "inbox"
    write_tables(inbox, shop_tables(tmp_path), None)
    first = run_audit(order(home, inbox, FIRST_DAY, catalogue))
    first.file.chmod(0o600)
    first.file.write_bytes(first.file.read_bytes()[:5000])
    again = run_audit(order(home, inbox, FIRST_DAY, catalogue))
    assert again.former is None
    assert Home(home).current() == again.file


def shop_with_days(folder: Path) -> Path:
    """The catalogue of the shop with two rules that depend on the audit date."""
    catalogue = folder / "catalogue"
    shutil.copytree(SHOP_CATALOGUE, catalogue)
    (catalogue / "rules_days.yaml").write_text(DAYS, encoding="utf-8")
    return catalogue


def shop_tables(folder: Path) -> Tables:
    made = folder / "shop"
    made.mkdir(parents=True)
    write_shop(made)
    return {
        path.name: list(csv.reader(path.read_text(encoding="utf-8").splitlines())) for path in sorted(made.iterdir())
    }


def order(home: Path, inbox: Path, day: date, catalogue: Path, *, whole: bool = False) -> AuditOrder:
    return AuditOrder(home, (inbox,), day, catalogue, data_docs=False, whole=whole, follow_earlier=True)


def write_tables(inbox: Path, tables: Tables, chance: random.Random | None) -> None:
    """Each as csv; now and then in another encoding, with other line ends, or as a workbook."""
    inbox.mkdir(exist_ok=True)
    for name, rows in tables.items():
        form = chance.choice(("utf-8", "utf-8", "utf-8", "gb18030", "crlf", "xlsx")) if chance else "utf-8"
        if form == "xlsx":
            write_xlsx(inbox / f"{name}.xlsx", Sheet1=rows)
            continue
        end, encoding = ("\r\n", "utf-8-sig") if form == "crlf" else ("\n", form)
        with (inbox / name).open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, lineterminator=end).writerows(rows)


def differences(whole: AuditResult, incremental: AuditResult) -> list[str]:
    """The tables in which the two published runs differ; findings are compared in their order too."""
    with duckdb.connect() as con:
        con.execute(f"attach '{whole.file}' as whole (read_only)")
        con.execute(f"attach '{incremental.file}' as incremental (read_only)")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'whole' order by all"
        ).fetchall()
        differing = []
        for schema, table in tables:
            if table in ("runs", "stages", "rule_history", "log_head"):
                continue
            in_order = ", rowid" if table == "findings" else ""
            columns = f"* exclude (_load){in_order}" if schema == "cards" else f"*{in_order}"
            if table == "profile":  # the whole audit may have had another run before it
                columns = "columns(name -> name not like 'former%' and name <> 'changes')"
            one, other = (f'select {columns} from {run}.{schema}."{table}"' for run in ("whole", "incremental"))
            for less, more in ((one, other), (other, one)):
                rows = con.execute(f"{more} except all {less}").fetchall()
                differing += [f"{table}: {rows[:3]}"] if rows else []
    counted = [(result.rows_read, result.rows_loaded, result.errors, result.due) for result in (whole, incremental)]
    return differing + ([f"{counted}"] if counted[0] != counted[1] else [])


def any_row(chance: random.Random, tables: Tables) -> tuple[Rows, int]:
    rows = tables[chance.choice(sorted(tables))]
    return rows, chance.randrange(1, len(rows))


def change_a_cell(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    place = chance.randrange(len(rows[0]))
    rows[number][place] = chance.choice(("", "x", rows[chance.randrange(1, len(rows))][place], 'a "quoted", cell'))


def delete_a_row(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    del rows[number]


def repeat_a_row(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows.insert(chance.randrange(1, len(rows)), list(rows[number]))


def alter_a_copy(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows.insert(chance.randrange(1, len(rows)), [*rows[number][:-1], "altered"])


def move_a_row(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows.insert(chance.randrange(1, len(rows)), rows.pop(number))


def sort_a_file(chance: random.Random, tables: Tables) -> None:
    rows, _ = any_row(chance, tables)
    rows[1:] = sorted(rows[1:], key=lambda row: row[-1])


def break_a_line(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows[number][-1] = "two\nlines"


def add_a_total(chance: random.Random, tables: Tables) -> None:
    rows, _ = any_row(chance, tables)
    total = ["Total", *[""] * (len(rows[0]) - 1)]
    rows.insert(chance.choice((len(rows), chance.randrange(1, len(rows)))), total)


def add_a_footer(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows.insert(number, [chance.choice(("Note: x", "Page 1 of 2", "小计")), *[""] * (len(rows[0]) - 1)])


def spoil_a_number(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows[number][chance.randrange(len(rows[0]))] = chance.choice(("7.7E+16", "#####", "５", "2025年3月2日9时30分"))


def repeat_the_headings(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows.insert(number, list(rows[0]))


def add_a_blank_row(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows.insert(number, [""] * len(rows[0]))


def lengthen_a_row(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    rows[number] = [*rows[number], "beyond the headings"]


def rename_a_file(chance: random.Random, tables: Tables) -> None:
    name = chance.choice(sorted(tables))
    tables[f"{chance.choice('abz')}{name}"] = tables.pop(name)


def add_a_later_file(chance: random.Random, tables: Tables) -> None:
    name = chance.choice(sorted(tables))
    rows = tables[name]
    some = [[*row[:-1], chance.choice((row[-1], "later"))] for row in chance.sample(rows[1:], min(30, len(rows) - 1))]
    tables[f"{chance.choice('az')}{len(tables)}{name}"] = [list(rows[0]), *some]


def remove_a_file(chance: random.Random, tables: Tables) -> None:
    if len(tables) > 2:
        del tables[chance.choice(sorted(tables))]


def take_a_column_away(chance: random.Random, tables: Tables) -> None:
    rows, _ = any_row(chance, tables)
    place = chance.randrange(len(rows[0]))
    rows[:] = [[*row[:place], *row[place + 1 :]] for row in rows]


def add_a_column(chance: random.Random, tables: Tables) -> None:
    rows, number = any_row(chance, tables)
    heading = chance.choice(("", "Remark"))
    for row in rows:
        row.append("")
    rows[0][-1], rows[number][-1] = heading, chance.choice(("", "said"))


EDITS: tuple[Edit, ...] = (
    *[change_a_cell] * 6,
    delete_a_row,
    repeat_a_row,
    alter_a_copy,
    move_a_row,
    sort_a_file,
    break_a_line,
    add_a_total,
    add_a_footer,
    spoil_a_number,
    repeat_the_headings,
    add_a_blank_row,
    lengthen_a_row,
    rename_a_file,
    add_a_later_file,
    remove_a_file,
    take_a_column_away,
    add_a_column,
)
