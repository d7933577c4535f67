"""The error register (错误明细清单) as an Excel workbook: errors and hints on sheets of their own, numbers masked."""

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from dashboard.words.texts import label, text
from expectations.finding.columns import Finding
from expectations.finding.labels import severity_of
from expectations.run.findings import card_titles, register_rows
from expectations.run.published import FindingFilter, RunConnection
from expectations.run.rules import headers
from expectations.texts import Language

_COLUMNS = (
    ("column.bmsah", 34), ("column.case_name", 24), ("register.name", 12), ("register.department", 20), ("column.prosecutor", 14),
    ("register.case_type", 14), ("register.message", 60), ("register.rule_id", 10), ("column.severity", 8),
    ("column.error_type", 10), ("column.item", 30), ("register.present", 40), ("column.basis", 36),
)  # fmt: skip
_ROWS_A_SHEET = 1_000_000


def register_workbook(
    con: RunConnection, wanted: FindingFilter, sort: str, descending: bool, language: Language
) -> bytes:
    """The findings `wanted` selects of those the reader of `con` may see."""
    out = BytesIO()
    titles = {card: en if language == "en" else zh for card, (zh, en) in card_titles(con).items()}
    book = _Book(out, language, headers(con), titles)
    for finding, case_type in register_rows(con, wanted, sort=sort, descending=descending):
        book.add(finding, case_type)
    book.close()
    return out.getvalue()


class _Book:
    """A workbook written row by row; a full sheet is followed by a further one."""

    def __init__(
        self, out: BytesIO, language: Language, item_headers: dict[tuple[str, str], str], titles: dict[str, str]
    ) -> None:
        self.language = language
        self.item_headers = item_headers
        self.titles = titles
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(out, {"constant_memory": True, **options})
        self.heading = self.book.add_format({"bold": True, "bg_color": "#E3E8EF", "border": 1})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.sheets: dict[str, list[Worksheet]] = {"kind.errors": [], "kind.hints": []}
        self.filled = {"kind.errors": _ROWS_A_SHEET, "kind.hints": _ROWS_A_SHEET}
        for kind in self.sheets:
            self._new_sheet(kind)

    def add(self, finding: Finding, case_type: str) -> None:
        """One more line."""
        kind = "kind.hints" if finding.is_hint else "kind.errors"
        if self.filled[kind] >= _ROWS_A_SHEET:
            self._new_sheet(kind)
        self.filled[kind] += 1
        sheet = self.sheets[kind][-1]
        for column, words in enumerate(self._line(finding, case_type)):
            if words:
                sheet.write_string(self.filled[kind], column, words, self.wrapped)

    def close(self) -> None:
        """Finishes the workbook."""
        self.book.close()

    def _new_sheet(self, kind: str) -> None:
        made = self.sheets[kind]
        title = text(kind, self.language)
        sheet = self.book.add_worksheet(f"{title} {len(made) + 1}" if made else title)
        for column, (key, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, text(key, self.language), self.heading)
        sheet.freeze_panes(1, 1)
        made.append(sheet)
        self.filled[kind] = 0

    def _line(self, finding: Finding, case_type: str) -> Sequence[str]:
        english = self.language == "en" and finding.message_en
        return (
            finding.bmsah, finding.case_name, finding.name, finding.department, finding.prosecutor, case_type,
            finding.message_en if english else finding.message, finding.rule_id,
            label("severity", severity_of(finding.severity, finding.is_hint), self.language),
            label("type", finding.error_type, self.language),
            "、".join(self._header(finding, field) for field in finding.fields), self._present(finding), finding.basis,
        )  # fmt: skip

    def _present(self, finding: Finding) -> str:
        colon, blank = text("app.colon", self.language), text("app.blank", self.language)
        return "；".join(
            f"{self._header(finding, field)}{colon}{finding.values.get(field) or blank}"
            for field in dict.fromkeys((*finding.fields, *finding.values))
        )

    def _header(self, finding: Finding, field: str) -> str:
        other, _, item = field.rpartition(".")
        header = self.item_headers.get((other or finding.card, item), field)
        return f"{self.titles.get(other, other)}·{header}" if other else header
