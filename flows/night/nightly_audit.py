"""The Prefect flow `nightly_audit`: load → judge → publish, with retries where the world is touched, and tables of the run and its departments.

The stages themselves are in `audit`. Works with a Prefect server and, one-shot, without one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import duckdb
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import FlowRun
from prefect.runtime import deployment

from expectations.catalogue.catalogues import Catalogue
from expectations.errors import AnkaError
from expectations.file_names import text_as_path
from expectations.finding.labels import NOT_FILLED, office_word
from expectations.home import Home
from expectations.office_days import today
from expectations.register.belonging import home_register
from expectations.register.problems import kinds_in_words, problem_words
from expectations.run.figures import Line
from expectations.run.published import open_published
from expectations.store.register import now
from expectations.texts import Bilingual
from flows.audit import judge_stage, load_stage, publish_stage, require_not_earlier, standing_run
from flows.incremental import Judged
from flows.load import LoadReport
from flows.load.inbox import inbox_of
from flows.messages.sending import send_due
from flows.night.attempts import NotOwed, ProgramError, attempted, notice_killed
from flows.night.audit_lock import sole_audit
from flows.orders import AuditOrder, AuditResult, Stopwatch
from flows.publishing import StageTime, prune
from flows.settings import Settings

_DISK_RETRIES = 2
_RETRY_SECONDS = 5


def _worth_retrying(task: object, run: object, state: object) -> bool:
    """Retry what the disk or another process may have caused; a refused file or a wrong catalogue stays wrong."""
    # asked this way, a failed state gives its exception as the result
    result = getattr(state, "result", lambda **_: None)(raise_on_failure=False)
    return isinstance(result, OSError | duckdb.IOException)


@contextmanager
def told_by_kind() -> Iterator[None]:
    """Of an error of the program, the records of a scheduled run get kind and place; whoever runs it by hand sees all of it."""
    try:
        yield
    except (AnkaError, OSError, duckdb.IOException, NotOwed, ProgramError):
        raise
    except Exception as error:
        if deployment.id is None:
            raise
        raise ProgramError(error) from None


@task(
    name="load",
    cache_policy=NO_CACHE,
    retries=_DISK_RETRIES,
    retry_delay_seconds=_RETRY_SECONDS,
    retry_condition_fn=_worth_retrying,
)
def load(order: AuditOrder, catalogue: Catalogue) -> LoadReport:
    """Exports → `raw` and `cards`."""
    with told_by_kind():
        return load_stage(order, catalogue)


@task(name="judge", cache_policy=NO_CACHE)
def judge(order: AuditOrder, catalogue: Catalogue, loaded: LoadReport) -> Judged:
    """`cards` → counts and failing-row queries."""
    with told_by_kind():
        return judge_stage(order, catalogue, loaded)


@task(
    name="publish",
    cache_policy=NO_CACHE,
    retries=_DISK_RETRIES,
    retry_delay_seconds=_RETRY_SECONDS,
    retry_condition_fn=_worth_retrying,
)
def publish(
    order: AuditOrder,
    catalogue: Catalogue,
    loaded: LoadReport,
    judged: Judged,
    started: datetime,
    stages: Sequence[StageTime],
) -> AuditResult:
    """Findings, reconciliation, the published file and the switch."""
    with told_by_kind():
        return publish_stage(order, catalogue, loaded, judged, started, stages)


@task(name="notify", cache_policy=NO_CACHE)
def notify(order: AuditOrder) -> int:
    """Messages about the run's new findings, or that there is none, if the office has switched them on; how many were sent."""
    home = Home(order.home)
    deliveries = send_due(home, home_register(home, order.register), order.as_of)
    return sum(delivery.state == "sent" for delivery in deliveries)


def tell_of_crash(flow: object, flow_run: FlowRun, state: object) -> None:
    """Called by the worker when the process of a run is gone: it cannot speak for itself."""
    settings = Settings()
    home = Home(Path(flow_run.parameters.get("home") or settings.home).absolute())
    register = home_register(home, settings.register_url)
    notice_killed(home, register)
    send_due(home, register, today())


