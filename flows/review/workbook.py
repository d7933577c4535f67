"""The workbook of a review batch: summary, a sheet per department and per prosecutor, every finding, definitions.

Reads temp tables `checked` and `findings` as `review_batch.select_period` left them.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from expectations.finding.departments import department_order
from expectations.finding.labels import NOT_FILLED, case_word, office_word, owner_word, severity_word
from expectations.finding.masks import Masks
from expectations.run.figures import NO_OFFICES, Line, by, figure_lines, total
from expectations.run.findings import masks_of
from expectations.store.offices import Offices
from expectations.workbooks import Column, Sheet, write_workbook
from flows.review.periods import Period

SUMMARY = (
    Column("院", 24),
    Column("部门", 24),
    Column("检察官"),
    Column("核查案件数（分母）", kind="number"),
    Column("有错案件数（分子）", kind="number"),
    Column("错误", kind="number"),
    Column("其中严重", kind="number"),
    Column("其中一般", kind="number"),
    Column("核对提示", kind="number"),
)
REGISTER = (
    Column("部门受案号", 36),
    Column("案件名称", 24),
    Column("嫌疑人姓名"),
    Column("承办部门"),
    Column("承办检察官"),
    Column("案件类别"),
    Column("错误明细", 60),
    Column("规则编号", 10),
    Column("级别", 8),
    Column("错误类型", 10),
    Column("案卡项", 30),
    Column("现值", 40),
    Column("依据", 30),
    Column("填录责任人"),
    Column("导出文件", 24),
    Column("工作表", 12),
    Column("行", kind="number"),
    Column("备注"),
)
"""The error register of the spec with our columns; 备注 is left for the office."""
_TITLES = tuple(column.title for column in REGISTER)

_WITH_NAMES = """
create temp table with_names as
select f.*, k.title_zh as card_title, coalesce(f.department, '（未填）') as department_name,
  coalesce(f.prosecutor, '（未填）') as prosecutor_name,
  (select any_value(n.name) from files n where n.file_no = f.file_no) as file,
  (select string_agg(i.header, '、' order by i.no) from fields i where i.card = f.card and list_contains(string_split(f.fields, '|'), i.name)) as headers
from findings f left join cards_known k on k.card = f.card
"""
_LINES = """
select card, bmsah, coalesce(sheet, ''), coalesce(sheet_row, 0), case_name, name, department, prosecutor, card_title, message, rule_id,
  case when is_hint then 'hint' else severity end,
  error_type, headers, "values", basis,
  owner, file, sheet, sheet_row, ''
