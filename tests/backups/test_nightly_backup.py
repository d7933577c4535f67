"""The back-up as a scheduler calls it: a flow of Prefect, by the settings alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.homes.backed_up import PASSPHRASE, make_office

from expectations.backups import last_backup

SCHEDULED = """
import os
from pathlib import Path
from expectations.home import Home
from flows.settings import prepare_environment
prepare_environment(Home(Path(os.environ["ANKA_HOME"])))
from flows.night.one_shot_server import one_shot_server
with one_shot_server():
    from flows.backups.nightly_backup import nightly_backup
    print(nightly_backup())
    print(nightly_backup(keep=1))
"""


@pytest.mark.long
def test_the_flow_backs_up_by_the_settings_alone(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    office.register.close()
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    usual = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "ANKA_"))}
    settings = {
        "ANKA_HOME": str(office.home.root),
        "ANKA_BACKUPS": str(office.folder),
        "ANKA_BACKUP_PASSPHRASE_FILE": str(secret),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCHEDULED], env=usual | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    _, second = done.stdout.split()
    assert [file.name for file in office.folder.iterdir()] == [second]
    backup = last_backup(office.home)
    assert backup is not None
    assert backup.encrypted
    assert backup.file.name == second
