"""The load of a run, in order: list files, read, recognise, clean and type, sort out rows, report.

Each step is a module of this package; only their order and what happens to a refused file is decided here.
"""

import hashlib
import os
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import duckdb

from expectations.catalogue.catalogues import Catalogue
from expectations.connections import side_by_side
from expectations.errors import InputError, nearest
from expectations.file_names import shown
from expectations.progress import Progress, Stage, unheard
from expectations.refused_by_machine import disk_is_full
from expectations.sql.cell_values import value_macros
from expectations.texts import NO_TEXT, Bilingual
from expectations.workers import workers
from flows.load.card_tables import empty_card_tables, finish_card_tables
from flows.load.former import (
    Former,
    FormerSheet,
    Place,
    changed_lines,
    forget_kept,
    keep_rejected,
    keep_sheet,
    note_former_rows,
    rounded_with_kept,
    take_kept_rows,
    take_over,
)
from flows.load.headings import Headings
from flows.load.load_tables import (
    absent_fields,
    fill_rejected_rows,
    fill_row_tables,
    prepare_load_tables,
    with_counts,
    write_file_tables,
)
from flows.load.recognition import Candidate, all_headings, card_in_file_name, inner_name, recognise, refusal
from flows.load.report import LoadReport, RowCounts, SheetReport, Status
from flows.load.row_reasons import reason_rows
from flows.load.scanning import Load, forget_rows, scan_sheet
from flows.load.sources.containers import kind_of
from flows.load.sources.cut_off import CUT
from flows.load.sources.delimited import read_delimited
from flows.load.sources.files import content_hash, list_files, still_written
from flows.load.sources.refusals import Refused, refusal_of, unreadable
from flows.load.sources.sheets import Reading, Sheet, UnreadSheet
from flows.load.sources.workbooks import read_workbook

_READERS = min(4, os.cpu_count() or 1)
"""Files read at the same time: a workbook is read by a child process, whose memory counts."""


@dataclass(frozen=True)
class _Run:
    """What the steps of a run share. `latest`: by card, the scan that adds the last rows so far, which the next has to wait for."""

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    headings: Mapping[str, Headings]
    choice: str | None
    work: Path | None
    former: Former | None
    numbers: Iterator[int] = field(default_factory=count)
    of_thread: threading.local = field(default_factory=threading.local)
    latest: dict[str, "Future[_Taken]"] = field(default_factory=dict)

    def connection(self) -> duckdb.DuckDBPyConnection:
        """That of the thread that asks, with the macros, which take as long to make as a small file to read."""
        if not hasattr(self.of_thread, "connection"):
            self.of_thread.connection = self.con.cursor()
            for statement in value_macros(self.catalogue.time_zone):
                self.of_thread.connection.execute(statement)
        connection: duckdb.DuckDBPyConnection = self.of_thread.connection
        return connection


