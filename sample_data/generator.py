"""Generates the sample exports of the fictional district, with planted defects and the table that names them.

The order of work: decide which matters get a defect or a near miss, draw all courses and dates, number the cases, then
build, spoil and write matter by matter. The same seed, size and audit date give the same bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from expectations.errors import InputError
from expectations.progress import Progress, Stage, unheard
from expectations.texts import Bilingual
from sample_data.build import build_matter
from sample_data.courses.scenario import Scenario, draw_scenario
from sample_data.courses.timeline import Timeline, plan_timeline
from sample_data.matter import Matter
from sample_data.numbering import Numbering, number_cases
from sample_data.planting import Plant, choose_wants, kinds_of, own_findings, schedule, spoil
from sample_data.plants import ALL_PLANTS
from sample_data.side import SHARES, build_side
from sample_data.writing.sample_writer import SampleSummary, SampleWriter

DEFAULT_CASES = 1700
MOST_CASES = 80_000
"""Beyond this the five digits of document numbers would not suffice."""
ARREST_ONLY_SHARE = 0.12
PLANTED_SHARE, MOST_PLANTED_SHARE = 0.3, 0.55
NEAR_SHARE, MOST_NEAR_SHARE = 0.04, 0.45
SPARE = 40
"""Plants a small sample gets beyond one of each kind."""


@dataclass(frozen=True)
class SampleSettings:
    """What decides a sample down to the last byte."""

    seed: int
    cases: int
    as_of: date


COMMITTED = SampleSettings(seed=7, cases=670, as_of=date(2026, 6, 30))
"""The settings of the sample kept in the repository beside this package: every plant and near miss once."""


@dataclass(frozen=True)
class Draft:
    """One criminal matter before it is built: its own randomness, so that no matter depends on another."""

    rng: Random
    scenario: Scenario
    timeline: Timeline
    plant: Plant | None


@dataclass(frozen=True)
class Built:
    """One matter ready to be spoiled and written."""

    matter: Matter
    plant: Plant | None
    rng: Random


def generate(
    seed: int,
    cases: int,
    as_of: date,
    out: Path,
    progress: Progress = unheard,
    plants: Sequence[Plant] = ALL_PLANTS,
) -> SampleSummary:
    """Write `exports/`, `planted.csv` and `near_misses.csv` under `out`; `cases` is the number of prosecution cases.

    A second case planted beside one of them (a suspect accepted twice) comes on top. Every rule is planted, and nearly broken, once on each of its cards; then nearly a third of the cases get a defect.
    In a small sample the shares are bounded, even if that leaves rules out. Raises InputError when `cases` is out of
    range.
    """
    if not 1 <= cases <= MOST_CASES:
        raise InputError(
            Bilingual(f"样例案件数应在 1 至 {MOST_CASES} 之间", f"cases must be 1 to {MOST_CASES}").about(cases),
            hint=Bilingual("例如", "for example").about("--cases 1700"),
        )
    rng = Random(f"{seed}/schedule")
    drafts = _drafts(seed, cases, as_of, _scheduled([p for p in plants if not p.side], cases, rng))
    side = _scheduled([p for p in plants if p.side], cases, rng)
    total = len(drafts)
    with SampleWriter(out, as_of) as writer:
        numbering = Numbering()
        for n, built in enumerate(_criminal(drafts, numbering)):
            if n % 100 == 0:
                progress(Stage.SAMPLE, n, total)
            _write(writer, built)
        for built in _side(seed, cases, as_of, side, numbering):
            _write(writer, built)
    progress(Stage.SAMPLE, total, total)
    return writer.summary()


def _write(writer: SampleWriter, built: Built) -> None:
    planted = spoil(built.plant, built.matter) if built.plant else []
    near = own_findings(built.plant, built.matter) if built.plant and built.plant.near else []
    writer.add(built.matter, planted, near, built.rng)


def _scheduled(plants: Sequence[Plant], cases: int, rng: Random) -> list[Plant]:
    """The defects, then the near misses, of so many cases."""
    defects = [plant for plant in plants if not plant.near]
    near = [plant for plant in plants if plant.near]
    share = sum(SHARES.values()) if plants and plants[0].side else 1.0
    planned = max(round(cases * PLANTED_SHARE * share), kinds_of(defects) + round(SPARE * share))
    missed = max(round(cases * NEAR_SHARE * share), kinds_of(near))
    return [
        *schedule(defects, min(planned, int(cases * MOST_PLANTED_SHARE)), rng),
        *schedule(near, min(missed, int(cases * MOST_NEAR_SHARE)), rng),
    ]


def _drafts(seed: int, cases: int, as_of: date, plants: Sequence[Plant]) -> list[Draft]:
    prosecuted: list[Plant | None] = [plant for plant in plants if plant.wants.get("outcome", "起诉")]
    alone: list[Plant | None] = [plant for plant in plants if not plant.wants.get("outcome", "起诉")]
    prosecuted += [None] * (cases - len(prosecuted))
    alone += [None] * (round(cases * ARREST_ONLY_SHARE) - len(alone))
    fixed: list[dict[str, Any]] = [{}] * len(prosecuted) + [{"outcome": ""}] * len(alone)
    plan = zip([*prosecuted, *alone], fixed, strict=True)
    return [_draft(Random(f"{seed}/{n}"), plant, wants, as_of) for n, (plant, wants) in enumerate(plan)]


def _draft(rng: Random, plant: Plant | None, wants: dict[str, Any], as_of: date) -> Draft:
    scenario = draw_scenario(rng, wants | choose_wants(plant, rng) if plant else wants)
    return Draft(rng, scenario, plan_timeline(scenario, as_of, rng), plant)


def _criminal(drafts: Sequence[Draft], numbering: Numbering) -> Iterator[Built]:
    """The criminal matters in the order of their unified numbers."""
    numbers = number_cases([d.timeline for d in drafts], [d.scenario.minor for d in drafts], numbering)
    for n in sorted(range(len(drafts)), key=lambda n: numbers[n].tysah):
        draft = drafts[n]
        matter = build_matter(draft.scenario, draft.timeline, numbers[n], numbering, draft.rng)
        yield Built(matter, draft.plant, draft.rng)


def _side(seed: int, cases: int, as_of: date, plants: Sequence[Plant], numbering: Numbering) -> Iterator[Built]:
    """The matters outside the criminal cases, card by card."""
    for card, share in SHARES.items():
        own: list[Plant | None] = [plant for plant in plants if plant.side == card]
        own += [None] * (round(cases * share) - len(own))
        for n, plant in enumerate(own):
            rng = Random(f"{seed}/{card}/{n}")
            fixed = choose_wants(plant, rng) if plant else {}
            yield Built(build_side(card, fixed, as_of, numbering, rng), plant, rng)
