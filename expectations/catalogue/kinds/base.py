"""What every rule declares, whatever its kind: identity, texts, fields, owner, basis, examples.

A kind adds its own YAML keys and answers two questions in the rule language (see docs/rule-language.md): on which rows
is the rule judged (`applies_when`), and what must be true there (`must_hold`).
"""

import re
from typing import Annotated, Any, Literal

from pydantic import Field as Declared
from pydantic import model_validator

from expectations.catalogue.cards import NO_TEXT, Declaration, FieldType, Level, Misplaced, Text
from expectations.finding.labels import BY_FIELD, TO_VERIFY

Severity = Literal["serious", "normal", "hint"]
Theme = Literal["completeness", "validity", "consistency", "stages", "duplicates", "deadlines", "prompts"]
Row = dict[str, Any]
Example = Row | list[Row] | dict[str, list[Row]]
"""A row, rows of one card, or rows by card."""

RULE_ID = r"^[A-Z]{1,4}\d{2,3}$"
"""What the id of a rule looks like."""

ANY_CARD = "*"


_QUOTED = re.compile(r"'[^']*'")
_BRACKETED = re.compile(r"\([^()]*\)")
_CONDITION = re.compile(r"[=<>!]|\b(?:and|or|not|is|in|between|i?like)\b", re.IGNORECASE)


class Examples(Declaration):
    """One accepted and one violating example: a row, the rows of one card, or rows by card."""

    accepted: Example
    violating: Example

    @model_validator(mode="after")
    def _rows_are_keys_with_values(self) -> "Examples":
        for name in ("accepted", "violating"):
            example = getattr(self, name)
            rows_by_card = list(example.values()) if isinstance(example, dict) else []
            by_card = all(isinstance(rows, list) for rows in rows_by_card)
            if by_card and not all(isinstance(row, dict) for rows in rows_by_card for row in rows):
                raise Misplaced("a row of a card must be keys with values / 每行须为键值对", name)
        return self


class EachField(Declaration):
    """The rule is judged once per listed field, or per field of the listed types, with `$f` in its conditions."""

    fields: tuple[str, ...] = ()
    types: tuple[FieldType, ...] = ()

    @model_validator(mode="after")
    def _lists_something(self) -> "EachField":
        if bool(self.fields) == bool(self.types):
            raise ValueError("each: give either fields or types")
        return self


class RuleDeclaration(Declaration):
    """The keys common to all rule kinds.

    `basis` is a statute or standard and may be printed; `provenance` says where the idea of the check comes from, is for
    maintainers only and is published nowhere.
    """

    id: Annotated[str, Declared(pattern=RULE_ID)]
    kind: str
    cards: Annotated[tuple[str, ...], Declared(min_length=1)]
    level: Level | Annotated[tuple[str, ...], Declared(min_length=1)] = "person"
    title: Text
    message: Text
    why: Text = NO_TEXT
    how_to_fill: Text
    false_alarms: Text = NO_TEXT
    severity: Severity
    error_type: str
    owner: str
    basis: str = ""
    provenance: str = ""
    law_read: bool | None = None
    practice: bool = False
    fields: tuple[str, ...] = ()
    each: EachField | None = None
    when: str = "true"
    params: dict[str, int | float] = {}
    needs: tuple[str, ...] = ()
    release: int = 1
    examples: Examples
    note: str = ""

    @property
    def applies_when(self) -> str:
        """The rows on which the rule is judged."""
        return self.when

    @property
    def must_hold(self) -> str:
        """What must be true on a judged row."""
        raise NotImplementedError

    @property
    def one_finding_per(self) -> tuple[str, ...]:
        """The items of a declared level: rows that agree in them are one finding. None of the levels with a name."""
        return self.level if isinstance(self.level, tuple) else ()

    @property
    def level_word(self) -> str:
        """The level as findings and lists name it."""
        return "key" if isinstance(self.level, tuple) else self.level

    @property
    def is_hint(self) -> bool:
        """Whether a finding is a request to verify and not an error (severity hint, or error type 核对)."""
        return self.severity == "hint" or self.error_type == TO_VERIFY

    @property
    def explanations(self) -> dict[str, str]:
        """What a person is told beyond the message, by name; English under `<name>_en`."""
        texts = {"why": self.why, "how_to_fill": self.how_to_fill, "false_alarms": self.false_alarms}
        return {key: told for name, text in texts.items() for key, told in ((name, text.zh), (f"{name}_en", text.en))}

    @model_validator(mode="after")
    def _judges_fields(self) -> "RuleDeclaration":
        if bool(self.fields) == bool(self.each):
            raise Misplaced("give either fields or each / fields 与 each 须写其一", "fields")
        if self.owner == BY_FIELD and not self.each:
            raise Misplaced("owner by_field needs each / by_field 须与 each 同用", "owner")
        return self


def operand(expression: str) -> str:
    """The expression so that it can stand beside a comparison: in brackets where it is a condition itself."""
    outside = _QUOTED.sub("", expression)
    while outside != (shorter := _BRACKETED.sub("", outside)):
        outside = shorter
    return f"({expression})" if _CONDITION.search(outside) else expression


def exactly_one(**keys: object) -> None:
    """Raises ValueError unless exactly one of the named keys is given."""
    keys_given = [name for name, value in keys.items() if value is not None]
    if len(keys_given) != 1:
        raise ValueError(f"give exactly one of {', '.join(keys)}")
