"""The early warnings the page shows: its choices, figures per grade, and the list. Filtering is the core's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from expectations.catalogue.due_warnings import GRADES
from expectations.finding.departments import department_order
from expectations.finding.masks import mask_identity
from expectations.run.limits import DueFilter

_COLUMNS = (
    "days_left",
    "last_day",
    "grade",
    "rule_id",
    "title_zh",
    "title_en",
    "header",
    "label_en",
    "card",
    "bmsah",
    "case_name",
    "name",
    "department",
    "prosecutor",
    "card_row",
    "sheet",
    "sheet_row",
)
_TITLED = """
(
  select d.*, r.title_zh, r.title_en, f.header, f.label_en
  from due d left join rules r using (rule_id)
  left join fields f on f.card = d.card and f.name = string_split(r.fields, '|')[1]
)
"""
_ORDER = "days_left, list_position(?::varchar[], coalesce(department, '')), rule_id, card, bmsah, suspect_no, card_row"


@dataclass(frozen=True)
class DueLine:
    """A warning as the page shows it: numbers masked, blanks as empty strings.

    `header` and `label_en` name the item the limit waits for: the first its rule lists.
    """

    days_left: int
    last_day: date
    grade: str
    rule_id: str
    title_zh: str
    title_en: str
    header: str
    label_en: str
    card: str
    bmsah: str
    case_name: str
    name: str
    department: str
    prosecutor: str
    card_row: int
    sheet: str
    sheet_row: int


def departments(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The departments with warnings, in their fixed order."""
    rows = con.execute("select distinct coalesce(department, '') from due").fetchall()
    return tuple(sorted((name for (name,) in rows), key=department_order))


def count_by_grade(con: duckdb.DuckDBPyConnection, due_filter: DueFilter) -> dict[str, int]:
    """Warnings per grade under the other filters, every grade named."""
    where = replace(due_filter, grades=()).where()
    counted = con.execute(f"select grade, count(*) from due {where.sql} group by grade", where.values).fetchall()
    return dict.fromkeys(GRADES, 0) | {grade: int(number) for grade, number in counted}


def page_of_due(con: duckdb.DuckDBPyConnection, due_filter: DueFilter, *, page: int, size: int) -> list[DueLine]:
    """Page `page` (from 0) of the warnings, the most pressing first, `size` a page."""
    statement, values = _selection(con, due_filter)
    return list(map(_line, con.execute(f"{statement} limit ? offset ?", [*values, size, page * size]).fetchall()))


def all_due(con: duckdb.DuckDBPyConnection, due_filter: DueFilter, batch: int = 5000) -> Iterator[DueLine]:
    """All warnings the filter selects, the most pressing first; fetched in batches."""
    cursor = con.execute(*_selection(con, due_filter))
    while rows := cursor.fetchmany(batch):
        yield from map(_line, rows)


def _selection(con: duckdb.DuckDBPyConnection, due_filter: DueFilter) -> tuple[str, list[object]]:
    where = due_filter.where()
    return (
        f"select {', '.join(_COLUMNS)} from {_TITLED} {where.sql} order by {_ORDER}",
        [*where.values, list(departments(con))],
    )


def _line(row: tuple[object, ...]) -> DueLine:
    values = dict(zip(_COLUMNS, row, strict=True))
    last_day = values["last_day"]
    assert isinstance(last_day, date), "a column of dates"
    texts = {name: "" if value is None else str(value) for name, value in values.items()}
    return DueLine(
        int(texts["days_left"]),
        last_day,
        texts["grade"],
        texts["rule_id"],
        texts["title_zh"],
        texts["title_en"],
        texts["header"],
        texts["label_en"],
        texts["card"],
        texts["bmsah"],
        mask_identity(texts["case_name"]),
        mask_identity(texts["name"]),
        texts["department"],
        texts["prosecutor"],
        int(texts["card_row"] or 0),
        texts["sheet"],
        int(texts["sheet_row"] or 0),
    )
