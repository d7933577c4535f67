"""What the review workbook says, in either language: its headings, its notes and what its figures mean. Nothing is counted here."""

from collections.abc import Iterable, Mapping

from expectations.finding.headings import HEADINGS
from expectations.texts import Bilingual, Language
from expectations.workbooks import Column, Kind

_Heading = tuple[Bilingual, int, Kind]

_SUMMARY: tuple[_Heading, ...] = (
    (Bilingual("院", "Office"), 24, "text"),
    (Bilingual("部门", "Department"), 24, "text"),
    (Bilingual("检察官", "In charge"), 16, "text"),
    (Bilingual("核查案件数（分母）", "Cases checked (of)"), 16, "number"),
    (Bilingual("有错案件数（分子）", "Cases with errors"), 16, "number"),
    (Bilingual("错误", "Errors"), 16, "number"),
    (Bilingual("其中严重", "Of these serious"), 16, "number"),
    (Bilingual("其中一般", "Of these normal"), 16, "number"),
    (Bilingual("核对提示", "Hints"), 16, "number"),
)
_WHOSE: tuple[tuple[str, int], ...] = (
    ("case", 36),
    ("case_name", 24),
    ("name", 16),
    ("department", 16),
    ("prosecutor", 16),
)
"""The columns of the error register that say whose card it is, called as the cards of the run call them, and their widths."""
_REGISTER: tuple[_Heading, ...] = (
    (Bilingual("案件类别", "Card"), 16, "text"),
    (Bilingual("错误明细", "Error"), 60, "text"),
    (Bilingual("规则编号", "Rule"), 10, "text"),
    (HEADINGS["severity"], 8, "text"),
    (HEADINGS["error_type"], 10, "text"),
    (HEADINGS["fields"], 30, "text"),
    (HEADINGS["values"], 40, "text"),
    (HEADINGS["basis"], 30, "text"),
    (HEADINGS["owner"], 16, "text"),
    (HEADINGS["file"], 24, "text"),
    (HEADINGS["sheet"], 12, "text"),
    (HEADINGS["sheet_row"], 16, "number"),
    (Bilingual("备注", "Remark"), 16, "text"),
)
"""The error register of the spec with our columns, those of whose card it is left out; 备注 is left for the office."""
_DEFINITION_HEADINGS: tuple[_Heading, ...] = (
    (Bilingual("名称", "Term"), 16, "text"),
    (Bilingual("说明", "Meaning"), 100, "text"),
)

SUMMARY_SHEET = Bilingual("汇总", "summary")
ALL_SHEET = Bilingual("全部问题", "all findings")
DEFINITIONS_SHEET = Bilingual("口径说明", "definitions")
TOTAL = Bilingual("合计", "total")
EVERYWHERE = Bilingual("全院", "all")
ALL_JUDGED = Bilingual("全部规则均已判断。", "Every rule was judged.")
NOT_COMPLETE = Bilingual(
    "注意：本次核查不完整，部分规则运行出错，不宜用于考评。",
    "Mind: this audit is not complete, some rules failed; not to be used for a performance review.",
)
DEFINITIONS = (
    (
        Bilingual("核查案件", "cases checked"),
        Bilingual(
            "期间内受理或者审结的案件；同一案件的审查逮捕卡、一审公诉卡、强制措施卡各计一件。没有部门受案号的行各计一件。",
            "Cases of the period by the items each card declares for it; every kind of card of one case counts once. A row without case number "
            "counts by itself.",
        ),
    ),
    (
        Bilingual("有错案件", "cases with errors"),
        Bilingual(
            "至少有一个错误（不含核对提示）的核查案件。比例一律以“分子／分母”两个数列出，不作排名。",
            "Cases checked with at least one error, hints not counted. Shares are given as two figures, part and whole; nobody is ranked.",
        ),
    ),
    (
        Bilingual("单位不明", "office unknown"),
        Bilingual(
            "承办单位为空或者不在机构名册上，又不能由部门唯一确定的案件；单列一行，计入合计，不计入任何院。",
            "Cases whose office is blank or none of the organisation, and can't be told by the department; a line of its own, part of the total "
            "and of no office.",
        ),
    ),
    (
        Bilingual("错误", "errors"),
        Bilingual(
            "违反规则、需要改正的填录问题，分“严重”和“一般”。",
            "Entries that break a rule and must be corrected: serious or normal.",
        ),
    ),
    (
        Bilingual("核对提示", "hints"),
        Bilingual(
            "请予核实的事项，不计入有错案件，不得据此减分。",
            "Matters to verify. They make no case one with errors and may cost nobody points.",
        ),
    ),
    (
        Bilingual("层级", "level"),
        Bilingual(
            "规则按“案”判断的，每案一条；按“人”或“行”判断的，每行一条；逐项判断的规则，每个违反的项一条。",
            "A rule that judges cases finds one error a case; one that judges persons or rows, one a row; one that judges items, one an item.",
        ),
    ),
    (
        Bilingual("不判断", "not judged"),
        Bilingual(
            "导出文件缺少列、日期或数字无法识别的，相关规则不判断，不计为错误；无法识别的内容由 V015、V018 报告。",
            "Where a column is missing or a date or figure can't be read, the rules on it do not judge and find no error; the load report names "
            "what could not be read.",
        ),
    ),
    (
        Bilingual("核实", "verified"),
        Bilingual(
            "经核实认定为非错误、且案卡值和规则此后未变的问题，不列入。规则暂停期间，其问题只作核对提示。",
            "What was verified as no error, and where neither card nor rule has changed since, is left out. While a rule is on hold its findings "
            "are hints.",
        ),
    ),
    (
        Bilingual("申辩", "disputes"),
        Bilingual(
            "每个问题列明规则编号、现值和依据；认为非错误的，向案件管理部门提出，由其核实。",
            "Every finding names its rule, values and basis; who holds it for no error tells case management, which verifies it.",
        ),
    ),
)


def summary_columns(language: Language) -> tuple[Column, ...]:
    """Of the sheet of figures."""
    return _columns(_SUMMARY, language)


def register_columns(language: Language, headings: Mapping[str, str]) -> tuple[Column, ...]:
    """Of the sheets of findings; `headings` are the run's."""
    return (*(Column(headings[name], width) for name, width in _WHOSE), *_columns(_REGISTER, language))


def definition_columns(language: Language) -> tuple[Column, ...]:
    """Of the sheet of definitions."""
    return _columns(_DEFINITION_HEADINGS, language)


def _columns(headings: Iterable[_Heading], language: Language) -> tuple[Column, ...]:
    return tuple(Column(title.in_language(language), width, kind) for title, width, kind in headings)
