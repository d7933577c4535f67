"""The script Streamlit runs: language, navigation, the banner of an incomplete run, and the page. Pages are drawn
elsewhere.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard import empty
from dashboard.case_page import case_page
from dashboard.due_page import due_page
from dashboard.findings_page import findings_page
from dashboard.overview import overview_page
from dashboard.rules_page import rules_page
from dashboard.run_page import run_page
from dashboard.run_queries import unjudged
from dashboard.texts import text
from dashboard.view import View, chosen_language, entered, open_view
from expectations.errors import AnkaError
from expectations.home import NothingPublishedError

_HERE = Path(__file__).parent

# name in the address → icon and the function that draws the page
PAGES: dict[str, tuple[str, Callable[[View], None]]] = {
    "overview": (":material/dashboard:", overview_page),
    "findings": (":material/rule:", findings_page),
    "due": (":material/alarm:", due_page),
    "case": (":material/folder_open:", case_page),
    "rules": (":material/gavel:", rules_page),
    "run": (":material/history:", run_page),
}


def main() -> None:
    """One pass of the script: what Streamlit does for every change."""
    st.set_page_config(page_title="案卡质检 Anka", page_icon=str(_HERE / "icon.svg"), layout="wide")
    st.html(_HERE / "look.css")
    language = chosen_language()
    pages = [
        st.Page(
            _shown(name), title=text(f"page.{name}", language), icon=icon, url_path=name, default=name == "overview"
        )
        for name, (icon, _) in PAGES.items()
    ]
    chosen = st.navigation(pages)
    with st.sidebar:
        st.segmented_control(
            text("app.language", language), ["zh", "en"], key="language", required=True,
            format_func=lambda code: {"zh": "中文", "en": "English"}[code], label_visibility="collapsed",
        )  # fmt: skip
    chosen.run()


def _shown(name: str) -> Callable[[], None]:
    """The page `name` as Streamlit calls it: on the present run, with its mistakes as one line."""

    def page() -> None:
        language, fresh = chosen_language(), entered(name)
        try:
            with open_view(language, fresh) as view:
                _frame(view)
                PAGES[name][1](view)
        except NothingPublishedError:
            empty.no_run(language)
        except AnkaError as error:
            empty.mistake(error)

    page.__name__ = name
    return page


def _frame(view: View) -> None:
    """What every page says of its run: day and number in the sidebar, and a banner when it is not complete."""
    st.sidebar.caption(view.t("app.run", as_of=view.run.as_of, run_id=view.run.run_id))
    if not view.run.complete:
        broken = sorted({rule for line in unjudged(view.con) if line.state == "error" for rule in line.rules})
        names = "、".join(broken[:8]) + ("…" if len(broken) > 8 else "")
        st.warning(view.t("app.incomplete", rules=len(broken), names=names), icon=":material/warning:")


main()
