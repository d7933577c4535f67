"""Rows of the measure card (强制措施): custody and bail of each suspect in the order of time.

One measure ends where the next begins, so that no suspect is in custody and on bail at once and no gap is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from sample_data.case_file import CaseFile
from sample_data.courses.scenario import Scenario
from sample_data.courses.suspects import Suspect, is_final
from sample_data.courses.timeline import Timeline, days
from sample_data.matter import Row

POLICE, OFFICE, COURT, SUPERVISORS = "公安机关", "人民检察院", "人民法院", "监察委员会"
CHANGED = "变更强制措施"
_STAGES = {POLICE: "侦查", SUPERVISORS: "调查", COURT: "审判"}


@dataclass(frozen=True)
class Step:
    """One measure as decided: it lasts to the next step, or to `end`."""

    kind: str
    organ: str
    start: date
    end: date | None = None
    reason: str = ""


def measure_rows(case: CaseFile, suspects: Sequence[Suspect], rng: Random) -> list[Row]:
    """All measures of all suspects of a matter; units have none."""
    rows: list[Row] = []
    for suspect in suspects:
        if not suspect.is_unit:
            rows += _written(case, suspect, _course(case, suspect, rng), rng)
    return rows


def _course(case: CaseFile, suspect: Suspect, rng: Random) -> list[Step]:
    s, t = case.scenario, case.timeline
    steps = _arrest_course(s, t, suspect) if suspect.in_arrest else _other_course(s, t, rng)
    steps = [step for step in steps if step.start <= t.as_of]
    if t.close and t.accept and steps:
        steps = _review_course(s, t, suspect, steps, rng)
    return steps


def _arrest_course(s: Scenario, t: Timeline, suspect: Suspect) -> list[Step]:
    kind = s.request_measure
    own = s.crime.organ == "procuratorate"
    first = Step(kind, OFFICE if own else POLICE, t.caught)
    close = t.arrest_close
    if not close or close > t.as_of:
        return [first]
    if suspect.arrested:
        return [first, Step("逮捕", OFFICE, close)]
    if kind == "拘留" and suspect.arrest in ("不批准逮捕", "不予决定逮捕"):
        return [first, Step("取保候审", OFFICE if own else POLICE, close)]
    if kind == "拘留":
        return [first, Step("取保候审", POLICE, close)]
    return [first]


def _other_course(s: Scenario, t: Timeline, rng: Random) -> list[Step]:
    if s.custody == "none":
        return []
    if s.custody == "retention" and t.accept:
        return [
            Step("留置", SUPERVISORS, t.caught),
            Step("拘留", OFFICE, t.accept),
            Step("逮捕", OFFICE, t.accept + days(rng.randint(3, 5))),
        ]
    if s.custody == "detained":
        return [Step("拘留", POLICE, t.caught), Step("取保候审", POLICE, t.caught + days(rng.randint(2, 6)))]
    return [Step("监视居住" if s.custody == "residence" else "取保候审", POLICE, t.caught)]


def _review_course(s: Scenario, t: Timeline, suspect: Suspect, steps: list[Step], rng: Random) -> list[Step]:
    """What the review and its closing change in the course."""
    assert t.close
    assert t.accept
    last = steps[-1]
    middle = t.accept + days(rng.randint(2, 5))
    released = s.bail_change or (suspect.outcome != "起诉" and is_final(suspect.outcome))
    if last.kind == "逮捕" and released and suspect.arrested and middle < t.close:
        steps = [*steps, Step("取保候审", OFFICE, middle)]
    elif last.kind == "取保候审" and s.bail_renewed and middle < t.close and last.start < t.accept:
        steps = [*steps[:-1], Step(last.kind, last.organ, last.start, middle, "解除"), Step("取保候审", OFFICE, middle)]
    return _after_closing(t, suspect, steps)


def _after_closing(t: Timeline, suspect: Suspect, steps: list[Step]) -> list[Step]:
    assert t.close
    last = steps[-1]
    end, reason = None, ""
    if is_final(suspect.outcome) and suspect.outcome not in ("起诉", "附条件不起诉"):
        end, reason = t.close, "释放" if last.kind in ("逮捕", "拘留") else "解除"
    elif suspect.outcome == "起诉" and last.kind == "逮捕" and t.effective and not suspect.in_arrest:
        end, reason = t.effective, "交付执行"
    elif suspect.outcome == "起诉" and last.kind == "取保候审" and t.court:
        end, reason = t.close + days(2), "移送审判"
    return [*steps[:-1], Step(last.kind, last.organ, last.start, end, reason)]


def _written(case: CaseFile, suspect: Suspect, steps: Sequence[Step], rng: Random) -> list[Row]:
    rows = []
    for n, step in enumerate(steps):
        following = steps[n + 1].start if n + 1 < len(steps) else None
        rows.append(_row(case, suspect, n + 1, step, following, rng))
    return rows


def _row(case: CaseFile, suspect: Suspect, number: int, step: Step, following: date | None, rng: Random) -> Row:
    t, numbers = case.timeline, case.numbers
    in_arrest = suspect.in_arrest and not (t.accept and step.start >= t.accept)
    bail = step.kind == "取保候审"
    money = bail and rng.random() < 0.3
    row: Row = {
        "bmsah": numbers.arrest if in_arrest else numbers.prosecution,
        "suspect_no": suspect.number,
        "name": suspect.items["name"],
        "measure_no": str(number),
        "kind": step.kind,
        "decide_org": step.organ,
        "decide_date": step.start,
        "exec_date": step.start,
        "end_date": step.end or following,
        "end_reason": step.reason or (CHANGED if following else None),
        "bail_mode": ("保证金" if money else "保证人") if bail else None,
        "bail_money": round(rng.choice((0.1, 0.2, 0.5, 1, 2)), 2) if money else None,
        "stage_name": _STAGES.get(step.organ, "审查逮捕" if in_arrest else "审查起诉"),
    }
    if step.kind == "逮捕" and following:
        row |= {"apply_date": following - days(rng.randint(1, 3)), "apply_done_date": following}
    return row
