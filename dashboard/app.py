"""The script Streamlit runs: who is here, language, navigation, the banners about the run, and the page. Pages are drawn
elsewhere.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import streamlit as st

from dashboard.admin.page import admin_page
from dashboard.case.page import case_page
from dashboard.check.page import check_page
from dashboard.door.request_log import timed_page
from dashboard.door.signed_in import ended, signed_in
from dashboard.figures.compare_page import compare_page
from dashboard.figures.departments_page import departments_page
from dashboard.figures.overview_page import overview_page
from dashboard.figures.trends_page import trends_page
from dashboard.frame import empty
from dashboard.frame.place import register
from dashboard.frame.run_state import banner, nights_banner
from dashboard.frame.view import View, chosen_language, entered, open_view
from dashboard.lists.due_page import due_page
from dashboard.lists.findings_page import findings_page
from dashboard.notices.page import notices_page
from dashboard.run.page import run_page
from dashboard.run.rules_page import rules_page
from dashboard.words.texts import text
from dashboard.work.mine_page import mine_page
from dashboard.work.today_page import today_page
from expectations.errors import AnkaError
from expectations.home import NothingPublishedError
from expectations.people import access_log
from expectations.people.languages import remember_language
from expectations.refused_by_machine import refused_by_machine
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import Reader
from expectations.run.published import FoundDamagedError
from expectations.texts import LANGUAGE_NAMES, LANGUAGES, Language

_HERE = Path(__file__).parent
_ICON = f"data:image/svg+xml;base64,{b64encode((_HERE / 'door' / 'icon.svg').read_bytes()).decode()}"
"""As part of the page: an icon by name would be asked for on the internet, one by path comes from where everybody could fetch it."""

# name in the address → icon and the function that draws the page; in the order of the navigation
PAGES: dict[str, tuple[str, Callable[[View], None]]] = {
    "today": (":material/today:", today_page),
    "mine": (":material/checklist:", mine_page),
    "overview": (":material/dashboard:", overview_page),
    "departments": (":material/groups:", departments_page),
    "findings": (":material/rule:", findings_page),
    "due": (":material/alarm:", due_page),
    "case": (":material/folder_open:", case_page),
    "trends": (":material/show_chart:", trends_page),
    "rules": (":material/gavel:", rules_page),
    "notices": (":material/mail:", notices_page),
    "compare": (":material/compare_arrows:", compare_page),
    "check": (":material/fact_check:", check_page),
    "run": (":material/history:", run_page),
    "admin": (":material/manage_accounts:", admin_page),
}
_WITHOUT_RUN = ("admin", "check")
"""Pages that need no published run."""
_LISTS = ("today", "mine", "findings", "due", "notices")
"""Pages that list cases with the names of people: opening one is a view the access log keeps."""
_LOOKS_ANEW = timedelta(minutes=10)


def main() -> None:
    """One pass of the script: what Streamlit does for every change."""
    st.set_page_config(page_title="案卡质检 Anka", page_icon=_ICON, layout="wide")
    st.html(_HERE / "look.css")
    try:
        reader = signed_in()
    except AnkaError as error:  # the register went away under an open page: nobody knows who reads it
        st.error(str(error.message), icon=":material/error:")
        return
    if reader is None:
        ended()
        return
    language = chosen_language(reader)
    pages = {name: _page(name, reader, language) for name in PAGES}
    first = pages[reader.pages[0]]
    # the default page has no name in its address: a page of its own, so that all of ours keep theirs for links
    start = st.Page(
        lambda: st.switch_page(first), title=first.title, url_path="start", default=True, visibility="hidden"
    )
    chosen = st.navigation([start, *pages.values()])
    with st.sidebar:
        st.segmented_control(
            text("app.language", language),
            LANGUAGES,
            key="language",
            required=True,
            format_func=lambda code: LANGUAGE_NAMES[code],
            label_visibility="collapsed",
            on_change=_remember_language,
        )
        roles = ("、" if language == "zh" else ", ").join(text(f"role.{role}", language) for role in reader.roles)
        st.caption(text("app.reader", language, name=reader.name, roles=roles))
        st.html(
            f'<a class="anka" href="/password" target="_self">{text("app.password", language)}</a>　'
            f'<a class="anka" href="/sign-out" target="_self">{text("app.sign_out", language)}</a>'
        )
    chosen.run()


def _remember_language() -> None:
    """What the switch was set to is the person's language from now on: of pages, papers and messages."""
    reader = signed_in()  # anew: the session may have ended since the page was drawn
    if reader is not None and reader.user_id is not None:
        remember_language(register(), reader.user_id, chosen_language(reader))


def _page(name: str, reader: Reader, language: Language) -> st.Page:
    """A page not the reader's is hidden, and says so when asked for by address."""
    return st.Page(
        _drawing(name, reader),
        title=text(f"page.{name}", language),
        icon=PAGES[name][0],
        url_path=name,
        visibility="visible" if name in reader.pages else "hidden",
    )


def _drawing(name: str, reader: Reader) -> Callable[[], None]:
    """The page `name` as Streamlit calls it: on the present run, within the reader's rights, with its mistakes as one line."""

    def page() -> None:
        language, fresh = chosen_language(reader), entered(name)
        if name not in reader.pages:
            if fresh:
                access_log.log_refused(register(), reader, f"page {name}")
            st.warning(text("app.not_allowed", language), icon=":material/block:")
            return
        try:
            with timed_page(name), open_view(reader, language, fresh, needs_run=name not in _WITHOUT_RUN) as view:
                if name in _LISTS and _looks_anew(name):
                    access_log.log_view(view.register, reader, "list", name)
                banner(view)
                PAGES[name][1](view)
        except FoundDamagedError:
            st.rerun()  # with the newest run before it
        except NothingPublishedError:
            nights_banner(register(), reader, language)
            empty.no_run(language)
        except AnkaError as error:
            if fresh and isinstance(error, NotAllowedError):
                access_log.log_refused(register(), reader, f"page {name}")
            empty.mistake(error, language)
        except Exception as error:
            mistake = refused_by_machine(error)
            if mistake is None:
                raise
            empty.mistake(mistake, language)

    page.__name__ = name
    return page


def _looks_anew(name: str) -> bool:
    """Whether the reader has not been at the list for a while; asked of the session, so that a pass of the page costs nothing."""
    looked: dict[str, datetime] = st.session_state.setdefault("looked", {})
    if name in looked and datetime.now(UTC) - looked[name] < _LOOKS_ANEW:
        return False
    looked[name] = datetime.now(UTC)
    return True


main()
