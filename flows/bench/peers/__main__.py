"""One peer in a process of its own: `python -m flows.bench.peers MODULE TABLE FOLDER` writes to the folder what it took and found.

Nothing heavy is imported before the peer, so that time and memory are its own, and nothing reaches the network.
"""

import sys
import time
from importlib import import_module
from pathlib import Path

from flows.bench.peers.judged import JUDGED, Judged, write_judged

_OUTWARD = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def main(module: str, table: Path, folder: Path) -> None:
    """Imports and runs the peer."""
    sys.addaudithook(_stay_offline)
    begun = time.perf_counter()
    peer = import_module(f"flows.bench.peers.{module}")
    imported = time.perf_counter() - begun
    judged: Judged = peer.run(table, folder)
    write_judged(judged, imported, folder / JUDGED)


def _stay_offline(event: str, arguments: tuple[object, ...]) -> None:
    if event in _OUTWARD:
        raise PermissionError(f"{event} {arguments[1:]}: the benchmark stays offline")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
