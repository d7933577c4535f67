"""The findings list: filters kept in the address, one page of findings at a time, and the register as an Excel file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.marks import finding_tag, message
from dashboard.frame.tables import Cell, Column, Html, anchor, download, lines, show, table
from dashboard.frame.view import View, write_address
from expectations.finding.columns import Finding
from expectations.finding.labels import SEVERITIES
from expectations.run.findings import SORTS, Choices, choices, count_findings, page_of_findings
from expectations.run.published import FindingFilter, Kind

_LISTS = ("department", "prosecutor", "rule", "severity", "error_type", "card")
_KINDS: tuple[Kind, ...] = ("errors", "hints", "all")
_SIZES = (25, 50, 100)


@dataclass(frozen=True)
class Listing:
    """What the reader asks for."""

    wanted: FindingFilter
    sort: str
    descending: bool
    size: int


def findings_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.findings"))
    offered = choices(view.con)
    if view.entered:
        _read_address(view, offered)
    listing = _filters(view, offered)
    errors, hints = count_findings(view.con, replace(listing.wanted, kind="all"))
    selected = {"errors": errors, "hints": hints, "all": errors + hints}[listing.wanted.kind]
    st.markdown(f"**{view.t('list.count', errors=f'{errors:,}', hints=f'{hints:,}')}**")
    if not selected:
        _nothing(view, listing)
        _write_address(view, listing, 0)
        return
    page = _pager(view, selected, listing.size)
    found = page_of_findings(
        view.con, listing.wanted, sort=listing.sort, descending=listing.descending, page=page, size=listing.size
    )
    show(_finding_table(view, found))
    st.caption(view.t("list.note"))
    _write_address(view, listing, page)


def _options(offered: Choices) -> dict[str, Sequence[str]]:
    """Every value each filter can take."""
    return {
        "department": offered.departments,
        "prosecutor": offered.prosecutors_of(()),
        "rule": tuple(offered.rules),
        "severity": SEVERITIES,
        "error_type": offered.error_types,
        "card": tuple(offered.cards),
    }


def _read_address(view: View, offered: Choices) -> None:
    """Sets the filters from the address; values this run does not know are named and left out."""
    unknown: list[str] = []
    for name, known in _options(offered).items():
        asked = st.query_params.get_all(name)
        st.session_state[f"f_{name}"] = [value for value in asked if value in known]
        unknown += [value for value in asked if value not in known]
    get = st.query_params.get
    st.session_state["f_text"] = get("text", "")
    st.session_state["f_kind"] = kind if (kind := get("kind", "")) in _KINDS else _KINDS[0]
    st.session_state["f_sort"] = sort if (sort := get("sort", "")) in SORTS else SORTS[0]
    st.session_state["f_descending"] = get("desc") == "1"
    st.session_state["f_size"] = int(size) if (size := get("size", "")) in map(str, _SIZES) else _SIZES[0]
    number = get("page", "1")
    st.session_state["f_page"] = int(number) if number.isdigit() and int(number) > 0 else 1
    if unknown:
        st.warning(view.t("filter.unknown", values="、".join(unknown)))


def _first_page() -> None:
    st.session_state["f_page"] = 1


def _clear() -> None:
    for name in _LISTS:
        st.session_state[f"f_{name}"] = []
    st.session_state.update({"f_text": "", "f_kind": _KINDS[0], "f_page": 1})


def _filters(view: View, offered: Choices) -> Listing:
    """The filter widgets; what they say is the listing."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    kind = row.segmented_control(
        view.t("filter.kind"),
        _KINDS,
        key="f_kind",
        required=True,
        on_change=_first_page,
        format_func=lambda value: view.t(f"kind.{value}"),
    )
    text = row.text_input(
        view.t("filter.text"),
        key="f_text",
        placeholder=view.t("filter.text_hint"),
        on_change=_first_page,
        icon=":material/search:",
        width=340,
    )
    row.button(view.t("filter.clear"), on_click=_clear, icon=":material/filter_alt_off:", key="f_clear")
    chosen = any(st.session_state.get(f"f_{name}") for name in _LISTS)
    with st.expander(view.t("filter.more"), expanded=chosen, icon=":material/filter_alt:"):
        lists = _list_filters(view, offered)
    wanted = FindingFilter(
        departments=lists["department"],
        prosecutors=lists["prosecutor"],
        rules=lists["rule"],
        severities=lists["severity"],
        error_types=lists["error_type"],
        cards=lists["card"],
        kind=kind or _KINDS[0],
        text=text or "",
    )
    return _order(view, wanted)


