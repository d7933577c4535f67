"""Published files made by hand, one a night, so that the life of a finding can be told without an audit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import duckdb

OFFICE = "汉东市示例区人民检察院"


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
    absent: tuple[str, ...] = ()
    """Items the export has no column for."""

    def on(self, day: int, **changed: object) -> "Night":
        """Another night of June 2026."""
        return replace(self, day=date(2026, 6, day), **changed)  # type: ignore[arg-type]

    def publish(self, folder: Path) -> Path:
        """Writes the file."""
        file = folder / f"{len(list(folder.glob('*.duckdb'))):06}.duckdb"
        with duckdb.connect(str(file)) as con:
            con.execute(_TABLES)
            run = f"{self.day:%Y%m%d}-{file.stem}"
            con.execute(
                "insert into runs values (?, ?, ?, 'complete')",
                [run, self.day, datetime.combine(self.day, datetime.min.time())],
            )
            self._fill(con)
        return file

    def _fill(self, con: duckdb.DuckDBPyConnection) -> None:
        for number, row in enumerate(self.rows):
            con.execute(
                "insert into cards.prosecution values (?, 0, ?, ?)", [number, list(row.unreadable) or None, row.bmsah]
            )
            con.execute(
                "insert into card_rows values ('prosecution', ?, ?, ?, '某', '某案', ?, ?, ?)",
                [number, row.bmsah, row.suspect_no, row.office, row.department, row.prosecutor],
            )
        con.execute(
            "insert into checked select card, office, department, prosecutor, bmsah, count(*) from card_rows group by all"
        )
        for rule, fingerprint in self.rules.items():
            con.execute(
                "insert into rules values (?, ?, ?, ?, ?, '怎样填', 'how to fill')",
                [rule, fingerprint, "停用" if rule in self.switched_off else None, f"规则{rule}", f"rule {rule}"],
            )
            state = "error" if rule in self.in_error else "not_judged" if rule in self.not_judged else "judged"
            con.execute("insert into judgements values (?, 'prosecution', null, ?)", [rule, state])
        for name in self.absent:
            con.execute("insert into missing_columns values (0, 's', 'prosecution', ?)", [name])
        if self.wrong:
            con.executemany(
                f"insert into findings values ({', '.join('?' * 27)})", [_line(wrong) for wrong in self.wrong]
            )


def _line(wrong: Wrong) -> Sequence[object]:
    values = json.dumps(wrong.values, ensure_ascii=False)
    return [
        "run", wrong.finding_id, wrong.rule_id, wrong.rule_print, values, wrong.severity, "漏填", wrong.is_hint, wrong.card, wrong.level,
        wrong.bmsah, wrong.suspect_no, "某案", "某", wrong.office, wrong.department, wrong.prosecutor, wrong.owner, "|".join(wrong.values),
        values, f"{wrong.rule_id} 有误", f"{wrong.rule_id} is wrong", "规定", 0, "s", 2, 0,
    ]  # fmt: skip


_TABLES = """
create schema cards;
create table runs (run_id varchar, as_of date, started_at timestamp, status varchar);
create table cards_known as select 'prosecution' as card, '一审公诉' as title_zh, 'prosecution' as title_en;
create table cards.prosecution (_row bigint, _file integer, _unreadable varchar[], bmsah varchar);
create table card_rows (card varchar, card_row bigint, bmsah varchar, suspect_no varchar, name varchar, case_name varchar,
  office varchar, department varchar, prosecutor varchar);
create table checked (card varchar, office varchar, department varchar, prosecutor varchar, bmsah varchar, card_rows bigint);
create table rules (rule_id varchar, fingerprint varchar, switched_off varchar, title_zh varchar, title_en varchar,
  how_to_fill varchar, how_to_fill_en varchar);
create table judgements (rule_id varchar, card varchar, field varchar, state varchar);
create table missing_columns (file_no integer, sheet varchar, card varchar, field varchar);
create table due (rule_id varchar, card varchar, bmsah varchar, suspect_no varchar, name varchar, case_name varchar, office varchar,
  department varchar, prosecutor varchar, owner varchar, last_day date, days_left integer, grade varchar, card_row bigint);
create table findings (run_id varchar, finding_id varchar, rule_id varchar, rule_fingerprint varchar, values_fingerprint varchar,
  severity varchar, error_type varchar, is_hint boolean, card varchar, level varchar, bmsah varchar, suspect_no varchar,
  case_name varchar, name varchar, office varchar, department varchar, prosecutor varchar, owner varchar, fields varchar,
  "values" varchar, message varchar, message_en varchar, basis varchar, file_no integer, sheet varchar, sheet_row bigint, card_row bigint);
"""
