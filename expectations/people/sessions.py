"""Who is signed in: sessions by random token, of which only the hash is kept, with idle and absolute limits.

A key (the token's hash) names a session inside the program; the token itself is known to the browser's cookie alone.
"""

import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from expectations.people import access_log
from expectations.people.accounts import find_user, person_of_provider
from expectations.people.languages import home_language, language_of
from expectations.people.organisation import reader_of
from expectations.rights.reader import Reader
from expectations.store.register import Register, now
from expectations.store.switches import switch
from expectations.store.tables import SignIn, User

LONGEST = timedelta(hours=12)
LINK_VALID = timedelta(minutes=10)
_LINK = "link"
_TOUCH_EVERY = timedelta(seconds=30)
_toucher = ThreadPoolExecutor(1, "anka-sessions")
"""Moves the idle clock beside the page: a nightly run that is writing must not hold a page up."""
_touched: dict[str, datetime] = {}
_touched_lock = Lock()


@dataclass(frozen=True)
class Standing:
    """A session that holds at this moment."""

    key: str
    user_id: int
    must_change: bool
    """Only for who came by password: the provider, or whoever made the link on the machine, has vouched for the others."""


def key_of(token: str) -> str:
    """The key of a token."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def start(session: Session, user_id: int, how: str, address: str = "") -> str:
    """Signs a person in and logs it, and from where; returns the token for the cookie. `how`: password, oidc, link."""
    _forget_old(session)
    user = session.get_one(User, user_id)
    access_log.note(session, user_id, user.login, "sign_in", user.login, f"{how} from={address}" if address else how)
    return _new_token(session, user_id, how)


def one_time_link(register: Register, login: str) -> str:
    """The address, relative to the dashboard's, that signs `login` in once within ten minutes, in their language. Raises InputError."""
    with register.writing() as session:
        user = find_user(session, login)
        access_log.note(session, *access_log.BY_MACHINE, "link", user.login)
        language = language_of(session, user)
        spoken = "" if language == home_language(session) else f"&lang={language}"
        return f"sign-in?once={_new_token(session, user.id, _LINK, once=True)}{spoken}"


def exchange(register: Register, token: str) -> str | None:
    """The token of the session a one-time link is worth; None when it was used, is too old or unknown."""
    with register.writing() as session:
        # Locked: of two browsers that follow the link at once the second waits, and finds none.
        link = session.get(SignIn, key_of(token), with_for_update=True)
        if link is None or not link.once:
            return None
        # Gone before anything is asked of it, so that it can't be tried again whatever the answer.
        user_id, made_at = link.user_id, link.created_at
        session.delete(link)
        session.flush()
        if abs(now() - made_at) > LINK_VALID or not session.get_one(User, user_id).active:
            return None
        return start(session, user_id, _LINK)


def start_from_provider(register: Register, subject: str, login: str) -> str | None:
    """The token of a session for whom the provider named; None for people without an active account here."""
    with register.writing() as session:
        user = person_of_provider(session, subject, login)
        if user is None:
            access_log.note(session, None, "", "sign_in_failed", "", "oidc: no account")
            return None
        return start(session, user.id, "oidc")


def standing(register: Register, key: str) -> Standing | None:
    """The session, if it holds: known, not idle for too long, not older than 12 hours, its person active.

    One of a time to come ends too: when the clock is put back nobody knows how long it has been idle.
    """
    with register.reading() as session:
        return _standing(session, key)


def reader_in(register: Register, key: str) -> Reader | None:
    """The person of a session that holds and whose password need not be changed first."""
    with register.reading() as session:
        standing_now = _standing(session, key)
        return (
            reader_of(session, standing_now.user_id)
            if standing_now is not None and not standing_now.must_change
            else None
        )


def end_all(session: Session) -> int:
    """Signs everybody out and lets every one-time link lapse; how many there were."""
    return session.query(SignIn).delete()


def touch(register: Register, key: str) -> None:
    """Moves the idle clock: somebody really used the session. Written beside the caller, twice a minute at most."""
    with _touched_lock:
        if now() - _touched.get(key, datetime.min) < _TOUCH_EVERY:
            return
        if len(_touched) > 10_000:
            _touched.clear()
        _touched[key] = now()
    _toucher.submit(_touch, register, key)


def end(register: Register, key: str) -> None:
    """Signs out."""
    with register.writing() as session:
        sign_in = session.get(SignIn, key)
        if sign_in is not None:
            user = session.get_one(User, sign_in.user_id)
            session.delete(sign_in)
            access_log.note(session, user.id, user.login, "sign_out", user.login)


def _touch(register: Register, key: str) -> None:
    with register.writing() as session:
        session.execute(update(SignIn).where(SignIn.token_hash == key).values(used_at=now()))


def _standing(session: Session, key: str) -> Standing | None:
    row = session.execute(
        select(SignIn, User.must_change)
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.token_hash == key, User.active, ~SignIn.once)  # a link not yet followed is no session
    ).first()
    if row is None:
        return None
    sign_in, must_change = row
    idle = timedelta(minutes=int(switch(session, "idle_minutes")))
    if abs(now() - sign_in.used_at) > idle or abs(now() - sign_in.created_at) > LONGEST:
        return None
    return Standing(sign_in.token_hash, sign_in.user_id, must_change and sign_in.how == "password")


def _new_token(session: Session, user_id: int, how: str, *, once: bool = False) -> str:
    token = secrets.token_urlsafe(32)
    session.add(SignIn(token_hash=key_of(token), user_id=user_id, created_at=now(), used_at=now(), once=once, how=how))
    return token


def _forget_old(session: Session) -> None:
    session.execute(delete(SignIn).where(SignIn.created_at < now() - LONGEST))
