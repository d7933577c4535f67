"""Whether figures can be relied on: runs that are not complete, and rules put on hold because their findings are rejected."""

from collections import Counter
from collections.abc import Iterable
from statistics import median

import duckdb
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.people import access_log
from expectations.rights.reader import Reader
from expectations.store.register import Register, now
from expectations.store.switches import switch
from expectations.store.tables import Finding, RuleState, Run
from expectations.texts import Bilingual

_RUNS_COMPARED = 7
_LEAST_RUNS = 2
_LEAST_ROWS = 50
"""Cards with fewer rows than this come and go by chance."""
_LEAST_CHECKED = 5
_OFF_TREND = 0.5
"""A card with less than half, or more than twice, the rows of the runs before is off the trend."""


def run_problems(session: Session, con: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    """Why the run attached as `published` is not complete: each a dict with `kind` and what it concerns. Empty: it is complete.

    `files_refused` (files: name, reason, reason_en), `rules_in_error` (rules), `department_missing` (departments that most of the last runs held and this one does not),
    `rows_off_trend` (card, its titles, rows now, usual rows: the median of the last runs). In words: `problems`.
    """
    problems: list[dict[str, object]] = []
    refused = con.execute(
        "select name || if(coalesce(sheet, '') = '', '', ' [' || sheet || ']'), coalesce(reason, ''), coalesce(reason_en, '')"
        " from published.files where status = 'refused' order by file_no, rowid"
    ).fetchall()
    if refused:
        files = [{"name": name, "reason": reason, "reason_en": reason_en} for name, reason, reason_en in refused]
        problems.append({"kind": "files_refused", "files": files})
    rules_in_error = con.execute(
        "select distinct rule_id from published.judgements where state = 'error' order by rule_id"
    ).fetchall()
    if rules_in_error:
        problems.append({"kind": "rules_in_error", "rules": [rule for (rule,) in rules_in_error]})
    runs_before = session.scalars(select(Run).order_by(Run.seq.desc()).limit(_RUNS_COMPARED)).all()
    if len(runs_before) < _LEAST_RUNS:
        return problems
    present = {name for (name,) in con.execute("select distinct department from published.checked").fetchall()}
    runs_with = Counter(
        name
        for run in runs_before
        for name in {key.split("|", 1)[1] for key, count in run.departments.items() if count >= _LEAST_CHECKED}
    )
    missing = sorted(
        name for name, runs in runs_with.items() if name and name not in present and runs * 2 > len(runs_before)
    )
    if missing:
        problems.append({"kind": "department_missing", "departments": missing})
    rows = dict(con.execute("select card, count(*) from published.card_rows group by card").fetchall())
    titles = {
        card: {"title": zh, "title_en": en}
        for card, zh, en in con.execute("select card, title_zh, title_en from published.cards_known").fetchall()
    }
    for card in sorted({name for run in runs_before for name in run.rows}):
        usual_rows = median(run.rows.get(card, 0) for run in runs_before)
        count = rows.get(card, 0)
        if usual_rows >= _LEAST_ROWS and not usual_rows * _OFF_TREND <= count <= usual_rows / _OFF_TREND:
            problems.append(
                {"kind": "rows_off_trend", "card": card, "rows": count, "usual": int(usual_rows)} | titles.get(card, {})
            )
    return problems


def hold(register: Register, reader: Reader, rule_id: str, reason: str) -> None:
    """Puts a rule on hold by decision of a supervisor. Raises NotAllowedError, InputError for a missing reason."""
    _set(register, reader, rule_id, reason, held=True)


def release(register: Register, reader: Reader, rule_id: str, reason: str) -> None:
    """Lets a rule count again; earlier rejections no longer hold it. Raises NotAllowedError, InputError."""
    _set(register, reader, rule_id, reason, held=False)


def hold_if_rejected(session: Session, rule_ids: Iterable[str]) -> list[str]:
    """Puts the rules among `rule_ids` on hold whose findings were rejected as often as switch `hold_after` says. Returns them.

    Counted are findings standing as rejected under the rule as it is now, since it was last released.
    """
    limit = int(switch(session, "hold_after"))
    in_use = session.scalar(select(Run.rules).order_by(Run.seq.desc()).limit(1)) or {}
    newly = []
    for rule_id in sorted(set(rule_ids)):
        state = session.get(RuleState, rule_id)
        if state and state.held:
            continue
        rejected = select(func.count()).where(
            Finding.rule_id == rule_id,
            Finding.verification == "rejected",
            Finding.rule_fingerprint == in_use.get(rule_id),
        )
        if state:
            rejected = rejected.where(Finding.verified_at > state.since)
        count = session.scalar(rejected) or 0
        if limit and count >= limit:
            reason = Bilingual(f"{count} 个问题被认定为非错误", f"{count} findings were rejected")
            _write(session, rule_id, held=True, by="", reason=reason)
            access_log.note(session, *access_log.BY_MACHINE, "hold", rule_id, f"rejected={count}")
            newly.append(rule_id)
    return newly


def _set(register: Register, reader: Reader, rule_id: str, reason: str, *, held: bool) -> None:
    reader.require("hold")
    if not reason.strip():
        raise InputError(
            Bilingual("请写明理由", "a reason is needed"),
            hint=Bilingual("写给被核查的人看", "the people concerned will read it"),
        )
    with register.writing() as session:
        _write(session, rule_id, held=held, by=reader.name, reason=reason.strip())
        said = access_log.shown_text(reason.strip())
        access_log.note(session, reader.user_id, reader.login, "hold" if held else "release", rule_id, said)


def _write(session: Session, rule_id: str, *, held: bool, by: str, reason: str) -> None:
    """Sets the state of a rule; of two who set the first one at once, the later wins."""
    values = {"held": held, "since": now(), "by": by, "reason": reason}
    try:
        with session.begin_nested():
            if session.get(RuleState, rule_id) is None:
                session.add(RuleState(rule_id=rule_id, **values))
                return
    except IntegrityError:
        session.expire_all()
    session.execute(update(RuleState).where(RuleState.rule_id == rule_id).values(**values))
