"""Rules as the figure pages name and explain them: title, a typical wording, the right way to fill. All from the catalogue
in the published run; no finding is read, so nobody is named.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import duckdb

from expectations.finding.masks import mask_identity

_PLACE = re.compile(r"\{(\w+)\}")
_SOMEBODY, _SOMETHING = ("某某", "the suspect"), ("……", "…")


@dataclass(frozen=True)
class RuleWords:
    """A rule as a cause is explained: a typical wording and the right way to fill."""

    title: tuple[str, str] = ("", "")
    typical: tuple[str, str] = ("", "")
    how_to_fill: tuple[str, str] = ("", "")


def rule_words(con: duckdb.DuckDBPyConnection, rule_ids: Iterable[str]) -> dict[str, RuleWords]:
    """Texts of some rules. The wording is filled from the catalogue's example: a finding's own may name a suspect."""
    headers: dict[str, tuple[str, str]] = {}
    for name, zh, en in con.execute(
        "select name, header, coalesce(label_en, '') from fields order by card, no"
    ).fetchall():
        headers.setdefault(name, (zh, en or zh))
    rows = con.execute(
        "select rule_id, title_zh, coalesce(title_en, ''), coalesce(message_zh, ''), coalesce(message_en, ''), "
        "coalesce(how_to_fill, ''), coalesce(how_to_fill_en, ''), violating, params, split_part(fields, '|', 1) "
        "from rules where rule_id in (select unnest(?::varchar[]))",
        [sorted(rule_ids)],
    )
    return {
        rule_id: RuleWords(
            (zh, en),
            _typical(
                messages, _example(violating) | _example(params), headers | {"label": headers.get(item, _SOMETHING)}
            ),
            (fill_zh, fill_en),
        )
        for rule_id, zh, en, *messages, fill_zh, fill_en, violating, params, item in rows.fetchall()
    }


def _example(words: str | None) -> dict[str, str]:
    """The plain values of a JSON object; of the last one where an example is several rows."""
    parsed = json.loads(words or "{}")
    rows: list[dict[str, object]] = parsed if isinstance(parsed, list) else [parsed]
    return {
        name: mask_identity(str(value))
        for row in rows[-1:]
        for name, value in row.items()
        if isinstance(value, str | int | float) and value != ""
    }


def _typical(
    messages: Sequence[str], example: Mapping[str, str], headers: Mapping[str, tuple[str, str]]
) -> tuple[str, str]:
    """A rule's message, Chinese and English, with example values, else the header of the item, for every place in it."""
    values = {**example, "name": ""}

    def filled(place: re.Match[str], language: int) -> str:
        name = place[1]
        return values.get(name) or (_SOMEBODY if name == "name" else headers.get(name, _SOMETHING))[language]

    zh, en = (_PLACE.sub(partial(filled, language=number), message) for number, message in enumerate(messages))
    return zh, en


def rules_known(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str, str]]:
    """Rules of the run by id: Chinese and English title, error type."""
    rows = con.execute("select rule_id, title_zh, coalesce(title_en, ''), error_type from rules order by rule_id")
    return {rule_id: (zh, en, error_type) for rule_id, zh, en, error_type in rows.fetchall()}
