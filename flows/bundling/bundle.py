"""What is in a bundle, and where: everything an office needs to install, check, understand and remove Anka without a network."""

import platform
import shutil
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.bundling.archive import pack, sha256_of, write_sums
from flows.bundling.bill import bill_of_materials
from flows.bundling.checkout import CHECKOUT, LOCK
from flows.bundling.fonts import add_fonts
from flows.bundling.wheels import INSTALLER, PYTHON, Lock, Locked, Wheel, exported, fetched, own_wheel, shipped

_HERE = Path(__file__).parent
_PRINTED = ("install.sh", "INSTALL.txt")
"""What an operator runs and reads first, with the version and the Python of the bundle written in."""


@dataclass(frozen=True)
class Bundle:
    """An archive that was made."""

    file: Path
    sha256: str
    wheels: int
    licences: Counter[str]


def make_bundle(target: Path | None, *, fonts: bool = False) -> Bundle:
    """Makes the archive for systems and Pythons like those it runs on, by default in the working directory. Raises InputError."""
    with tempfile.TemporaryDirectory(prefix="anka-bundle-") as place:
        work = Path(place)
        own = own_wheel(_made(work / "own"))
        name = f"anka-{own.version}-{sysconfig.get_platform()}-py{PYTHON}"
        wanted = shipped()
        wheels = fetched(wanted, _made(work / "wheels"))
        (pip,) = fetched([Lock.read(LOCK).one(INSTALLER)], _made(work / "tools"))
        folder = _made(work / name)
        _write_requirements(folder, wanted, (own, *wheels))
        _write_contents(folder, own, wheels, pip)
        if fonts:
            add_fonts(folder / "fonts")
        write_sums(folder)
        file = (target or Path(f"{name}.tar")).absolute()
        pack(folder, file)
        licences = Counter(wheel.licence for wheel in (own, *wheels))
    return Bundle(file, sha256_of(file), len(wheels) + 1, licences)


def _write_requirements(folder: Path, wanted: Sequence[Locked], wheels: Sequence[Wheel]) -> None:
    """Each wheel with its hash and the Pythons it is for."""
    markers = {locked.name: locked.marker for locked in wanted}
    lines = [
        Locked(wheel.name, wheel.version, markers.get(wheel.name, "")).requirement(wheel.sha256) for wheel in wheels
    ]
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8")


def _write_contents(folder: Path, own: Wheel, wheels: Sequence[Wheel], pip: Wheel) -> None:
    installed = sorted((own, *wheels), key=lambda wheel: wheel.name)
    for wheel, place in (*((wheel, "wheels") for wheel in installed), (pip, "tools")):
        copy = folder / place / wheel.file.name
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(wheel.file, copy)
    shutil.copyfile(LOCK, folder / "uv.lock")
    for wheel in (*installed, pip):
        _write_licences(folder / "licences" / f"{wheel.name}-{wheel.version}", wheel)
    table = "".join(f"{wheel.name}\t{wheel.version}\t{wheel.licence}\n" for wheel in (*installed, pip))
    (folder / "licences" / "licences.tsv").write_text(f"distribution\tversion\tlicence\n{table}", encoding="utf-8")
    bill = bill_of_materials(exported("cyclonedx1.5"), own, wheels)
    (folder / "sbom.cdx.json").write_text(bill, encoding="utf-8")
    for page in pages():
        copy = folder / page.relative_to(CHECKOUT)
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(page, copy)
    write_printed(folder, own.version)


def pages() -> list[Path]:
    """What is to be read, and the tables of the sample that these pages lead to."""
    return [
        *(CHECKOUT / "docs").glob("*.md"),
        *(CHECKOUT / "sample_data").glob("*.csv"),
        *(CHECKOUT / name for name in ("README.md", "CHANGELOG.md", "LICENSE")),
    ]


def write_printed(folder: Path, version: str, python: str = PYTHON) -> None:
    """The installer and the page that goes with it."""
    for name in _PRINTED:
        text = (_HERE / name).read_text(encoding="utf-8")
        for mark, value in (
            ("VERSION", version),
            ("PYTHON", python),
            ("SYSTEM", f"{platform.system()} {platform.machine()}"),
        ):
            text = text.replace(f"@{mark}@", value)
        (folder / name).write_text(text, encoding="utf-8")


def _write_licences(folder: Path, wheel: Wheel) -> None:
    for name, text in wheel.licence_texts().items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
