"""A run meets the register: what is new, still open, corrected, reopened, no longer seen. Runs alone open and close findings.

The comparison is made by DuckDB over the published file and a copy of what the register knows; only what changes is written,
in one transaction together with the run itself. Nobody's decision is overwritten: writers wait until it is through.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Dialect,
    Result,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from expectations.connections import open_duckdb
from expectations.file_names import path_as_text
from expectations.finding.values_read import program_mark
from expectations.home import Home
from expectations.office_days import begin_of
from expectations.people import access_log
from expectations.register import follow_sql
from expectations.register.problems import problems_of
from expectations.register.transitions import ACTIVE
from expectations.register.trust import hold_if_rejected, run_problems
from expectations.run.words.spoken import spoken_language
from expectations.sql.quoting import quoted
from expectations.store.register import Register, now
from expectations.store.tables import Event, Finding, Run, RunFigure
from expectations.texts import NO_TEXT, Bilingual, joined

_CHUNK = 5000
_CACHE_KB = 256 * 1024
"""At most, for SQLite: a night changes every open finding and its indexes; with the usual 2 MB each is read from the file again."""

_CLEARED: dict[str, object] = {
    "verification": "",
    "verified_by": "",
    "verified_at": None,
    "answer": "",
    "answered_by": "",
    "answered_at": None,
    "reason_code": "",
    "note": "",
    "decision": "",
    "decision_note": "",
    "explained_until": None,
}
"""What people said of a finding that is another one now; the events keep it."""

_REASONS = {
    "rule": Bilingual("规则变化", "another rule"),
    "values": Bilingual("案卡值变化", "other values"),
    "expired": Bilingual("期限已过", "term over"),
}
"""Why what people said of a finding holds no longer."""


@dataclass(frozen=True)
class Followed:
    """What a run changed: findings by what became of them, and why the run is not complete."""

    seq: int
    new: int = 0
    open: int = 0
    corrected: int = 0
    reopened: int = 0
    explained: int = 0
    not_seen: int = 0
    withdrawn: int = 0
    unjudged: int = 0
    """Still open since their rule could not be judged on their row this time."""
    to_verify_again: Mapping[str, int] = field(default_factory=dict)
    """Findings of which a verdict or an answer no longer holds, though they are still found: by what changed, values, rule or term."""
    problems: tuple[dict[str, object], ...] = ()

    @property
    def said_to_verify_again(self) -> Bilingual:
        """How many must be verified or answered again, and why; blank where none must."""
        if not self.to_verify_again:
            return NO_TEXT
        by_reason = joined("，", (f"{_REASONS[reason]} {count}" for reason, count in self.to_verify_again.items()))
        return Bilingual("处理已失效、须重新核实的问题", "decided on before, to be verified again").about(
            f"{sum(self.to_verify_again.values())}（{by_reason}）"
        )


def follow(register: Register, file: Path, *, named: Path | None = None, inputs: Iterable[Path] = ()) -> Followed:
    """Brings the register up to the run in `file`, which is to be `named` so; following the same run again changes nothing.

    `inputs` are the exports it was made of, remembered for a re-check.
    """
    con = open_duckdb(files=[file], spill=Home.of(file).spill)
    try:
        con.execute(f"attach {quoted(str(file))} as published (read_only)")
        with register.writing() as session:
            if register.on_sqlite:
                session.execute(text(f"pragma cache_size = -{_CACHE_KB}"))
            else:
                # Pages go on reading; a decision waits, or it would fall between the comparison and the writing.
                session.execute(text("lock table findings in exclusive mode"))
            followed = _follow(session, con, named or file, [path_as_text(path.absolute()) for path in inputs])
            if register.on_sqlite:
                session.execute(text("analyze findings"))  # without figures SQLite takes the wrong index for the lists
            return followed
    finally:
        con.close()


def _follow(session: Session, con: duckdb.DuckDBPyConnection, file: Path, inputs: list[str]) -> Followed:
    run_id, as_of = con.execute("select run_id, as_of from published.runs").fetchall()[0]
    last_run = session.scalars(select(Run).order_by(Run.seq.desc()).limit(1)).first()
    # A run is named by what went into it: the same one again is a repeated command, not another night.
    language = spoken_language(con, "published")
    if last_run and last_run.run_id == run_id:
        last_run.file, last_run.inputs, last_run.language = str(file), inputs or last_run.inputs, language
        return Followed(last_run.seq, problems=tuple(problems_of(last_run)))
    problems = run_problems(session, con)
    run = Run(
        run_id=run_id,
        file=str(file),
        as_of=as_of,
        followed_at=now(),
        complete=not problems,
        problems=[json.dumps(problem, ensure_ascii=False) for problem in problems],
        rows=dict(con.execute("select card, count(*) from published.card_rows group by card order by card").fetchall()),
        departments=dict(con.execute(follow_sql.DEPARTMENTS).fetchall()),
        inputs=inputs,
        rules=dict(
            con.execute("select rule_id, fingerprint from published.rules where switched_off is null").fetchall()
        ),
        language=language,
    )
    session.add(run)
    session.flush()
    _compare(session, con, as_of)
    _write(session, con, run.seq, as_of)
    # Rejections count under the rules in use, and these are the run's from now on.
    hold_if_rejected(
        session, session.scalars(select(Finding.rule_id).where(Finding.verification == "rejected").distinct())
    )
    if figures := _figures(session, run.seq):
        session.connection().execute(insert(RunFigure), figures)
    counts = dict(con.execute("select became, count(*) from moves group by became").fetchall())
    said = " ".join(f"{became}={counts[became]}" for became in sorted(counts))
    access_log.note(session, *access_log.BY_MACHINE, "run", run_id, said)
    again = dict(con.execute(follow_sql.TAKEN_BACK).fetchall())
    return Followed(run.seq, **counts, to_verify_again=again, problems=tuple(problems))


def _compare(session: Session, con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Table `moves`: what becomes of every finding the run or the register knows."""
    names = (*follow_sql.KNOWN, "present")
    columns = [getattr(Finding, name) for name in follow_sql.KNOWN]
    # what a finding shows is compared where another program made its fingerprint, and read from there only
    by_this_program = Finding.values_fingerprint.startswith(program_mark())
    present = case((by_this_program, None), else_=cast(Finding.present, Text))
    rows = session.execute(select(*columns, present)).all()
    values: list[tuple[object, ...]] = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    # The types come from the declared columns: of a column without values Arrow could tell none.
    types = con.execute(follow_sql.KNOWN_TYPES).to_arrow_table().schema
    register_copy = pa.table(
        [pa.array(list(column), types.field(name).type) for name, column in zip(names, values, strict=True)],
        list(names),
    )
    con.register("known_rows", register_copy)
    con.execute("create table known as from known_rows")
    con.unregister("known_rows")
    cards = [name for (name,) in con.execute("select card from published.cards_known order by card").fetchall()]
    con.execute(f"create table rows_now as {follow_sql.rows_now(cards)}")
    con.execute("set variable as_of = ?::date", [as_of])
    con.execute("set variable as_of_begins = ?::timestamp", [begin_of(as_of)])
    con.execute(follow_sql.MOVES)


