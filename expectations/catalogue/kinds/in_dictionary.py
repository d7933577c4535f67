"""Kind `in_dictionary` (字典): every value of a coded field is a label of the field's dictionary.

```yaml
kind: in_dictionary
each: {types: [dict, dicts, charge, charges, yesno]}
```
Aliases were replaced by their labels on loading; a former charge name is still a label. `valid` (a condition) instead asks
whether the value may be used here, on this day.
"""

from typing import Literal

from expectations.catalogue.kinds.base import RuleDeclaration


class InDictionary(RuleDeclaration):
    """A rule on coded fields; needs `each`."""

    kind: Literal["in_dictionary"]
    valid: str | None = None

    @property
    def applies_when(self) -> str:
        return self.when if "when" in self.model_fields_set else "not blank($f)"

    @property
    def must_hold(self) -> str:
        return self.valid or "in_dictionary($f, '$dictionary', $multi)"
