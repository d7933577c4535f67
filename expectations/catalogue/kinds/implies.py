"""Kind `implies` (应有关系): where `when` is true, `then` is true as well.

```yaml
kind: implies
when: has(found_factors, '累犯')
then: has(prior_record, '刑事处罚')
```
"""

from typing import Literal

from expectations.catalogue.kinds.base import RuleDeclaration


class Implies(RuleDeclaration):
    """A rule between items of one row."""

    kind: Literal["implies"]
    then: str

    @property
    def must_hold(self) -> str:
        return self.then
