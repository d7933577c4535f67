"""A re-check: the last run's exports are audited again, with a file dropped now laid over them, and a new run is published.

One at a time per home. The file is kept with the run, so that the run can be reproduced; the next nightly run reads the inbox
only. Drawing is `recheck`; no Streamlit here.
"""

import hashlib
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath

from dashboard.check.command_line import Running, start
from expectations.errors import AnkaError, InputError
from expectations.file_names import shown, text_as_path
from expectations.home import Home
from expectations.office_days import day_of
from expectations.people import access_log
from expectations.register.reading import last_run
from expectations.register.rechecked import became, inputs_lately
from expectations.rights.reader import Reader
from expectations.run.account import cases_of_file, files, last_file
from expectations.run.published import open_published
from expectations.store.register import Register
from expectations.texts import NO_TEXT, Bilingual

FOLDER = "rechecks"
TIME_LIMIT = 3600
_KEPT_RUNS = 30
_KEPT_AT_LEAST = timedelta(days=2)
_RULE_IN_ERROR = 3


@dataclass(frozen=True)
class Dropped:
    """A fresh export somebody dropped."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Order:
    """What is re-checked: one case, one file, or with neither the inputs of the last run as they are now."""

    as_of: date
    bmsah: str = ""
    dropped: Dropped | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of the findings of the case or the cases of the file. `refused` says why the file was not loaded."""

    cases: int
    corrected: int = 0
    still_open: int = 0
    new: int = 0
    reopened: int = 0
    unchanged: bool = False
    case_in_file: bool = True
    refused: Bilingual = NO_TEXT


@dataclass
class Recheck:
    """A re-check at work or done."""

    order: Order
    by: Reader
    started_at: datetime
    running: Running
    folder: Path
    outcome: Outcome | None = None
    mistake: AnkaError | None = None
    finished: threading.Event = field(default_factory=threading.Event)


_jobs: dict[Path, Recheck] = {}
_lock = threading.Lock()


def usual_day(as_of: date, started_at: datetime, today: date) -> date:
    """The audit date of a re-check: today in live use; that of the last run where it was made for another day than its own."""
    return today if as_of == day_of(started_at) else as_of


def present(home: Home) -> Recheck | None:
    """The last re-check this server started for the home, at work or done."""
    return _jobs.get(home.root)


def start_recheck(reader: Reader, register: Register, home: Home, order: Order) -> Recheck:
    """Starts it. Raises NotAllowedError, and InputError when one is at work or what it needs is not there."""
    reader.require("recheck")
    with _lock:
        if (former := _jobs.get(home.root)) and not former.finished.is_set():
            raise InputError(*_BUSY)
        inputs, seq, skip = _inputs(register)
        _remove_unused(register, home)
        folder = home.root / FOLDER / datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        folder.mkdir(parents=True, mode=0o700)
        (home.root / FOLDER).chmod(0o700)  # mkdir gives its mode to the last folder only
        paths = [*inputs, *([_lay_down(folder, order.dropped)] if order.dropped else [])]
        arguments = [
            "audit",
            "--no-prefect",
            "--home",
            str(home.root),
            "--as-of",
            order.as_of.isoformat(),
            *(["--skip-refused"] if skip else []),
            *map(str, paths),
        ]
        access_log.log(register, reader, "recheck", order.bmsah, _dropped_word(order.dropped))
        running = start(arguments, folder, {})
        job = Recheck(order, reader, datetime.now(UTC), running, folder)
        _jobs[home.root] = job
    # not in the pass of the page, which ends when its reader goes elsewhere
    threading.Thread(target=_finish, args=(job, reader, register, home, seq), daemon=True).start()
    return job


_BUSY = (
    Bilingual("另一个核查正在进行", "another audit is running"),
    Bilingual("等它结束后再试，结果会自动更新", "try again when it has finished; results show by themselves"),
)


def _inputs(register: Register) -> tuple[list[Path], int, bool]:
    """Exports of the last run, its number, and whether files it could not load are to be passed over again."""
    with register.reading() as session:
        run = last_run(session)
    if run is None or not run.inputs:
        raise InputError(
            Bilingual("还没有可以重新核查的核查结果", "no run to check again"),
            hint=Bilingual("先运行 anka audit", "run anka audit first"),
        )
    inputs = [text_as_path(name) for name in run.inputs]
    gone = [shown(path.name) for path in inputs if not path.exists()]
    if gone:
        raise InputError(
            Bilingual("上次核查的导出文件已不在", "exports of the last run are gone").about("、".join(gone)),
            hint=Bilingual(
                "等下一次夜间核查，或用 anka audit 核查新的导出", "wait for the nightly run, or audit the new exports"
            ),
        )
    with open_published(Path(run.file)) as con:
        return inputs, run.seq, any(line.status == "refused" for line in files(con))


