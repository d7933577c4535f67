"""A program of its own that outlives a killed supervisor by seconds: it is told the process group of every part, and when its input ends,
because whoever told it is gone, it ends what is left of them. Standard library only, so that it takes little memory.

It is begun as a file, not as a module: the package would be imported.
"""

import os
import signal
import sys
import time

_PATIENCE = 5
_STEP = 0.1


def main() -> None:
    """Reads numbers of groups, a line each, with a minus those that have ended; when there are no more lines, ends what is left."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line)
        groups.add(group) if group > 0 else groups.discard(-group)
    end_groups(groups)


def end_groups(groups: set[int]) -> None:
    """Tells every group to end, and ends it when it does not in time."""
    left = {group for group in groups if tell(group, signal.SIGTERM)}
    end = time.monotonic() + _PATIENCE
    while left and time.monotonic() < end:
        time.sleep(_STEP)
        left = {group for group in left if tell(group, 0)}
    for group in left:
        tell(group, signal.SIGKILL)


def tell(group: int, number: int) -> bool:
    """Sends a signal to a group; whether there was one."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
