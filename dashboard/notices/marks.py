"""How notices look wherever a page shows them: grade, state, addressee, progress. Words always, colour never alone."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from dashboard.frame.marks import severity_tag
from dashboard.frame.tables import Cell, Column, Html, anchor, lines, table, tag
from dashboard.frame.view import View
from expectations.finding.masks import mask_identity
from expectations.notices import Grade, Progress, grade_of, state_of
from expectations.notices.labels import Labels
from expectations.notices.reading import Said
from expectations.notices.scopes import number_of
from expectations.store.tables import Notice
from expectations.texts import joined

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")
NOW_KEYS = {
    "corrected": "notice.now_corrected",
    "explained": "notice.now_explained",
    "gone": "notice.now_gone",
    "open": "notice.now_open",
}
_NOW_LOOKS = {"corrected": "good", "explained": "good", "gone": "type", "open": "normal"}


def grade_tag(view: View, grade: Grade) -> Html:
    """The grade in words, graver ones stronger."""
    look = "serious" if grade.to_chief else "normal" if grade.wants_reply else "type"
    return tag(grade.title.in_language(view.language), look)


def state_tag(view: View, notice: Notice, today: date) -> Html:
    """Where it stands; overdue in red and in words."""
    state = state_of(notice, today)
    if state == "overdue":
        return tag(view.t("notice.state_overdue", days=(today - notice.due_on).days), "bad")
    if state == "replied":
        return tag(view.t("notice.state_replied", day=notice.replied_on), "good")
    if state == "withdrawn":
        return tag(view.t("notice.state_withdrawn"), "hint")
    return tag(view.t("notice.state_due" if state == "due" else "notice.state_no_reply"), "type")


def now_tag(view: View, state: str) -> Html:
    """What became of a finding of a notice."""
    kind = {"corrected": "corrected", "explained": "explained", "not_seen": "gone", "withdrawn": "gone"}.get(
        state, "open"
    )
    return tag(view.t(NOW_KEYS[kind]), _NOW_LOOKS[kind])


def plain(words: object) -> str:
    """Text of cards and people where Streamlit would read Markdown: no sign of it makes a link, a picture or a heading."""
    return _MARKUP.sub(r"\\\1", str(words))


def addressee(office: str, department: str, prosecutor: str) -> str:
    """To whom."""
    return f"{department} {prosecutor}".strip() or office


def title(view: View, notice: Notice) -> str:
    """Its number; without one what it is and its day."""
    return notice.number or f"{grade_of(notice).called.in_language(view.language)} {notice.issued_on}（{notice.id}）"


def settled(progress: Progress) -> str:
    """Corrected or explained, of all."""
    return f"{progress.settled} / {progress.total}"


def documents(view: View, notice: Notice) -> Html:
    """Its two documents, for those who may export."""
    if not view.reader.may("export"):
        return Html("")
    word = grade_of(notice).link.in_language(view.language)
    links = ((word, "export/notice.docx"), (view.t("notice.download_list"), "export/notice-list.xlsx"))
    return lines(
        *(
            Html(f'<a class="anka" href="{escape(view.link(name, id=notice.id))}" download>⬇ {escape(words)}</a>')
            for words, name in links
        )
    )


def numbers(view: View, issued: tuple[Notice, ...]) -> str:
    """Numbers of several, in one line."""
    return joined("、", map(number_of, issued)).in_language(view.language)


def _case_of(view: View, finding: Said) -> str:
    """The address of its case; of a row without number that of the finding, which knows its row."""
    if not finding.bmsah:
        return view.link("case", finding=finding.finding_id)
    return view.link("case", card=finding.card, bmsah=finding.bmsah, finding=finding.finding_id)


def findings_table(
    view: View, findings: Sequence[Said], labels: Labels, states: Mapping[str, str] | None = None
) -> Html:
    """Findings as a notice names them; with `states`, each beside what became of it."""
    columns = [
        Column(view.t("column.bmsah")),
        Column(view.t("column.prosecutor"), "short"),
        Column(view.t("notice.findings"), "wide"),
        Column(view.t("column.basis")),
    ]
    rows: list[list[Cell]] = [
        [
            lines(
                anchor(finding.case_word.in_language(view.language), _case_of(view, finding)),
                Html(f'<span class="muted">{escape(mask_identity(finding.case_name))}</span>'),
            ),
            finding.prosecutor,
            lines(
                Html(f"{severity_tag(view, finding.severity, False).markup} {tag(finding.rule_id, 'type').markup}"),
                labels.message(finding),
            ),
            finding.basis,
        ]
        for finding in findings
    ]
    if states is not None:
        columns.append(Column(view.t("notice.now"), "short"))
        rows = [
            [*row, now_tag(view, states.get(finding.finding_id, ""))]
            for row, finding in zip(rows, findings, strict=True)
        ]
    return table(columns, rows, "said")
