"""The list of commands: drawn without importing one, and every name leads to its command."""

import os
import subprocess
import sys
from pathlib import Path

from support.commands import anka
from typer.core import TyperGroup
from typer.main import get_command

from flows.cli.main import PLACES, app

HEAVY = ("pandas", "duckdb", "sqlalchemy", "pydantic", "great_expectations", "prefect", "sqlglot")


def test_the_list_of_commands_imports_none_of_them() -> None:
    """What makes `anka --help` quick: the modules are counted, since seconds differ between machines."""
    look = f"""
import sys
from pathlib import Path
from flows.cli.main import app
try:
    app(["--help"])
except SystemExit:
    pass
print([name for name in {HEAVY} if name in sys.modules])
print(sorted(name for name in sys.modules if name.startswith("flows.")))
"""
    lines = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "200"}
    ).stdout.splitlines()
    assert lines[-2:] == ["[]", "['flows.cli', 'flows.cli.main']"]
    assert [line.split()[0] for line in lines if line.split()[:1] and line.split()[0] in PLACES] == list(PLACES)


def test_every_place_is_a_command_with_the_line_it_is_listed_with() -> None:
    program = get_command(app)
    assert isinstance(program, TyperGroup)
    commands = program.commands
    assert list(commands) == list(PLACES)
    for name, place in PLACES.items():
        assert (commands[name].name, commands[name].help) == (name, place.help)


def test_a_name_nearly_right_is_told_and_no_name_shows_the_list(tmp_path: Path) -> None:
    assert "Did you mean 'audit'" in anka("audti", home=tmp_path, code=2).stderr
    assert anka("-h", home=tmp_path).stdout.strip() == anka(home=tmp_path, code=2).stdout.strip()
