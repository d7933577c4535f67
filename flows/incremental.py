"""An audit that goes on from the published run: only what is new is read, only what may be judged otherwise is judged.

What it comes to is what a whole audit would: the rows of the files, the judgements, and the rows whose judgement may differ are found by
`flows.load.former` and `expectations.judging.touched`; here is when that can be done, and what becomes of the parts.
"""

import shutil
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import duckdb

from expectations.catalogue.catalogues import Catalogue
from expectations.connections import open_duckdb
from expectations.errors import AnkaError
from expectations.home import Home
from expectations.judging.collecting import Collected, collect
from expectations.judging.judge import LoadedCards, Verdict, judge, passed_over
from expectations.judging.touched import carry_over, copy_touched, find_touched, judged_anew
from expectations.progress import Progress
from expectations.run.published import open_published
from expectations.sql.judgements import all_judgements
from expectations.sql.quoting import quoted

MOST_TOUCHED = 0.25
"""Where a larger share of the rows may be judged otherwise, all are judged: two databases cost more than they save."""


@dataclass(frozen=True)
class Judged:
    """Verdicts on all rows, those that hold of the touched rows only, as they stand in the database `Home.touched`, and those that are as
    in the former run, since no row of the card was touched."""

    on_all: tuple[Verdict, ...]
    on_touched: tuple[Verdict, ...] = ()
    as_before: tuple[Verdict, ...] = ()

    @property
    def in_parts(self) -> bool:
        """Whether some verdicts hold of a part of the rows only."""
        return bool(self.on_touched or self.as_before)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One per judgement."""
        everything = (*self.on_all, *self.on_touched, *self.as_before)
        return tuple(sorted(everything, key=lambda verdict: verdict.judgement.name))


def loaded_by(card: str | None) -> str:
    """Beside the catalogue, what decides how the cells of an export are read: the versions, and the card asked for."""
    return f"anka {version('anka-audit')}, duckdb {version('duckdb')}" + (f", {card}" if card else "")


def former_run(home: Home, catalogue: Catalogue, card: str | None) -> Path | None:
    """The published file an audit can go on from: of the same catalogue and versions, with every rule judged that could be."""
    try:
        file = home.current()
        with open_published(file) as con:
            (run,) = con.execute("select catalogue_hash, loaded_by, status from runs").fetchall()
            same = run == (catalogue.fingerprint, loaded_by(card), "complete")
        return file if same and home.as_switched_to() else None
    except (AnkaError, duckdb.Error, OSError, ValueError):
        return None  # there is none, or none that this version can read


def begin_with(former: Path, warehouse: Path) -> None:
    """Makes the warehouse a copy of the published file."""
    shutil.copyfile(former, warehouse)
    warehouse.chmod(0o600)


def attach_former(con: duckdb.DuckDBPyConnection, former: Path) -> None:
    """Puts the published file beside the warehouse, as `former`."""
    con.execute(f"attach {quoted(str(former))} as former (read_only)")


def judge_what_differs(
    home: Home, former: Path, catalogue: Catalogue, as_of: date, loaded: LoadedCards, progress: Progress
) -> Judged | None:
    """Judges what depends on the day on all rows and the rest on the touched rows; None where these are too many."""
    shutil.rmtree(home.touched.parent, ignore_errors=True)  # of a judging that is tried again
    home.touched.parent.mkdir(mode=0o700)
    judgements = all_judgements(catalogue, as_of)
    with open_duckdb(home.warehouse, files=[former], folders=[home.touched.parent]) as con:
        attach_former(con, former)
        anew = judged_anew(con, catalogue, as_of, loaded)
        others = [judgement for judgement in judgements if judgement.name not in anew]
        touched, rows = find_touched(con, catalogue, others)
        if sum(touched.values()) > MOST_TOUCHED * rows:
            return None
        con.execute(f"attach {quoted(str(home.touched))} as touched")
        copy_touched(con, catalogue, others)
    again = {judgement.name for judgement in others if touched[judgement.card.name]}
    on_all = judge(home.warehouse, catalogue, as_of, loaded, None, progress, anew)
    on_touched = judge(home.touched, catalogue, as_of, loaded, None, progress, again)
    as_before = (
        passed_over(catalogue, j, as_of, loaded) or Verdict(j, "judged") for j in others if j.name not in again
    )
    return Judged(on_all, on_touched, tuple(as_before))


def collect_what_differs(
    con: duckdb.DuckDBPyConnection, home: Home, catalogue: Catalogue, judged: Judged, run_id: str, progress: Progress
) -> tuple[Collected, ...]:
    """The findings of all judgements: those made anew, those of touched rows, and of all others what the former run found.

    `con` is the warehouse, with the former run attached, and may open the database of the touched rows.
    """
    anew = collect(con, catalogue, judged.on_all, run_id, progress)
    with open_duckdb(home.touched) as touched:
        on_touched = collect(touched, catalogue, judged.on_touched, run_id, progress)
    con.execute(f"attach {quoted(str(home.touched))} as touched (read_only)")
    in_parts = [*on_touched, *(Collected(verdict, 0) for verdict in judged.as_before)]
    carry_over(con, [c.verdict.judgement for c in in_parts if c.verdict.state == "judged"], run_id)
    con.execute("detach touched")
    counts = {
        (rule, card, fields): (findings, rows)
        for rule, card, fields, findings, rows in con.execute(
            "select rule_id, card, fields, count(*), sum(card_rows)::bigint from findings group by all"
        ).fetchall()
    }
    return (*anew, *(_with_counts(collected, counts) for collected in in_parts))


def _with_counts(collected: Collected, counts: dict[tuple[str, str, str], tuple[int, int]]) -> Collected:
    verdict = collected.verdict
    judgement = verdict.judgement
    findings, rows = counts.get((judgement.rule.id, judgement.card.name, "|".join(judgement.fields)), (0, 0))
    return Collected(replace(verdict, rows_violated=rows), findings) if verdict.state == "judged" else collected
