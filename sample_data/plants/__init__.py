"""The plants by theme; each module is a table of ways to break rules. `planting` says what a plant is."""

from sample_data.plants import completeness, consistency, deadlines, prompts, validity

ALL_PLANTS = (*completeness.PLANTS, *validity.PLANTS, *consistency.PLANTS, *deadlines.PLANTS, *prompts.PLANTS)
"""Every plant."""
