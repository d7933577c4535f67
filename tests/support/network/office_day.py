"""What an office does in a day, by its commands and pages, one after the other: for tests that look at what is reached meanwhile, and not at
what comes of it. `python -m support.network.office_day HOME EXPORT SECONDS`.
"""

import sys
from pathlib import Path

from flows.bench.pages.visiting import run_pages
from flows.cli.main import app
from support.site.dashboard_server import with_people


def office_day(home: Path, export: Path, seconds: float) -> None:
    """An audit and a check of one export, the letters of the day, and so many seconds of a supervisor's pages."""
    commands = (
        ("audit", export, "--no-prefect", "--as-of", "2026-06-30", "--home", home),
        ("check", export, "-o", home.with_name("marked.xlsx"), "--as-of", "2026-06-30"),
        ("notify", "--dry-run", "--home", home),
    )
    for command in commands:
        app([str(word) for word in command], standalone_mode=False)
    with_people(home)
    visited = run_pages(home, users=1, think=(0.0, 0.0), longest=seconds)
    sys.stdout.write(f"pages: {', '.join(visited.seconds)}\n")


if __name__ == "__main__":
    office_day(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
