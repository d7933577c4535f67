"""上交前自查: exports of one's own cards are dropped here and come back with their wrong cells marked. Nothing is stored.

How a check is run is `check_runs`; the marked workbooks are kept for the person alone, in memory, for minutes (`handed_out`).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import streamlit as st

from dashboard.check.runs import TIME_LIMIT, CheckedUpload, Upload, checking
from dashboard.exports.downloads import File
from dashboard.exports.handed_out import HANDED_OUT, KEPT_SECONDS
from dashboard.frame import empty
from dashboard.frame.address import write_address
from dashboard.frame.marks import severity_tag
from dashboard.frame.tables import Cell, Column, lines, show, table
from dashboard.frame.view import View
from dashboard.words.texts import bilingual
from expectations.errors import AnkaError
from expectations.finding.labels import place_word
from expectations.finding.masks import mask_identity
from expectations.office_days import today
from expectations.people import access_log
from expectations.run.findings import card_titles

SUFFIXES = ("xlsx", "xlsm", "xls", "xlsb", "ods", "et", "csv", "txt", "tsv")
_LARGEST_MB = 60
_SHOWN = 200
_LOOK_SECONDS = 0.5
_DONE = "check_done"


@dataclass(frozen=True)
class Result:
    """What the page keeps of a check while the reader looks at it: no workbook, only its token."""

    checked: CheckedUpload
    token: str
    until: float


def check_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.check"))
    write_address(view)
    if view.entered:
        _forget(view)
    st.markdown(view.t("check.what"))
    st.info(view.t("check.nothing_kept"), icon=":material/lock:")
    # the key is a class, by which look.css puts Chinese words in place of Streamlit's English ones
    dropped = st.container(key=f"upload_{view.language}").file_uploader(
        view.t("check.drop"), SUFFIXES, accept_multiple_files=True, max_upload_size=_LARGEST_MB, key="check_files"
    )
    row = st.container(horizontal=True, vertical_alignment="bottom")
    as_of = row.date_input(view.t("check.as_of"), value=today(), key="check_day", width=180)
    titles = card_titles(view.con) if view.run.run_id else {}
    card = row.selectbox(
        view.t("check.card"),
        ["", *titles],
        key="check_card",
        width=240,
        format_func=lambda name: view.pick(*titles[name]) if name else view.t("check.by_itself"),
    )
    if row.button(
        view.t("check.go"), type="primary", disabled=not dropped, key="check_go", icon=":material/fact_check:"
    ):
        _forget(view)
        try:
            day = as_of if isinstance(as_of, date) else today()
            _check(view, [Upload(file.name, file.getvalue()) for file in dropped], day, card or "")
        except AnkaError as error:
            empty.mistake(error, view.language)
    for number, result in enumerate(_results()):
        _result(view, result, number)


def _results() -> Sequence[Result]:
    results: Sequence[Result] = st.session_state.get(_DONE, ())
    return results


def _forget(view: View) -> None:
    """Drops the result before; the workbooks too."""
    for result in _results():
        HANDED_OUT.drop(view.reader, result.token)
    st.session_state.pop(_DONE, None)


def _check(view: View, uploads: Sequence[Upload], as_of: date, card: str) -> None:
    """Runs the check while the page says how far it is. Raises AnkaError."""
    size = sum(len(upload.content) for upload in uploads)
    access_log.log(view.register, view.reader, "check", "", f"files={len(uploads)} bytes={size}")
    with (
        st.status(view.t("check.running", seconds=0), expanded=True) as status,
        checking(uploads, as_of, card, view.language) as run,
    ):
        begun = time.monotonic()
        progress_place = st.empty()
        while not run.running.wait(_LOOK_SECONDS):
            seconds = int(time.monotonic() - begun)
            status.update(label=view.t("check.running", seconds=seconds))
            for step in run.running.steps()[-1:]:
                progress_place.progress(step.share, text=step.words.in_language(view.language))
            if seconds > TIME_LIMIT:
                raise AnkaError(
                    bilingual("check.too_long", minutes=TIME_LIMIT // 60), hint=bilingual("check.too_long_how")
                )
        progress_place.empty()
        checked = run.outcome()
        seconds = int(time.monotonic() - begun)
        status.update(label=view.t("check.finished", seconds=seconds), state="complete", expanded=False)
    until = time.time() + KEPT_SECONDS
    st.session_state[_DONE] = [
        Result(
            replace(checked_file, workbook=b""),
            HANDED_OUT.keep(
                view.reader, File(checked_file.workbook_name, checked_file.workbook, _mime(checked_file.workbook_name))
            ),
            until,
        )
        for checked_file in checked
    ]


def _mime(name: str) -> str:
    if name.endswith(".xlsm"):
        return "application/vnd.ms-excel.sheet.macroEnabled.12"
    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _result(view: View, result: Result, number: int) -> None:
    """Counts, the workbook and the findings of one file."""
    checked = result.checked
    st.subheader(checked.name)
    st.markdown(
        view.t(
            "check.counts",
            rows=checked.rows_loaded,
            serious=checked.count("serious"),
            normal=checked.count("normal"),
            hints=checked.count("hint"),
        )
    )
    row = st.container(horizontal=True, vertical_alignment="center")
    if time.time() < result.until:
        row.link_button(
            view.t("check.fetch"), f"export/handed-out?token={result.token}", type="primary", icon=":material/download:"
        )
        row.caption(view.t("check.fetch_note", minutes=KEPT_SECONDS // 60))
    else:
        row.caption(view.t("check.fetch_over"))
    if checked.findings:
        _findings(view, checked.findings)
    else:
        st.success(view.t("check.none"), icon=":material/check_circle:")
    if checked.not_judged:
        with st.expander(view.t("check.not_judged", count=len(checked.not_judged)), key=f"check_unjudged_{number}"):
            _not_judged(view, checked.not_judged)


def _findings(view: View, findings: Sequence[Mapping[str, Any]]) -> None:
    columns = [
        Column(view.t("check.row"), "short"),
        Column(view.t("column.bmsah")),
        Column(view.t("column.severity"), "short"),
        Column(view.t("column.item")),
        Column(view.t("column.problem"), "wide"),
        Column(view.t("column.how_to_fill"), "wide"),
    ]
    rows: list[list[Cell]] = [
        [
            place_word(str(finding["sheet"]), int(finding["sheet_row"])).in_language(view.language),
            lines(str(finding["case"] or view.t("app.blank")), mask_identity(str(finding["name"]))),
            severity_tag(view, str(finding["severity"]), finding["severity"] == "hint"),
            str(finding["item"]),
            lines(
                mask_identity(view.pick(str(finding["message"]), str(finding["message_en"]))),
                f"{finding['rule_id']} {finding['basis']}",
            ),
            view.pick(str(finding["how_to_fill"]), str(finding["how_to_fill_en"])),
        ]
        for finding in findings[:_SHOWN]
    ]
    show(table(columns, rows, "check"))
    if len(findings) > _SHOWN:
        st.caption(view.t("check.more", shown=_SHOWN, count=f"{len(findings):,}"))


def _not_judged(view: View, unjudged: Sequence[Mapping[str, Any]]) -> None:
    st.caption(view.t("check.not_judged_note"))
    columns = [Column(view.t("column.rule"), "short"), Column(view.t("column.reason"), "wide")]
    rows: list[list[Cell]] = [
        [
            f"{rule['rule_id']} {view.pick(str(rule['title']), str(rule['title_en']))}",
            view.pick(str(rule["reason"]), str(rule["reason_en"])),
        ]
        for rule in unjudged
    ]
    show(table(columns, rows, "unjudged"))
