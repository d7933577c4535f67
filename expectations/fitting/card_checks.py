"""Whether the cards of a catalogue fit together: names a condition can use, dictionaries and linked items that exist.

Mistakes within one file are found when it is read; what rules ask of cards is `rule_checks`.
"""

from collections.abc import Collection, Iterator

from sqlglot import exp

from expectations.catalogue.cards import SQL_TYPES, Card, Field, Link
from expectations.catalogue.catalogues import Catalogue
from expectations.errors import nearest
from expectations.finding.labels import BY_FIELD
from expectations.sql.language import parse_condition, refusals
from expectations.sql.other_rows import canonical, lookup_problems, lookups_of, outside_lookups

_RESERVED = frozenset(
    """all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default
    deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect into
    lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify
    references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic
    when where window with""".split()
)
"""Words that are no names to DuckDB."""


def card_problems(catalogue: Catalogue) -> Iterator[str]:
    """What does not fit, one line each with its place."""
    owners = catalogue.owners - {BY_FIELD}
    for card in catalogue.cards.values():
        for place, text in _problems_of(catalogue, card, owners):
            yield f"{place}card {card.name}: {text}"


def _problems_of(catalogue: Catalogue, card: Card, owners: Collection[str]) -> Iterator[tuple[str, str]]:
    reserved = "is a word of the rule language; name it otherwise / 与规则语言的词相同，请改名"
    if not is_name(card.name):
        yield catalogue.card_place(card.name, "", "card"), f"{card.name} {reserved}"
    for field in card.fields:
        place = catalogue.card_place(card.name, field.name)
        if not is_name(field.name):
            yield place, f"{field.name} {reserved}"
        if field.dictionary and field.dictionary not in catalogue.dictionaries:
            close = nearest(field.dictionary, catalogue.dictionaries)
            yield place, f"{field.name}: unknown dictionary / 未知的字典 {field.dictionary}{close}"
        if field.filled_by not in owners:
            yield place, f"{field.name}: {not_declared('filled_by', field.filled_by, owners)}"
        for problem in _required_problems(catalogue, card, field):
            yield place, f"{field.name}: required: {problem}"
    yield from _heading_problems(catalogue, card)
    for number, link in enumerate(card.links):
        for problem in _link_problems(catalogue, card, link):
            yield catalogue.card_place(card.name, "", "links", number), problem


def _required_problems(catalogue: Catalogue, card: Card, field: Field) -> list[str]:
    """What is wrong with the condition under which an item must be filled, whether or not a rule asks for it."""
    try:
        tree = canonical(parse_condition(field.required_condition), card)
        of_others = [text for lookup in lookups_of(tree) for text in lookup_problems(lookup, card, catalogue.cards)]
        return [*refusals(outside_lookups(tree), card.by_name), *of_others]
    except ValueError as error:
        return [str(error)]


def not_declared(key: str, word: str, words: Collection[str]) -> str:
    """That no pack declares what a key names, and where to do so."""
    declares = "error_types" if key == "error_type" else "owners"
    return f"unknown {key} / 未知的 {key}: {word}{nearest(word, words)}; a pack declares its own / 可在 pack.yaml 声明: `{declares}: [...]`"


def _heading_problems(catalogue: Catalogue, card: Card) -> Iterator[tuple[str, str]]:
    """Headings that two items claim: a column could then only be read as one of them."""
    claimed: dict[str, str] = {}
    for field in card.fields:
        for heading in dict.fromkeys((field.header, *field.aliases)):
            claimant = claimed.setdefault(heading, field.name)
            if claimant != field.name:
                place = catalogue.card_place(card.name, field.name)
                yield place, f"{field.name}: heading belongs to another item / 表头已属于另一项: {heading} ({claimant})"


def is_name(name: str) -> bool:
    """Whether rules can use the name: no word of SQL or of the rule language."""
    try:
        return name not in _RESERVED and isinstance(parse_condition(name), exp.Column)
    except ValueError:
        return False


def _link_problems(catalogue: Catalogue, card: Card, link: Link) -> Iterator[str]:
    linked_card = catalogue.cards.get(link.card)
    if linked_card is None:
        yield f"link to unknown card / 关联到未知的案卡 {link.card}{nearest(link.card, catalogue.cards)}"
        return
    named_items = [(card, own_item) for own_item, _ in link.pairs]
    named_items += [
        (linked_card, linked_item) for linked_item in (*(linked_item for _, linked_item in link.pairs), *link.latest)
    ]
    for holder, name in dict.fromkeys((holder.name, name) for holder, name in named_items):
        if name not in catalogue.cards[holder].by_name:
            close = nearest(name, catalogue.cards[holder].by_name)
            yield f"link {link}: card {holder} has no field / 案卡没有此项 {name}{close}"
    for own_item, linked_item in link.pairs:
        if own_item in card.by_name and linked_item in linked_card.by_name:
            yield from _type_problems(card.field(own_item), linked_card, linked_card.field(linked_item))


def _type_problems(own_field: Field, linked_card: Card, linked_field: Field) -> Iterator[str]:
    """Items that are compared are both text or both read the same way, or the database would stop at the first odd text."""
    if SQL_TYPES.get(own_field.type) != SQL_TYPES.get(linked_field.type):
        yield (
            f"link to {linked_card.name}: {own_field.name} is {own_field.type}, {linked_field.name} there is {linked_field.type}; "
            "give both the same type / 关联两端的类型须一致"
        )
