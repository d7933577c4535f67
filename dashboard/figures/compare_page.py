"""伙伴院对照: two offices side by side, the same figures with their denominators. Off until an administrator turns it on; no
order by a figure, no third office, no score.
"""

from collections.abc import Sequence

import streamlit as st

from dashboard.figures.marks import DAYS, export_link, per_hundred, period_filter, say_incomplete
from dashboard.frame import empty
from dashboard.frame.address import Address, write_address
from dashboard.frame.filters import filter_bar
from dashboard.frame.parameters import many
from dashboard.frame.tables import Cell, Column, Html, show, table
from dashboard.frame.view import View
from expectations.figures.comparison import OfficeFigures, office_figures, whole_offices
from expectations.figures.runs import Counts, runs_within
from expectations.store.switches import switch

OFFICES = many("office")
HERE = Address("cm", OFFICES, DAYS)
_SIDES = ("cm_left", "cm_right")


def compare_page(view: View) -> None:
    """Draws the page, or says that it is off."""
    st.header(view.t("page.compare"))
    HERE.enter(view)
    with view.register.reading() as session:
        if not switch(session, "partner_offices"):
            empty.nothing(view, "compare.off", "compare.off_how")
            return
        filter_bar(view, HERE, [period_filter(view)], changed=lambda: None)
        period = HERE.value(DAYS)
        runs = runs_within(session, view.reader, period)
        offices = whole_offices(view.reader, runs)
        if len(offices) < 2:
            empty.nothing(view, "compare.too_few")
            return
        pair = _pair(view, offices)
        pair_figures = [office_figures(session, view.reader, runs, office) for office in pair]
    write_address(view, HERE.written())
    if pair[0] == pair[1]:
        empty.nothing(view, "compare.same")
        return
    say_incomplete(view, runs)
    st.caption(view.t("compare.note", day=runs[-1].as_of, days=period))
    show(_table(view, pair_figures))
    export_link(view, "offices.xlsx", HERE.written())


def _pair(view: View, offices: Sequence[str]) -> tuple[str, str]:
    """The two offices chosen; at first those of the address, else the first two."""
    from_address = [*HERE.value(OFFICES), "", ""]
    chosen = []
    for number, (place, key, title) in enumerate(
        zip(st.columns(2), _SIDES, ("compare.left", "compare.right"), strict=True)
    ):
        if view.entered or st.session_state.get(key) not in offices:
            st.session_state[key] = from_address[number] if from_address[number] in offices else offices[number]
        chosen.append(str(place.selectbox(view.t(title), offices, key=key)))
    HERE.put(OFFICES, chosen)
    return chosen[0], chosen[1]


def figure_rows(view: View, offices: Sequence[OfficeFigures]) -> list[tuple[str, list[tuple[int, int]]]]:
    """The same lines for every office: title, and per office a number over cards checked."""
    types = sorted({name for office in offices for name in office.types})
    return [
        (view.t("compare.open"), [(office.open, office.checked) for office in offices]),
        *(
            (
                view.t("compare.of_type", type=view.label("type", name)),
                [(office.types.get(name, Counts()).open, office.checked) for office in offices],
            )
            for name in types
        ),
        (view.t("compare.new"), [(office.new, office.checked) for office in offices]),
        (view.t("compare.corrected"), [(office.corrected, office.checked) for office in offices]),
        (view.t("compare.hints"), [(office.hints, office.checked) for office in offices]),
    ]


def _table(view: View, offices: Sequence[OfficeFigures]) -> Html:
    columns = [Column(view.t("compare.figure")), *(Column(office.office, "number") for office in offices)]
    rows: list[list[Cell]] = [[view.t("column.checked"), *(office.checked for office in offices)]]
    rows += [
        [title, *(per_hundred(view, part, cards) for part, cards in cells)]
        for title, cells in figure_rows(view, offices)
    ]
    return table(columns, rows, "compare compact")
