"""The part of the administrator's page for the access log: who did what, by day, person and action."""

from collections.abc import Mapping

from dashboard.frame import empty
from dashboard.frame.address import Address, Written
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.pager import pager
from dashboard.frame.parameters import PAGE, day, some
from dashboard.frame.tables import Cell, Column, show, table
from dashboard.frame.view import View
from expectations.office_days import office_clock
from expectations.people.access_log import ACTIONS, AccessFilter, count, entries
from expectations.people.listing import names_by_login
from expectations.rights.roles import ROLES
from expectations.run.account import NO_RUN
from expectations.run.findings import card_titles

_SIZE = 50


_DAY, _LOGIN, _ACTION = day("day"), some("login"), some("action")
LOG = Address("a", _DAY, _LOGIN, _ACTION, PAGE)


def log_part(view: View) -> Written:
    """Draws it."""
    with view.register.reading() as session:
        names = names_by_login(session)
    access_filter = _filters(view, names)
    titles = card_titles(view.con) if view.run is not NO_RUN else {}
    with view.register.reading() as session:
        total = count(session, access_filter)
        page = pager(view, LOG, total, _SIZE)
        rows: list[list[Cell]] = [
            [
                f"{office_clock(entry.at):%Y-%m-%d %H:%M:%S}",
                _who(entry.login, names),
                view.pick(*ACTIONS.get(entry.action, (entry.action, ""))),
                _subject(view, entry.action, entry.subject, titles),
                _detail(view, entry.detail),
            ]
            for entry in entries(session, access_filter, _SIZE, page * _SIZE)
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
    return LOG.written()


def _subject(view: View, action: str, subject: str, titles: Mapping[str, tuple[str, str]]) -> str:
    """What it was done to, in the language of the view: the card's title for its name, the download's for its address."""
    card, _, case = subject.partition(" ")
    if action == "case" and card in titles:
        return f"{view.pick(*titles[card])} {case}"
    if action == "list":
        return view.label("page", subject)
    name = subject.replace(".", "_").replace("-", "_")
    return view.label("download", name) if action == "export" else subject


def _detail(view: View, detail: str) -> str:
    """The technical words of an entry in the language of the view; values stay as they are."""
    words = view.label("logged", detail)
    return words if words != detail else " ".join(_part(view, part) for part in detail.split(" "))


def _part(view: View, part: str) -> str:
    roles = part.split(",")
    if set(roles) <= set(ROLES):
        return view.t("app.comma").join(view.label("role", role) for role in roles)
    return _parameter(view, part)


def _parameter(view: View, part: str) -> str:
    name, sign, value = part.partition("=")
    words = view.label("logged", name)
    return f"{words if words != name else view.label('filter', name)}{sign}{value}" if sign else words


def _filters(view: View, names: Mapping[str, str]) -> AccessFilter:
    row = (
        Filter(_DAY, "day", label="admin.day", width=180),
        Filter(_LOGIN, "select", tuple(names), lambda login: f"{login} · {names[login]}", "admin.who", width=280),
        Filter(_ACTION, "select", tuple(ACTIONS), lambda name: view.pick(*ACTIONS[name]), "admin.action", width=220),
    )
    filter_bar(view, LOG, row)
    return AccessFilter(LOG.value(_DAY), LOG.value(_LOGIN) or "", LOG.value(_ACTION) or "")


def _who(login: str, names: Mapping[str, str]) -> str:
    return f"{names[login]}（{login}）" if login in names else login
