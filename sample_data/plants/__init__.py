"""The plants by theme; each module is a table of ways to break rules, or nearly. `planting` says what a plant is."""

from sample_data.plants.defects import (
    completeness,
    consistency,
    deadlines,
    duplicates,
    every_card,
    other_cards,
    persons,
    prompts,
    stages,
    validity,
)
from sample_data.plants.near_misses.duplicates import NEAR_DUPLICATES
from sample_data.plants.near_misses.every_card import NEAR_EVERY_CARD
from sample_data.plants.near_misses.other_cards import NEAR_OTHER_CARDS
from sample_data.plants.near_misses.own_row_completeness import EXEMPT_OWN_ROW_COMPLETENESS, NEAR_OWN_ROW_COMPLETENESS
from sample_data.plants.near_misses.own_row_consistency import EXEMPT_OWN_ROW_CONSISTENCY, NEAR_OWN_ROW_CONSISTENCY
from sample_data.plants.near_misses.own_row_deadlines import EXEMPT_OWN_ROW_DEADLINES, NEAR_OWN_ROW_DEADLINES
from sample_data.plants.near_misses.own_row_prompts import NEAR_OWN_ROW_PROMPTS
from sample_data.plants.near_misses.own_row_validity import NEAR_OWN_ROW_VALIDITY
from sample_data.plants.near_misses.persons import NEAR_PERSONS
from sample_data.plants.near_misses.stages import EXEMPT_STAGES, NEAR_STAGES

DEFECTS = (
    *completeness.PLANTS,
    *validity.PLANTS,
    *consistency.PLANTS,
    *deadlines.PLANTS,
    *prompts.PLANTS,
    *persons.PLANTS,
    *stages.PLANTS,
    *duplicates.PLANTS,
    *other_cards.PLANTS,
    *every_card.PLANTS,
)
NEAR_MISSES = (
    *NEAR_OWN_ROW_COMPLETENESS,
    *NEAR_OWN_ROW_VALIDITY,
    *NEAR_OWN_ROW_CONSISTENCY,
    *NEAR_OWN_ROW_DEADLINES,
    *NEAR_OWN_ROW_PROMPTS,
    *NEAR_PERSONS,
    *NEAR_STAGES,
    *NEAR_DUPLICATES,
    *NEAR_OTHER_CARDS,
    *NEAR_EVERY_CARD,
)
ALL_PLANTS = (*DEFECTS, *NEAR_MISSES)
"""Every plant of a sample."""
EXEMPT = (*EXEMPT_OWN_ROW_COMPLETENESS, *EXEMPT_OWN_ROW_CONSISTENCY, *EXEMPT_OWN_ROW_DEADLINES, *EXEMPT_STAGES)
"""Matters that a rule exempts: it must not even judge them. No part of a sample."""
