"""The tables of the register: findings with their life, what people decided, notices, people, and who looked at what.

Declarations only; nothing is read, written or decided here. Times are UTC without a zone, days are days of the audit.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, Integer, MetaData, String, Text, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, column_property, mapped_column
from sqlalchemy.types import TypeEngine

from expectations.finding import hints
from expectations.finding.columns import COLUMNS
from expectations.texts import Bilingual

_ACTIVE = "state IN ('new', 'open', 'reopened')"
"""Of the index of all a working list counts and sorts by; a query says the same words, see `reading`."""
_EXPLAINED = "state = 'explained'"
"""Of the index of what a page of a run leaves out; a query says the same words, see `explained`."""


class Table(DeclarativeBase):
    """What every table shares: names of constraints that a migration can speak of."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON, str: Text}


_TYPES: dict[str, type[TypeEngine[Any]]] = {"boolean": Boolean, "integer": Integer, "bigint": BigInteger}


def _of_run(name: str, *, primary_key: bool = False) -> MappedColumn[Any]:
    """A column of a finding as runs have it; its type is the one declared with the finding."""
    column = COLUMNS[name]
    kind = String(column.width) if column.width else _TYPES.get(column.type, Text)()
    return mapped_column(kind, primary_key=primary_key)


class RuleState(Table):
    """What the register knows of a rule: whether it is on hold, since when, and by whom."""

    __tablename__ = "rule_states"

    rule_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    held: Mapped[bool]
    since: Mapped[datetime]
    """Of the hold or of its release; rejections before it no longer count."""
    by: Mapped[str]
    reason: Mapped[str]


_HELD = select(RuleState.rule_id).where(RuleState.held)


class Run(Table):
    """A published run the register has followed."""

    __tablename__ = "runs"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(String(64), index=True)
    file: Mapped[str]
    as_of: Mapped[date]
    followed_at: Mapped[datetime]
    complete: Mapped[bool]
    problems: Mapped[list[str]]
    """Why it is not complete, as JSON objects in text: exports refused, rules in error, departments missing, rows off the trend."""
    rows: Mapped[dict[str, Any]]
    """Rows loaded per card."""
    departments: Mapped[dict[str, Any]]
    """Cards checked per department, `office|department` → count."""
    inputs: Mapped[list[str]]
    """The export files and folders it was made of, as absolute paths."""
    rules: Mapped[dict[str, Any]]
    """Fingerprint of every rule judged, by rule id: where it differs from the run before, the rule was changed."""
    language: Mapped[str] = mapped_column(String(2), default="zh")
    """What its catalogue speaks: `en` where no text of it is Chinese."""


