"""Notices of rule 665: graded, numbered, replied to; their documents; and the weekly digests of departments and persons."""

from expectations.notices.digests import Digest, digest, digest_document, digest_file_name, digest_subjects, digest_text
from expectations.notices.documents import (
    LIST_TEMPLATE,
    addressee_language,
    list_document,
    notice_document,
    notice_file_name,
)
from expectations.notices.grades import GRADES, Grade, grade_named, grade_of
from expectations.notices.grading import Grading, grading, propose, set_grading
from expectations.notices.issuing import Issued, Per, issue, preview, ready, withdraw
from expectations.notices.reading import (
    NoticeState,
    Progress,
    notices,
    one_notice,
    overdue,
    progress,
    said_of,
    state_of,
)
from expectations.notices.replies import reply

__all__ = [
    "GRADES",
    "LIST_TEMPLATE",
    "Digest",
    "Grade",
    "Grading",
    "Issued",
    "NoticeState",
    "Per",
    "Progress",
    "addressee_language",
    "digest",
    "digest_document",
    "digest_file_name",
    "digest_subjects",
    "digest_text",
    "grade_named",
    "grade_of",
    "grading",
    "issue",
    "list_document",
    "notice_document",
    "notice_file_name",
    "notices",
    "one_notice",
    "overdue",
    "preview",
    "progress",
    "propose",
    "ready",
    "reply",
    "said_of",
    "set_grading",
    "state_of",
    "withdraw",
]
