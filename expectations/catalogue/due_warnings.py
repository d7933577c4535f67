"""How many days before the end of a limit a warning is given (期限预警), by department; part of the catalogue."""

from typing import Annotated, Literal

from pydantic import Field as Declared
from pydantic import model_validator

from expectations.catalogue.cards import Declaration

Grade = Literal["red", "orange", "yellow"]
GRADES: tuple[Grade, ...] = ("red", "orange", "yellow")
"""The most pressing first: overdue, and the two grades of days left."""

Days = Annotated[int, Declared(ge=0, le=366)]


class WarningDays(Declaration):
    """A warning is yellow from `yellow` days before the last day and orange from `orange` days before it; overdue is red."""

    yellow: Days
    orange: Days

    @model_validator(mode="after")
    def _orange_comes_later(self) -> "WarningDays":
        if self.orange > self.yellow:
            raise ValueError("orange begins later than yellow / 橙色应晚于黄色")
        return self


class DueWarnings(Declaration):
    """The days for every department, and those of departments that want others."""

    default: WarningDays = WarningDays(yellow=3, orange=1)
    departments: dict[str, WarningDays] = {}

    @property
    def widest(self) -> int:
        """The days before a last day from which some department is warned."""
        return max(days.yellow for days in (self.default, *self.departments.values()))

    def under(self, above: "DueWarnings") -> "DueWarnings":
        """These days with those of a pack laid over them: its default, if it gives one, and its departments."""
        default = above.default if "default" in above.model_fields_set else self.default
        return DueWarnings(default=default, departments=self.departments | above.departments)


class WarningsFile(Declaration):
    """The YAML file of warnings."""

    warnings: DueWarnings
