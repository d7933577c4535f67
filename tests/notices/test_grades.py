"""A grade is one declaration: a further one is issued, listed, written as document, replied to and told of like the others."""

import json

import docx
import pytest
from support.notice_cases import (
    JIA,
    ONE,
    SUPERVISOR,
    TODAY,
    finding,
    followed,
    home,
    keep,
    person,
    sqlite_register,
    text_of,
)
from typer.testing import CliRunner

from expectations.errors import InputError
from expectations.home import Home
from expectations.notices import GRADES, Grade, issue, notice_document, notice_file_name, reply
from expectations.notices.labels import read_labels
from expectations.notices.templates import folder_of
from expectations.run.published import open_published
from expectations.store.register import Register
from expectations.store.tables import Unit
from expectations.texts import Bilingual
from flows.cli import notices as cli_notices
from flows.messages.letters import Occasion, letters

__all__ = ["home", "sqlite_register"]

URGENT = Grade(
    "urgent",
    Bilingual("督促", "urgent"),
    Bilingual("督促函", "letter of urgency"),
    Bilingual("督促整改函", "letter of urgency"),
    Bilingual("督促函", "Letter"),
    numbered=True,
    wants_reply=True,
    reply_days=3,
    to_chief=True,
    template="urgent.docx",
)
RECORD = Grade(
    "record",
    Bilingual("备忘", "record"),
    Bilingual("备忘", "record"),
    Bilingual("备忘录", "record"),
    Bilingual("备忘录", "Record"),
    numbered=False,
    wants_reply=False,
)


@pytest.fixture(autouse=True)
def _further_grades(monkeypatch: pytest.MonkeyPatch) -> None:
    for grade in (URGENT, RECORD):
        monkeypatch.setitem(GRADES, grade.name, grade)


def test_a_further_grade_is_issued_listed_replied_to_and_overdue(sqlite_register: Register, home: Home) -> None:
    keep(sqlite_register, followed(home), finding("1"), finding("2"), finding("3"))
    where = ["--home", str(home.root), "--register", str(sqlite_register.engine.url)]
    run = CliRunner()
    for finding_id, grade in (("1", "urgent"), ("2", "record")):
        completed = run.invoke(cli_notices.app, ["issue", finding_id, "--grade", grade, "--today", f"{TODAY}", *where])
        assert completed.exit_code == 0, completed.output

    def listed(*options: str) -> list[tuple[str, str, str, str]]:
        completed = run.invoke(cli_notices.app, ["list", "--today", "2026-07-04", "--format", "json", *options, *where])
        return [(row["number"], row["grade"], row["due"], row["state"]) for row in json.loads(completed.output)]

    urgent, record = ("示例检案管监〔2026〕1号", "督促", "2026-07-03"), ("备忘 2026-06-30 #2", "备忘", "2026-07-10")
    assert listed() == [(*record, "无须书面回复"), (*urgent, "逾期未回复")]
    assert listed("--overdue") == [(*urgent, "逾期未回复")]
    assert run.invoke(cli_notices.app, ["reply", "1", "已改正", *where]).exit_code == 0
    assert listed() == [(*record, "无须书面回复"), (*urgent, "已回复")]
    again = issue(sqlite_register, SUPERVISOR, ["3"], "record", "prosecutor", TODAY).notices[0]
    with pytest.raises(InputError, match="nothing to reply"):
        reply(sqlite_register, JIA, again.id, "x")


def test_its_document_is_made_from_its_own_template(sqlite_register: Register, home: Home) -> None:
    folder_of(home).mkdir()
    page = docx.Document()
    page.add_paragraph("{{ title }} {{ number }} {{ grade }}，{{ days }} 日{% if chief %}，报检察长{% endif %}")
    page.save(str(folder_of(home) / "urgent.docx"))
    keep(sqlite_register, finding("1"))
    notice = issue(sqlite_register, SUPERVISOR, "1", "urgent", today=TODAY).notices[0]
    with open_published(home.current()) as con, sqlite_register.reading() as session:
        document = text_of(notice_document(session, SUPERVISOR, home, notice.id, read_labels(con, "zh")))
    assert document == "督促整改函 示例检案管监〔2026〕1号 督促，3 日，报检察长"
    assert notice_file_name(notice, "docx", "zh") == f"督促整改函_示例检案管监〔2026〕1号_{ONE}.docx"


def test_messages_speak_of_it(sqlite_register: Register, home: Home) -> None:
    keep(
        sqlite_register,
        followed(home),
        Unit(id=1, name="示例院", kind="district", parent_id=None),
        Unit(id=2, name=ONE, kind="department", parent_id=1),
        finding("1", state_seq=0),
        finding("2", state_seq=0),
        person("head", "部门长", "head", 2),
    )
    issue(sqlite_register, SUPERVISOR, "1", "urgent", today=TODAY)
    issue(sqlite_register, SUPERVISOR, "2", "record", today=TODAY)
    with sqlite_register.reading() as session:
        first_lines = [
            letter.body.splitlines()[0]
            for letter in letters(session, Occasion(home, "", TODAY))
            if letter.kind == "issued"
        ]
    assert first_lines == [
        "备忘 2026-06-30 #2：收到",
        "督促函 示例检案管监〔2026〕1号：收到，回复期限 2026-07-03",
    ]


def test_a_grade_nobody_declared_is_refused(sqlite_register: Register) -> None:
    keep(sqlite_register, finding("1"))
    with pytest.raises(InputError, match=r"no such grade: urgnt.*urgent") as refused:
        issue(sqlite_register, SUPERVISOR, "1", "urgnt")
    assert refused.value.hint == "oral、written、report、urgent、record"
