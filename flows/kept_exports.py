"""The exports a run was made of, kept compressed in the home for as long as the run is: what a finding rests on can be shown, and audited
again, when the inbox has long held newer files."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.errors import AnkaError
from expectations.home import Home, kept_copy
from expectations.run.published import exports_of, open_published

_PIECE = 2**20
HALF_COPIED = "unfinished"


def keep_exports(home: Home, files: Iterable[Path]) -> None:
    """A copy of each file as `<SHA-256 of its bytes>.zst`, the hash the load report names; one that is there already is not kept twice."""
    home.exports.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in files:
        try:
            source = file.open("rb")
        except OSError:
            continue  # the load refuses it, with the reason
        unfinished, digest = home.exports / HALF_COPIED, hashlib.sha256()
        with source, pa.CompressedOutputStream(str(unfinished), "zstd") as copy:
            while piece := source.read(_PIECE):
                digest.update(piece)
                copy.write(piece)
            changed_at = os.fstat(source.fileno()).st_mtime_ns
        os.utime(unfinished, ns=(changed_at, changed_at))  # how old the exports are is asked of it
        unfinished.replace(kept_copy(home.exports, digest.hexdigest()))


def drop_unused_exports(home: Home, runs: Iterable[Path]) -> list[Path]:
    """Deletes the copies no run among the published files `runs` was made of, and their numbered lines. Returns what was deleted.

    Where a run can't be read nothing is deleted: nobody knows which copies are its own.
    """
    used = set[str]()
    try:
        for run in runs:
            with open_published(run) as con:
                used |= exports_of(con)
    except (AnkaError, duckdb.Error):
        return []
    unused = [file for file in home.exports.glob("*.*") if file.name.split(".")[0] not in used]
    for copy in unused:
        copy.unlink()
    return unused
