"""The part of the administrator's page that says whether the house is well, by the checks that `/health/ready` asks."""

from collections.abc import Mapping

import streamlit as st

from dashboard.frame.address import Written
from dashboard.frame.place import home
from dashboard.frame.tables import Cell, Column, lines, show, table, tag
from dashboard.frame.view import View
from expectations.health.checks import STATES, State
from expectations.health.readiness import readiness

_COLOURS: Mapping[State, str] = {"ok": "good", "warn": "hint", "fail": "bad"}


def health_part(view: View) -> Written:
    """Draws it."""
    columns = [
        Column(view.t("admin.check"), "middle"),
        Column(view.t("admin.state"), "short"),
        Column(view.t("admin.seen"), "wide"),
        Column(view.t("admin.do"), "wide"),
    ]
    rows: list[list[Cell]] = [
        [
            lines(*dict.fromkeys((check.label.in_language(view.language), check.name))),
            tag(STATES[check.state].in_language(view.language), _COLOURS[check.state]),
            check.seen.in_language(view.language),
            check.do.in_language(view.language),
        ]
        for check in readiness(home(), lambda: view.register)
    ]
    show(table(columns, rows, "health"))
    st.caption(view.t("admin.health_more"))
    return {}
