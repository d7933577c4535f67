"""Which rows of a run count as cards and why the others do not (spec: exports, sections 2 and 4).

Narrow tables only: one line per row with its number, key and hash. Values are typed in `card_tables`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from expectations.catalogue.cards import Role
from expectations.sql.cell_values import BLANKS, cell_sql, clean_sql
from expectations.sql.quoting import column, escaped, quoted
from expectations.texts import Bilingual
from flows.load.headings import NARROW, WIDE, normalise_heading
from flows.load.history import Load, raw_table
from flows.load.sources.ragged_rows import MALFORMED, MORE_CELLS

BLANK, HEADER_COPY, TOTAL, DUPLICATE, REPLACED = "blank", "header_copy", "total", "duplicate", "replaced"
REASONS = {
    BLANK: Bilingual("空行", "blank row"),
    HEADER_COPY: Bilingual("重复的表头", "header copy"),
    TOTAL: Bilingual("合计行", "total row"),
    DUPLICATE: Bilingual("与另一行完全相同，已合并", "equal to another row, merged"),
    REPLACED: Bilingual("被后加载文件中同一键的行替换", "replaced by the same key in a later file"),
    MORE_CELLS: Bilingual("单元格比表头多", "more cells than headings"),
    MALFORMED: Bilingual("引号不成对", "quotes do not pair"),
}
"""Why a row is no card, by the name its count has in `RowCounts`; the last two are the reader's and count as malformed."""


@dataclass(frozen=True)
class FileLoad:
    """A load as part of a run: the number of its file in the run, and its place among all loads of the run."""

    file_no: int
    order: int
    load: Load


def reason_rows(con: duckdb.DuckDBPyConnection, loads: Sequence[FileLoad]) -> None:
    """Make `load.all_rows`: every row of the run with `reason`, NULL and a `row_no` for those that count."""
    con.execute(
        "create or replace temp table anka_scan (card varchar, file_no integer, load_no integer, load_order integer,"
        " sheet varchar, sheet_row bigint, problem varchar, is_blank boolean, is_header boolean, is_total boolean,"
        " row_key varchar, row_hash ubigint, second_hash ubigint)"
    )
    for file_load in loads:
        con.execute(f"insert into anka_scan {_scan(file_load)}")
    con.execute(f"create or replace table load.all_rows as {_reasons()}")
    con.execute("drop table anka_scan")


def _scan(file_load: FileLoad) -> str:
    """Facts about each row of a load: blank, copy of the headings, total, key, and hashes of its recognised cells."""
    load = file_load.load
    names = [column(sheet_column.field) for sheet_column in load.fields]
    cells = ", ".join(
        f"{cell_sql(load.card.field(sheet_column.field), name)} as {name}"
        for name, sheet_column in zip(names, load.fields, strict=True)
    )
    as_it_stood = ", ".join(
        f"{name} as {column('as ' + sheet_column.field)}" for name, sheet_column in zip(names, load.fields, strict=True)
    )
    in_name_order, in_reverse_order = ", ".join(sorted(names)), ", ".join(sorted(names, reverse=True))
    # in the order of names, as files differ in that of columns; twice over, as two rows of one hash would be merged as equal;
    # with the names, as rows of files with other columns are never equal
    signature = quoted(in_name_order)
    return f"""
        with cells as (
            select _sheet_row, _problem, _extra, {cells}, {as_it_stood}
            from {raw_table(load.card)} where _load = {load.number}
        )
        select {quoted(load.card.name)}, {file_load.file_no}, {load.number}, {file_load.order}, {quoted(load.sheet)}, _sheet_row,
            _problem, coalesce({in_name_order}, null) is null, {_is_header(load)}, {_is_total(load)}, {_key(load)},
            hash({signature}, {in_name_order}), hash({in_reverse_order}, {signature})
        from cells"""


def _is_header(load: Load) -> str:
    """A row that repeats one of the heading rows in every recognised column."""
    copies = []
    for cells in load.heading_cells:
        texts = {
            sheet_column.field: cells[sheet_column.position] if sheet_column.position < len(cells) else ""
            for sheet_column in load.fields
        }
        # a filled heading first: hardly any row has it, and `case` spares all others the rest of the tests
        tests = [
            f"coalesce({_normalised(column('as ' + name))}, '') = {quoted(normalise_heading(text))}"
            for name, text in sorted(texts.items(), key=lambda named_text: not named_text[1])
        ]
        copies.append(f"case when {tests[0]} then {' and '.join(tests)} else false end")
    return " or ".join(copies)