def _write(session: Session, con: duckdb.DuckDBPyConnection, seq: int, as_of: date) -> None:
    """Writes the moves: new findings, changed ones, events."""
    connection = session.connection()
    seen_now = {"last_seen": as_of, "last_seq": seq}
    # Nearly every finding is still there, so all are marked as seen in one statement; those gone or not judged get their days back below.
    connection.execute(update(Finding).where(Finding.state.in_((*ACTIVE, "explained"))).values(**seen_now))
    first_seen_now = {
        "state": "new",
        "first_seen": as_of,
        "first_seq": seq,
        **seen_now,
        "state_seq": seq,
        "times_reopened": 0,
        "version": 1,
        "closed_on": None,
        **_CLEARED,
        "notice_id": None,
    }
    _insert(session, con, Finding, follow_sql.NEW, first_seen_now)
    for rows in _chunks(con, follow_sql.CHANGED):
        _update(session, [{**_finding(row), "state": row["state"]} for row in rows])
    for rows in _chunks(con, follow_sql.MOVED):
        _update(session, [{**row, "state_seq": seq, "closed_on": None, **seen_now} for row in rows])
    for rows in _chunks(con, follow_sql.GONE):
        _update(session, [{**row, "state_seq": seq, "closed_on": as_of} for row in rows])
    for rows in _chunks(con, follow_sql.UNJUDGED):
        _update(session, rows)
    for rows in _chunks(con, follow_sql.CLEARED):
        _update(session, [{**row, **_CLEARED} for row in rows])
    for rows in _chunks(con, follow_sql.CONTRADICTED):
        _update(session, [{**row, "answer": "still_wrong"} for row in rows])
    event = {"at": now(), "seq": seq, "user_name": "", "note": "", "batch": "", "before": {}, "undone": False}
    _insert(session, con, Event, follow_sql.EVENTS, event)


