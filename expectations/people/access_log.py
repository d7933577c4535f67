"""The access log: who looked at which case, who exported what, who signed in, who changed an account.

`detail` never holds the name or a number of a suspect: it says which page, file or parameter, not what was in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from expectations.office_days import begin_of
from expectations.rights.reader import Reader
from expectations.store.register import Register, now
from expectations.store.tables import Access

ACTIONS: dict[str, tuple[str, str]] = {
    "sign_in": ("登录", "signed in"),
    "sign_in_failed": ("登录失败", "sign-in failed"),
    "locked": ("账号锁定", "account locked"),
    "sign_out": ("退出", "signed out"),
    "password": ("修改密码", "password changed"),
    "case": ("查看案件", "case viewed"),
    "export": ("导出", "exported"),
    "user_added": ("新增账号", "account added"),
    "user_reset": ("重置密码", "password reset"),
    "user_unlocked": ("解除锁定", "unlocked"),
    "user_active": ("启用或停用账号", "account activated or deactivated"),
    "organisation": ("导入机构人员", "organisation imported"),
    "switch": ("修改开关", "switch set"),
    "register_new": ("重新建立台账", "register made anew"),
    "register_adopted": ("改用另一个台账", "another register adopted"),
}
"""Action → (Chinese, English). Others may be logged; they are shown as they stand."""

_SAME_VIEW = timedelta(minutes=10)


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


def log_view(register: Register, reader: Reader, subject: str, detail: str = "") -> None:
    """Writes that a case was looked at, once in ten minutes however often the page is drawn anew."""
    with register.reading() as session:
        lately = Access.at > now() - _SAME_VIEW
        same = (Access.user_id == reader.user_id, Access.action == "case", Access.subject == subject)
        logged = session.scalar(select(Access.id).where(lately, *same).limit(1))
    if logged is None:
        log(register, reader, "case", subject, detail)


def note(session: Session, user_id: int | None, login: str, action: str, subject: str = "", detail: str = "") -> None:
    """Writes an entry in the caller's transaction."""
    session.add(Access(at=now(), user_id=user_id, login=login, action=action, subject=subject, detail=detail))


def entries(session: Session, entry_filter: AccessFilter, limit: int, offset: int = 0) -> Sequence[Access]:
    """Entries, the latest first."""
    chosen = select(Access).where(*_conditions(entry_filter)).order_by(Access.at.desc(), Access.id.desc())
    return session.scalars(chosen.limit(limit).offset(offset)).all()


def count(session: Session, entry_filter: AccessFilter) -> int:
    """How many entries there are."""
    return session.scalar(select(func.count()).select_from(Access).where(*_conditions(entry_filter))) or 0


def _conditions(entry_filter: AccessFilter) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if entry_filter.day is not None:
        parts += [Access.at >= begin_of(entry_filter.day), Access.at < begin_of(entry_filter.day + timedelta(days=1))]
    if entry_filter.login:
        parts.append(Access.login == entry_filter.login)
    if entry_filter.action:
        parts.append(Access.action == entry_filter.action)
    return parts
