"""What a check writes into the workbook: marks with their notes, and the lines of the sheet 自查结果. Wording stands here.

The service never says that a card is right, only what it found: rules that were not judged are always listed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from expectations.finding.headings import HEADINGS
from expectations.finding.labels import SEVERITIES, error_type_word, owner_word, place_word, severity_word
from expectations.texts import NO_TEXT, Bilingual, Language, joined, same
from flows.check.findings import CheckFinding, FileCheck, NotJudged
from flows.load.sources.whole_sheets import NAMELESS, Shortened
from flows.marking import Kind, Line, Mark, ResultCell, ResultSheet, reference

RESULT_SHEET = Bilingual("自查结果", "Check result")
_COMMA, _SEMICOLON, _LISTED = Bilingual("，", ", "), Bilingual("；", "; "), Bilingual("、", ", ")
_LEGEND = joined(
    _SEMICOLON,
    (
        Bilingual("标记：【严重】实底、粗线框", "Marks: [serious] solid, thick frame"),
        Bilingual("【一般】斜纹、虚线框", "[normal] hatched, dashed frame"),
        Bilingual(
            "【提示】细点、点线框；请核对，不一定是错误", "[hint] dotted, dotted frame; to verify, perhaps no error"
        ),
        Bilingual("相关项，点划线框，无底色", "related item: dash-dotted frame, no colour"),
    ),
)
_SAMPLES: tuple[tuple[Kind, Bilingual], ...] = (
    *((severity, severity_word(severity)) for severity in SEVERITIES),
    ("related", Bilingual("相关", "related")),
)
_COLUMNS: tuple[tuple[str, int], ...] = (
    ("number", 6),
    ("place", 12),
    ("severity", 8),
    ("error_type", 9),
    ("case", 34),
    ("name", 14),
    ("fields", 26),
    ("message", 52),
    ("how_to_fill", 52),
    ("basis", 26),
    ("rule_id", 36),
    ("owner", 12),
)
"""The columns of the list and their widths; headings are those of findings, and two of its own."""
_OWN_HEADINGS = {"number": Bilingual("序号", "No."), "place": Bilingual("位置", "Place")}
_UNTIL_HEADINGS = 5
_MOST_SHORTENED = 50


@dataclass(frozen=True)
class Wording:
    """How a check is put in words: its language, the titles of all cards in it, and what those of the file call their columns."""

    language: Language
    titles: Mapping[str, str]
    headings: Mapping[str, str]

    def __call__(self, zh: str, en: str) -> str:
        """The text of its language."""
        return en if self.language == "en" else zh

    def listed(self, cards: Iterable[str]) -> str:
        """Cards by their titles."""
        return _LISTED.in_language(self.language).join(self.titles[card] for card in cards)


def marks_of(check: FileCheck, language: Language) -> tuple[Mark, ...]:
    """The marks of a file: for every finding, in its order, the cell of the item; behind them the related cells."""
    item_marks = [_mark(finding, language) for finding in check.findings]
    related = [
        Mark(mark.sheet, mark.row, column, "related", _related_note(finding).in_language(language))
        for finding, mark in zip(check.findings, item_marks, strict=True)
        for column in finding.related
    ]
    return (*item_marks, *related)


def result_sheet(check: FileCheck, as_of: date, wording: Wording, shortened: Sequence[Shortened] = ()) -> ResultSheet:
    """The sheet 自查结果; its links count on the order of `marks_of`."""
    language = wording.language
    counts = joined(_COMMA, [severity_word(severity) + f" {check.count(severity)}" for severity in SEVERITIES])
    lines: list[Line] = [
        (ResultCell(wording("案卡自查结果", "Result of the check"), "title"),),
        _text(
            _summary(check, as_of, wording)
            + wording(f"{counts.zh}。", f"{counts.en}. ")
            + _PURPOSE.in_language(language)
        ),
        tuple(ResultCell(words.in_language(language), kind) for kind, words in _SAMPLES),
        _text(_LEGEND.in_language(language)),
        tuple(ResultCell(_heading(name, wording), "head") for name, _ in _COLUMNS),
    ]
    lines += [_finding_line(number, finding, language) for number, finding in enumerate(check.findings)]
    if not check.findings:
        lines.append(_text((_NOTHING + (_NOT_ALL if check.not_judged else NO_TEXT)).in_language(language)))
    lines += [
        (),
        *_not_judged_lines(check.not_judged, wording),
        *_partly_lines(check, wording),
        (),
        *_not_loaded_lines(check, wording),
        *_shortened_lines(shortened, wording),
    ]
    widths = tuple(width for _, width in _COLUMNS)
    return ResultSheet(RESULT_SHEET.in_language(language), tuple(lines), widths, frozen=_UNTIL_HEADINGS)


_PURPOSE = Bilingual(
    "本表只供上交前自查，未登记、未留存；改正应在案件系统中进行。",
    "For checking before handing in only: nothing was registered or kept. Correct the cards in the case system.",
)
_NOTHING = Bilingual("没有发现问题。", "Nothing was found. ")
_NOT_ALL = Bilingual(
    "下列规则未判断，不能视为无误。", "The rules below were not judged, so this does not say that all is right."
)


def _summary(check: FileCheck, as_of: date, wording: Wording) -> str:
    cards = wording.listed(check.cards)
    return wording(
        f"{check.name}；案卡：{cards}；核查日 {as_of}；读入 {check.rows_read} 行，核查 {check.rows_loaded} 行；",
        f"{check.name}; cards: {cards}; as of {as_of}; {check.rows_read} rows read, {check.rows_loaded} checked; ",
    )


def _heading(name: str, wording: Wording) -> str:
    own_heading = _OWN_HEADINGS.get(name)
    return own_heading.in_language(wording.language) if own_heading else wording.headings[name]


def _mark(finding: CheckFinding, language: Language) -> Mark:
    column = finding.column or finding.case_column
    note = _note(finding).in_language(language)
    return Mark(finding.finding.sheet or NAMELESS, finding.finding.sheet_row, column, finding.severity, note)


def _note(checked: CheckFinding) -> Bilingual:
    finding, severity, how = checked.finding, severity_word(checked.severity), checked.how
    parts = (
        Bilingual(f"【{severity.zh}】", f"[{severity.en}] ") + f"{finding.rule_id} " + checked.named,
        NO_TEXT
        if checked.column
        else Bilingual(
            f"案卡项：{checked.item.zh}（本表没有该列，标在受案号上）",
            f"Item: {checked.item.en} (no column of this sheet; marked at the case number)",
        ),
        Bilingual("问题", "Problem").about(checked.message),
        Bilingual("填法", "How to fill").about(how) if how else NO_TEXT,
        Bilingual("依据", "Basis").about(finding.basis) if finding.basis else NO_TEXT,
    )
    return joined("\n", [part for part in parts if part])


def _related_note(finding: CheckFinding) -> Bilingual:
    item, rule, title = finding.items[0], finding.finding.rule_id, finding.named
    return Bilingual(
        f"↪ 与本行“{item}”的{rule}（{title.zh}）有关", f"↪ concerns “{item}” of this row: {rule} ({title.en})"
    )


def _text(words: str) -> Line:
    return (ResultCell(words, "plain"),)


def _finding_line(number: int, checked: CheckFinding, language: Language) -> Line:
    finding = checked.finding
    texts: tuple[str, ...] = (
        error_type_word(finding.error_type),
        finding.bmsah,
        finding.name or finding.case_name or finding.suspect_no,
        checked.item,
        checked.message,
        checked.how,
        finding.basis,
        f"{finding.rule_id} " + checked.named,
        owner_word(finding.owner),
    )
    return (
        ResultCell(str(number + 1)),
        ResultCell(place_word(finding.sheet, finding.sheet_row).in_language(language), link=number),
        ResultCell(severity_word(checked.severity).in_language(language), checked.severity),
        *(ResultCell(same(text).in_language(language)) for text in texts),
    )


def _not_judged_lines(unjudged: Sequence[NotJudged], wording: Wording) -> Iterator[Line]:
    if not unjudged:
        yield _text(wording("可用于本表的规则全部已判断。", "All rules for this sheet were judged."))
        return
    count, need_others = len(unjudged), sum("未载入" in rule.reason.zh for rule in unjudged)
    yield _text(
        wording(
            f"未判断的规则 {count} 条：缺少列或没有交来其他案卡，未作判断，不等于没有问题。",
            f"{count} rules were not judged, for a missing column or other cards that are not here; that is not to say they are kept.",
        )
    )
    if need_others:
        yield _text(
            wording(
                f"其中 {need_others} 条须与其他案卡对照，本次没有交来那些案卡，未判断；可与有关导出一并自查。",
                f"{need_others} of them compare with other cards, which are not here: check these exports together.",
            )
        )
    card, name, reason = HEADINGS["card"], Bilingual("名称", "Name"), Bilingual("原因", "Reason")
    headings = (NO_TEXT, HEADINGS["rule_id"], NO_TEXT, card, name, NO_TEXT, NO_TEXT, reason)
    yield tuple(ResultCell(heading.in_language(wording.language), "head") for heading in headings)
    for rule in unjudged:
        cells = (
            "",
            rule.rule_id,
            wording("出错", "error") if rule.broken else "",
            wording.titles[rule.card],
            rule.title.in_language(wording.language),
            "",
            "",
            rule.reason.in_language(wording.language),
        )
        yield tuple(map(ResultCell, cells))


def _partly_lines(check: FileCheck, wording: Wording) -> Iterator[Line]:
    if not check.partly:
        return
    without = [
        wording(f"{rule}（{wording.listed(cards)}）", f"{rule} ({wording.listed(cards)})")
        for rule, cards in check.partly.items()
    ]
    rules = _SEMICOLON.in_language(wording.language).join(without)
    yield _text(
        wording(
            f"已判断但没有其他案卡可对照、可能少报的规则 {len(without)} 条：{rules}。",
            f"{len(without)} rules were judged without other cards to compare with and may have missed something: {rules}.",
        )
    )


def _not_loaded_lines(check: FileCheck, wording: Wording) -> Iterator[Line]:
    if not check.not_loaded:
        return
    count = len(check.not_loaded)
    yield _text(wording(f"没有作为案卡核查的行 {count} 行：", f"{count} rows were not checked as cards:"))
    for sheet, row, reason in check.not_loaded:
        place = place_word("", row).in_language(wording.language)
        yield tuple(map(ResultCell, ("", place, "", sheet, reason.in_language(wording.language))))


def _shortened_lines(shortened: Sequence[Shortened], wording: Wording) -> Iterator[Line]:
    if not shortened:
        return
    count = len(shortened)
    yield _text(
        wording(
            f"{count} 个单元格超出 Excel 单元格的长度或列数上限，本工作簿没有写全；核查时读的是全文：",
            f"{count} cells are too long for Excel or beyond its last column: this workbook does not hold them whole. The check read them whole:",
        )
    )
    for cell in shortened[:_MOST_SHORTENED]:
        yield tuple(map(ResultCell, ("", f"{cell.sheet}!{reference((cell.row, cell.column))}")))
    if count > _MOST_SHORTENED:
        yield _text(f"… {count - _MOST_SHORTENED}")
