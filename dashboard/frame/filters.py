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
    shown: Callable[[Any], str] = str
    label: str = ""
    hint: str = "filter.text_hint"
    width: int | Literal["stretch"] = "stretch"
    bare: bool = False
    """Without its label above it."""


def filter_bar(
    view: View,
    here: Address,
    row: Sequence[Filter],
    more: Sequence[Filter] = (),
    *,
    columns: int = 3,
    changed: Callable[[], None] | None = None,
) -> DeltaGenerator:
    """Draws the filters in a row, and `more` below it to be opened; returns the row, for what else stands in it.

    Values that are no choice are named and left out. `changed` is called when a filter says something else, by default the list goes
    back to its first page.
    """
    unknown = [
        str(value)
        for one in (*row, *more)
        if one.widget not in ("search", "day", "toggle")
        for value in here.keep_known(one.parameter, one.options)
    ]
    if unknown:
        st.warning(view.t("filter.unknown", values="、".join(unknown)))
    call = changed or here.first_page
    place = st.container(horizontal=True, vertical_alignment="bottom")
    for one in row:
        _draw(view, here, place, one, call)
    if more:
        chosen = any(here.value(one.parameter) != one.parameter.default for one in more)
        with st.expander(view.t("filter.more"), expanded=chosen, icon=":material/filter_alt:"):
            _more(view, here, more, columns, call)
    return place


def _more(view: View, here: Address, more: Sequence[Filter], columns: int, call: Callable[[], None]) -> None:
    """Filters of several values side by side in columns, the others above them."""
    single = [one for one in more if one.widget != "several"]
    if single:
        place = st.container(horizontal=True, vertical_alignment="bottom")
        for one in single:
            _draw(view, here, place, one, call)
    several = [one for one in more if one.widget == "several"]
    for first in range(0, len(several), columns):
        for place, one in zip(st.columns(columns), several[first : first + columns], strict=False):
            _draw(view, here, place, one, call)


def _draw(view: View, here: Address, place: DeltaGenerator, one: Filter, call: Callable[[], None]) -> None:
    key, title = here.key(one.parameter), view.t(one.label or f"filter.{one.parameter.name}")
    shown, every = _namer(view, one), view.t("filter.all")
    bare: Literal["collapsed", "visible"] = "collapsed" if one.bare else "visible"
    here.put(one.parameter, here.value(one.parameter))  # a widget that was not drawn for a while has lost its value
    match one.widget:
        case "several":
            place.multiselect(
                title, one.options, key=key, placeholder=every, on_change=call, format_func=shown, width=one.width
            )
        case "select":
            place.selectbox(
                title,
                one.options,
                0 if one.parameter.default is not None else None,
                key=key,
                placeholder=every,
                on_change=call,
                format_func=shown,
                width=one.width,
            )
        case "buttons":
            place.segmented_control(
                title, one.options, key=key, required=True, on_change=call, format_func=shown, label_visibility=bare
            )
        case "pills" if isinstance(one.parameter.default, list):
            place.pills(
                title,
                one.options,
                key=key,
                selection_mode="multi",
                on_change=call,
                format_func=shown,
                label_visibility=bare,
            )
        case "pills":
            place.pills(
                title,
                one.options,
                key=key,
                required=one.parameter.default is not None,
                on_change=call,
                format_func=shown,
                label_visibility=bare,
            )
        case "search":
            place.text_input(
                title, key=key, placeholder=view.t(one.hint), on_change=call, icon=":material/search:", width=one.width
            )
        case "day":
            place.date_input(title, key=key, on_change=call, width=one.width, value=None)
        case "toggle":
            place.toggle(title, key=key, on_change=call)


def _namer(view: View, one: Filter) -> Callable[[Any], str]:
    """How it shows its choices; the blank one as such."""
    return lambda value: one.shown(value) or view.t("app.blank")
