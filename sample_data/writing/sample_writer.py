"""Writes built matters into the export files of the sample and keeps the truth tables and the counts."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Self

from expectations.catalogue.catalogues import load_catalogue
from sample_data.matter import Matter, Planted
from sample_data.writing.cell_text import CellText
from sample_data.writing.export_files import ExportFile
from sample_data.writing.export_names import FILES, FileKind, open_export

HTML_SHARE = 0.12
TRUTH_FILE = "planted.csv"
NEAR_FILE = "near_misses.csv"


@dataclass(frozen=True)
class SampleSummary:
    """What was generated: files and counts; `rows` are the rows of each card."""

    exports: tuple[Path, ...]
    truth: Path
    near_misses: Path
    prosecution_cases: int
    prosecution_suspects: int
    arrest_cases: int
    arrest_suspects: int
    measures: int
    planted_cases: int
    planted_findings: int
    planted_rules: int
    rows: Mapping[str, int]


class SampleWriter:
    """Writes matters into the export files and keeps the truth."""

    def __init__(self, out: Path, as_of: date) -> None:
        catalogue = load_catalogue()
        folder = out / "exports"
        self.truth_path, self.near_path = out / TRUTH_FILE, out / NEAR_FILE
        self.files: dict[FileKind, ExportFile] = {
            kind: open_export(kind, catalogue.cards[kind.card], folder, as_of) for kind in FILES
        }
        self.texts = {kind: CellText(catalogue, catalogue.cards[kind.card], kind.manner) for kind in FILES}
        self.main = {kind.card: kind for kind in reversed(FILES)}
        self.second = {kind.card: kind for kind in FILES if kind is not self.main[kind.card]}
        self.planted: list[Planted] = []
        self.near: list[Planted] = []
        self.planted_cases = 0
        self.cases = Counter[str]()

    def __enter__(self) -> Self:
        """Open all files."""
        for file in self.files.values():
            file.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Close all files and write the truth tables."""
        for file in self.files.values():
            file.__exit__(None, None, None)
        write_truth(self.truth_path, self.planted)
        write_truth(self.near_path, self.near)

    def add(self, matter: Matter, planted: Sequence[Planted], near: Sequence[Planted], rng: Random) -> None:
        """Write one matter; a card with two files gets all rows of a matter into one of them."""
        plain = bool(planted or near)
        kinds = self.main | self.second if rng.random() < HTML_SHARE else self.main
        for card, rows in matter.cards.items():
            kind = kinds[card]
            for row in rows:
                self.files[kind].write(self.texts[kind].cells(row, plain, rng))
            self.cases[card] += bool(rows)
        self.planted += planted
        self.near += near
        self.planted_cases += bool(planted)

    def summary(self) -> SampleSummary:
        """Files and counts of what was written."""
        rows = Counter[str]()
        for kind, file in self.files.items():
            rows[kind.card] += file.rows
        return SampleSummary(
            exports=tuple(file.path for file in self.files.values()),
            truth=self.truth_path,
            near_misses=self.near_path,
            prosecution_cases=self.cases["prosecution"],
            prosecution_suspects=rows["prosecution"],
            arrest_cases=self.cases["arrest"],
            arrest_suspects=rows["arrest"],
            measures=rows["measure"],
            planted_cases=self.planted_cases,
            planted_findings=len(self.planted),
            planted_rules=len({p.rule_id for p in self.planted}),
            rows=dict(rows),
        )


def write_truth(path: Path, planted: Iterable[Planted]) -> None:
    """Write a truth table: one line per finding the audit must (or must not) make, sorted."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["rule_id", "card", "bmsah", "suspect_no", "field"])
        table.writerows([p.rule_id, p.card, p.bmsah, p.suspect_no, p.field] for p in sorted(planted))
