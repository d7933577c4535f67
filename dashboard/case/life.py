"""On the case page: the finding a link asked for with its decisions, the life of every finding of the card, and the documents about it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import at_present
from dashboard.frame.parameters import text
from dashboard.frame.tables import Html, anchor, show
from dashboard.frame.view import View
from dashboard.notices.marks import title
from dashboard.work.finding_block import finding_block
from dashboard.work.listing import last_decision, offered, one_finding
from expectations.notices import grade_of
from expectations.notices.reading import notices_naming
from expectations.office_days import office_clock
from expectations.people import access_log
from expectations.register import reading
from expectations.register.life import REASONS
from expectations.register.transitions import ACTIVE, Standing
from expectations.store.tables import Event, Finding, Notice

FINDING = text("finding")
_BY_RUN = ("values", "rule", "expired", "again")


def case_viewed(view: View, card: str, case: str) -> None:
    """Notes in the access log that the reader looked at the case, once for as long as they stay on it."""
    if st.session_state.get("viewed") != (card, case):
        st.session_state["viewed"] = (card, case)
        access_log.log_view(view.register, view.reader, "case", f"{card} {case}")


def case_refused(view: View, bmsah: str) -> None:
    """Notes that somebody asked for a case they do not see; of a number nobody knows, which may be anything somebody typed, nothing."""
    with view.register.reading() as session:
        known = view.entered and bmsah and reading.knows_case(session, bmsah)
    if known:
        access_log.log_refused(view.register, view.reader, f"case {bmsah}")


def card_of_finding(view: View, finding_id: str) -> tuple[str, str, int | None]:
    """Card, case number and row of a finding, for a link that names nothing else; blank when the reader may not see it."""
    with view.register.reading() as session:
        finding = reading.one_finding(session, view.reader, finding_id) if finding_id else None
    if finding is None:
        return "", "", None
    return finding.card, finding.bmsah, None if finding.bmsah else finding.card_row


def addressed_finding(view: View) -> None:
    """The finding the address names, with what may be decided on it."""
    finding_id = at_present(FINDING)
    if view.entered:
        st.session_state.pop("w_outcome", None)
    if not finding_id:
        return
    last_decision(view)
    with view.register.reading() as session:
        finding = reading.one_finding(session, view.reader, finding_id)
    if finding is None:
        empty.nothing(view, "life.unknown")
        return
    with st.container(border=True, key="at_hand"):
        one_finding(view, finding, offered(view, Standing.of(finding)))


def life_of_case(view: View, card: str, bmsah: str, row: int | None) -> None:
    """Every finding the card has had, what happened to each, and the notices that named it."""
    with view.register.reading() as session:
        findings = reading.of_case(session, view.reader, card, bmsah, row)
        events = reading.history(session, view.reader, [finding.finding_id for finding in findings])
        notices = notices_naming(session, view.reader, [finding.finding_id for finding in findings])
    if not findings:
        return
    st.subheader(view.t("life.history"))
    standing = [finding for finding in findings if finding.state in (*ACTIVE, "explained")]
    closed = [finding for finding in findings if finding not in standing]
    for finding in standing:
        _life(view, finding, events.get(finding.finding_id, []), notices.get(finding.finding_id, []))
    if closed:
        with st.expander(view.t("life.closed", count=len(closed)), icon=":material/history:"):
            for finding in closed:
                _life(
                    view,
                    finding,
                    events.get(finding.finding_id, []),
                    notices.get(finding.finding_id, []),
                )


def _life(view: View, finding: Finding, events: Sequence[Event], notices: Sequence[Notice]) -> None:
    lines = [f"<li>{finding.first_seen} {escape(view.t('life.first'))}</li>", *(_line(view, event) for event in events)]
    lines += [_document(view, notice) for notice in notices]
    show(
        Html(
            f'{finding_block(view, finding, with_details=False).markup}<ul class="anka-list anka-history">{"".join(lines)}</ul>'
        )
    )


def _line(view: View, event: Event) -> str:
    when = f"{office_clock(event.at):%Y-%m-%d %H:%M}"
    reason = ""
    if event.reason_code in REASONS:
        reason = view.pick(*REASONS[event.reason_code])
    elif event.reason_code in _BY_RUN:
        reason = view.t(f"event.reason_{event.reason_code}")
    words = " · ".join(filter(None, (view.label("event", event.action), event.user_name, reason, event.note)))
    struck = ' style="text-decoration: line-through"' if event.undone and event.action != "undo" else ""
    return f"<li{struck}>{when} {escape(words)}</li>"


def _document(view: View, notice: Notice) -> str:
    words = view.t("life.notice", number=title(view, notice), issued=notice.issued_on)
    if grade_of(notice).wants_reply:
        words = view.t("life.notice_due", notice=words, due=notice.due_on)
    return f"<li>✉ {anchor(words, view.link('notices', tab='issued', id=notice.id)).markup}</li>"
