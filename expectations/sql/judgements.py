"""Rules made concrete: one judgement per rule, card and (for `each`) field, as conditions with every placeholder filled in.

Pure text to syntax trees; nothing here touches a database.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from sqlglot import exp

from expectations.catalogue.cards import ACCEPTED_ON, Card, Field
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds import RuleDeclaration
from expectations.catalogue.kinds.deadline import Deadline
from expectations.finding.labels import BY_FIELD
from expectations.sql.language import parse_condition
from expectations.sql.other_rows import JUDGED, ROW_COLUMNS, Lookup, canonical, lookups_of

_PARSED: dict[tuple[str | None, ...], exp.Expr] = {}
_MOST_PARSED = 8192
_MOST_DAYS = 2
"""Catalogues and days whose judgements are kept."""

PARAMETER = re.compile(r"'(?:[^']|'')*'|(?<![:\w]):([a-z_]\w*)")
"""A parameter of a condition as group 1; the group is empty for a text in quotes, in which nothing is replaced."""
_WORD = re.compile(r"\$([a-z]+)")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
_RAW_SUFFIX = "__raw"
_NO_DAY = "cast(null as date)"


@dataclass(frozen=True)
class OpenLimit:
    """Where the act a deadline asks for is still to be done, and the last day for it, as SQL over the judged row."""

    still_open: str
    last_day: str


@dataclass(frozen=True, eq=False)
class Judgement:
    """One condition on one card: `field` is the judged field of an `each` rule, empty otherwise. `cards` are all there are."""

    rule: RuleDeclaration
    card: Card
    cards: Mapping[str, Card]
    field: str
    applies_when: str
    must_hold: str
    open_limit: OpenLimit | None = None

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
        owner = self.card.field(self.fields[0]).filled_by if self.rule.owner == BY_FIELD else self.rule.owner
        return "intake" if owner == "system" else owner

    @cached_property
    def tree(self) -> exp.Expr:
        """True where the rule is violated: judged, and `must_hold` is false (never where either is NULL)."""
        return _parsed(f"({self.applies_when}) and not ({self.must_hold})", self.card)

    @cached_property
    def open_trees(self) -> tuple[exp.Expr, exp.Expr] | None:
        """Where the limit is open, and its last day; None for a judgement without a limit."""
        if self.open_limit is None:
            return None
        texts = (self.open_limit.still_open, self.open_limit.last_day)
        still_open, last_day = (_parsed(text, self.card) for text in texts)
        return still_open, last_day

    @property
    def trees(self) -> tuple[exp.Expr, ...]:
        """Everything the judgement asks of a row: the condition, and the limit it warns of."""
        return (self.tree, *(self.open_trees or ()))

    @cached_property
    def lookups(self) -> tuple[Lookup, ...]:
        """What it asks of other rows."""
        return tuple(lookup for tree in self.trees for lookup in lookups_of(tree))

    @property
    def linked_cards(self) -> tuple[Card, ...]:
        """The other cards the condition looks at."""
        names = dict.fromkeys(lookup.card for lookup in self.lookups if lookup.card != self.card.name)
        return tuple(self.cards[name] for name in names if name in self.cards)

    def items_read_on(self, card: str) -> tuple[frozenset[str], frozenset[str]]:
        """Items the condition reads on rows of another card, and those among them that its links go by."""
        lookups = [lookup for lookup in self.lookups if lookup.card == card]
        links = [link for lookup in lookups if (link := lookup.link(self.card))]
        keys = frozenset(linked_item for link in links for _, linked_item in link.pairs)
        return keys.union(*(lookup.linked_items() for lookup in lookups)), keys

    @cached_property
    def columns(self) -> frozenset[str]:
        """The fields of the card the condition reads on the judged row, `raw()` ones and the keys of its links included."""
        return frozenset({column.name for column in self._own_columns} | self._link_keys)

    @cached_property
    def values_read(self) -> frozenset[str]:
        """Fields of the judged row whose parsed value (not only the raw text) the condition uses, the keys of its links included."""
        return frozenset(
            {column.name for column in self._own_columns if not _is_argument_of("raw", column)} | self._link_keys
        )

    @cached_property
    def columns_needed(self) -> frozenset[str]:
        """The columns without which a row can't be judged: all but those that stand in `opt()` alone, and what findings are told apart by."""
        needed = {column.name for column in self._own_columns if not _is_argument_of("opt", column)}
        return frozenset(needed | self._link_keys | set(self.rule.one_finding_per))

    @cached_property
    def raw_read(self) -> frozenset[str]:
        """Fields whose raw text the condition uses: it reports what is unreadable there instead of passing over it."""
        return frozenset(column.name for column in self._own_columns if _is_argument_of("raw", column))

    @property
    def _link_keys(self) -> set[str]:
        links = (lookup.link(self.card) for lookup in self.lookups)
        return {own_item for link in links if link for own_item, _ in link.pairs}

    @cached_property
    def _own_columns(self) -> tuple[exp.Column, ...]:
        columns_of_lookups = {
            id(c) for lookup in self.lookups for c in lookup.node.find_all(exp.Column) if c.table != JUDGED
        }
        columns = (column for tree in self.trees for column in tree.find_all(exp.Column))
        return tuple(
            column for column in columns if id(column) not in columns_of_lookups and column.name not in ROW_COLUMNS
        )


