"""The access log: who looked at which case or list, who exported what, who signed in, who changed or decided something, who was refused.

`detail` never holds the name or a number of a suspect: it says which page, file or parameter, not what was in it. Entries are only added,
each with the hash of the one before it (`store.chain`); whether they are all there is asked in `trail.checking`.
"""

import getpass
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from expectations.finding.masks import mask_identity
from expectations.office_days import begin_of
from expectations.people.flood import Flood
from expectations.rights.reader import MACHINE, Reader
from expectations.store import chain
from expectations.store.register import Register, now
from expectations.store.tables import Access

ACTIONS: dict[str, tuple[str, str]] = {
    "sign_in": ("登录", "signed in"),
    "sign_in_failed": ("登录失败", "sign-in failed"),
    "locked": ("账号锁定", "account locked"),
    "sign_out": ("退出", "signed out"),
    "link": ("生成一次性链接", "one-time link made"),
    "password": ("修改密码", "password changed"),
    "case": ("查看案件", "case viewed"),
    "list": ("查看清单", "list viewed"),
    "export": ("导出", "exported"),
    "refused": ("被拒绝", "refused"),
    "check": ("上交前自查", "checked before handing in"),
    "recheck": ("重新核查", "re-check asked for"),
    "recheck_done": ("重新核查结束", "re-check ended"),
    "run": ("更新台账", "run followed"),
    "night": ("夜间核查", "nightly audit"),
    "decision": ("处理问题", "findings decided on"),
    "undo": ("撤销处理", "decision undone"),
    "hold": ("暂停规则", "rule put on hold"),
    "release": ("恢复规则", "rule released"),
    "notice_issued": ("发出通知", "notice issued"),
    "notice_replied": ("回复通知", "notice replied to"),
    "notice_withdrawn": ("撤回通知", "notice withdrawn"),
    "grading": ("修改分级标准", "grading set"),
    "messages": ("发送消息", "messages sent"),
    "first_start": ("首次启用", "first start"),
    "user_added": ("新增账号", "account added"),
    "user_reset": ("重置密码", "password reset"),
    "user_unlocked": ("解除锁定", "unlocked"),
    "user_active": ("启用或停用账号", "account activated or deactivated"),
    "organisation": ("导入机构人员", "organisation imported"),
    "switch": ("修改开关", "switch set"),
    "register_new": ("重新建立台账", "register made anew"),
    "register_adopted": ("改用另一个台账", "another register adopted"),
    "register_moved": ("迁移台账", "register moved"),
    "backup": ("备份", "backed up"),
    "restored": ("从备份恢复", "restored from a back-up"),
    "log_sealed": ("日志开始连链", "log sealed"),
    "log_taken_out": ("日志封存移出", "log taken out into an archive"),
}
"""Action → (Chinese, English). Others may be logged; they are shown as they stand."""

By = tuple[int | None, str]
"""Number and login of who does it."""
BY_MACHINE: By = (MACHINE.user_id, MACHINE.login)
"""Whoever sits at the machine, and what runs there by itself: the entry says under which account of the system."""

_SAME_VIEW = timedelta(minutes=10)
_PAGE_WAITS = 0.2
"""Seconds a page waits for its view to be written; a night that is being followed holds the register for longer."""
_LONGEST = 500
_refusals = Flood(each=20, all_together=200, within=timedelta(minutes=10))
"""Somebody who tries address after address fills no register: what is left out is counted in the next entry."""
_View = tuple[str, str, str, str]
"""Register, login, action, subject."""
_views = ThreadPoolExecutor(1, "anka-views")
_views_waiting: set[_View] = set()
_views_lock = Lock()
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class AccessFilter:
    """Which entries: of a day, a person, an action; blank means any. Days are the office's."""

    day: date | None = None
    login: str = ""
    action: str = ""


def log(register: Register, reader: Reader, action: str, subject: str = "", detail: str = "") -> None:
    """Writes an entry in a transaction of its own."""
    with register.writing() as session:
        note(session, reader.user_id, reader.login, action, subject, detail)


def log_view(register: Register, reader: Reader, action: str, subject: str, detail: str = "") -> None:
    """Writes that a case or list was looked at, once in ten minutes however often the page is drawn anew.

    The page waits for it, but no longer than a blink: behind a night at work the entry comes later than the page.
    """
    with register.reading() as session:
        lately = Access.at.between(now() - _SAME_VIEW, now())  # not later: the clock may have been put back
        same = (Access.user_id == reader.user_id, Access.action == action, Access.subject == subject)
        logged = session.scalar(select(Access.id).where(lately, *same).limit(1))
    view = (str(register.engine.url), reader.login, action, subject)
    with _views_lock:
        if logged is not None or view in _views_waiting:
            return
        _views_waiting.add(view)
    with suppress(TimeoutError):
        _views.submit(_log_view, register, reader, view, detail).result(_PAGE_WAITS)


def log_refused(register: Register, reader: Reader, subject: str, detail: str = "") -> None:
    """Writes that somebody asked for what their rights do not give them; of a flood so many that it is seen, with the number of the others."""
    admitted, left_out = _refusals.admit(str(register.engine.url), f"{reader.login} {reader.user_id}")
    if admitted:
        more = f"{detail} more={left_out}".strip() if left_out else detail
        log(register, reader, "refused", subject, more)


def note(session: Session, user_id: int | None, login: str, action: str, subject: str = "", detail: str = "") -> None:
    """Writes an entry with the caller's transaction."""
    account = f" account={_account()}" if (user_id, login) == BY_MACHINE else ""
    said = f"{_plain(detail)}{account}".strip()
    chain.append(
        session, Access(at=now(), user_id=user_id, login=login, action=action, subject=_plain(subject), detail=said)
    )


def shown_text(text: str) -> str:
    """What people typed as the log may keep it: short, and without the numbers of persons."""
    return mask_identity(text)[:120]


def entries(session: Session, entry_filter: AccessFilter, limit: int, offset: int = 0) -> Sequence[Access]:
    """Entries, the latest first."""
    chosen = select(Access).where(*_conditions(entry_filter)).order_by(Access.at.desc(), Access.id.desc())
    return session.scalars(chosen.limit(limit).offset(offset)).all()


def count(session: Session, entry_filter: AccessFilter) -> int:
    """How many entries there are."""
    return session.scalar(select(func.count()).select_from(Access).where(*_conditions(entry_filter))) or 0


def _log_view(register: Register, reader: Reader, view: _View, detail: str) -> None:
    *_, action, subject = view
    try:
        log(register, reader, action, subject, detail)
    except Exception:
        _LOG.exception("a view could not be written into the access log: %s of %s", action, reader.login)
        raise
    finally:
        with _views_lock:
            _views_waiting.discard(view)


def _plain(text: str) -> str:
    """As every database can keep it: no sign that is none, and no more than anybody reads."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:_LONGEST]


def _account() -> str:
    """The account of the system this process runs under; its number where it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "?"


def _conditions(entry_filter: AccessFilter) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if entry_filter.day is not None:
        parts += [Access.at >= begin_of(entry_filter.day), Access.at < begin_of(entry_filter.day + timedelta(days=1))]
    if entry_filter.login:
        parts.append(Access.login == entry_filter.login)
    if entry_filter.action:
        parts.append(Access.action == entry_filter.action)
    return parts
