"""The rule book (规则说明): the whole catalogue as a document for the people it judges.

Made from the catalogue alone, so it can't say anything else than what is judged.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import get_args

from expectations.catalogue.cards import Text
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds import RuleDeclaration, Theme
from expectations.catalogue.kinds.base import Example
from expectations.finding.labels import SEVERITY_WORDS, owner_word

THEME_TITLES: dict[str, str] = {
    "completeness": "完整性 Completeness",
    "validity": "规范性 Validity",
    "consistency": "一致性 Consistency",
    "stages": "跨环节 Between stages and cards",
    "duplicates": "重复 Duplicates",
    "deadlines": "期限 Deadlines",
    "prompts": "核对提示 Prompts",
}


def rule_book(catalogue: Catalogue, as_of: date) -> str:
    """Markdown: every rule as it stands on that audit date, why, how to fill, basis, known false alarms and examples."""
    themes = [theme for theme in get_args(Theme) if theme in catalogue.themes.values()]
    counts = {theme: sum(theme_of_rule == theme for theme_of_rule in catalogue.themes.values()) for theme in themes}
    count = len(catalogue.rules)
    intro = (
        f"由规则库生成（`anka rules book`），共 {count} 条。条件的写法见 [rule-language.md](rule-language.md)。 "
        f"Generated from the catalogue: {count} rules."
    )
    contents = [f"- [{THEME_TITLES[theme]}](#{_anchor(THEME_TITLES[theme])}): {counts[theme]}" for theme in themes]
    lines = ["# 规则说明 Rule book", "", intro, "", *contents]
    for theme in themes:
        lines += ["", f"## {THEME_TITLES[theme]}"]
        for rule_id in catalogue.rules:
            if catalogue.themes[rule_id] == theme:
                lines += ["", *_rule_lines(catalogue, catalogue.rule_on(rule_id, as_of))]
    return "\n".join(lines) + "\n"


def _rule_lines(catalogue: Catalogue, rule: RuleDeclaration) -> Iterator[str]:
    yield f"### {rule.id} {rule.title.zh}"
    yield ""
    cards = "、".join(f"{card.title_zh}" for card in catalogue.cards_of(rule))
    english = "" if rule.title.en == rule.title.zh else f"*{rule.title.en}* · "
    yield f"{english}{cards} · {' '.join(SEVERITY_WORDS[rule.severity])} · {rule.error_type} · {owner_word(rule.owner).zh} · `{rule.kind}`"
    yield ""
    yield f"- **提示语 Message**: {_plain(rule.message.both)}"
    yield from _pair("为什么 Why", rule.why)
    yield from _pair("怎样填 How to fill", rule.how_to_fill)
    yield from _pair("可能误报 Known false alarms", rule.false_alarms)
    if rule.basis:
        yield f"- **依据 Basis**: {rule.basis}"
    if rule.note:
        yield f"- **说明 Note**: {rule.note}"
    yield f"- **案卡项 Items**: {_items(catalogue, rule)}"
    yield f"- **判断 Judged where**: `{_one_line(rule.applies_when)}`"
    yield f"- **应当 Must hold**: `{_one_line(rule.must_hold)}`"
    if rule.params:
        yield "- **参数 Parameters**: " + ", ".join(f"`{name}` = {value}" for name, value in rule.params.items())
    yield f"- **正确 Accepted**: `{_example(rule.examples.accepted)}`"
    yield f"- **错误 Violating**: `{_example(rule.examples.violating)}`"


def _pair(title: str, text: Text) -> Iterable[str]:
    return [f"- **{title}**: {text.both}"] if text.zh else []


def _items(catalogue: Catalogue, rule: RuleDeclaration) -> str:
    item_names = rule.fields or (rule.each.fields if rule.each else ())
    if not item_names and rule.each:
        return "、".join(f"每个 {kind} 类型的项" for kind in rule.each.types)
    return "、".join(_header(catalogue, rule, name) for name in item_names)


def _header(catalogue: Catalogue, rule: RuleDeclaration, name: str) -> str:
    other_card, _, item = name.rpartition(".")
    cards = [catalogue.cards[other_card]] if other_card else catalogue.cards_of(rule)
    header = next((card.field(item).header for card in cards if item in card.by_name), item)
    return f"{catalogue.cards[other_card].title_zh}·{header}" if other_card else header


def _example(example: Example) -> str:
    return json.dumps(example, ensure_ascii=False, default=str)


def _one_line(condition: str) -> str:
    return " ".join(condition.split())


def _plain(message: str) -> str:
    return message.replace("{", "‹").replace("}", "›")


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
