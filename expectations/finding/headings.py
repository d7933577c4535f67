"""What the columns of findings and warnings are called where people read them; the name of a column is for programs.

`case` and `person` stand for `bmsah` and `suspect_no`: other trades have other numbers, and a card's own name for them goes before these.
"""

from collections.abc import Mapping

from expectations.texts import Bilingual

HANDED_OUT: Mapping[str, str] = {"bmsah": "case", "suspect_no": "person"}
"""Columns that go by another name where they leave the run."""

HEADINGS: Mapping[str, Bilingual] = {
    "change": Bilingual("变化", "Change"),
    "run_id": Bilingual("核查批次", "Run"),
    "rule_id": Bilingual("规则", "Rule"),
    "severity": Bilingual("级别", "Severity"),
    "error_type": Bilingual("错误类型", "Error type"),
    "card": Bilingual("案卡", "Card"),
    "case": Bilingual("案号", "Case number"),
    "person": Bilingual("人员编号", "Person number"),
    "name": Bilingual("姓名", "Name"),
    "case_name": Bilingual("案件名称", "Case"),
    "office": Bilingual("承办单位", "Office"),
    "department": Bilingual("部门", "Department"),
    "prosecutor": Bilingual("承办人", "In charge"),
    "owner": Bilingual("填录责任人", "Filled by"),
    "fields": Bilingual("案卡项", "Items"),
    "values": Bilingual("现值", "Present values"),
    "message": Bilingual("问题", "Problem"),
    "how_to_fill": Bilingual("正确填法", "How to fill"),
    "basis": Bilingual("依据", "Basis"),
    "finding_id": Bilingual("问题编号", "Finding"),
    "file": Bilingual("导出文件", "File"),
    "sheet": Bilingual("工作表", "Sheet"),
    "sheet_row": Bilingual("行", "Row"),
    "days_left": Bilingual("剩余日数", "Days left"),
    "last_day": Bilingual("期限届满日", "Last day"),
    "grade": Bilingual("预警等级", "Grade"),
    "title": Bilingual("期限规则", "Limit"),
}
"""By the name of the column; items in a role by the role."""
