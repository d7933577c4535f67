"""Check before handing in: one or a few exports are audited in a folder that is deleted, and come back with their wrong cells
marked. Nothing is stored, published or logged, and the exports themselves are never changed. The order of work is `check_cards`.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.catalogue.catalogues import Catalogue
from expectations.errors import InputError
from expectations.file_names import shown
from expectations.progress import Stage
from expectations.run.published import open_published
from expectations.run.words.spoken import spoken_language
from expectations.spill import let_go_of_deleted
from expectations.texts import Bilingual, Language, joined
from expectations.work_folders import work_folder
from flows.audit import run_audit
from flows.check.findings import FileCheck, file_checks
from flows.check.marks import RESULT_SHEET, Wording, marks_of, result_sheet
from flows.load.sources.whole_sheets import Shortened, write_as_workbook
from flows.marking import (
    NotProvenError,
    is_workbook_package,
    keeps_macros,
    mark_workbook,
    sheet_names,
)
from flows.orders import AuditOrder
from flows.progress import tell

LARGEST_WORKBOOK = 12 * 2**20
LARGEST_TEXT = 5 * LARGEST_WORKBOOK
"""Bytes of an export, packed as .xlsx and as plain text. 12,000 rows of 217 columns, 6 MB packed, take 36 s and 1 GB of memory; own cards
are a few hundred rows."""

MOST_FILES = 10


@dataclass(frozen=True)
class CheckOrder:
    """What is asked for. `out` is the workbook to write, or a folder for several exports; the language is the catalogue's by default."""

    files: tuple[Path, ...]
    out: Path
    as_of: date
    catalogue: Path | None = None
    card: str | None = None
    language: Language | None = None


@dataclass(frozen=True)
class Checked:
    """A file that was checked, the marked workbook, and the language it is marked in."""

    check: FileCheck
    workbook: Path
    language: Language


def check_cards(order: CheckOrder) -> tuple[Checked, ...]:
    """Checks the exports and writes the marked workbooks.

    Raises InputError for what can't be read or marked, NotProvenError for a copy that would differ in more than marks, before anything
    is written.
    """
    files = tuple(dict.fromkeys(path.resolve() for path in order.files))
    _require_checkable(files)
    targets = targets_of(files, order.out)
    with work_folder("check") as folder:
        audit = AuditOrder(
            folder / "home",
            files,
            order.as_of,
            order.catalogue,
            order.card,
            skip_refused=False,
            data_docs=False,
            follow=False,
            keep_exports=False,
        )
        catalogue = audit.read_catalogue()
        result = run_audit(audit, catalogue)
        with open_published(result.file) as con:
            language = order.language or spoken_language(con)
            checks = file_checks(con, catalogue, language)
        marked = []
        for number, check in enumerate(checks):
            tell(Stage.MARK, number, len(checks))
            with _named(files[check.file_no]):
                workbook, shortened = _workbook(check, files[check.file_no], catalogue, folder)
                copy = folder / f"{check.file_no}-marked"
                titles = {card.name: card.title.in_language(language) for card in catalogue.cards.values()}
                sheet = result_sheet(check, order.as_of, Wording(language, titles, check.headings), shortened)
                mark_workbook(workbook, copy, marks_of(check, language), sheet)
                marked.append(copy)
        for copy, target in zip(marked, targets, strict=True):
            _hand_out(copy, target)
        tell(Stage.MARK, len(checks), len(checks))
    let_go_of_deleted()
    return tuple(Checked(check, target, language) for check, target in zip(checks, targets, strict=True))


def targets_of(files: Sequence[Path], out: Path) -> tuple[Path, ...]:
    """Where the marked workbook of each file goes. Raises InputError where that would be an export, or of the wrong kind."""
    if out.is_dir() or len(files) > 1 or not out.suffix:
        targets: list[Path] = []
        for file in files:
            suffix = _suffix_for(file)
            names = (
                out / f"{shown(file.stem)}{number}_自查{suffix}" for number in ("", *(f"-{n}" for n in range(2, 100)))
            )
            targets.append(next(name for name in names if name not in targets and name.resolve() not in files))
        if out.suffix and not out.is_dir():
            raise InputError(
                Bilingual("几个文件要写入一个文件夹", "several exports need a folder").about(shown(out)),
                hint=Bilingual("-o 文件夹", "-o FOLDER"),
            )
        return tuple(targets)
    suffix = _suffix_for(files[0])
    if out.suffix.lower() != suffix:
        raise InputError(
            Bilingual(f"写出的是 {suffix} 工作簿", f"the result is a {suffix} workbook").about(out.name),
            hint=f"-o {out.stem}{suffix}",
        )
    if out.resolve() in files:
        raise InputError(
            Bilingual("不能覆盖原文件", "would overwrite the export").about(shown(out)),
            hint=Bilingual("换一个文件名", "choose another name"),
        )
    return (out,)


def _require_checkable(files: Sequence[Path]) -> None:
    """Says at once what can't be checked."""
    problems = [
        f"{shown(file.name)}: " + Bilingual("找不到文件", "no such file") for file in files if not file.is_file()
    ]
    if problems or not files or len(files) > MOST_FILES:
        raise InputError(
            joined("\n", problems)
            if problems
            else Bilingual(f"一次自查 1 到 {MOST_FILES} 个文件", f"check 1 to {MOST_FILES} files at a time"),
            hint=Bilingual("检查路径；文件夹请用 anka audit", "check the path; for folders use anka audit"),
        )
    for file in files:
        with _named(file):
            _require_size_and_freshness(file)


def _require_size_and_freshness(file: Path) -> None:
    workbook = is_workbook_package(file)
    most = LARGEST_WORKBOOK if workbook else LARGEST_TEXT
    if (size := file.stat().st_size) > most:
        raise InputError(
            Bilingual(
                f"{size / 2**20:.0f} MB，自查最多 {most // 2**20} MB",
                f"{size / 2**20:.0f} MB, a check takes at most {most // 2**20} MB",
            ),
            hint=Bilingual("只导出本人的案卡，或用 anka audit", "export your own cards only, or use anka audit"),
        )
    if workbook and {RESULT_SHEET.zh, RESULT_SHEET.en} & set(sheet_names(file)):
        raise InputError(
            Bilingual("已是自查后的工作簿", "a workbook that was checked already"),
            hint=Bilingual("在案件系统中改正后重新导出", "correct the cards in the case system and export again"),
        )


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Puts the name of the file before what is said of it."""
    try:
        yield
    except (InputError, NotProvenError) as error:
        error.message = f"{shown(file.name)}: " + error.message
        error.args = (str(error.message),)
        raise


def _suffix_for(file: Path) -> str:
    return ".xlsm" if is_workbook_package(file) and keeps_macros(file) else ".xlsx"


def _workbook(check: FileCheck, source: Path, catalogue: Catalogue, folder: Path) -> tuple[Path, tuple[Shortened, ...]]:
    """The file itself, else its cells as a workbook in the folder that is deleted, and those it can't hold as a whole."""
    if is_workbook_package(source):
        return source, ()
    workbook = folder / f"{check.file_no}.xlsx"
    return workbook, write_as_workbook(source, workbook, catalogue, check.header_rows)


def _hand_out(copy: Path, target: Path) -> None:
    """Puts the copy in its place, complete or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        shutil.copyfile(copy, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
