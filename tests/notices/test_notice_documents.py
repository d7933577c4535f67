"""Documents of notices and weekly digests: what stands in them, that values survive, what a broken template says."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import docx
import openpyxl
import pytest
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams
from support.notice_cases import (
    HEAD,
    JIA,
    LEADER,
    OFFICE,
    ONE,
    SUPERVISOR,
    TODAY,
    finding,
    home,
    keep,
    sqlite_register,
    text_of,
)

from dashboard.exports.downloads import Export
from dashboard.exports.notices import digest_docx, notice_docx, notice_list_xlsx
from expectations.errors import InputError
from expectations.home import Home
from expectations.notices import (
    filling,
    issue,
    list_document,
    notice_document,
    notice_file_name,
    one_notice,
    templates,
    withdraw,
)
from expectations.notices.labels import Labels, read_labels
from expectations.notices.make_templates import main as make_templates
from expectations.notices.templates import fill_document, folder_of, write_bundled
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import Reader
from expectations.run.published import current_run
from expectations.store.register import Register

__all__ = ["home", "sqlite_register"]

SECRET = "77012019880314681"


@pytest.fixture
def labels(home: Home) -> Labels:
    with current_run(home) as con:
        return read_labels(con, "zh")


@pytest.fixture
def session(sqlite_register: Register) -> Iterator[Session]:
    with sqlite_register.reading() as session:
        yield session


@pytest.fixture
def weeks_of() -> str:
    """The address of a digest of the first department."""
    return urlencode({"week": "2026-W26", "office": OFFICE, "department": ONE})


@pytest.fixture
def notice(sqlite_register: Register) -> int:
    """The id of a notice about three findings of two cases, with texts that markup could break on."""
    nasty = "=1+1 <b>A&B</b> {{ 7*7 }} 电话13877011234"
    keep(
        sqlite_register,
        finding("1", bmsah="A1", message=nasty, present={"accept_date": "=cmd()"}, case_name="示例甲<盗窃>&案"),
        finding(
            "2",
            rule_id="V6",
            bmsah="A1",
            case_name="示例甲<盗窃>&案",
            severity="serious",
            error_type="错填",
            name="示例甲",
            fields="id_no|sex",
            message=f"示例甲的身份证号“{SECRET}”错误",
            present={"id_no": SECRET, "sex": None},
        ),
        finding("3", bmsah="B2", case_name="示例乙\x0b案", message="受理日期晚于\x00审结日期"),
    )
    return issue(sqlite_register, SUPERVISOR, "123", "report", today=TODAY).notices[0].id


def test_the_notice_says_all_a_notice_must(session: Session, home: Home, labels: Labels, notice: int) -> None:
    content = notice_document(session, HEAD, home, notice, labels)
    document = text_of(content)
    for part in (
        "案件流程监控通知书",
        "示例检案管监〔2026〕1号",
        f"{ONE}：",
        "2 件案件的案卡存在 3 个问题",
        "部门受案号：A1；承办人：甲",
        "第六百六十五条",
        "10日以内（2026年7月10日前）",
        "同时报告检察长",
        "案件管理部门（印章）",
        "2026年6月30日",
        "回　　执",
        "核查情况",
        "部门负责人（签名）",
        "示例甲<盗窃>&案",
        "=1+1 <b>A&B</b> {{ 7*7 }} 电话138****1234",
        "受理日期",
        "规则157",
        "（空）",
    ):
        assert part in document, part
    assert SECRET not in document
    assert "770120*******4681" in document
    problems = docx.Document(BytesIO(content)).tables[0]
    assert [row.cells[0].text for row in problems.rows] == ["序号", "1", "2"]
    assert "{%" not in document


def test_an_oral_reminder_and_a_person(sqlite_register: Register, home: Home, labels: Labels) -> None:
    keep(sqlite_register, finding("1"))
    reminder = issue(sqlite_register, SUPERVISOR, "1", "oral", "prosecutor", TODAY).notices[0]
    with sqlite_register.reading() as session:
        document = text_of(notice_document(session, JIA, home, reminder.id, labels))
    assert "口头提示记录" in document
    assert f"{ONE} 甲检察官：" in document
    assert "回　　执" not in document
    assert "检察长" not in document


def test_a_withdrawn_notice_says_so(sqlite_register: Register, home: Home, labels: Labels, notice: int) -> None:
    withdraw(sqlite_register, SUPERVISOR, notice, "发错部门")
    with sqlite_register.reading() as session:
        document = text_of(notice_document(session, HEAD, home, notice, labels))
    assert "已撤回，文号保留：监管员：发错部门" in document
    assert "示例检案管监〔2026〕1号" in document


def test_the_list_of_errors(session: Session, home: Home, labels: Labels, notice: int) -> None:
    sheet = openpyxl.load_workbook(BytesIO(list_document(session, HEAD, home, notice, labels))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert rows[0] == (
        "通报批次",
        "部门受案号",
        "案件名称",
        "嫌疑人姓名",
        "部门",
        "承办人",
        "案件类别",
        "错误明细",
        "备注",
        "规则编号",
        "级别",
        "错误类型",
        "案卡项",
        "现值",
        "应为/依据",
        "位置",
        "整改期限",
        "整改情况",
    )
    assert rows[1][:7] == ("示例检案管监〔2026〕1号", "A1", "示例甲<盗窃>&案", "示例甲", ONE, "甲", "审查逮捕")
    assert rows[1][9:] == (
        "V6",
        "严重",
        "错填",
        "证件号码、性别",
        "证件号码：770120*******4681；性别：（空）",
        "核对证件\n依据：规则157",
        None,
        "2026-07-10",
        "待处理",
    )
    assert rows[2][13] == "=cmd()"
    assert len(rows) == 4
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert sheet["A1"].value == "示例院错误明细清单"


def test_nobody_else_gets_a_document(session: Session, home: Home, labels: Labels, notice: int) -> None:
    for reader in (JIA, LEADER):
        for make in (notice_document, list_document):
            with pytest.raises(InputError):
                make(session, reader, home, notice, labels)


def test_downloads_ask_the_readers_rights(sqlite_register: Register, home: Home, notice: int, weeks_of: str) -> None:
    def ask(reader: Reader, query: str) -> Export:
        return Export(reader, sqlite_register, home, QueryParams(query), "zh")

    assert "示例检案管监〔2026〕1号" in text_of(notice_docx(ask(HEAD, f"id={notice}")).content)
    assert notice_list_xlsx(ask(HEAD, f"id={notice}")).name.endswith(".xlsx")
    assert "案卡质量周报" in text_of(digest_docx(ask(HEAD, weeks_of)).content)
    for number in (notice, 99, "x", ""):
        with pytest.raises(InputError):
            notice_docx(ask(JIA, f"id={number}"))
        with pytest.raises(InputError):
            notice_list_xlsx(ask(LEADER, f"id={number}"))
    for reader in (JIA, LEADER):
        with pytest.raises(NotAllowedError):
            digest_docx(ask(reader, weeks_of))


def test_an_office_puts_its_own_templates_in_place(session: Session, home: Home, labels: Labels, notice: int) -> None:
    own = folder_of(home)
    write_bundled(own)
    with pytest.raises(InputError, match="not overwritten"):
        write_bundled(own)
    page = docx.Document()
    page.add_paragraph("本院专用 {{ number }} {% for case in cases %}[{{ case.bmsah }}]{% endfor %}")
    page.save(str(own / "notice.docx"))
    assert "本院专用 示例检案管监〔2026〕1号 [A1][B2]" in text_of(notice_document(session, HEAD, home, notice, labels))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ nubmer }}", "'nubmer' is undefined"),
        ("{{ number ", "unexpected"),
        ("{% for x in y %}", "end"),
        ("{{ number.__class__.__mro__ }}", "unsafe"),
        ("{{ number + 1 }}", "str"),
        (None, "cannot read template"),
    ],
)
def test_a_broken_template_is_one_line_with_its_file(
    session: Session, home: Home, labels: Labels, notice: int, text: str | None, reason: str
) -> None:
    own = folder_of(home)
    own.mkdir(parents=True)
    if text is None:
        (own / "notice.docx").write_bytes(b"not a document")
    else:
        page = docx.Document()
        page.add_paragraph(text)
        page.save(str(own / "notice.docx"))
    with pytest.raises(InputError) as error:
        notice_document(session, HEAD, home, notice, labels)
    assert str(own / "notice.docx") in error.value.message
    assert reason in error.value.message
    assert "\n" not in error.value.message


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10 ** 9 }}",
        "{% set n = namespace(x=number) %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ number.ljust(9999999999) }}",
    ],
)
def test_a_template_that_would_fill_the_memory_is_one_line(
    session: Session, home: Home, labels: Labels, notice: int, text: str
) -> None:
    folder_of(home).mkdir(parents=True)
    page = docx.Document()
    page.add_paragraph(text)
    page.save(str(folder_of(home) / "notice.docx"))
    with pytest.raises(InputError) as error:
        notice_document(session, HEAD, home, notice, labels)
    assert "takes too long or too much memory" in error.value.message
    assert "\n" not in error.value.message


def test_a_template_that_would_never_end_is_one_line(
    session: Session, home: Home, labels: Labels, notice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "_SECONDS", 3)
    for name, text in (("notice.docx", "{% for b in range(99999) %}{% endfor %}"), ("list.xlsx", "{{ row.bmsah }}")):
        loops = "{% for a in range(99999) %}" + text + "{% endfor %}"
        folder_of(home).mkdir(parents=True, exist_ok=True)
        if name == "notice.docx":
            page = docx.Document()
            page.add_paragraph(loops)
            page.save(str(folder_of(home) / name))
        else:
            book = openpyxl.Workbook()
            assert book.active is not None
            book.active["A1"] = text + "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
            book.save(folder_of(home) / name)
        make = notice_document if name == "notice.docx" else list_document
        with pytest.raises(InputError, match="takes too long or too much memory"):
            make(session, HEAD, home, notice, labels)


BRACES = [
    "{_{7*7}_}",
    "{_%x%_}",
    "{{ 7*7 }} {% if x %} {# y #}",
    "a_b__c_",
    "<w:t>&amp;_&lt; {_{",
    "_}_}_ %_} {_%",
    "\\1 \\g<0> $1",
]


@pytest.mark.parametrize("own", [False, True], ids=["bundled", "own"])
@pytest.mark.parametrize("text", BRACES)
def test_a_text_with_braces_stands_in_word_as_it_is(home: Home, text: str, own: bool) -> None:
    """Also where two texts together make what one alone does not, in a header, and in the properties of the document."""
    page = docx.Document()
    page.add_paragraph("{{ text }}{{ first }}{{ second }}{{ first }}|{{ text | upper }}|{{ text | length }}")
    page.sections[0].header.paragraphs[0].text = "{{ text }}"
    page.core_properties.title = "{{ text }}"
    values = {"text": text, "first": "{", "second": "_"}
    out = BytesIO()
    page.save(out)
    if own:
        folder_of(home).mkdir(parents=True)
        (folder_of(home) / "notice.docx").write_bytes(out.getvalue())
        content = fill_document(home, "notice.docx", "zh", values)
    else:
        content = filling.filled(".docx", out.getvalue(), values, ())
    document = docx.Document(BytesIO(content))
    assert document.paragraphs[0].text == f"{text}{{_{{|{text.upper()}|{len(text)}"
    assert document.sections[0].header.paragraphs[0].text == text
    assert document.core_properties.title == text


def test_a_broken_workbook_template(session: Session, home: Home, labels: Labels, notice: int) -> None:
    own = folder_of(home)
    own.mkdir(parents=True)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "{{ row.bmsh }}"
    book.save(own / "list.xlsx")
    with pytest.raises(InputError, match=r"list\.xlsx.*bmsh"):
        list_document(session, HEAD, home, notice, labels)
    book.active["A1"], book.active["A2"], book.active["B2"] = "{{ row.bmsah }}", "合计 {{ count }}", "=SUM(C1:C2)"
    book.active.merge_cells("C2:D2")
    book.save(own / "list.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(list_document(session, HEAD, home, notice, labels))).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["A1", "A1", "B2", "合计 3"]
    assert [str(area) for area in sheet.merged_cells.ranges] == ["C4:D4"]


def test_the_bundled_templates_are_what_the_script_makes(tmp_path: Path) -> None:
    make_templates(tmp_path)
    fresh, bundled = tmp_path, write_bundled(tmp_path / "kept")
    for file in bundled:
        if file.suffix == ".docx":
            assert text_of(file.read_bytes()) == text_of((fresh / file.name).read_bytes())
        else:
            first, second = (openpyxl.load_workbook(workbook).worksheets[0] for workbook in (file, fresh / file.name))
            assert list(first.values) == list(second.values)


def test_the_file_is_named_after_the_notice(session: Session, notice: int) -> None:
    read_notice = one_notice(session, HEAD, notice)
    assert read_notice is not None
    assert notice_file_name(read_notice, "docx", "zh") == f"案件流程监控通知书_示例检案管监〔2026〕1号_{ONE}.docx"
    assert notice_file_name(read_notice, "xlsx", "zh") == f"错误明细清单_示例检案管监〔2026〕1号_{ONE}.xlsx"
