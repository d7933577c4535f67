"""What an export says of itself: types, units, dictionaries and keys of its columns, and which columns of two exports hold the same values.

Everything is counted by SQL over all values. A guess is a guess: whatever speaks against it is kept for the comment beside it.
"""

import re
from dataclasses import dataclass, replace
from itertools import combinations

import duckdb

from expectations.catalogue.cards import SQL_TYPES, Field, FieldType
from expectations.sql.quoting import quoted
from flows.drafting.dates import HAS_SHAPE, Dates, cells, dates_in, reading_sql
from flows.drafting.names import name_of
from flows.drafting.reading import Export
from flows.load.headings import normalise_heading

_MOST_MISFITS = 0.05
"""Exports have faults, and rules are to find them: a type is that of nearly all cells, a key tells nearly all rows apart."""
_RARE = 0.03
"""A form of dates that so few cells have is a slip."""
_BLANK_WORDS = ("n/a", "N/A", "NA", "-", "--", "—", "/", "none", "None", "nil", "无")
_MOST_LABELS = 24
_LONGEST_LABEL = 40
_OFTEN = 4
"""A value of a dictionary stands so often on average."""
_FEWEST_COMMON = 3
_SHARE_FOUND = 0.8
_KEY_COLUMNS = 12
_KEY_TYPES = frozenset({"text", "int", "bigint", "id_no", "case_no", "doc_no"})
_LOOKS_LIKE_KEY = re.compile(r"(?i)\b(?:id|no|nr|number|code|key|ref)\b|编号|代码|号$")
_ROW_NUMBER = re.compile(r"(?i)序号|行号|#|no\.?|nr\.?|row")
"""A column that counts the rows of an export says nothing of them."""
_MOST_LINKS = 8
_SHOWN = 3
_IDENTITY = r"regexp_full_match(v, '\d{17}[\dXx]')"
_NUMBER = r"regexp_full_match(v, '[-+]?[\d.,]*\d[\d.,]*\s*\D{0,12}')"


@dataclass(frozen=True)
class Item:
    """A column as an item of a card. `labels`: its values with the cells of each, where they look like a dictionary; `misfits`: a few of
    the values that are not of the type; `rows`: how many rows the export has."""

    place: int
    name: str
    heading: str
    type: FieldType
    rows: int
    filled: int
    distinct: int
    unit: str = ""
    dates: Dates | None = None
    labels: tuple[tuple[str, int], ...] = ()
    misfits: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    example: str = ""

    @property
    def formats(self) -> tuple[str, ...]:
        """The forms of its dates."""
        return self.dates.formats if self.dates else ()

    @property
    def parsed(self) -> bool:
        """Whether a cell can be unreadable."""
        return self.type in SQL_TYPES


@dataclass(frozen=True)
class Draft:
    """A card as guessed. `key`: items that tell its rows apart, none where nothing does; `key_twice`: rows that share it nevertheless;
    `equal_rows`: rows equal to another one."""

    name: str
    title: str
    export: Export
    items: tuple[Item, ...]
    key: tuple[str, ...]
    key_twice: int
    rows: int
    equal_rows: int


@dataclass(frozen=True)
class Found:
    """A column of one card whose values stand in a key column of another: `found` of its `distinct` values."""

    card: str
    item: Item
    other_card: str
    other_item: Item
    found: int


def draft_of(con: duckdb.DuckDBPyConnection, export: Export, name: str, title: str) -> Draft:
    """What an export looks like."""
    con.execute(f"create or replace table {export.table}_once as select distinct * from {export.table}")
    rows, once = (int(con.execute(f"select count(*) from {table}").fetchall()[0][0]) for table in _tables(export))
    items: list[Item] = []
    for place, heading in enumerate(export.headings):
        item_name = name_of(heading, {item.name for item in items}, f"item_{place + 1}")
        items.append(_item(con, export, place, item_name, heading, rows))
    key, twice = _key(con, export, items, once)
    return Draft(name, title, export, tuple(items), key, twice, rows, rows - once)


def _tables(export: Export) -> tuple[str, str]:
    return export.table, f"{export.table}_once"


def _item(con: duckdb.DuckDBPyConnection, export: Export, place: int, name: str, heading: str, rows: int) -> Item:
    con.execute(
        f"create or replace temp table anka_values as select c{place} as v, count(*) as n from {export.table}"
        f" where c{place} is not null group by all"
    )
    ((filled, distinct, longest),) = con.execute(
        "select coalesce(sum(n), 0), count(*), coalesce(max(length(v)), 0) from anka_values"
    ).fetchall()
    item = _of_type(con, Item(place, name, heading, "text", rows, int(filled), int(distinct)))
    is_short_list = 1 < distinct <= _MOST_LABELS and filled >= _OFTEN * distinct and longest <= _LONGEST_LABEL
    if item.type != "text" or item.dates or not is_short_list:
        return item
    labels = con.execute("select v, n from anka_values order by n desc, v").fetchall()
    return replace(item, type="dict", labels=tuple((str(v), int(n)) for v, n in labels))


def _of_type(con: duckdb.DuckDBPyConnection, item: Item) -> Item:
    """The item with the narrowest type that nearly all cells are of; words for a blank cell are none of a value's."""
    words = ", ".join(map(quoted, _BLANK_WORDS))
    blanks = con.execute(f"delete from anka_values where v in ({words}) returning v, n").fetchall()
    filled = item.filled - sum(int(n) for _, n in blanks)
    if filled:
        typed = _typed(con, item, filled - int(_MOST_MISFITS * filled), int(_RARE * filled))
        if typed.type != "text" or typed.dates:
            return replace(typed, filled=filled, blanks=tuple(sorted(str(word) for word, _ in blanks)))
    for row in blanks:
        con.execute("insert into anka_values values (?, ?)", row)
    return item


