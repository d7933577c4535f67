"""The profile of the exports on the run page: what every item holds beside the run before, what changed sharply first."""

import streamlit as st

from dashboard.frame.tables import Cell, Column, show, table, tag
from dashboard.frame.view import View
from expectations.run.findings import card_titles
from expectations.run.load_report import CHANGES, PROFILE_COLUMNS, profile_cells
from expectations.run.profile import ItemProfile, profile

_NUMBERS = frozenset(("Rows", "Filled", "Filled before", "Values (about)"))


def profile_section(view: View) -> None:
    """Draws it for whoever sees every card; the figures are of all of them."""
    st.subheader(view.t("run.profile"))
    if not view.reader.rows.everything:
        st.caption(view.t("run.withheld"))
        return
    lines = profile(view.con)
    titles = {card: view.pick(*title) for card, title in card_titles(view.con).items()}
    changed = [line for line in lines if line.changes]
    if changed:
        st.warning(view.t("run.profile_changed", count=len(changed)), icon=":material/troubleshoot:")
        _show(view, changed, "profile-changed", titles)
    elif any(line.former for line in lines):
        st.caption(view.t("run.profile_unchanged"))
    cards = list(dict.fromkeys(line.card for line in lines))
    with st.expander(view.t("run.profile_all"), icon=":material/data_usage:"):
        card = st.selectbox(
            view.t("column.card"), cards, format_func=lambda name: titles.get(name, name), key="profile-card"
        )
        _show(view, [line for line in lines if line.card == card], "profile")


def _show(view: View, lines: list[ItemProfile], name: str, titles: dict[str, str] | None = None) -> None:
    """A table of items; with `titles`, of several cards."""
    columns = [Column(view.t("column.card"), "short")] if titles else []
    columns.append(Column(view.t("column.item"), "wide"))
    columns += [
        Column(words.in_language(view.language), "number" if words.en in _NUMBERS else "") for words in PROFILE_COLUMNS
    ]
    columns.append(Column(view.t("run.profile_changes")))
    rows: list[list[Cell]] = [
        [
            *([titles.get(line.card, line.card)] if titles else []),
            line.header,
            *profile_cells(line),
            tag("；".join(CHANGES[change].in_language(view.language) for change in line.changes), "bad")
            if line.changes
            else "",
        ]
        for line in lines
    ]
    show(table(columns, rows, name))
