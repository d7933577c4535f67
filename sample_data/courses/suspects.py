"""The suspects of one matter with all that is decided about each: charge, part in the arrest case, outcome, plea.

Writing it down on a card is left to the card modules.
"""

from dataclasses import dataclass
from random import Random

from sample_data.courses.crimes import CRIMES, Crime
from sample_data.courses.scenario import FINAL, Scenario
from sample_data.courses.sentencing import Sentence, pass_sentence, unit_sentence
from sample_data.courses.timeline import Timeline
from sample_data.matter import Row
from sample_data.numbering import Numbering
from sample_data.people import legal_unit, natural_person

REPEATED = "刑事处罚"
REFUSED = "不批准逮捕"


@dataclass(frozen=True)
class Suspect:
    """One suspect; `arrest` and `outcome` are results, blank when the suspect is not in such a case or it is open."""

    number: str
    items: Row
    crime: Crime
    closed_crime: Crime
    in_arrest: bool
    arrest: str
    outcome: str
    plea: bool
    factors: str
    sentence: Sentence | None
    special: str = ""

    @property
    def is_unit(self) -> bool:
        """Whether the suspect is a unit."""
        return self.items["is_unit"] == "是"

    @property
    def arrested(self) -> bool:
        """Whether the arrest was approved."""
        return self.arrest in ("批准逮捕", "决定逮捕")


def make_suspects(s: Scenario, t: Timeline, numbering: Numbering, rng: Random) -> list[Suspect]:
    """All suspects of a matter."""
    used_names: set[str] = set()
    return [_suspect(n, s, t, numbering, used_names, rng) for n in range(s.persons)]


def _suspect(n: int, s: Scenario, t: Timeline, numbering: Numbering, used_names: set[str], rng: Random) -> Suspect:
    unit = s.unit and n == 0
    ids = numbering.identities
    items = legal_unit(rng, ids, used_names) if unit else natural_person(rng, ids, used_names, s.minor, t.crime_start)
    items |= {"crime_start": t.crime_start, "crime_end": t.crime_end}
    if s.repeat:
        items["prior_record"] = REPEATED
    last = n == s.persons - 1 and n > 0
    crime = CRIMES[s.crime.accessory] if s.accessory and last else s.crime
    closed = CRIMES[crime.reclassified] if s.reclassified and crime.reclassified else crime
    outcome = "其他情节轻微不起诉" if s.mixed and last else s.outcome
    plea = True if s.mixed and last else s.plea
    convicted = outcome == "起诉"
    sentence = (unit_sentence(closed, rng) if unit else pass_sentence(s, closed, plea, rng)) if convicted else None
    in_arrest = bool(s.arrest) and not unit and not (s.special == "added" and last)
    return Suspect(
        number=numbering.suspect(t.first_year),
        items=items,
        crime=crime,
        closed_crime=closed,
        in_arrest=in_arrest,
        arrest=(REFUSED if s.split and last else s.arrest) if in_arrest else "",
        outcome=outcome,
        plea=plea,
        factors=_factors(s, n, plea, rng),
        sentence=sentence,
        special=s.special if last else "",
    )


def _factors(s: Scenario, n: int, plea: bool, rng: Random) -> str:
    factors = ["累犯"] if s.repeat and rng.random() < 0.6 else []
    if s.persons > 1:
        factors += ["主犯"] if n == 0 else ["从犯"]
    factors += [rng.choice(("坦白", "坦白", "自首"))] if plea or rng.random() < 0.4 else []
    factors += ["未成年人"] if s.minor else []
    factors += ["认罪认罚"] if plea else []
    if plea and s.crime.economic and rng.random() < 0.4:
        factors.append("退赃退赔")
    if s.outcome == "刑事和解不起诉":
        factors.append("刑事和解")
    return ",".join(factors) or "无"


def is_final(outcome: str) -> bool:
    """Whether the outcome decides on the accusation itself."""
    return outcome in FINAL
