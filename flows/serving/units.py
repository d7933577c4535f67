"""Files for whoever sets up the machine, written for this home and this program: systemd units, their user and environment, and nginx in
front of the dashboard.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from expectations.errors import InputError
from expectations.home import Home
from expectations.office_days import VARIABLE, office_zone
from expectations.texts import Bilingual
from flows.settings import Settings

_FOR_ALL, _FOR_US = 0o644, 0o600
_SERVED_HOST = "anka.office"
_PEOPLES = (Path("/home"), Path("/root"), Path("/run/user"))
_BEFORE_EXAMPLES = Bilingual("去掉 # 并填写即生效", "take the # away and fill in what is to hold")
_EXAMPLES = {
    "ANKA_ADDRESS": f"https://{_SERVED_HOST}",
    "ANKA_BACKUPS": "/mnt/backup/anka",
    "ANKA_CATALOGUE": "/etc/anka/pack",
    "ANKA_INBOX": "/srv/anka/inbox",
    "ANKA_KEEP_RUNS": "30",
    "ANKA_MESSAGE_URLS": "mailtos://anka:password@mail.office?to={address}",
    "ANKA_REGISTER": "postgresql://anka:password@127.0.0.1/anka",
    "ANKA_SERVE_MEMORY": "2GB",
    "PREFECT_API_URL": "http://127.0.0.1:4200/api",
}


def write_units(folder: Path, home: Home, port: int) -> list[Path]:
    """Writes all of them; the environment, which may hold passwords, for its owner alone. Raises InputError where there is one already."""
    texts = dict(_texts(home, port))
    if taken := [name for name in texts if (folder / name).exists()]:
        raise InputError(
            Bilingual("文件已存在，未改动", "there is such a file, nothing was written").about(folder / taken[0]),
            hint=Bilingual("写到另一个文件夹", "write into another folder"),
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in texts.items():
        file = folder / name
        file.touch(mode=_FOR_US)
        file.write_text(text, encoding="utf-8")
        file.chmod(_FOR_US if file.suffix == ".env" else _FOR_ALL)
        written.append(file)
    return written


def nginx_example(host: str = _SERVED_HOST, port: int = 8501) -> str:
    """nginx in front of the dashboard, with TLS."""
    return _filled("anka.nginx.conf", {"HOST": host, "PORT": str(port)})


def _texts(home: Home, port: int) -> Iterator[tuple[str, str]]:
    program = program_beside(Path(sys.executable))
    command = [str(program)] if program.exists() else [sys.executable, "-m", "flows.start"]
    settings = Settings()
    backups = [settings.backups.absolute()] if os.environ.get("ANKA_BACKUPS") else []
    written = [home.root, *backups]
    # a disk of back-ups that is not mounted must not keep the house from starting
    writable = [str(home.root), *(f"-{folder}" for folder in backups)]
    read = (*written, settings.inbox.absolute(), program, *([settings.catalogue] if settings.catalogue else []))
    in_peoples_homes = any(path.is_relative_to(place) for path in read for place in _PEOPLES)
    values = {
        "ANKA": " ".join(map(quoted, command)),
        "PORT": str(port),
        "ZONE": office_zone().key,
        "WRITABLE": " ".join(map(quoted, writable)),
        "HOME_PARENT": str(home.root.parent),
        "PROTECT_HOME": "read-only" if in_peoples_homes else "yes",
    }
    values["HARDENED"] = _filled("hardened", values).rstrip()
    for name in ("anka.service", "anka-notify.service", "anka-notify.timer", "anka.sysusers", "anka-maintenance.html"):
        yield name, _filled(name, values)
    host = urlsplit(os.environ.get("ANKA_ADDRESS", "")).hostname
    yield "anka.nginx.conf", nginx_example(host or _SERVED_HOST, port)
    yield "anka.env", _environment(home, settings)


def program_beside(python: Path) -> Path:
    """`anka` of that Python; by the link `current` where a bundle was installed, so that units go over to the next version with it."""
    program = python.with_name("anka")
    linked = program.parents[2] / "current" / "bin" / "anka"
    return linked if linked.exists() and program.exists() and linked.samefile(program) else program


def _environment(home: Home, settings: Settings) -> str:
    """What is set now, and what may be."""
    needed = {
        "ANKA_HOME": str(home.root),
        VARIABLE: office_zone().key,
    }
    # what is not set here is the office's to set on the page 管理
    for name, folder in (("ANKA_INBOX", settings.inbox), ("ANKA_BACKUPS", settings.backups)):
        if os.environ.get(name):
            needed[name] = str(folder.absolute())
    ours = {name: text for name, text in os.environ.items() if name.startswith("ANKA_") or name == "PREFECT_API_URL"}
    held = {**ours, **needed}
    lines = [f"{name}={quoted(text)}" for name, text in sorted(held.items())]
    examples = [f"#{name}={quoted(text)}" for name, text in _EXAMPLES.items() if name not in held]
    return "\n".join([*lines, f"# {_BEFORE_EXAMPLES}", *examples, ""])


def quoted(text: str) -> str:
    """A word as systemd reads it in a unit or an environment file."""
    if text and not any(sign.isspace() or sign in "\"'\\;#" for sign in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _filled(name: str, values: Mapping[str, str]) -> str:
    text = resources.files("flows.serving").joinpath("written", name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text
