"""The written reply to a notice: by the head, by the addressee, or entered by the supervisor from paper."""

from datetime import date

from sqlalchemy import select

from expectations import office_days
from expectations.errors import InputError
from expectations.notices.grades import grade_of
from expectations.notices.reading import batch_of
from expectations.notices.scopes import visible
from expectations.people import access_log
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import Reader
from expectations.store.register import Register, now
from expectations.store.tables import Event, Notice, NoticeFinding
from expectations.texts import Bilingual

_LONGEST = 4000


def reply(register: Register, reader: Reader, notice_id: int, text: str, today: date | None = None) -> Notice:
    """Records the reply; a later one replaces it, the events keep both. Raises NotAllowedError, InputError.

    A notice out of the reader's sight is refused like one that does not exist.
    """
    reader.require("reply")
    words = text.strip()
    if not words:
        raise InputError(Bilingual("请填写核查情况和纠正措施", "write what was found and done"))
    if len(words) > _LONGEST:
        raise InputError(Bilingual("回复过长", "the reply is too long").about(len(words)), hint=f"≤ {_LONGEST}")
    day = today or office_days.today()
    with register.writing() as session:
        query = select(Notice).where(Notice.id == notice_id, visible(reader)).with_for_update()
        notice = session.scalars(query).first()
        if notice is None:
            raise NotAllowedError
        if notice.withdrawn:
            raise InputError(Bilingual("这份通知已撤回", "this notice was withdrawn"))
        if not grade_of(notice).wants_reply:
            raise InputError(Bilingual("这份通知无须书面回复", "there is nothing to reply to"))
        notice.reply, notice.replied_by, notice.replied_on = words, reader.name, notice.replied_on or day
        for finding_id in session.scalars(select(NoticeFinding.finding_id).where(NoticeFinding.notice_id == notice_id)):
            session.add(
                Event(
                    finding_id=finding_id,
                    at=now(),
                    action="notice_replied",
                    seq=None,
                    user_id=reader.user_id,
                    user_name=reader.name,
                    reason_code="",
                    note=words,
                    until=None,
                    batch=batch_of(notice_id),
                    before={"version": 0},
                    undone=False,
                )
            )
        access_log.note(session, reader.user_id, reader.login, "notice_replied", str(notice_id))
    return notice
