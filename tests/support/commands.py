"""The command line as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def anka(*arguments: str | Path, home: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs `anka` in a process of its own and checks its exit code."""
    completed = subprocess.run(
        [sys.executable, "-m", "flows.cli.main", *map(str, arguments)],
        env=os.environ | {"ANKA_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert completed.returncode == code, completed.stdout + completed.stderr
    assert "Traceback" not in completed.stderr
    return completed
