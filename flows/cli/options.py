"""Options several commands share."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from expectations.errors import InputError
from expectations.home import Home
from expectations.office_days import today
from expectations.texts import Bilingual

if TYPE_CHECKING:
    from expectations.catalogue.catalogues import Catalogue

AsOf = Annotated[
    str | None,
    typer.Option(help=Bilingual("核查日 YYYY-MM-DD，默认今天", "audit date, default today"), show_default=False),
]
HomeFolder = Annotated[Path, typer.Option(envvar="ANKA_HOME", help=Bilingual("主目录", "home folder"))]
CatalogueFolder = Annotated[
    Path | None,
    typer.Option(
        envvar="ANKA_CATALOGUE",
        help=Bilingual("覆盖内置规则的目录", "folder laid over the bundled catalogue"),
        show_default=False,
    ),
]
RegisterUrl = Annotated[
    str,
    typer.Option(
        "--register",
        envvar="ANKA_REGISTER",
        help=Bilingual("台账数据库地址", "URL of the register"),
        show_default=False,
    ),
]
_ANOTHER_HOME = Bilingual("用 --home 指定另一个", "choose another with --home")
_SHOWN_REASONS = 8
NOT_JUDGED = 3
"""Exit code: a rule could not be judged, or counts and findings differ."""
NOT_WELL = 3
"""Exit code of `anka notify`: a message was not delivered, or no nightly audit has published for too long."""


def day(text: str | None) -> str:
    """An ISO day, the office's today if none is given. Raises InputError."""
    try:
        return (date.fromisoformat(text) if text else today()).isoformat()
    except ValueError:
        raise InputError(
            Bilingual("不是日期", "not a date").about(text),
            hint=Bilingual("例如", "for example").about("--as-of 2026-06-30"),
        ) from None


def home_at(folder: Path) -> Home:
    """The home folder a command works on, closed to other accounts of the machine. Raises InputError where it is a file."""
    home = Home(folder.absolute())
    with _usable(home):
        if home.root.exists() and not home.root.is_dir():
            raise InputError(
                Bilingual("主目录不是文件夹", "not a folder").about(home.root),
                hint=_ANOTHER_HOME,
            )
        closed = home.keep_private()
    if closed:
        warning = Bilingual(
            "主目录曾可被本机其他账号读取，已改为仅本账号可读",
            "other accounts could read the home; now only its owner can",
        )
        Console(stderr=True).print(f"{warning}: {home.root}", markup=False, highlight=False, soft_wrap=True)
    return home


def prepared_home(folder: Path) -> Home:
    """The home folder of a command that starts something, with every dependency kept offline. Raises InputError."""
    from flows.settings import prepare_environment

    home = home_at(folder)
    with _usable(home):
        home.make()
        if not os.access(home.root, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        prepare_environment(home)
    return home


@contextmanager
def _usable(home: Home) -> Iterator[None]:
    """Says in one line why a home can't be looked into or made."""
    try:
        yield
    except OSError as error:
        raise InputError(
            Bilingual("主目录不能使用", "the home can't be used").about(f"{home.root} ({error.strerror})"),
            hint=_ANOTHER_HOME,
        ) from None


def read_catalogue(folder: Path | None) -> "Catalogue":
    """The bundled catalogue, with a pack laid over it if one is given. Raises CatalogueError."""
    from expectations.catalogue.catalogues import load_catalogue

    return load_catalogue(*([folder] if folder else []))


def show_reasons(console: Console, title: str, reasons: tuple[str, ...]) -> None:
    """A few of the reasons, and how many there are."""
    if reasons:
        console.print(f"{title} ({len(reasons)}):", markup=False)
        for reason in reasons[:_SHOWN_REASONS]:
            console.print(f"  {reason}", markup=False, highlight=False)
        if len(reasons) > _SHOWN_REASONS:
            console.print("  " + Bilingual("…  （全部见看板“核查记录”页", "all on the run page of the dashboard）"))