@dataclass
class _Taken:
    """What became of a file: the report on each of its sheets, its loads, those as in the former run, and a hint where it was refused."""

    sheets: list[SheetReport] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    unchanged: list[tuple[FormerSheet, Load]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def refuse(self, number: int, path: Path, sha256: str, refused: Refused) -> None:
        """Notes why the file can't be loaded."""
        self.sheets.append(
            SheetReport(number, shown(path.name), sha256, "", "", "refused", refused.message, 0, RowCounts())
        )
        self.hints.append(refused.hint)

    def pass_over(self, number: int, path: Path, sha256: str, sheet: UnreadSheet) -> None:
        """Notes a sheet that is not read; one that may hold cards refuses the file, unless what is refused is skipped."""
        status: Status = "refused" if sheet.refused else "ignored"
        self.sheets.append(
            SheetReport(number, shown(path.name), sha256, sheet.name, "", status, sheet.reason, 0, RowCounts())
        )
        if sheet.refused:
            self.hints.append(sheet.hint)


@dataclass(frozen=True)
class Folders:
    """Where a load works, by default among the machine's temporary files, and the kept exports of the run it goes on from."""

    work: Path | None = None
    former_exports: Path | None = None


_NO_FOLDERS = Folders()
_NO_HEADINGS = Bilingual("没有可识别的表头", "no recognisable header")


def load_exports(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    paths: Sequence[Path],
    *,
    card: str | None = None,
    skip_refused: bool = False,
    rest_seconds: float = 0,
    progress: Progress = unheard,
    folders: Folders = _NO_FOLDERS,
) -> LoadReport:
    """Load files and folders into `cards` and `load` of the warehouse; `card` is the choice for all files.

    With the folder of the former run's exports, the warehouse is a copy of that run, attached as `former`: only what is new in the
    files is read, and table `incremental.rows` says which rows stood there.

    `con` gives rows in the order it reads them, as they are numbered by it, and may open the files and the folder to work in.
    A file changed within `rest_seconds` may still be written: it is waited for until it has rested so long.

    Raises InputError with one line per refused file, unless `skip_refused` and at least one file was loaded.
    """
    _check_choice(card, catalogue)
    inbox = list_files(paths)
    for statement in value_macros(catalogue.time_zone):
        con.execute(statement)
    con.execute(
        "drop schema if exists raw cascade"
    )  # every cell of every load, in homes of before exports were kept themselves
    former = take_over(con, folders.former_exports) if folders.former_exports else None
    if not former:
        empty_card_tables(con)
    prepare_load_tables(con)
    run = _Run(con, catalogue, all_headings(catalogue), card, folders.work, former)
    taken = _take_files(run, inbox.files, still_written(inbox.files, rest_seconds), progress)
    if taken.hints and (not skip_refused or not taken.loads):
        _raise_refusals(taken)
    if former:
        take_kept_rows(con, catalogue.cards.values())
    reason_rows(con, taken.loads)
    fill_rejected_rows(con, taken.loads)
    for former_sheet, load in taken.unchanged:
        keep_rejected(con, former_sheet, load)
    if former:
        note_former_rows(con, catalogue.cards.values())
    loaded_cards = frozenset(load.card.name for load in taken.loads)
    finish_card_tables(con, catalogue.cards.values(), loaded_cards)
    fill_row_tables(con, catalogue)
    sheets = with_counts(con, taken.sheets)
    con.execute("drop table load.all_rows")
    write_file_tables(con, sheets)
    return LoadReport(
        sheets=sheets,
        skipped=tuple(shown(path) for path in inbox.skipped),
        loaded_cards=tuple(name for name in catalogue.cards if name in loaded_cards),
        absent=absent_fields(taken.loads),
        input_hash=_input_hash(sheets),
    )


def _check_choice(card: str | None, catalogue: Catalogue) -> None:
    if card is not None and card not in catalogue.cards:
        choices = ", ".join(f"{name}（{choice.title_zh}）" for name, choice in catalogue.cards.items())
        raise InputError(
            Bilingual("没有案卡", "unknown card").about(f"{card}" + nearest(card, catalogue.cards)),
            Bilingual("可选", "available").about(choices),
        )


@dataclass(frozen=True)
class _ReadFile:
    """A file as its reader left it: sheets whose rows lie in `folder`, those of the former run if it is the same, or why there are none."""

    folder: "tempfile.TemporaryDirectory[str]"
    sha256: str = ""
    sheets: tuple[Sheet | UnreadSheet, ...] = ()
    unchanged: Sequence[FormerSheet] = ()
    refused: Refused | None = None


def _read_file(run: _Run, path: Path, is_busy: bool) -> _ReadFile:
    folder = tempfile.TemporaryDirectory(prefix="anka-load-", dir=run.work)
    if is_busy:
        writing = Bilingual("文件仍在写入", "the file is still being written")
        return _ReadFile(folder, refused=Refused(writing, CUT[1]))
    sha256 = ""
    try:
        sha256 = content_hash(path)
        if unchanged := run.former.unchanged(shown(path.name), sha256) if run.former else ():
            return _ReadFile(folder, sha256, unchanged=unchanged)
        return _ReadFile(folder, sha256, _read(path, Reading(Path(folder.name), run.headings)))
    except Refused as refused:
        return _ReadFile(folder, sha256, refused=refused)
    except OSError as error:
        if disk_is_full(error):
            raise  # it is not the file, and to go on without it would lose it
        return _ReadFile(folder, sha256, refused=unreadable(error))


def _take_files(run: _Run, paths: Sequence[Path], busy: Collection[Path], progress: Progress) -> _Taken:
    """Reads the files ahead of each other, recognises them in their order, which numbers their rows, and scans cards side by side."""
    scans: list[Future[_Taken]] = []
    with workers(_READERS) as readers, workers(side_by_side()) as scanners:
        read_files = [readers.submit(_read_file, run, path, path in busy) for path in paths]
        for number, (path, read_file) in enumerate(zip(paths, read_files, strict=True)):
            progress(Stage.READ, number, len(paths))
            scans.append(_scan_later(run, scanners, number, path, read_file.result()))
        progress(Stage.READ, len(paths), len(paths))
        together = _Taken()
        for number, scan in enumerate(scans):
            progress(Stage.TYPE, number, len(paths))
            taken = scan.result()
            together.sheets += taken.sheets
            together.loads += taken.loads
            together.unchanged += taken.unchanged
            together.hints += taken.hints
        progress(Stage.TYPE, len(paths), len(paths))
    return together


def _scan_later(run: _Run, scanners: ThreadPoolExecutor, number: int, path: Path, file: _ReadFile) -> "Future[_Taken]":
    """The scan of a file, whose cards are known from here on."""
    if file.unchanged:
        numbers = [next(run.numbers) for _ in file.unchanged]
        return scanners.submit(_keep_file, run, number, file, numbers)
    try:
        chosen = _recognised(run, path, file)
    except Refused as refused:
        file.folder.cleanup()
        future, taken = Future[_Taken](), _Taken()
        taken.refuse(number, path, file.sha256, refused)
        future.set_result(taken)
        return future
    cards = {candidate.card.name for candidate in chosen if candidate}
    before = [run.latest[card] for card in cards if card in run.latest]
    numbered = [(sheet, candidate, next(run.numbers)) for sheet, candidate in zip(file.sheets, chosen, strict=True)]
    scan = scanners.submit(_scan_file, run, number, path, file, numbered, before)
    run.latest.update(dict.fromkeys(cards, scan))
    return scan


def _recognised(run: _Run, path: Path, file: _ReadFile) -> Sequence[Candidate | None]:
    """The card of each sheet, None for those that are not loaded. Raises Refused."""
    if file.refused:
        raise file.refused
    named_card = run.choice or card_in_file_name(inner_name(shown(path.name)), run.catalogue)
    heads = [sheet.head for sheet in file.sheets if isinstance(sheet, Sheet)]
    candidates = recognise(heads, run.headings, named_card)
    if not any(candidates):
        choose = Bilingual("用 --card 指定案卡，或检查表头", "choose with --card, or check the headings")
        check = Bilingual("检查表头，或换一个 --card", "check the headings, or choose another --card")
        raise Refused(refusal(heads, run.headings, named_card), check if run.choice else choose)
    of_read_sheets = iter(candidates)
    return [next(of_read_sheets) if isinstance(sheet, Sheet) else None for sheet in file.sheets]


def _scan_file(
    run: _Run,
    number: int,
    path: Path,
    file: _ReadFile,
    sheets: Sequence[tuple[Sheet | UnreadSheet, Candidate | None, int]],
    before: Sequence["Future[_Taken]"],
) -> _Taken:
    taken = _Taken()
    wait(before)
    con = run.connection()
    with file.folder:
        try:
            for sheet, candidate, load_number in sheets:
                if isinstance(sheet, UnreadSheet):
                    taken.pass_over(number, path, file.sha256, sheet)
                    continue
                if candidate is None:
                    taken.sheets.append(
                        _ignored_report(number, shown(path.name), file.sha256, sheet.name, _NO_HEADINGS)
                    )
                    continue
                place = Place(shown(path.name), file.sha256, number, load_number)
                rows = _new_rows(con, run, file, place, sheet, candidate)
                scan = partial(
                    scan_sheet,
                    con,
                    chosen=candidate,
                    dictionaries=run.catalogue.dictionaries,
                    number=load_number,
                    file_no=number,
                )
                load = scan(sheet=rows, whole=rows is sheet)
                if rows is not sheet and rounded_with_kept(con, load):
                    forget_kept(con, load)
                    forget_rows(con, load)
                    load = scan(sheet=sheet)
                taken.loads.append(load)
                taken.sheets.append(_loaded_report(number, shown(path.name), file.sha256, load))
        except Refused as refused:
            taken.refuse(number, path, file.sha256, refused)
    return taken


def _new_rows(
    con: duckdb.DuckDBPyConnection, run: _Run, file: _ReadFile, place: Place, sheet: Sheet, candidate: Candidate
) -> Sheet:
    """The sheet without the rows that stood in the former run."""
    if run.former is None:
        return sheet
    folder = Path(file.folder.name) / "former"
    folder.mkdir(exist_ok=True)
    return changed_lines(con, run.former, place, sheet, candidate, Reading(folder, run.headings))


def _keep_file(run: _Run, number: int, file: _ReadFile, load_numbers: Sequence[int]) -> _Taken:
    """A file that is the same as in the former run."""
    taken = _Taken()
    with file.folder, run.con.cursor() as con:
        for sheet, load_number in zip(file.unchanged, load_numbers, strict=True):
            if sheet.status != "loaded":
                taken.sheets.append(_ignored_report(number, sheet.name, file.sha256, sheet.sheet, sheet.reason))
                continue
            load = keep_sheet(con, sheet, run.catalogue.cards[sheet.card], load_number, number)
            taken.loads.append(load)
            taken.unchanged.append((sheet, load))
            taken.sheets.append(_loaded_report(number, sheet.name, file.sha256, load))
    return taken


def _read(path: Path, reading: Reading) -> tuple[Sheet | UnreadSheet, ...]:
    kind = kind_of(path)
    return read_delimited(path, reading) if kind == "text" else read_workbook(path, kind, reading)


def _loaded_report(number: int, name: str, sha256: str, load: Load) -> SheetReport:
    return SheetReport(
        file_no=number,
        name=name,
        sha256=sha256,
        sheet=load.sheet,
        card=load.card.name,
        status="loaded",
        reason=NO_TEXT,
        header_row=load.header_row,
        rows=RowCounts(),
        columns=load.columns,
        missing=load.missing,
    )


def _ignored_report(number: int, name: str, sha256: str, sheet: str, reason: Bilingual) -> SheetReport:
    return SheetReport(number, name, sha256, sheet, "", "ignored", reason, 0, RowCounts())


def _raise_refusals(taken: _Taken) -> None:
    refused = [sheet for sheet in taken.sheets if sheet.status == "refused"]
    raise refusal_of([(sheet.title, sheet.reason, hint) for sheet, hint in zip(refused, taken.hints, strict=True)])


def _input_hash(sheets: Sequence[SheetReport]) -> str:
    """Hash over content, order and card of everything that was loaded or should have been: with one more export refused, it is another run."""
    taken = [(sheet.file_no, sheet.sha256, sheet.sheet, sheet.card) for sheet in sheets if sheet.status != "ignored"]
    return hashlib.sha256(repr(taken).encode()).hexdigest()
