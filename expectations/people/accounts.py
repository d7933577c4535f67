"""Accounts: adding people, checking a password with lock-out, changing and resetting it, switching accounts off.

What somebody may see stands in rights and organisation; who is signed in at the moment in sessions.
"""

import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from expectations.errors import InputError, nearest
from expectations.people import access_log
from expectations.people.passwords import first_password, hash_password, matches, require_good
from expectations.rights.roles import ROLES, Role
from expectations.store.register import Register, now
from expectations.store.tables import SignIn, User
from expectations.texts import Bilingual

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
_STRANGERS = 10_000


@dataclass(frozen=True)
class Checked:
    """The outcome of a sign-in: the person, or why not. `locked_until` says the same for known and unknown logins."""

    user_id: int | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True)
class NewPerson:
    """What an account is made of; the unit and the prosecutor assisted are numbers of the register."""

    login: str
    name: str
    roles: tuple[Role, ...]
    unit_id: int | None = None
    assists_id: int | None = None
    contact: str = ""
    oidc_subject: str = ""


class _Strangers:
    """Failures of logins nobody has, so that a lock-out does not tell which logins exist. Kept in memory, bounded."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()
        self._lock = Lock()

    def locked_until(self, login: str) -> datetime | None:
        with self._lock:
            until = self._failures.get(login, (0, None))[1]
        return until if until is not None and until > now() else None

    def failed(self, login: str) -> datetime | None:
        with self._lock:
            failures, until = self._failures.pop(login, (0, None))
            failures, until = _after_failure(failures, until)
            self._failures[login] = (failures, until)
            while len(self._failures) > _STRANGERS:
                self._failures.popitem(last=False)
        return until


_strangers = _Strangers()


def normal_login(login: str) -> str:
    """A login as it is kept and compared: no blanks around it, one case, one width."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def require_login(login: str) -> str:
    """The normal form. Raises InputError for what can't be a login."""
    normal = normal_login(login)
    if not 2 <= len(normal) <= 64 or any(not (sign.isalnum() or sign in "._-@") for sign in normal):
        raise InputError(
            Bilingual("登录名无效", "not a login").about(login),
            hint=Bilingual("2–64 位字母、数字、汉字或 . _ - @", "2–64 letters, digits or . _ - @"),
        )
    return normal


def require_roles(roles: Sequence[str]) -> tuple[Role, ...]:
    """The roles in their order, each once. Raises InputError."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        name = ", ".join(unknown) or "—"
        raise InputError(
            Bilingual("没有此角色", "no such role").about(f"{name}" + nearest(name, ROLES)), hint=", ".join(ROLES)
        )
    return tuple(role for role in ROLES if role in roles)


def find_user(session: Session, login: str) -> User:
    """The person. Raises InputError with the nearest login."""
    normal = normal_login(login)
    user = session.scalar(select(User).where(User.login == normal))
    if user is None:
        logins = session.scalars(select(User.login)).all()
        raise InputError(
            Bilingual("没有此登录名", "no such login").about(f"{login}" + nearest(normal, logins)),
            hint=Bilingual("anka user list 列出全部", "lists all"),
        )
    return user


def add_user(session: Session, person: NewPerson, hashed: str, by: tuple[int | None, str]) -> User:
    """A new account whose password must be changed. Raises InputError when the login is taken."""
    login = require_login(person.login)
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise InputError(
            Bilingual("登录名已存在", "login is taken").about(login),
            hint=Bilingual("anka user reset 可重置密码", "resets its password"),
        )
    user = User(
        login=login,
        name=person.name,
        roles=list(person.roles),
        unit_id=person.unit_id,
        assists_id=person.assists_id,
        contact=person.contact,
        oidc_subject=person.oidc_subject,
        password_hash=hashed,
        must_change=True,
        failed_sign_ins=0,
        locked_until=None,
        active=True,
    )
    session.add(user)
    session.flush()
    access_log.note(session, *by, "user_added", login, ",".join(person.roles))
    return user


def check_password(register: Register, login: str, password: str) -> Checked:
    """Whether the password is right; five failures lock the account for 15 minutes. Every outcome is logged."""
    normal = normal_login(login)
    with register.reading() as session:
        user = session.scalar(select(User).where(User.login == normal, User.active))
        user_id, hashed, until = (user.id, user.password_hash, user.locked_until) if user else (None, "", None)
    if user_id is None:
        until = _strangers.locked_until(normal)
    # Before the transaction, since hashing is slow on purpose; and for unknown logins too, or the time would tell which exist.
    right = matches(password, hashed)
    if user_id is None:
        return Checked(locked_until=until or _stranger_failed(register, normal))
    with register.writing() as session:
        return _counted(session, user_id, right)


def person_of_provider(session: Session, subject: str, login: str) -> User | None:
    """Whom a provider means: the account with its subject, else the one of the login that has no subject yet."""
    user = session.scalar(select(User).where(User.oidc_subject == subject)) if subject else None
    if user is None and login:
        by_login = select(User).where(User.login == normal_login(login), User.oidc_subject == "")
        user = session.scalar(by_login)
    return user if user is not None and user.active else None


def note_failed_provider(register: Register, why: str) -> None:
    """Logs a sign-in the provider's answer did not prove."""
    with register.writing() as session:
        access_log.note(session, None, "", "sign_in_failed", "", f"oidc: {why}"[:200])