def _figures(session: Session, seq: int) -> list[dict[str, object]]:
    """The register's findings counted: what stands open now, and what this run opened and closed."""
    keys = {
        "office": Finding.office,
        "department": Finding.department,
        "rule_id": Finding.rule_id,
        "error_type": Finding.error_type,
        "severity": Finding.severity,
        "is_hint": Finding.is_hint,
    }
    conditions = {
        "new": Finding.state == "new",
        "open": Finding.state.in_(ACTIVE),
        "corrected": and_(Finding.state == "corrected", Finding.state_seq == seq),
        "reopened": Finding.state == "reopened",
        "explained": Finding.state == "explained",
    }
    counts = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in conditions.items()]
    rows: Result[Any] = session.execute(
        select(*(column.label(name) for name, column in keys.items()), *counts)
        .where(or_(Finding.state.in_((*ACTIVE, "explained")), Finding.state_seq == seq))
        .group_by(*keys.values())
    )
    return [{"seq": seq, **row} for row in rows.mappings()]


def _finding(row: Mapping[str, object]) -> dict[str, object]:
    return {**row, "present": json.loads(str(row["present"]))}


def _insert(
    session: Session,
    con: duckdb.DuckDBPyConnection,
    target: type[Finding | Event],
    query: str,
    constants: Mapping[str, object],
) -> None:
    """New rows of the register: those of the query, each with the constants beside it."""
    connection = session.connection()
    items, dialect = target.__table__.c, connection.dialect
    # From DuckDB to the driver as they are: a hundred thousand findings cost seconds as objects of the register.
    same_on_all = tuple(_as_stored(items[name], value, dialect) for name, value in constants.items())
    cursor = con.cursor().execute(query)
    names = [*(name for name, *_ in cursor.description or ()), *constants]
    columns = ", ".join(map(dialect.identifier_preparer.quote, names))
    marks = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(names))
    statement = f"insert into {dialect.identifier_preparer.quote(target.__tablename__)} ({columns}) values ({marks})"
    while rows := cursor.fetchmany(_CHUNK):
        connection.exec_driver_sql(statement, [row + same_on_all for row in rows])


def _as_stored(column: ColumnElement[Any], value: object, dialect: Dialect) -> object:
    """A value as the driver takes it, which for SQLite is a text where the column is a day or an object."""
    processor = column.type.dialect_impl(dialect).bind_processor(dialect)
    return processor(value) if processor and value is not None else value


def _update(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Updates findings by `finding_id`; every row names the same columns. Each change counts as a version."""
    if not rows:
        return
    changed = [name for name in rows[0] if name != "finding_id"]
    statement = (
        update(Finding)
        .where(Finding.finding_id == bindparam("of_finding"))
        .values({**{name: bindparam(f"to_{name}") for name in changed}, "version": Finding.version + 1})
    )
    session.connection().execute(
        statement, [{"of_finding": row["finding_id"], **{f"to_{name}": row[name] for name in changed}} for row in rows]
    )


def _chunks(con: duckdb.DuckDBPyConnection, query: str) -> Iterator[list[dict[str, object]]]:
    for batch in con.cursor().execute(query).to_arrow_reader(_CHUNK):
        rows: list[dict[str, object]] = batch.to_pylist()
        if rows:
            yield rows
