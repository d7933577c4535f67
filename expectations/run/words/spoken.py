"""What the catalogue of a run speaks. Asked when a register follows the run, and by a check, which has no register."""

import duckdb

from expectations.texts import Language

_TITLES = "select title_zh as zh, title_en as en from {place}cards_known"
_OF_RULES = "select title_zh, title_en from {place}rules union all select message_zh, message_en from {place}rules"


def spoken_language(con: duckdb.DuckDBPyConnection, place: str = "", *, rules: bool = True) -> Language:
    """English where no text is Chinese: a text given in one language stands for both, so its signs tell which.

    `place`: of an attached run; without `rules` by the cards alone, where nothing was judged.
    """
    texts = " union all ".join([_TITLES, _OF_RULES] if rules else [_TITLES])
    ((foreign,),) = con.execute(
        f"select bool_and(zh = en and not regexp_matches(zh, '\\p{{Han}}')) from ({texts.format(place=f'{place}.' if place else '')})"
    ).fetchall()
    return "en" if foreign else "zh"