class Attempt(Table):
    """A nightly audit that was begun, whatever came of it."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(12))
    """running, published, incomplete (published so), failed, killed."""
    reason: Mapped[str]
    """Why it failed or is not complete, in one line that names no person."""
    reason_en: Mapped[str] = mapped_column(default="")

    @property
    def why(self) -> Bilingual:
        """The reason; one noted before it was kept in English too holds both."""
        return Bilingual(self.reason, self.reason_en or self.reason)


class Finding(Table):
    """A finding with its life. What the last run that saw it said of it, and what people decided."""

    __tablename__ = "findings"

    finding_id: Mapped[str] = _of_run("finding_id", primary_key=True)
    rule_id: Mapped[str] = _of_run("rule_id")
    rule_fingerprint: Mapped[str] = _of_run("rule_fingerprint")
    values_fingerprint: Mapped[str] = _of_run("values_fingerprint")
    severity: Mapped[str] = _of_run("severity")
    error_type: Mapped[str] = _of_run("error_type")
    is_hint: Mapped[bool] = _of_run("is_hint")
    card: Mapped[str] = _of_run("card")
    level: Mapped[str] = _of_run("level")
    bmsah: Mapped[str] = _of_run("bmsah")
    suspect_no: Mapped[str] = _of_run("suspect_no")
    case_name: Mapped[str] = _of_run("case_name")
    name: Mapped[str] = _of_run("name")
    office: Mapped[str] = _of_run("office")
    department: Mapped[str] = _of_run("department")
    prosecutor: Mapped[str] = _of_run("prosecutor")
    owner: Mapped[str] = _of_run("owner")
    fields: Mapped[str] = _of_run("fields")
    present: Mapped[dict[str, Any]]
    """The values concerned as they stood, by item: `values` of the run."""
    message: Mapped[str] = _of_run("message")
    message_en: Mapped[str] = _of_run("message_en")
    basis: Mapped[str] = _of_run("basis")
    card_row: Mapped[int] = _of_run("card_row")
    sheet: Mapped[str] = _of_run("sheet")
    sheet_row: Mapped[int] = _of_run("sheet_row")

    hint_now: Mapped[bool] = column_property(hints.hint_now(is_hint, rule_id, _HELD))
    """Whether it counts as a hint: also while its rule is on hold."""
    severity_now: Mapped[str] = column_property(hints.severity_now(severity, rule_id, _HELD))

    state: Mapped[str] = mapped_column(String(12))
    """new, open, reopened, explained, corrected, not_seen, withdrawn: see `lifecycle.State`."""
    first_seen: Mapped[date]
    last_seen: Mapped[date]
    first_seq: Mapped[int] = mapped_column(Integer)
    last_seq: Mapped[int] = mapped_column(Integer)
    state_seq: Mapped[int] = mapped_column(Integer)
    """The run that gave it its state."""
    closed_on: Mapped[date | None]
    times_reopened: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    """Counts every change, so that nobody decides on what they have not seen."""

    verification: Mapped[str] = mapped_column(String(12), default="")
    """confirmed, rejected, or blank: not verified."""
    verified_by: Mapped[str] = mapped_column(default="")
    verified_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(12), default="")
    """The owner's: corrected, still_wrong (said corrected, found again), not_error, or blank."""
    answered_by: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    reason_code: Mapped[str] = mapped_column(String(32), default="")
    note: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(String(12), default="")
    """On the owner's dispute: accepted, upheld, or blank: to be decided."""
    decision_note: Mapped[str] = mapped_column(default="")
    explained_until: Mapped[date | None]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))

    __table_args__ = (
        Index(
            "ix_findings_work",
            "department",
            "prosecutor",
            "bmsah",
            "finding_id",
            "state",
            "office",
            "rule_id",
            "card",
            "is_hint",
            "verification",
            "answer",
            "decision",
            "severity",
            "first_seen",
            sqlite_where=text(_ACTIVE),
            postgresql_where=text(_ACTIVE),
        ),
        Index(
            "ix_findings_explained",
            "state",
            "office",
            "department",
            "prosecutor",
            "rule_id",
            "card",
            "finding_id",
            sqlite_where=text(_EXPLAINED),
            postgresql_where=text(_EXPLAINED),
        ),
        Index(None, "state", "rule_id"),
        Index(None, "state", "first_seq"),
        Index(None, "office", "prosecutor"),
        Index(
            "ix_findings_figures",
            "office",
            "state",
            "department",
            "prosecutor",
            "bmsah",
            "finding_id",
            "first_seen",
            "is_hint",
            "rule_id",
            "error_type",
            "closed_on",
            "card",
            "verification",
            "answer",
            "decision",
            "severity",
        ),
        Index(None, "bmsah"),
        Index(None, "notice_id"),
    )


class Event(Table):
    """Something that happened to a finding: by a run, or by a person. Never changed, except to say that it was undone."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    finding_id: Mapped[str] = mapped_column(String(16), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(20))
    seq: Mapped[int | None]
    """The run, for what a run did."""
    user_id: Mapped[int | None]
    user_name: Mapped[str]
    reason_code: Mapped[str] = mapped_column(String(32))
    note: Mapped[str]
    until: Mapped[date | None]
    batch: Mapped[str] = mapped_column(String(32), index=True)
    """One decision on many findings is one batch."""
    before: Mapped[dict[str, Any]]
    """What the person's decision replaced, so that it can be undone."""
    undone: Mapped[bool]


