"""Conditions and the SQL they become, kept side by side in `tests/sql/golden/*.sql`.

A pair is `-- # title`, `-- condition`, and the statements. Titles and conditions are written by hand, the statements by
`PYTHONPATH=tests python -m support.golden_sql`, to be read before they are committed.
"""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from expectations.catalogue.catalogues import Catalogue
from expectations.sql.context import AuditTable
from expectations.sql.language import parse_condition, pretty
from expectations.sql.other_rows import canonical
from support.small_catalogue import write_small_catalogue

GOLDEN = Path(__file__).parents[1] / "sql" / "golden"
_PAIR = re.compile(r"^-- # (?P<title>.+)\n-- (?P<condition>.+)\n", re.MULTILINE)


def pairs(text: str) -> list[tuple[str, str]]:
    """Title and condition of every pair of a file."""
    return [(match["title"], match["condition"]) for match in _PAIR.finditer(text)]


def golden_text(catalogue: Catalogue, conditions: list[tuple[str, str]]) -> str:
    """The file with the SQL of every condition on card `t`."""
    return "\n".join(f"-- # {title}\n-- {condition}\n{sql_of(catalogue, condition)}" for title, condition in conditions)


def sql_of(catalogue: Catalogue, condition: str) -> str:
    """The statements that make `audit.t` for a condition alone, and the query of the rows on which it is true."""
    card = catalogue.cards["t"]
    table = AuditTable(card, catalogue.cards, catalogue.dictionaries)
    where = table.condition(canonical(parse_condition(condition), card))
    return "".join(f"{pretty(each)};\n" for each in (*table.statements(), f"select _row from audit.t where {where}"))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        small = write_small_catalogue(Path(folder))
        for file in GOLDEN.glob("*.sql"):
            file.write_text(golden_text(small, pairs(file.read_text(encoding="utf-8"))), encoding="utf-8")
