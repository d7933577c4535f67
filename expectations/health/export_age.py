"""How old the exports are that the run shown was made of: when each was changed last, which their kept copies still say."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from expectations.home import Home, kept_copy
from expectations.run.published import exports_of, noting_damage, open_published, shown_run


def newest_export(home: Home) -> datetime | None:
    """When the newest of them was changed, in UTC without a zone; None where no copy is kept. Raises as `shown_run` and `noting_damage`."""
    file = shown_run(home).file
    copies = [kept_copy(home.exports, sha256) for sha256 in _made_of(file, file.stat().st_mtime_ns)]
    changed = [copy.stat().st_mtime for copy in copies if copy.is_file()]
    return datetime.fromtimestamp(max(changed), UTC).replace(tzinfo=None) if changed else None


@lru_cache(maxsize=8)
def _made_of(file: Path, _changed: int) -> frozenset[str]:
    """The hashes of a run's exports. A published file never changes, and opening one takes longer than all else that is asked."""
    with noting_damage(file), open_published(file) as con:
        return frozenset(exports_of(con))
