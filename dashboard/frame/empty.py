"""What a page says when it has nothing to show: what happened and what to do next."""

import streamlit as st

from dashboard.frame.place import home
from dashboard.frame.view import View
from dashboard.words.texts import text
from expectations.errors import AnkaError
from expectations.texts import Language


def no_run(language: Language) -> None:
    """Before the first audit."""
    st.header(text("empty.no_run", language))
    st.markdown(text("empty.no_run_how", language))
    st.code("anka audit 导出文件夹" if language == "zh" else "anka audit FOLDER", language="bash")
    st.caption(text("empty.home", language, home=home().root))


def mistake(error: AnkaError, language: Language) -> None:
    """A mistake outside the program: its line and its hint."""
    st.error(error.message.in_language(language), icon=":material/error:")
    if error.hint:
        st.caption(error.hint.in_language(language))


def nothing(view: View, key: str, how_key: str = "", **values: object) -> None:
    """An empty state of a page."""
    st.info(view.t(key, **values) + (f"\n\n{view.t(how_key)}" if how_key else ""), icon=":material/info:")
