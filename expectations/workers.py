"""Threads that work side by side for the time of a block, and let go of what is not begun when the block is broken off: by a refused file,
or because the command is told to end.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """So many threads; what they have begun is waited for, however the block ends."""
    threads = ThreadPoolExecutor(count)
    try:
        yield threads
    except BaseException:
        threads.shutdown(cancel_futures=True)
        raise
    threads.shutdown()
