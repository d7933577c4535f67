"""Builds one clean matter from its scenario, dates and numbers; defects are planted afterwards by `planting`."""

from random import Random

from sample_data.card_arrest import arrest_rows
from sample_data.card_measure import measure_rows
from sample_data.card_prosecution import prosecution_rows
from sample_data.case_file import open_file
from sample_data.matter import Matter
from sample_data.numbering import CaseNumbers, Numbering
from sample_data.scenario import Scenario
from sample_data.suspects import make_suspects
from sample_data.timeline import Timeline


def build_matter(s: Scenario, t: Timeline, numbers: CaseNumbers, numbering: Numbering, rng: Random) -> Matter:
    """All rows of one matter, clean under every rule."""
    case = open_file(s, t, numbers, rng)
    suspects = make_suspects(s, t, numbering, rng)
    measures = measure_rows(case, suspects, rng)
    return Matter(
        arrest=arrest_rows(case, suspects, numbering, rng),
        prosecution=prosecution_rows(case, suspects, measures, numbering, rng),
        measure=measures,
    )
