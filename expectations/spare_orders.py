"""What a server and its spare process say to each other: three words, and the command the spare is to become, as one line of JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

READY, PREPARED, BEGUN = "ready", "prepared", "begun"
"""An order can be given; nothing is left to do beforehand; the order is taken."""


@dataclass(frozen=True)
class Command:
    """A command line of `anka`, its whole environment, and the files its two outputs go to."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    output: Path
    error_output: Path

    def line(self) -> str:
        """The order."""
        return json.dumps(asdict(self), default=str) + "\n"

    @classmethod
    def read(cls, line: str) -> "Command":
        """The command of an order."""
        order = json.loads(line)
        return cls(order["arguments"], order["environment"], Path(order["output"]), Path(order["error_output"]))
