"""The workbook of a review batch: summary, a sheet per department and per prosecutor, every finding, definitions.

Reads temp tables `checked` and `findings` as `review_batch.select_period` left them.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from expectations.finding.labels import OWNER_WORDS, severity_word
from expectations.finding.masks import Masks
from expectations.run.findings import masks_of
from expectations.run.published import DEPARTMENT_FIGURES, department_order
from expectations.workbooks import Column, Sheet, write_workbook
from flows.review.periods import Period

SUMMARY = (
    Column("部门", 24), Column("检察官"), Column("核查案件数（分母）", kind="number"), Column("有错案件数（分子）", kind="number"),
    Column("错误", kind="number"), Column("其中严重", kind="number"), Column("其中一般", kind="number"), Column("核对提示", kind="number"),
)  # fmt: skip
REGISTER = (
    Column("部门受案号", 36), Column("案件名称", 24), Column("嫌疑人姓名"), Column("承办部门"), Column("承办检察官"), Column("案件类别"),
    Column("错误明细", 60), Column("规则编号", 10), Column("级别", 8), Column("错误类型", 10), Column("案卡项", 30), Column("现值", 40),
    Column("依据", 30), Column("填录责任人"), Column("备注"),
)  # fmt: skip
"""The error register of the spec with our columns; 备注 is left for the office."""
_TITLES = tuple(column.title for column in REGISTER)

_NAMED = """
create temp table named as
select f.*, k.title_zh as card_title, coalesce(f.department, '（未填）') as department_name,
  coalesce(f.prosecutor, '（未填）') as prosecutor_name,
  (select string_agg(i.header, '、' order by i.no) from fields i where i.card = f.card and list_contains(string_split(f.fields, '|'), i.name)) as headers
from findings f left join cards_known k on k.card = f.card
"""
_BY_PERSON = f"""
with people as (
  select coalesce(department, '（未填）') as department, coalesce(prosecutor, '（未填）') as prosecutor, count(*) as cases
  from checked group by all
), found as (
  select department_name as department, prosecutor_name as prosecutor,
    count(distinct (card, coalesce(bmsah, card_row::varchar))) filter (where not is_hint) as wrong,
    count(*) filter (where not is_hint) as errors,
    count(*) filter (where not is_hint and severity = 'serious') as serious,
    count(*) filter (where not is_hint and severity <> 'serious') as normal,
    count(*) filter (where is_hint) as hints
  from named group by all
)
select department, prosecutor, coalesce(cases, 0), coalesce(wrong, 0), coalesce(errors, 0), coalesce(serious, 0),
  coalesce(normal, 0), coalesce(hints, 0)
from people full join found using (department, prosecutor) order by {department_order()}, prosecutor
"""
_LINES = """
select card, bmsah, case_name, name, department, prosecutor, card_title, message, rule_id,
  case when is_hint then 'hint' else severity end,
  error_type, headers, "values", basis,
  owner, ''
from named where {condition} order by is_hint, department, prosecutor, bmsah, rule_id, card_row
"""
DEFINITIONS = (
    (
        "核查案件",
        "期间内受理或者审结的案件；同一案件的审查逮捕卡、一审公诉卡、强制措施卡各计一件。没有部门受案号的行各计一件。",
    ),
    ("有错案件", "至少有一个错误（不含核对提示）的核查案件。比例一律以“分子／分母”两个数列出，不作排名。"),
    ("错误", "违反规则、需要改正的填录问题，分“严重”和“一般”。"),
    ("核对提示", "请予核实的事项，不计入有错案件，不得据此减分。"),
    ("层级", "规则按“案”判断的，每案一条；按“人”或“行”判断的，每行一条；逐项判断的规则，每个违反的项一条。"),
    ("不判断", "导出文件缺少列、日期或数字无法识别的，相关规则不判断，不计为错误；无法识别的内容由 V015、V018 报告。"),
    ("核实", "经核实认定为非错误、且案卡值和规则此后未变的问题，不列入。规则暂停期间，其问题只作核对提示。"),
    ("申辩", "每个问题列明规则编号、现值和依据；认为非错误的，向案件管理部门提出，由其核实。"),
)


def write_review(con: duckdb.DuckDBPyConnection, period: Period, target: Path) -> None:
    """Writes the workbook to `target`."""
    con.execute(_NAMED)
    notes = _notes(con, period)
    write_workbook(target, _sheets(con, notes))


def _sheets(con: duckdb.DuckDBPyConnection, notes: Sequence[str]) -> Iterator[Sheet]:
    """The sheets in their order, each asked for when the one before is written."""
    departments = con.execute(DEPARTMENT_FIGURES).fetchall()
    split = con.execute(_BY_PERSON).fetchall()
    yield Sheet("汇总", SUMMARY, [*_department_rows(split), *split], notes)
    for department, *_ in departments:
        yield Sheet(department, REGISTER, _lines(con, "department_name = ?", [department]))
    for department, prosecutor, *_ in split:
        lines = _lines(con, "department_name = ? and prosecutor_name = ?", [department, prosecutor])
        yield Sheet(prosecutor, REGISTER, lines, [f"{department} {prosecutor}"])
    yield Sheet("全部问题", REGISTER, _lines(con, "true", []))
    yield Sheet("口径说明", (Column("名称"), Column("说明", 100)), DEFINITIONS)


def _department_rows(split: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    """A total per department and one of all, summed from the rows per prosecutor."""

    def total(name: str, rows: Sequence[Sequence[object]]) -> tuple[object, ...]:
        return (name, "合计", *(sum(int(str(row[column])) for row in rows) for column in range(2, len(SUMMARY))))

    departments = list(dict.fromkeys(str(row[0]) for row in split))
    return [total("全院", split), *(total(name, [row for row in split if row[0] == name]) for name in departments)]


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
    return [_line(dict(zip(("card", *_TITLES), row, strict=True)), masks) for row in rows]


def _line(named: dict[str, object], masks: Masks) -> tuple[object, ...]:
    """A line in words, masked."""
    card, present = str(named.pop("card")), json.loads(str(named["现值"]))
    secrets = [text for name, text in present.items() if text and masks.holds_number(card, name)]
    named |= {column: masks.text(str(named[column]), secrets) for column in ("错误明细", "现值")}
    named |= {"级别": severity_word(str(named["级别"])), "填录责任人": OWNER_WORDS[str(named["填录责任人"])][0]}
    return tuple(named.values())