def _list_filters(view: View, offered: Choices) -> dict[str, tuple[str, ...]]:
    """The filters of which several values may be chosen. A value a newer run does not know is dropped."""
    options = _options(offered)
    for name, known in options.items():
        st.session_state[f"f_{name}"] = [value for value in st.session_state.get(f"f_{name}", []) if value in known]
    titles = {rule_id: f"{rule_id} {view.pick(*title)}" for rule_id, title in offered.rules.items()}
    words: Mapping[str, Mapping[str, str]] = {
        "rule": titles,
        "card": {card: view.pick(*title) for card, title in offered.cards.items()},
        "severity": {name: view.label("severity", name) for name in SEVERITIES},
        "error_type": {name: view.label("type", name) for name in offered.error_types},
    }
    chosen: dict[str, tuple[str, ...]] = {}
    places = [*st.columns(3), *st.columns(3)]
    for place, name in zip(places, _LISTS, strict=True):
        known = options[name]
        if name == "prosecutor":
            known = [
                p
                for p in known
                if p in offered.prosecutors_of(chosen["department"]) or p in st.session_state["f_prosecutor"]
            ]
        chosen[name] = tuple(
            place.multiselect(
                view.t(f"filter.{name}"),
                known,
                key=f"f_{name}",
                placeholder=view.t("filter.all"),
                on_change=_first_page,
                format_func=_namer(view, words.get(name, {})),
            )
        )
    return chosen


def _namer(view: View, words: Mapping[str, str]) -> Callable[[str], str]:
    """How a filter shows its values: by their words, the blank one as such."""
    return lambda value: words.get(value, value) or view.t("app.blank")


def _order(view: View, wanted: FindingFilter) -> Listing:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    sort = row.selectbox(
        view.t("sort.by"),
        SORTS,
        key="f_sort",
        format_func=lambda name: view.t(f"sort.{name}"),
        on_change=_first_page,
        width=200,
    )
    number = row.selectbox(view.t("list.size"), _SIZES, key="f_size", on_change=_first_page, width=110)
    descending = row.toggle(view.t("sort.descending"), key="f_descending", on_change=_first_page)
    listing = Listing(wanted, sort, descending, number)
    row.html(download(view.t("list.download"), view.link("export/findings.xlsx", **_address(listing))).markup)
    return listing


def _pager(view: View, total: int, size: int) -> int:
    """The chosen page, from 0; `f_page` in the session counts from 1."""
    pages = -(-total // size)
    st.session_state["f_page"] = min(max(int(st.session_state.get("f_page", 1)), 1), pages)
    page = int(st.session_state["f_page"]) - 1
    last = min(total, (page + 1) * size)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(
        view.t("list.range", first=f"{page * size + 1:,}", last=f"{last:,}", total=f"{total:,}"), width="content"
    )
    if pages > 1:
        row.button("‹", disabled=page == 0, on_click=_turn, args=(-1,), help=view.t("list.previous"), key="f_back")
        row.number_input(view.t("list.page"), 1, pages, key="f_page", label_visibility="collapsed", width=130)
        row.button("›", disabled=page == pages - 1, on_click=_turn, args=(1,), help=view.t("list.next"), key="f_on")
    return page


def _turn(by: int) -> None:
    st.session_state["f_page"] = int(st.session_state.get("f_page", 1)) + by


def _finding_table(view: View, found: Sequence[Finding]) -> Html:
    kinds = {
        "severity": "short",
        "problem": "wide",
        "bmsah": "",
        "suspect": "short",
        "department": "middle",
        "prosecutor": "short",
    }
    columns = [Column(view.t(f"column.{name}"), kind) for name, kind in kinds.items()]
    return table(columns, [_finding_row(view, finding) for finding in found], "findings")


def _finding_row(view: View, finding: Finding) -> list[Cell]:
    rule = anchor(finding.rule_id, view.link("rules", rule=finding.rule_id))
    number = finding.bmsah or view.t("case.no_number", row=finding.card_row)
    row = "" if finding.bmsah else str(finding.card_row)
    case = anchor(number, view.link("case", card=finding.card, bmsah=finding.bmsah, row=row))
    return [
        finding_tag(view, finding),
        lines(message(view, finding), Html(f'<span class="muted">{rule.markup} {escape(finding.basis)}</span>')),
        lines(case, Html(f'<span class="muted">{escape(finding.case_name)}</span>')),
        finding.name,
        finding.department,
        finding.prosecutor,
    ]


def _nothing(view: View, listing: Listing) -> None:
    if listing.wanted in (FindingFilter(kind="errors"), FindingFilter()):
        empty.nothing(view, "empty.no_findings")
    else:
        empty.nothing(view, "empty.no_selection", "empty.no_selection_how")


def _address(listing: Listing) -> dict[str, str | Sequence[str]]:
    """The listing as parameters of an address."""
    wanted = listing.wanted
    return {
        "department": wanted.departments,
        "prosecutor": wanted.prosecutors,
        "rule": wanted.rules,
        "severity": wanted.severities,
        "error_type": wanted.error_types,
        "card": wanted.cards,
        "kind": "" if wanted.kind == _KINDS[0] else wanted.kind,
        "text": wanted.text,
        "sort": "" if listing.sort == SORTS[0] else listing.sort,
        "desc": "1" if listing.descending else "",
    }


def _write_address(view: View, listing: Listing, page: int) -> None:
    size = "" if listing.size == _SIZES[0] else str(listing.size)
    write_address(view.language, {**_address(listing), "size": size, "page": str(page + 1) if page else ""})
