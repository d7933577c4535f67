"""What every page says of its run: day and number in the sidebar, a banner in place of a green figure when it is not complete, and
one when the nights stand still.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.frame.view import View
from dashboard.words.texts import text
from expectations.register.attempts import standing
from expectations.register.problems import problem_words, problems_of
from expectations.register.reading import last_run
from expectations.rights.reader import Reader
from expectations.store.register import Register
from expectations.texts import Language


def banner(view: View) -> None:
    """Draws it. Problems are those the register found when it followed the run."""
    nights_banner(view.register, view.reader, view.language)
    if view.instead_of:
        shown = view.t("app.run_damaged", as_of=view.run.as_of, run_id=view.run.run_id)
        words = shown if view.run.run_id else view.instead_of.message.in_language(view.language)
        st.error(words, icon=":material/broken_image:")
    if not view.run.run_id:
        return
    st.sidebar.caption(view.t("app.run", as_of=view.run.as_of, run_id=view.run.run_id))
    problems = run_problems(view)
    if problems:
        named = view.reader.may("watch")
        problem_lines = "\n".join(
            f"- {problem_words(problem, naming_files=named).in_language(view.language)}" for problem in problems
        )
        st.warning(f"**{view.t('app.incomplete')}**\n\n{problem_lines}", icon=":material/warning:")


def nights_banner(register: Register, reader: Reader, language: Language) -> None:
    """Says that the last night failed, or that the last good one is too long ago; the reason to those who look after it."""
    with register.reading() as session:
        nights = standing(session)
    lines = []
    if nights.failed and nights.last:
        reason = nights.last.why.in_language(language) if reader.may("watch") else ""
        lines.append(text("app.night_failed", language, hours=nights.last_hours) + (f" {reason}" if reason else ""))
    if nights.stale and nights.ahead:
        lines.append(nights.why_stale.in_language(language))
    elif nights.stale:
        lines.append(text("app.night_stale", language, hours=nights.good_hours, limit=nights.limit_hours))
    if lines:
        st.error("\n\n".join(lines), icon=":material/bedtime_off:")


def run_problems(view: View) -> Sequence[Mapping[str, object]]:
    """Why the run shown is not complete; empty when it is."""
    with view.register.reading() as session:
        run = last_run(session)
        return problems_of(run) if run and run.run_id == view.run.run_id else []
