"""Generates the sample exports of the fictional district, with planted defects and the table that names them.

The order of work: decide which matters get a defect, draw all courses and dates, number the cases, then build, spoil
and write matter by matter. The same seed, size and audit date give the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from expectations import InputError
from sample_data.build import build_matter
from sample_data.matter import Matter, Planted
from sample_data.numbering import CaseNumbers, Numbering, number_cases
from sample_data.planting import Plant, choose_wants, schedule, spoil
from sample_data.plants import ALL_PLANTS
from sample_data.sample_writer import SampleSummary, SampleWriter
from sample_data.scenario import Scenario, draw_scenario
from sample_data.timeline import Timeline, plan_timeline

DEFAULT_CASES = 1700
MOST_CASES = 80_000
"""Beyond this the five digits of document numbers would not suffice."""
ARREST_ONLY_SHARE = 0.12
PLANTED_SHARE = 0.3
MOST_PLANTED_SHARE = 0.6
SPARE = 40
"""Plants a small sample gets beyond one for each rule and card."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class SampleSettings:
    """What decides a sample down to the last byte."""

    seed: int
    cases: int
    as_of: date


COMMITTED = SampleSettings(seed=7, cases=400, as_of=date(2026, 6, 30))
"""The settings of the sample kept in the repository beside this package."""


@dataclass(frozen=True)
class Draft:
    """One matter before it is built: its own randomness, so that no matter depends on another."""

    rng: Random
    scenario: Scenario
    timeline: Timeline
    plant: Plant | None


def generate(seed: int, cases: int, as_of: date, out: Path, progress: Progress | None = None) -> SampleSummary:
    """Write `exports/` and `planted.csv` under `out`; `cases` is the number of prosecution cases.

    Every rule is planted once on each of its cards, then nearly a third of the cases get a defect; in a small sample at
    most three of five, even if that leaves rules out. Raises InputError when `cases` is out of range.
    """
    if not 1 <= cases <= MOST_CASES:
        raise InputError(
            f"样例案件数应在 1 至 {MOST_CASES} 之间，现为 {cases} / cases out of range", hint="例如 --cases 1700"
        )
    drafts = _drafts(seed, cases, as_of)
    numbering = Numbering()
    numbers = number_cases([d.timeline for d in drafts], [d.scenario.minor for d in drafts], numbering)
    order = sorted(range(len(drafts)), key=lambda n: numbers[n].tysah)
    with SampleWriter(out, as_of) as writer:
        for done, n in enumerate(order):
            if progress and done % 100 == 0:
                progress("sample", done, len(order))
            writer.add(*_built(drafts[n], numbers[n], numbering), drafts[n].rng)
    if progress:
        progress("sample", len(order), len(order))
    return writer.summary()


def _drafts(seed: int, cases: int, as_of: date) -> list[Draft]:
    rng = Random(f"{seed}/schedule")
    planned = min(max(round(cases * PLANTED_SHARE), _kinds() + SPARE), round(cases * MOST_PLANTED_SHARE))
    plants = schedule(ALL_PLANTS, planned, rng)
    prosecuted: list[Plant | None] = [plant for plant in plants if plant.wants.get("outcome", "起诉")]
    alone: list[Plant | None] = [plant for plant in plants if not plant.wants.get("outcome", "起诉")]
    prosecuted += [None] * (cases - len(prosecuted))
    alone += [None] * (round(cases * ARREST_ONLY_SHARE) - len(alone))
    fixed: list[dict[str, Any]] = [{}] * len(prosecuted) + [{"outcome": ""}] * len(alone)
    plan = zip([*prosecuted, *alone], fixed, strict=True)
    return [_draft(Random(f"{seed}/{n}"), plant, wants, as_of) for n, (plant, wants) in enumerate(plan)]


def _kinds() -> int:
    """How many pairs of rule and card there are to plant."""
    return len({(plant.rule_id, plant.card) for plant in ALL_PLANTS})


def _draft(rng: Random, plant: Plant | None, wants: dict[str, Any], as_of: date) -> Draft:
    scenario = draw_scenario(rng, wants | choose_wants(plant, rng) if plant else wants)
    return Draft(rng, scenario, plan_timeline(scenario, as_of, rng), plant)


def _built(draft: Draft, numbers: CaseNumbers, numbering: Numbering) -> tuple[Matter, list[Planted]]:
    matter = build_matter(draft.scenario, draft.timeline, numbers, numbering, draft.rng)
    return matter, spoil(draft.plant, matter) if draft.plant else []
