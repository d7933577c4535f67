"""Kind `range` (幅度): a number, an amount or a date lies within bounds.

```yaml
kind: range
when: j_kind = '拘役'
value: j_term
at_least: 1
at_most: 6          # bounds are expressions
```
`within` (a condition) instead of value and bounds where several values are judged together.
"""

from typing import Literal

from pydantic import model_validator

from expectations.catalogue.kinds.base import RuleDeclaration, exactly_one, operand


class Range(RuleDeclaration):
    """A rule on bounds."""

    kind: Literal["range"]
    value: str | None = None
    at_least: str | int | float | None = None
    at_most: str | int | float | None = None
    within: str | None = None

    @property
    def must_hold(self) -> str:
        if self.within:
            return self.within
        value, least, most = (operand(str(part)) for part in (self.value, self.at_least, self.at_most))
        if self.at_least is None:
            return f"{value} <= {most}"
        if self.at_most is None:
            return f"{value} >= {least}"
        return f"{value} between {least} and {most}"

    @model_validator(mode="after")
    def _one_range(self) -> "Range":
        exactly_one(value=self.value, within=self.within)
        if self.within and (self.at_least is not None or self.at_most is not None):
            raise ValueError("at_least and at_most go with value")
        if self.value and self.at_least is None and self.at_most is None:
            raise ValueError("value needs at_least, at_most or both")
        return self
