"""The grades of a notice, each with everything that follows from it. A further one is declared here and nowhere else.

人民检察院刑事诉讼规则 第六百六十五条: a slight matter is a spoken reminder (口头提示); a graver one a 案件流程监控通知书; a grave one also
goes to the chief. Which grade findings suggest is `grading`.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from expectations.errors import InputError, nearest
from expectations.store.tables import Notice
from expectations.texts import Bilingual


@dataclass(frozen=True)
class Grade:
    """What a grade demands and what it is called."""

    name: str
    """As the register keeps it, at most 12 letters."""
    title: Bilingual
    called: Bilingual
    """What the addressee receives, in a message."""
    document: Bilingual
    """The title of its document."""
    link: Bilingual
    """What the link to its document says."""
    numbered: bool = True
    wants_reply: bool = True
    reply_days: int | None = None
    """Days to reply; None: as the switch `reply_days` says."""
    to_chief: bool = False
    template: str = "notice.docx"


_NOTICE = Bilingual("案件流程监控通知书", "notice of case monitoring")
_LINK = Bilingual("通知书", "Notice")

ORAL = Grade(
    "oral",
    Bilingual("口头提示", "oral reminder"),
    Bilingual("口头提示", "oral reminder"),
    Bilingual("口头提示记录", "record of an oral reminder"),
    Bilingual("提示记录", "Record"),
    numbered=False,
    wants_reply=False,
)
WRITTEN = Grade("written", Bilingual("书面通知", "written notice"), _NOTICE, _NOTICE, _LINK)
REPORT = Grade(
    "report",
    Bilingual("书面通知并报告检察长", "written, reported to the chief"),
    _NOTICE,
    _NOTICE,
    _LINK,
    to_chief=True,
)

GRADES: dict[str, Grade] = {grade.name: grade for grade in (ORAL, WRITTEN, REPORT)}
"""By name, in the order they are offered, from the slightest."""


def grade_named(name: str) -> Grade:
    """The grade of a name. Raises InputError for one that is not declared."""
    if name not in GRADES:
        raise InputError(
            Bilingual("没有这个等级", "no such grade").about(f"{name}{nearest(name, GRADES)}"), hint="、".join(GRADES)
        )
    return GRADES[name]


def grade_of(notice: Notice) -> Grade:
    """The grade of a notice."""
    return grade_named(notice.grade)


def awaiting_reply() -> ColumnElement[bool]:
    """The condition on notices that demand a reply and have none; withdrawn ones demand nothing."""
    return and_(demands_reply(), Notice.replied_on.is_(None))


def demands_reply() -> ColumnElement[bool]:
    """The condition on notices that stand and demand a reply, given or not."""
    names = [grade.name for grade in GRADES.values() if grade.wants_reply]
    return and_(Notice.grade.in_(names), Notice.withdrawn.is_(False))
