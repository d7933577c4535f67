"""What a check writes into the workbook: marks with their notes, and the lines of the sheet of results, in one language. Wording stands
here.

The service never says that a card is right, only what it found: rules that were not judged are always listed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from expectations.finding.labels import SEVERITIES, error_type_word, owner_word, severity_name
from expectations.texts import Bilingual, Language
from flows.check.findings import CheckFinding, FileCheck, NotJudged
from flows.load.sources.whole_sheets import NAMELESS
from flows.marking import Kind, Line, Mark, ResultCell, ResultSheet

RESULT_SHEET = Bilingual("自查结果", "check result")
_LEGEND: Mapping[Kind, Bilingual] = {
    "serious": Bilingual("【严重】实底、粗线框", "[serious] filled, thick frame"),
    "normal": Bilingual("【一般】斜纹、虚线框", "[normal] hatched, dashed frame"),
    "hint": Bilingual(
        "【提示】细点、点线框；请核对，不一定是错误", "[hint] dots, dotted frame: please verify, perhaps no error"
    ),
    "related": Bilingual("相关项，点划线框，无底色", "related items: dash-dotted frame, not filled"),
}
_SAMPLES: tuple[tuple[Kind, Bilingual], ...] = (
    *((severity, severity_name(severity)) for severity in SEVERITIES),
    ("related", Bilingual("相关", "related")),
)
_HEADINGS = (
    Bilingual("序号", "no."),
    Bilingual("位置", "place"),
    Bilingual("级别", "severity"),
    Bilingual("错误类型", "error type"),
    Bilingual("部门受案号", "case number"),
    Bilingual("姓名（案名）", "person (case)"),
    Bilingual("案卡项", "item"),
    Bilingual("问题", "what is wrong"),
    Bilingual("正确填法", "how to fill"),
    Bilingual("依据", "basis"),
    Bilingual("规则", "rule"),
    Bilingual("填录责任人", "filled by"),
)
_UNJUDGED_HEADINGS = (
    Bilingual("规则", "rule"),
    Bilingual("", "", ""),
    Bilingual("案卡", "card"),
    Bilingual("名称", "title"),
    Bilingual("", "", ""),
    Bilingual("", "", ""),
    Bilingual("原因", "reason"),
)
_WIDTHS = (6, 12, 8, 9, 34, 14, 26, 52, 52, 26, 36, 12)
_UNTIL_HEADINGS = 5


def marks_of(check: FileCheck, language: Language) -> tuple[Mark, ...]:
    """The marks of a file: for every finding, in its order, the cell of the item; behind them the related cells."""
    return _Wording(language).marks(check)


def result_sheet(check: FileCheck, as_of: date, titles: Mapping[str, str], language: Language) -> ResultSheet:
    """The sheet of results; its links count on the order of `marks_of`. `titles` are the names of all cards."""
    return _Wording(language).sheet(check, as_of, titles)


@dataclass(frozen=True)
class _Wording:
    language: Language

    def say(self, zh: str, en: str) -> str:
        """One of two texts."""
        return en if self.language == "en" else zh

    def pick(self, text: Bilingual) -> str:
        """A text in the language."""
        return text.in_language(self.language)

    def listed(self, names: Iterable[str]) -> str:
        """Names one after another."""
        return self.say("、", ", ").join(names)

    def marks(self, check: FileCheck) -> tuple[Mark, ...]:
        item_marks = [self._mark(finding) for finding in check.findings]
        related = [
            Mark(mark.sheet, mark.row, column, "related", self._related(finding))
            for finding, mark in zip(check.findings, item_marks, strict=True)
            for column in finding.related
        ]
        return (*item_marks, *related)

    def sheet(self, check: FileCheck, as_of: date, titles: Mapping[str, str]) -> ResultSheet:
        counts = self.say("，", ", ").join(
            f"{self.pick(severity_name(severity))} {check.count(severity)}" for severity in SEVERITIES
        )
        loaded = self.listed(titles[card] for card in check.cards)
        legend = "；" if self.language == "zh" else "; "
        lines: list[Line] = [
            (ResultCell(self.say("案卡自查结果", "Check of the case cards"), "title"),),
            _text(
                self.say(
                    f"{check.name}；案卡：{loaded}；核查日 {as_of}；读入 {check.rows_read} 行，核查 {check.rows_loaded} 行；{counts}。"
                    "本表只供上交前自查，未登记、未留存；改正应在案件系统中进行。",
                    f"{check.name}; cards: {loaded}; audit date {as_of}; rows read {check.rows_read}, checked {check.rows_loaded}; {counts}. "
                    "For a check before handing in only: nothing is registered or kept. Correct the cards in the case system.",
                )
            ),
            tuple(ResultCell(self.pick(words), kind) for kind, words in _SAMPLES),
            _text(self.say("标记：", "Marks: ") + legend.join(map(self.pick, _LEGEND.values()))),
            tuple(ResultCell(self.pick(heading), "head") for heading in _HEADINGS),
        ]
        lines += [self._finding_line(number, finding) for number, finding in enumerate(check.findings)]
        if not check.findings:
            found = self.say("没有发现问题。", "Nothing was found.")
            mind = self.say(
                "下列规则未判断，不能视为无误。",
                " The rules below were not judged: this does not say that all is right.",
            )
            lines.append(_text(found + (mind if check.not_judged else "")))
        lines += [
            (),
            *self._not_judged_lines(check.not_judged, titles),
            *self._partly_lines(check, titles),
            (),
            *self._not_loaded_lines(check),
        ]
        return ResultSheet(self.pick(RESULT_SHEET), tuple(lines), _WIDTHS, frozen=_UNTIL_HEADINGS)

    def _title(self, rule: CheckFinding | NotJudged) -> str:
        return self.say(rule.title, rule.title_en or rule.title)

    def _how(self, finding: CheckFinding) -> str:
        return self.say(finding.how_to_fill, finding.how_to_fill_en or finding.how_to_fill)

    def _message(self, checked: CheckFinding) -> str:
        return self.say(checked.finding.message, checked.finding.message_en or checked.finding.message)

    def _related(self, checked: CheckFinding) -> str:
        item, rule_id, title = checked.items[0], checked.finding.rule_id, self._title(checked)
        return self.say(
            f"↪ 与本行“{item}”的{rule_id}（{title}）有关", f"↪ concerns {rule_id} ({title}) of “{item}” in this row"
        )

    def _mark(self, finding: CheckFinding) -> Mark:
        column = finding.column or finding.case_column
        sheet, row = finding.finding.sheet or NAMELESS, finding.finding.sheet_row
        return Mark(sheet, row, column, finding.severity, self._note(finding))

    def _note(self, checked: CheckFinding) -> str:
        finding, how = checked.finding, self._how(checked)
        item, severity = self.listed(checked.items), self.pick(severity_name(checked.severity))
        where = self.say(
            f"案卡项：{item}（本表没有该列，标在受案号上）", f"Item: {item} (no column here; marked at the case number)"
        )
        parts = (
            self.say(f"【{severity}】", f"[{severity}] ") + f"{finding.rule_id} {self._title(checked)}",
            "" if checked.column else where,
            self.say("问题：", "Wrong: ") + self._message(checked),
            self.say("填法：", "How to fill: ") + how if how else "",
            self.say("依据：", "Basis: ") + finding.basis if finding.basis else "",
        )
        return "\n".join(part for part in parts if part)

    def _finding_line(self, number: int, checked: CheckFinding) -> Line:
        finding = checked.finding
        texts = (
            self.pick(error_type_word(finding.error_type)),
            finding.bmsah,
            finding.name or finding.case_name or finding.suspect_no,
            self.listed(checked.items),
            self._message(checked),
            self._how(checked),
            finding.basis,
            f"{finding.rule_id} {self._title(checked)}",
            self.pick(owner_word(finding.owner)),
        )
        place = self._row(finding.sheet_row) if not finding.sheet else f"{finding.sheet} {self._row(finding.sheet_row)}"
        return (
            ResultCell(str(number + 1)),
            ResultCell(place, link=number),
            ResultCell(self.pick(severity_name(checked.severity)), checked.severity),
            *map(ResultCell, texts),
        )

    def _row(self, number: int) -> str:
        return self.say(f"第 {number} 行", f"row {number}")

    def _not_judged_lines(self, unjudged: Sequence[NotJudged], titles: Mapping[str, str]) -> list[Line]:
        if not unjudged:
            return [_text(self.say("可用于本表的规则全部已判断。", "Every rule on this export was judged."))]
        need_other_cards = sum("未载入" in rule.reason.zh for rule in unjudged)
        lines = [
            _text(
                self.say(
                    f"未判断的规则 {len(unjudged)} 条：缺少列或没有交来其他案卡，未作判断，不等于没有问题。",
                    f"Rules not judged: {len(unjudged)}. A column is missing or another card was not handed in; this does not say that all is right.",
                )
            )
        ]
        if need_other_cards:
            lines.append(
                _text(
                    self.say(
                        f"其中 {need_other_cards} 条须与其他案卡对照，本次没有交来那些案卡，未判断；可与有关导出一并自查。",
                        f"Of these, {need_other_cards} compare with cards that were not handed in: check them together with those exports.",
                    )
                )
            )
        lines.append((ResultCell("", "head"), *(ResultCell(self.pick(words), "head") for words in _UNJUDGED_HEADINGS)))
        lines += [
            (
                ResultCell(""),
                ResultCell(rule.rule_id),
                ResultCell(self.say("出错", "failed") if rule.broken else ""),
                ResultCell(titles[rule.card]),
                ResultCell(self._title(rule)),
                ResultCell(""),
                ResultCell(""),
                ResultCell(self.pick(rule.reason)),
            )
            for rule in unjudged
        ]
        return lines

    def _partly_lines(self, check: FileCheck, titles: Mapping[str, str]) -> list[Line]:
        if not check.partly:
            return []
        rules = self.say("；", "; ").join(
            self.say(f"{rule_id}（{names}）", f"{rule_id} ({names})")
            for rule_id, cards in check.partly.items()
            for names in [self.listed(titles[card] for card in cards)]
        )
        number = len(check.partly)
        return [
            _text(
                self.say(
                    f"已判断但没有其他案卡可对照、可能少报的规则 {number} 条：{rules}。",
                    f"Rules judged without other cards to compare with, which may find too little: {number}: {rules}.",
                )
            )
        ]

    def _not_loaded_lines(self, check: FileCheck) -> list[Line]:
        if not check.not_loaded:
            return []
        number = len(check.not_loaded)
        lines = [_text(self.say(f"没有作为案卡核查的行 {number} 行：", f"Rows not checked as cards: {number}."))]
        return lines + [
            (
                ResultCell(""),
                ResultCell(self._row(row)),
                ResultCell(""),
                ResultCell(sheet),
                ResultCell(self.pick(reason)),
            )
            for sheet, row, reason in check.not_loaded
        ]


def _text(words: str) -> Line:
    return (ResultCell(words, "plain"),)
