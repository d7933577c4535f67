"""Makes the bundled templates anew: `python -m expectations.notices.make_templates [FOLDER]`. They are kept beside, so that a
change of the layout is a change of this file. Nothing reads it at run time.
"""

import sys
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from expectations.notices.documents import LIST_TITLE
from expectations.notices.templates import template_in
from expectations.texts import LANGUAGES, Bilingual, Language, same

_HERE = Path(__file__).parent / "templates"
_PROBLEMS = (
    (Bilingual("序号", "no."), 1.2, "problem.no"),
    (Bilingual("案卡项", "item"), 3.0, "problem.item"),
    (Bilingual("现值", "value"), 3.2, "problem.present"),
    (Bilingual("存在问题", "what is wrong"), 5.0, "problem.message"),
    (Bilingual("依据", "basis"), 3.2, "problem.basis"),
)
_FOUND = Bilingual(
    "　　经案件流程监控，发现下列 {{ case_count }} 件案件的案卡存在 {{ count }} 个问题（均经核实属实）：",
    "The cards of the cases below hold errors, each of them verified. Cases: {{ case_count }}, errors: {{ count }}.",
)
_CASE = Bilingual(
    "{{ case.no }}、{{ case.case_name }}（{{ headings.case }}：{{ case.bmsah }}；{{ headings.prosecutor }}：{{ case.prosecutor }}）",
    "{{ case.no }}. {{ case.case_name }} ({{ headings.case }}: {{ case.bmsah }}; {{ headings.prosecutor }}: {{ case.prosecutor }})",
)
_REQUIREMENT = Bilingual(
    "　　根据《人民检察院刑事诉讼规则》第六百六十五条，请及时查明情况、予以纠正，并于收到本通知书后{{ days }}日以内"
    "（{{ due_on }}前）将核查情况书面回复案件管理部门。",
    "Please find out what happened, correct the cards, and reply in writing within {{ days }} days, by {{ due_on }}.",
)
_REMINDER = Bilingual(
    "　　根据《人民检察院刑事诉讼规则》第六百六十五条，情节轻微，予以口头提示，请及时纠正。",
    "The matter is slight: this is a reminder. Please correct the cards.",
)
"""The English texts cite no statute: which one holds is for the office that uses them to say, in templates of its own."""
_WITNESS = Bilingual("日志链头 {{ log }}", "head of the log {{ log }}")
_RECEIPT = tuple(
    Bilingual(zh, en)
    for zh, en in (
        ("核查情况", "what was found"),
        ("纠正措施", "what was done"),
        ("承办检察官（签名）", "signed by who handles the case"),
        ("部门负责人（签名）", "signed by the head of department"),
        ("日期", "date"),
    )
)
_LIST = (
    (Bilingual("通报批次", "notice"), "number", 22),
    (same("{{ headings.case }}"), "bmsah", 34),
    (same("{{ headings.case_name }}"), "case_name", 22),
    (same("{{ headings.name }}"), "name", 12),
    (same("{{ headings.department }}"), "department", 18),
    (same("{{ headings.prosecutor }}"), "prosecutor", 14),
    (Bilingual("案件类别", "card"), "card_title", 16),
    (Bilingual("错误明细", "error"), "message", 52),
    (Bilingual("备注", "remark"), "remark", 14),
    (Bilingual("规则编号", "rule"), "rule_id", 10),
    (Bilingual("级别", "severity"), "severity", 8),
    (Bilingual("错误类型", "error type"), "error_type", 10),
    (Bilingual("案卡项", "item"), "item", 22),
    (Bilingual("现值", "value"), "present", 26),
    (Bilingual("应为/依据", "how to fill, basis"), "right", 44),
    (Bilingual("位置", "place"), "place", 26),
    (Bilingual("整改期限", "reply by"), "due_on", 14),
    (Bilingual("整改情况", "state"), "state", 14),
)


