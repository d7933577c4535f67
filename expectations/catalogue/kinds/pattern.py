"""Kind `pattern` (格式): a text has the form it should have.

```yaml
kind: pattern
value: tysah
regex: '^\\d{6}20\\d{2}\\d{7}$'   # the whole value must match
```
By default judged where `value` is filled. `form` (a condition) instead of `regex` where one expression is not enough.
"""

from typing import Literal

from pydantic import model_validator

from expectations.catalogue.kinds.base import RuleDeclaration, exactly_one


class Pattern(RuleDeclaration):
    """A rule on the form of a text."""

    kind: Literal["pattern"]
    value: str | None = None
    regex: str | None = None
    form: str | None = None

    @property
    def applies_when(self) -> str:
        return self.when if "when" in self.model_fields_set else f"not blank({self.value or '$f'})"

    @property
    def must_hold(self) -> str:
        if self.form:
            return self.form
        quoted = str(self.regex).replace("'", "''")
        return f"regexp_full_match({self.value or '$f'}, '{quoted}')"

    @model_validator(mode="after")
    def _one_form(self) -> "Pattern":
        exactly_one(regex=self.regex, form=self.form)
        return self
