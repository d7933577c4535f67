"""The checkout a bundle is made of, and the tools that make it, each a program of its own: uv reads the lock, pip fetches, hatchling builds.

All three stand in the lock themselves (group `bundling`).
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

from expectations.errors import InputError
from expectations.texts import NO_TEXT, Bilingual

CHECKOUT = Path(__file__).parents[2]
LOCK = CHECKOUT / "uv.lock"
_COMMAND = "uv run --no-dev --group bundling anka bundle"


def require_checkout() -> None:
    """Raises InputError where there is no lock to go by, or the group `bundling` is not installed."""
    if not LOCK.is_file():
        raise InputError(
            Bilingual("离线安装包只能由源代码目录制作", "a bundle is made from a checkout of Anka, with its uv.lock"),
            hint=_COMMAND,
        )
    if missing := [module for module in ("uv", "pip", "hatchling") if importlib.util.find_spec(module) is None]:
        raise InputError(
            Bilingual("未安装制作离线安装包的工具", "the tools for bundling are not installed").about(
                ", ".join(missing)
            ),
            hint=_COMMAND,
        )


def run_tool(module: str, *arguments: str) -> str:
    """What a tool writes to its standard output, run in the checkout. Raises InputError with the line in which it says why it failed."""
    command = [sys.executable, "-m", module, *arguments]
    completed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if completed.returncode == 0:
        return completed.stdout
    raise InputError(
        Bilingual("制作离线安装包失败", "the bundle could not be made").about(f"{module}: {_reason(completed.stderr)}"),
        hint=Bilingual(
            "需要能访问软件包索引的机器；镜像由 PIP_INDEX_URL 指定",
            "a machine that reaches a package index is needed; PIP_INDEX_URL names a mirror",
        )
        if module == "pip"
        else NO_TEXT,
    )


def _reason(stderr: str) -> str:
    """The last line that speaks of an error, else the last one."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["?"])[-1]
