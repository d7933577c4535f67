"""Kind `flag_review` (核对): facts that are lawful but often recorded wrongly, so a person should look.

```yaml
kind: flag_review
flag: yes(nonpublic_econ)     # asks for a look where this is true
```
Findings of this kind are requests to verify, never errors.
"""

from typing import Literal

from pydantic import model_validator

from expectations.kinds.base import RuleDeclaration


class FlagReview(RuleDeclaration):
    """A request to verify."""

    kind: Literal["flag_review"]
    flag: str

    @property
    def must_hold(self) -> str:
        return f"not ({self.flag})"

    @model_validator(mode="after")
    def _is_a_hint(self) -> "FlagReview":
        if not self.is_hint:
            raise ValueError("flag_review rules are hints: severity hint or error_type 核对")
        return self
