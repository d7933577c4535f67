"""The address of a page: read when the page is entered, kept in the session while it is used, and written so that it can be shared."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

import streamlit as st

from dashboard.frame.parameters import LANGUAGE, PAGE, Parameter
from dashboard.frame.view import View

T = TypeVar("T")
Written = dict[str, list[str]]
"""Names and values as they stand in an address; a name without a value is left out."""


class Address:
    """Parameters of a page, or of a part of one, and their values in the session under `<prefix>_<name>`, which are keys of widgets too."""

    def __init__(self, prefix: str, *parameters: Parameter[Any]) -> None:
        self._prefix = prefix
        self._parameters = parameters

    def key(self, parameter: Parameter[Any]) -> str:
        """Its key in the session."""
        return f"{self._prefix}_{parameter.name}"

    def enter(self, view: View) -> None:
        """Takes the values of the address when the reader has just come to the page."""
        if view.entered:
            for parameter in self._parameters:
                self.put(parameter, at_present(parameter))

    def value(self, parameter: Parameter[T]) -> T:
        """Its value now."""
        value: T | None = st.session_state.get(self.key(parameter))
        return parameter.default if value is None else value

    def put(self, parameter: Parameter[T], value: T) -> None:
        """Gives it a value; of a widget before that is drawn."""
        st.session_state[self.key(parameter)] = value

    def clear(self, *unchanged: Parameter[Any]) -> None:
        """Back to the defaults, but for those kept."""
        for parameter in self._parameters:
            if parameter not in unchanged:
                self.put(parameter, parameter.default)

    def keep_known(self, parameter: Parameter[Any], choices: Sequence[Any]) -> list[Any]:
        """Drops values that are no choice now; returns them."""
        value = self.value(parameter)
        if isinstance(value, list):
            self.put(parameter, [item for item in value if item in choices])
            return [item for item in value if item not in choices]
        if value == parameter.default or value in choices:
            return []
        self.put(parameter, parameter.default)
        return [value]

    def first_page(self) -> None:
        """Back to the first page: for every change of a filter."""
        self.put(PAGE, 1)

    def written(self, *left_out: Parameter[Any]) -> Written:
        """The values as they stand in an address, of the page or of its download; defaults are left out."""
        return {
            parameter.name: parameter.written(self.value(parameter))
            for parameter in self._parameters
            if parameter not in left_out
        }


def at_present(parameter: Parameter[T]) -> T:
    """A parameter as the address of the page has it now: for pages that are left by changing it."""
    return parameter.of(st.query_params.get_all)


def write_address(view: View, params: Mapping[str, Sequence[str]] = MappingProxyType({})) -> None:
    """Puts what the page shows into the address, in place of what stood there."""
    texts = {**params, LANGUAGE.name: view.address_language}
    filled = {name: [*values] for name, values in texts.items() if values}
    # only a difference: every assignment becomes another step back in the browser
    if filled != {name: st.query_params.get_all(name) for name in st.query_params}:
        st.query_params.from_dict(filled)
