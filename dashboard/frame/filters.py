"""The filters above every list. A page says which it has; what a filter says stands in the address of the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.frame.address import Address
from dashboard.frame.parameters import Parameter
from dashboard.frame.view import View

Widget = Literal["several", "select", "buttons", "pills", "search", "day", "toggle"]


@dataclass(frozen=True)
class Filter:
    """One of them: the parameter it sets, how it looks, its choices and how each is called.

    `label` is the key of its text, by default `filter.<name>`. A `select` may be left open where its parameter may be None; `pills` are
    one or several as their parameter is.
    """

    parameter: Parameter[Any]
    widget: Widget = "several"
    options: Sequence[Any] = ()
    name_of: Callable[[Any], str] = str
    label: str = ""
    hint: str = "filter.text_hint"
    width: int | Literal["stretch"] = "stretch"
    bare: bool = False
    """Without its label above it."""


def filter_bar(
    view: View,
    address: Address,
    row: Sequence[Filter],
    folded: Sequence[Filter] = (),
    *,
    columns: int = 3,
    changed: Callable[[], None] | None = None,
) -> DeltaGenerator:
    """Draws the filters in a row, and `folded` below it to be opened; returns the row, for what else stands in it.

    Values that are no choice are named and left out. `changed` is called when a filter says something else, by default the list goes
    back to its first page.
    """
    # before anything is drawn: Streamlit fails on a value that is no choice, and on a change to a widget that is drawn
    unknown = [
        str(value)
        for control in (*row, *folded)
        if control.widget not in ("search", "day", "toggle")
        for value in address.keep_known(control.parameter, control.options)
    ]
    if unknown:
        st.warning(view.t("filter.unknown", values="、".join(unknown)))
    call = changed or address.first_page
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    for control in row:
        _draw(view, address, bar, control, call)
    if folded:
        chosen = any(address.value(control.parameter) != control.parameter.default for control in folded)
        with st.expander(view.t("filter.more"), expanded=chosen, icon=":material/filter_alt:"):
            _folded(view, address, folded, columns, call)
    return bar


def _folded(view: View, address: Address, folded: Sequence[Filter], columns: int, call: Callable[[], None]) -> None:
    """Filters of several values side by side in columns, the others above them."""
    single = [control for control in folded if control.widget != "several"]
    if single:
        place = st.container(horizontal=True, vertical_alignment="bottom")
        for control in single:
            _draw(view, address, place, control, call)
    several = [control for control in folded if control.widget == "several"]
    for first in range(0, len(several), columns):
        for place, control in zip(st.columns(columns), several[first : first + columns], strict=False):
            _draw(view, address, place, control, call)


def _draw(view: View, address: Address, place: DeltaGenerator, control: Filter, call: Callable[[], None]) -> None:
    key, title = address.key(control.parameter), view.t(control.label or f"filter.{control.parameter.name}")
    name_of, every = _name_of(view, control), view.t("filter.all")
    bare: Literal["collapsed", "visible"] = "collapsed" if control.bare else "visible"
    # a widget that was not drawn for a while has lost its value
    address.put(control.parameter, address.value(control.parameter))
    match control.widget:
        case "several":
            place.multiselect(
                title,
                control.options,
                key=key,
                placeholder=every,
                on_change=call,
                format_func=name_of,
                width=control.width,
            )
        case "select":
            place.selectbox(
                title,
                control.options,
                0 if control.parameter.default is not None else None,
                key=key,
                placeholder=every,
                on_change=call,
                format_func=name_of,
                width=control.width,
            )
        case "buttons":
            place.segmented_control(
                title,
                control.options,
                key=key,
                required=True,
                on_change=call,
                format_func=name_of,
                label_visibility=bare,
            )
        case "pills" if isinstance(control.parameter.default, list):
            place.pills(
                title,
                control.options,
                key=key,
                selection_mode="multi",
                on_change=call,
                format_func=name_of,
                label_visibility=bare,
            )
        case "pills":
            place.pills(
                title,
                control.options,
                key=key,
                required=control.parameter.default is not None,
                on_change=call,
                format_func=name_of,
                label_visibility=bare,
            )
        case "search":
            place.text_input(
                title,
                key=key,
                placeholder=view.t(control.hint),
                on_change=call,
                icon=":material/search:",
                width=control.width,
            )
        case "day":
            place.date_input(title, key=key, on_change=call, width=control.width, value=None)
        case "toggle":
            place.toggle(title, key=key, on_change=call)


def _name_of(view: View, control: Filter) -> Callable[[Any], str]:
    """How it shows its choices; the blank one as such."""
    return lambda value: control.name_of(value) or view.t("app.blank")
