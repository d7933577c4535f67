"""What a command says of itself on standard error: how far it is, and why it failed. Drawn for people, or as JSON, an object a line, for a
program that started it.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from expectations.errors import AnkaError, mistake_as_json
from expectations.progress import Progress as Tell
from expectations.progress import Stage, unheard
from expectations.texts import Bilingual

Way = Literal["bar", "json"]

_tell: ContextVar[Tell] = ContextVar("tell", default=unheard)
_way: ContextVar[Way] = ContextVar("way", default="bar")


def choose_way(way: Way) -> Way:
    """Takes the option of a command: it holds from here on, for mistakes in other options too."""
    _way.set(way)
    return way


ProgressWay = Annotated[
    Way,
    typer.Option(
        "--progress",
        callback=choose_way,
        help=Bilingual("进度和错误：bar 画进度条，json 每行一个对象", "how progress and errors are told"),
    ),
]


def tell(stage: Stage, done: int, total: int) -> None:
    """`done` of `total` steps of `stage` are finished."""
    _tell.get()(stage, done, total)


@contextmanager
def shown_progress(console: Console) -> Iterator[None]:
    """What is told while the block runs goes to standard error: as bars on `console`, or as the command's option has it."""
    with _bars(console) if _way.get() == "bar" else _lines() as show:
        token = _tell.set(show)
        try:
            yield
        finally:
            _tell.reset(token)


def say_error(console: Console, error: AnkaError) -> None:
    """A mistake of the user: its line and its hint."""
    if _way.get() == "json":
        _write(mistake_as_json(error))
        return
    console.print(
        Bilingual("错误", "error").about(error.message), style="red", markup=False, highlight=False, soft_wrap=True
    )
    if error.hint:
        console.print(f"hint: {error.hint}", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _bars(console: Console) -> Iterator[Tell]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[Stage, TaskID] = {}

        def show(stage: Stage, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(str(stage.value), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show


@contextmanager
def _lines() -> Iterator[Tell]:
    def show(stage: Stage, done: int, total: int) -> None:
        step = {"stage": stage.code, "done": done, "total": total, "zh": stage.value.zh, "en": stage.value.en}
        _write(json.dumps(step, ensure_ascii=False))

    yield show


def _write(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
