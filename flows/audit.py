"""An audit from beginning to end: load → judge → collect and reconcile → warn → publish → follow → switch. The order of work is `run_audit`.

No Prefect here: `nightly_audit` runs the same stages as a flow.
"""

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path

import duckdb

from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.working_days import known_years
from expectations.connections import open_duckdb, within_memory
from expectations.errors import InputError
from expectations.home import Home
from expectations.judging.calendar_gaps import find_calendar_gaps
from expectations.judging.collecting import collect
from expectations.judging.judge import judge, noting_merged
from expectations.judging.limits import find_due
from expectations.progress import Stage
from expectations.register.belonging import home_register
from expectations.register.follow import follow
from expectations.register.reading import last_day
from expectations.rights.reader import MACHINE
from expectations.run.figures import Line, by, figure_lines
from expectations.run.loaded.profile import former_figures_of
from expectations.run.published import open_published
from expectations.run.sights import Sights
from expectations.spill import own_folder
from expectations.store.chain import Head, log_head
from expectations.store.offices import read_offices
from expectations.store.register import Register, now
from expectations.texts import Bilingual
from expectations.workers import workers
from flows.incremental import (
    Judged,
    attach_former,
    begin_with,
    collect_what_differs,
    former_run,
    judge_what_differs,
    loaded_by,
)
from flows.kept_exports import keep_exports
from flows.load import (
    Folders,
    LoadReport,
    cards_to_judge,
    headers_of,
    list_files,
    load_exports,
    report_as_text,
    write_quarantine,
)
from flows.load.profile import write_profile
from flows.night.audit_lock import sole_audit
from flows.orders import AuditOrder, AuditResult, Stopwatch
from flows.progress import tell
from flows.publishing import RunFacts, StageTime, prune, publish, published_name
from flows.sweeping import finish_switch, sweep, sweep_leftovers


def run_audit(order: AuditOrder, catalogue: Catalogue | None = None) -> AuditResult:
    """Audits the exports of `order` by its catalogue, or one read already, and publishes the run.

    Raises InputError for unusable exports, CatalogueError for a catalogue with mistakes, NotReconciledError when counts and
    findings differ; nothing is published then.
    """
    watch, started = Stopwatch(), now()
    catalogue = catalogue or order.read_catalogue()
    with sole_audit(Home(order.home)):
        require_not_earlier(order)
        result = _stages(order, catalogue, watch, started)
        # still under the lock: the exports of the next audit would be taken for nobody's
        prune(Home(order.home), order.keep_runs)
        return result


def _stages(order: AuditOrder, catalogue: Catalogue, watch: Stopwatch, started: datetime) -> AuditResult:
    with watch.stage("load"):
        loaded = load_stage(order, catalogue)
    if unchanged := standing_run(order, catalogue, loaded, watch.stages):
        return unchanged
    with watch.stage("judge"):
        judged = judge_stage(order, catalogue, loaded)
    return publish_stage(order, catalogue, loaded, judged, started, watch.stages)


def require_not_earlier(order: AuditOrder) -> None:
    """Raises InputError for a day before that of the run followed last: what has come since would count as corrected.

    Also for a register that is not the home's, before an hour of work.
    """
    if not order.follow:
        return
    last = last_day(home_register(Home(order.home), order.register))
    if last is not None and order.as_of < last and not order.follow_earlier:
        raise InputError(
            Bilingual(
                f"核查日 {order.as_of} 早于台账最近一次核查的 {last}",
                "the audit date is before that of the run followed last",
            ),
            hint=Bilingual(
                "试算请用 --home 指定另一个主目录；确要让台账和页面回到较早的核查日，用 --follow-earlier",
                "for a trial give it a --home of its own; to move register and pages back, --follow-earlier",
            ),
        )


def import_ahead() -> None:
    """Imports Great Expectations, which takes seconds of one processor, beside what is done meanwhile. May be called more than once."""
    threading.Thread(target=import_module, args=("expectations.judging.suites",), daemon=True).start()


