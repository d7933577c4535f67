"""The machine under the house: Python and its packages, zone and clock, memory, and what the environment says."""

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, distributions, requires, version
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import Requirement

from expectations.errors import AnkaError
from expectations.health.checks import Check, doubtful, refused, unwell, well
from expectations.office_days import office_clock, office_zone
from expectations.store.register import now
from expectations.texts import Bilingual

_PROGRAM = "anka-audit"
_PYTHONS = ((3, 11), (3, 12))
_GB = 2**30
_LEAST_MEMORY, _LEAST_AVAILABLE = 4, 1
_SHOWN = 8
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_KILOBYTES = re.compile(r"^(MemTotal|MemAvailable):\s+(\d+) kB", re.MULTILINE)


def python_check() -> Check:
    """Whether this Python is one Anka is tested with."""
    present = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] in _PYTHONS:
        return well("python", present)
    return unwell(
        "python", present, Bilingual("用 Python 3.11 或 3.12 重新安装", "install again with Python 3.11 or 3.12")
    )


def packages_check(lock: Path) -> Check:
    """Whether every package Anka asks for is there in a version it takes, and, where the lock lies beside the program, in that one."""
    wanted = [Requirement(line) for line in requires(_PROGRAM) or ()]
    missing = [str(asked) for asked in wanted if _applies(asked) and not _satisfied(asked)]
    again = Bilingual("重新安装", "install again").about("uv sync --frozen" if lock.is_file() else "sh install.sh")
    if missing:
        return unwell(
            "packages", Bilingual("缺少或版本不符", "missing or of another version").about(_some(missing)), again
        )
    installed = {_normal(found.name): found.version for found in distributions()}
    if not lock.is_file():
        return well("packages", Bilingual(f"{len(wanted)} 个依赖均符合", f"all {len(wanted)} dependencies fit"))
    locked = _locked(lock)
    others = [
        f"{name} {installed[name]}" for name in sorted(locked.keys() & installed) if installed[name] not in locked[name]
    ]
    if others:
        return doubtful(
            "packages", Bilingual("与锁定版本不同", "not the version of the lock").about(_some(others)), again
        )
    return well(
        "packages", Bilingual(f"{len(installed)} 个，与锁定版本一致", f"{len(installed)}, as the lock has them")
    )


def zone_check() -> Check:
    """Whether there is an office's clock, and what it shows."""
    try:
        zone = office_zone()
    except AnkaError as error:
        return refused("zone", error)
    return well("zone", f"{zone.key} {office_clock(now()):%Y-%m-%d %H:%M}")


def clock_check(last: datetime | None) -> Check:
    """Whether the clock has gone on since the last thing that was written down."""
    if last is not None and now() < last:
        return unwell(
            "clock",
            Bilingual(
                f"早于最近一条记录（{office_clock(last):%Y-%m-%d %H:%M}）",
                f"it is before the last entry ({office_clock(last):%Y-%m-%d %H:%M})",
            ),
            Bilingual(
                "校准本机时钟（如启用 NTP）后再核查", "set the clock right, for instance by NTP, before the next audit"
            ),
        )
    return well("clock", Bilingual("在最近一条记录之后", "after the last entry"))


def memory_check(said: Path = Path("/proc/meminfo")) -> Check:
    """Whether there is memory for a night beside the dashboard."""
    try:
        kilobytes = {name: int(number) for name, number in _KILOBYTES.findall(said.read_text(encoding="ascii"))}
        total, available = (kilobytes[name] * 1024 / _GB for name in ("MemTotal", "MemAvailable"))
    except (OSError, KeyError):
        return well("memory", Bilingual("本机不提供", "this machine does not say"))
    seen = Bilingual(f"共 {total:.1f} GB，可用 {available:.1f} GB", f"{total:.1f} GB, {available:.1f} GB available")
    if total < _LEAST_MEMORY or available < _LEAST_AVAILABLE:
        return doubtful(
            "memory",
            seen,
            Bilingual(
                f"核查与看板同时运行至少需要 {_LEAST_MEMORY} GB；可设 ANKA_SPARE=0",
                f"an audit beside the dashboard wants {_LEAST_MEMORY} GB; ANKA_SPARE=0 spares some",
            ),
        )
    return well("memory", seen)


def proxy_check(environment: Mapping[str, str] = os.environ) -> Check:
    """Whether a proxy stands between Anka and what listens on this machine. Only names of variables are told: values hold passwords."""
    names = [name for name in _PROXIES if environment.get(name) or environment.get(name.lower())]
    asked = [name for name in names if name != "NO_PROXY"]
    if not asked:
        return well("proxy", Bilingual("没有设置", "none is set"))
    return doubtful(
        "proxy",
        Bilingual("已设置", "set").about(", ".join(names)),
        Bilingual(
            "Anka 直接访问本机；只有消息和统一认证会经过代理，确认是否需要",
            "Anka asks this machine directly; only messages and the provider go by the proxy: see whether they should",
        ),
    )


def address_check(environment: Mapping[str, str] = os.environ) -> Check:
    """Whether links in messages lead to the dashboard."""
    address = environment.get("ANKA_ADDRESS", "").strip()
    if not address:
        return doubtful(
            "address",
            Bilingual("ANKA_ADDRESS 未设置，链接指向 127.0.0.1", "ANKA_ADDRESS is not set, links lead to 127.0.0.1"),
            Bilingual("设为看板的外部地址", "set it to the address of the dashboard").about("https://anka.office"),
        )
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.username:
        return unwell(
            "address",
            Bilingual("ANKA_ADDRESS 不是网址", "ANKA_ADDRESS is no address of a site"),
            Bilingual("写协议和主机名", "write scheme and host").about("https://anka.office"),
        )
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
        return doubtful(
            "address",
            Bilingual("不是 https，密码会明文传输", "it is no https: passwords would travel in the clear"),
            Bilingual("在反向代理上启用 https", "let the reverse proxy serve https"),
        )
    return well("address", f"{parts.scheme}://{parts.netloc}")


def _applies(asked: Requirement) -> bool:
    return asked.marker is None or asked.marker.evaluate({"extra": ""})


def _satisfied(asked: Requirement) -> bool:
    try:
        return asked.specifier.contains(version(asked.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _locked(lock: Path) -> dict[str, set[str]]:
    """Versions by the name of the package; some have several, for different groups."""
    versions: dict[str, set[str]] = {}
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        if "version" in package:
            versions.setdefault(_normal(package["name"]), set()).add(package["version"])
    return versions


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" … ({len(names)})" if len(names) > _SHOWN else "")