@flow(name="nightly_audit", validate_parameters=False, log_prints=False, on_crashed=[tell_of_crash])
def nightly_audit(  # noqa: PLR0913 -- what an order may say
    paths: Sequence[str] = (),
    as_of: str | None = None,
    home: str | None = None,
    catalogue: str | None = None,
    card: str | None = None,
    skip_refused: bool = True,
    follow: bool = True,
    follow_earlier: bool = False,
    whole: bool = False,
    since: datetime | None = None,
) -> AuditResult:
    """Audits `paths` (default: the inbox of the settings) as of `as_of` (default: the office's today) and publishes the run.

    Without `follow` neither the register nor what pages show is moved; with `follow_earlier` both may be moved to an earlier day. `whole`: nothing is
    taken over from the published run. `since`: when the night was due, see `attempted`.
    """
    settings = Settings()
    root = Path(home or settings.home).absolute()
    order = AuditOrder(
        home=root,
        paths=tuple(text_as_path(path) for path in paths) or (_inbox(settings, root),),
        as_of=date.fromisoformat(as_of) if as_of else today(),
        catalogue=Path(catalogue) if catalogue else settings.catalogue,
        card=card,
        skip_refused=skip_refused,
        register=settings.register_url,
        rest_seconds=settings.rest_seconds,
        follow=follow,
        follow_earlier=follow_earlier,
        whole=whole,
        keep_runs=settings.keep_runs,
    )
    home_folder = Home(order.home)
    if home_folder.keep_private():
        get_run_logger().warning("the home could be read by other accounts; now only its owner can: %s", order.home)
    require_not_earlier(order)  # a trial that is refused is no night that failed
    if order.follow:
        result = _night(order, home_folder, since)
    else:
        with sole_audit(home_folder):
            result = _stages(order)
    for problem in result.problems:
        get_run_logger().warning("the run is not complete: %s", problem_words(problem))
    if order.follow:
        notify(order, return_state=True)  # who was not reached stands in the outbox; the run is published all the same
    for key, table in (("run", run_table(result)), ("departments", department_table(result.lines))):
        create_markdown_artifact(table, key=key, description=f"Run {result.run_id}")
    return result


def _inbox(settings: Settings, root: Path) -> Path:
    return inbox_of(settings, home_register(Home(root), settings.register_url))


def _night(order: AuditOrder, home: Home, since: datetime | None) -> AuditResult:
    """The audit as an attempt that is written down; of one that failed people are told before the error goes on."""
    try:
        return attempted(home, home_register(home, order.register), lambda: _stages(order), since)
    except NotOwed:
        raise
    except Exception:
        notify(order, return_state=True)
        raise


def _stages(order: AuditOrder) -> AuditResult:
    watch, started = Stopwatch(), now()
    catalogue = order.read_catalogue()
    with watch.stage("load"):
        loaded = load(order, catalogue)
    result = standing_run(order, catalogue, loaded, watch.stages)
    if result is None:
        with watch.stage("judge"):
            judged = judge(order, catalogue, loaded)
        result = publish(order, catalogue, loaded, judged, started, watch.stages)
    prune(Home(order.home), order.keep_runs)  # still under the home's lock: see `run_audit`
    return result


def department_table(lines: Sequence[Line]) -> str:
    """Failures per office and department as Markdown, in their fixed order, counts with denominators."""
    head = "| 院 office | 部门 department | 案件 cases | 有错案件 cases with errors | 错误 errors | 提示 hints |\n|---|---|--:|--:|--:|--:|\n"
    return head + "".join(
        f"| {office_word(line.office)} | {line.department or NOT_FILLED} | {line.checked} | {line.with_errors} | {line.errors} | "
        f"{line.hints} |\n"
        for line in lines
    )


def run_table(result: AuditResult) -> str:
    """What the night came to as Markdown, in figures alone: names of files and reasons of errors may hold those of persons."""
    with open_published(result.file) as con:
        files = con.execute("select status, count(*) from files group by status order by status").fetchall()
    followed = result.followed
    incomplete = kinds_in_words(result.problems)
    rows: list[tuple[Bilingual, object]] = [
        (
            Bilingual("完整", "complete"),
            Bilingual("否", "no").about(incomplete) if incomplete else Bilingual("是", "yes"),
        ),
        (Bilingual("工作表", "sheets"), ", ".join(f"{status} {count}" for status, count in files)),
        (
            Bilingual("读入 = 载入 + 剔除（行）", "rows read = loaded + rejected"),
            f"{result.rows_read} = {result.rows_loaded} + {result.rows_rejected}",
        ),
        (Bilingual("错误", "errors"), result.errors),
        (Bilingual("提示", "hints"), result.hints),
        (Bilingual("新发现", "new"), followed.new if followed else ""),
        (Bilingual("已改正", "corrected"), followed.corrected if followed else ""),
        (Bilingual("再次发现", "found again"), followed.reopened if followed else ""),
        (
            Bilingual("须重新核实", "to be verified again"),
            sum(followed.to_verify_again.values()) if followed else "",
        ),
        (Bilingual("未判断的规则", "rules not judged"), len(result.not_judged)),
        (Bilingual("出错的规则", "rules in error"), len(result.in_error)),
        (Bilingual("期限预警", "limits near or over"), result.due),
        (Bilingual("用时（秒）", "seconds"), round(sum(stage.seconds for stage in result.stages))),
    ]
    return "| | |\n|---|--:|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)
