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

_HERE = Path(__file__).parent / "templates"
_PROBLEMS = (
    ("序号", 1.2, "problem.no"),
    ("案卡项", 3.0, "problem.item"),
    ("现值", 3.2, "problem.present"),
    ("存在问题", 5.0, "problem.message"),
    ("依据", 3.2, "problem.basis"),
)
_REQUIREMENT = (
    "　　根据《人民检察院刑事诉讼规则》第六百六十五条，请及时查明情况、予以纠正，并于收到本通知书后{{ days }}日以内"
    "（{{ due_on }}前）将核查情况书面回复案件管理部门。"
)
_RECEIPT = ("核查情况", "纠正措施", "承办检察官（签名）", "部门负责人（签名）", "日期")
_LIST = (
    ("通报批次", "number", 22),
    ("部门受案号", "bmsah", 34),
    ("案件名称", "case_name", 22),
    ("嫌疑人姓名", "name", 12),
    ("承办部门", "department", 18),
    ("承办检察官", "prosecutor", 14),
    ("案件类别", "card_title", 16),
    ("错误明细", "message", 52),
    ("备注", "remark", 14),
    ("规则编号", "rule_id", 10),
    ("级别", "severity", 8),
    ("错误类型", "error_type", 10),
    ("案卡项", "item", 22),
    ("现值", "present", 26),
    ("应为/依据", "right", 44),
    ("整改期限", "due_on", 14),
    ("整改情况", "state", 14),
)


def main(folder: Path) -> None:
    """Writes the three."""
    folder.mkdir(parents=True, exist_ok=True)
    notice().save(str(folder / "notice.docx"))
    digest().save(str(folder / "digest.docx"))
    error_list().save(folder / "list.xlsx")


def notice() -> Document:
    """案件流程监控通知书 with its receipt."""
    page = _page()
    _line(page, "{{ office }}", size=16, align=ALIGN.CENTER)
    _line(page, "{{ title }}", size=22, bold=True, align=ALIGN.CENTER)
    _line(page, "{{ number }}", align=ALIGN.CENTER)
    for text in ("{%p if withdrawn %}", "【本通知已撤回，文号保留：{{ withdrawn }}】", "{%p endif %}"):
        _line(page, text, bold=True)
    _line(page, "{{ to }}：")
    _line(page, "　　经案件流程监控，发现下列 {{ case_count }} 件案件的案卡存在 {{ count }} 个问题（均经核实属实）：")
    _line(page, "{%p for case in cases %}")
    _line(
        page,
        "{{ case.no }}、{{ case.case_name }}（部门受案号：{{ case.bmsah }}；承办检察官：{{ case.prosecutor }}）",
        bold=True,
    )
    _table(page, _PROBLEMS, "problem in case.problems")
    _line(page, "{%p endfor %}")
    for text in (
        "{%p if written %}",
        _REQUIREMENT,
        "{%p else %}",
        "　　根据《人民检察院刑事诉讼规则》第六百六十五条，情节轻微，予以口头提示，请及时纠正。",
        "{%p endif %}",
        "{%p if chief %}",
        "　　本通知书同时报告检察长。",
        "{%p endif %}",
    ):
        _line(page, text)
    for text in ("案件管理部门（印章）", "{{ issued_on }}"):
        _line(page, text, align=ALIGN.RIGHT)
    _line(page, "{%p if written %}")
    page.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _line(page, "回　　执", size=18, bold=True, align=ALIGN.CENTER)
    _line(page, "{{ office }}案件管理部门：")
    _line(page, "　　{{ title }}（{{ number }}）收悉。现将核查情况回复如下：")
    receipt = page.add_table(rows=0, cols=2, style="Table Grid")
    for name in _RECEIPT:
        cells = receipt.add_row().cells
        _write(cells[0].paragraphs[0], name, 12, bold=True)
        cells[0].width, cells[1].width = Cm(4.2), Cm(11.4)
        for _ in range(4 if name in _RECEIPT[:2] else 0):
            cells[1].add_paragraph()
    _line(page, "{%p endif %}")
    return page


