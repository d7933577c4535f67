"""Writes built matters into the export files of the sample and keeps the truth table and the counts."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Self

from expectations import load_catalogue
from sample_data.cell_text import DRILL_DOWN, HAND_KEPT, REGISTER, CellText
from sample_data.export_files import CsvTable, ExportFile, HtmlTable, Workbook, case_headings, starred_headings
from sample_data.matter import Matter, Planted

HTML_SHARE = 0.12
ARREST_FILE = "审查逮捕案件010101表1行4列受理合计（人）.xlsx"
PROSECUTION_FILE = "一审公诉案件020101表1行19列受理合计（人）.xlsx"
PROSECUTION_HTML_FILE = "一审公诉案件020101表1行19列受理合计（人）续表.xls"
MEASURE_FILE = "强制措施.csv"
TRUTH_FILE = "planted.csv"


@dataclass(frozen=True)
class SampleSummary:
    """What was generated: files and counts."""

    exports: tuple[Path, ...]
    truth: Path
    prosecution_cases: int
    prosecution_suspects: int
    arrest_cases: int
    arrest_suspects: int
    measures: int
    planted_cases: int
    planted_findings: int
    planted_rules: int


class SampleWriter:
    """Writes matters into the export files and keeps the truth."""

    def __init__(self, out: Path, as_of: date) -> None:
        catalogue = load_catalogue()
        cards = catalogue.cards
        folder = out / "exports"
        arrest, prosecution, measure = cards["arrest"], cards["prosecution"], cards["measure"]
        self.truth_path = out / TRUTH_FILE
        self.files: dict[str, ExportFile] = {
            "arrest": Workbook(folder / ARREST_FILE, case_headings(arrest), "审查逮捕案件反查结果", as_of),
            "prosecution": Workbook(
                folder / PROSECUTION_FILE, case_headings(prosecution), "一审公诉案件反查结果", as_of
            ),
            "html": HtmlTable(
                folder / PROSECUTION_HTML_FILE, starred_headings(prosecution), "一审公诉案件反查结果（续）", as_of
            ),
            "measure": CsvTable(folder / MEASURE_FILE, [field.header for field in measure.fields], "强制措施", as_of),
        }
        self.texts = {
            "arrest": CellText(catalogue, arrest, DRILL_DOWN),
            "prosecution": CellText(catalogue, prosecution, DRILL_DOWN),
            "html": CellText(catalogue, prosecution, HAND_KEPT),
            "measure": CellText(catalogue, measure, REGISTER),
        }
        self.planted: list[Planted] = []
        self.planted_cases = 0
        self.cases = {"arrest": 0, "prosecution": 0}

    def __enter__(self) -> Self:
        """Open all files."""
        for file in self.files.values():
            file.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Close all files and write the truth table."""
        for file in self.files.values():
            file.__exit__(None, None, None)
        write_truth(self.truth_path, self.planted)

    def add(self, matter: Matter, planted: Sequence[Planted], rng: Random) -> None:
        """Write one matter: its prosecution case goes into one of the two files as a whole."""
        html = rng.random() < HTML_SHARE
        for card in ("arrest", "prosecution", "measure"):
            rows = matter.rows(card)
            file = "html" if html and card == "prosecution" else card
            for row in rows:
                self.files[file].write(self.texts[file].cells(row, bool(planted), rng))
            if card in self.cases and rows:
                self.cases[card] += 1
        self.planted += planted
        self.planted_cases += bool(planted)

    def summary(self) -> SampleSummary:
        """Files and counts of what was written."""
        return SampleSummary(
            exports=tuple(file.path for file in self.files.values()),
            truth=self.truth_path,
            prosecution_cases=self.cases["prosecution"],
            prosecution_suspects=self.files["prosecution"].rows + self.files["html"].rows,
            arrest_cases=self.cases["arrest"],
            arrest_suspects=self.files["arrest"].rows,
            measures=self.files["measure"].rows,
            planted_cases=self.planted_cases,
            planted_findings=len(self.planted),
            planted_rules=len({p.rule_id for p in self.planted}),
        )


def write_truth(path: Path, planted: Iterable[Planted]) -> None:
    """Write the truth table: one line per finding the audit must make, sorted."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["rule_id", "card", "bmsah", "suspect_no", "field"])
        table.writerows([p.rule_id, p.card, p.bmsah, p.suspect_no, p.field] for p in sorted(planted))
