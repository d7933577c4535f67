"""The profile of the exports on the run page: what every item holds beside the run before, what changed sharply first."""

import streamlit as st

from dashboard.frame.tables import Cell, Column, show, table, tag
from dashboard.frame.view import View
from expectations.run.findings import card_titles
from expectations.run.loaded.load_report import CHANGES
from expectations.run.loaded.profile import ItemProfile, profile


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
        Column(view.t("column.rows"), "number"),
        Column(view.t("run.profile_filled"), "number"),
        Column(view.t("run.profile_values"), "number"),
        Column(view.t("run.profile_commonest"), "wide"),
        Column(view.t("run.profile_range")),
        Column(view.t("run.profile_changes")),
    ]
    rows: list[list[Cell]] = [
        [
            *([titles.get(line.card, line.card)] if titles else []),
            line.header,
            line.figures.rows,
            _filled(view, line),
            line.figures.distinct,
            "、".join(f"{text} {count:,}" for text, count in line.figures.commonest),
            _range(view, line),
            tag("；".join(CHANGES[change].in_language(view.language) for change in line.changes), "bad")
            if line.changes
            else "",
        ]
        for line in lines
    ]
    show(table(columns, rows, name))


def _filled(view: View, line: ItemProfile) -> str:
    """The share of filled rows, with that of the run before where it is another."""
    share, former = f"{line.figures.share:.0%}", f"{line.former.share:.0%}" if line.former else ""
    return view.t("run.profile_before", now=share, before=former) if former not in ("", share) else share


def _range(view: View, line: ItemProfile) -> str:
    """First and last day or number, with the last of the run before where it is another."""
    figures, former = line.figures, line.former
    if figures.lowest is None or figures.highest is None:
        return ""
    ends = f"{figures.lowest} – {figures.highest}"
    before = former.highest if former else None
    return view.t("run.profile_before", now=ends, before=before) if before not in (None, figures.highest) else ends
