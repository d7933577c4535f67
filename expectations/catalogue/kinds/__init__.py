"""The rule kinds: one class a file, each turning its own YAML keys into the two conditions of a rule."""

from typing import Annotated, get_args

from pydantic import Field as Declared

from expectations.catalogue.kinds.base import RuleDeclaration as RuleDeclaration
from expectations.catalogue.kinds.base import Severity, Theme
from expectations.catalogue.kinds.checksum import Checksum
from expectations.catalogue.kinds.cross_stage import CrossStage
from expectations.catalogue.kinds.date_order import DateOrder
from expectations.catalogue.kinds.deadline import Deadline
from expectations.catalogue.kinds.duplicate import Duplicate
from expectations.catalogue.kinds.flag_review import FlagReview
from expectations.catalogue.kinds.implies import Implies
from expectations.catalogue.kinds.in_dictionary import InDictionary
from expectations.catalogue.kinds.pattern import Pattern
from expectations.catalogue.kinds.range import Range
from expectations.catalogue.kinds.required import Required
from expectations.catalogue.kinds.set_relation import SetRelation

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
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(get_args(Rule)[0])
}
"""The class of each kind by the word YAML uses for it."""

__all__ = ["KINDS", "Rule", "RuleDeclaration", "Severity", "Theme"]
