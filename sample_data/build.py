"""Builds one clean criminal matter from its scenario, dates and numbers; defects are planted afterwards by `planting`.

The order matters: what hangs on a case is told from the rows of that case.
"""

from random import Random

from sample_data.cards.arrest import arrest_rows
from sample_data.cards.execution import execution_rows
from sample_data.cards.extension import extension_rows
from sample_data.cards.juvenile import juvenile_rows
from sample_data.cards.linked import hearing_rows, penalty_rows, suggestion_rows, supervision_rows
from sample_data.cards.measure import measure_rows
from sample_data.cards.petition import appeal_rows
from sample_data.cards.pil import incidental_rows
from sample_data.cards.prosecution import prosecution_rows
from sample_data.cards.second_instance import second_instance_rows
from sample_data.case_file import CaseFile, open_file
from sample_data.courses.scenario import Scenario
from sample_data.courses.suspects import make_suspects
from sample_data.courses.timeline import Timeline
from sample_data.matter import Matter, Row
from sample_data.numbering import CaseNumbers, Numbering


def build_matter(s: Scenario, t: Timeline, numbers: CaseNumbers, numbering: Numbering, rng: Random) -> Matter:
    """All rows of one matter, clean under every rule."""
    case = open_file(s, t, numbers, rng)
    suspects = make_suspects(s, t, numbering, rng)
    measures = measure_rows(case, suspects, rng)
    arrest = arrest_rows(case, suspects, numbering, rng)
    prosecution = prosecution_rows(case, suspects, measures, numbering, rng)
    cards = {
        "arrest": arrest,
        "prosecution": prosecution,
        "measure": measures,
        "juvenile": juvenile_rows(case, (arrest, prosecution), rng),
        "extension": extension_rows(case, suspects, measures, rng),
        "supervision": supervision_rows(case, suspects, numbering, rng),
        "hearing": hearing_rows(case, prosecution or arrest, numbering, rng),
        "suggestion": suggestion_rows(case, prosecution, numbering, rng),
    }
    return Matter(cards | _after_review(case, prosecution, numbering, rng))


def _after_review(case: CaseFile, prosecution: list[Row], numbering: Numbering, rng: Random) -> dict[str, list[Row]]:
    """What only a prosecution case leads to."""
    if not prosecution:
        return {}
    return {
        "second_instance": second_instance_rows(case, prosecution, numbering, rng),
        "execution": execution_rows(case, prosecution, numbering, rng),
        "pil": incidental_rows(case, prosecution, numbering, rng),
        "petition": appeal_rows(case, prosecution, numbering, rng),
        "admin": penalty_rows(case, prosecution, numbering, rng),
    }
