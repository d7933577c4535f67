"""What a run says about itself: its identity, files, stages, missing columns, unreadable cells and rules it did
not judge.
"""

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from expectations.finding.masks import mask_identity
from expectations.run.loaded.load_report import cell_name
from expectations.texts import Bilingual


@dataclass(frozen=True)
class Run:
    """The run of the published file."""

    run_id: str
    as_of: date
    started_at: datetime
    finished_at: datetime
    version: str
    status: str
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    catalogue_hash: str
    input_hash: str

    @property
    def complete(self) -> bool:
        """Whether every rule could be judged or was rightly skipped."""
        return self.status == "complete"


NO_RUN = Run("", date.min, datetime.min, datetime.min, "", "complete", 0, 0, 0, "", "")
"""Before the first audit, for pages that need none."""


@dataclass(frozen=True)
class FileLine:
    """A sheet of an input file and what became of its rows."""

    file_no: int
    name: str
    sheet: str
    card: str
    status: str
    reason: Bilingual
    header_row: int | None
    rows_read: int
    rows_loaded: int
    rows_rejected: int


@dataclass(frozen=True)
class Unjudged:
    """Rules with the same state and reason."""

    state: str
    reason: Bilingual
    rules: tuple[str, ...]
    judgements: int


def run(con: duckdb.DuckDBPyConnection) -> Run:
    """The run the file holds."""
    rows = con.execute(
        "select run_id, as_of, started_at, finished_at, version, status, rows_read, rows_loaded, rows_rejected, "
        "catalogue_hash, input_hash from runs"
    )
    return Run(*rows.fetchall()[0])


def files(con: duckdb.DuckDBPyConnection) -> list[FileLine]:
    """Every sheet the run was given, in the order of files."""
    rows = con.execute(
        "select file_no, name, coalesce(sheet, ''), coalesce(card, ''), status, coalesce(reason, ''), coalesce(reason_en, ''), header_row, "
        "coalesce(rows_read, 0), coalesce(rows_loaded, 0), coalesce(rows_rejected, 0) from files order by file_no, rowid"
    )
    return [
        FileLine(number, name, sheet, card, status, Bilingual(zh, en), *figures)
        for number, name, sheet, card, status, zh, en, *figures in rows.fetchall()
    ]


def last_file(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the last file."""
    return int(con.execute("select max(file_no) from files").fetchall()[0][0])


def cases_of_file(con: duckdb.DuckDBPyConnection, file_no: int) -> list[str]:
    """The case numbers on the sheets of a file, each once."""
    case_numbers: dict[str, None] = {}
    cards = con.execute(
        "select card from files where file_no = ? and status = 'loaded' group by card order by min(rowid)", [file_no]
    )
    for (card,) in cards.fetchall():
        rows = con.execute(
            f'select distinct r.bmsah from card_rows r join cards."{card}" c on c._row = r.card_row '
            "where r.card = ? and c._file = ? and r.bmsah is not null",
            [card, file_no],
        ).fetchall()
        case_numbers |= dict.fromkeys(str(bmsah) for (bmsah,) in rows)
    return list(case_numbers)


def rejected_by_reason(con: duckdb.DuckDBPyConnection) -> list[tuple[str, Bilingual, int]]:
    """File, reason and number of the rows that were not loaded."""
    rows = con.execute(
        "select coalesce(n.name, ''), r.reason, r.reason_en, count(*) from rejected_rows r "
        "left join (select distinct file_no, name from files) n using (file_no) group by r.file_no, n.name, r.reason, r.reason_en "
        "order by r.file_no, r.reason"
    )
    return [(str(name), Bilingual(zh, en), int(number)) for name, zh, en, number in rows.fetchall()]


def missing_columns(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """File, card and headers of the columns an export lacks, and the rules that are silent on its rows for want of them."""
    rows = con.execute(
        """select coalesce(n.name, ''), m.card, string_agg(distinct coalesce(f.header, m.field), '、' order by coalesce(f.header, m.field)),
  list_sort(coalesce(list(distinct j.rule_id) filter (where j.rule_id is not null), []))
from missing_columns m left join (select distinct file_no, name from files) n using (file_no)
left join fields f on f.card = m.card and f.name = m.field
left join judgements j on j.card = m.card and list_contains(j.needed, m.field)
group by m.file_no, n.name, m.card order by m.file_no, m.card"""
    )
    return [(str(name), str(card), str(fields), tuple(rules)) for name, card, fields, rules in rows.fetchall()]


def unreadable_cells(con: duckdb.DuckDBPyConnection, limit: int = 200) -> list[tuple[str, str, str, str, str]]:
    """File, sheet, address, header and masked text of at most `limit` cells that could not be read as their type."""
    rows = con.execute(
        "select coalesce(n.name, ''), u.sheet, u.sheet_row, c.position, coalesce(f.header, u.field), u.text from unreadable_cells u "
        "left join (select distinct file_no, name from files) n using (file_no) "
        "left join file_columns c using (file_no, sheet, field) "
        "left join fields f on f.card = u.card and f.name = u.field order by u.file_no, u.sheet_row, f.no limit ?",
        [limit],
    )
    return [
        (str(file), str(sheet), cell_name(row, position), str(header), mask_identity(str(text)))
        for file, sheet, row, position, header, text in rows.fetchall()
    ]


def unreadable_count(con: duckdb.DuckDBPyConnection) -> int:
    """How many cells could not be read as their type."""
    return int(con.execute("select count(*) from unreadable_cells").fetchall()[0][0])


def unjudged(con: duckdb.DuckDBPyConnection) -> list[Unjudged]:
    """Rules in error first, then rules not judged, by reason."""
    rows = con.execute(
        "select state, coalesce(reason, ''), coalesce(reason_en, ''), list_sort(list(distinct rule_id)), count(*) from judgements "
        "where state <> 'judged' group by all order by state, 2"
    )
    return [
        Unjudged(state, Bilingual(zh, en), tuple(rules), number) for state, zh, en, rules, number in rows.fetchall()
    ]


def calendar_gaps(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Years without holiday data in which limits end, each with the number of card rows."""
    rows = con.execute("select year, sum(card_rows)::bigint from calendar_gaps group by year order by year").fetchall()
    return [(int(year), int(number)) for year, number in rows]


def stages(con: duckdb.DuckDBPyConnection) -> list[tuple[str, float, float]]:
    """Stage, seconds and peak memory in MB, in the order of work."""
    return [
        (str(stage), float(seconds), float(peak_mb))
        for stage, seconds, peak_mb in con.execute(
            "select stage, seconds, peak_mb from stages order by rowid"
        ).fetchall()
    ]


def judged_count(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Rules judged on at least one card, and all rules."""
    rows = con.execute(
        "select (select count(distinct rule_id) from judgements where state = 'judged'), (select count(*) from rules)"
    ).fetchall()
    return int(rows[0][0]), int(rows[0][1])
