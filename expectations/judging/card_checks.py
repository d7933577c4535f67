"""Whether the cards of a catalogue fit together: names a condition can use, dictionaries and linked items that exist.

Mistakes within one file are found when it is read; what rules ask of cards is `rule_checks`.
"""

from collections.abc import Iterator

from sqlglot import exp

from expectations.catalogue.cards import SQL_TYPES, Card, Field
from expectations.catalogue.catalogues import Catalogue
from expectations.errors import nearest
from expectations.sql.language import parse_condition

_RESERVED = frozenset(
    """all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default
    deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect into
    lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify
    references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic
    when where window with""".split()
)
"""Words that are no names to DuckDB."""


def card_problems(catalogue: Catalogue) -> Iterator[str]:
    """What does not fit, one line each."""
    for card in catalogue.cards.values():
        for name in (card.name, *card.by_name):
            if not _is_name(name):
                yield f"card {card.name}: {name} is a word of the rule language; name it otherwise / 与规则语言的词相同，请改名"
        for field in card.fields:
            if field.dictionary and field.dictionary not in catalogue.dictionaries:
                close = nearest(field.dictionary, catalogue.dictionaries)
                yield f"card {card.name}: {field.name}: unknown dictionary / 未知的字典 {field.dictionary}{close}"
        yield from _heading_problems(card)
        yield from _link_problems(catalogue, card)


def _heading_problems(card: Card) -> Iterator[str]:
    """Headings that two items claim: a column could then only be read as one of them."""
    claimed: dict[str, str] = {}
    for field in card.fields:
        for heading in dict.fromkeys((field.header, *field.aliases)):
            other = claimed.setdefault(heading, field.name)
            if other != field.name:
                yield f"card {card.name}: {field.name}: heading belongs to another item / 表头已属于另一项: {heading} ({other})"


def _is_name(name: str) -> bool:
    try:
        return name not in _RESERVED and isinstance(parse_condition(name), exp.Column)
    except ValueError:
        return False


def _link_problems(catalogue: Catalogue, card: Card) -> Iterator[str]:
    for link in card.links:
        other = catalogue.cards.get(link.card)
        if other is None:
            yield f"card {card.name}: link to unknown card / 关联到未知的案卡 {link.card}{nearest(link.card, catalogue.cards)}"
            continue
        named = [(card, own) for own, _ in link.pairs]
        named += [(other, there) for there in (*(there for _, there in link.pairs), *link.latest)]
        for of, name in named:
            if name not in of.by_name:
                yield f"card {card.name}: link {link}: card {of.name} has no field / 案卡没有此项 {name}{nearest(name, of.by_name)}"
        for own, there in link.pairs:
            if own in card.by_name and there in other.by_name:
                yield from _type_problems(card, card.field(own), other, other.field(there))


def _type_problems(card: Card, own: Field, other: Card, there: Field) -> Iterator[str]:
    """Items that are compared are both text or both read the same way, or the database would stop at the first odd text."""
    if SQL_TYPES.get(own.type) != SQL_TYPES.get(there.type):
        yield (
            f"card {card.name}: link to {other.name}: {own.name} is {own.type}, {there.name} there is {there.type}; "
            "give both the same type / 关联两端的类型须一致"
        )
