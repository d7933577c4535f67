"""A re-check: the dropped file replaces rows of the last run, a new run is published, and the register says what it changed."""

import shutil
import stat
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, update
from support.places import SAMPLE

from dashboard.run.recheck_runs import FOLDER, Dropped, Order, outcome_of, present, start_recheck, usual_day
from expectations.errors import InputError
from expectations.home import Home
from expectations.register.reading import last_run
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import Reader
from expectations.rights.scope import EVERYTHING
from expectations.run.published import open_published
from expectations.store.register import Register, open_register, register_url
from expectations.store.tables import Finding, Run
from flows.audit import run_audit
from flows.orders import AuditOrder

AS_OF = date(2026, 6, 30)
CIVIL = next((SAMPLE / "exports").glob("民事*.xlsx"))
SUPERVISOR = Reader(1, "s", "督查", ("supervisor",), EVERYTHING, EVERYTHING)
PROSECUTOR = Reader(2, "p", "示检甲", ("prosecutor",), EVERYTHING, EVERYTHING)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Register]]:
    """A home whose last run is of the civil export in an inbox."""
    root = tmp_path_factory.mktemp("recheck")
    (root / "inbox").mkdir()
    shutil.copy(CIVIL, root / "inbox" / CIVIL.name)
    home = Home(root / "home")
    run_audit(AuditOrder(home.root, (root / "inbox",), AS_OF, data_docs=False))
    register = open_register(register_url(home))
    yield home, register
    register.close()


def wrong_date(register: Register) -> Finding:
    """The finding of the case that was closed before it was accepted."""
    with register.reading() as session:
        return session.scalars(select(Finding).where(Finding.rule_id == "L001")).one()


def corrected_export(bmsah: str, target: Path) -> bytes:
    """The heading and the rows of one case, its closing date put right and its source of the case put wrong."""
    book = openpyxl.load_workbook(CIVIL)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[3]]
    places = {header: place for place, header in enumerate(headers, 1)}
    for number in range(sheet.max_row, 3, -1):
        if sheet.cell(number, places["部门受案号"]).value != bmsah:
            sheet.delete_rows(number)
    sheet.cell(4, places["审结日期"]).value = "2025-12-01"
    sheet.cell(4, places["案件来源"]).value = "不在字典内"
    book.save(target)
    return target.read_bytes()


def test_a_case_is_checked_again_with_a_fresh_export(audited: tuple[Home, Register], tmp_path: Path) -> None:
    home, register = audited
    wrong = wrong_date(register)
    dropped = Dropped(f"../{CIVIL.name}", corrected_export(wrong.bmsah, tmp_path / "fresh.xlsx"))
    before = [file.name for file in home.published.glob("*.duckdb")]
    order = Order(AS_OF, wrong.bmsah, dropped)
    job = start_recheck(SUPERVISOR, register, home, order)
    with pytest.raises(InputError, match="another audit is running"):
        start_recheck(SUPERVISOR, register, home, order)
    assert present(home) is job
    assert job.finished.wait(300)
    assert job.mistake is None, job.mistake
    assert job.outcome is not None
    assert (job.outcome.corrected, job.outcome.new, job.outcome.still_open, job.outcome.case_in_file) == (1, 1, 0, True)
    assert wrong_date(register).state == "corrected"
    _the_run_says_so(home, before)
    _the_file_is_kept_for_us_alone(home, register)
    inside = outcome_of(SUPERVISOR, register, Order(AS_OF, "别的案件", dropped), 1)
    assert (inside.case_in_file, inside.corrected) == (False, 0)
    of_file = outcome_of(SUPERVISOR, register, Order(AS_OF, "", dropped), 1)
    assert (of_file.cases, of_file.corrected, of_file.new) == (1, 1, 1)
    assert outcome_of(SUPERVISOR, register, Order(AS_OF, "", dropped), 2).unchanged


def _the_run_says_so(home: Home, before: list[str]) -> None:
    """A new run is the present one; the row of the dropped file stands in the place of the inbox's."""
    assert home.current().name not in before
    with open_published(home.current()) as con:
        files = con.execute("select file_no, rows_loaded, rows_replaced from files order by file_no").fetchall()
    assert files == [(0, 31, 1), (1, 1, 0)]


def _the_file_is_kept_for_us_alone(home: Home, register: Register) -> None:
    with register.reading() as session:
        run = last_run(session)
    assert run is not None
    file = Path(run.inputs[-1])
    assert file.name == CIVIL.name
    assert file.is_relative_to(home.root / FOLDER)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for folder in (file.parent, file.parent.parent, home.root / FOLDER):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.parent.iterdir()] == ["file"]
    assert Path(run.inputs[0]).name == "inbox"
    assert [path.name for path in Path(run.inputs[0]).iterdir()] == [CIVIL.name]


def test_only_a_supervisor_may(audited: tuple[Home, Register]) -> None:
    home, register = audited
    with pytest.raises(NotAllowedError):
        start_recheck(PROSECUTOR, register, home, Order(AS_OF))


def test_exports_that_are_gone_are_named(audited: tuple[Home, Register], tmp_path: Path) -> None:
    home, register = audited
    with register.writing() as session:
        session.execute(update(Run).values(inputs=[str(tmp_path / "去年的.xlsx")]))
    with pytest.raises(InputError, match=r"已不在.*去年的\.xlsx"):
        start_recheck(SUPERVISOR, register, home, Order(AS_OF))


def test_nothing_to_check_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    register = open_register(register_url(home))
    with pytest.raises(InputError, match="no run to check again"):
        start_recheck(SUPERVISOR, register, home, Order(AS_OF))
    assert not (tmp_path / FOLDER).exists()
    register.close()


@pytest.mark.parametrize(
    ("as_of", "day"), [(date(2026, 7, 3), date(2026, 7, 6)), (date(2026, 6, 30), date(2026, 6, 30))]
)
def test_the_day_of_a_recheck(as_of: date, day: date) -> None:
    """Today in live use; a run made for another day than its own is checked again for that day."""
    assert usual_day(as_of, datetime(2026, 7, 3, 2, 0), date(2026, 7, 6)) == day
