"""Going on from the former run: which of its rows still stand in the exports, so that they need not be read again.

The warehouse begins as a copy of its published file, which is attached as `former`. An export of the same bytes is taken as it is; of a
csv that changed, the lines that stand in the kept copy of the former export are. Everything else goes the way of every row.
"""

import hashlib
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.catalogue.cards import Card
from expectations.home import kept_copy
from expectations.sql.quoting import quoted
from expectations.texts import Bilingual
from flows.load.artefacts import ROUNDED, rounded_fields
from flows.load.headings import Column
from flows.load.recognition import Candidate
from flows.load.row_reasons import REASONS
from flows.load.scanning import Load, card_table, doubtful_columns, sheet_headings
from flows.load.sources.delimited import read_delimited
from flows.load.sources.files import content_hash
from flows.load.sources.refusals import Refused
from flows.load.sources.sheets import HEAD, PlainLines, Reading, Sheet

_CELL_SIGN = "\x1d"
"""Taken for the delimiter where a line is to be one cell: a sign nobody types. A file with it is read anew."""


@dataclass(frozen=True)
class FormerSheet:
    """A sheet of the former run. `merged`: rows that were no cards for the sake of other rows, as these may be other ones now."""

    file_no: int
    name: str
    sha256: str
    sheet: str
    card: str
    status: str
    reason: Bilingual
    header_row: int
    merged: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Former:
    """The sheets of the former run by file number; `exports` is the folder of the kept copies.

    The rows of a file are gone on with by one file only: `claimed` are the files that were.
    """

    files: Mapping[int, Sequence[FormerSheet]]
    exports: Path
    claimed: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def unchanged(self, name: str, sha256: str) -> Sequence[FormerSheet]:
        """The sheets of the same file; none where it was refused, or where a row of it may count otherwise now."""
        for sheets in self.files.values():
            if (sheets[0].name, sheets[0].sha256) == (name, sha256):
                alike = all(sheet.status != "refused" and not sheet.merged for sheet in sheets)
                return sheets if alike and self._claim(sheets[0].file_no) else ()
        return ()

    def counterpart(self, name: str, card: str) -> FormerSheet | None:
        """The text file that stood in place of this one: of the same name, else the only one of the card."""
        texts = [sheets[0] for sheets in self.files.values() if len(sheets) == 1 and not sheets[0].sheet]
        of_card = [sheet for sheet in texts if sheet.card == card and sheet.status == "loaded"]
        same_name = [sheet for sheet in of_card if sheet.name == name]
        chosen = next(iter(same_name), of_card[0] if len(of_card) == 1 else None)
        return chosen if chosen and self._claim(chosen.file_no) else None

    def _claim(self, file_no: int) -> bool:
        with self.lock:
            is_free = file_no not in self.claimed
            self.claimed.add(file_no)
            return is_free

    def copy_of(self, sheet: FormerSheet) -> Path:
        """The kept export, which need not be there."""
        return kept_copy(self.exports, sheet.sha256)

    def lines_of(self, sha256: str, lines: PlainLines) -> Path:
        """Where the numbered lines of an export below these headings are kept, once they were needed."""
        return self.exports / f"{sha256}.{hashlib.sha256(lines.headings).hexdigest()[:16]}.lines"


def take_over(con: duckdb.DuckDBPyConnection, exports: Path) -> Former:
    """Leaves of the published file that was copied to the warehouse the cards alone. Needs `former` attached."""
    con.execute("drop schema if exists incremental cascade")
    for (table,) in con.execute(
        "select table_name from duckdb_tables() where database_name = current_database() and schema_name = 'main'"
    ).fetchall():
        con.execute(f"drop table {table}")
    con.execute("create schema incremental")
    con.execute(
        "create table incremental.kept (card varchar, former_row bigint, load_no integer, file_no integer, sheet_row bigint)"
    )
    return Former(_sheets(con), exports)


def _sheets(con: duckdb.DuckDBPyConnection) -> dict[int, list[FormerSheet]]:
    columns: dict[tuple[int, str], list[Column]] = {}
    for file_no, sheet, *facts in con.execute(
        "select file_no, sheet, position, header, field, matched_by, merged_cells, filled_down from former.file_columns order by position"
    ).fetchall():
        column = Column(*facts)
        columns.setdefault((file_no, sheet), []).append(column)
    sheets: dict[int, list[FormerSheet]] = {}
    for file_no, name, sha256, sheet, card, status, reason, reason_en, header_row, merged in con.execute(
        "select file_no, name, sha256, sheet, card, status, reason, reason_en, header_row, rows_duplicate + rows_replaced"
        " from former.files order by rowid"
    ).fetchall():
        of_sheet, why = tuple(columns.get((file_no, sheet), ())), Bilingual(reason, reason_en)
        sheets.setdefault(file_no, []).append(
            FormerSheet(file_no, name, sha256, sheet, card, status, why, header_row, merged, of_sheet)
        )
    return sheets


