"""Which language somebody reads: their own, as they chose it or the organisation's file says, else the home's. The one place that answers.

The home's is the switch `language`; unset, it is what the rules of the last run speak, Chinese unless all their texts are in another language.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.store.register import Register
from expectations.store.switches import switch
from expectations.store.tables import Run, User
from expectations.texts import LANGUAGE_NAMES, LANGUAGES, Language


def home_language(session: Session) -> Language:
    """The language of who is nobody yet, of departments, and of everybody who chose none."""
    said = switch(session, "language")
    if said in LANGUAGES:
        return as_language(said)
    of_run = session.scalars(select(Run.language).order_by(Run.seq.desc()).limit(1)).first()
    return as_language(of_run)


def language_of(session: Session, user: User | int | None) -> Language:
    """The language of a person, given as account or its number; of nobody in particular, the home's."""
    person = session.get(User, user) if isinstance(user, int) else user
    return as_language(person.language) if person is not None and person.language else home_language(session)


def remember_language(register: Register, user_id: int, language: Language) -> None:
    """Keeps what a person chose."""
    with register.writing() as session:
        session.get_one(User, user_id).language = language


def as_language(code: str | None) -> Language:
    """A language by its code; Chinese unless it is English."""
    return "en" if code == "en" else "zh"


def language_named(word: str) -> Language | None:
    """The language a person calls so: 中文, zh, English, en, in any case; None for any other word."""
    names = {name.casefold(): code for code, own_name in LANGUAGE_NAMES.items() for name in (code, own_name)}
    return names.get(word.strip().casefold())
