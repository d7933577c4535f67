"""The part of the notices page that issues: confirmed findings by addressee, the grade proposed, a preview, one button."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import Address, Written
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.parameters import one_of
from dashboard.frame.tables import Cell, Column, Html, show, table
from dashboard.frame.view import View
from dashboard.notices.marks import addressee, findings_table, grade_tag, numbers, plain
from expectations.errors import AnkaError
from expectations.finding.departments import department_order
from expectations.finding.labels import case_word
from expectations.finding.masks import mask_identity
from expectations.notices import GRADES, Grade, Per, issue, ready
from expectations.notices.issuing import Draft
from expectations.notices.labels import read_labels
from expectations.notices.reading import Said
from expectations.office_days import today
from expectations.store.switches import switch
from expectations.store.tables import Finding
from expectations.texts import Bilingual

_PER: dict[Per, str] = {"department": "notice.per_department", "prosecutor": "notice.per_prosecutor"}
_SHOWN = 50


_BY = one_of("per", tuple(_PER))
_HERE = Address("n", _BY)


def ready_part(view: View) -> Written:
    """Draws it; returns what belongs into the address."""
    _HERE.enter(view)
    st.caption(view.t("notice.law"))
    filter_bar(view, _HERE, [Filter(_BY, "buttons", tuple(_PER), lambda name: view.t(_PER[name]), "notice.per")])
    per = _HERE.value(_BY)
    with view.register.reading() as session:
        drafts = sorted(
            ready(session, view.reader, per),
            key=lambda draft: (draft.to[0], department_order(draft.to[1]), draft.to[2]),
        )
        days = int(switch(session, "reply_days"))
    if not drafts:
        empty.nothing(view, "notice.none_ready", "notice.none_ready_how")
        return _HERE.written()
    show(_overview(view, drafts))
    chosen = st.selectbox(
        view.t("notice.choose"),
        range(len(drafts)),
        key=f"n_draft_{per}",
        format_func=lambda place: addressee(*drafts[place].to),
    )
    _draft(view, drafts[chosen], per, days)
    return _HERE.written()


def _overview(view: View, drafts: Sequence[Draft]) -> Html:
    columns = [
        Column(view.t("notice.to"), "middle"),
        Column(view.t("notice.cases"), "number"),
        Column(view.t("notice.findings"), "number"),
        Column(view.t("notice.serious"), "number"),
        Column(view.t("notice.proposed")),
    ]
    rows: list[Sequence[Cell]] = [
        [
            addressee(*draft.to),
            _cases(draft.findings),
            len(draft.findings),
            sum(finding.severity == "serious" for finding in draft.findings),
            grade_tag(view, draft.grade),
        ]
        for draft in drafts
    ]
    return table(columns, rows, "ready compact")


def _draft(view: View, draft: Draft, per: Per, days: int) -> None:
    """One addressee: what would stand in the notice, the grade, the button."""
    name = f"{per}|{'|'.join(draft.to)}"
    by_id = {finding.finding_id: finding for finding in draft.findings}
    out = st.multiselect(
        view.t("notice.leave_out"),
        tuple(by_id),
        key=f"n_out_{name}",
        placeholder=view.t("notice.leave_out_none"),
        format_func=lambda finding_id: (
            f"{by_id[finding_id].rule_id} {_number(by_id[finding_id])} {mask_identity(by_id[finding_id].message)[:30]}"
        ),
    )
    findings = [finding for finding in draft.findings if finding.finding_id not in out]
    grade = GRADES[
        st.segmented_control(
            view.t("notice.grade"),
            tuple(GRADES),
            default=draft.grade.name,
            key=f"n_grade_{name}",
            required=True,
            format_func=lambda name_of_grade: GRADES[name_of_grade].title.in_language(view.language),
        )
    ]
    st.markdown(_demands(view, grade, draft, findings, days))
    if st.button(view.t("notice.issue"), type="primary", icon=":material/send:", disabled=not findings, key="n_issue"):
        _issue(view, [finding.finding_id for finding in findings], grade, per)
    if len(findings) > _SHOWN:
        st.caption(view.t("notice.shown", shown=_SHOWN, total=len(findings)))
    show(
        findings_table(view, [Said.of(finding) for finding in findings[:_SHOWN]], read_labels(view.con, view.language))
    )


def _demands(view: View, grade: Grade, draft: Draft, findings: Sequence[Finding], days: int) -> str:
    """What would be sent to whom, with which number and until when to reply."""
    due = today() + timedelta(days=days if grade.reply_days is None else grade.reply_days)
    parts = [
        view.t(
            "notice.preview",
            to=plain(addressee(*draft.to)),
            cases=_cases(findings),
            findings=len(findings),
            grade=grade.title.in_language(view.language),
        ),
        "" if grade.numbered else view.t("notice.preview_no_number"),
        view.t("notice.preview_due", due=due) if grade.wants_reply else "",
    ]
    return view.t("notice.preview_comma").join(filter(None, parts)) + view.t("notice.preview_end")


def _issue(view: View, ids: Sequence[str], grade: Grade, per: Per) -> None:
    """Issues and draws the page anew, or says why not."""
    try:
        issued = issue(view.register, view.reader, ids, grade.name, per)
    except AnkaError as error:
        empty.mistake(error, view.language)
        return
    if issued.notices:
        st.session_state["n_said"] = view.t("notice.issued_said", numbers=plain(numbers(view, issued.notices)))
    if issued.skipped:
        why = "；".join(dict.fromkeys(reason.in_language(view.language) for _, reason in issued.skipped))
        st.session_state["n_warned"] = view.t("notice.skipped_said", count=len(issued.skipped), why=plain(why))
    st.rerun()


def _cases(findings: Sequence[Finding]) -> int:
    return len({(finding.bmsah or f"{finding.card} {_number(finding)}", finding.prosecutor) for finding in findings})


def _number(finding: Finding) -> Bilingual:
    return case_word(finding.bmsah, finding.sheet, finding.sheet_row)
