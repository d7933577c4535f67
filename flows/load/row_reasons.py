"""Which rows of a run count as cards and why the others do not (spec: exports, sections 2 and 4).

Narrow tables only: one line per row with its number, key and hash. What is known of a row comes from `scanning`.
"""

from collections.abc import Sequence

import duckdb

from expectations.sql.quoting import quoted
from expectations.texts import Bilingual
from flows.load.row_kinds import COLUMN_NUMBERS, FOOTER, HEADER_COPY, SUBTOTAL, TOTAL
from flows.load.scanning import Load, card_table
from flows.load.sources.ragged_rows import MALFORMED, MORE_CELLS

BLANK, DUPLICATE, REPLACED = "blank", "duplicate", "replaced"
REASONS = {
    BLANK: Bilingual("空行", "blank row"),
    HEADER_COPY: Bilingual("重复的表头", "header copy"),
    TOTAL: Bilingual("合计行", "total row"),
    FOOTER: Bilingual(
        "表尾说明（制表人、导出时间、注、页码等）", "footer: who made the sheet and when, a note, a page number"
    ),
    COLUMN_NUMBERS: Bilingual("栏次行", "numbers of the columns"),
    DUPLICATE: Bilingual("与另一行完全相同，已合并", "equal to another row, merged"),
    REPLACED: Bilingual("被后加载文件中同一键的行替换", "replaced by the same key in a later file"),
    MORE_CELLS: Bilingual("单元格比表头多", "more cells than headings"),
    MALFORMED: Bilingual("引号不成对", "quotes do not pair"),
}
"""Why a row is no card, by the name its count has in `RowCounts`; the last two are the reader's and count as malformed."""


def reason_rows(con: duckdb.DuckDBPyConnection, loads: Sequence[Load]) -> None:
    """Make `load.all_rows`: every row of the run with `reason`, NULL and a `row_no` for those that count; `place` is its rowid.

    Reasons in order: unreadable by the reader, what the row is by itself, total at the end of a page, blank, merged within a file, replaced by a later file, merged across
    files where the key is not whole. Rows of a card that does not merge are never merged.
    """
    con.execute(
        "create or replace temp table anka_scan (card varchar, file_no integer, load_no integer, sheet varchar, sheet_row bigint,"
        " place bigint, problem varchar, is_blank boolean, kind varchar, row_key varchar, row_hash ubigint,"
        " second_hash ubigint, merges boolean, reason varchar)"
    )
    for load in loads:
        con.execute(
            f"insert into anka_scan select {quoted(load.card.name)}, {load.file_no}, {load.number}, {quoted(load.sheet)},"
            f" _sheet_row, rowid, _problem, _is_blank, _kind, nullif(_key, ''),"
            f" _hash, _second_hash, {str(load.card.merge_equal_rows).lower()}, {_OF_THE_ROW} from {card_table(load.card)} where _load = {load.number}"
        )
    con.execute(f"update anka_scan set reason = {quoted(TOTAL)} where rowid in ({_TOTALS})")
    con.execute(f"update anka_scan set reason = {quoted(BLANK)} where reason is null and is_blank")
    con.execute(f"update anka_scan set reason = {quoted(DUPLICATE)} where rowid in ({_later_equals('file_no')})")
    con.execute(f"update anka_scan set reason = {quoted(REPLACED)} where rowid in ({_REPLACED})")
    con.execute(
        f"update anka_scan set reason = {quoted(DUPLICATE)} where row_key is null and rowid in ({_later_equals('row_key is null')})"
    )
    con.execute(
        """create or replace table load.all_rows as
select card, file_no, load_no, sheet, sheet_row, place, reason,
  case when reason is null then row_number() over (partition by card, reason is null order by load_no, sheet_row) - 1 end as row_no
from anka_scan order by load_no, sheet_row"""
    )
    con.execute("drop table anka_scan")


_OF_THE_ROW = f"""case when _problem is not null then _problem
  when _kind = {quoted(SUBTOTAL)} then {quoted(TOTAL)} when _kind <> {quoted(TOTAL)} then _kind end"""
"""Reasons that need no look at other rows; blank is a later one, since a total may be blank too."""

_TOTALS = """
with pages as (
  select rowid as number, *, sum((kind is not distinct from 'header_copy')::integer) over (partition by load_no order by sheet_row) as page
  from anka_scan where load_no in (select load_no from anka_scan where kind = 'total')
), ends as (
  select load_no, page, max(sheet_row) as last_card from pages where kind is null and not is_blank group by all
)
select number from pages left join ends using (load_no, page)
where reason is null and kind = 'total' and sheet_row > coalesce(last_card, 0)"""
"""A total ends its page: no card follows before the next header."""

_REPLACED = """
with in_files as (
  select card, row_key, max(file_no) as last_file from anka_scan where reason is null and row_key is not null
  group by all having last_file > min(file_no)
)
select s.rowid from anka_scan s join in_files using (card, row_key) where reason is null and file_no < last_file"""


def _later_equals(within: str) -> str:
    """The rows that still count and equal an earlier one, by number; rows are compared that agree in `within`.

    A row that does not count is no earlier copy: a total is none of a card. Few rows have an equal one, so these are sought first.
    """
    return f"""
with several as (
  select card, row_hash, second_hash from anka_scan where reason is null and merges group by all having count(*) > 1
)
select number from (
  select s.rowid as number, row_number() over (partition by card, row_hash, second_hash, {within} order by load_no, sheet_row) as copy
  from anka_scan s semi join several using (card, row_hash, second_hash) where reason is null
) where copy > 1"""
