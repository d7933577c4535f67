"""Which findings a working list shows: named lists, filters and order, all kept in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import streamlit as st

from dashboard.frame.view import View, write_address
from dashboard.work.listing import first_page
from expectations.finding.departments import department_order
from expectations.register.reading import SORTS, Step, Wanted, choices, count_steps
from expectations.run.findings import card_titles
from expectations.run.published import Kind
from expectations.store.tables import Finding

_KINDS: tuple[Kind, ...] = ("errors", "hints", "all")
_STEPS: Mapping[str, Step] = {
    "unverified": "unverified", "disputed": "disputed", "still_wrong": "still_wrong", "answered": "answered", "confirmed": "confirmed",
}  # fmt: skip
_FILTERS = ("department", "prosecutor", "rule", "card")


@dataclass(frozen=True)
class Listing:
    """A named list with its filters and order."""

    name: str
    wanted: Wanted
    sort: str
    kind: Kind


def read_address(lists: Sequence[str]) -> None:
    """Sets the filters from the address when the page is entered."""
    get = st.query_params.get
    st.session_state["w_list"] = name if (name := get("list", "")) in lists else lists[0]
    st.session_state["w_kind"] = kind if (kind := get("kind", "")) in _KINDS else _KINDS[0]
    st.session_state["w_sort"] = sort if (sort := get("sort", "")) in SORTS else SORTS[0]
    st.session_state["w_text"] = get("text", "")
    for name in _FILTERS:
        st.session_state[f"w_f_{name}"] = st.query_params.get_all(name)
    first_page()
    page = get("page", "1")
    st.session_state["w_page"] = int(page) if page.isdigit() else 1
    st.session_state.pop("w_outcome", None)


def work_filters(view: View, lists: Sequence[str], *, own: bool) -> tuple[Listing, Mapping[str, int]]:
    """Draws the filters; the list they say, and how many findings each named list would hold under them."""
    narrowed = _narrowed(view, own)
    with view.register.reading() as session:
        counts = {name: int(number) for name, number in asdict(count_steps(session, view.reader, narrowed)).items()}
    row = st.container(horizontal=True, vertical_alignment="bottom")
    name = row.pills(
        view.t("work.list"), lists, key="w_list", required=True, on_change=first_page,
        format_func=lambda one: f"{view.t(f'work.list_{one}')} {counts[one]:,}",
    )  # fmt: skip
    sort = row.selectbox(
        view.t("sort.by"), SORTS, key="w_sort", on_change=first_page, width=220,
        format_func=lambda one: view.t(f"work.sort_{one}"),
    )  # fmt: skip
    return Listing(name or lists[0], _of(narrowed, name or lists[0]), sort or SORTS[0], narrowed.kind), counts


def _of(narrowed: Wanted, name: str) -> Wanted:
    """The named list within the filters."""
    if name == "new":
        return replace(narrowed, states=("new", "reopened"))
    return replace(narrowed, step=_STEPS.get(name, ""))


def _narrowed(view: View, own: bool) -> Wanted:
    with view.register.reading() as session:
        known = {
            "department": sorted(choices(session, view.reader, Finding.department), key=department_order),
            "prosecutor": choices(session, view.reader, Finding.prosecutor),
            "rule": choices(session, view.reader, Finding.rule_id),
            "card": choices(session, view.reader, Finding.card),
        }
    chosen = any(st.session_state.get(f"w_f_{name}") for name in _FILTERS) or bool(st.session_state.get("w_text"))
    values: dict[str, tuple[str, ...]] = {}
    titles = {card: view.pick(*title) for card, title in card_titles(view.con).items()}
    with st.expander(view.t("filter.more"), expanded=chosen, icon=":material/filter_alt:"):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        kind = row.segmented_control(
            view.t("filter.kind"), _KINDS, key="w_kind", required=True, on_change=first_page,
            format_func=lambda one: view.t(f"kind.{one}"),
        )  # fmt: skip
        text = row.text_input(
            view.t("filter.text"), key="w_text", placeholder=view.t("filter.text_hint"), on_change=first_page,
            icon=":material/search:", width=320,
        )  # fmt: skip
        for place, (name, offered) in zip(st.columns(len(known)), known.items(), strict=True):
            wanted = st.session_state.get(f"w_f_{name}", [])
            values[name] = tuple(
                place.multiselect(
                    view.t(f"filter.{name}"), list(dict.fromkeys((*offered, *wanted))), key=f"w_f_{name}", on_change=first_page,
                    placeholder=view.t("filter.all"), format_func=lambda value: titles.get(value, value) or view.t("app.blank"),
                )
            )  # fmt: skip
    return Wanted(
        departments=values["department"], prosecutors=values["prosecutor"], rules=values["rule"], cards=values["card"],
        kind=kind or "errors", own=own, text=text or "",
    )  # fmt: skip


def write_listing(view: View, listing: Listing, page: int) -> None:
    """Puts the list into the address."""
    wanted = listing.wanted
    write_address(
        view.language,
        {
            "list": listing.name, "kind": listing.kind, "sort": "" if listing.sort == SORTS[0] else listing.sort, "text": wanted.text,
            "department": wanted.departments, "prosecutor": wanted.prosecutors, "rule": wanted.rules, "card": wanted.cards,
            "page": str(page + 1) if page else "",
        },
    )  # fmt: skip
