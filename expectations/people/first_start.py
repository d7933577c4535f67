"""The first start of a home: the office, its first administrator, and what the nights need, entered at once while there is no account
at all. From the first account on it can't happen again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.people import access_log
from expectations.people.access_log import BY_MACHINE
from expectations.people.accounts import NewPerson, add_user, require_login
from expectations.people.passwords import hash_password, require_good
from expectations.people.switching import change
from expectations.store.register import Register
from expectations.store.switches import Value
from expectations.store.tables import LogHead, Unit, User
from expectations.texts import Bilingual

_LONGEST = 120


@dataclass(frozen=True)
class FirstStart:
    """What is entered. The inbox may be blank."""

    office: str
    name: str
    login: str
    password: str = field(repr=False)
    inbox: str
    night_time: str
    language: str

    @property
    def switches(self) -> Mapping[str, Value]:
        """What of it is a switch."""
        return {"inbox": self.inbox, "night_time": self.night_time, "language": self.language}


def nobody_yet(session: Session) -> bool:
    """Whether there is no account at all."""
    return session.scalar(select(User.id).limit(1)) is None


def begin(register: Register, entered: FirstStart) -> int:
    """Enters it, all or nothing; returns the number of the administrator. Raises InputError for what can't be, and where there is an account."""
    login = require_login(entered.login)
    office, name = _said(entered.office, "院名", "office"), _said(entered.name, "姓名", "name")
    require_good(entered.password, login)
    _require_folder(entered.inbox)
    hashed = hash_password(entered.password)
    with register.writing() as session:
        session.get_one(
            LogHead, 1, with_for_update=True
        )  # of two that begin at once the second waits, and finds an account
        if not nobody_yet(session):
            raise InputError(
                Bilingual("已有账号", "there is an account already"),
                hint=Bilingual("请登录", "sign in"),
            )
        access_log.note(session, *BY_MACHINE, "first_start", office)
        session.add(Unit(name=office, kind="district", parent_id=None))
        user = add_user(session, NewPerson(login, name, ("administrator",)), hashed, BY_MACHINE)
        user.must_change = False  # chosen, not handed out
        change(session, entered.switches, (user.id, login))
        return user.id


def _said(text: str, zh: str, en: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > _LONGEST or not said.isprintable():
        raise InputError(Bilingual(f"请填写{zh}", f"the {en} is missing"), hint=f"1–{_LONGEST}")
    return said


def _require_folder(inbox: str) -> None:
    folder = inbox.strip()
    if folder and not Path(folder).is_dir():
        raise InputError(
            Bilingual("没有这个文件夹", "there is no such folder").about(folder),
            hint=Bilingual("先建立它，或留空以后再设", "make it first, or leave it blank for now"),
        )
