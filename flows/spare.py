"""A spare process: it has done beforehand what every check and audit begins with, and waits for the command it is to become.

`python -m flows.spare` is started by the dashboard's service. It says `ready` when an order can be given and `prepared` when there is
nothing left to do beforehand; takes one order, a line of JSON; says `begun`, and is from then on the command line `anka` with the
order's arguments, environment and outputs. It ends as every command does: nothing that one person's check left in memory can be there
for another's. While it waits it holds no file, and it ends when its input is closed.
"""

import csv
import gc
import os
import select
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import expectations.judging.suites  # noqa: F401  # with it comes Great Expectations, which takes seconds
import flows.cli.audits  # the commands a page starts
import flows.cli.check  # noqa: F401
from expectations.catalogue.cards import Card
from expectations.errors import AnkaError
from expectations.office_days import today
from expectations.spare_orders import BEGUN, PREPARED, READY, Command
from expectations.sql.context import rewrite_ahead
from expectations.sql.judgements import all_judgements
from expectations.work_folders import work_folder
from flows.check.card_check import CheckOrder, check_cards
from flows.orders import AuditOrder
from flows.settings import Settings
from flows.start import main as anka

_INPUT, _OUTPUT, _ERROR_OUTPUT = 0, 1, 2


def main() -> None:
    """Gets ready, takes the order and does it."""
    _say(READY)
    with suppress(AnkaError):  # of the catalogue: the command itself will say it
        for _ in _preparations():
            if _is_called():
                break
        else:
            _say(PREPARED)
    gc.freeze()  # what is here stays until the end: it need not be looked through for garbage while a command is at work
    line = sys.stdin.readline()
    if line.endswith("\n"):  # else whoever was to give an order is gone
        _become(Command.read(line))


def _preparations() -> Iterator[None]:
    """What a check would do first, in small steps, so that an order is not kept waiting."""
    folder, day = Settings().catalogue, today()
    catalogue = AuditOrder(Path(), (), day, folder).read_catalogue()
    yield
    for _ in rewrite_ahead(catalogue, day):
        yield
    judgements = Counter(judgement.card.name for judgement in all_judgements(catalogue, day))
    if judgements:
        _rehearse(catalogue.cards[judgements.most_common(1)[0][0]], folder)
    gc.collect()


def _rehearse(card: Card, catalogue: Path | None) -> None:
    """A check of an export that says nothing: what libraries put off until they are used, they do now."""
    with work_folder("spare") as folder:
        export = folder / "rehearsal.csv"
        with export.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                (
                    [field.header for field in card.fields],
                    ["0" if field.name == card.role("case") else "" for field in card.fields],
                )
            )
        check_cards(CheckOrder((export,), folder / "marked", today(), catalogue, card.name))


def _is_called() -> bool:
    """Whether there is an order, or nobody left to give one."""
    return bool(select.select([_INPUT], [], [], 0)[0])


def _become(order: Command) -> None:
    """The command line, as if it had been started with this order."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    outputs = [os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in (order.output, order.error_output)]
    _say(BEGUN)
    for opened, place in zip((nothing, *outputs), (_INPUT, _OUTPUT, _ERROR_OUTPUT), strict=True):
        os.dup2(opened, place)
        os.close(opened)
    os.environ.clear()
    os.environ.update(order.environment)
    tempfile.tempdir = None  # found in the environment before
    sys.argv = ["anka", *order.arguments]
    anka()


def _say(word: str) -> None:
    os.write(_OUTPUT, f"{word}\n".encode())


if __name__ == "__main__":
    main()