def _typed(con: duckdb.DuckDBPyConnection, item: Item, needed: int, rare: int) -> Item:
    identities, day_like, number_like, with_zeros = cells(
        con,
        _IDENTITY,
        f"regexp_matches(v, {quoted(HAS_SHAPE)}) and length(v) <= 40",
        _NUMBER,
        r"regexp_matches(v, '^[-+]?0\d')",
    )
    if identities >= needed:
        return _with_misfits(con, replace(item, type="id_no"), _IDENTITY)
    if day_like >= needed and (dates := dates_in(con, needed, rare)):
        dated: FieldType = "datetime" if dates.type == "datetime" else "date" if dates.type == "date" else "text"
        return _with_misfits(con, replace(item, type=dated, dates=dates), _readable(dated, dates.formats, ""))
    # 007 is no seven
    return _number(con, item, needed) if number_like >= needed and not with_zeros else item


def _number(con: duckdb.DuckDBPyConnection, item: Item, needed: int) -> Item:
    unit = _unit(con)
    tried: tuple[tuple[FieldType, str], ...] = (("int", ""), ("bigint", ""), ("bigint", unit), ("decimal", unit))
    readable = [_readable(kind, (), with_unit) for kind, with_unit in tried]
    fitting = cells(con, *readable)
    for (kind, with_unit), reads, count in zip(tried, readable, fitting, strict=True):
        # a few numbers too large for the narrower type are no faults
        if count >= needed and (kind != "int" or count == fitting[1]):
            return _with_misfits(con, replace(item, type=kind, unit=with_unit), reads)
    return item


def _readable(kind: FieldType, formats: tuple[str, ...], unit: str) -> str:
    if kind == "text":
        return "true"
    field = Field(name="v", header="v", type=kind, formats=formats, unit=unit)
    return f"{reading_sql(field)} is not null"


def _with_misfits(con: duckdb.DuckDBPyConnection, item: Item, fits: str) -> Item:
    misfits = con.execute(
        f"select v from anka_values where not coalesce({fits}, false) order by n desc, v limit {_SHOWN}"
    )
    item = replace(item, misfits=tuple(str(value) for (value,) in misfits.fetchall()))
    ((example,),) = con.execute(f"select min(v) from anka_values where {fits}").fetchall()
    return replace(item, example=str(example or ""))


def _unit(con: duckdb.DuckDBPyConnection) -> str:
    """What follows the number in every cell that has anything there."""
    after = r"trim(regexp_extract(v, '^[-+]?[\d.,]+\s*(\D+)$', 1))"
    units = con.execute(f"select distinct {after} from anka_values where {after} <> ''").fetchall()
    return str(units[0][0]) if len(units) == 1 else ""


def _key(con: duckdb.DuckDBPyConnection, export: Export, items: list[Item], once: int) -> tuple[tuple[str, ...], int]:
    """The item, or two items, that tell the rows apart, and how many share it all the same: none but of an item that is called a key."""
    if not once:
        return (), 0
    whole = [item for item in items if _may_be_key(item)]
    whole.sort(key=lambda item: (not _LOOKS_LIKE_KEY.search(item.heading), item.type not in _KEY_TYPES, item.place))
    singles = [(item,) for item in whole if item.type in _KEY_TYPES]
    for together in (*singles, *combinations(whole[:_KEY_COLUMNS], 2)):
        columns = ", ".join(f"c{item.place}" for item in together)
        table = _tables(export)[1]
        ((distinct,),) = con.execute(f"select count(*) from (select distinct {columns} from {table})").fetchall()
        is_called_key = all(_LOOKS_LIKE_KEY.search(item.heading) for item in together)
        if distinct >= once * (1 - _MOST_MISFITS if is_called_key else 1):
            return tuple(item.name for item in sorted(together, key=lambda item: item.place)), once - int(distinct)
    return (), 0


def _may_be_key(item: Item) -> bool:
    if item.type in ("decimal", "datetime") or _ROW_NUMBER.fullmatch(normalise_heading(item.heading)):
        return False
    is_called_key = _LOOKS_LIKE_KEY.search(item.heading)
    return item.filled >= item.rows * (1 - _MOST_MISFITS if is_called_key else 1)


def links_between(con: duckdb.DuckDBPyConnection, drafts: tuple[Draft, ...]) -> list[Found]:
    """Columns whose values nearly all stand in a key column of another card, the best first."""
    found: list[Found] = []
    for draft in drafts:
        for other in (each for each in drafts if each is not draft):
            keys = [item for item in other.items if item.name in other.key and item.type in _KEY_TYPES]
            for item in (each for each in draft.items if each.type in _KEY_TYPES and each.distinct >= _FEWEST_COMMON):
                # numbers are found everywhere
                is_named = item.type not in ("int", "bigint") or _LOOKS_LIKE_KEY.search(item.heading)
                for key in (each for each in keys if is_named or each.heading == item.heading):
                    common = _common(con, draft, item, other, key)
                    if common >= max(_FEWEST_COMMON, _SHARE_FOUND * item.distinct):
                        found.append(Found(draft.name, item, other.name, key, common))
    found.sort(key=lambda each: (-each.found / each.item.distinct, each.item.place))
    return [link for draft in drafts for link in [each for each in found if each.card == draft.name][:_MOST_LINKS]]


def _common(con: duckdb.DuckDBPyConnection, draft: Draft, item: Item, other: Draft, key: Item) -> int:
    own, there = draft.export.table, other.export.table
    return int(
        con.execute(
            f"select count(*) from (select distinct c{item.place} as v from {own}) where v in (select c{key.place} from {there})"
        ).fetchall()[0][0]
    )
