"""Three trades by YAML alone, written from the documents: every rule finds the rows that SQL written by hand finds, no other and none twice.

`freight` is English, `ferry` German with moments and two forms of every date, `market` Chinese without anything that tells rows apart.
"""

import csv
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest
from support.worlds import ferry, freight, market

from expectations.catalogue.catalogues import load_catalogue
from expectations.fitting.rule_checks import check_catalogue
from expectations.run.published import open_published
from flows import incremental
from flows.audit import run_audit
from flows.orders import AuditOrder, AuditResult

HERE = Path(__file__).parent
AS_OF = date(2026, 6, 30)
WORLDS = {"freight": freight, "ferry": ferry, "market": market}
EXPECTED: Mapping[str, Mapping[str, str]] = {name: world.EXPECTED for name, world in WORLDS.items()}
RULES = [(name, rule) for name, expected in EXPECTED.items() for rule in expected]


@dataclass(frozen=True)
class Audited:
    """A run and the same files as plain SQL sees them."""

    result: AuditResult
    con: duckdb.DuckDBPyConnection


def catalogue_of(world: str) -> Path:
    return HERE / f"{world}_catalogue"


def audit(home: Path, world: str, exports: Path, *, whole: bool = False) -> AuditResult:
    """A run in which every rule was judged."""
    result = run_audit(AuditOrder(home, (exports,), AS_OF, catalogue_of(world), data_docs=False, whole=whole))
    assert not result.in_error
    assert not result.not_judged
    return result


def write_exports(world: str, folder: Path) -> Path:
    folder.mkdir()
    WORLDS[world].write(folder)
    return folder


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Audited]]:
    worlds = {}
    for name, world in WORLDS.items():
        folder = tmp_path_factory.mktemp(name)
        exports = write_exports(name, folder / "exports")
        result, con = audit(folder / "home", name, exports), duckdb.connect()
        for file in exports.iterdir():  # DuckDB reads GB 18030 by an extension only
            text = file.read_bytes().decode("gb18030" if name == "market" else "utf-8")
            (folder / file.name).write_text(text, encoding="utf-8", newline="")
        con.execute(re.sub(r"'(\w+\.csv)'", rf"'{folder}/\1'", world.TYPED))
        worlds[name] = Audited(result, con)
    yield worlds
    for each in worlds.values():
        each.con.close()


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_has_a_dozen_rules_that_judge_their_examples_as_they_say(world: str) -> None:
    catalogue = load_catalogue(catalogue_of(world))
    assert check_catalogue(catalogue).problems == ()
    assert catalogue.rules.keys() == EXPECTED[world].keys()
    assert len(catalogue.rules) >= 12


@pytest.mark.parametrize(("world", "rule"), RULES)
def test_a_rule_finds_exactly_the_rows_of_sql_written_by_hand(
    audited: Mapping[str, Audited], world: str, rule: str
) -> None:
    expected = Counter(row for (row,) in audited[world].con.execute(EXPECTED[world][rule]).fetchall())
    with open_published(audited[world].result.file) as con:
        found = con.execute("select sheet_row - 1 from findings where rule_id = ?", [rule]).fetchall()
    assert Counter(row for (row,) in found) == expected
    assert expected


def test_one_finding_for_all_rows_of_a_key_says_how_many_there_are(audited: Mapping[str, Audited]) -> None:
    with open_published(audited["market"].result.file) as con:
        found = con.execute(
            "select values, card_rows, level from findings where rule_id = 'MK04' order by 1"
        ).fetchall()
    rows = audited["market"].con.execute(
        "select stall, count(*) from r where stall in ('A10', 'A11') group by 1 order by 1"
    )
    assert [(values, count, level) for values, count, level in found] == [
        (f'{{"stall_no":"{stall}"}}', count, "key") for stall, count in rows.fetchall()
    ]


def test_moments_are_shown_to_the_minute_or_the_second(audited: Mapping[str, Audited]) -> None:
    with open_published(audited["ferry"].result.file) as con:
        messages = [
            text for (text,) in con.execute("select message from findings where rule_id in ('FE01', 'FE03')").fetchall()
        ]
    assert {len(message.split("：")[0]) for message in messages} == {
        len("2026-03-01 10:00"),
        len("2026-03-01 10:00:59"),
    }


@pytest.mark.parametrize("world", WORLDS)
def test_the_night_after_comes_to_what_a_whole_audit_does(
    tmp_path: Path, world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows go, come back twice and change; those that are one finding with them, or differ in nothing, are judged again."""
    monkeypatch.setattr(incremental, "MOST_TOUCHED", 1.0)
    exports, chance = write_exports(world, tmp_path / "exports"), random.Random(5)
    audit(tmp_path / "home", world, exports)
    for file in sorted(exports.iterdir()):
        encoding = "gb18030" if world == "market" else "utf-8"
        headings, *rows = csv.reader(
            file.read_text(encoding=encoding).splitlines(), delimiter=";" if "fahrten" in file.name else ","
        )
        for _ in range(6):
            del rows[chance.randrange(len(rows))]
            rows.insert(chance.randrange(len(rows)), list(chance.choice(rows)))
            chance.choice(rows)[chance.randrange(2, len(headings))] = chance.choice(rows)[2]
        with file.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=";" if "fahrten" in file.name else ",").writerows([headings, *rows])
    night = audit(tmp_path / "home", world, exports)
    whole = audit(tmp_path / "whole", world, exports, whole=True)
    assert night.former is not None
    assert findings(night) == findings(whole)


def findings(result: AuditResult) -> list[tuple[object, ...]]:
    with open_published(result.file) as con:
        return con.execute("from findings order by all").fetchall()


def test_merged_rows_are_told_by_the_rules_that_do_not_see_them(tmp_path: Path) -> None:
    """The freight card merges: two equal rows are one to its duplicate rule, which says so, in the first run and in one that changes nothing."""
    exports = write_exports("freight", tmp_path / "exports")
    file = exports / "consignments.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([*lines, lines[1], lines[2]]), encoding="utf-8")
    for _ in range(2):
        result = audit(tmp_path / "home", "freight", exports)
        (line,) = result.merged
        assert line.startswith("FR13: ")
        assert "2 row(s) of consignment were equal" in line
