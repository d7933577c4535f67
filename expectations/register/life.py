"""Moving findings as people do: verification, answer, dispute, decision, undo. What may be done when, is a table (`transitions`).

Nobody closes a finding by hand: it is corrected when the rule no longer fires, or explained for as long as its values, its rule and the
term of the explanation last.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.office_days import today
from expectations.people import access_log
from expectations.register.readers_rows import rows_of
from expectations.register.transitions import RIGHTS, TRANSITIONS, Action, Standing, Transition, transition
from expectations.register.trust import hold_if_rejected
from expectations.rights.reader import Reader
from expectations.store.register import Register, now
from expectations.store.switches import switch
from expectations.store.tables import Event, Finding, Run
from expectations.texts import NO_TEXT, Bilingual

REASONS: dict[str, tuple[str, str]] = {
    "not_applicable": ("规则不适用于本案", "the rule does not apply to this case"),
    "blank_allowed": ("填录标准允许（空等于否）", "the standard allows it (blank means no)"),
    "awaiting_document": ("外部文书未到", "a document from elsewhere has not arrived"),
    "not_yet_exported": ("已在系统内改正，尚未导出", "corrected in the system, not yet exported"),
    "case_split": ("拆案或改变管辖", "the case was split or moved"),
    "old_card": ("历史案卡，不需补填", "an old card that need not be completed"),
    "true_as_filled": ("经核对，填录属实", "checked: what was filled in is true"),
    "other": ("其他", "other"),
}
"""Why a finding is said not to be an error. Codes are kept, words shown."""

_HUMAN = (
    "state",
    "verification",
    "verified_by",
    "verified_at",
    "answer",
    "answered_by",
    "answered_at",
    "reason_code",
    "note",
    "decision",
    "decision_note",
    "explained_until",
)
"""What a decision may change, and an undo restores."""
_LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Decision:
    """What somebody decides. A reason and a note are needed wherever an error is denied; `until` limits an explanation."""

    action: Action
    reason_code: str = ""
    note: str = ""
    until: date | None = None

    def __post_init__(self) -> None:
        rows = [row for row in TRANSITIONS if row.action == self.action]
        if any(row.asks_reason for row in rows) and self.reason_code not in REASONS:
            raise InputError(
                Bilingual("请选择理由", "choose a reason"), hint="、".join(zh for zh, _ in REASONS.values())
            )
        if any(row.asks_note for row in rows) and not self.note.strip():
            raise InputError(
                Bilingual("请写明情况", "a note is needed"),
                hint=Bilingual("对方会看到这段说明", "the other side will read it"),
            )
        if len(self.note) > _LONGEST_NOTE:
            raise InputError(
                Bilingual("说明过长", "the note is too long").about(len(self.note)), hint=f"≤ {_LONGEST_NOTE}"
            )


@dataclass(frozen=True)
class Outcome:
    """What a decision on several findings came to: a batch that can be undone, and what was left as it was, with the reason."""

    batch: str
    done: tuple[str, ...]
    skipped: tuple[tuple[str, Bilingual], ...]
    held: tuple[str, ...] = ()
    """Rules that went on hold by it."""


def decide(
    register: Register,
    reader: Reader,
    ids: Iterable[str],
    decision: Decision,
    versions: Mapping[str, int] | None = None,
) -> Outcome:
    """Decides on findings, all in one transaction. `versions` are those the person saw: what changed since is skipped.

    Raises NotAllowedError when the role does not decide so. Findings out of the person's scope are skipped as unknown.
    """
    reader.require(RIGHTS[decision.action])
    distinct_ids = list(dict.fromkeys(ids))
    batch, moment = secrets.token_hex(8), now()
    changed: list[str] = []
    skipped: list[tuple[str, Bilingual]] = []
    with register.writing() as session:
        findings = _locked(session, reader, distinct_ids)
        until = decision.until or _default_until(session)
        for finding_id in distinct_ids:
            finding = findings.get(finding_id)
            row = _transition(finding, decision.action, (versions or {}).get(finding_id))
            if finding is None or isinstance(row, Bilingual):
                skipped.append((finding_id, row if isinstance(row, Bilingual) else NO_TEXT))
                continue
            before = {name: _plain(getattr(finding, name)) for name in _HUMAN}
            _apply(row, finding, decision, reader, moment, until)
            finding.version += 1
            ends = until if finding.state == "explained" else None
            session.add(
                Event(
                    finding_id=finding_id,
                    at=moment,
                    action=decision.action,
                    seq=None,
                    user_id=reader.user_id,
                    user_name=reader.name,
                    reason_code=decision.reason_code,
                    note=decision.note.strip(),
                    until=ends,
                    batch=batch,
                    # The version this decision gives: an undo finds it unchanged, or something has happened since.
                    before={**before, "version": finding.version},
                    undone=False,
                )
            )
            changed.append(finding_id)
        session.flush()
        rejected = {
            findings[finding_id].rule_id for finding_id in changed if findings[finding_id].verification == "rejected"
        }
        held = hold_if_rejected(session, rejected)
        if changed:
            _log(session, reader, "decision", decision.action, batch, changed)
    return Outcome(batch, tuple(changed), tuple(skipped), tuple(held))


def undo(register: Register, reader: Reader, batch: str) -> Outcome:
    """Takes a person's own decision back, finding by finding, where nothing has happened since and they may still decide so."""
    restored: list[str] = []
    skipped: list[tuple[str, Bilingual]] = []
    with register.writing() as session:
        by_reader = Event.user_id == reader.user_id
        events = session.scalars(
            select(Event).where(Event.batch == batch, by_reader, ~Event.undone).order_by(Event.id)
        ).all()
        findings = _locked(session, reader, [event.finding_id for event in events])
        for event in events:
            finding, act = findings.get(event.finding_id), RIGHTS.get(event.action)
            if finding is None or act is None or not reader.may(act) or finding.version != event.before["version"]:
                skipped.append(
                    (event.finding_id, Bilingual("此后已有变化，未撤销", "it has changed since and was left"))
                )
                continue
            for name in _HUMAN:
                setattr(finding, name, _typed(name, event.before[name]))
            finding.version += 1
            event.undone = True
            session.add(
                Event(
                    finding_id=event.finding_id,
                    at=now(),
                    action="undo",
                    seq=None,
                    user_id=reader.user_id,
                    user_name=reader.name,
                    reason_code="",
                    note="",
                    until=None,
                    batch=batch,
                    before={},
                    undone=True,  # so that it is not itself taken back
                )
            )
            restored.append(event.finding_id)
        if restored:
            _log(session, reader, "undo", "", batch, restored)
    return Outcome(batch, tuple(restored), tuple(skipped))


