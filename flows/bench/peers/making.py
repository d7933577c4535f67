"""Making the table: loans of a library that does not exist, by DuckDB from row numbers alone, with planted defects.

About one row in a hundred is changed for every rule. What breaks which rule is not written down here: `by_hand.sql` says it. Loans
without a reader are of items of their own, since libraries do not agree whether two blanks are equal.
"""

from pathlib import Path

from expectations.connections import open_duckdb

# Multiplying by another number for every purpose, modulo a prime: the same on every machine and in every version.
_DRAW = """
create macro draw(i, purpose, n) as ((i + 1) * (purpose * 668265263::bigint + 374761393) % 2147483647) // 1024 % n;
create macro planted(i, purpose) as draw(i, purpose, 100) = 0;
"""
_PLAIN = """
select i, i + 1 as id, 'R' || lpad(draw(i, 1, 90000)::varchar, 5, '0') as reader,
  'B' || lpad(draw(i, 2, 700000)::varchar, 6, '0') as item, ['north', 'south', 'east', 'west'][draw(i, 3, 4) + 1] as branch,
  case when draw(i, 4, 50) = 0 then 'lost' when draw(i, 4, 5) = 1 then 'lent' else 'returned' end as status,
  '555' || lpad(draw(i, 5, 100000000)::varchar, 8, '0') as phone, 6 + draw(i, 6, 90) as age,
  date '2020-01-01' + draw(i, 7, 2000)::integer as lent_on, draw(i, 8, 500) as fee,
  case when status = 'lost' then 1000 when draw(i, 9, 7) = 0 then 150 else 0 end as fine
from range({rows}) r(i)
"""
_DEFECTIVE = """
select id,
  case when planted(i, 25) then 'L' || id
    else 'L-' || year(lent_on) || '-' || lpad((id - planted(i, 36)::integer)::varchar, 7, '0') end as number,
  case when not planted(i, 21) then reader end as reader, case when planted(i, 21) then 'B' || id else item end as item,
  case when planted(i, 24) then 'harbour' when not planted(i, 22) then branch end as branch,
  case when planted(i, 23) then 'gone' else status end as status,
  case when planted(i, 26) then left(phone, 7) else phone end as phone,
  case when planted(i, 27) then age + 110 else age end as age, lent_on,
  lent_on + case when planted(i, 29) then -3 else 28 end as due_on,
  case when planted(i, 30) then lent_on - 2 when (status = 'returned') <> planted(i, 33)
    then lent_on + draw(i, 10, 40)::integer end as returned_on,
  case when planted(i, 28) then -fee - 1 else fee end as fee,
  case when status = 'lost' and draw(i, 35, 3) = 0 then 0 else fine end as fine,
  fee + fine + planted(i, 32)::integer as total,
  case when planted(i, 31) then fee + fine + 5 when draw(i, 11, 4) > 0 then fee + fine else 0 end as paid
from plain
"""
_TWICE = """
select d.* replace (coalesce(l.reader, d.reader) as reader, coalesce(l.item, d.item) as item, coalesce(l.lent_on, d.lent_on) as lent_on)
from defective d left join plain l on l.i = case when planted(d.id - 1, 37) then d.id - 2 end
order by d.id
"""


def write_table(rows: int, file: Path) -> None:
    """Writes the table as csv; blank cells are empty. Equal numbers of rows give equal files."""
    with open_duckdb(folders=[file.parent]) as con:
        con.execute(_DRAW)
        query = f"with plain as ({_PLAIN.format(rows=rows)}), defective as ({_DEFECTIVE}) {_TWICE}"
        con.execute(f"copy ({query}) to '{file}' (header)")
