"""The box of a re-check on the case page and the run page: drop a fresh export or read the inbox again, progress, what changed.

How it is run, and that only one runs at a time, is `recheck_runs`.
"""

from datetime import UTC, datetime

import streamlit as st

from dashboard.check.page import SUFFIXES
from dashboard.door.signed_in import signed_in
from dashboard.frame import empty
from dashboard.frame.place import home
from dashboard.frame.view import View
from dashboard.run.recheck_runs import Dropped, Order, Outcome, Recheck, present, start_recheck, usual_day
from expectations.errors import AnkaError
from expectations.office_days import today

_LARGEST_MB = 200
_LOOK_SECONDS = 1.0
_SHOWN_STEPS = 4


def recheck_box(view: View, bmsah: str = "", card: str = "") -> None:
    """Draws the box for a case, or without one for a file; nothing for readers who may not re-check."""
    if not view.reader.may("recheck"):
        return
    job = present(home())
    at_work = job is not None and not job.finished.is_set()
    is_about_this = job is not None and (at_work or job.order.bmsah == bmsah)
    with st.expander(
        view.t("recheck.title_case" if bmsah else "recheck.title_file"),
        expanded=is_about_this,
        icon=":material/refresh:",
    ):
        if job is not None and is_about_this:
            _progress(view, job)
        if not at_work:
            _form(view, bmsah, card)


def _form(view: View, bmsah: str, card: str) -> None:
    day = usual_day(view.run.as_of, view.run.started_at, today())
    st.caption(view.t("recheck.note", day=day))
    key = f"recheck_{card}_{bmsah}" if bmsah else "recheck_file"
    dropped = st.file_uploader(
        view.t("recheck.drop_case" if bmsah else "recheck.drop_file"), SUFFIXES, max_upload_size=_LARGEST_MB, key=key
    )
    words = view.t("recheck.go") if dropped else view.t("recheck.go_inbox")
    if st.button(words, key=f"{key}_go", icon=":material/play_arrow:"):
        try:
            file = Dropped(dropped.name, dropped.getvalue()) if dropped else None
            start_recheck(view.reader, view.register, home(), Order(day, bmsah, file))
        except AnkaError as error:
            empty.mistake(error, view.language)
            return
        st.rerun()


def _progress(view: View, job: Recheck) -> None:
    if job.finished.is_set():
        _finished(view, job)
        return

    @st.fragment(run_every=_LOOK_SECONDS)
    def watch() -> None:
        """Looks at the re-check again and again, without anybody asking."""
        if signed_in(touch=False) is None:
            return
        if job.finished.is_set():
            st.rerun()
        seconds = int((datetime.now(UTC) - job.started_at).total_seconds())
        st.markdown(f"**{view.t('recheck.running', seconds=seconds)}**")
        for step in job.running.steps()[-_SHOWN_STEPS:]:
            st.progress(step.share, text=step.words.in_language(view.language))

    watch()


def _finished(view: View, job: Recheck) -> None:
    """What came of it, in the words of the case or the file it was about."""
    if job.mistake is not None:
        empty.mistake(job.mistake, view.language)
        return
    outcome = job.outcome
    if outcome is None:
        return
    if outcome.refused:
        st.error(view.t("recheck.refused", reason=outcome.refused.in_language(view.language)), icon=":material/error:")
    elif not outcome.case_in_file:
        st.warning(view.t("recheck.case_not_in_file", case=job.order.bmsah), icon=":material/warning:")
    elif outcome.unchanged:
        st.info(view.t("recheck.unchanged"), icon=":material/info:")
    else:
        st.success(_counts(view, job, outcome), icon=":material/check_circle:")


def _counts(view: View, job: Recheck, outcome: Outcome) -> str:
    about = view.t("recheck.about_case", case=job.order.bmsah) if job.order.bmsah else ""
    if job.order.dropped and not job.order.bmsah:
        about = view.t("recheck.about_file", file=job.order.dropped.name, cases=f"{outcome.cases:,}")
    counts = view.t(
        "recheck.counts",
        corrected=f"{outcome.corrected:,}",
        open=f"{outcome.still_open:,}",
        new=f"{outcome.new:,}",
        reopened=f"{outcome.reopened:,}",
    )
    return f"{about} {counts}".strip()
