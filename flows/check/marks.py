"""What a check writes into the workbook: marks with their notes, and the lines of the sheet 自查结果. Wording stands here.

The service never says that a card is right, only what it found: rules that were not judged are always listed.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from expectations.finding.labels import SEVERITIES, owner_word, severity_word
from flows.check.findings import CheckFinding, FileCheck, NotJudged
from flows.load.sources.whole_sheets import NAMELESS
from flows.marking import Kind, Line, Mark, ResultCell, ResultSheet

RESULT_SHEET = "自查结果"
_LEGEND = {
    "serious": "【严重】实底、粗线框",
    "normal": "【一般】斜纹、虚线框",
    "hint": "【提示】细点、点线框；请核对，不一定是错误",
    "related": "相关项，点划线框，无底色",
}
_SAMPLES: tuple[tuple[Kind, str], ...] = (
    *((severity, severity_word(severity)) for severity in SEVERITIES),
    ("related", "相关"),
)
_HEADINGS = (
    "序号",
    "位置",
    "级别",
    "错误类型",
    "部门受案号",
    "姓名（案名）",
    "案卡项",
    "问题",
    "正确填法",
    "依据",
    "规则",
    "填录责任人",
)
_WIDTHS = (6, 12, 8, 9, 34, 14, 26, 52, 52, 26, 36, 12)
_UNTIL_HEADINGS = 5


def marks_of(check: FileCheck) -> tuple[Mark, ...]:
    """The marks of a file: for every finding, in its order, the cell of the item; behind them the related cells."""
    item_marks = [_mark(finding) for finding in check.findings]
    related = [
        Mark(
            mark.sheet,
            mark.row,
            column,
            "related",
            f"↪ 与本行“{finding.item.split('、')[0]}”的{finding.finding.rule_id}（{finding.title}）有关",
        )
        for finding, mark in zip(check.findings, item_marks, strict=True)
        for column in finding.related
    ]
    return (*item_marks, *related)


def result_sheet(check: FileCheck, as_of: date, titles: Mapping[str, str]) -> ResultSheet:
    """The sheet 自查结果; its links count on the order of `marks_of`. `titles` are the names of all cards."""
    counts = "，".join(f"{severity_word(severity)} {check.count(severity)}" for severity in SEVERITIES)
    loaded = "、".join(titles[card] for card in check.cards)
    lines: list[Line] = [
        (ResultCell("案卡自查结果", "title"),),
        _text(
            f"{check.name}；案卡：{loaded}；核查日 {as_of}；读入 {check.rows_read} 行，核查 {check.rows_loaded} 行；{counts}。"
            "本表只供上交前自查，未登记、未留存；改正应在案件系统中进行。"
        ),
        tuple(ResultCell(words, kind) for kind, words in _SAMPLES),
        _text("标记：" + "；".join(_LEGEND.values())),
        tuple(ResultCell(heading, "head") for heading in _HEADINGS),
    ]
    lines += [_finding_line(number, finding) for number, finding in enumerate(check.findings)]
    if not check.findings:
        lines.append(_text("没有发现问题。下列规则未判断，不能视为无误。" if check.not_judged else "没有发现问题。"))
    lines += [
        (),
        *_not_judged_lines(check.not_judged, titles),
        *_partly_lines(check, titles),
        (),
        *_not_loaded_lines(check),
    ]
    return ResultSheet(RESULT_SHEET, tuple(lines), _WIDTHS, frozen=_UNTIL_HEADINGS)


def _mark(finding: CheckFinding) -> Mark:
    column = finding.column or finding.case_column
    return Mark(finding.finding.sheet or NAMELESS, finding.finding.sheet_row, column, finding.severity, _note(finding))


def _note(checked: CheckFinding) -> str:
    finding = checked.finding
    where = "" if checked.column else f"案卡项：{checked.item}（本表没有该列，标在受案号上）"
    parts = (
        f"【{severity_word(checked.severity)}】{finding.rule_id} {checked.title}",
        where,
        f"问题：{finding.message}",
        f"填法：{checked.how_to_fill}" if checked.how_to_fill else "",
        f"依据：{finding.basis}" if finding.basis else "",
    )
    return "\n".join(part for part in parts if part)


def _text(words: str) -> Line:
    return (ResultCell(words, "plain"),)


def _finding_line(number: int, checked: CheckFinding) -> Line:
    finding = checked.finding
    texts = (
        finding.error_type,
        finding.bmsah,
        finding.name or finding.case_name or finding.suspect_no,
        checked.item,
        finding.message,
        checked.how_to_fill,
        finding.basis,
        f"{finding.rule_id} {checked.title}",
        owner_word(finding.owner).zh,
    )
    place = f"第 {finding.sheet_row} 行" if not finding.sheet else f"{finding.sheet} 第 {finding.sheet_row} 行"
    return (
        ResultCell(str(number + 1)),
        ResultCell(place, link=number),
        ResultCell(severity_word(checked.severity), checked.severity),
        *map(ResultCell, texts),
    )


def _not_judged_lines(unjudged: Sequence[NotJudged], titles: Mapping[str, str]) -> list[Line]:
    if not unjudged:
        return [_text("可用于本表的规则全部已判断。")]
    need_other_cards = sum("未载入" in rule.reason.zh for rule in unjudged)
    lines = [_text(f"未判断的规则 {len(unjudged)} 条：缺少列或没有交来其他案卡，未作判断，不等于没有问题。")]
    if need_other_cards:
        lines.append(
            _text(f"其中 {need_other_cards} 条须与其他案卡对照，本次没有交来那些案卡，未判断；可与有关导出一并自查。")
        )
    lines.append(tuple(ResultCell(heading, "head") for heading in ("", "规则", "", "案卡", "名称", "", "", "原因")))
    lines += [
        (
            ResultCell(""),
            ResultCell(rule.rule_id),
            ResultCell("出错" if rule.broken else ""),
            ResultCell(titles[rule.card]),
            ResultCell(rule.title),
            ResultCell(""),
            ResultCell(""),
            ResultCell(rule.reason.zh),
        )
        for rule in unjudged
    ]
    return lines


def _partly_lines(check: FileCheck, titles: Mapping[str, str]) -> list[Line]:
    if not check.partly:
        return []
    rules_with_cards = "；".join(
        f"{rule_id}（{'、'.join(titles[card] for card in cards)}）" for rule_id, cards in check.partly.items()
    )
    return [_text(f"已判断但没有其他案卡可对照、可能少报的规则 {len(check.partly)} 条：{rules_with_cards}。")]


def _not_loaded_lines(check: FileCheck) -> list[Line]:
    if not check.not_loaded:
        return []
    lines = [_text(f"没有作为案卡核查的行 {len(check.not_loaded)} 行：")]
    return lines + [
        (
            ResultCell(""),
            ResultCell(f"第 {row} 行"),
            ResultCell(""),
            ResultCell(sheet),
            ResultCell(reason.zh),
        )
        for sheet, row, reason in check.not_loaded
    ]
