"""What is shipped is known: locked with hashes, under a licence somebody has looked at, and listed in a valid bill of materials."""

import json
import re
import subprocess
import sys
import tomllib
from email import message_from_string
from email.message import Message
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from support.places import ROOT

from expectations.errors import InputError
from flows.bundling.bill import bill_of_materials
from flows.bundling.bundle import pages
from flows.bundling.checkout import LOCK
from flows.bundling.licences import licence_of
from flows.bundling.wheels import Lock, Locked, Wheel, exported, shipped

LOCKED = tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]


@pytest.fixture(scope="module")
def installed() -> dict[str, Message]:
    """What is shipped for this Python, as it is installed here."""
    return {locked.name: metadata for locked in shipped() if (metadata := _metadata(locked))}


def _metadata(locked: Locked) -> Message | None:
    try:
        return message_from_string(distribution(locked.name).read_text("METADATA") or "")
    except PackageNotFoundError:  # needed by an older patch of this Python
        assert locked.marker
        return None


def test_the_lock_is_that_of_the_project() -> None:
    completed = subprocess.run(
        [sys.executable, "-m", "uv", "lock", "--check", "--offline"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr


def test_every_file_of_the_lock_has_a_hash() -> None:
    files = [file for package in LOCKED for file in (*package.get("wheels", ()), *filter(None, [package.get("sdist")]))]
    assert [file for file in files if not file["hash"].startswith("sha256:")] == []
    assert len(files) > 1000
    hashes = Lock.read(LOCK).hashes
    assert [locked.name for locked in shipped() if not hashes[locked.name, locked.version]] == []


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = (text.split("\ndependencies = [")[1], text.split("[dependency-groups]")[1])
    lines = [
        line.strip() for part in lists for line in part.split("\n[")[0].splitlines() if line.strip().startswith('"')
    ]
    assert [line for line in lines if " # " not in line] == []
    declared = tomllib.loads(text)
    groups = declared["dependency-groups"].values()
    every = [
        *declared["project"]["dependencies"],
        *(line for group in groups for line in group if isinstance(line, str)),
    ]
    assert len(lines) == len(every)


def test_every_licence_of_what_is_shipped_may_be_handed_on(installed: dict[str, Message]) -> None:
    licences = {name: licence_of(metadata) for name, metadata in installed.items()}
    assert len(licences) > 130
    assert (licences["docxtpl"], licences["olefile"], licences["duckdb"]) == ("LGPL-2.1-only", "BSD-2-Clause", "MIT")


@pytest.mark.parametrize(
    "said",
    [
        "License-Expression: AGPL-3.0-only",
        "License-Expression: MIT OR GPL-3.0-only",
        "License: Proprietary",
        "Classifier: License :: Other",
        "",
    ],
)
def test_a_licence_nobody_has_looked_at_is_refused(said: str) -> None:
    with pytest.raises(InputError, match="a licence nobody has looked at: new 1"):
        licence_of(message_from_string(f"Name: new\nVersion: 1\n{said}\n"))


def test_a_wheel_that_is_not_of_the_lock_is_refused(tmp_path: Path) -> None:
    lock = Lock.read(LOCK)
    with pytest.raises(InputError, match=r"not the wheel of uv\.lock: duckdb"):
        lock.require(_wheel(tmp_path, "duckdb", lock.one("duckdb").version, Message()))


def test_the_bill_of_materials_is_valid_and_says_the_same_twice(tmp_path: Path, installed: dict[str, Message]) -> None:
    wheels = [_wheel(tmp_path, name, metadata["Version"], metadata) for name, metadata in installed.items()]
    own = _wheel(
        tmp_path, "anka_audit", "0.1.0", message_from_string("Name: anka-audit\nLicense-Expression: Apache-2.0\n")
    )
    text = bill_of_materials(exported("cyclonedx1.5"), own, wheels)
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(text) is None
    assert text == bill_of_materials(exported("cyclonedx1.5"), own, wheels)
    bill = json.loads(text)
    assert {component["name"] for component in bill["components"]} == installed.keys()
    assert {component["hashes"][0]["content"] for component in bill["components"]} == {wheel.sha256 for wheel in wheels}
    needs = {need["ref"]: need.get("dependsOn", []) for need in bill["dependencies"]}
    assert any(need.startswith("duckdb-") for need in needs[bill["metadata"]["component"]["bom-ref"]])


def _wheel(folder: Path, name: str, version: str, metadata: Message) -> Wheel:
    """A wheel that holds nothing but what it says of itself."""
    stem = f"{name.replace('-', '_')}-{version}"
    with ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", metadata.as_string())
    return Wheel(folder / f"{stem}-py3-none-any.whl")


def test_what_the_pages_of_a_bundle_lead_to_is_in_it() -> None:
    shown = set(pages())
    links = {
        (page.parent / link).resolve()
        for page in shown
        if page.suffix == ".md"
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    }
    assert links - shown == set()
