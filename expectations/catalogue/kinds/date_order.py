"""Kind `date_order` (先后): one date is not before another.

```yaml
kind: date_order
earlier: accept_date
later: close_date
```
Judged where both are filled, and where `when` (if given) is true. `order` (a condition) instead of the pair where several
dates are compared at once.
"""

import re
from typing import Literal

from pydantic import model_validator

from expectations.catalogue.kinds.base import RuleDeclaration, exactly_one, operand

_EITHER = re.compile(r"\bor\b", re.IGNORECASE)


class DateOrder(RuleDeclaration):
    """A rule on the order of events."""

    kind: Literal["date_order"]
    earlier: str | None = None
    later: str | None = None
    order: str | None = None

    @property
    def applies_when(self) -> str:
        if self.order:
            return self.when
        both_filled = f"not blank({self.later}) and not blank({self.earlier})"
        when = f"({self.when})" if _EITHER.search(self.when) else self.when
        return f"{both_filled} and {when}" if "when" in self.model_fields_set else both_filled

    @property
    def must_hold(self) -> str:
        return self.order or f"{operand(str(self.later))} >= {operand(str(self.earlier))}"

    @model_validator(mode="after")
    def _one_order(self) -> "DateOrder":
        exactly_one(later=self.later, order=self.order)
        if bool(self.later) != bool(self.earlier):
            raise ValueError("earlier and later go together")
        return self
