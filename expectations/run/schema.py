"""What a published run holds: every table with its columns, declared once. Whoever writes a table creates it from here, whoever
opens a run compares it with this.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from expectations.errors import InputError
from expectations.finding.columns import COLUMNS
from expectations.texts import Bilingual


@dataclass(frozen=True)
class Table:
    """A table of a run. `owned`: its rows say whose they are, by office, department and prosecutor."""

    name: str
    holds: str
    columns: Mapping[str, str]
    """DuckDB type by column, in order."""

    @property
    def owned(self) -> bool:
        """Whether its rows say whose they are."""
        return self.columns.keys() >= {"office", "department", "prosecutor"}

    def declared(self) -> str:
        """Columns and types, as a CREATE TABLE has them."""
        return ", ".join(f'"{name}" {kind}' for name, kind in self.columns.items())

    def create(self, place: str = "") -> str:
        """The statement that makes it, empty; `place` is a schema or an attached file."""
        return f"create or replace table {place}{'.' if place else ''}{self.name} ({self.declared()})"


def _table(name: str, holds: str, columns: str) -> Table:
    """`columns` as SQL writes them: name, type, comma."""
    parts = (part.strip().split(" ", 1) for part in columns.split(","))
    return Table(name, holds, dict(map(tuple, parts)))  # type: ignore[arg-type]


RUNS = _table(
    "runs",
    "The run, in one row: what identifies it, when it ran, how many rows it read, whether every rule could be computed.",
    """run_id varchar, as_of date, started_at timestamp, finished_at timestamp, catalogue_hash varchar, input_hash varchar,
    version varchar, loaded_by varchar, status varchar, rows_read bigint, rows_loaded bigint, rows_rejected bigint""",
)
STAGES = _table("stages", "Wall time and peak memory of every stage.", "stage varchar, seconds double, peak_mb double")
PACKS = _table(
    "packs",
    "The packs of the catalogue, the bundled one first.",
    "pack varchar, title varchar, title_en varchar, version varchar",
)
RULES = _table(
    "rules",
    "The rules as they stood on the audit date, with their texts, their fingerprint and why they are switched off.",
    """rule_id varchar, cards varchar, theme varchar, level varchar, kind varchar, severity varchar, error_type varchar,
    is_hint boolean, title_zh varchar, title_en varchar, message_zh varchar, message_en varchar, why varchar, why_en varchar,
    how_to_fill varchar, how_to_fill_en varchar, false_alarms varchar, false_alarms_en varchar, basis varchar, owner varchar,
    fields varchar, applies_when varchar, must_hold varchar, note varchar, needs varchar, params varchar, release bigint,
    accepted varchar, violating varchar, fingerprint varchar, pack varchar,
    switched_off varchar, off_since date""",
)
RULE_HISTORY = _table(
    "rule_history",
    "What every rule came to in every run of this home.",
    "rule_id varchar, fingerprint varchar, run_id varchar, as_of date, judged boolean, findings bigint",
)
JUDGEMENTS = _table(
    "judgements",
    """Every rule on every card and item it judges: judged, not_judged or error, with the reason, or what was merged before a duplicate
    rule judged; rows violated, findings made.
    `needed`: items whose column it can't be judged without; `parsed`: items an unreadable cell of which makes it silent; both of loaded cards.""",
    """rule_id varchar, card varchar, field varchar, state varchar, reason varchar, reason_en varchar, rows_violated bigint,
    findings bigint, needed varchar[], parsed varchar[]""",
)
FIELDS = _table(
    "fields",
    "The items of every card. `role`: what it says of its row, blank for none; `in_period`: its day says whether a row belongs to a period under review.",
    """card varchar, no bigint, name varchar, header varchar, label_en varchar, section varchar, section_en varchar,
    type varchar, unit varchar, level varchar, required varchar, filled_by varchar, role varchar, in_period boolean""",
)
CARDS_KNOWN = _table("cards_known", "The card types.", "card varchar, title_zh varchar, title_en varchar")
FILES = _table(
    "files",
    "The sheets of the exports: what each was taken for, loaded, ignored or refused and why, and its rows by what became of them.",
    """file_no integer, name varchar, sha256 varchar, sheet varchar, card varchar, status varchar, reason varchar, reason_en varchar,
    header_row integer, rows_read bigint, rows_loaded bigint, rows_rejected bigint, rows_header_copy bigint, rows_total bigint,
    rows_footer bigint, rows_column_numbers bigint, rows_blank bigint, rows_duplicate bigint, rows_replaced bigint,
    rows_malformed bigint""",
)
FILE_COLUMNS = _table(
    "file_columns",
    "The headings of every sheet and the item each was matched with, blank for none; its cells below the first of merged ones.",
    "file_no integer, sheet varchar, position integer, header varchar, field varchar, matched_by varchar, merged_cells bigint,"
    " filled_down boolean",
)
MISSING_COLUMNS = _table(
    "missing_columns",
    "The items a sheet has no column for.",
    "file_no integer, sheet varchar, card varchar, field varchar",
)
UNREADABLE_CELLS = _table(
    "unreadable_cells",
    "Cells that are filled and could not be read as their type, as they stood.",
    "file_no integer, sheet varchar, sheet_row bigint, card varchar, field varchar, text varchar",
)
EXPORT_ARTEFACTS = _table(
    "export_artefacts",
    """Columns whose numbers a spreadsheet changed on their way into the file: how, how many cells, the first rows, one text. `kind`:
    scientific, hidden (#####) or rounded.""",
    """file_no integer, sheet varchar, card varchar, field varchar, kind varchar, cells bigint, first_rows bigint[], example varchar""",
)
REJECTED_ROWS = _table(
    "rejected_rows",
    "Rows that are no cards, with the reason; `cells` is a JSON object of heading and text.",
    "file_no integer, sheet varchar, sheet_row bigint, reason varchar, reason_en varchar, cells varchar",
)
PROFILE = _table(
    "profile",
    "Every item of the cards: rows, filled ones, values, the commonest, the first and last; the same of the run before; what changed sharply.",
    """card varchar, field varchar, rows bigint, filled bigint, distinct_values bigint, commonest varchar, lowest varchar, highest varchar,
    former_rows bigint, former_filled bigint, former_distinct bigint, former_commonest varchar, former_lowest varchar,
    former_highest varchar, changes varchar[]""",
)
CARD_ROWS = _table(
    "card_rows",
    "Every row of every card: its case, its person, and who handles it.",
    """card varchar, card_row bigint, bmsah varchar, suspect_no varchar, name varchar, case_name varchar, office varchar,
    department varchar, prosecutor varchar, sheet varchar, sheet_row bigint""",
)
CHECKED = _table(
    "checked",
    "One row per case of a card type, the denominator of every rate; a row without case number counts by itself.",
    "card varchar, office varchar, department varchar, prosecutor varchar, bmsah varchar, card_rows bigint",
)
FINDINGS = Table(
    "findings",
    "What is wrong, and what somebody is asked to verify.",
    {name: column.type for name, column in COLUMNS.items()},
)
DUE = _table(
    "due",
    "Limits still open that end soon or have ended: early warnings, no findings.",
    """rule_id varchar, card varchar, bmsah varchar, suspect_no varchar, name varchar, case_name varchar, office varchar,
    department varchar, prosecutor varchar, owner varchar, last_day date, days_left integer, grade varchar, card_row bigint,
    file_no integer, sheet varchar, sheet_row bigint""",
)
CALENDAR_GAPS = _table(
    "calendar_gaps",
    "Years without published holidays in which limits end.",
    "year integer, card varchar, card_rows bigint",
)
LOG_HEAD = _table(
    "log_head",
    """Where the access log stood when the run was published: its last entry, that one's hash, and the register it stands in. Without a row where no register is kept; a
    run published before there was a chain has no such table.""",
    "entry bigint, hash varchar, register varchar",
)

