"""Kind `in_dictionary` (字典): every value of a coded field is a label of the field's dictionary.

```yaml
kind: in_dictionary
each: {types: [dict, dicts, charge, charges, yesno]}
```
Aliases were replaced by their labels on loading; a former charge name is still a label (its validity is another rule).
"""

from typing import Literal

from expectations.kinds.base import RuleDeclaration


class InDictionary(RuleDeclaration):
    """A rule on coded fields; needs `each`."""

    kind: Literal["in_dictionary"]

    @property
    def applies_when(self) -> str:
        return "not blank($f)"

    @property
    def must_hold(self) -> str:
        return "in_dictionary($f, '$dictionary', $multi)"
