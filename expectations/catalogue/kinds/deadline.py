"""Kind `deadline` (期限): an act is done by its last day, or the audit date has not passed it.

```yaml
kind: deadline
when: not blank(withdraw_date)
done: coalesce(withdraw_done_date, :today)
last_day: deadline(withdraw_date, 30, 'day', false)
```
The first day is not counted; a last day that is no working day moves on unless the person is in custody
(Criminal Procedure Law art. 105). `in_time` (a condition) judges instead where several limits are compared at once;
the pair may stand beside it for the warnings. Where `done` is unknown without the audit date the act is still open, and a
warning is given before its last day.
"""

from typing import Literal

from pydantic import model_validator

from expectations.catalogue.kinds.base import RuleDeclaration, operand


class Deadline(RuleDeclaration):
    """A rule on a statutory limit or on the office's own limit of entry."""

    kind: Literal["deadline"]
    done: str | None = None
    last_day: str | None = None
    in_time: str | None = None

    @property
    def must_hold(self) -> str:
        return self.in_time or f"{operand(str(self.done))} <= {operand(str(self.last_day))}"

    @model_validator(mode="after")
    def _one_limit(self) -> "Deadline":
        if self.done is None and self.in_time is None:
            raise ValueError("give done and last_day, or in_time")
        if bool(self.done) != bool(self.last_day):
            raise ValueError("done and last_day go together")
        return self
