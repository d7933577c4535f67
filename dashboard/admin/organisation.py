"""The part of the administrator's page for the organisation: the units as they stand, and a file of people with what it would change."""

from collections.abc import Sequence

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import Written
from dashboard.frame.tables import Cell, Column, show, table
from dashboard.frame.view import View
from expectations.errors import AnkaError
from expectations.people.listing import units
from expectations.people.organisation_file import ALL_HEADINGS, Line, OrganisationError, read_organisation
from expectations.people.organisation_import import Changes, import_organisation, preview

_SHOWN = 60


def organisation_part(view: View) -> Written:
    """Draws it."""
    st.caption(view.t("admin.file_means", columns=ALL_HEADINGS.in_language(view.language)))
    file = st.file_uploader(view.t("admin.file"), type=["csv", "xlsx"], key="a_file", max_upload_size=5)
    if file is not None:
        _upload(view, file.name, file.getvalue())
    _units(view)
    return {}


def _upload(view: View, name: str, content: bytes) -> None:
    """What the file would change, or every problem it has; then the button that does it."""
    deactivate = st.checkbox(view.t("admin.deactivate_missing"), key="a_missing")
    give = st.checkbox(view.t("admin.give_passwords"), value=True, key="a_give")
    try:
        lines = read_organisation(name, content)
        changes = preview(view.register, lines, deactivate_missing=deactivate)
        if not st.button(view.t("admin.import"), type="primary", key="a_import", disabled=changes == Changes()):
            _show(view, changes)
            return
        _import(view, lines, deactivate, give)
    except OrganisationError as error:
        st.error(view.t("admin.file_problems", number=len(error.problems)), icon=":material/error:")
        show(
            table(
                [Column(view.t("column.problem"), "wide")],
                [[problem.in_language(view.language)] for problem in error.problems],
                "problems",
            )
        )
    except AnkaError as error:
        empty.mistake(error, view.language)


def _import(view: View, lines: Sequence[Line], deactivate: bool, give: bool) -> None:
    """Does it, and shows the first passwords: this once."""
    who = (view.reader.user_id, view.reader.login)
    with st.spinner(view.t("admin.importing")):
        changes = import_organisation(view.register, lines, who, deactivate_missing=deactivate, give_passwords=give)
    st.success(view.t("admin.imported"), icon=":material/check:")
    _show(view, changes)
    if changes.passwords:
        st.warning(view.t("admin.passwords_once"), icon=":material/key:")
        st.code("\n".join(f"{login}\t{password}" for login, password in changes.passwords.items()), language=None)


def _show(view: View, changes: Changes) -> None:
    parts = (
        ("admin.new_units", changes.new_units),
        ("admin.dropped_units", changes.dropped_units),
        ("admin.added", changes.added),
        ("admin.changed", changes.changed),
        ("admin.missing", changes.missing),
        ("admin.deactivated", changes.deactivated),
    )
    rows: list[list[Cell]] = [[view.t(key), len(names), _some(names)] for key, names in parts if names]
    if not rows:
        empty.nothing(view, "admin.no_changes")
        return
    columns = [
        Column(view.t("admin.change"), "short"),
        Column(view.t("admin.number"), "number"),
        Column(view.t("admin.which"), "wide"),
    ]
    show(table(columns, rows, "changes"))


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")


def _units(view: View) -> None:
    st.subheader(view.t("admin.units"))
    with view.register.reading() as session:
        all_units = units(session)
    if not all_units:
        empty.nothing(view, "admin.no_units")
        return
    kinds = {
        "city": view.t("admin.kind_city"),
        "district": view.t("admin.kind_district"),
        "department": view.t("admin.kind_department"),
        "team": view.t("admin.kind_team"),
    }
    columns = [
        Column(view.t("admin.unit"), "wide"),
        Column(view.t("admin.kind"), "short"),
        Column(view.t("admin.members"), "number"),
    ]
    show(table(columns, [[unit.path, kinds.get(unit.kind, unit.kind), unit.people] for unit in all_units], "units"))
