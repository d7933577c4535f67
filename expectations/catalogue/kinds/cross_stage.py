"""Kind `cross_stage` (跨环节): a card agrees with what another stage or another card of the same person or case says.

```yaml
kind: cross_stage
each: {fields: [name, sex]}
agrees_with: stage(arrest).$f   # judged where both are filled
needs: [arrest]
```
`agrees_with` is compared with the judged item, the first of `fields`. `then` (a condition) instead where more than equality
is asked. `needs` names the other cards, with a `?` those that may be missing.
"""

from typing import Literal

from pydantic import model_validator

from expectations.catalogue.kinds.base import RuleDeclaration, exactly_one, operand


class CrossStage(RuleDeclaration):
    """A rule between cards."""

    kind: Literal["cross_stage"]
    agrees_with: str | None = None
    then: str | None = None

    @property
    def applies_when(self) -> str:
        if self.then:
            return self.when
        both_filled = f"not blank({self._item}) and not blank({self.agrees_with})"
        return f"{both_filled} and ({self.when})" if "when" in self.model_fields_set else both_filled

    @property
    def must_hold(self) -> str:
        return self.then or f"{self._item} = {operand(str(self.agrees_with))}"

    @property
    def _item(self) -> str:
        return "$f" if self.each else self.fields[0]

    @model_validator(mode="after")
    def _one_relation(self) -> "CrossStage":
        exactly_one(agrees_with=self.agrees_with, then=self.then)
        return self
