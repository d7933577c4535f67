"""Rules of every kind beside what they mean, in plain Python: the twin of a declaration is the function below it.

A twin is written from the specification and the page of its kind, never from the SQL, and stays as plain as the rule's own
sentence. Rules that look at other rows are `kind_twins_rows`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from expectations.catalogue.cards import Card
from expectations.catalogue.kinds import Rule, RuleDeclaration
from support.twins.kind_cards import CARDS

TODAY = date(2026, 3, 2)
Row = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """What a twin looks at: the row, the item of an `each` rule, and the rows of all cards in the order they were loaded."""

    row: Row
    item: str
    cards: dict[str, list[Row]]
    card: str

    def __getitem__(self, name: str) -> Any:
        """The row's value of an item; None where it is blank."""
        return self.row[name]

    @property
    def value(self) -> Any:
        """The value of the item an `each` rule is judged for."""
        return self.row[self.item]

    @property
    def own(self) -> list[Row]:
        """All rows of the judged card."""
        return self.cards[self.card]

    @property
    def case(self) -> list[Row]:
        """The rows of the same case; none for a row without case number."""
        return [r for r in self.own if r["bmsah"] is not None and r["bmsah"] == self["bmsah"]]

    @property
    def person(self) -> list[Row]:
        """The rows of the same person on the same card."""
        return [r for r in self.own if r["suspect_no"] is not None and r["suspect_no"] == self["suspect_no"]]


Judge = Callable[[Judged], bool]
"""True only where the rule is judged on the row and does not hold."""


@dataclass(frozen=True)
class Twin:
    """A rule and its meaning. `uses`: items of the judged row ($f the judged one); `other_rows`, `trial`: items of other rows."""

    rule: RuleDeclaration
    group: str
    judge: Judge
    uses: tuple[str, ...]
    other_rows: tuple[str, ...] = ()
    trial: tuple[str, ...] = ()
    judges_raw_text: bool = False

    def judged_items(self, card: Card) -> list[str]:
        """The items of the card it is judged for; the empty text where it is judged once a row."""
        each = self.rule.each
        if each is None:
            return [""]
        return [field.name for field in card.fields if field.name in each.fields or field.type in each.types]

    def items_read(self, card: Card) -> set[str]:
        """Every item its tables need filled on a card."""
        elsewhere = self.other_rows if card.name == "dossier" else self.trial
        if card.name not in self.rule.cards and not elsewhere:
            return set()
        items_here = {*self.uses, *self.judged_items(card)} if card.name in self.rule.cards else set()
        return {"bmsah", "suspect_no", *elsewhere, *items_here} & card.by_name.keys()

    def violations(self, cards: dict[str, list[Row]]) -> set[tuple[str, int]]:
        """Name of the judgement and number of the row, for every violation."""
        return {
            ("/".join(filter(None, (self.rule.id, name, item))), row["row"])
            for name in self.rule.cards
            for item in self.judged_items(CARDS[name])
            for row in cards[name]
            if self.can_judge(row, item) and self.judge(Judged(row, item, cards, name))
        }

    def can_judge(self, row: Row, item: str) -> bool:
        """Unreadable is neither blank nor a value, and a rule of the case needs its number."""
        used = {item if name == "$f" else name for name in self.uses}
        readable = self.judges_raw_text or not used & row["unreadable"]
        return readable and not (self.rule.level == "case" and row["bmsah"] is None)


TWINS: dict[str, Twin] = {}

_TEXTS = {"title": {"zh": "规则"}, "message": {"zh": "不符"}, "how_to_fill": {"zh": "改正"}}
_ALWAYS = {"cards": ("dossier",), "severity": "hint", "error_type": "核对", "owner": "handler", **_TEXTS}


def twin(rule_id: str, kind: str, uses: str, **keys: Any) -> Callable[[Judge], Judge]:
    """Declares a rule of a kind; the function it decorates says what it means. `uses`, `other_rows` and `trial` are for the twin."""
    other_rows, trial = (tuple(keys.pop(name, "").split()) for name in ("other_rows", "trial"))
    group, raw = keys.pop("group", kind), keys.pop("judges_raw_text", False)
    if "each" in keys:
        keys["each"] = {name: tuple(texts.split()) for name, texts in keys["each"].items()}
    else:
        keys.setdefault("fields", tuple(uses.split())[:1])
    examples: dict[str, Any] = {"accepted": {}, "violating": {}}
    declared: RuleDeclaration = TypeAdapter(Rule).validate_python(
        {**_ALWAYS, "id": rule_id, "kind": kind, "examples": examples, **keys}
    )

    def register(judge: Judge) -> Judge:
        assert rule_id not in TWINS
        TWINS[rule_id] = Twin(declared, group, judge, tuple(uses.split()), other_rows, trial, raw)
        return judge

    return register


def yes(value: str | None) -> bool:
    """是 and nothing else."""
    return value == "是"


def below(value: Any, bound: Any) -> bool:
    """Both are filled and the first is less."""
    return value is not None and bound is not None and bool(value < bound)


def same(value: Any, other_value: Any) -> bool:
    """Both are filled and equal."""
    return value is not None and value == other_value


def differ(value: Any, other_value: Any) -> bool:
    """Both are filled and not equal."""
    return value is not None and other_value is not None and value != other_value


def filled(rows: Iterable[Row], item: str) -> list[Any]:
    """The values of an item that are filled."""
    return [row[item] for row in rows if row[item] is not None]