def keep_sheet(con: duckdb.DuckDBPyConnection, former: FormerSheet, card: Card, number: int, file_no: int) -> Load:
    """Keeps all rows of a sheet whose file did not change."""
    con.execute(
        "insert into incremental.kept select ?, _row, ?, ?, _sheet_row "
        f"from {card_table(card)} where _row is not null and _file = ? and _sheet = ?",
        [card.name, number, file_no, former.file_no, former.sheet],
    )
    # its headings are looked for in rows that are scanned, and none is
    return Load(number, file_no, card, former.sheet, former.header_row, former.columns, ())


@dataclass(frozen=True)
class Place:
    """Where the rows of a sheet will stand: in the file of this name, content and number, as the load of this number."""

    name: str
    sha256: str
    file_no: int
    load_no: int


def changed_lines(
    con: duckdb.DuckDBPyConnection, former: Former, place: Place, sheet: Sheet, chosen: Candidate, reading: Reading
) -> Sheet:
    """Keeps the rows of the lines that stood in the former export of the card; the sheet of all others, or the whole sheet.

    `reading`: an empty folder for copies, and the headings.
    """
    counterpart = former.counterpart(place.name, chosen.card.name)
    if counterpart is None or sheet.lines is None or not former.copy_of(counterpart).exists():
        return sheet
    rows, texts = sheet_headings(sheet, chosen)
    below = rows[-1] + 1
    # of some columns only all rows tell what they are; one whose numbers were rounded was none
    was_rounded = any(column.matched_by == "rounded" for column in counterpart.columns)
    if was_rounded or doubtful_columns(texts, chosen.headings):
        return sheet
    lines = sheet.lines(below)
    numbered = lines and _number_lines(con, "lines", lines, former.lines_of(place.sha256, lines))
    if not lines or not numbered or not _number_former_lines(con, former, counterpart, lines, below, reading):
        return sheet
    con.execute(
        f"""create or replace temp table kept_lines as
select c._row, l.line from lines l join former_lines f using (hash, second_hash)
join {card_table(chosen.card)} c on c._row is not null and c._file = {counterpart.file_no} and c._sheet = {quoted(counterpart.sheet)}
  and c._sheet_row = {below} + f.line
where l.copies = 1 and f.copies = 1 and l.line > {HEAD - below}"""
    )
    con.execute(
        f"insert into incremental.kept select {quoted(chosen.card.name)}, _row, {place.load_no}, {place.file_no}, {below} + line from kept_lines"
    )
    return _of_lines(con, sheet, lines, below, reading)


def rounded_with_kept(con: duckdb.DuckDBPyConnection, load: Load) -> bool:
    """Whether the rows that were kept and those that were read anew say together that the numbers of a column were rounded."""
    kept = f"select former_row from incremental.kept where card = {quoted(load.card.name)} and load_no = {load.number}"
    return bool(rounded_fields(con, card_table(load.card), load.card, f"({load.scanned} or _row in ({kept}))"))


def forget_kept(con: duckdb.DuckDBPyConnection, load: Load) -> None:
    """Keeps none of the rows of a sheet, which is to be read as a whole."""
    con.execute("delete from incremental.kept where card = ? and load_no = ?", [load.card.name, load.number])


def _read_again(former: Former, counterpart: FormerSheet, reading: Reading) -> Sheet | None:
    """The kept copy of a text file as a sheet; None for a copy that is damaged."""
    text, folder = reading.folder / "former.csv", reading.folder / "former"
    folder.mkdir()
    try:
        with (
            pa.CompressedInputStream(pa.OSFile(str(former.copy_of(counterpart))), "zstd") as source,
            text.open("wb") as target,
        ):
            shutil.copyfileobj(source, target)
        if content_hash(text) != counterpart.sha256:
            return None
        return read_delimited(text, replace(reading, folder=folder))[0]
    except (OSError, Refused):
        return None


def _lines(lines: PlainLines) -> str:
    """The relation of the lines, in their order, as one text each."""
    options = "auto_detect = false, header = false, quote = '', escape = '', columns = {'text': 'varchar'}, max_line_size = 20000000"
    return f"read_csv({quoted(str(lines.file))}, delim = {quoted(_CELL_SIGN)}, skip = {lines.skipped}, {options})"


def _number_former_lines(
    con: duckdb.DuckDBPyConnection,
    former: Former,
    counterpart: FormerSheet,
    lines: PlainLines,
    below: int,
    reading: Reading,
) -> bool:
    """Temp table `former_lines`, as the night before kept them, else from the kept export; False where headings or lines differ in kind."""
    kept = former.lines_of(counterpart.sha256, lines)
    with suppress(duckdb.Error):  # there is none, or a damaged one
        con.execute(f"create or replace temp table former_lines as from read_parquet({quoted(str(kept))})")
        return True
    stood = _read_again(former, counterpart, reading)
    former_lines = stood.lines(below) if stood and stood.lines and len(stood.head) >= below else None
    if not former_lines or former_lines.headings != lines.headings:
        return False
    return _number_lines(con, "former_lines", former_lines, None)


