"""The administrator's page (管理): people with their accounts. The organisation's file, the switches, the access log and the health of
the house, its other parts, stand beside this module.
"""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.admin.health import health_part
from dashboard.admin.log import LOG, log_part
from dashboard.admin.organisation import organisation_part
from dashboard.admin.switches import switches_part
from dashboard.frame import empty
from dashboard.frame.address import Address, Written, write_address
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.pager import pager
from dashboard.frame.parameters import PAGE, one_of, some, text
from dashboard.frame.tables import Cell, Column, Html, anchor, lines, show, table, tag
from dashboard.frame.view import View
from expectations.errors import AnkaError
from expectations.people import accounts
from expectations.people.listing import STATES, Person, State, people

_SIZE = 50
_STATE_WORDS: Mapping[State, tuple[str, str]] = {
    "active": ("admin.state_active", "good"),
    "first_password": ("admin.state_first_password", ""),
    "no_password": ("admin.state_no_password", ""),
    "locked": ("admin.state_locked", "bad"),
    "off": ("admin.state_off", "hint"),
}
_PARTS: Mapping[str, tuple[str, Callable[[View], Written]]] = {
    "people": ("admin.people", lambda view: _people_part(view)),
    "organisation": ("admin.organisation", organisation_part),
    "switches": ("admin.switches", switches_part),
    "log": ("admin.log", log_part),
    "health": ("admin.health", health_part),
}


_PART = one_of("part", tuple(_PARTS))
_HERE = Address("a", _PART)
_TEXT, _STATE, _PERSON = text("text"), some("state"), some("person")
_PEOPLE = Address("a", _TEXT, _STATE, _PERSON, PAGE)


def admin_page(view: View) -> None:
    """Draws the page; each part returns what of its state belongs into the address."""
    view.reader.require("manage")
    st.header(view.t("admin.title"))
    for address in (_HERE, _PEOPLE, LOG):
        address.enter(view)
    parts = Filter(_PART, "buttons", tuple(_PARTS), lambda name: view.t(_PARTS[name][0]), "admin.part", bare=True)
    filter_bar(view, _HERE, [parts])
    write_address(view, _HERE.written() | _PARTS[_HERE.value(_PART)][1](view))


def _people_part(view: View) -> Written:
    with view.register.reading() as session:
        everybody = people(session)
    _account(view, everybody)
    selected = _filtered(view, everybody)
    page = pager(view, _PEOPLE, len(selected), _SIZE)
    if selected:
        show(_people_table(view, selected[page * _SIZE : (page + 1) * _SIZE]))
    else:
        empty.nothing(view, "admin.nobody")
    return _PEOPLE.written()


def _filtered(view: View, everybody: Sequence[Person]) -> list[Person]:
    row = (
        Filter(_TEXT, "search", hint="admin.text_hint", width=320),
        Filter(_STATE, "pills", STATES, lambda state: view.t(_STATE_WORDS[state][0]), "admin.state"),
    )
    filter_bar(view, _PEOPLE, row)
    words, state = _PEOPLE.value(_TEXT).split(), _PEOPLE.value(_STATE)
    return [
        person
        for person in everybody
        if all(word in f"{person.login} {person.name} {person.unit} {' '.join(person.roles)}" for word in words)
        and (not state or person.state == state)
    ]


def _people_table(view: View, selected: Sequence[Person]) -> Html:
    columns = [
        Column(view.t("admin.login"), "short"),
        Column(view.t("admin.name"), "short"),
        Column(view.t("admin.roles")),
        Column(view.t("admin.unit"), "wide"),
        Column(view.t("admin.state"), "short"),
    ]
    rows: list[list[Cell]] = []
    for person in selected:
        roles: Cell = view.pick("、", ", ").join(view.label("role", role) for role in person.roles)
        if person.assists:
            roles = lines(roles, view.t("admin.assists", login=person.assists))
        words, kind = _STATE_WORDS[person.state]
        login = anchor(person.login, view.link("admin", part="people", person=person.login))
        rows.append([login, person.name, roles, person.unit, tag(view.t(words), kind)])
    return table(columns, rows, "people")


def _account(view: View, everybody: Sequence[Person]) -> None:
    """The chosen account and what can be done with it; a new password stands here until the next click."""
    by_login = {person.login: person for person in everybody}
    _PEOPLE.keep_known(_PERSON, tuple(by_login))
    chosen = st.selectbox(
        view.t("admin.account"),
        list(by_login),
        key=_PEOPLE.key(_PERSON),
        placeholder=view.t("admin.choose"),
        format_func=lambda login: f"{login} · {by_login[login].name}",
        width=420,
    )
    if chosen is None:
        return
    person = by_login[chosen]
    row = st.container(horizontal=True)
    with row.popover(view.t("admin.reset"), icon=":material/key:"):
        st.write(view.t("admin.reset_means", login=person.login))
        if st.button(view.t("admin.reset_go"), key="a_reset", type="primary"):
            password = accounts.reset_password(view.register, person.login, by(view))
            st.success(view.t("admin.reset_done", login=person.login), icon=":material/key:")
            st.code(password, language=None)
    if person.state != "off" and row.button(view.t("admin.unlock"), key="a_unlock", icon=":material/lock_open:"):
        _do(lambda: accounts.unlock(view.register, person.login, by(view)))
    if person.state == "off" and row.button(view.t("admin.activate"), key="a_on", icon=":material/person:"):
        _do(lambda: accounts.set_active(view.register, person.login, True, by(view)))
    if person.state != "off":
        with row.popover(view.t("admin.deactivate"), icon=":material/person_off:"):
            st.write(view.t("admin.deactivate_means", login=person.login))
            if st.button(view.t("admin.deactivate_go"), key="a_off", type="primary"):
                _do(lambda: accounts.set_active(view.register, person.login, False, by(view)))
    if problem := st.session_state.pop("a_problem", None):
        empty.mistake(problem, view.language)


def by(view: View) -> tuple[int | None, str]:
    """Who does it, for the access log."""
    return view.reader.user_id, view.reader.login


def _do(act: Callable[[], None]) -> None:
    """Does it in the pass that has asked who is signed in, not in a callback, which Streamlit runs before that."""
    try:
        act()
    except AnkaError as error:
        st.session_state["a_problem"] = error
    st.rerun()
