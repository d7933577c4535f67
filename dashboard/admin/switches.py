"""The part of the administrator's page for the switches, each with what it does."""

from collections.abc import Mapping

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import Written
from dashboard.frame.view import View
from expectations.errors import AnkaError
from expectations.people import switching
from expectations.people.languages import as_language
from expectations.store.switches import CHOICES, Value, switches
from expectations.texts import LANGUAGE_NAMES

_WORDS: Mapping[str, tuple[str, str]] = {
    "language": ("admin.language", "admin.language_means"),
    "partner_offices": ("admin.partner_offices", "admin.partner_offices_means"),
    "messages_on": ("admin.messages_on", "admin.messages_on_means"),
    "hold_after": ("admin.hold_after", "admin.hold_after_means"),
    "precision_floor": ("admin.precision_floor", "admin.precision_floor_means"),
    "reply_days": ("admin.reply_days", "admin.reply_days_means"),
    "explanation_days": ("admin.explanation_days", "admin.explanation_days_means"),
    "notice_number": ("admin.notice_number", "admin.notice_number_means"),
    "idle_minutes": ("admin.idle_minutes", "admin.idle_minutes_means"),
    "stale_hours": ("admin.stale_hours", "admin.stale_hours_means"),
    "export_days": ("admin.export_days", "admin.export_days_means"),
    "backup_hours": ("admin.backup_hours", "admin.backup_hours_means"),
    "free_gb": ("admin.free_gb", "admin.free_gb_means"),
    "inbox": ("admin.inbox", "admin.inbox_means"),
    "night_time": ("admin.night_time", "admin.night_time_means"),
    "morning_time": ("admin.morning_time", "admin.morning_time_means"),
    "backup_time": ("admin.backup_time", "admin.backup_time_means"),
}


def switches_part(view: View) -> Written:
    """Draws it."""
    with view.register.reading() as session:
        present = switches(session)
    with st.form("a_switches"):
        entered = {name: _widget(view, name, value) for name, value in present.items()}
        saved = st.form_submit_button(view.t("admin.save"), type="primary")
    if saved:
        _save(view, entered)
    return {}


def _widget(view: View, name: str, value: Value) -> Value:
    label, means = _WORDS.get(name, ("", ""))
    title, key = view.t(label) if label else name, f"a_switch_{name}"
    if name in CHOICES:
        choices = CHOICES[name]
        entered: Value = st.segmented_control(
            title, choices, default=str(value), key=key, required=True, format_func=lambda choice: _choice(view, choice)
        )
    elif isinstance(value, bool):
        entered = st.toggle(title, value, key=key)
    elif isinstance(value, int):
        entered = st.number_input(title, value=value, step=1, key=key, width=220)
    elif isinstance(value, float):
        entered = st.number_input(title, value=value, step=0.05, format="%.2f", key=key, width=220)
    else:
        entered = st.text_input(title, value, key=key, width=420)
    if means:
        st.caption(view.t(means))
    return entered


def _choice(view: View, choice: str) -> str:
    """What a value of a switch with few is called: a language calls itself."""
    return view.t("admin.language_catalogue") if choice == "catalogue" else LANGUAGE_NAMES[as_language(choice)]


def _save(view: View, entered: Mapping[str, Value]) -> None:
    """All that was changed, or nothing."""
    try:
        with view.register.writing() as session:
            changed = switching.change(session, entered, (view.reader.user_id, view.reader.login))
    except AnkaError as error:
        empty.mistake(error, view.language)
        return
    st.success(view.t("admin.saved", number=len(changed)), icon=":material/check:")
