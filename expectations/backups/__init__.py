"""Back-ups of a home: one file with everything that can't be made again, and bringing it back. The last one, for whoever watches."""

from expectations.backups.records import Backup, last_backup

__all__ = ["Backup", "last_backup"]