def _normalised(text: str) -> str:
    """`normalise_heading` in SQL."""
    narrow = f"translate(regexp_replace({text}, '[{BLANKS}]+', '', 'g'), {quoted(WIDE)}, {quoted(NARROW)})"
    return f"rtrim(ltrim({narrow}, '*★'), ':')"


def _is_total(load: Load) -> str:
    """A row whose first filled cell says total, and whose case and person numbers are blank or say so too."""
    if not load.card.total_words:
        return "false"
    in_order = [
        column(sheet_column.field) if sheet_column.field else clean_sql(f"_extra[{quoted(sheet_column.header)}]")
        for sheet_column in load.columns
    ]
    first = _no_blanks(f"coalesce({', '.join(in_order)}, null)")
    present = {sheet_column.field for sheet_column in load.fields}
    roles: tuple[Role, ...] = ("case", "person")
    numbers = [column(name) for role in roles if (name := load.card.role(role)) and name in present]
    words = f"(?:{'|'.join(_no_inner_blanks(word) for word in load.card.total_words)})"
    blank = [f"({name} is null or regexp_matches({_no_blanks(name)}, '^{words}$'))" for name in numbers]
    says_total = f"regexp_matches({first}, '^{words}(?:$|[:：]?[-+]?\\d)')"
    return f"coalesce({' and '.join([*blank, says_total])}, false)"


def _no_blanks(text: str) -> str:
    return f"regexp_replace({text}, '[{BLANKS}]+', '', 'g')"


def _no_inner_blanks(word: str) -> str:
    return escaped(re.sub(f"[{BLANKS}]+", "", word))


def _key(load: Load) -> str:
    """The key of a row as one text; NULL when a part of it is blank or its column absent."""
    present = {sheet_column.field for sheet_column in load.fields}
    if any(name not in present for name in load.card.key):
        return "null"
    # parted by a sign that is typed in no cell, or a + bc and ab + c were one key
    return " || chr(31) || ".join(column(name) for name in load.card.key)


def _reasons() -> str:
    """Reasons in order: unreadable by the reader, header copy, total, blank, merged within a file, replaced by a later
    file, merged across files where the key is not whole. A total ends its page: no card follows before the next header.
    """
    # `reason is null` parts the rows that still count: a total is no earlier copy of a card
    equal = "partition by card, reason is null, row_hash, second_hash"
    return f"""
        with pages as (
            select *, sum(is_header::integer) over (partition by load_order order by sheet_row) as page from anka_scan
        ), ends as (
            select *, max(sheet_row) filter (where not (is_blank or is_header or is_total))
                over (partition by load_order, page) as last_card from pages
        ), dropped as (
            select * replace (nullif(row_key, '') as row_key), case when problem is not null then problem when is_header then {quoted(HEADER_COPY)}
                when is_total and sheet_row > coalesce(last_card, 0) then {quoted(TOTAL)}
                when is_blank then {quoted(BLANK)} end as reason from ends
        ), merged as (
            select * replace (case when reason is null
                and row_number() over ({equal}, file_no order by load_order, sheet_row) > 1
                then {quoted(DUPLICATE)} else reason end as reason) from dropped
        ), replaced as (
            select * replace (case when reason is null and row_key is not null
                and file_no < max(file_no) over (partition by card, reason is null, row_key)
                then {quoted(REPLACED)} else reason end as reason) from merged
        ), final as (
            select * replace (case when reason is null and row_key is null
                and row_number() over ({equal}, row_key is null order by load_order, sheet_row) > 1
                then {quoted(DUPLICATE)} else reason end as reason) from replaced
        )
        select card, file_no, load_no, load_order, sheet, sheet_row, reason, row_key is not null as has_key,
            case when reason is null then
                row_number() over (partition by card, reason is null order by load_order, sheet_row) - 1 end as row_no
        from final order by load_order, sheet_row"""
