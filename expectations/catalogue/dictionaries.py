"""What values an item may take: dictionaries, criminal charges with their validity, named groups of charges, working days.

Only shapes; nothing here compares a value with a dictionary (that is SQL, see `language`).
"""

from datetime import date

from pydantic import model_validator

from expectations.catalogue.cards import Declaration

CHARGES = "CHARGE"
"""The dictionary whose labels are criminal charges."""


class DictionaryValue(Declaration):
    """One allowed value. `valid_from` and `valid_to` bound a charge's naming provision, both days included."""

    code: str
    label: str
    group: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


class Dictionary(Declaration):
    """A list of allowed values (字典)."""

    name: str
    title: str = ""
    values: tuple[DictionaryValue, ...]


class DictionaryFile(Declaration):
    """One YAML file of dictionaries."""

    dictionaries: tuple[Dictionary, ...]


class ChargeGroup(Declaration):
    """A named set of charges, declared by chapters or sections of the Criminal Law, by other groups, or one by one."""

    name: str
    title: str = ""
    sections: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    charges: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_members(self) -> "ChargeGroup":
        if not (self.sections or self.groups or self.charges):
            raise ValueError(f"charge group {self.name} has no members")
        return self


class ChargeGroupFile(Declaration):
    """The YAML file of charge groups."""

    charge_groups: tuple[ChargeGroup, ...]


class CalendarYear(Declaration):
    """Days of one year on which the calendar package is overruled, or a whole year it does not know yet."""

    year: int
    days_off: dict[date, str] = {}
    make_up_days: dict[date, str] = {}

    @model_validator(mode="after")
    def _days_belong_to_the_year(self) -> "CalendarYear":
        strangers = [day for day in (*self.days_off, *self.make_up_days) if day.year != self.year]
        if strangers:
            raise ValueError(f"calendar {self.year}: {strangers[0]} is in another year")
        return self


class CalendarFile(Declaration):
    """The YAML file of working days."""

    calendar: tuple[CalendarYear, ...]