def _number_lines(con: duckdb.DuckDBPyConnection, table: str, lines: PlainLines, kept: Path | None) -> bool:
    """Temp table of the lines by number from 1, with hashes, and how often the line stands in the file; kept in a file for the next night.

    False where a row may be more than a line.
    """
    try:
        con.execute(
            f"""create or replace temp table {table} as
with numbered as (
  select row_number() over () as line, hash(text) as hash, hash(text || '|') as second_hash,
    contains(text, '"') and length(replace(text, '"', '')) % 2 <> length(text) % 2 as is_cut
  from {_lines(lines)}
), counted as (select hash, second_hash, count(*) as copies from numbered group by all)
select * from numbered join counted using (hash, second_hash)"""
        )
    except duckdb.InvalidInputException:
        return False
    (is_cut,) = con.execute(f"select bool_or(is_cut) from {table}").fetchall()[0]
    if kept and not is_cut:
        unfinished = kept.with_suffix(".unfinished")  # a night that is killed here must not leave half of them
        con.execute(f"copy {table} to {quoted(str(unfinished))} (format parquet, compression zstd)")
        unfinished.replace(kept)
    return not is_cut


def _of_lines(con: duckdb.DuckDBPyConnection, sheet: Sheet, lines: PlainLines, below: int, reading: Reading) -> Sheet:
    """The sheet with those rows only whose lines are not in `kept_lines`, numbered as in the file."""
    con.execute(
        f"""create or replace temp table changed as
select {below} + row_number() over (order by line) as place, line from lines where line not in (select line from kept_lines)"""
    )
    texts = con.execute(
        f"""select text from (select row_number() over () as line, text from {_lines(lines)})
semi join changed using (line) order by line"""
    )
    copy = reading.folder / "changed.csv"
    with copy.open("wb") as file:
        file.write(lines.headings)
        for batch in texts.to_arrow_reader():
            file.writelines(f"{text}\n".encode() for text in batch.column(0).to_pylist())
    folder = reading.folder / "changed"
    folder.mkdir()
    (part,) = read_delimited(copy, replace(reading, folder=folder))
    assert part.carefully is not None

    def numbered(relation: str) -> str:
        return (
            f"select {below} + c.line as _sheet_row, r.* exclude (_sheet_row)"
            f" from ({relation}) r join changed c on c.place = r._sheet_row"
        )

    careful = part.carefully
    return replace(
        sheet, rows=lambda row: numbered(part.rows(row)), carefully=lambda row: numbered(careful(row)), lines=None
    )


def take_kept_rows(con: duckdb.DuckDBPyConnection, cards: Iterable[Card]) -> None:
    """Gives the kept rows their places in the exports of this run; the others of the former run count no more."""
    for card in cards:
        table = card_table(card)
        con.execute(
            f"update {table} set _row = null, _load = null where _row is not null"
            f" and _row not in (select former_row from incremental.kept where card = {quoted(card.name)})"
        )
        con.execute(
            f"update {table} set _load = k.load_no, _file = k.file_no, _sheet_row = k.sheet_row from incremental.kept k"
            f" where k.card = {quoted(card.name)} and k.former_row = {table}._row"
        )


def keep_rejected(con: duckdb.DuckDBPyConnection, former: FormerSheet, load: Load) -> None:
    """The rows of an unchanged sheet that are no cards, for reasons of their own, in `load.all_rows` and `load.rejected_rows`; and what is
    known of its columns alone."""
    reasons = " ".join(f"when {quoted(words.zh)} then {quoted(code)}" for code, words in REASONS.items())
    of_sheet = f"former.rejected_rows where file_no = {former.file_no} and sheet = {quoted(former.sheet)}"
    con.execute(
        f"insert into load.all_rows by name select {quoted(load.card.name)} as card, {load.file_no} as file_no, {load.number} as load_no,"
        f" sheet, sheet_row, case reason {reasons} end as reason from {of_sheet}"
    )
    con.execute(
        f"insert into load.rejected_rows select {load.file_no}, sheet, sheet_row, reason, reason_en, cells from {of_sheet}"
    )
    con.execute(
        f"insert into load.export_artefacts select {load.file_no}, * exclude (file_no) from former.export_artefacts"
        f" where file_no = {former.file_no} and sheet = {quoted(former.sheet)} and kind = {quoted(ROUNDED)}"
    )


def note_former_rows(con: duckdb.DuckDBPyConnection, cards: Iterable[Card]) -> None:
    """Table `incremental.rows`: the number a row had in the former run and the one it has now. Before rows are numbered anew."""
    con.execute("create table incremental.rows (card varchar, former_row bigint, row bigint)")
    for card in cards:
        con.execute(
            f"insert into incremental.rows select {quoted(card.name)}, c._row, a.row_no from {card_table(card)} c"
            f" join load.all_rows a on a.card = {quoted(card.name)} and a.place = c.rowid"
            " where c._row is not null and a.row_no is not null"
        )
    con.execute("drop table incremental.kept")
