"""The Prefect flow `nightly_backup`: what `anka backup` does, at an hour of the night."""

from pathlib import Path

from prefect import flow, get_run_logger

from expectations.backups.making import BackupOrder, make_backup
from expectations.home import Home
from flows.backups.passphrases import given_passphrase
from flows.night.nightly_audit import told_by_kind
from flows.settings import Settings


@flow(name="nightly_backup", log_prints=False)
def nightly_backup(folder: str | None = None, keep: int | None = None, home: str | None = None) -> str:
    """Backs the home up into `folder` (default: `ANKA_BACKUPS`) and keeps the newest `keep` (`ANKA_KEEP_BACKUPS`); the name of the file."""
    settings = Settings()
    home_folder = Home(Path(home or settings.home).absolute())
    home_folder.keep_private()
    with told_by_kind():
        made = make_backup(
            BackupOrder(
                home_folder,
                Path(folder) if folder else settings.backups,
                settings.register_url,
                settings.catalogue,
                keep=settings.keep_backups if keep is None else keep,
                passphrase=given_passphrase(None, settings),
            )
        )
    if made.backup.same_disk:
        get_run_logger().warning("the back-up lies on the disk of the home")
    return made.backup.file.name