from with_names where {condition} order by is_hint, department, prosecutor, bmsah, rule_id, card_row
"""
DEFINITIONS = (
    (
        "核查案件",
        "期间内受理或者审结的案件；同一案件的审查逮捕卡、一审公诉卡、强制措施卡各计一件。没有部门受案号的行各计一件。",
    ),
    ("有错案件", "至少有一个错误（不含核对提示）的核查案件。比例一律以“分子／分母”两个数列出，不作排名。"),
    ("单位不明", "承办单位为空或者不在机构名册上，又不能由部门唯一确定的案件；单列一行，计入合计，不计入任何院。"),
    ("错误", "违反规则、需要改正的填录问题，分“严重”和“一般”。"),
    ("核对提示", "请予核实的事项，不计入有错案件，不得据此减分。"),
    ("层级", "规则按“案”判断的，每案一条；按“人”或“行”判断的，每行一条；逐项判断的规则，每个违反的项一条。"),
    ("不判断", "导出文件缺少列、日期或数字无法识别的，相关规则不判断，不计为错误；无法识别的内容由 V015、V018 报告。"),
    ("核实", "经核实认定为非错误、且案卡值和规则此后未变的问题，不列入。规则暂停期间，其问题只作核对提示。"),
    ("申辩", "每个问题列明规则编号、现值和依据；认为非错误的，向案件管理部门提出，由其核实。"),
)


def write_review(con: duckdb.DuckDBPyConnection, period: Period, target: Path, offices: Offices = NO_OFFICES) -> None:
    """Writes the workbook to `target`."""
    con.execute(_WITH_NAMES)
    notes = _notes(con, period)
    write_workbook(target, _sheets(con, notes, offices))


def _sheets(con: duckdb.DuckDBPyConnection, notes: Sequence[str], offices: Offices) -> Iterator[Sheet]:
    """The sheets in their order, each asked for when the one before is written."""
    split = by(figure_lines(con, offices), "office", "department", "prosecutor")
    yield Sheet("汇总", SUMMARY, [*_totals(split), *map(_row, split)], notes)
    for department in sorted({line.department for line in split}, key=department_order):
        name = department or NOT_FILLED
        yield Sheet(name, REGISTER, _lines(con, "department_name = ?", [name]))
    for line in by(split, "department", "prosecutor"):
        names = [line.department or NOT_FILLED, line.prosecutor or NOT_FILLED]
        lines = _lines(con, "department_name = ? and prosecutor_name = ?", names)
        yield Sheet(names[1], REGISTER, lines, [" ".join(names)])
    yield Sheet("全部问题", REGISTER, _lines(con, "true", []))
    yield Sheet("口径说明", (Column("名称"), Column("说明", 100)), DEFINITIONS)


def _row(line: Line) -> tuple[object, ...]:
    whose = (office_word(line.office), line.department or NOT_FILLED, line.prosecutor or NOT_FILLED)
    return (*whose, line.checked, line.with_errors, line.errors, line.serious, line.normal, line.hints)


def _totals(split: Sequence[Line]) -> list[tuple[object, ...]]:
    """A total of all and one per department, summed from the rows per prosecutor."""
    counts = slice(3, None)
    departments = [(*_row(line)[:2], "合计", *_row(line)[counts]) for line in by(split, "office", "department")]
    return [("", "全院", "合计", *_row(total(split))[counts]), *departments]


def _notes(con: duckdb.DuckDBPyConnection, period: Period) -> list[str]:
    row = con.execute("select run_id, as_of, status, catalogue_hash, input_hash from runs").fetchall()[0]
    run_id, as_of, status, catalogue_hash, input_hash = row
    left_out = con.execute("select count(distinct rule_id) from judgements where state <> 'judged'").fetchall()[0][0]
    notes = [
        f"案卡质量核查汇总 {period.name}（{period.first:%Y-%m-%d} 至 {period.last:%Y-%m-%d} 受理或者审结）",
        f"核查批次 {run_id}，核查日 {as_of:%Y-%m-%d}；规则版本 {catalogue_hash[:12]}，数据版本 {input_hash[:12]}；同样的数据、规则和核查日得到同样的结果。",
        f"有 {left_out} 条规则全部或部分未判断（缺少列或案卡未载入）。" if left_out else "全部规则均已判断。",
    ]
    if status != "complete":
        notes.append("注意：本次核查不完整，部分规则运行出错，不宜用于考评。")
    return notes


def _lines(con: duckdb.DuckDBPyConnection, condition: str, values: Sequence[object]) -> list[tuple[object, ...]]:
    """The register lines; identity numbers and phones are masked, since a review workbook travels."""
    masks = replace(masks_of(con), off=False)
    rows = con.execute(_LINES.format(condition=condition), list(values)).fetchall()
    return [
        _line(dict(zip(("card", *_TITLES), (card, case_word(bmsah or "", *place).zh, *others), strict=True)), masks)
        for card, bmsah, *place, others in ((*row[:4], row[4:]) for row in rows)
    ]


def _line(values_by_title: dict[str, object], masks: Masks) -> tuple[object, ...]:
    """A line in words, masked."""
    card, present = str(values_by_title.pop("card")), json.loads(str(values_by_title["现值"]))
    secrets = [text for name, text in present.items() if text and masks.holds_number(card, name)]
    values_by_title |= {title: masks.text(str(values_by_title[title]), secrets) for title in ("错误明细", "现值")}
    values_by_title |= {
        "级别": severity_word(str(values_by_title["级别"])),
        "填录责任人": owner_word(str(values_by_title["填录责任人"])).zh,
    }
    return tuple(values_by_title.values())
