"""Kind `duplicate` (重复): no second row is the same matter, person or measure.

```yaml
kind: duplicate
when: not blank(suspect_no) and not blank(bmsah)
same: [bmsah, suspect_no]     # no other row agrees in these items
```
By default judged where all of them are filled. `no_other` (a condition) instead of `same` where the other row differs in something: `r.` is the other row, `t.` the judged
one. `alike` (a condition that must hold) where rows are compared as a whole. `unless` makes a second row lawful where it is true on the
judged row.
"""

from typing import Literal

from pydantic import model_validator

from expectations.catalogue.kinds.base import RuleDeclaration, exactly_one


class Duplicate(RuleDeclaration):
    """A rule that finds what was entered twice."""

    kind: Literal["duplicate"]
    same: tuple[str, ...] | None = None
    no_other: str | None = None
    alike: str | None = None
    unless: str | None = None

    @property
    def applies_when(self) -> str:
        if "when" in self.model_fields_set or not self.same:
            return self.when
        return " and ".join(f"not blank({name})" for name in self.same)

    @property
    def must_hold(self) -> str:
        if self.alike:
            return f"({self.alike}) or {self.unless}" if self.unless else self.alike
        if self.same:
            equal = " and ".join(f"r.{name} = t.{name}" for name in self.same)
            no_second_row = f"count_rows($card, {equal}) <= 1"
        else:
            no_second_row = f"count_rows($card, ({self.no_other}) and r._row <> t._row) = 0"
        return f"{no_second_row} or {self.unless}" if self.unless else no_second_row

    @model_validator(mode="after")
    def _one_comparison(self) -> "Duplicate":
        exactly_one(same=self.same, no_other=self.no_other, alike=self.alike)
        return self
