"""Which rows of a run count as cards and why the others do not (spec: exports, sections 2 and 4).

Narrow tables only: one line per row with its number, key and hash. What is known of a row comes from `scanning`.
"""

from collections.abc import Sequence

import duckdb

from expectations.sql.quoting import quoted
from expectations.texts import Bilingual
from flows.load.scanning import Load, card_table
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


def reason_rows(con: duckdb.DuckDBPyConnection, loads: Sequence[Load]) -> None:
    """Make `load.all_rows`: every row of the run with `reason`, NULL and a `row_no` for those that count; `place` is its rowid."""
    con.execute(
        "create or replace temp table anka_scan (card varchar, file_no integer, load_no integer, sheet varchar, sheet_row bigint,"
        " place bigint, problem varchar, is_blank boolean, is_header boolean, is_total boolean, row_key varchar, row_hash ubigint,"
        " second_hash ubigint)"
    )
    for load in loads:
        con.execute(
            f"insert into anka_scan select {quoted(load.card.name)}, {load.file_no}, {load.number}, {quoted(load.sheet)},"
            f" _sheet_row, rowid, _problem, _is_blank, _is_header, _is_total, _key,"
            f" _hash, _second_hash from {card_table(load.card)} where _load = {load.number}"
        )
    con.execute(f"create or replace table load.all_rows as {_reasons()}")
    con.execute("drop table anka_scan")


def _reasons() -> str:
    """Reasons in order: unreadable by the reader, header copy, total, blank, merged within a file, replaced by a later
    file, merged across files where the key is not whole. A total ends its page: no card follows before the next header.
    """
    # `reason is null` parts the rows that still count: a total is no earlier copy of a card
    equal = "partition by card, reason is null, row_hash, second_hash"
    return f"""
        with pages as (
            select *, sum(is_header::integer) over (partition by load_no order by sheet_row) as page from anka_scan
        ), ends as (
            select *, max(sheet_row) filter (where not (is_blank or is_header or is_total))
                over (partition by load_no, page) as last_card from pages
        ), dropped as (
            select * replace (nullif(row_key, '') as row_key), case when problem is not null then problem when is_header then {quoted(HEADER_COPY)}
                when is_total and sheet_row > coalesce(last_card, 0) then {quoted(TOTAL)}
                when is_blank then {quoted(BLANK)} end as reason from ends
        ), merged as (
            select * replace (case when reason is null
                and row_number() over ({equal}, file_no order by load_no, sheet_row) > 1
                then {quoted(DUPLICATE)} else reason end as reason) from dropped
        ), replaced as (
            select * replace (case when reason is null and row_key is not null
                and file_no < max(file_no) over (partition by card, reason is null, row_key)
                then {quoted(REPLACED)} else reason end as reason) from merged
        ), final as (
            select * replace (case when reason is null and row_key is null
                and row_number() over ({equal}, row_key is null order by load_no, sheet_row) > 1
                then {quoted(DUPLICATE)} else reason end as reason) from replaced
        )
        select card, file_no, load_no, sheet, sheet_row, place, reason,
            case when reason is null then
                row_number() over (partition by card, reason is null order by load_no, sheet_row) - 1 end as row_no
        from final order by load_no, sheet_row"""
