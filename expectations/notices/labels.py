"""What documents call things: items, cards, grades, states, days. Texts of items and rules come from the published run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb

from expectations.finding.masks import mask_identity, mask_message, mask_number
from expectations.notices.reading import Said

STATE_WORDS = {
    "new": "待处理",
    "open": "待处理",
    "reopened": "再次出现",
    "explained": "已说明",
    "corrected": "已改正",
    "not_seen": "本次未见",
    "withdrawn": "规则已变更",
}
BLANK = "（空）"


@dataclass(frozen=True)
class Labels:
    """Headers of items, titles of cards, and how rules want items filled, as the published run has them."""

    items: Mapping[tuple[str, str], str] = field(default_factory=dict)
    numbers: frozenset[tuple[str, str]] = frozenset()
    """Items that hold identity numbers."""
    cards: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Title and how to fill, by rule id."""

    def item(self, card: str, name: str) -> str:
        """The header of an item; `name` may be `card.item` of another stage."""
        other_card, _, item = name.rpartition(".")
        header = self.items.get((other_card or card, item), item)
        return f"{self.cards.get(other_card, other_card)}·{header}" if other_card else header

    def value(self, card: str, name: str, value: object) -> str:
        """A present value as a document may show it."""
        text = "" if value is None else str(value)
        return (mask_number(text) if self._secret(card, name) else mask_identity(text)) or BLANK

    def message(self, finding: Said) -> str:
        """The message with its numbers masked."""
        secrets = [str(value) for name, value in finding.present.items() if value and self._secret(finding.card, name)]
        return mask_message(finding.message, secrets)

    def how(self, rule_id: str) -> str:
        """How to fill, blank when the run does not know the rule."""
        return self.rules.get(rule_id, ("", ""))[1]

    def title(self, rule_id: str) -> str:
        """Title of the rule, its id when the run does not know it."""
        return self.rules.get(rule_id, (rule_id, ""))[0]

    def _secret(self, card: str, name: str) -> bool:
        other_card, _, item = name.rpartition(".")
        return (other_card or card, item) in self.numbers


def read_labels(con: duckdb.DuckDBPyConnection) -> Labels:
    """The labels of an open published run."""
    fields = con.execute("select card, name, header, type from fields").fetchall()
    return Labels(
        {(card, name): header for card, name, header, _ in fields},
        frozenset((card, name) for card, name, _, kind in fields if kind == "id_no"),
        dict(con.execute("select card, title_zh from cards_known").fetchall()),
        {
            rule: (title or "", how or "")
            for rule, title, how in con.execute("select rule_id, title_zh, how_to_fill from rules").fetchall()
        },
    )


def chinese_day(day: date) -> str:
    """2026年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"
