"""Which back-ups were made of a home, and when the last good one: `backups.json` in the home itself.

Written after the file has its name and was read again; whoever watches the house asks here and needs no register.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from expectations.home import Home, replace_text

_MOST = 400
"""More than a year of nights."""


@dataclass(frozen=True)
class Backup:
    """A back-up that was made whole. `made_at` in UTC without a zone, when the copy began: whatever was committed before is in it."""

    made_at: datetime
    file: Path
    size: int
    sha256: str
    encrypted: bool
    same_disk: bool
    """It lies on the disk of the home, and is lost with it."""


def last_backup(home: Home) -> Backup | None:
    """The latest good back-up of a home; None where none was ever made, or nobody knows. Its file may lie elsewhere by now."""
    return max(backups_of(home), key=lambda backup: backup.made_at, default=None)


def backups_of(home: Home) -> Sequence[Backup]:
    """Those that were made, the earliest first; none where the list can't be read."""
    try:
        lines = json.loads(_list_of(home).read_text(encoding="utf-8"))["backups"]
        return [
            Backup(**line | {"made_at": datetime.fromisoformat(line["made_at"]), "file": Path(line["file"])})
            for line in lines
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def remember(home: Home, backup: Backup) -> None:
    """Adds one."""
    lines = [
        asdict(known) | {"made_at": known.made_at.isoformat(), "file": str(known.file)}
        for known in (*backups_of(home), backup)
    ]
    replace_text(_list_of(home), json.dumps({"backups": lines[-_MOST:]}, ensure_ascii=False, indent=1))


def _list_of(home: Home) -> Path:
    return home.root / "backups.json"
