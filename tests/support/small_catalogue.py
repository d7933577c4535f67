"""Two small cards linked with each other, enough to write every kind of condition on."""

from pathlib import Path

from expectations.catalogue.catalogues import Catalogue, load_catalogue

_FILES = {
    "pack.yaml": "pack: {name: small, title: {zh: 小}, version: '1', extends: nothing}",
    "cards.yaml": """
card: t
title: {zh: 表}
key: [g, s]
file_words: [tt]
roles: {case: '', person: '', name: '', case_name: '', office: '', department: '', prosecutor: ''}
links: [{card: t, by: [g]}, {card: u, by: [g], latest: [a]}, {card: u, by: [g]}]
sections:
  - title: {zh: 表}
    fields:
      - {name: g, header: g, type: int, level: row}
      - {name: a, header: a, type: int, level: row}
      - {name: b, header: b, type: int, level: row}
      - {name: s, header: s, level: row}
      - {name: k, header: k, type: dict, dictionary: K, level: row, required: a = 1 or b = 1}
      - {name: m, header: m, type: dicts, dictionary: K, level: row}
      - {name: d, header: d, type: date, level: row}
""",
    "other.yaml": """
card: u
title: {zh: 另表}
key: [g, s]
file_words: [uu]
roles: {case: '', person: '', name: '', case_name: '', office: '', department: '', prosecutor: ''}
sections:
  - title: {zh: 另表}
    fields:
      - {name: g, header: g, type: int, level: row}
      - {name: a, header: a, type: int, level: row}
      - {name: s, header: s, level: row}
      - {name: k, header: k, type: dict, dictionary: K, level: row}
""",
    "dictionaries.yaml": "dictionaries: [{name: K, values: [{code: '1', label: 是}, {code: '2', label: 否}, {code: '3', label: 无}]}]",
    "rules.yaml": """
theme: consistency
rules:
  - id: TT01
    kind: implies
    cards: [t]
    level: row
    title: {zh: 甲}
    message: {zh: 乙}
    how_to_fill: {zh: 丙}
    severity: normal
    error_type: 不一致
    owner: handler
    fields: [a]
    needs: [u]
    params: {low: -1, high: 2}
    then: a = 1
    examples: {accepted: {a: '1'}, violating: {a: '2'}}
""",
}


def write_small_catalogue(folder: Path) -> Catalogue:
    """Cards `t` and `u` with one rule, written to the folder and read."""
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_catalogue(folder)
