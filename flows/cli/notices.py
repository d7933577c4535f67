"""`anka notices …` and `anka notify`: notices of rule 665, their documents, weekly digests and messages on the command line.

What makes documents and messages is imported where it is used: it takes seconds, and `anka --help` needs none of it.
"""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from expectations.errors import InputError
from expectations.texts import Bilingual, Language, joined
from flows.cli.options import NOT_WELL, HomeFolder, RegisterUrl, day, home_at

if TYPE_CHECKING:
    from expectations.notices import Progress
    from expectations.notices.labels import Labels
    from expectations.store.register import Register
    from expectations.store.tables import Notice


app = typer.Typer(no_args_is_help=True, add_completion=False)
Today = Annotated[
    str | None, typer.Option("--today", help=Bilingual("按此日计算，默认今天", "as of this day"), show_default=False)
]
OutFolder = Annotated[Path, typer.Option("--output", "-o", help=Bilingual("写入的文件夹", "folder to write"))]
_STATES = {
    "withdrawn": Bilingual("已撤回", "withdrawn"),
    "replied": Bilingual("已回复", "replied"),
    "overdue": Bilingual("逾期未回复", "overdue"),
    "due": Bilingual("待回复", "to be replied to"),
    "no_reply": Bilingual("无须书面回复", "no reply needed"),
}
_UNSAFE = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


@app.command("list")
def list_notices(
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
    today: Today = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help=Bilingual("只列逾期未回复的", "only overdue ones"))
    ] = False,
    format: Annotated[Literal["table", "json"], typer.Option(help=Bilingual("输出格式", "output"))] = "table",
) -> None:
    """列出通知 / notices with due date, reply and how many of their findings are settled."""
    from expectations import notices as core
    from expectations.people.languages import home_language
    from expectations.rights.reader import MACHINE

    now = date.fromisoformat(day(today))
    with _register(home, register).reading() as session:
        listed = core.overdue(session, MACHINE, now) if overdue else core.notices(session, MACHINE)
        progress_by_id = core.progress(session, MACHINE, [notice.id for notice in listed])
        language = home_language(session)
    rows = [_row(notice, progress_by_id.get(notice.id, core.Progress()), now, language) for notice in listed]
    if format == "json":
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not rows:
        typer.echo(Bilingual("没有通知", "no notices"))
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


@app.command()
def issue(
    findings: Annotated[list[str], typer.Argument(help=Bilingual("问题编号", "finding ids"))],
    grade: Annotated[
        str, typer.Option(help=Bilingual("等级，默认按建议", "grade, default as proposed"), show_default=False)
    ] = "",
    per: Annotated[
        Literal["department", "prosecutor"], typer.Option(help=Bilingual("每部门或每人一份", "one per"))
    ] = "department",
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
    today: Today = None,
) -> None:
    """对属实的问题发出通知 / issue notices about confirmed findings."""
    from expectations import notices as core
    from expectations.notices.documents import addressee_of
    from expectations.notices.scopes import number_of
    from expectations.people.languages import home_language
    from expectations.rights.reader import MACHINE

    now, office_register = date.fromisoformat(day(today)), _register(home, register)
    groups = [(grade, findings)] if grade else []
    if not grade:
        with office_register.reading() as session:
            drafts = core.preview(session, MACHINE, findings, per, now)
        groups = [(draft.grade.name, [finding.finding_id for finding in draft.findings]) for draft in drafts]
        groups = groups or [(next(iter(core.GRADES)), findings)]
        drawn = {finding_id for _, ids in groups for finding_id in ids}
        groups[0][1].extend(finding_id for finding_id in findings if finding_id not in drawn)
    with office_register.reading() as session:
        language = home_language(session)
    for chosen, ids in groups:
        outcome = core.issue(office_register, MACHINE, ids, chosen, per, now)
        for notice in outcome.notices:
            number, to = (words.in_language(language) for words in (number_of(notice), addressee_of(notice)))
            typer.echo(f"{notice.id}\t{number}\t{to}\t{notice.due_on}")
        for finding_id, why in outcome.skipped:
            typer.echo(f"{finding_id}: {why}", err=True)


