"""通知与通报: what is to be issued, what was issued with replies and documents, weekly digests, and the messages sent."""

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

import streamlit as st

from dashboard.frame import empty
from dashboard.frame.address import Address, Written, write_address
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.pager import pager
from dashboard.frame.parameters import PAGE, one_of
from dashboard.frame.tables import Cell, Column, Html, anchor, show, table
from dashboard.frame.view import View
from dashboard.notices.digests import digests_part, outbox_part
from dashboard.notices.issue import ready_part
from dashboard.notices.marks import addressee, documents, findings_table, grade_tag, plain, settled, state_tag, title
from dashboard.notices.parameters import NOTICE
from expectations import office_days
from expectations.errors import AnkaError
from expectations.notices import Progress, grade_of, notices, one_notice, progress, reply, said_of, state_of, withdraw
from expectations.notices.labels import read_labels
from expectations.notices.reading import states_of, withdrawal_of
from expectations.store.tables import Notice

_TABS = {
    "ready": "notice.tab_ready",
    "issued": "notice.tab_issued",
    "digests": "notice.tab_digests",
    "outbox": "notice.tab_outbox",
}
_WHICH = {"all": "notice.which_all", "open": "notice.which_open", "overdue": "notice.which_overdue"}
_STATES = {
    "all": ("due", "overdue", "replied", "withdrawn", "no_reply"),
    "open": ("due", "overdue"),
    "overdue": ("overdue",),
}
_WHICH_ONES = one_of("which", tuple(_WHICH))
_ISSUED = Address("n", NOTICE, _WHICH_ONES, PAGE)
_SIZE = 50
_SEEN_BY_ALL = ("issued", "digests")


def notices_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.notices"))
    tabs = tuple(_TABS) if view.reader.may("notify") else _SEEN_BY_ALL
    tab = one_of("tab", tabs)
    tab_address = Address("n", tab)
    tab_address.enter(view)
    _ISSUED.enter(view)
    filter_bar(
        view,
        tab_address,
        [Filter(tab, "buttons", tabs, lambda name: view.t(_TABS[name]), "notice.tab", bare=True)],
        changed=_ISSUED.first_page,
    )
    if success := st.session_state.pop("n_said", ""):
        st.success(success, icon=":material/check:")
    if warned := st.session_state.pop("n_warned", ""):
        st.warning(warned, icon=":material/info:")
    parts: dict[str, Callable[[View], Written]] = {
        "ready": ready_part,
        "issued": _issued_part,
        "digests": digests_part,
        "outbox": outbox_part,
    }
    write_address(view, tab_address.written() | parts[tab_address.value(tab)](view))


def _issued_part(view: View) -> Written:
    """The list, or one notice; returns what belongs into the address."""
    if chosen := _ISSUED.value(NOTICE):
        _notice(view, chosen)
        return {"id": [str(chosen)]}
    filter_bar(
        view,
        _ISSUED,
        [Filter(_WHICH_ONES, "buttons", tuple(_WHICH), lambda name: view.t(_WHICH[name]), "notice.which")],
    )
    states, today = _STATES[_ISSUED.value(_WHICH_ONES)], office_days.today()
    with view.register.reading() as session:
        all_of_them = notices(session, view.reader)
        selected = [notice for notice in all_of_them if state_of(notice, today) in states]
    if not selected:
        if all_of_them:
            empty.nothing(view, "notice.none_selected")
        else:
            empty.nothing(view, "notice.none", "notice.none_how")
    else:
        page = pager(view, _ISSUED, len(selected), _SIZE)
        on_page = selected[page * _SIZE : (page + 1) * _SIZE]
        with view.register.reading() as session:
            progress_by_id = progress(session, view.reader, [notice.id for notice in on_page])
        show(_list(view, on_page, progress_by_id, today))
    return _ISSUED.written()