def main(folder: Path) -> None:
    """Writes those of each language."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        notice(language).save(str(folder / template_in("notice.docx", language)))
        digest(language).save(str(folder / template_in("digest.docx", language)))
        error_list(language).save(folder / template_in("list.xlsx", language))


def notice(language: Language) -> Document:
    """案件流程监控通知书 with its receipt."""
    page = _Page(language)
    page.line("{{ office }}", size=16, align=ALIGN.CENTER)
    page.line("{{ title }}", size=22, bold=True, align=ALIGN.CENTER)
    page.line("{{ number }}", align=ALIGN.CENTER)
    withdrawn = Bilingual(
        "【本通知已撤回，文号保留：{{ withdrawn }}】",
        "[This notice was withdrawn and keeps its number. {{ withdrawn }}]",
    )
    for text in ("{%p if withdrawn %}", withdrawn, "{%p endif %}"):
        page.line(text, bold=True)
    page.line(Bilingual("{{ to }}：", "To {{ to }}:"))
    page.line(_FOUND)
    page.line("{%p for case in cases %}")
    page.line(_CASE, bold=True)
    page.table(_PROBLEMS, "problem in case.problems")
    page.line("{%p endfor %}")
    for text in (
        "{%p if written %}",
        _REQUIREMENT,
        "{%p else %}",
        _REMINDER,
        "{%p endif %}",
        "{%p if chief %}",
        Bilingual("　　本通知书同时报告检察长。", "This notice is reported to the head of the office as well."),
        "{%p endif %}",
    ):
        page.line(text)
    for text in (Bilingual("案件管理部门（印章）", "Case management (seal)"), "{{ issued_on }}"):
        page.line(text, align=ALIGN.RIGHT)
    page.line("{%p if written %}")
    page.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    page.line(Bilingual("回　　执", "Receipt"), size=18, bold=True, align=ALIGN.CENTER)
    page.line(Bilingual("{{ office }}案件管理部门：", "To case management, {{ office }}:"))
    page.line(
        Bilingual(
            "　　{{ title }}（{{ number }}）收悉。现将核查情况回复如下：",
            "We received the {{ title }} ({{ number }}). This is what we found and did:",
        )
    )
    receipt = page.document.add_table(rows=0, cols=2, style="Table Grid")
    for number, name in enumerate(_RECEIPT):
        cells = receipt.add_row().cells
        page.write(cells[0].paragraphs[0], name, 12, bold=True)
        cells[0].width, cells[1].width = Cm(4.2), Cm(11.4)
        for _ in range(4 if number < 2 else 0):
            cells[1].add_paragraph()
    page.line("{%p endif %}")
    page.footer(_WITNESS)
    return page.document


def digest(language: Language) -> Document:
    """The weekly digest of a department or a person."""
    page = _Page(language)
    page.line("{{ title }}", size=20, bold=True, align=ALIGN.CENTER)
    page.line("{{ office }}　{{ period }}", align=ALIGN.CENTER)
    page.line(Bilingual("一、本周情况", "1. The week"), bold=True)
    columns = (
        (Bilingual("项目", "figure"), 6.4, "line.name"),
        (Bilingual("本周", "this week"), 4.6, "line.now"),
        (Bilingual("上周", "the week before"), 4.6, "line.before"),
    )
    page.table(columns, "line in figures")
    page.line(
        Bilingual(
            "二、常见问题与填法（{{ rules|length }} 条）",
            "2. Frequent errors and how to fill the items ({{ rules|length }})",
        ),
        bold=True,
    )
    for text in (
        "{%p for rule in rules %}",
        Bilingual(
            "{{ rule.no }}．{{ rule.title }}（{{ rule.rule_id }}）：{{ rule.share }}",
            "{{ rule.no }}. {{ rule.title }} ({{ rule.rule_id }}): {{ rule.share }}",
        ),
        Bilingual("　　填法：{{ rule.how }}", "How to fill: {{ rule.how }}"),
        "{%p else %}",
        Bilingual("　　没有待处理的问题。", "No error stands open."),
        "{%p endfor %}",
    ):
        page.line(text)
    page.line(
        Bilingual(
            "三、逾期未回复的通知（{{ notices|length }} / {{ notices_all }}）",
            "3. Notices without a reply in time ({{ notices|length }} / {{ notices_all }})",
        ),
        bold=True,
    )
    for text in (
        "{%p for notice in notices %}",
        Bilingual(
            "{{ notice.number }}，{{ notice.to }}，应于 {{ notice.due_on }} 前回复，已改正 {{ notice.settled }} / {{ notice.total }}",
            "{{ notice.number }}, {{ notice.to }}, reply was due on {{ notice.due_on }}, corrected {{ notice.settled }} / {{ notice.total }}",
        ),
        "{%p else %}",
        Bilingual("　　没有逾期未回复的通知。", "None."),
        "{%p endfor %}",
    ):
        page.line(text)
    page.line(
        Bilingual(
            "四、期限预警（{{ due|length }} / {{ due_all }}）",
            "4. Limits that end soon or have ended ({{ due|length }} / {{ due_all }})",
        ),
        bold=True,
    )
    for text in (
        "{%p for case in due %}",
        Bilingual(
            "{{ case.left }}：{{ case.title }}，{{ case.bmsah }} {{ case.case_name }}，{{ case.prosecutor }}（{{ case.last_day }}），{{ case.place }}",
            "{{ case.left }}: {{ case.title }}, {{ case.bmsah }} {{ case.case_name }}, {{ case.prosecutor }} ({{ case.last_day }}), {{ case.place }}",
        ),
        "{%p else %}",
        Bilingual("　　没有临近或超过的期限。", "None."),
        "{%p endfor %}",
    ):
        page.line(text)
    page.line("{{ remark }}", size=10)
    return page.document


def error_list(language: Language) -> Workbook:
    """错误明细清单."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = LIST_TITLE.in_language(language)
    sheet["A1"] = Bilingual("{{ office }}错误明细清单", "{{ office }}: list of errors").in_language(language)
    sheet["A2"] = Bilingual(
        "{{ number }}　{{ to }}　{{ issued_on }}　共 {{ count }} 个{{ withdrawn }}",
        "{{ number }}　{{ to }}　{{ issued_on }}　errors: {{ count }} {{ withdrawn }}",
    ).in_language(language)
    sheet["K1"] = _WITNESS.in_language(language)
    sheet["K1"].font = Font(size=8, color="808080")
    sheet["A1"].font = Font(bold=True, size=14)
    thin = Side(style="thin", color="B8C0CC")
    for column, (heading, name, width) in enumerate(_LIST, start=1):
        head = sheet.cell(3, column, heading.in_language(language))
        cell = sheet.cell(4, column, f"{{{{ row.{name} }}}}")
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E3E8EF")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        head.border = cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        sheet.column_dimensions[head.column_letter].width = width
    sheet.freeze_panes = "C4"
    return book


