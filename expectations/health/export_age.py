"""How old the exports are that the present run was made of: when each was changed last, which their kept copies still say."""

from datetime import UTC, datetime

from expectations.home import Home, kept_copy
from expectations.run.published import open_shown


def newest_export(home: Home) -> datetime | None:
    """When the newest of them was changed, in UTC without a zone; None where no copy is kept. Raises as `open_shown`."""
    with open_shown(home) as con:
        hashes = [str(sha256) for (sha256,) in con.execute("select distinct sha256 from files").fetchall()]
    changed = [copy.stat().st_mtime for sha256 in hashes if (copy := kept_copy(home.exports, sha256)).is_file()]
    return datetime.fromtimestamp(max(changed), UTC).replace(tzinfo=None) if changed else None
