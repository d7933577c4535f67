"""Which files the sample consists of: their names, as the case system and its users give them, and their shapes.

A name holds the words of its own card only; the records of extended custody are known by their headings.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from expectations.catalogue.cards import Card
from sample_data.writing.cell_text import DRILL_DOWN, HAND_KEPT, REGISTER, Manner
from sample_data.writing.export_files import CsvTable, ExportFile, HtmlTable, Workbook, case_headings, starred_headings

Shape = Literal["drill-down", "html", "csv", "csv-utf8"]


@dataclass(frozen=True)
class FileKind:
    """One export file of a card: name, shape, title and manner of writing values."""

    card: str
    name: str
    shape: Shape
    title: str
    manner: Manner = REGISTER


_TOTAL = "受理合计"
FILES = (
    FileKind(
        "arrest", f"审查逮捕案件010101表1行4列{_TOTAL}（人）.xlsx", "drill-down", "审查逮捕案件反查结果", DRILL_DOWN
    ),
    FileKind(
        "prosecution",
        f"一审公诉案件020101表1行19列{_TOTAL}（人）.xlsx",
        "drill-down",
        "一审公诉案件反查结果",
        DRILL_DOWN,
    ),
    FileKind(
        "prosecution",
        f"一审公诉案件020101表1行19列{_TOTAL}（人）续表.xls",
        "html",
        "一审公诉案件反查结果（续）",
        HAND_KEPT,
    ),
    FileKind("measure", "强制措施.csv", "csv", "强制措施"),
    FileKind(
        "second_instance", f"二审案件030101表1行2列{_TOTAL}（人）.xlsx", "drill-down", "二审案件反查结果", DRILL_DOWN
    ),
    FileKind("pil", f"公益诉讼案件040101表1行3列{_TOTAL}（件）.xlsx", "drill-down", "公益诉讼案件反查结果", DRILL_DOWN),
    FileKind(
        "civil", f"民事检察案件050101表1行2列{_TOTAL}（件）.xlsx", "drill-down", "民事检察案件反查结果", DRILL_DOWN
    ),
    FileKind(
        "admin", f"行政检察案件060101表1行2列{_TOTAL}（件）.xlsx", "drill-down", "行政检察案件反查结果", DRILL_DOWN
    ),
    FileKind(
        "petition", f"控告申诉案件070101表1行2列{_TOTAL}（件）.xlsx", "drill-down", "控告申诉案件反查结果", DRILL_DOWN
    ),
    FileKind("execution", "刑事执行检察案件.csv", "csv", "刑事执行检察案件"),
    FileKind("suggestion", "检察建议.csv", "csv-utf8", "检察建议"),
    FileKind("hearing", "听证.csv", "csv", "听证"),
    FileKind("supervision", "立案和侦查活动监督.csv", "csv-utf8", "立案和侦查活动监督"),
    FileKind("juvenile", "未检案件.csv", "csv", "未检案件"),
    FileKind("extension", "延长侦查羁押期限.csv", "csv-utf8", "延长侦查羁押期限"),
)
"""The files of a sample; of two files of one card the first is the main one."""


def open_export(kind: FileKind, card: Card, folder: Path, as_of: date) -> ExportFile:
    """The file, still to be entered, with the headings its shape has."""
    path = folder / kind.name
    if kind.shape == "drill-down":
        return Workbook(path, case_headings(card), kind.title, as_of)
    if kind.shape == "html":
        return HtmlTable(path, starred_headings(card), kind.title, as_of)
    coding = "utf-8-sig" if kind.shape == "csv-utf8" else "gb18030"
    return CsvTable(path, [field.header for field in card.fields], kind.title, as_of, coding)
