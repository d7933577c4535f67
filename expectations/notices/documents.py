"""The documents of a notice, from templates an office can replace: 案件流程监控通知书 (Word) and 错误明细清单 (Excel).

Identity and telephone numbers are masked; what a notice says is what it said on the day of issue.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby

from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.finding.labels import place_word
from expectations.finding.masks import mask_identity
from expectations.home import Home, NothingPublishedError
from expectations.notices.grades import grade_of
from expectations.notices.labels import STATE_WORDS, Labels, day_words
from expectations.notices.reading import Said, one_notice, said_of, states_of, withdrawal_of
from expectations.notices.scopes import number_of
from expectations.notices.templates import fill_document, fill_workbook
from expectations.people.addressees import language_to
from expectations.rights.reader import Reader
from expectations.run.findings import places_of
from expectations.run.published import current_run
from expectations.store.chain import log_head
from expectations.store.tables import Notice
from expectations.texts import Bilingual, Language, same

LIST_TEMPLATE = "list.xlsx"
LIST_TITLE = Bilingual("错误明细清单", "list of errors")
_NO_CASE_NAME = Bilingual("（案件名称未填）", "(no case name)")
_NOBODY = Bilingual("未填", "blank")
_BASIS = Bilingual("依据", "basis")
_BETWEEN_VALUES = Bilingual("；", "; ")
_COLON = Bilingual("：", ": ")
_WITHDRAWN = Bilingual("已撤回", "withdrawn")
FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|#', "_"))


def notice_document(session: Session, reader: Reader, home: Home, notice_id: int, labels: Labels) -> bytes:
    """The notice as Word document, in the language of the labels. Raises InputError when the reader may not see it, or for a broken
    template."""
    notice, findings = _of(session, reader, notice_id)
    return fill_document(
        home,
        grade_of(notice).template,
        labels.language,
        notice_values(notice, findings, labels, withdrawal_of(session, reader, notice_id)) | _witness(session),
    )


def list_document(session: Session, reader: Reader, home: Home, notice_id: int, labels: Labels) -> bytes:
    """The list of errors of a notice as workbook. Raises as `notice_document`."""
    notice, findings = _of(session, reader, notice_id)
    states = states_of(session, reader, notice_id)
    withdrawn = withdrawal_of(session, reader, notice_id)
    places = _places(home, findings, labels)
    rows = [
        {
            **_list_row(notice, finding, labels, states.get(finding.finding_id, "")),
            "place": places.get(finding.finding_id, ""),
        }
        for finding in findings
    ]
    values = _head(notice, findings, withdrawn, labels) | _witness(session)
    return fill_workbook(home, LIST_TEMPLATE, labels.language, values, rows)


def notice_file_name(notice: Notice, suffix: str, language: Language) -> str:
    """A file name a notice is saved under."""
    kind = LIST_TITLE if suffix == "xlsx" else grade_of(notice).document
    name = kind + "_" + number_of(notice) + f"_{notice.department}{notice.prosecutor}.{suffix}"
    return name.in_language(language).translate(FORBIDDEN_IN_NAMES)


def addressee_language(session: Session, notice: Notice) -> Language:
    """What its addressee reads: its documents are written in that, whoever asks for them."""
    return language_to(session, notice.office, notice.department, notice.prosecutor)


def addressee_of(notice: Notice) -> Bilingual:
    """To whom, as a letter says it."""
    if not notice.prosecutor:
        return same(notice.department)
    department = f"{notice.department} ".lstrip()
    return Bilingual(f"{department}{notice.prosecutor}检察官", f"{department}{notice.prosecutor}")


def notice_values(
    notice: Notice, noticed: Iterable[Said], labels: Labels, withdrawn: tuple[str, str]
) -> dict[str, object]:
    """What the Word template may use."""
    findings = list(noticed)
    cases = [
        {
            "no": number,
            "bmsah": word,
            "case_name": mask_identity(problems[0].case_name) or labels.pick(_NO_CASE_NAME),
            "prosecutor": problems[0].prosecutor or labels.pick(_NOBODY),
            "card_title": labels.cards.get(problems[0].card, ""),
            "problems": [_problem(place, finding, labels) for place, finding in enumerate(problems, start=1)],
        }
        for number, (word, problems) in enumerate(_by_case(findings, labels), start=1)
    ]
    return {**_head(notice, findings, withdrawn, labels), "cases": cases}


def _of(session: Session, reader: Reader, notice_id: int) -> tuple[Notice, list[Said]]:
    notice = one_notice(session, reader, notice_id)
    if notice is None:
        raise InputError(Bilingual("没有这份通知", "no such notice").about(notice_id), hint="anka notices list")
    return notice, said_of(session, reader, notice_id)


def _witness(session: Session) -> dict[str, object]:
    """Where the access log stands while the document is written: whoever cuts the log off or writes it anew can't change a paper."""
    return {"log": str(log_head(session))}