def change_password(register: Register, user_id: int, old: str, new: str, keep: str = "") -> None:
    """Sets a password the person chose; ends their other sessions but `keep`. Raises InputError."""
    with register.reading() as session:
        user = session.get_one(User, user_id)
        login, former = user.login, user.password_hash
    if not matches(old, former):
        # Counted like a failed sign-in: a session left open must not be a way to guess the password.
        with register.writing() as session:
            locked = _counted(session, user_id, False).locked_until is not None
            if locked:
                end_sessions(session, user_id)
        raise InputError(Bilingual("原密码不正确", "the present password is wrong"))
    if old == new:
        raise InputError(Bilingual("新密码与原密码相同", "the new password is the old one"))
    require_good(new, login)
    hashed = hash_password(new)
    with register.writing() as session:
        user = session.get_one(User, user_id)
        user.password_hash, user.must_change, user.failed_sign_ins = hashed, False, 0
        end_sessions(session, user_id, keep)
        access_log.note(session, user_id, login, "password", login)


def reset_password(register: Register, login: str, by: tuple[int | None, str]) -> str:
    """A first password once more, told to nobody else; ends all sessions and any lock. Raises InputError."""
    password = first_password()
    hashed = hash_password(password)
    with register.writing() as session:
        user = find_user(session, login)
        user.password_hash, user.must_change = hashed, True
        user.failed_sign_ins, user.locked_until = 0, None
        end_sessions(session, user.id)
        access_log.note(session, *by, "user_reset", user.login)
    return password


def unlock(register: Register, login: str, by: tuple[int | None, str]) -> None:
    """Ends a lock-out."""
    with register.writing() as session:
        user = find_user(session, login)
        user.failed_sign_ins, user.locked_until = 0, None
        access_log.note(session, *by, "user_unlocked", user.login)


def set_active(register: Register, login: str, active: bool, by: tuple[int | None, str]) -> None:
    """Switches an account on or off. Raises InputError where it is the last administrator."""
    with register.writing() as session:
        user = find_user(session, login)
        deactivate_or_activate(session, user, active, by)
        require_an_administrator(session)


def deactivate_or_activate(session: Session, user: User, active: bool, by: tuple[int | None, str]) -> None:
    """The same in the caller's transaction, without looking for other administrators."""
    if user.active != active:
        user.active = active
        end_sessions(session, user.id)
        access_log.note(session, *by, "user_active", user.login, "on" if active else "off")


def require_an_administrator(session: Session) -> None:
    """Raises InputError when the change leaves people but nobody to administer them."""
    session.flush()
    active = session.scalars(select(User).where(User.active)).all()
    if not any("administrator" in user.roles for user in active):
        raise InputError(
            Bilingual("至少保留一名启用的管理员", "no active administrator would be left"),
            hint=Bilingual("先指定另一名", "name another one first"),
        )


def end_sessions(session: Session, user_id: int, keep: str = "") -> None:
    """Ends every session and unused link of a person, but that of `keep`."""
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.token_hash != keep))


def _counted(session: Session, user_id: int, right: bool) -> Checked:
    """Counts the outcome on the account as it stands now; a locked one stays locked whatever the password was."""
    user = session.get_one(User, user_id, with_for_update=True)
    if user.locked_until is not None and user.locked_until > now():
        access_log.note(session, user_id, user.login, "sign_in_failed", user.login, "locked")
        return Checked(locked_until=user.locked_until)
    if not user.active:
        return Checked()
    if right:
        session.execute(update(User).where(User.id == user_id).values(failed_sign_ins=0, locked_until=None))
        return Checked(user_id)
    user.failed_sign_ins, user.locked_until = _after_failure(user.failed_sign_ins, user.locked_until)
    action = "sign_in_failed" if user.locked_until is None else "locked"
    access_log.note(session, user_id, user.login, action, user.login)
    return Checked(locked_until=user.locked_until)


def _stranger_failed(register: Register, login: str) -> datetime | None:
    """The log does not keep an unknown login: people type passwords into the wrong box."""
    until = _strangers.failed(login)
    with register.writing() as session:
        access_log.note(session, None, "", "sign_in_failed", "", "unknown login")
    return until


def _after_failure(failures: int, until: datetime | None) -> tuple[int, datetime | None]:
    """Failures and lock after one more; a lock that has run out begins a new count."""
    failures = 1 if until is not None else failures + 1
    return failures, now() + LOCKED_FOR if failures >= TRIES else None
