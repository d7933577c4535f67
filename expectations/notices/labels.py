"""What documents call things: items, cards, grades, states, days. Texts of items and rules come from the published run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb

from expectations.finding.headings import HEADINGS
from expectations.finding.labels import error_type_word, severity_word
from expectations.finding.masks import mask_identity, mask_message, mask_number
from expectations.notices.reading import Said
from expectations.run.words.headings import headings
from expectations.texts import Bilingual, Language

STATE_WORDS = {
    "new": Bilingual("待处理", "open"),
    "open": Bilingual("待处理", "open"),
    "reopened": Bilingual("再次出现", "came back"),
    "explained": Bilingual("已说明", "explained"),
    "corrected": Bilingual("已改正", "corrected"),
    "not_seen": Bilingual("本次未见", "not seen"),
    "withdrawn": Bilingual("规则已变更", "rule changed"),
}
BLANK = Bilingual("（空）", "(blank)")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Labels:
    """Headers of items, titles of cards, and how rules want items filled, as the published run has them, in one language."""

    items: Mapping[tuple[str, str], str] = field(default_factory=dict)
    numbers: frozenset[tuple[str, str]] = frozenset()
    """Items that hold identity numbers."""
    cards: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Title and how to fill, by rule id."""
    headings: Mapping[str, str] = field(default_factory=lambda: {name: words.zh for name, words in HEADINGS.items()})
    """What the cards call case, person and owner, and the other columns of findings."""
    language: Language = "zh"

    def item(self, card: str, name: str) -> str:
        """The header of an item; `name` may be `card.item` of another stage."""
        other_card, _, item = name.rpartition(".")
        header = self.items.get((other_card or card, item), item)
        return f"{self.cards.get(other_card, other_card)}·{header}" if other_card else header

    def value(self, card: str, name: str, value: object) -> str:
        """A present value as a document may show it."""
        text = "" if value is None else str(value)
        return (mask_number(text) if self._secret(card, name) else mask_identity(text)) or self.pick(BLANK)

    def message(self, finding: Said) -> str:
        """The message with its numbers masked."""
        secrets = [str(value) for name, value in finding.present.items() if value and self._secret(finding.card, name)]
        return mask_message(self.pick(finding.words), secrets)

    def severity(self, finding: Said) -> str:
        """What its severity is called."""
        return self.pick(severity_word(finding.severity))

    def error_type(self, finding: Said) -> str:
        """What its error type is called."""
        return self.pick(error_type_word(finding.error_type))

    def pick(self, words: Bilingual) -> str:
        """Words in the language of the document."""
        return words.in_language(self.language)

    def joined(self, parts: Iterable[str]) -> str:
        """Names one after another."""
        return self.pick(Bilingual("、", ", ")).join(parts)

    def how(self, rule_id: str) -> str:
        """How to fill, blank when the run does not know the rule."""
        return self.rules.get(rule_id, ("", ""))[1]

    def title(self, rule_id: str) -> str:
        """Title of the rule, its id when the run does not know it."""
        return self.rules.get(rule_id, (rule_id, ""))[0]

    def _secret(self, card: str, name: str) -> bool:
        other_card, _, item = name.rpartition(".")
        return (other_card or card, item) in self.numbers


def read_labels(con: duckdb.DuckDBPyConnection, language: Language) -> Labels:
    """The labels of an open published run."""
    fields = con.execute("select card, name, header, type from fields").fetchall()
    rules = con.execute("select rule_id, title_zh, title_en, how_to_fill, how_to_fill_en from rules").fetchall()
    cards = con.execute("select card, title_zh, title_en from cards_known").fetchall()

    def pick(zh: str | None, en: str | None) -> str:
        return (en if language == "en" and en else zh) or ""

    return Labels(
        {(card, name): header for card, name, header, _ in fields},
        frozenset((card, name) for card, name, _, kind in fields if kind == "id_no"),
        {card: pick(zh, en) for card, zh, en in cards},
        {rule: (pick(title, title_en), pick(how, how_en)) for rule, title, title_en, how, how_en in rules},
        headings(con, language),
        language,
    )


def day_words(day: date) -> Bilingual:
    """2026年6月30日, 30 June 2026."""
    return Bilingual(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")
