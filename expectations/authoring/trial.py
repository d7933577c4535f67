"""Judging the last published cards once more, with a changed catalogue, beside what was published.

Works on a copy of the published file: nothing published is touched. Used to try a pack before it is adopted and to look for
rules that never find anything, always do, or are implied by others.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from expectations.catalogue.cards import SQL_TYPES, Card
from expectations.catalogue.catalogues import Catalogue
from expectations.connections import open_duckdb, within_memory
from expectations.judging.collecting import collect
from expectations.judging.judge import LoadedCards, judge
from expectations.progress import Progress, unheard
from expectations.run.published import open_published, place_columns, telling_of_damage
from expectations.run.schema import card_table

CHANGES = """
select coalesce(n.rule_id, o.rule_id) as rule_id, coalesce(n.department, o.department, '（未填）') as department,
  count(*) filter (where o.finding_id is null) as added, count(*) filter (where n.finding_id is null) as removed
from findings n full join published_findings o using (finding_id)
group by all having added + removed > 0 order by all
"""

CHANGED_FINDINGS = f"""
with changed as (
  select '新增 added' as change, n.* from findings n anti join published_findings using (finding_id)
  union all by name select '减少 removed', o.* from published_findings o anti join findings using (finding_id)
)
select change, rule_id, severity, department, prosecutor, bmsah as "case", suspect_no as person, message,
  {place_columns("changed")}
from changed order by all
"""


@dataclass(frozen=True)
class Trial:
    """What a changed catalogue would add and remove, by rule and department, and what it could not judge."""

    as_of: date
    published: int
    tried: int
    changes: tuple[tuple[str, str, int, int], ...]
    not_judged: tuple[str, ...]
    in_error: tuple[str, ...]


@contextmanager
def copied(published: Path, work: Path) -> Iterator[Path]:
    """A writable copy of a published file below `work`, deleted afterwards. Raises DamagedRunError, also while the copy is read."""
    open_published(published).close()
    copy = work / "trial.duckdb"
    shutil.copyfile(published, copy)
    try:
        with telling_of_damage(published):
            yield copy
    finally:
        copy.unlink(missing_ok=True)


@within_memory()
def try_catalogue(copy: Path, catalogue: Catalogue, progress: Progress = unheard) -> Trial:
    """Judges the cards of the copy by `catalogue`; afterwards its tables `findings` and `published_findings` hold both."""
    with open_duckdb(copy) as con:
        as_of = con.execute("select as_of from runs").fetchall()[0][0]
        con.execute("alter table findings rename to published_findings")
        loaded = loaded_cards(con, catalogue)
    verdicts = judge(copy, catalogue, as_of, loaded, None, progress)
    with open_duckdb(copy) as con:
        collect(con, catalogue, verdicts, "trial", progress)
        changes = con.execute(CHANGES).fetchall()
        (published,), (tried,) = con.execute(
            "select count(*) from published_findings union all select count(*) from findings"
        ).fetchall()
    reasons = {
        state: tuple(f"{v.judgement.name}: {v.reason}" for v in verdicts if v.state == state)
        for state in ("not_judged", "error")
    }
    return Trial(as_of, published, tried, tuple(changes), reasons["not_judged"], reasons["error"])


def loaded_cards(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> LoadedCards:
    """What the judge must know of the published cards; cards and items the run did not know are made, as absent."""
    files: dict[str, set[int]] = {}
    absent: dict[str, dict[str, set[int]]] = {}
    unreadable: dict[str, set[str]] = {}
    for card, file_no in con.execute("select card, file_no from files where status = 'loaded'").fetchall():
        files.setdefault(card, set()).add(file_no)
    for card, name, file_no in con.execute("select card, field, file_no from missing_columns").fetchall():
        absent.setdefault(card, {}).setdefault(name, set()).add(file_no)
    for card, name in con.execute("select distinct card, field from unreadable_cells").fetchall():
        unreadable.setdefault(card, set()).add(name)
    for card in catalogue.cards.values():
        for name in _add_missing_columns(con, card):
            absent.setdefault(card.name, {})[name] = set(files.get(card.name, ()))
    return LoadedCards(
        {card: frozenset(numbers) for card, numbers in files.items()},
        {card: {name: frozenset(numbers) for name, numbers in names.items()} for card, names in absent.items()},
        {card: frozenset(names) for card, names in unreadable.items()},
    )


def _add_missing_columns(con: duckdb.DuckDBPyConnection, card: Card) -> list[str]:
    con.execute(f"create table if not exists cards.{card.name} ({card_table(card.name, {}).declared()})")
    present = {row[0] for row in con.execute(f"select column_name from (describe cards.{card.name})").fetchall()}
    added = [field for field in card.fields if field.name not in present]
    for field in added:
        con.execute(f"alter table cards.{card.name} add column {field.name} {SQL_TYPES.get(field.type, 'varchar')}")
        if field.parsed:
            con.execute(f"alter table cards.{card.name} add column {field.name}__raw VARCHAR")
    return [field.name for field in added]
