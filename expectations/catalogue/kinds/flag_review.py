"""Kind `flag_review` (核对): facts that are lawful but often recorded wrongly, so a person should look.

```yaml
kind: flag_review
flag: yes(nonpublic_econ)     # asks for a look where this is true
```
`then` instead of `flag` where it is easier to say what raises no question. Findings are requests to verify, never errors.
"""

from typing import Literal

from pydantic import model_validator

from expectations.catalogue.kinds.base import RuleDeclaration, exactly_one


class FlagReview(RuleDeclaration):
    """A request to verify."""

    kind: Literal["flag_review"]
    flag: str | None = None
    then: str | None = None

    @property
    def must_hold(self) -> str:
        return self.then or f"not ({self.flag})"

    @model_validator(mode="after")
    def _is_a_hint(self) -> "FlagReview":
        exactly_one(flag=self.flag, then=self.then)
        if not self.is_hint:
            raise ValueError("flag_review rules are hints: severity hint or error_type 核对")
        return self