def _log(session: Session, reader: Reader, action: str, decided: str, batch: str, findings: Sequence[str]) -> None:
    """One entry for all findings of a batch; the events say which."""
    access_log.note(session, reader.user_id, reader.login, action, decided, f"findings={len(findings)} batch={batch}")


def _locked(session: Session, reader: Reader, ids: list[str]) -> dict[str, Finding]:
    """The findings within the reader's scope, locked until the end of the transaction."""
    findings: dict[str, Finding] = {}
    # Always in the order of their ids: two people who decide on the same findings would else wait for one another for good.
    ids = sorted(ids)
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = select(Finding).where(Finding.finding_id.in_(chunk), rows_of(reader.rows)).order_by(Finding.finding_id)
        findings |= {finding.finding_id: finding for finding in session.scalars(query.with_for_update())}
    return findings


def _transition(finding: Finding | None, action: Action, version: int | None) -> Transition | Bilingual:
    """How the action moves the finding, or why it does not."""
    if finding is None:
        return Bilingual("没有这个问题", "no such finding")
    if version is not None and version != finding.version:
        return Bilingual("刚刚有人处理过，请刷新", "somebody has just changed it: reload")
    return transition(action, Standing.of(finding))


def _apply(
    row: Transition, finding: Finding, decision: Decision, reader: Reader, moment: datetime, until: date
) -> None:
    """What the row says, who did it, and why."""
    for name, value in (
        ("state", row.state),
        ("verification", row.verdict),
        ("answer", row.answer),
        ("decision", row.decision),
    ):
        if value is not None:
            setattr(finding, name, value)
    note = decision.note.strip()
    if row.act == "answer":
        finding.answered_by, finding.answered_at = reader.name, moment
    else:
        finding.verified_by, finding.verified_at = reader.name, moment
        finding.explained_until = until if row.denies else None
    # Accepting a dispute keeps the owner's reason and note: it is they that explain the finding.
    if row.asks_reason or row.act == "answer":
        finding.reason_code, finding.note = decision.reason_code, note
    if row.decision is not None:
        finding.decision_note = note if row.act == "decide" else ""


def _default_until(session: Session) -> date:
    """The last day of an explanation: `explanation_days` after the last run's audit date, or after today."""
    as_of = session.scalar(select(Run.as_of).order_by(Run.seq.desc()).limit(1)) or today()
    return as_of + timedelta(days=int(switch(session, "explanation_days")))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _typed(name: str, value: object) -> object:
    if value is None or name not in ("verified_at", "answered_at", "explained_until"):
        return value
    return date.fromisoformat(str(value)) if name == "explained_until" else datetime.fromisoformat(str(value))