def _parsed(condition: str, card: Card) -> exp.Expr:
    """The tree of a condition, parsed once, since a run looks at the same judgements several times. Not to be changed."""
    key = (condition, card.name, card.role("case"), card.role("person"))
    if key not in _PARSED:
        if len(_PARSED) >= _MOST_PARSED:
            _PARSED.clear()
        _PARSED[key] = canonical(parse_condition(condition), card)
    return _PARSED[key]


def judgements_of(rule: RuleDeclaration, card: Card, as_of: date, cards: Mapping[str, Card]) -> Iterator[Judgement]:
    """The judgements of `rule` on `card` with `as_of` as the audit date. Fields the card lacks are passed over."""
    today = f"DATE '{as_of:%Y-%m-%d}'"
    for field in _judged_fields(rule, card):
        yield Judgement(
            rule,
            card,
            cards,
            field.name if field else "",
            _while_valid(_fill(rule.applies_when, rule, card, field, today), card, field or _first_field(rule, card)),
            _fill(rule.must_hold, rule, card, field, today),
            _open_limit(rule, card, field, today),
        )


@lru_cache(_MOST_DAYS)
def all_judgements(catalogue: Catalogue, as_of: date) -> tuple[Judgement, ...]:
    """Every judgement of the catalogue in the order of rule ids and cards; what one has worked out of its condition it keeps."""
    return tuple(
        judgement
        for rule in (catalogue.rule_on(rule_id, as_of) for rule_id in catalogue.rules)
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


def _open_limit(rule: RuleDeclaration, card: Card, field: Field | None, today: str) -> OpenLimit | None:
    """The rule's limit, if it names one act and its last day: open where the act has no day but the audit date."""
    if not isinstance(rule, Deadline) or rule.done is None or rule.last_day is None:
        return None
    applies, last_day = (_fill(text, rule, card, field, today) for text in (rule.applies_when, rule.last_day))
    done_on = _fill(rule.done, rule, card, field, _NO_DAY)
    return OpenLimit(f"({applies}) and ({done_on}) is null", last_day)


def _first_field(rule: RuleDeclaration, card: Card) -> Field | None:
    """The item a rule of several items asks to correct."""
    return card.by_name.get(rule.fields[0])


def _while_valid(applies_when: str, card: Card, field: Field | None) -> str:
    """Judged only where the item stood on the card when the case was accepted; without that day, not at all."""
    if field is None or ACCEPTED_ON not in card.by_name or not (field.valid_from or field.valid_to):
        return applies_when
    bounds = [f"{ACCEPTED_ON} >= DATE '{field.valid_from}'"] if field.valid_from else []
    bounds += [f"{ACCEPTED_ON} <= DATE '{field.valid_to}'"] if field.valid_to else []
    return f"({applies_when}) and {' and '.join(bounds)}"


def _fill(condition: str, rule: RuleDeclaration, card: Card, field: Field | None, today: str) -> str:
    values = {name: str(value) if value >= 0 else f"({value})" for name, value in rule.params.items()} | {
        "today": today
    }
    words = {"card": card.name}
    if field is not None:
        words |= {
            "required": f"({field.required_condition})",
            "name": field.name,
            "dictionary": field.dictionary,
            "multi": str(field.multiple).lower(),
            "f": field.name,
        }
    condition = _WORD.sub(lambda match: words.get(match[1], match[0]), condition)
    return PARAMETER.sub(lambda match: values.get(match[1] or "", match[0]), condition)


def _is_argument_of(helper: str, column: exp.Column) -> bool:
    parent = column.parent
    return isinstance(parent, exp.Anonymous) and parent.name.lower() == helper


def raw_column(field: Field) -> str:
    """The column that keeps the text of a field as it stood."""
    return f"{field.name}{_RAW_SUFFIX}" if field.parsed else field.name
