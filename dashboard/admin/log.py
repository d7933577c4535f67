"""The part of the administrator's page for the access log: who did what, by day, person and action."""

from collections.abc import Container, Mapping
from datetime import date

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.pager import first_page, pager
from dashboard.frame.tables import Cell, Column, show, table
from dashboard.frame.view import View
from expectations.office_days import office_clock
from expectations.people.access_log import ACTIONS, AccessFilter, count, entries
from expectations.people.listing import names_by_login

_SIZE = 50


def log_part(view: View) -> dict[str, str]:
    """Draws it."""
    with view.register.reading() as session:
        names = names_by_login(session)
    wanted = _filters(view, names)
    with view.register.reading() as session:
        total = count(session, wanted)
        page = pager(view, total, _SIZE)
        rows: list[list[Cell]] = [
            [
                f"{office_clock(one.at):%Y-%m-%d %H:%M:%S}",
                _who(one.login, names),
                view.pick(*ACTIONS.get(one.action, (one.action, ""))),
                one.subject,
                one.detail,
            ]
            for one in entries(session, wanted, _SIZE, page * _SIZE)
        ]
    if rows:
        columns = [
            Column(view.t("admin.time"), "short"),
            Column(view.t("admin.who"), "middle"),
            Column(view.t("admin.action"), "short"),
            Column(view.t("admin.subject")),
            Column(view.t("admin.detail"), "wide"),
        ]
        show(table(columns, rows, "access"))
    else:
        empty.nothing(view, "admin.no_entries")
    day = wanted.day.isoformat() if wanted.day else ""
    return {"day": day, "login": wanted.login, "action": wanted.action, "page": str(page + 1) if page else ""}


def _filters(view: View, names: Mapping[str, str]) -> AccessFilter:
    """The filter widgets; values the address names and nobody knows are dropped."""
    _keep_known("a_login", names)
    _keep_known("a_action", ACTIONS)
    if not isinstance(st.session_state.get("a_day"), date):
        st.session_state["a_day"] = _day(str(st.session_state.get("a_day") or ""))
    row = st.container(horizontal=True, vertical_alignment="bottom")
    day = row.date_input(view.t("admin.day"), key="a_day", on_change=first_page, width=180, value=None)
    login = row.selectbox(
        view.t("admin.who"), list(names), key="a_login", on_change=first_page, width=280, placeholder=view.t("filter.all"),
        format_func=lambda one: f"{one} · {names[one]}", index=None,
    )  # fmt: skip
    action = row.selectbox(
        view.t("admin.action"), list(ACTIONS), key="a_action", on_change=first_page, width=220, index=None,
        placeholder=view.t("filter.all"), format_func=lambda one: view.pick(*ACTIONS[one]),
    )  # fmt: skip
    return AccessFilter(day if isinstance(day, date) else None, login or "", action or "")


def _keep_known(key: str, known: Container[str]) -> None:
    if st.session_state.get(key) not in known:
        st.session_state[key] = None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _who(login: str, names: Mapping[str, str]) -> str:
    return f"{names[login]}（{login}）" if login in names else login