def _list(view: View, selected: Sequence[Notice], progress_by_id: dict[int, Progress], today: date) -> Html:
    columns = [
        Column(view.t("notice.number"), "middle"),
        Column(view.t("notice.grade")),
        Column(view.t("notice.to"), "middle"),
        Column(view.t("notice.issued_on"), "short"),
        Column(view.t("notice.due_on"), "short"),
        Column(view.t("notice.state")),
        Column(view.t("notice.settled"), "number"),
        Column(view.t("notice.documents"), "short"),
    ]
    rows: list[Sequence[Cell]] = [
        [
            anchor(title(view, notice), view.link("notices", tab="issued", id=notice.id)),
            grade_tag(view, grade_of(notice)),
            addressee(notice.office, notice.department, notice.prosecutor),
            notice.issued_on.isoformat(),
            notice.due_on.isoformat() if grade_of(notice).wants_reply else "",
            state_tag(view, notice, today),
            settled(progress_by_id.get(notice.id, Progress())),
            documents(view, notice),
        ]
        for notice in selected
    ]
    return table(columns, rows, "notices")


def _notice(view: View, notice_id: int) -> None:
    """One notice: what it said, what became of it, the reply."""
    st.button(view.t("notice.back"), icon=":material/arrow_back:", on_click=_close, key="n_back")
    with view.register.reading() as session:
        notice = one_notice(session, view.reader, notice_id)
        findings = said_of(session, view.reader, notice_id)
        states = states_of(session, view.reader, notice_id)
        by, why = withdrawal_of(session, view.reader, notice_id)
        notice_progress = progress(session, view.reader, [notice_id]).get(notice_id, Progress())
    if notice is None:
        empty.nothing(view, "notice.unknown")
        return
    st.subheader(plain(title(view, notice)))
    marks = f"{grade_tag(view, grade_of(notice)).markup} {state_tag(view, notice, office_days.today()).markup}"
    facts = (
        (view.t("notice.to"), addressee(notice.office, notice.department, notice.prosecutor)),
        (view.t("notice.due_on"), notice.due_on.isoformat() if grade_of(notice).wants_reply else ""),
        (view.t("notice.settled"), settled(notice_progress)),
    )
    facts_html = "".join(
        f'<div><span class="muted">{escape(name)}</span>{escape(value)}</div>' for name, value in facts if value
    )
    show(Html(f'<div class="anka-facts"><div>{marks}</div>{facts_html}</div>'))
    st.caption(view.t("notice.issued_by", by=plain(notice.issued_by), day=notice.issued_on))
    if notice.withdrawn:
        st.warning(view.t("notice.withdrawn_by", by=plain(by), why=plain(why)))
    show(documents(view, notice))
    show(findings_table(view, findings, read_labels(view.con, view.language), states))
    _reply(view, notice)
    if view.reader.may("notify") and not notice.withdrawn:
        _withdraw(view, notice)


def _reply(view: View, notice: Notice) -> None:
    """The reply that was given, and the form for one."""
    if notice.replied_on is not None:
        st.markdown(f"**{view.t('notice.replied_by', by=plain(notice.replied_by), day=notice.replied_on)}**")
        st.text(notice.reply)
    if notice.withdrawn or not grade_of(notice).wants_reply or not view.reader.may("reply"):
        return
    with st.form("n_reply", clear_on_submit=True):
        words = st.text_area(
            view.t("notice.reply"),
            placeholder=view.t("notice.reply_hint", due=notice.due_on),
            max_chars=4000,
            key="n_words",
        )
        if st.form_submit_button(view.t("notice.reply_send"), type="primary"):
            _do(view, lambda: reply(view.register, view.reader, notice.id, words), view.t("notice.reply_done"))


def _withdraw(view: View, notice: Notice) -> None:
    with st.expander(view.t("notice.withdraw"), icon=":material/undo:"), st.form("n_withdraw", border=False):
        st.caption(view.t("notice.withdraw_note"))
        why = st.text_input(view.t("notice.withdraw_why"), key="n_why")
        if st.form_submit_button(view.t("notice.withdraw")):
            _do(view, lambda: withdraw(view.register, view.reader, notice.id, why), view.t("notice.state_withdrawn"))


def _do(view: View, act: Callable[[], object], success: str) -> None:
    """Does it and draws the page anew, or says why not."""
    try:
        act()
    except AnkaError as error:
        empty.mistake(error, view.language)
        return
    st.session_state["n_said"] = success
    st.rerun()


def _close() -> None:
    _ISSUED.put(NOTICE, 0)