def _head(notice: Notice, findings: list[Said], withdrawn: tuple[str, str], labels: Labels) -> dict[str, object]:
    """What is said once, in both documents."""
    (by, reason), grade = withdrawn, grade_of(notice)
    return {
        "title": labels.pick(grade.document),
        "number": labels.pick(number_of(notice)),
        "grade": labels.pick(grade.title),
        "office": notice.office,
        "headings": labels.headings,
        "to": labels.pick(addressee_of(notice)),
        "department": notice.department,
        "prosecutor": notice.prosecutor,
        "issued_on": labels.pick(day_words(notice.issued_on)),
        "due_on": labels.pick(day_words(notice.due_on)),
        "days": (notice.due_on - notice.issued_on).days,
        "issued_by": notice.issued_by,
        "written": grade.wants_reply,
        "chief": grade.to_chief,
        "count": len(findings),
        "case_count": len(_by_case(findings, labels)),
        "withdrawn": labels.pick(same(by).about(reason) if reason else _WITHDRAWN) if notice.withdrawn else "",
    }


def _by_case(findings: Iterable[Said], labels: Labels) -> list[tuple[str, list[Said]]]:
    """The findings of each case together, by its number; a row without one is a case by itself, called by its place."""

    def case_of(finding: Said) -> tuple[str, str, str, str, int]:
        place = ("", "", 0) if finding.bmsah else (finding.card, finding.sheet, finding.sheet_row)
        return finding.prosecutor, finding.bmsah, *place

    groups = [list(group) for _, group in groupby(sorted(findings, key=case_of), key=case_of)]
    return [(labels.pick(group[0].case_word), group) for group in groups]


def _problem(number: int, finding: Said, labels: Labels) -> dict[str, object]:
    named = not finding.name or finding.name in labels.pick(finding.words)
    person = "" if named else finding.name + labels.pick(_COLON)
    return {
        "no": number,
        "item": _items(finding, labels),
        "present": _present(finding, labels),
        "basis": finding.basis or "—",
        "message": mask_identity(person) + labels.message(finding),
        "rule_id": finding.rule_id,
        "error_type": labels.error_type(finding),
        "severity": labels.severity(finding),
        "how": labels.how(finding.rule_id),
        "name": mask_identity(finding.name),
    }


def _list_row(notice: Notice, finding: Said, labels: Labels, state: str) -> Mapping[str, object]:
    basis = labels.pick(_BASIS.about(finding.basis)) if finding.basis else ""
    right = [part for part in (labels.how(finding.rule_id), basis) if part]
    return {
        "number": labels.pick(number_of(notice)),
        "bmsah": labels.pick(finding.case_word),
        "case_name": mask_identity(finding.case_name),
        "name": mask_identity(finding.name),
        "department": finding.department,
        "prosecutor": finding.prosecutor,
        "card_title": labels.cards.get(finding.card, finding.card),
        "message": labels.message(finding),
        "remark": "",
        "rule_id": finding.rule_id,
        "severity": labels.severity(finding),
        "error_type": labels.error_type(finding),
        "item": _items(finding, labels),
        "present": _present(finding, labels),
        "right": "\n".join(right),
        "due_on": notice.due_on.isoformat(),
        "state": labels.pick(STATE_WORDS.get(state, same(state))),
    }


def _places(home: Home, findings: Sequence[Said], labels: Labels) -> Mapping[str, str]:
    """File, sheet and row in the exports of the present run, by finding; not of what was not found again."""
    with suppress(NothingPublishedError), current_run(home) as con:
        places = places_of(con, [finding.finding_id for finding in findings])
        return {found: f"{file} {labels.pick(place_word(sheet, row))}" for found, (file, sheet, row) in places.items()}
    return {}


def _items(finding: Said, labels: Labels) -> str:
    return labels.joined(labels.item(finding.card, name) for name in finding.fields.split("|") if name)


def _present(finding: Said, labels: Labels) -> str:
    """The values as they stood; with their items when there are several."""
    values = [
        (labels.item(finding.card, name), labels.value(finding.card, name, value))
        for name, value in finding.present.items()
    ]
    if len(values) == 1:
        return values[0][1]
    between, colon = labels.pick(_BETWEEN_VALUES), labels.pick(_COLON)
    return between.join(f"{item}{colon}{value}" for item, value in values)
