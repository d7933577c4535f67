"""Which notices somebody may see, and what a notice is called. A notice is seen as a whole or not at all."""

from sqlalchemy import ColumnElement, false

from expectations.notices.grades import grade_of
from expectations.register.readers_rows import rows_of
from expectations.rights.reader import Reader
from expectations.store.tables import Notice
from expectations.texts import Bilingual, same


def visible(reader: Reader) -> ColumnElement[bool]:
    """Those to departments and offices the reader answers for, and those to the reader in person.

    Nobody sees any whose role neither issues notices nor replies to them.
    """
    return rows_of(reader.rows, Notice) if reader.may("notify") or reader.may("reply") else false()


def number_of(notice: Notice) -> Bilingual:
    """Its number, or what stands for it where its grade has none."""
    if notice.number:
        return same(notice.number)
    return grade_of(notice).called + f" {notice.issued_on:%Y-%m-%d} #{notice.id}"
