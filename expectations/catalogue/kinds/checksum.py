"""Kind `checksum` (校验): a number agrees with its own check digit, or with the items it encodes.

```yaml
kind: checksum
when: yes(is_unit) and not blank(uscc)
check: uscc_ok(uscc)
```
"""

from typing import Literal

from expectations.catalogue.kinds.base import RuleDeclaration


class Checksum(RuleDeclaration):
    """A rule on an identity number (GB 11643) or a unified social credit code (GB 32100)."""

    kind: Literal["checksum"]
    check: str

    @property
    def must_hold(self) -> str:
        return self.check
