"""A process that has imported everything and forks for every order: what takes seconds once, each of two hundred kills need not pay.

Orders come as lines of JSON, one answer each. Run as a program it is the process; `Forge` is what a test holds of it.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.refused_by_machine import refused_by_machine

_SECONDS = 300


@dataclass(frozen=True)
class Ended:
    """How an order ended: the signal that ended it or 0, what had been answered until then, and what was counted."""

    killed: bool
    said: list[str]
    result: Any
    error: str


class Forge:
    """The process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def order(self, what: str, folder: Path, act: str = "", until: int = 0, said: list[str] | None = None) -> Ended:
        """Lets a fork do it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = {"what": what, "folder": str(folder), "act": act, "until": until, "said": said or []}
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        return Ended(**json.loads(answer))


@contextmanager
def forge() -> Iterator[Forge]:
    """Starts it, and ends it afterwards."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-m", "support.faults.forge"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Forge(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve() -> None:
    import expectations.judging.suites  # noqa: F401, PLC0415
    from support.faults import place  # noqa: PLC0415  # the test that holds the process need not import it

    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _work(place, order, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            lines = [json.loads(said) for said in pipe.read().splitlines()]
        _, status = os.waitpid(child, 0)
        ended = Ended(
            os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL,
            [said["said"] for said in lines if "said" in said],
            next((said["result"] for said in lines if "result" in said), None),
            next((said["error"] for said in lines if "error" in said), ""),
        )
        sys.stdout.write(json.dumps(ended.__dict__, default=str) + "\n")
        sys.stdout.flush()
    os._exit(0)  # what the imports do at the end takes seconds too


def _work(place: Any, order: dict[str, Any], pipe: int) -> None:
    """In the fork: does it, says what was answered, and ends without what a process does at its end."""
    from support.faults.counted import Counter  # noqa: PLC0415

    signal.alarm(_SECONDS)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a command prints is no answer

    def tell(**what: object) -> None:
        os.write(pipe, (json.dumps(what, default=str) + "\n").encode())

    try:
        at = place.Place(Path(order["folder"]))
        if order["what"] == "act":
            place.BEFOREHAND.get(order["act"], lambda _: None)(at)
            counter = Counter(at.folder, order["until"])
            counter.begin()
            place.ACTS[order["act"]](at, lambda words: tell(said=words))
            tell(result=counter.acts)
        elif order["what"] == "make":
            at.make()
        elif order["what"] == "problems":
            tell(result=place.problems(at, order["act"], order["said"]))
        elif order["what"] == "again":
            place.ACTS[order["act"]](at, lambda words: tell(said=words))
        elif order["what"] == "night":
            at.audit(place.NIGHT)
            tell(result=place.states(at))
        else:
            tell(result=place.states(at))
    except BaseException as error:  # noqa: BLE001  # whatever it is, the test is told
        refused = refused_by_machine(error)
        tell(error=f"refused: {refused.message}" if refused else traceback.format_exc())
    os._exit(0)


if __name__ == "__main__":
    _serve()
