"""Figures kept by name: those longest out of use go. Safe for threads; two that count the same at once both count."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")


class Kept:
    """Up to so many figures; nobody changes what is given."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._guard = threading.Lock()
        self._figures: OrderedDict[Hashable, object] = OrderedDict()

    def once(self, key: Hashable, count: Callable[[], T]) -> T:
        """The figure of that name, counted if it is not there."""
        with self._guard:
            if key in self._figures:
                self._figures.move_to_end(key)
                return self._figures[key]  # type: ignore[return-value]  # put there under the same name
        figure = count()
        with self._guard:
            self._figures[key] = figure
            while len(self._figures) > self._most:
                self._figures.popitem(last=False)
        return figure
