"""Published files made by hand, one a night, so that the life of a finding can be told without an audit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from expectations.finding.columns import COLUMNS, selected
from expectations.run.schema import card_table, create_run

OFFICE = "汉东市示例区人民检察院"
OPTIONAL = "supp_transfer_date"
"""An item that both rules read if its column is there."""


@dataclass(frozen=True)
class Wrong:
    """A finding: rule C001 on a person of a case, unless said otherwise."""

    finding_id: str = "f1"
    rule_id: str = "C001"
    bmsah: str = "案1"
    suspect_no: str = "人1"
    values: Mapping[str, str | None] = field(default_factory=lambda: {"ps_charge": None})
    rule_print: str = "r1"
    level: str = "person"
    department: str = "第一检察部"
    prosecutor: str = "示检甲"
    office: str = OFFICE
    severity: str = "serious"
    is_hint: bool = False
    owner: str = "handler"
    card: str = "prosecution"
    values_print: str = ""
    """The fingerprint of what the rule read, its own for other values unless said."""


@dataclass(frozen=True)
class Row:
    """A card row of the export."""

    bmsah: str = "案1"
    suspect_no: str = "人1"
    department: str = "第一检察部"
    prosecutor: str = "示检甲"
    office: str = OFFICE
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Night:
    """A run: its day, its findings, its rows; `rules` are the fingerprints of the rules in use."""

    day: date = date(2026, 6, 1)
    wrong: tuple[Wrong, ...] = ()
    rows: tuple[Row, ...] = (Row(),)
    rules: Mapping[str, str] = field(default_factory=lambda: {"C001": "r1", "C002": "r1"})
    not_judged: tuple[str, ...] = ()
    in_error: tuple[str, ...] = ()
    switched_off: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    """Exports that could not be loaded, with the reason."""
    absent: tuple[str, ...] = ()
    """Items the export has no column for."""

    def on(self, day: int, **changed: object) -> "Night":
        """Another night of June 2026."""
        return replace(self, day=date(2026, 6, day), **changed)  # type: ignore[arg-type]

    def publish(self, folder: Path) -> Path:
        """Writes the file."""
        file = folder / f"{len(list(folder.glob('*.duckdb'))):06}.duckdb"
        with duckdb.connect(str(file)) as con:
            create_run(con)
            con.execute(card_table("prosecution", {"bmsah": "varchar"}).create())
            con.execute("insert into cards_known values ('prosecution', '一审公诉', 'prosecution')")
            run = f"{self.day:%Y%m%d}-{file.stem}"
            con.execute(
                "insert into runs (run_id, as_of, started_at, status) values (?, ?, ?, 'complete')",
                [run, self.day, datetime.combine(self.day, datetime.min.time())],
            )
            self._fill(con)
        return file

    def _fill(self, con: duckdb.DuckDBPyConnection) -> None:
        for number, row in enumerate(self.rows):
            con.execute(
                "insert into cards.prosecution (_row, _file, _unreadable, bmsah) values (?, 0, ?, ?)",
                [number, list(row.unreadable) or None, row.bmsah],
            )
            con.execute(
                "insert into card_rows values ('prosecution', ?, ?, ?, '某', '某案', ?, ?, ?, 's', 2)",
                [number, row.bmsah, row.suspect_no, row.office, row.department, row.prosecutor],
            )
        con.execute(
            "insert into checked select card, office, department, prosecutor, bmsah, count(*) from card_rows group by all"
        )
        for rule, fingerprint in self.rules.items():
            con.execute(
                "insert into rules (rule_id, fingerprint, switched_off, title_zh, title_en, how_to_fill, how_to_fill_en) "
                "values (?, ?, ?, ?, ?, '怎样填', 'how to fill')",
                [rule, fingerprint, "停用" if rule in self.switched_off else None, f"规则{rule}", f"rule {rule}"],
            )
            state = "error" if rule in self.in_error else "not_judged" if rule in self.not_judged else "judged"
            con.execute(
                "insert into judgements (rule_id, card, state, needed, parsed) values (?, 'prosecution', ?, ?, ?)",
                [rule, state, ["ps_charge"], ["ps_charge", OPTIONAL]],
            )
        for number, (name, reason) in enumerate(self.refused.items(), 1):
            con.execute(
                "insert into files (file_no, name, status, reason, reason_en) values (?, ?, 'refused', ?, 'no table')",
                [number, name, reason],
            )
        for name in self.absent:
            con.execute("insert into missing_columns values (0, 's', 'prosecution', ?)", [name])
        if self.wrong:
            lines = [_line(wrong) for wrong in self.wrong]
            marks = ", ".join("?" * len(lines[0]))
            con.executemany(
                f"insert into findings ({selected(tuple(lines[0]))}) values ({marks})",
                [list(line.values()) for line in lines],
            )


def _line(wrong: Wrong) -> dict[str, object]:
    values = json.dumps(wrong.values, ensure_ascii=False)
    own = {name: getattr(wrong, name) for name in COLUMNS.keys() & {attribute.name for attribute in fields(wrong)}}
    return own | {
        "run_id": "run",
        "rule_fingerprint": wrong.rule_print,
        "values_fingerprint": wrong.values_print or f"{'anka 0.2':16}{values}",
        "error_type": "漏填",
        "case_name": "某案",
        "name": "某",
        "fields": "|".join(wrong.values),
        "values": values,
        "message": f"{wrong.rule_id} 有误",
        "message_en": f"{wrong.rule_id} is wrong",
        "basis": "规定",
        "file_no": 0,
        "sheet": "s",
        "sheet_row": 2,
        "card_row": 0,
    }