@app.command()
def reply(
    notice: Annotated[int, typer.Argument(help=Bilingual("通知的 id", "id of the notice"))],
    text: Annotated[str, typer.Argument(help=Bilingual("核查情况和纠正措施", "what was found and done"))],
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """录入书面回复 / enter a reply received on paper."""
    from expectations import notices as core
    from expectations.rights.reader import MACHINE

    core.reply(_register(home, register), MACHINE, notice, text)
    typer.echo(Bilingual("已录入", "entered"))


@app.command()
def withdraw(
    notice: Annotated[int, typer.Argument(help=Bilingual("通知的 id", "id of the notice"))],
    reason: Annotated[str, typer.Argument(help=Bilingual("理由", "reason"))],
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """撤回通知；文号保留 / withdraw a notice; it keeps its number."""
    from expectations import notices as core
    from expectations.notices.scopes import number_of
    from expectations.rights.reader import MACHINE

    typer.echo(
        Bilingual("已撤回", "withdrawn").about(
            number_of(core.withdraw(_register(home, register), MACHINE, notice, reason))
        )
    )


@app.command()
def document(
    notice: Annotated[int, typer.Argument(help=Bilingual("通知的 id", "id of the notice"))],
    output: OutFolder,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """写出通知书和错误明细清单 / write the notice (.docx) and its list of errors (.xlsx)."""
    from expectations import notices as core
    from expectations.people import access_log
    from expectations.rights.reader import MACHINE

    home_folder, office_register = home_at(home), _register(home, register)
    with office_register.reading() as session:
        issued_notice = core.one_notice(session, MACHINE, notice)
        if issued_notice is None:
            raise InputError(Bilingual("没有这份通知", "no such notice").about(notice), hint="anka notices list")
        language = core.addressee_language(session, issued_notice)
        labels = _labels(home, language)
        files = {
            "docx": core.notice_document(session, MACHINE, home_folder, notice, labels),
            "xlsx": core.list_document(session, MACHINE, home_folder, notice, labels),
        }
    access_log.log(office_register, MACHINE, "export", "notice", f"id={notice}")
    for suffix, content in files.items():
        typer.echo(str(_write(output, core.notice_file_name(issued_notice, suffix, language), content)))


@app.command()
def digest(
    output: OutFolder,
    week: Annotated[
        str | None, typer.Option(help=Bilingual("周，默认最近一次核查所在周", "week, e.g. 2026-W26"))
    ] = None,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """写出每部门、每人的周报 / write the weekly digest of every department and person."""
    from expectations import notices as core
    from expectations.notices.weeks import Week
    from expectations.people import access_log
    from expectations.people.addressees import language_to
    from expectations.rights.reader import MACHINE
    from expectations.run.published import current_run

    home_folder = home_at(home)
    with current_run(home_folder) as con:
        as_of = con.execute("select as_of from runs").fetchall()[0][0]
    digest_week, office_register = Week.parse(week) if week else Week.of(as_of), _register(home, register)
    access_log.log(office_register, MACHINE, "export", "digest", f"week={digest_week.name}")
    with office_register.reading() as session:
        departments, persons = core.digest_subjects(session, MACHINE)
        for subject in (*departments, *persons):
            language = language_to(session, subject.office, subject.department, subject.prosecutor)
            weekly_digest = core.digest(session, MACHINE, home_folder, digest_week, subject, language)
            whose = subject.prosecutor or weekly_digest.pick(Bilingual("部门", "department"))
            name = f"{digest_week.name}_{subject.department}_{whose}"
            _write(output, f"{name}.docx", core.digest_document(home_folder, weekly_digest))
            _write(output, f"{name}.txt", core.digest_text(weekly_digest).encode())
    typer.echo(f"{output}: 部门 departments {len(departments)}, 个人 persons {len(persons)}, {digest_week.name}")


@app.command()
def templates(output: OutFolder) -> None:
    """写出随附的模板，改好后放入主目录的 templates 文件夹 / write the templates, to be changed and put into HOME/templates."""
    from expectations.notices.templates import write_bundled

    for file in write_bundled(output):
        typer.echo(str(file))


@app.command("grading")
def show_grading(
    written_serious: Annotated[int | None, typer.Option(help="严重问题数 → 通知书")] = None,
    written_all: Annotated[int | None, typer.Option(help="问题总数 → 通知书")] = None,
    written_repeated: Annotated[int | None, typer.Option(help="重复问题数 → 通知书")] = None,
    report_serious: Annotated[int | None, typer.Option(help="严重问题数 → 报告检察长")] = None,
    report_overdue: Annotated[int | None, typer.Option(help="逾期未回复通知数 → 报告检察长")] = None,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """查看或修改建议等级的标准，0 为不用 / show or change from how many findings on a grade is proposed; 0: never."""
    from expectations import notices as core
    from expectations.rights.reader import MACHINE

    office_register = _register(home, register)
    thresholds = {
        "written_serious": written_serious,
        "written_all": written_all,
        "written_repeated": written_repeated,
        "report_serious": report_serious,
        "report_overdue": report_overdue,
    }
    with office_register.reading() as session:
        values = vars(core.grading(session)) | {name: value for name, value in thresholds.items() if value is not None}
    if any(value is not None for value in thresholds.values()):
        core.set_grading(office_register, MACHINE, core.Grading(**values))
    for name, value in values.items():
        typer.echo(f"{name} = {value}")


def notify(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=Bilingual("只列出并记录，不发送", "say and store, send nothing"))
    ] = False,
    week: Annotated[
        str | None, typer.Option(help=Bilingual("附周报，周一默认上周", "with digests, on Mondays last week's"))
    ] = None,
    test: Annotated[
        str,
        typer.Option(
            help=Bilingual("只给此人发一条试发消息", "send this person one test message and nothing else"),
            metavar="LOGIN",
            show_default=False,
        ),
    ] = "",
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
    today: Today = None,
) -> None:
    """Sends what is due to be said; exits with 3 when a message failed or no night has published for too long."""
    from expectations.notices.weeks import Week
    from flows.messages.morning import tell

    if test:
        _try_message(_register(home, register), test)
        return
    morning = tell(
        home_at(home),
        _register(home, register),
        date.fromisoformat(day(today)),
        Week.parse(week) if week else None,
        dry_run=dry_run,
    )
    nights = morning.nights
    if nights.stale:
        typer.echo(nights.why_stale, err=True)
    if not dry_run and not morning.are_on:
        typer.echo(Bilingual("消息未启用，未发送", "messages are off, nothing was sent；--dry-run"))
        raise typer.Exit(NOT_WELL if nights.stale else 0)
    table = Table("状态 state", "收件人 to", "渠道 by", "标题 title", "正文 text", "问题 problem")
    for column in table.columns:
        column.overflow = "fold"
    listed = [each for each in morning.deliveries if dry_run or each.state in ("sent", "failed")]
    for delivery in listed:
        table.add_row(
            delivery.state,
            delivery.letter.name,
            " ".join(delivery.services),
            delivery.letter.title,
            delivery.letter.body,
            delivery.problem,
        )
    if listed:
        Console().print(table)
    counts = (
        Bilingual("消息", "messages").about(len(morning.deliveries)),
        *(() if dry_run else (Bilingual("已发", "sent").about(morning.sent),)),
        Bilingual("此前已发", "sent before").about(morning.sent_before),
        Bilingual("没有联系方式", "without an address").about(morning.no_address),
        Bilingual("失败", "failed").about(morning.failed),
    )
    typer.echo(joined("；", counts))
    if not morning.is_well:
        raise typer.Exit(NOT_WELL)


def _try_message(register: "Register", login: str) -> None:
    """One message; exits with 3 where it did not go out."""
    from flows.messages.sending import MessageSettings, send_trial

    delivery = send_trial(register, login, MessageSettings())
    services = " ".join(delivery.services)
    if delivery.state == "sent":
        typer.echo(Bilingual("已送出", "sent").about(f"{login}  {services}"))
        return
    typer.echo(Bilingual("没有送出", "not sent").about(f"{login}  {delivery.problem}"), err=True)
    raise typer.Exit(NOT_WELL)


def _row(notice: "Notice", progress: "Progress", today: date, language: Language) -> dict[str, object]:
    from expectations import notices as core
    from expectations.notices.documents import addressee_of
    from expectations.notices.scopes import number_of

    return {
        "id": notice.id,
        "number": number_of(notice).in_language(language),
        "grade": core.grade_of(notice).title.in_language(language),
        "to": addressee_of(notice).in_language(language),
        "issued": notice.issued_on.isoformat(),
        "due": notice.due_on.isoformat(),
        "state": _STATES[core.state_of(notice, today)].in_language(language),
        "settled": f"{progress.settled} / {progress.total}",
    }


def _register(home: Path, url: str) -> "Register":
    from expectations.register.belonging import home_register

    return home_register(home_at(home), url)


def _labels(home: Path, language: Language) -> "Labels":
    from expectations.notices.labels import read_labels
    from expectations.run.published import current_run

    with current_run(home_at(home)) as con:
        return read_labels(con, language)


def _write(folder: Path, name: str, content: bytes) -> Path:
    if folder.exists() and not folder.is_dir():
        raise InputError(
            Bilingual("不是文件夹", "not a folder").about(folder), hint=Bilingual("-o 后写文件夹", "-o names a folder")
        )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name.translate(_UNSAFE)
    target.write_bytes(content)
    return target
