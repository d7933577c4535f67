"""The rule kinds: one class a file, each turning its own YAML keys into the two conditions of a rule."""

from typing import Annotated

from pydantic import Field as Declared

from expectations.kinds.base import RuleDeclaration as RuleDeclaration
from expectations.kinds.base import Severity, Theme
from expectations.kinds.checksum import Checksum
from expectations.kinds.cross_stage import CrossStage
from expectations.kinds.date_order import DateOrder
from expectations.kinds.deadline import Deadline
from expectations.kinds.duplicate import Duplicate
from expectations.kinds.flag_review import FlagReview
from expectations.kinds.implies import Implies
from expectations.kinds.in_dictionary import InDictionary
from expectations.kinds.pattern import Pattern
from expectations.kinds.range import Range
from expectations.kinds.required import Required
from expectations.kinds.set_relation import SetRelation

Rule = Annotated[
    Checksum
    | CrossStage
    | DateOrder
    | Deadline
    | Duplicate
    | FlagReview
    | Implies
    | InDictionary
    | Pattern
    | Range
    | Required
    | SetRelation,
    Declared(discriminator="kind"),
]
"""Any rule of the catalogue."""

KINDS: dict[str, type[RuleDeclaration]] = {
    "checksum": Checksum,
    "cross_stage": CrossStage,
    "date_order": DateOrder,
    "deadline": Deadline,
    "duplicate": Duplicate,
    "flag_review": FlagReview,
    "implies": Implies,
    "in_dictionary": InDictionary,
    "pattern": Pattern,
    "range": Range,
    "required": Required,
    "set_relation": SetRelation,
}

__all__ = ["KINDS", "Rule", "RuleDeclaration", "Severity", "Theme"]
