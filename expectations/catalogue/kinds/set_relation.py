"""Kind `set_relation` (集合关系): lists of charges or of selected values stand in the relation they must.

```yaml
kind: set_relation
when: not blank(a_charge)
relation: not coalesce(list_contains(charges(a_other), charges(a_charge)[1]), false)
```
Charges are compared as whole names of the dictionary, never as parts of a text.
"""

from typing import Literal

from expectations.catalogue.kinds.base import RuleDeclaration


class SetRelation(RuleDeclaration):
    """A rule between sets of values."""

    kind: Literal["set_relation"]
    relation: str

    @property
    def must_hold(self) -> str:
        return self.relation
