"""Where long work says how far it is. The command line shows a bar; a scheduled run shows nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

Tell = Callable[[str, int, int], None]

_tell: ContextVar[Tell] = ContextVar("tell", default=lambda stage, done, total: None)


def tell(stage: str, done: int, total: int) -> None:
    """`done` of `total` steps of `stage` are finished."""
    _tell.get()(stage, done, total)


@contextmanager
def progress_bar(console: Console) -> Iterator[None]:
    """Shows `tell` as a bar on `console` (standard error) while the block runs."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        token = _tell.set(show)
        try:
            yield
        finally:
            _tell.reset(token)