class RunFigure(Table):
    """Findings at the end of a run, counted: what the trends are drawn of."""

    __tablename__ = "run_figures"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    seq: Mapped[int] = mapped_column(index=True)
    office: Mapped[str] = mapped_column(String(120))
    department: Mapped[str] = mapped_column(String(120))
    rule_id: Mapped[str] = mapped_column(String(16))
    error_type: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(8))
    is_hint: Mapped[bool] = mapped_column()
    hint_now: Mapped[bool] = column_property(hints.hint_now(is_hint, rule_id, _HELD))
    """Whether it counts as hints: also while its rule is on hold. A series is read by what holds today."""
    new: Mapped[int]
    open: Mapped[int]
    """All that stood open, new ones included."""
    corrected: Mapped[int]
    reopened: Mapped[int]
    explained: Mapped[int]


class Unit(Table):
    """A unit of the organisation: city office, district office, department, team."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    """city, district, department, team."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))


class User(Table):
    """A person with an account."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    """As the cards write it: own cards are found by it."""
    roles: Mapped[list[str]]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    assists_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """The prosecutor an assistant works for."""
    contact: Mapped[str]
    """Where messages go: an address of the message service, or blank."""
    language: Mapped[str | None] = mapped_column(String(2))
    """zh or en, as the person or the organisation's file said; none: the home's."""
    oidc_subject: Mapped[str]
    password_hash: Mapped[str]
    must_change: Mapped[bool]
    failed_sign_ins: Mapped[int]
    locked_until: Mapped[datetime | None]
    active: Mapped[bool]


class SignIn(Table):
    """A session of a signed-in person; only the hash of its token is kept."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    once: Mapped[bool]
    """A one-time link: exchanged for a session at its first use."""
    how: Mapped[str] = mapped_column(String(8))
    """What the person signed in with: password, oidc, link."""


class Access(Table):
    """Who looked at which case, who exported what, who signed in. Entries are appended by `store.chain` and never changed."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None]
    login: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str]
    detail: Mapped[str]
    previous: Mapped[str] = mapped_column(String(64))
    """The hash of the entry before it; blank of the first."""
    hash: Mapped[str] = mapped_column(String(64))


class LogHead(Table):
    """The last entry of the access log, in the one row of this table: whoever appends holds it."""

    __tablename__ = "log_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class Notice(Table):
    """A notice of rule 665, with its number, what it is about and what was replied."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    year: Mapped[int]
    serial: Mapped[int | None]
    """Number within year and office, for grades that have one."""
    number: Mapped[str]
    """As printed, e.g. 示例检案管监〔2026〕3号; blank without one."""
    grade: Mapped[str] = mapped_column(String(12))
    """Name of one of `notices.grades`."""
    office: Mapped[str] = mapped_column(String(120))
    department: Mapped[str] = mapped_column(String(120))
    prosecutor: Mapped[str] = mapped_column(String(120))
    """Blank: the notice is to the department."""
    issued_on: Mapped[date]
    due_on: Mapped[date]
    issued_by: Mapped[str]
    reply: Mapped[str]
    replied_on: Mapped[date | None]
    replied_by: Mapped[str]
    withdrawn: Mapped[bool]

    __table_args__ = (Index("uq_notices_number", "office", "year", "serial", unique=True),)


class NoticeFinding(Table):
    """A finding a notice named, with the words it used; the notice stays readable when the finding is closed."""

    __tablename__ = "notice_findings"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    finding_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int]


class Message(Table):
    """A message written for somebody: kept whether it was sent or only tried."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    made_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(24))
    recipient: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(String(12))
    """dry_run, sent, failed."""
    problem: Mapped[str]


class Setting(Table):
    """A switch an administrator sets, by name; under `identity` what tells this register from every other."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]]