def digest() -> Document:
    """The weekly digest of a department or a person."""
    page = _page()
    _line(page, "{{ title }}", size=20, bold=True, align=ALIGN.CENTER)
    _line(page, "{{ office }}　{{ period }}", align=ALIGN.CENTER)
    _line(page, "一、本周情况", bold=True)
    _table(
        page, (("项目", 6.4, "line.name"), ("本周", 4.6, "line.now"), ("上周", 4.6, "line.before")), "line in figures"
    )
    _line(page, "二、常见问题与填法（{{ rules|length }} 条）", bold=True)
    for text in (
        "{%p for rule in rules %}",
        "{{ rule.no }}．{{ rule.title }}（{{ rule.rule_id }}）：{{ rule.share }}",
        "　　填法：{{ rule.how }}",
        "{%p else %}",
        "　　没有待处理的问题。",
        "{%p endfor %}",
    ):
        _line(page, text)
    _line(page, "三、逾期未回复的通知（{{ notices|length }} / {{ notices_all }}）", bold=True)
    for text in (
        "{%p for notice in notices %}",
        "{{ notice.number }}，{{ notice.to }}，应于 {{ notice.due_on }} 前回复，已改正 {{ notice.settled }} / {{ notice.total }}",
        "{%p else %}",
        "　　没有逾期未回复的通知。",
        "{%p endfor %}",
    ):
        _line(page, text)
    _line(page, "四、期限预警（{{ due|length }} / {{ due_all }}）", bold=True)
    for text in (
        "{%p for case in due %}",
        "{{ case.left }}：{{ case.title }}，{{ case.bmsah }} {{ case.case_name }}，{{ case.prosecutor }}（{{ case.last_day }}）",
        "{%p else %}",
        "　　没有临近或超过的期限。",
        "{%p endfor %}",
    ):
        _line(page, text)
    _line(page, "{{ remark }}", size=10)
    return page


def error_list() -> Workbook:
    """错误明细清单."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = "错误明细清单"
    sheet["A1"], sheet["A2"] = (
        "{{ office }}错误明细清单",
        "{{ number }}　{{ to }}　{{ issued_on }}　共 {{ count }} 个{{ withdrawn }}",
    )
    sheet["A1"].font = Font(bold=True, size=14)
    thin = Side(style="thin", color="B8C0CC")
    for column, (heading, name, width) in enumerate(_LIST, start=1):
        head, cell = sheet.cell(3, column, heading), sheet.cell(4, column, f"{{{{ row.{name} }}}}")
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E3E8EF")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        head.border = cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        sheet.column_dimensions[head.column_letter].width = width
    sheet.freeze_panes = "C4"
    return book


def _page() -> Document:
    page = docx.Document()
    page.core_properties.author = page.core_properties.comments = "Anka"
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Cm(2.8),
        Cm(2.6),
        Cm(3),
        Cm(2.6),
    )
    page.styles["Normal"].paragraph_format.space_after = Pt(4)
    return page


def _line(page: Document, text: str, *, size: int = 14, bold: bool = False, align: Any = None) -> None:
    paragraph = page.add_paragraph()
    paragraph.alignment = align
    _write(paragraph, text, size, bold=bold)


def _write(paragraph: Paragraph, text: str, size: int, *, bold: bool = False) -> None:
    """In FangSong, the type of official papers; East Asian signs take their font from an attribute of their own."""
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = "仿宋", Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")  # noqa: SLF001  # no public way


def _table(page: Document, columns: tuple[tuple[str, float, str], ...], loop: str) -> None:
    """A heading, and a row that is repeated."""
    table = page.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.autofit = False
    table.cell(1, 0).text, table.cell(3, 0).text = f"{{%tr for {loop} %}}", "{%tr endfor %}"
    for number, (heading, width, name) in enumerate(columns):
        _write(table.cell(0, number).paragraphs[0], heading, 11, bold=True)
        _write(table.cell(2, number).paragraphs[0], f"{{{{ {name} }}}}", 11)
        for row in table.rows:
            row.cells[number].width = Cm(width)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _HERE)
