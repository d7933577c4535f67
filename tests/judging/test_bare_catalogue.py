"""A catalogue with next to nothing in it goes the whole way: no dictionary, no link, no limit, no rule that uses `each`, no rule."""

from datetime import date
from pathlib import Path

import pytest

from expectations.authoring.rule_review import review_rules
from expectations.authoring.trial import copied, try_catalogue
from expectations.catalogue.catalogues import load_catalogue
from expectations.fitting.rule_checks import check_catalogue
from expectations.home import Home
from expectations.run.published import open_published
from expectations.store.register import open_register, register_url
from flows.audit import run_audit
from flows.orders import AuditOrder, AuditResult

CARD = """
card: t
title: {zh: 表}
key: [id]
file_words: [tt]
roles: {case: '', person: '', name: '', case_name: '', office: '', department: '', prosecutor: ''}
%s
sections:
  - title: {zh: 表}
    fields:
      - {name: id, header: id, level: row}
      - {name: i, header: i, %s, level: row}
      - {name: j, header: j, %s, level: row}
"""
RULES = """
theme: %s
rules:
  - id: TT01
    cards: [t]
    level: row
    title: {zh: 甲}
    message: {zh: '{i} {j}'}
    how_to_fill: {zh: 丙}
    severity: normal
    error_type: 不一致
    owner: handler
    fields: [i, j]
%s
"""
BOTH_OR_NEITHER = """
    kind: implies
    then: blank(i) = blank(j)
    examples: {accepted: {id: '1'}, violating: {id: '1', j: '2'}}
"""
TWO_CURRENT = """
    kind: duplicate
    when: j = 1
    no_other: r.i = t.i and r.j = 1
    examples: {accepted: [{i: '1', j: '1'}, {i: '1', j: '0'}], violating: [{i: '1', j: '1'}, {i: '1', j: '1'}]}
"""
TWICE = """
    kind: duplicate
    when: j = 1
    same: [i]
    examples: {accepted: [{j: '1'}, {j: '1'}], violating: [{i: '1', j: '1'}, {i: '1', j: '1'}]}
"""
LINK = "links: [{card: t, by: [i]}]"
NUMBERS, TEXTS = "type: int", "type: text"


def catalogue_in(folder: Path, rules: str, links: str = "", kind: str = NUMBERS) -> Path:
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        "pack: {name: bare, title: {zh: 空}, version: '1', extends: nothing}\n", encoding="utf-8"
    )
    (folder / "card.yaml").write_text(CARD % (links, kind, kind), encoding="utf-8")
    if rules:
        theme = "duplicates" if "duplicate" in rules else "consistency"
        (folder / "rules.yaml").write_text(RULES % (theme, rules), encoding="utf-8")
    return folder


def audited(tmp_path: Path, catalogue: Path, text: str, as_of: date) -> AuditResult:
    (tmp_path / "tt.csv").write_text(text, encoding="utf-8")
    return run_audit(AuditOrder(tmp_path / "home", (tmp_path / "tt.csv",), as_of, catalogue, data_docs=False))


@pytest.mark.parametrize(
    ("rules", "links", "kind", "table", "expected"),
    [
        (BOTH_OR_NEITHER, "", NUMBERS, "a,1,2\nb,,\nc,3,\nd,,4\n", ["3 （空）", "（空） 4"]),
        (BOTH_OR_NEITHER, "", TEXTS, "a,1,2\nb,,\nc,3,\nd,,4\n", ["3 （空）", "（空） 4"]),
        (TWO_CURRENT, LINK, NUMBERS, "a,1,1\nb,1,0\nc,2,1\nd,2,1\ne,,1\n", ["2 1", "2 1"]),
        (TWICE, LINK, NUMBERS, "a,1,1\nb,1,0\nc,2,1\nd,,1\ne,,1\n", ["1 1"]),
        ("", "", NUMBERS, "a,1,2\n", []),
        (BOTH_OR_NEITHER, "", NUMBERS, "", []),
    ],
)
def test_a_bare_catalogue_goes_the_whole_way(
    tmp_path: Path, rules: str, links: str, kind: str, table: str, expected: list[str]
) -> None:
    """Checked, audited two nights running, followed, tried and reviewed."""
    folder = catalogue_in(tmp_path / "bare", rules, links, kind)
    assert check_catalogue(load_catalogue(folder)).problems == ()
    first = audited(tmp_path, folder, f"id,i,j\n{table}", date(2026, 6, 29))
    assert first.in_error == ()
    with open_published(first.file) as con:
        assert [
            text for (text,) in con.execute("select message from findings order by card_row").fetchall()
        ] == expected
        types = dict(con.execute("select table_name || '.' || column_name, data_type from duckdb_columns()").fetchall())
    assert (types["judgements.field"], types["rules.off_since"], types["rules.is_hint"]) == (
        "VARCHAR",
        "DATE",
        "BOOLEAN",
    )
    second = audited(tmp_path, folder, "id,i,j\nz,9,9\n", date(2026, 6, 30))
    assert second.followed is not None
    assert (second.followed.new, second.followed.corrected) == (0, len(expected))
    home = Home(tmp_path / "home")
    open_register(register_url(home, ""))
    with copied(home.current(), tmp_path) as copy:
        tried = try_catalogue(copy, load_catalogue(folder))
        assert (tried.changes, tried.in_error) == ((), ())
    with copied(home.current(), tmp_path) as copy:
        assert review_rules(copy, load_catalogue(folder), 90).always_fire == ()
