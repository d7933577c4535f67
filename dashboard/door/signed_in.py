"""Who looks at a page: asked anew at every pass of the script, because Streamlit's WebSocket outlives sessions."""

from collections import OrderedDict
from threading import Lock
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.frame.place import register
from dashboard.frame.tables import anchor, show
from dashboard.words.texts import text
from expectations.people import sessions
from expectations.people.languages import as_language, home_language
from expectations.rights.reader import Reader

_MOST_PAGES = 10_000
_owners: OrderedDict[str, int] = OrderedDict()
_lock = Lock()


def signed_in(*, touch: bool = True) -> Reader | None:
    """The person, or None when the session has ended; `touch=False` for passes nobody asked for (run_every)."""
    key = st.context.headers.get("x-anka-session", "")
    reader = sessions.reader_in(register(), key) if key else None
    if reader is None:
        return None
    if touch:
        sessions.touch(register(), key)
    context = get_script_run_ctx()
    if context is not None and reader.user_id is not None:
        remember(context.session_id, reader.user_id)
    return reader


def owner(page: str) -> int | None:
    """Whose page a Streamlit session is: nobody else may upload into it."""
    with _lock:
        return _owners.get(page)


def remember(page: str, user_id: int) -> None:
    """Notes whose page a Streamlit session is."""
    with _lock:
        _owners[page] = user_id
        _owners.move_to_end(page)
        while len(_owners) > _MOST_PAGES:
            _owners.popitem(last=False)


def ended() -> None:
    """What a page shows in place of its content when the session has ended, in the language it had: the way back to it through
    sign-in."""
    with register().reading() as session:
        language = as_language(st.session_state.get("language") or home_language(session))
    parts = urlsplit(st.context.url or "/")
    address = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    st.header(text("sign.ended", language))
    st.info(text("sign.ended_how", language))
    show(anchor(text("sign.again_link", language), f"/sign-in?{urlencode({'next': address, 'lang': language})}"))
