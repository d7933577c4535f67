"""What the cards of a run call case, person and owner, for the headings of lists and papers."""

from collections.abc import Iterable, Mapping

import duckdb

from expectations.finding.headings import HEADINGS
from expectations.texts import Language

_NAMED = """
with named as (select role, coalesce(nullif({words}, ''), header) as heading, count(*) as cards
  from fields where role <> '' and ($1 is null or list_contains($1, card)) group by all)
select role, heading from named
qualify 2 * cards > sum(cards) over (partition by role)
"""


def headings(
    con: duckdb.DuckDBPyConnection, language: Language, cards: Iterable[str] | None = None
) -> Mapping[str, str]:
    """The headings of HEADINGS. An item in a role is called as most of the cards call it, of all cards the catalogue has by default;
    where they do not agree, by the general word."""
    named = _NAMED.format(words="label_en" if language == "en" else "header")
    own_words = con.execute(named, [None if cards is None else list(cards)]).fetchall()
    return {name: words.in_language(language) for name, words in HEADINGS.items()} | dict(own_words)
