"""Kind `required` (应填): the first field, or each listed one, is filled.

```yaml
kind: required
when: p_result = '起诉'          # default: always
fields: [p_indict_date, p_result] # the first one must be filled
```
`filled` replaces "is filled" where 无 counts as blank or one of several items is enough.
"""

from typing import Literal

from expectations.catalogue.kinds.base import RuleDeclaration


class Required(RuleDeclaration):
    """A rule that finds blanks."""

    kind: Literal["required"]
    filled: str | None = None

    @property
    def must_hold(self) -> str:
        return self.filled or f"not blank({'$f' if self.each else self.fields[0]})"
