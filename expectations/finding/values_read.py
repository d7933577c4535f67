"""The fingerprint of what a rule read of a row, and how two of them are compared.

What is read is written as one text before it is hashed, in an order and in forms that are the program's: another version may write the
same values otherwise. So a fingerprint begins with a mark of the program that made it.
"""

import hashlib
from functools import lru_cache
from importlib.metadata import version

_MARK = 16
_VALUES = 48


@lru_cache(maxsize=1)
def program_mark() -> str:
    """Tells the program that made a fingerprint: its version, and that of the database which writes values as text."""
    program = f"anka {version('anka-audit')}, duckdb {version('duckdb')}"
    return hashlib.sha256(program.encode()).hexdigest()[:_MARK]


def fingerprint_sql(values_read: str) -> str:
    """SQL of the fingerprint over the SQL of everything a rule read of a row."""
    return f"'{program_mark()}' || left(sha256({values_read}), {_VALUES})"


def other_values_sql(known: str, found: str) -> str:
    """SQL that is true where a finding is of other values than before.

    Of one program the fingerprints tell. Those of two can't be compared: there the items that both show do. `known` and `found` are rows
    with `values_fingerprint` and, as JSON, `present`.
    """
    before, now = (f"""json_transform({row}.present, '"MAP(VARCHAR, VARCHAR)"')""" for row in (known, found))
    shown_otherwise = (
        f"list_filter(map_keys({before}), lambda item: map_contains({now}, item) and "
        f"map_extract_value({before}, item) is distinct from map_extract_value({now}, item))"
    )
    return f"""case
    when left({known}.values_fingerprint, {_MARK}) = left({found}.values_fingerprint, {_MARK})
      then {known}.values_fingerprint <> {found}.values_fingerprint
    else len({shown_otherwise}) > 0
  end"""
