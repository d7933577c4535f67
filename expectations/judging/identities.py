"""What a card row is about, whatever its items are called: case, person, and who handles it.

Findings, denominators and case pages all take these from here, so that a card with other names for them needs YAML only.
"""

from collections.abc import Iterable

from expectations.catalogue.cards import Card, Role
from expectations.catalogue.kinds import RuleDeclaration

OWNERS: tuple[Role, ...] = ("office", "department", "prosecutor")
"""Roles of those a finding is counted under."""

_OF_CASE: tuple[Role, ...] = ("case_name", *OWNERS)
"""Roles a card without the item takes from the other cards of the case."""


def own_item(card: Card, role: Role, rows: str = "c") -> str:
    """The card's own item in that role as SQL over the rows known as `rows`; NULL where it has none."""
    name = card.role(role)
    return f"{rows}.{name}::varchar" if name else "null::varchar"


def one_finding(rule: RuleDeclaration, card: Card) -> str:
    """What rows that are one finding agree in, as a text of SQL over rows known as `c`; NULL for a row that is one by itself."""
    if rule.level == "case":
        return own_item(card, "case")
    if not rule.one_finding_per:
        return "null::varchar"
    values = [f"c.{name}::varchar" for name in rule.one_finding_per]
    # parted by a sign that is typed in no cell; NULL where one of them is
    return f"({' || chr(31) || '.join(values)})"


def item_or_case(card: Card, role: Role) -> str:
    """The card's own item, else what another card of the case says (needs `case_owners` joined as `o`)."""
    return f"coalesce({own_item(card, role)}, o.{role})"


def join_case_owners(card: Card) -> str:
    """Puts `case_owners` beside the rows of a card known as `c`."""
    return f"left join case_owners o on o.bmsah = {own_item(card, 'case')}"


def case_owners_statement(cards: Iterable[Card]) -> str:
    """Temp table `case_owners`: one row per case number from the cards that say who handles it; the first row that does.

    A card says so that has every role of these that any card with cases has.
    """
    roles = _OF_CASE
    with_cases = [card for card in cards if card.role("case")]
    roles_used = [role for role in roles if any(card.role(role) for card in with_cases)]
    telling_cards = [card for card in with_cases if roles_used and all(card.role(role) for role in roles_used)]
    union = " union all ".join(_owners_on(card, roles) for card in telling_cards)
    first_values = ", ".join(f"first({role}) as {role}" for role in roles)
    nothing = ", ".join(f"null::varchar as {role}" for role in ("bmsah", *roles))
    owners = f"select bmsah, {first_values} from ({union}) group by bmsah" if union else f"select {nothing} limit 0"
    return f"create or replace temp table case_owners as {owners}"


def _owners_on(card: Card, roles: Iterable[Role]) -> str:
    case = own_item(card, "case")
    values = ", ".join(
        f"first({own_item(card, role)} order by _row) filter (where {own_item(card, role)} is not null) as {role}"
        for role in roles
    )
    return f"select {case} as bmsah, {values} from cards.{card.name} c where {case} is not null group by 1"


def identity_columns(card: Card) -> str:
    """What a row known as `c` is about: bmsah, suspect_no, name, case_name, office, department, prosecutor.

    Needs `case_owners` joined.
    """
    own_roles: dict[str, Role] = {"bmsah": "case", "suspect_no": "person", "name": "name"}
    columns = [f"{own_item(card, role)} as {column}" for column, role in own_roles.items()]
    columns += [f"{item_or_case(card, role)} as {role}" for role in _OF_CASE]
    return ", ".join(columns)


def card_rows_query(cards: Iterable[Card]) -> str:
    """Every row of every card with its number as card_row, what it is about, and where it stands. Needs `case_owners`."""
    return " union all ".join(
        f"select '{card.name}' as card, c._row as card_row, {identity_columns(card)}, c._sheet as sheet, c._sheet_row as sheet_row "
        f"from cards.{card.name} c {join_case_owners(card)}"
        for card in cards
    )


def checked_query(card_rows: str) -> str:
    """One row per case of a card type: the denominator of every rate. A row without case number counts by itself."""
    return f"""
select card, first(office order by card_row) as office, first(department order by card_row) as department,
  first(prosecutor order by card_row) as prosecutor, bmsah, count(*) as card_rows
from {card_rows} group by card, bmsah, case when bmsah is null then card_row end
order by card, office, department, prosecutor, bmsah, card_rows
"""
