"""Where the passphrase of a back-up comes from: a file, or the environment. Never the command line, which every account of the machine can read."""

from pathlib import Path

from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.settings import Settings

_OTHERS = 0o077


def given_passphrase(file: Path | None, settings: Settings) -> str:
    """That of the file, else of `ANKA_BACKUP_PASSPHRASE`, else of the file `ANKA_BACKUP_PASSPHRASE_FILE` names; blank where none is given. Raises InputError."""
    if file is None and settings.backup_passphrase:
        return settings.backup_passphrase
    named = file or settings.backup_passphrase_file
    return _first_line(named) if named else ""


def _first_line(file: Path) -> str:
    try:
        others_read = file.stat().st_mode & _OTHERS
        line = file.read_text(encoding="utf-8").partition("\n")[0].removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise InputError(
            Bilingual("口令文件无法读取", "the file of the passphrase can't be read").about(f"{file} ({why})")
        ) from None
    if others_read:
        raise InputError(
            Bilingual("口令文件可被其他账号读取", "other accounts can read the file of the passphrase").about(file),
            hint=f"chmod 600 {file}",
        )
    if not line:
        raise InputError(Bilingual("口令文件是空的", "the file of the passphrase is empty").about(file))
    return line
