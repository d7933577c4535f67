"""What the catalogue of a run speaks. Asked when a register follows the run, and by a check, which has no register."""

import duckdb

from expectations.texts import Language

_TEXTS = r"""
with texts as (
  select title_zh as zh, title_en as en from {place}cards_known
  union all select title_zh, title_en from {place}rules
  union all select message_zh, message_en from {place}rules
)
select bool_and(zh = en and not regexp_matches(zh, '\p{{Han}}')) from texts
"""


def spoken_language(con: duckdb.DuckDBPyConnection, place: str = "") -> Language:
    """English where no text is Chinese: a text given in one language stands for both, so its signs tell which. `place`: of an attached run."""
    ((foreign,),) = con.execute(_TEXTS.format(place=f"{place}." if place else "")).fetchall()
    return "en" if foreign else "zh"
