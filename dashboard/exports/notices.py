"""Downloads of notices and digests: within the reader's rights, which the core asks for."""

from dashboard.exports.downloads import Export, File
from dashboard.frame.parameters import text
from dashboard.notices.parameters import NOTICE, WEEK
from expectations.errors import InputError
from expectations.notices import (
    addressee_language,
    digest,
    digest_document,
    digest_file_name,
    list_document,
    notice_document,
    notice_file_name,
    one_notice,
)
from expectations.notices.labels import Labels, read_labels
from expectations.notices.weeks import Subject, Week
from expectations.run.published import open_shown
from expectations.store.tables import Notice
from expectations.texts import Bilingual

_OFFICE, _DEPARTMENT, _PROSECUTOR = text("office"), text("department"), text("prosecutor")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def notice_docx(export: Export) -> File:
    """`export/notice.docx?id=…`: the notice."""
    notice, labels = _notice_and_labels(export)
    with export.register.reading() as session:
        content = notice_document(session, export.reader, export.home, notice.id, labels)
    return File(notice_file_name(notice, "docx", labels.language), content, _WORD)


def notice_list_xlsx(export: Export) -> File:
    """`export/notice-list.xlsx?id=…`: its list of errors."""
    notice, labels = _notice_and_labels(export)
    with export.register.reading() as session:
        content = list_document(session, export.reader, export.home, notice.id, labels)
    return File(notice_file_name(notice, "xlsx", labels.language), content, _EXCEL)


def digest_docx(export: Export) -> File:
    """`export/digest.docx?week=…&office=…&department=…&prosecutor=…`: the digest of a week."""
    week = Week.parse(export.value(WEEK))
    subject = Subject(*map(export.value, (_OFFICE, _DEPARTMENT, _PROSECUTOR)))
    with export.register.reading() as session:
        weekly_digest = digest(session, export.reader, export.home, week, subject, export.language)
    return File(f"{digest_file_name(weekly_digest)}.docx", digest_document(export.home, weekly_digest), _WORD)


def _notice_and_labels(export: Export) -> tuple[Notice, Labels]:
    """The notice asked for, if the reader may see it, with words in its addressee's language; the same answer for one that does
    not exist."""
    with export.register.reading() as session:
        notice = one_notice(session, export.reader, export.value(NOTICE))
        if notice is None:
            raise InputError(Bilingual("没有这份通知，或无权查看", "no such notice, or not yours to see"))
        language = addressee_language(session, notice)
    with open_shown(export.home) as con:
        return notice, read_labels(con, language)