class _Page:
    """A Word document in one language. Chinese is set in FangSong, the type of official papers."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.font = "仿宋" if language == "zh" else "Times New Roman"
        self.document = docx.Document()
        self.document.core_properties.author = self.document.core_properties.comments = "Anka"
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
            Cm(2.8),
            Cm(2.6),
            Cm(3),
            Cm(2.6),
        )
        self.document.styles["Normal"].paragraph_format.space_after = Pt(4)

    def line(self, text: str, *, size: int = 14, bold: bool = False, align: Any = None) -> None:
        """A paragraph."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = align
        self.write(paragraph, text, size, bold=bold)

    def footer(self, text: str) -> None:
        """Small, at the foot of every page."""
        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.alignment = ALIGN.RIGHT
        self.write(paragraph, text, 8)

    def write(self, paragraph: Paragraph, text: str, size: int, *, bold: bool = False) -> None:
        """East Asian signs, such as names of people, take their font from an attribute of their own."""
        run = paragraph.add_run(same(text).in_language(self.language))
        run.font.name, run.font.size, run.bold = self.font, Pt(size), bold
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")  # noqa: SLF001  # no public way

    def table(self, columns: tuple[tuple[str, float, str], ...], loop: str) -> None:
        """A heading, and a row that is repeated."""
        table = self.document.add_table(rows=4, cols=len(columns), style="Table Grid")
        table.autofit = False
        table.cell(1, 0).text, table.cell(3, 0).text = f"{{%tr for {loop} %}}", "{%tr endfor %}"
        for number, (heading, width, name) in enumerate(columns):
            self.write(table.cell(0, number).paragraphs[0], heading, 11, bold=True)
            self.write(table.cell(2, number).paragraphs[0], f"{{{{ {name} }}}}", 11)
            for row in table.rows:
                row.cells[number].width = Cm(width)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _HERE)