LOADED = (FILES, FILE_COLUMNS, MISSING_COLUMNS, UNREADABLE_CELLS, EXPORT_ARTEFACTS, REJECTED_ROWS, PROFILE)
"""What loading writes into schema `load` of the warehouse."""
JUDGED = (FINDINGS, DUE, CALENDAR_GAPS)
"""What judging writes into the warehouse."""
PUBLISHED = (
    RUNS,
    STAGES,
    PACKS,
    RULES,
    RULE_HISTORY,
    JUDGEMENTS,
    FIELDS,
    CARDS_KNOWN,
    *LOADED,
    CARD_ROWS,
    CHECKED,
    *JUDGED,
)
"""Every table of a published file but those of schema `cards`, whose items the catalogue declares."""

CARD_COLUMNS: Mapping[str, str] = {
    "_row": "bigint",
    "_file": "integer",
    "_sheet": "varchar",
    "_sheet_row": "bigint",
    "_unreadable": "varchar[]",
}
"""What every table of schema `cards` has before its items: where the row stands, and its items that could not be read."""

LOAD_FACTS: Mapping[str, str] = {
    "_load": "integer",
    "_problem": "varchar",
    "_surplus": "varchar[]",
    "_extra": "map(varchar, varchar)",
    "_as_written": "map(varchar, varchar)",
    "_is_blank": "boolean",
    "_kind": "varchar",
    "_key": "varchar",
    "_hash": "ubigint",
    "_second_hash": "ubigint",
}
"""What such a table has after its items: what the load knew of the row, for the next run to go on from. The sheet's number, why the row
can't be read, cells beyond the headings, those of other columns, texts that became another label, whether the row is blank, what it is
if no card by itself, its key and hashes."""


def card_table(name: str, items: Mapping[str, str]) -> Table:
    """The table of a card: `items` are its columns and their types."""
    return Table(f'cards."{name}"', "The rows of a card.", {**CARD_COLUMNS, **items, **LOAD_FACTS})


def create_run(con: duckdb.DuckDBPyConnection, place: str = "") -> None:
    """The tables of a run, empty, but those of the cards; `place` is an attached file."""
    con.execute(f"create schema if not exists {place}{'.' if place else ''}cards")
    for table in (*PUBLISHED, LOG_HEAD):
        con.execute(table.create(place))


def require_schema(con: duckdb.DuckDBPyConnection, file: str, name: str) -> None:
    """Raises InputError when the run attached as `name` lacks a table or column: another version of Anka published it."""
    rows = con.execute(
        "select table_name, column_name from duckdb_columns() where database_name = ? and schema_name = 'main'", [name]
    ).fetchall()
    present = {(str(table), str(column)) for table, column in rows}
    if any((table.name, column) not in present for table in PUBLISHED for column in table.columns):
        raise InputError(
            Bilingual(
                "核查结果由其他版本发布，下一次核查后才能显示问题",
                "published by another version of Anka; findings are shown again after the next audit",
            ).about(file),
            hint=Bilingual(
                "请管理员运行 anka audit，或等夜间核查；已作的处理都在",
                "let whoever runs Anka start anka audit, or wait for the night; every decision is kept",
            ),
        )
