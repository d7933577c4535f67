"""The rooms of the house: each says in one line what it is for, none is crowded, and docs/developers.md tells the same."""

import ast
import re
from pathlib import Path

import pytest
from support.places import ROOT

PAGE = ROOT / "docs" / "developers.md"
PACKAGES = ("expectations", "flows", "dashboard", "sample_data")
MOST_MODULES = 15
"""Above that nobody finds their way by names alone: the idea that wants a room of its own moves out."""

ROOMS = sorted(
    folder.parent.relative_to(ROOT)
    for package in PACKAGES
    for folder in (ROOT / package).rglob("__init__.py")
    if "migrations" not in folder.parts
)
FOLDERS = sorted({module.parent for package in (*PACKAGES, "tests") for module in (ROOT / package).rglob("*.py")})


def purpose(room: Path) -> str:
    """What the room says it is for: the first paragraph of its docstring, on one line."""
    docstring = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.split("\n\n")[0].split())


def test_the_page_has_a_line_for_each_room_in_the_rooms_own_words() -> None:
    lines = dict(re.findall(r"^\| `([\w/]+)/` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert lines == {str(room): purpose(room) for room in ROOMS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_no_folder_is_crowded(folder: Path) -> None:
    modules = [module.name for module in folder.glob("*.py") if module.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES, modules


def test_every_file_the_page_names_exists() -> None:
    files = set(
        re.findall(
            r"`((?:expectations|flows|dashboard|sample_data|tests|docs)/[\w./-]+)`", PAGE.read_text(encoding="utf-8")
        )
    )
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []


def test_no_test_imports_a_test() -> None:
    importing = [
        f"{module.relative_to(ROOT)}: {node.module}"
        for module in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1].startswith(("test_", "conftest"))
    ]
    assert importing == []
