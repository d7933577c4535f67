"""The weekly digest on the notices page, and the outbox of messages."""

from collections.abc import Sequence

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import Address, Written
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.place import home
from dashboard.frame.tables import Cell, Column, Html, anchor, download, lines, show, table, tag
from dashboard.frame.view import View
from dashboard.notices.marks import addressee
from dashboard.notices.parameters import WEEK
from expectations.finding.departments import department_order
from expectations.notices import Digest, digest, digest_subjects
from expectations.notices.digests import FIGURES
from expectations.notices.outbox import outbox
from expectations.notices.weeks import Subject, Week
from expectations.office_days import office_clock
from expectations.store.switches import switch
from expectations.store.tables import Message

_WEEKS = 12
_FIGURE_KEYS = {
    "checked": "notice.figure_checked",
    "wrong": "notice.figure_wrong",
    "new": "notice.figure_new",
    "corrected": "notice.figure_corrected",
    "explained": "notice.figure_explained",
    "open": "notice.figure_open",
    "overdue": "notice.figure_overdue",
}
_KINDS = {
    "new": "message.kind_new",
    "issued": "message.kind_issued",
    "due": "message.kind_due",
    "overdue": "message.kind_overdue",
    "digest": "message.kind_digest",
}
_STATES = {
    "dry_run": ("message.state_dry_run", "type"),
    "sent": ("message.state_sent", "good"),
    "failed": ("message.state_failed", "bad"),
    "sending": ("message.state_sending", "type"),
}


_ADDRESS = Address("n", WEEK)


def digests_part(view: View) -> Written:
    """The digest of a week and of a department or person; returns what belongs into the address."""
    weeks = _weeks(view)
    with view.register.reading() as session:
        departments, persons = digest_subjects(session, view.reader)
    subjects = sorted(
        (*departments, *persons),
        key=lambda subject: (
            subject.prosecutor != "",
            subject.office,
            department_order(subject.department),
            subject.prosecutor,
        ),
    )
    if not subjects:
        empty.nothing(view, "notice.no_subject")
        return {}
    _ADDRESS.enter(view)
    if _ADDRESS.value(WEEK) not in weeks:
        _ADDRESS.put(WEEK, next(iter(weeks)))
    row = filter_bar(
        view,
        _ADDRESS,
        [Filter(WEEK, "select", tuple(weeks), lambda name: _week(weeks[name]), "notice.week", width=260)],
    )
    name = _ADDRESS.value(WEEK)
    chosen = row.selectbox(
        view.t("notice.whose"),
        range(len(subjects)),
        key="n_subject",
        width=320,
        format_func=lambda number: addressee(
            subjects[number].office, subjects[number].department, subjects[number].prosecutor
        ),
    )
    with view.register.reading() as session:
        weekly_digest = digest(session, view.reader, home(), weeks[name], subjects[chosen], view.language)
    _digest(view, weekly_digest)
    return _ADDRESS.written()


def _weeks(view: View) -> dict[str, Week]:
    """The week of the run and those before it, by name, the latest first."""
    week, weeks = Week.of(view.run.as_of), dict[str, Week]()
    for _ in range(_WEEKS):
        weeks[week.name] = week
        week = week.before
    return weeks


def _week(week: Week) -> str:
    return f"{week.name}（{week.first:%m-%d} – {week.last:%m-%d}）"


def _digest(view: View, weekly_digest: Digest) -> None:
    columns = [
        Column(view.t("notice.figure"), "wide"),
        Column(view.t("notice.this_week"), "number"),
        Column(view.t("notice.last_week"), "number"),
    ]
    show(
        table(
            columns, [[view.t(_FIGURE_KEYS[name]), *weekly_digest.line(name)] for name, _ in FIGURES], "digest compact"
        )
    )
    st.caption(view.t("notice.figure_note"))
    if view.reader.may("export"):
        show(download(view.t("notice.digest_docx"), _address(view, weekly_digest.subject, weekly_digest.week)))
    st.subheader(view.t("notice.top_rules"))
    rules: list[Sequence[Cell]] = [
        [
            anchor(rule.rule_id, view.link("rules", rule=rule.rule_id)),
            lines(rule.title, Html(""), rule.how),
            f"{rule.open:,} / {rule.total:,}",
        ]
        for rule in weekly_digest.rules
    ]
    _table_or_none(
        view,
        [
            Column(view.t("register.rule_id"), "short"),
            Column(view.t("notice.how")),
            Column(view.t("notice.share"), "number"),
        ],
        rules,
    )
    st.subheader(view.t("notice.late_notices", part=len(weekly_digest.late), whole=weekly_digest.notices))
    late: list[Sequence[Cell]] = [
        [
            anchor(notice.number, view.link("notices", tab="issued", id=notice.notice_id)),
            notice.to,
            notice.due_on.isoformat(),
            f"{notice.settled} / {notice.total}",
        ]
        for notice in weekly_digest.late
    ]
    keys = ("notice.number", "notice.to", "notice.due_on", "notice.settled")
    _table_or_none(view, [Column(view.t(key), "short") for key in keys], late)
    st.subheader(view.t("notice.due_cases", part=len(weekly_digest.due), whole=weekly_digest.due_all))
    due: list[Sequence[Cell]] = [
        [
            tag(
                _days_words(view, limit.days_left),
                "due-red" if limit.days_left < 0 else "due-orange" if limit.days_left <= 1 else "due-yellow",
            ),
            limit.last_day.isoformat(),
            limit.title,
            lines(limit.case, limit.case_name),
            limit.prosecutor,
        ]
        for limit in weekly_digest.due
    ]
    headings = ("column.days_left", "column.last_day", "column.limit", "column.bmsah", "column.prosecutor")
    _table_or_none(view, [Column(view.t(key), "" if key == "column.limit" else "short") for key in headings], due)


def _table_or_none(view: View, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    if rows:
        show(table(columns, rows, "digest-part"))
    else:
        st.caption(view.t("notice.nothing"))


def _address(view: View, subject: Subject, week: Week) -> str:
    return view.link(
        "export/digest.docx",
        week=week.name,
        office=subject.office,
        department=subject.department,
        prosecutor=subject.prosecutor,
    )


def _days_words(view: View, days: int) -> str:
    if days < 0:
        return view.t("notice.days_over", days=-days)
    return view.t("notice.days_left", days=days) if days else view.t("notice.days_today")


def outbox_part(view: View) -> Written:
    """The messages written, the last first; for supervisors."""
    with view.register.reading() as session:
        on = bool(switch(session, "messages_on"))
        rows = outbox(session, view.reader)
    st.caption(view.t("message.on" if on else "message.off"))
    if not rows:
        empty.nothing(view, "message.none")
        return {}
    columns = [
        Column(view.t("message.made_at"), "short"),
        Column(view.t("message.kind"), "short"),
        Column(view.t("message.recipient"), "short"),
        Column(view.t("message.title"), "wide"),
        Column(view.t("message.state")),
    ]
    show(table(columns, [_message(view, row) for row in rows], "outbox"))
    return {}


def _message(view: View, row: Message) -> list[Cell]:
    kind = row.kind.partition(":")[0]
    key, look = _STATES.get(row.state, ("message.state_sending", "type"))
    return [
        f"{office_clock(row.made_at):%Y-%m-%d %H:%M}",
        view.t(_KINDS[kind]) if kind in _KINDS else kind,
        row.recipient,
        lines(row.title, *row.body.splitlines()),
        lines(tag(view.t(key), look), row.problem),
    ]
