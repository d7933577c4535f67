"""Accounts: adding people, checking a password with growing waits, changing and resetting it, switching accounts off.

What somebody may see stands in rights and organisation; who is signed in at the moment in sessions.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from expectations.errors import InputError, nearest
from expectations.people import access_log
from expectations.people.access_log import By
from expectations.people.flood import Flood
from expectations.people.guesses import LONGEST_WAIT, Guesses, wait_after
from expectations.people.passwords import first_password, hash_password, matches, require_good
from expectations.rights.roles import ROLES, Role
from expectations.store.register import Register, now
from expectations.store.tables import Access, SignIn, User
from expectations.texts import Bilingual

TRIES_EVERYWHERE = 100
"""Failures in a row, from whatever addresses, after which a login is open only at the addresses it was used from (NIST SP 800-63B)."""
_ADDRESS_KNOWN = timedelta(days=90)
_CHANGING = "change of the password"
_failures = Flood(each=20, all_together=300, within=timedelta(minutes=10))
"""Failed sign-ins that are written down one by one."""


@dataclass(frozen=True)
class Checked:
    """The outcome of a sign-in: the person, or why not. `locked_until`: when to try again; the same for known and unknown logins."""

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


_guesses = Guesses()
"""Of this process, which is the one that people sign in at."""
_strangers = Guesses(tries=TRIES_EVERYWHERE)
"""Of logins nobody has, what the register keeps of others: a wait must not tell which logins exist."""


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


def add_user(session: Session, person: NewPerson, hashed: str, by: By) -> User:
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


def check_password(register: Register, login: str, password: str, address: str = "") -> Checked:
    """Whether the password is right. After some failures in a row there is a wait for this login at this address, which grows; other
    addresses are not touched, unless very many failures come from ever others. Outcomes are logged, of a flood some."""
    normal = normal_login(login)
    with register.reading() as session:
        user = session.scalar(select(User).where(User.login == normal, User.active))
        user_id, hashed = (user.id, user.password_hash) if user else (None, "")
        until = _closed_until(session, user, address) if user else None
    place = _place(register, normal, address, hashed)
    if user_id is None:
        until = _strangers.waits_until((place[0], ""))
    until = until or _guesses.begin(place)
    if until is not None:
        _note_failure(register, user_id, normal, address, "locked")
        return Checked(locked_until=until)
    # Before the transaction, since hashing is slow on purpose; and for unknown logins too, or the time would tell which exist.
    if matches(password, hashed) and user_id is not None:
        return _let_in(register, user_id, place)
    if user_id is None:
        _strangers.begin((place[0], ""))
        everywhere = _strangers.waits_until((place[0], ""))
    else:
        everywhere = _count_failure(register, user_id)
    until = everywhere or _guesses.waits_until(place)
    waits = f"wait={round((until - now()).total_seconds())}" if until else ""
    _note_failure(register, user_id, normal, address, waits, locked=everywhere is not None)
    return Checked(locked_until=until)


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
    # Counted like sign-ins: a session left open must not be a way to guess the password.
    place = _place(register, login, _CHANGING, former)
    waits = _guesses.begin(place) is not None
    if waits or not matches(old, former):
        if waits or _guesses.waits_until(place) is not None:
            with register.writing() as session:
                end_sessions(session, user_id)
        _note_failure(register, user_id, login, "", _CHANGING)
        raise InputError(Bilingual("原密码不正确", "the present password is wrong"))
    _guesses.forget(place)
    if old == new:
        raise InputError(Bilingual("新密码与原密码相同", "the new password is the old one"))
    require_good(new, login)
    hashed = hash_password(new)
    with register.writing() as session:
        user = session.get_one(User, user_id)
        user.password_hash, user.must_change, user.failed_sign_ins = hashed, False, 0
        end_sessions(session, user_id, keep)
        access_log.note(session, user_id, login, "password", login)


def reset_password(register: Register, login: str, by: By) -> str:
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


def unlock(register: Register, login: str, by: By) -> None:
    """Ends the waits of a login, at every address."""
    with register.writing() as session:
        user = find_user(session, login)
        user.failed_sign_ins, user.locked_until = 0, None
        _guesses.forget_login(_place(register, user.login, "", "")[0])
        access_log.note(session, *by, "user_unlocked", user.login)


def set_active(register: Register, login: str, active: bool, by: By) -> None:
    """Switches an account on or off. Raises InputError where it is the last administrator."""
    with register.writing() as session:
        user = find_user(session, login)
        deactivate_or_activate(session, user, active, by)
        require_an_administrator(session)


def deactivate_or_activate(session: Session, user: User, active: bool, by: By) -> None:
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


def _place(register: Register, login: str, address: str, hashed: str) -> tuple[str, str]:
    """What failures are counted by. A password that was reset begins anew, whatever process did it."""
    return f"{register.engine.url} {login}", f"{address} {hashed[-12:]}"


def _closed_until(session: Session, user: User, address: str) -> datetime | None:
    """Until when the login is closed at addresses it was never used from."""
    until = user.locked_until
    # What would last longer than a wait can was written before the clock was put back.
    if until is None or not now() < until <= now() + LONGEST_WAIT or _is_known(session, user, address):
        return None
    return until


def _is_known(session: Session, user: User, address: str) -> bool:
    """Whether the person signed in at the address lately."""
    if not address:
        return False
    signed_in = (Access.user_id == user.id, Access.action == "sign_in", Access.at > now() - _ADDRESS_KNOWN)
    details = session.scalars(select(Access.detail).where(*signed_in).distinct())
    return any(f"from={address}" in detail.split(" ") for detail in details)


def _let_in(register: Register, user_id: int, place: tuple[str, str]) -> Checked:
    """After a right password, unless the account was switched off meanwhile."""
    with register.writing() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        if not user.active:
            return Checked()
        user.failed_sign_ins, user.locked_until = 0, None
    _guesses.forget(place)
    return Checked(user_id)


def _count_failure(register: Register, user_id: int) -> datetime | None:
    """Counts a failure on the account as it stands now; until when it is closed by it at addresses that are not known."""
    with register.writing() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        user.failed_sign_ins += 1
        wait = wait_after(user.failed_sign_ins, TRIES_EVERYWHERE)
        user.locked_until = now() + wait if wait else None
        return user.locked_until


def _note_failure(
    register: Register, user_id: int | None, login: str, address: str, detail: str, *, locked: bool = False
) -> None:
    """The log does not keep an unknown login: people type passwords into the wrong box."""
    known = login if user_id is not None else ""
    admitted, left_out = _failures.admit(str(register.engine.url), f"{known} {address}")
    if not admitted and not locked:
        return
    said = [
        detail if known else "unknown",
        f"from={address}" if address else "",
        f"more={left_out}" if left_out else "",
    ]
    with register.writing() as session:
        action = "locked" if locked and known else "sign_in_failed"
        access_log.note(session, user_id, known, action, known, " ".join(filter(None, said)))
