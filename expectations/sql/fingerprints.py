"""Fingerprints of rules: equal when a rule decides the same, so that a changed rule is visible in a trend.

Texts, legal basis and examples do not count; conditions, parameters, severity and the dictionaries a condition rests on do.
"""

import hashlib
import json
import re
from datetime import date
from functools import lru_cache

from expectations.catalogue.catalogues import USUAL_YES, Catalogue
from expectations.catalogue.kinds import RuleDeclaration
from expectations.sql.judgements import Judgement, judgements_of
from expectations.sql.language import OTHER_ROWS

_LENGTH = 12
_MOST_KEPT = 1024
"""Rules whose fingerprint is kept: an audit asks for each of them several times."""

_ANY_DAY = date(2000, 1, 1)
_YES = re.compile(r"\b(?:yes|no)\(")
_LITERAL = re.compile(r"'([A-Z][A-Z0-9_]*)'")


def rule_fingerprint(catalogue: Catalogue, rule: RuleDeclaration) -> str:
    """Twelve hexadecimal digits over everything that decides which rows the rule finds and how they count."""
    if catalogue.rules.get(rule.id) is rule:
        return _fingerprint_as_declared(catalogue, rule.id)
    return _fingerprint(catalogue, rule)


@lru_cache(_MOST_KEPT)
def _fingerprint_as_declared(catalogue: Catalogue, rule_id: str) -> str:
    return _fingerprint(catalogue, catalogue.rules[rule_id])


def _fingerprint(catalogue: Catalogue, rule: RuleDeclaration) -> str:
    judged = [
        (j.card.name, j.field, j.applies_when, j.must_hold, _links_used(j))
        for card in catalogue.cards_of(rule)
        for j in judgements_of(rule, card, _ANY_DAY, catalogue.cards)
    ]
    names = set(_LITERAL.findall(json.dumps(judged, ensure_ascii=False)))
    groups = {name: sorted(catalogue.charge_groups[name]) for name in sorted(names & catalogue.charge_groups.keys())}
    dictionaries = {
        name: [value.model_dump(mode="json", exclude={"note"}) for value in catalogue.dictionaries[name].values]
        for name in sorted(names & catalogue.dictionaries.keys())
    }
    words = {"yes": catalogue.yes_words} if catalogue.yes_words != USUAL_YES and _YES.search(json.dumps(judged)) else {}
    decides = [
        rule.level,
        rule.severity,
        rule.error_type,
        rule.owner,
        rule.needs,
        judged,
        groups,
        dictionaries,
        *words.items(),
    ]
    return hashlib.sha256(json.dumps(decides, ensure_ascii=False).encode()).hexdigest()[:_LENGTH]


def _links_used(judgement: Judgement) -> list[str]:
    """The links of the card, where the condition looks at other rows."""
    text = f"{judgement.applies_when} {judgement.must_hold}"
    across = any(f"{helper}(" in text for helper in OTHER_ROWS)
    return [f"{link} {link.latest}" for link in judgement.card.links] if across else []
