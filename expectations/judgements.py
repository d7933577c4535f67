"""Rules made concrete: one judgement per rule, card and (for `each`) field, as conditions with every placeholder filled in.

Pure text to syntax trees; nothing here touches a database.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlglot import exp

from expectations.cards import Card, Field
from expectations.catalogues import Catalogue
from expectations.kinds import RuleDeclaration
from expectations.language import parse_condition
from expectations.other_rows import JUDGED, Lookup, canonical, lookups_of

PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
_RAW_SUFFIX = "__raw"


@dataclass(frozen=True, eq=False)
class Judgement:
    """One condition on one card: `field` is the judged field of an `each` rule, empty otherwise. `cards` are all there are."""

    rule: RuleDeclaration
    card: Card
    cards: Mapping[str, Card]
    field: str
    applies_when: str
    must_hold: str

    @property
    def name(self) -> str:
        """Identifies the judgement within a run, e.g. `C024/prosecution/sex`."""
        return "/".join(filter(None, (self.rule.id, self.card.name, self.field)))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields a finding names, the one to correct first."""
        return (self.field,) if self.field else tuple(f for f in self.rule.fields if f in self.card.by_name)

    @property
    def cards_needed(self) -> dict[str, bool]:
        """Other cards the rule looks at, and whether it can't be judged without them (`name?` in `needs`: it can)."""
        return {name.rstrip("?"): not name.endswith("?") for name in self.rule.needs if name != "calendar"}

    @property
    def owner(self) -> str:
        """Whose list a finding goes to; items the system fills go to the intake clerk."""
        owner = self.card.field(self.fields[0]).filled_by if self.rule.owner == "by_field" else self.rule.owner
        return "intake" if owner == "system" else owner

    @cached_property
    def tree(self) -> exp.Expr:
        """True where the rule is violated: judged, and `must_hold` is false (never where either is NULL)."""
        return canonical(parse_condition(f"({self.applies_when}) and not ({self.must_hold})"), self.card)

    @cached_property
    def lookups(self) -> tuple[Lookup, ...]:
        """What the condition asks of other rows."""
        return tuple(lookups_of(self.tree))

    @property
    def linked_cards(self) -> tuple[Card, ...]:
        """The other cards the condition looks at."""
        names = dict.fromkeys(lookup.card for lookup in self.lookups if lookup.card != self.card.name)
        return tuple(self.cards[name] for name in names if name in self.cards)

    def read_there(self, card: str) -> tuple[frozenset[str], frozenset[str]]:
        """Items the condition reads on rows of another card, and those among them that its links go by."""
        lookups = [lookup for lookup in self.lookups if lookup.card == card]
        links = [link for lookup in lookups if (link := lookup.link(self.card))]
        keys = frozenset(there for link in links for _, there in link.pairs)
        return keys.union(*(lookup.read_there() for lookup in lookups)), keys

    @cached_property
    def columns(self) -> frozenset[str]:
        """The fields of the card the condition reads on the judged row, `raw()` ones and the keys of its links included."""
        links = (lookup.link(self.card) for lookup in self.lookups)
        keys = {own for link in links if link for own, _ in link.pairs}
        return frozenset({column.name for column in self._own_columns} | keys)

    @cached_property
    def values_read(self) -> frozenset[str]:
        """Fields of the judged row whose parsed value (not only the raw text) the condition uses."""
        return frozenset(column.name for column in self._own_columns if not _is_raw_argument(column))

    @property
    def judges_raw_text(self) -> bool:
        """Whether the rule looks at the raw text, so that it reports what is unreadable instead of passing over it."""
        return any(_is_raw_argument(column) for column in self._own_columns)

    @cached_property
    def _own_columns(self) -> tuple[exp.Column, ...]:
        elsewhere = {id(c) for lookup in self.lookups for c in lookup.node.find_all(exp.Column) if c.table != JUDGED}
        return tuple(column for column in self.tree.find_all(exp.Column) if id(column) not in elsewhere)


def judgements_of(rule: RuleDeclaration, card: Card, as_of: date, cards: Mapping[str, Card]) -> Iterator[Judgement]:
    """The judgements of `rule` on `card` with `as_of` as the audit date. Fields the card lacks are passed over."""
    for field in _judged_fields(rule, card):
        yield Judgement(
            rule, card, cards, field.name if field else "",
            _fill(rule.applies_when, rule, card, field, as_of),
            _fill(rule.must_hold, rule, card, field, as_of),
        )  # fmt: skip


def all_judgements(catalogue: Catalogue, as_of: date) -> tuple[Judgement, ...]:
    """Every judgement of the catalogue in the order of rule ids and cards."""
    return tuple(
        judgement
        for rule in catalogue.rules.values()
        for card in catalogue.cards_of(rule)
        for judgement in judgements_of(rule, card, as_of, catalogue.cards)
    )


def _judged_fields(rule: RuleDeclaration, card: Card) -> Iterator[Field | None]:
    if rule.each is None:
        yield None
        return
    for field in card.fields:
        if field.name in rule.each.fields or field.type in rule.each.types:
            yield field


def _fill(condition: str, rule: RuleDeclaration, card: Card, field: Field | None, as_of: date) -> str:
    values = {name: str(value) for name, value in rule.params.items()} | {"today": f"DATE '{as_of:%Y-%m-%d}'"}
    if field is not None:
        condition = (
            condition.replace("$required", f"({field.required_condition})")
            .replace("$name", field.name)
            .replace("$dictionary", field.dictionary)
            .replace("$multi", str(field.multiple).lower())
            .replace("$f", field.name)
        )
    condition = condition.replace("$card", card.name)
    return PARAMETER.sub(lambda match: values.get(match[1], match[0]), condition)


def _is_raw_argument(column: exp.Column) -> bool:
    parent = column.parent
    return isinstance(parent, exp.Anonymous) and parent.name.lower() == "raw"


def raw_column(field: Field) -> str:
    """The column that keeps the text of a field as it stood."""
    return f"{field.name}{_RAW_SUFFIX}" if field.parsed else field.name
