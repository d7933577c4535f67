"""What a pass must know: whose items a condition reads, and what else the catalogue says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from expectations.catalogue.cards import Card
from expectations.catalogue.dictionaries import Dictionary


@dataclass(frozen=True)
class Scope:
    """The card whose items stand in the condition, all cards, and all dictionaries."""

    card: Card
    cards: Mapping[str, Card]
    dictionaries: Mapping[str, Dictionary]

    def for_card(self, card: str) -> "Scope":
        """The same for the rows of another card."""
        return replace(self, card=self.cards[card])


Pass = Callable[[exp.Expr, Scope], exp.Expr]
