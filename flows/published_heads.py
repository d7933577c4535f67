"""The heads of the access log that published runs keep: what `anka log verify` compares the log with."""

from collections.abc import Iterator

import duckdb

from expectations.errors import AnkaError
from expectations.home import Home
from expectations.people.trail.checking import Witness
from expectations.run.published import open_published
from expectations.run.schema import LOG_HEAD
from expectations.store.register import Register


def published_heads(home: Home, register: Register) -> Iterator[Witness]:
    """Of every published file that can be read and was made beside this register; those of runs before there was a chain have none."""
    identity = register.identity()
    for file in home.published_files():
        try:
            with open_published(file) as con:
                rows = con.execute(f"select entry, hash from {LOG_HEAD.name} where register = ?", [identity]).fetchall()
        except (AnkaError, duckdb.Error):
            continue
        yield from (Witness(file.name, entry, digest) for entry, digest in rows)