@within_memory()
def load_stage(order: AuditOrder, catalogue: Catalogue) -> LoadReport:
    """Loads and types the exports; the tables `cards` and `load` of the warehouse hold them afterwards."""
    import_ahead()
    home = Home(order.home)
    home.make()
    files = list_files(order.paths).files
    _remove_warehouse(order)
    if order.follow:
        finish_switch(home, home_register(home, order.register))
    sweep_leftovers(home)
    former = None if order.whole else former_run(home, catalogue, order.card)
    if former:
        begin_with(former, home.warehouse)
    with (
        workers(1) as beside,
        tempfile.TemporaryDirectory(prefix="load-", dir=own_folder(home.spill)) as folder,
        _warehouse(order, [*files, *([former] if former else ())], [Path(folder), home.exports]) as con,
    ):
        if former:
            attach_former(con, former)
        kept = beside.submit(keep_exports, home, files if order.keep_exports else ())
        report = load_exports(
            con,
            catalogue,
            order.paths,
            card=order.card,
            skip_refused=order.skip_refused,
            rest_seconds=order.rest_seconds,
            progress=tell,
            folders=Folders(Path(folder), home.exports if former else None),
        )
        write_profile(con, catalogue.cards.values(), former_figures_of(home))
        kept.result()
    # copied as a file, while it holds the cards alone: writing their rows once more would take longer than loading them
    shutil.copyfile(home.warehouse, home.loaded)
    return replace(report, former=former)


@within_memory()
def judge_stage(order: AuditOrder, catalogue: Catalogue, loaded: LoadReport) -> Judged:
    """Judges every rule. Data Docs go to the run's folder, where all rows were judged."""
    home, cards = Home(order.home), cards_to_judge(loaded)
    if loaded.former:
        judged = judge_what_differs(home, loaded.former, catalogue, order.as_of, cards, tell)
        if judged:
            return judged
    docs = home.run_folder(run_id_of(order, catalogue, loaded)) / "data_docs" if order.data_docs else None
    return Judged(judge(home.warehouse, catalogue, order.as_of, cards, docs, tell))


@within_memory()
def publish_stage(
    order: AuditOrder,
    catalogue: Catalogue,
    loaded: LoadReport,
    judged: Judged,
    started: datetime,
    stages: Sequence[StageTime],
) -> AuditResult:
    """Collects, reconciles, warns and publishes. A run with rules in error is published as incomplete."""
    home, watch, verdicts = Home(order.home), Stopwatch([*stages]), judged.verdicts
    in_error = tuple(f"{v.judgement.name}: {v.reason}" for v in verdicts if v.state == "error")
    run_id, rows = run_id_of(order, catalogue, loaded), loaded.rows
    register = home_register(home, order.register) if order.follow else None
    facts = RunFacts(
        run_id,
        order.as_of,
        started,
        catalogue.fingerprint,
        loaded.input_hash,
        loaded_by(order.card),
        rows.read,
        rows.loaded,
        rows.rejected,
        complete=not in_error,
        log_head=_head_of(register) if register else None,
        register=register.identity() if register else "",
    )
    beside = [loaded.former, home.touched] if loaded.former else ()
    with _warehouse(order, beside) as con:
        with watch.stage("collect"):
            if judged.in_parts and loaded.former:
                attach_former(con, loaded.former)
                collected = collect_what_differs(con, home, catalogue, judged, run_id, tell)
            else:
                collected = collect(con, catalogue, verdicts, run_id, tell)
            cards = cards_to_judge(loaded)
            collected = tuple(replace(each, verdict=noting_merged(each.verdict, cards)) for each in collected)
            _write_run_folder(con, home.run_folder(run_id), report_text(loaded, catalogue))
        with watch.stage("warn"):
            due = find_due(con, verdicts, catalogue.warnings, order.as_of)
            made = (verdict.judgement for verdict in verdicts if verdict.state == "judged")
            years = find_calendar_gaps(con, made, known_years(catalogue.calendar, catalogue.named_calendar))
    # opened anew: a connection gets its paths when it is opened, and only publishing may write among the published files
    with _warehouse(order, folders=[home.published]) as con, watch.stage("publish"):
        tell(Stage.PUBLISH, 0, 1)
        unfinished = publish(con, home, catalogue, facts, collected, watch.stages)
        tell(Stage.PUBLISH, 1, 1)
    file, followed = published_name(unfinished), None
    if register:
        with watch.stage("follow"):
            tell(Stage.FOLLOW, 0, 1)
            try:
                followed = follow(register, unfinished, named=file, inputs=order.paths)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
            tell(Stage.FOLLOW, 1, 1)
    lines = figures_of(unfinished, register)
    try:
        unfinished.replace(
            file
        )  # only now: what the register never followed must not look like a run that is to be kept
        if order.follow:
            home.switch_to(file)  # last: whoever meets the new file finds the register brought up to it
    except OSError:  # tried again, it would be left beside the next one
        file.unlink(missing_ok=True)
        raise
    sweep(home)  # only now: what fails above is tried again
    not_judged = tuple(f"{v.judgement.name}: {v.reason}" for v in verdicts if v.state == "not_judged")
    return AuditResult(
        run_id,
        file,
        home.run_folder(run_id),
        facts.complete,
        rows.read,
        rows.loaded,
        rows.rejected,
        tuple(by(lines, "office", "department")),
        due,
        years,
        not_judged,
        in_error,
        tuple(watch.stages),
        followed,
        loaded.former,
        _merged((c.verdict.judgement.rule.id, c.verdict.reason) for c in collected if c.verdict.state == "judged"),
    )