def _lay_down(folder: Path, dropped: Dropped) -> Path:
    """The dropped file under its own name, which may tell its card; readable by the service alone."""
    name = PurePosixPath(dropped.name.replace("\\", "/")).name.replace("\0", "") or "export"
    place = folder / "file"
    place.mkdir(mode=0o700)
    file = place / name
    file.touch(mode=0o600)
    file.write_bytes(dropped.content)
    return file


def _remove_unused(register: Register, home: Home) -> None:
    """Deletes dropped files that no recent run was made of."""
    root = home.root / FOLDER
    if not root.is_dir():
        return
    with register.reading() as session:
        inputs = inputs_lately(session, _KEPT_RUNS)
    used = {text_as_path(name).parent.parent for name in inputs}  # rechecks/<moment>/file/<name>
    oldest = (datetime.now(UTC) - _KEPT_AT_LEAST).timestamp()
    for folder in root.iterdir():
        if folder not in used and folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _finish(job: Recheck, reader: Reader, register: Register, home: Home, seq: int) -> None:
    """Waits for the audit and says what it changed; the access log says it too."""
    try:
        _wait(job, reader, register, home, seq)
        _log_end(job, register)
    finally:
        job.finished.set()


def _wait(job: Recheck, reader: Reader, register: Register, home: Home, seq: int) -> None:
    try:
        if not job.running.wait(TIME_LIMIT):
            job.running.kill()
            job.mistake = InputError(
                Bilingual("重新核查超过时限，已停止", "the re-check took too long and was stopped")
            )
        elif job.running.process.returncode not in (0, _RULE_IN_ERROR):
            job.mistake = _plain(job.running.mistake())
        else:
            job.outcome = outcome_of(reader, register, job.order, seq)
    except AnkaError as error:
        job.mistake = error
    finally:
        if job.mistake is not None:
            shutil.rmtree(job.folder, ignore_errors=True)
        else:
            for log in (job.running.output, job.running.error_output):
                with suppress(OSError):
                    log.unlink()


def _dropped_word(dropped: Dropped | None) -> str:
    """The dropped file as the load report names it, by what is in it; its own name may be somebody's."""
    if dropped is None:
        return ""
    return f"file={hashlib.sha256(dropped.content).hexdigest()} bytes={len(dropped.content)}"


def _log_end(job: Recheck, register: Register) -> None:
    """Whom the run is to be put down to, and what came of it."""
    with register.reading() as session:
        run = last_run(session)
    ended = "failed" if job.mistake or run is None else f"run={run.run_id}"
    access_log.log(register, job.by, "recheck_done", job.order.bmsah, ended)


def _plain(mistake: AnkaError) -> AnkaError:
    """A locked warehouse in words for the page."""
    return InputError(*_BUSY) if "another audit" in mistake.message else mistake


def outcome_of(reader: Reader, register: Register, order: Order, former_seq: int) -> Outcome:
    """What the last run changed for the case, or for the cases of the dropped file."""
    with register.reading() as session:
        run = last_run(session)
        if run is None:
            raise InputError(Bilingual("没有新的核查结果", "no new run"))
        file_cases, refused = _in_dropped(Path(run.file), order)
        cases = [order.bmsah] if order.bmsah else file_cases
        everything = not order.bmsah and order.dropped is None
        counts = became(session, reader, run, None if everything else cases)
    return Outcome(
        cases=len(cases),
        corrected=counts.get("corrected", 0),
        still_open=counts.get("open", 0),
        new=counts.get("new", 0),
        reopened=counts.get("reopened", 0),
        unchanged=run.seq == former_seq,
        refused=refused,
        case_in_file=not (order.bmsah and order.dropped) or order.bmsah in file_cases,
    )


def _in_dropped(published: Path, order: Order) -> tuple[Sequence[str], Bilingual]:
    """The cases of the dropped file, which is the last one of the run, and why it was refused if it was."""
    if order.dropped is None:
        return (), NO_TEXT
    with open_published(published) as con:
        sheets = [line for line in files(con) if line.file_no == last_file(con)]
        refused = next((line.reason for line in sheets if line.status == "refused"), NO_TEXT)
        return cases_of_file(con, last_file(con)), refused
