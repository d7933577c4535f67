"""The error register (错误明细清单): errors and hints as sheets of their own, numbers masked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dashboard.exports.columns import Declared, columns
from dashboard.words.texts import label, text
from expectations.finding.columns import Finding
from expectations.finding.labels import case_word, severity_of
from expectations.run.findings import card_titles, register_rows
from expectations.run.published import FindingFilter, Kind, RunConnection
from expectations.run.rules import headers
from expectations.texts import Language
from expectations.workbooks import Sheet

_COLUMNS: Sequence[Declared] = (
    ("column.bmsah", 34, "text"),
    ("column.case_name", 24, "text"),
    ("register.name", 12, "text"),
    ("register.department", 20, "text"),
    ("column.prosecutor", 14, "text"),
    ("register.case_type", 14, "text"),
    ("register.message", 60, "text"),
    ("register.rule_id", 10, "text"),
    ("column.severity", 8, "text"),
    ("column.error_type", 10, "text"),
    ("column.item", 30, "text"),
    ("register.present", 40, "text"),
    ("column.basis", 36, "text"),
)
_SHEETS: tuple[Kind, ...] = ("errors", "hints")


def finding_sheets(
    con: RunConnection, selection: FindingFilter, sort: str, descending: bool, language: Language
) -> Iterator[Sheet]:
    """The findings of the selection of those the reader of `con` may see; both sheets are there, empty or not."""
    titles = {card: en if language == "en" else zh for card, (zh, en) in card_titles(con).items()}
    words = _Words(language, headers(con), titles)
    for kind in _SHEETS:
        rows = (
            register_rows(con, replace(selection, kind=kind), sort=sort, descending=descending)
            if selection.kind in (kind, "all")
            else iter(())
        )
        yield Sheet(text(f"kind.{kind}", language), columns(language, _COLUMNS), (words.row(*line) for line in rows))


@dataclass(frozen=True)
class _Words:
    """How the register says a finding: headings of items by card and name, titles of cards."""

    language: Language
    headings: dict[tuple[str, str], str]
    titles: dict[str, str]

    def row(self, finding: Finding, case_type: str) -> Sequence[str]:
        """A finding as a line of the register."""
        english = self.language == "en" and finding.message_en
        return (
            case_word(finding.bmsah, finding.sheet, finding.sheet_row).in_language(self.language),
            finding.case_name,
            finding.name,
            finding.department,
            finding.prosecutor,
            case_type,
            finding.message_en if english else finding.message,
            finding.rule_id,
            label("severity", severity_of(finding.severity, finding.is_hint), self.language),
            label("type", finding.error_type, self.language),
            "、".join(self._heading(finding, field) for field in finding.fields),
            self._present(finding),
            finding.basis,
        )

    def _present(self, finding: Finding) -> str:
        colon, blank = text("app.colon", self.language), text("app.blank", self.language)
        return "；".join(
            f"{self._heading(finding, field)}{colon}{finding.values.get(field) or blank}"
            for field in dict.fromkeys((*finding.fields, *finding.values))
        )

    def _heading(self, finding: Finding, field: str) -> str:
        other_card, _, item = field.rpartition(".")
        heading = self.headings.get((other_card or finding.card, item), field)
        return f"{self.titles.get(other_card, other_card)}·{heading}" if other_card else heading