def standing_run(
    order: AuditOrder, catalogue: Catalogue, loaded: LoadReport, stages: Sequence[StageTime]
) -> AuditResult | None:
    """The run the audit went on from, brought before the register again, where it is of the same inputs and day; else None."""
    file, home, run_id = loaded.former, Home(order.home), run_id_of(order, catalogue, loaded)
    if file is None:
        return None
    with open_published(file) as con:
        ((same, due),) = con.execute("select run_id = ?, (select count(*) from due) from runs", [run_id]).fetchall()
        gaps = con.execute("select distinct year from calendar_gaps order by year").fetchall()
        passed_over = con.execute(
            "select concat_ws('/', rule_id, card, field), reason, reason_en from judgements where state = 'not_judged' order by 1"
        ).fetchall()
        merged = con.execute(
            "select rule_id, reason, reason_en from judgements where state = 'judged' and reason <> '' order by rule_id, card"
        ).fetchall()
    if not same:
        return None
    register = home_register(home, order.register) if order.follow else None
    # first: the figures are the register's, which may be a copy of an earlier day
    followed = follow(register, file, inputs=order.paths) if register else None
    sweep(home)
    rows = loaded.rows
    return AuditResult(
        run_id,
        file,
        home.run_folder(run_id),
        True,
        rows.read,
        rows.loaded,
        rows.rejected,
        tuple(by(figures_of(file, register), "office", "department")),
        due,
        tuple(year for (year,) in gaps),
        tuple(f"{name}: {Bilingual(zh, en)}" for name, zh, en in passed_over),
        (),
        tuple(stages),
        followed,
        file,
        _merged((rule_id, Bilingual(zh, en)) for rule_id, zh, en in merged),
    )


def _merged(noted: Iterable[tuple[str, Bilingual]]) -> tuple[str, ...]:
    """What was noted of judged rules, each text once with the rules it was noted of."""
    rules_by_text: dict[Bilingual, list[str]] = {}
    for rule_id, text in noted:
        if text:
            rules_by_text.setdefault(text, []).append(rule_id)
    return tuple(f"{', '.join(rules)}: {text}" for text, rules in rules_by_text.items())


def _head_of(register: Register) -> Head:
    with register.reading() as session:
        return log_head(session)


def figures_of(file: Path, register: Register | None = None) -> list[Line]:
    """The figures of a published run; with the register as it is now: rules on hold, what is explained, the organisation."""
    if register is None:
        with open_published(file) as con:
            return figure_lines(con)
    with register.reading() as session, Sights().open(file, register, MACHINE) as con:
        return figure_lines(con, read_offices(session))


def run_id_of(order: AuditOrder, catalogue: Catalogue, loaded: LoadReport) -> str:
    """The same inputs, catalogue and audit date give the same run."""
    identity = "|".join((loaded.input_hash, catalogue.fingerprint, order.as_of.isoformat()))
    return f"{order.as_of:%Y%m%d}-{hashlib.sha256(identity.encode()).hexdigest()[:10]}"


def report_text(loaded: LoadReport, catalogue: Catalogue) -> str:
    """The load report as a supervisor reads it."""
    return report_as_text(loaded, headers_of(catalogue))


def _remove_warehouse(order: AuditOrder) -> None:
    """Makes way for a new one. Raises InputError where another audit works on it; a damaged one is nothing to keep."""
    with suppress(duckdb.Error), _warehouse(order):
        pass
    warehouse = Home(order.home).warehouse
    for file in (warehouse, warehouse.with_name(f"{warehouse.name}.wal")):
        file.unlink(missing_ok=True)


@contextmanager
def _warehouse(
    order: AuditOrder, files: Iterable[Path] = (), folders: Iterable[Path] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    path = Home(order.home).warehouse
    try:
        con = open_duckdb(path, files=files, folders=folders)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise InputError(
                Bilingual(f"另一个核查正在使用 {path}", f"another audit is using {path}"),
                hint=Bilingual("等它结束后再运行", "run again when it has finished"),
            ) from None
        raise
    try:
        yield con
    finally:
        con.close()


def _write_run_folder(con: duckdb.DuckDBPyConnection, folder: Path, report: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_quarantine(con, folder / "quarantine.csv")
    (folder / "load_report.txt").write_text(report + "\n", encoding="utf-8")
