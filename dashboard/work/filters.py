"""Which findings a working list shows: named lists, filters and order, all kept in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import streamlit as st

from dashboard.frame.address import Address
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.parameters import PAGE, Parameter, many, one_of, text
from dashboard.frame.view import View
from expectations.finding.departments import department_order
from expectations.register.reading import SORTS, Step, Wanted, choices, count_steps
from expectations.run.findings import card_titles
from expectations.run.published import Kind
from expectations.store.tables import Finding

_KINDS: tuple[Kind, ...] = ("errors", "hints", "all")
_STEPS: Mapping[str, Step] = {
    "unverified": "unverified",
    "disputed": "disputed",
    "still_wrong": "still_wrong",
    "answered": "answered",
    "confirmed": "confirmed",
}
_KIND = one_of("kind", _KINDS)
_TEXT = text("text")
_SORT = one_of("sort", SORTS)
_DEPARTMENT, _PROSECUTOR, _RULE, _CARD = many("department"), many("prosecutor"), many("rule"), many("card")


@dataclass(frozen=True)
class WorkAddress:
    """The address of a working list; the first of its named lists is the one it opens with."""

    lists: tuple[str, ...]
    name: Parameter[str]
    page_address: Address


def work_address(*lists: str) -> WorkAddress:
    """The address of a page with these named lists."""
    name = one_of("list", lists)
    return WorkAddress(
        lists, name, Address("w", name, _KIND, _SORT, _TEXT, _DEPARTMENT, _PROSECUTOR, _RULE, _CARD, PAGE)
    )


@dataclass(frozen=True)
class Listing:
    """A named list with its filters and order."""

    name: str
    selection: Wanted
    sort: str
    kind: Kind


def work_filters(view: View, address: WorkAddress, *, own: bool) -> tuple[Listing, Mapping[str, int]]:
    """Draws the filters; the list they say, and how many findings each named list would hold under them."""
    page_address = address.page_address
    if view.entered:
        page_address.enter(view)
        first_at_hand()
        st.session_state["w_all"] = False
        st.session_state.pop("w_outcome", None)
    narrowed = _selection(page_address, own)
    with view.register.reading() as session:
        counts = {name: int(number) for name, number in asdict(count_steps(session, view.reader, narrowed)).items()}
    row = (
        Filter(
            address.name,
            "pills",
            address.lists,
            lambda name: f"{view.t(f'work.list_{name}')} {counts[name]:,}",
            "work.list",
        ),
        Filter(_SORT, "select", SORTS, lambda name: view.t(f"work.sort_{name}"), "sort.by", width=220),
    )
    folded = (
        Filter(_KIND, "buttons", _KINDS, lambda name: view.t(f"kind.{name}")),
        Filter(_TEXT, "search", width=320),
        *_choices(view, page_address),
    )
    filter_bar(view, page_address, row, folded, columns=4, changed=lambda: _another_list(page_address))
    name = page_address.value(address.name)
    return Listing(name, _of(narrowed, name), page_address.value(_SORT), narrowed.kind), counts


def first_at_hand() -> None:
    """The first finding of the page is the one at hand."""
    st.session_state["w_at"] = 0


def _another_list(page_address: Address) -> None:
    """Back to the first finding of the first page; nobody has chosen all of the new list yet."""
    page_address.first_page()
    first_at_hand()
    st.session_state["w_all"] = False


def _of(narrowed: Wanted, name: str) -> Wanted:
    """The named list within the filters."""
    if name == "new":
        return replace(narrowed, states=("new", "reopened"))
    return replace(narrowed, step=_STEPS.get(name, ""))


def _selection(page_address: Address, own: bool) -> Wanted:
    return Wanted(
        departments=tuple(page_address.value(_DEPARTMENT)),
        prosecutors=tuple(page_address.value(_PROSECUTOR)),
        rules=tuple(page_address.value(_RULE)),
        cards=tuple(page_address.value(_CARD)),
        kind=page_address.value(_KIND),
        own=own,
        text=page_address.value(_TEXT),
    )


def _choices(view: View, page_address: Address) -> Sequence[Filter]:
    """The filters of several values. What a link asks for stays a choice when no finding has it any more."""
    titles = {card: view.pick(*title) for card, title in card_titles(view.con).items()}
    with view.register.reading() as session:
        offered = (
            (_DEPARTMENT, sorted(choices(session, view.reader, Finding.department), key=department_order)),
            (_PROSECUTOR, choices(session, view.reader, Finding.prosecutor)),
            (_RULE, choices(session, view.reader, Finding.rule_id)),
            (_CARD, choices(session, view.reader, Finding.card)),
        )
    return [
        Filter(
            parameter,
            options=list(dict.fromkeys((*values, *page_address.value(parameter)))),
            name_of=lambda value: titles.get(value, value),
        )
        for parameter, values in offered
    ]
