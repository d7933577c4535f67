"""Changes of whole rows that plants are made of: other cards spoiled, rows doubled, taken away or made a second case.

Only building blocks; which rule they break is said by the plants.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from sample_data.matter import Matter, Row, Value
from sample_data.people import id_check_digit
from sample_data.planting import Change, Reshape, Rows, apply, choose_rows
from sample_data.plants.wants import edited

_FAR = 900_000
"""Added to a running number gives one that no sample has reached."""


def on(card: str, changes: Mapping[str, Change], rows: Rows = "first") -> Reshape:
    """New values on rows of some card."""

    def reshape(matter: Matter) -> None:
        for row in choose_rows(rows, matter.rows(card)):
            apply(changes, row)

    return reshape


def copied(card: str, changes: Mapping[str, Change]) -> Reshape:
    """One more row, like the last one but for the changes."""

    def reshape(matter: Matter) -> None:
        row = dict(matter.rows(card)[-1])
        apply(changes, row)
        matter.rows(card).append(row)

    return reshape


def removed(card: str) -> Reshape:
    """All rows of a card taken away."""
    return lambda matter: matter.rows(card).clear()


def derived(card: str, derive: Callable[[Matter], Mapping[str, Change]], rows: Rows = "first") -> Reshape:
    """New values that depend on other rows of the matter."""
    return lambda matter: on(card, derive(matter), rows)(matter)


def moved(row: Row, days: int) -> Row:
    """Every date of a row moved by so many days, under a case number of the year it is accepted in then."""
    row = {name: value + timedelta(days=days) if isinstance(value, date) else value for name, value in row.items()}
    accept, bmsah = row["accept_date"], str(row["bmsah"])
    assert isinstance(accept, date)
    # Case numbers begin anew every year: an offset by the former year keeps a moved case from the number of another.
    far = 100_000 * (int(bmsah[bmsah.index("[") + 1 :][:4]) % 8 + 1)
    row["bmsah"] = re.sub(r"\[\d{4}\]", f"[{accept.year}]", other_number(bmsah, far))
    return row


def other_number(bmsah: str, far: int = _FAR) -> str:
    """A case number of the same office, class and year that is used nowhere else."""
    return re.sub(r"(?<=\]\d{6})\d+", lambda serial_match: f"{int(serial_match.group()) + far:06d}", bmsah)


def other_document(number: str) -> str:
    """A document number of the same organ and year that is used nowhere else."""
    return re.sub(r"\d+(?=号)", lambda number_match: str(int(number_match.group()) + _FAR), number)


def other_tysah(tysah: str) -> str:
    """A unified number used nowhere else."""
    return f"{tysah[:10]}{99_999 - int(tysah[10:15]):05d}20"


def sibling(id_no: str) -> str:
    """A valid identity number of the same birth date and sex."""
    serial = (int(id_no[14:17]) + 500) % 1000
    return (first17 := f"{id_no[:14]}{serial:03d}") + id_check_digit(first17)


OTHER_BMSAH: Mapping[str, Change] = {"bmsah": edited("bmsah", other_number)}
OTHER_CASE: Mapping[str, Change] = {
    "bmsah": edited("bmsah", other_number),
    "tysah": edited("tysah", other_tysah),
    "opinion_doc_no": edited("opinion_doc_no", other_document),
    "from_other_unit": "否",
}
"""What makes a copied prosecution row another case."""
OTHER_PERSON: Mapping[str, Change] = {
    "suspect_no": edited("suspect_no", lambda number: f"{int(number) + _FAR}"),
    "id_no": edited("id_no", sibling),
}
"""What makes a copied row another person of the same age and sex."""


def value(matter: Matter, card: str, name: str, rows: Rows = "first") -> Value:
    """An item of a row of the matter."""
    return choose_rows(rows, matter.rows(card))[0][name]


def day(matter: Matter, card: str, name: str, rows: Rows = "first") -> date:
    """A date of a row of the matter."""
    item = value(matter, card, name, rows)
    assert isinstance(item, date), f"{card}.{name} is {item!r}"
    return item
