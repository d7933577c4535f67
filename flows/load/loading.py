"""The load of a run, in order: list files, read, recognise, keep, sort out rows, type, report.

Each step is a module of this package; only their order and what happens to a refused file is decided here.
"""

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import duckdb

from expectations.catalogue.catalogues import Catalogue
from expectations.errors import InputError, nearest
from expectations.progress import Progress, Stage, unheard
from expectations.sql.cell_values import value_macros
from expectations.texts import NO_TEXT, Bilingual, joined
from flows.load.card_tables import build_card_tables
from flows.load.headings import Headings
from flows.load.history import Load, prepare_history, store_sheet
from flows.load.load_tables import absent_fields, fill_row_tables, prepare_load_tables, with_counts, write_file_tables
from flows.load.recognition import all_headings, card_in_file_name, inner_name, recognise, refusal
from flows.load.report import LoadReport, RowCounts, SheetReport, Status
from flows.load.row_reasons import FileLoad, reason_rows
from flows.load.sources.containers import kind_of
from flows.load.sources.cut_off import CUT
from flows.load.sources.delimited import read_delimited
from flows.load.sources.files import content_hash, list_files, still_written
from flows.load.sources.sheets import Reading, Refused, Sheet
from flows.load.sources.workbooks import read_workbook

_READERS = min(4, os.cpu_count() or 1)
"""Files read at the same time: a workbook is read by a child process, whose memory counts."""


@dataclass
class _Run:
    """What the steps of a run share, and what they have gathered so far."""

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    headings: Mapping[str, Headings]
    choice: str | None
    work: Path | None
    loads: list[FileLoad] = field(default_factory=list)
    sheets: list[SheetReport] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def load_exports(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    paths: Sequence[Path],
    *,
    card: str | None = None,
    skip_refused: bool = False,
    rest_seconds: float = 0,
    progress: Progress = unheard,
    work: Path | None = None,
) -> LoadReport:
    """Load files and folders into `raw`, `cards` and `load` of the warehouse; `card` is the choice for all files.

    `con` gives rows in the order it reads them, as they are numbered by it, and may open the files and folder `work`.
    A file changed within `rest_seconds` may still be written: it is waited for until it has rested so long.

    Raises InputError with one line per refused file, unless `skip_refused` and at least one file was loaded.
    """
    _check_choice(card, catalogue)
    inbox = list_files(paths)
    for statement in value_macros():
        con.execute(statement)
    prepare_history(con, catalogue)
    prepare_load_tables(con)
    run = _Run(con, catalogue, all_headings(catalogue), card, work)
    busy = still_written(inbox.files, rest_seconds)
    with ThreadPoolExecutor(_READERS) as readers:
        # Files are read ahead of each other and stored in their order, which numbers their rows.
        read_files = [
            None if path in busy else readers.submit(_read_file, path, run.headings, work) for path in inbox.files
        ]
        for number, path in enumerate(inbox.files):
            progress(Stage.READ, number, len(inbox.files))
            read_file, read_files[number] = read_files[number], None
            if read_file is None:
                writing = Bilingual("文件仍在写入", "the file is still being written")
                _refuse(run, number, path, "", Refused(writing, CUT[1]))
            else:
                with read_file.result() as file:
                    _load_file(run, number, path, file)
    if run.hints and (not skip_refused or not run.loads):
        _raise_refusals(run)
    progress(Stage.READ, len(inbox.files), len(inbox.files))
    progress(Stage.TYPE, 0, 1)
    reason_rows(con, run.loads)
    build_card_tables(con, catalogue, run.loads)
    fill_row_tables(con, catalogue, run.loads)
    sheets = with_counts(con, run.sheets)
    con.execute("drop table load.all_rows")
    write_file_tables(con, sheets)
    progress(Stage.TYPE, 1, 1)
    return LoadReport(
        sheets=sheets,
        skipped=tuple(str(path) for path in inbox.skipped),
        loaded_cards=tuple(
            name for name in catalogue.cards if any(file_load.load.card.name == name for file_load in run.loads)
        ),
        absent=absent_fields(run.loads),
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
    """A file as its reader left it: sheets whose rows lie in `folder`, or why there are none."""

    folder: "tempfile.TemporaryDirectory[str]"
    sha256: str = ""
    sheets: tuple[Sheet, ...] = ()
    refused: Refused | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()


def _read_file(path: Path, headings: Mapping[str, Headings], work: Path | None) -> _ReadFile:
    folder = tempfile.TemporaryDirectory(prefix="anka-load-", dir=work)
    sha256 = ""
    try:
        sha256 = content_hash(path)
        return _ReadFile(folder, sha256, _read(path, Reading(Path(folder.name), headings)))
    except Refused as refused:
        return _ReadFile(folder, sha256, refused=refused)
    except OSError as error:
        return _ReadFile(folder, sha256, refused=Refused(Bilingual("无法读取", "can't be read").about(error.strerror)))


def _load_file(run: _Run, number: int, path: Path, file: _ReadFile) -> None:
    try:
        if file.refused:
            raise file.refused
        _load_sheets(run, number, path, file.sha256, file.sheets)
    except Refused as refused:
        _refuse(run, number, path, file.sha256, refused)


def _refuse(run: _Run, number: int, path: Path, sha256: str, refused: Refused) -> None:
    run.sheets.append(_unloaded_report(number, path, sha256, "", "refused", refused.message))
    run.hints.append(refused.hint)


def _load_sheets(run: _Run, number: int, path: Path, sha256: str, sheets: Sequence[Sheet]) -> None:
    named_card = run.choice or card_in_file_name(inner_name(path.name), run.catalogue)
    heads = [sheet.head for sheet in sheets]
    chosen = recognise(heads, run.headings, named_card)
    if not any(chosen):
        raise Refused(
            refusal(heads, run.headings, named_card), Bilingual("用 --card 指定案卡，或检查表头", "choose with --card")
        )
    for sheet, candidate in zip(sheets, chosen, strict=True):
        if candidate is None:
            reason = Bilingual("没有可识别的表头", "no recognisable header")
            run.sheets.append(_unloaded_report(number, path, sha256, sheet.name, "ignored", reason))
            continue
        load = store_sheet(run.con, sheet, candidate, sha256, path.name)
        run.loads.append(FileLoad(number, len(run.loads), load))
        run.sheets.append(_loaded_report(number, path, sha256, load))


def _read(path: Path, reading: Reading) -> tuple[Sheet, ...]:
    kind = kind_of(path)
    return read_delimited(path, reading) if kind == "text" else read_workbook(path, kind, reading)


def _loaded_report(number: int, path: Path, sha256: str, load: Load) -> SheetReport:
    return SheetReport(
        file_no=number,
        name=path.name,
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


def _unloaded_report(
    number: int, path: Path, sha256: str, sheet: str, status: Status, reason: Bilingual
) -> SheetReport:
    return SheetReport(number, path.name, sha256, sheet, "", status, reason, 0, RowCounts())


def _raise_refusals(run: _Run) -> None:
    refused = [sheet for sheet in run.sheets if sheet.status == "refused"]
    hints = list(dict.fromkeys(filter(None, run.hints)))
    raise InputError(joined("\n", (f"{sheet.name}: " + sheet.reason for sheet in refused)), joined("；", hints))


def _input_hash(sheets: Sequence[SheetReport]) -> str:
    """Hash over content, order and card of everything that was loaded."""
    loaded = [(sheet.file_no, sheet.sha256, sheet.sheet, sheet.card) for sheet in sheets if sheet.status == "loaded"]
    return hashlib.sha256(repr(loaded).encode()).hexdigest()
