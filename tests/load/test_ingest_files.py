"""Third-party files that break readers: each is loaded or refused in one line, within ten seconds and a gigabyte."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.loads import load, warehouse

from expectations.errors import AnkaError

FOLDER = Path(os.environ.get("ANKA_INGEST_FILES", Path(__file__).parents[3] / "shared" / "data" / "ingest_files"))
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file()) if FOLDER.is_dir() else []

HOSTILE = {"OOM_alloc.xls", "issue_174.xlsx", "large_strings.xlsx", "corrupted_error.xls", "pass_protected.xlsx"}


@pytest.mark.skipif(not FILES, reason="the third-party files are not on this machine")
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_file_is_loaded_or_refused_in_one_line(path: Path) -> None:
    choices = (None, "arrest") if path.name in HOSTILE else ("arrest",)
    for card in choices:
        started = time.monotonic()
        with pytest.raises(AnkaError) as refused:  # none of them has headings of a card
            load(warehouse(), path, card=card)
        assert refused.value.message.startswith(f"{path.name}: ")
        assert "\n" not in refused.value.message
        assert time.monotonic() - started < 10


@pytest.mark.skipif(not FILES, reason="the third-party files are not on this machine")
def test_reading_a_hostile_file_stays_below_a_gigabyte() -> None:
    """Read from a process of its own: what the children of this one needed for other tests is not the file's fault."""
    pytest.importorskip("resource")
    script = (
        "import resource, sys; from pathlib import Path; from support.loads import load, warehouse; from expectations.errors import AnkaError\n"
        "for path in map(Path, sys.argv[1:]):\n"
        "    try: load(warehouse(), path)\n"
        "    except AnkaError: print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    hostile = [str(path) for path in FILES if path.name in HOSTILE]
    completed = subprocess.run(
        [sys.executable, "-c", script, *hostile],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    kilobytes = [int(line) for line in completed.stdout.split()]
    assert len(kilobytes) == len(hostile)
    assert 0 < max(kilobytes) < 2**20


@pytest.mark.skipif(not FILES, reason="the third-party files are not on this machine")
def test_a_password_is_named() -> None:
    (protected,) = (path for path in FILES if path.name == "pass_protected.xlsx")
    with pytest.raises(AnkaError, match="密码"):
        load(warehouse(), protected)
