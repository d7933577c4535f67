"""Sentences and sentence recommendations of convicted suspects, and how a card writes them down.

Only lawful combinations are made: terms within the statutory bounds, probation only where it is allowed.
"""

from dataclasses import dataclass, replace
from random import Random

from sample_data.courses.crimes import Crime
from sample_data.courses.scenario import FAST, Scenario
from sample_data.matter import Row, Value

IMPRISONMENT, DETENTION, SURVEILLANCE = "有期徒刑", "拘役", "管制"
FINE_ONLY, UNIT_FINE = "单处罚金", "判处单位罚金"
_FROM = {IMPRISONMENT: "imp", DETENTION: "det", SURVEILLANCE: "con"}


@dataclass(frozen=True)
class Sentence:
    """A pronounced or recommended sentence; terms in months, fine in 万元."""

    kind: str
    term: int | None = None
    probation: int | None = None
    fine: float | None = None


def pass_sentence(s: Scenario, crime: Crime, lenient: bool, rng: Random) -> Sentence:
    """A lawful sentence for a natural person."""
    fine = money(rng, *crime.fine) if crime.fine else None
    detained = rng.random() < crime.detention
    kind = s.kind or (DETENTION if detained else FINE_ONLY if fine and rng.random() < 0.03 else IMPRISONMENT)
    if kind == FINE_ONLY:
        return Sentence(kind, fine=fine or 0.5)
    term = (
        rng.randint(2, 6) if kind == DETENTION else rng.randint(6, 18) if kind == SURVEILLANCE else _term(s, crime, rng)
    )
    likely = 0.45 if lenient else 0.1
    suspended = (rng.random() < likely) if s.suspended is None else s.suspended
    if not suspended or term > 36 or kind == SURVEILLANCE:
        return Sentence(kind, term, None, fine)
    probation = (
        rng.randint(max(term, 2), 12) if kind == DETENTION else rng.randint(max(term, 12), min(2 * term + 12, 60))
    )
    return Sentence(kind, term, probation, fine)


def _term(s: Scenario, crime: Crime, rng: Random) -> int:
    low, high = crime.months
    if s.procedure == FAST:
        high = min(high, 12)
    return rng.randint(low, max(low, high - rng.randint(0, high - low) // 2))


def unit_sentence(crime: Crime, rng: Random) -> Sentence:
    """The fine of a convicted unit."""
    low, high = crime.fine or (1.0, 10.0)
    return Sentence(UNIT_FINE, fine=money(rng, low * 2, high * 2))


def money(rng: Random, low: float, high: float) -> float:
    """An amount in 万元, small amounts being likelier."""
    return round(low + (high - low) * rng.random() ** 2, 2)


def advised(sentence: Sentence, accepted: bool) -> Sentence:
    """What was recommended: the sentence itself, or more than the court gave."""
    if accepted:
        return sentence
    if sentence.term is None:
        return replace(sentence, fine=round((sentence.fine or 1) + 0.5, 2))
    months_more = 3 if sentence.kind != DETENTION else 1 if sentence.term < 6 else -1
    return replace(sentence, term=sentence.term + months_more, probation=None)


def recommendation(advice: str, sentence: Sentence, stage: str = "sr") -> Row:
    """The items of a recommendation of the review (`sr`) or the trial (`sr2`) stage."""
    if advice == "none":
        return {f"{stage}_type": "未提出"}
    row: dict[str, Value] = {f"{stage}_type": "确定刑量刑建议", f"{stage}_kind": sentence.kind}
    short = _FROM.get(sentence.kind)
    if short:
        row[f"{stage}_{short}_from"] = sentence.term
    if advice == "range" and sentence.kind == IMPRISONMENT and sentence.term:
        low = max(6, round(sentence.term * 0.9))
        high = max(low + 1, round(sentence.term * 1.1))
        row |= {f"{stage}_type": "幅度刑量刑建议", f"{stage}_imp_from": low, f"{stage}_imp_to": high}
    row[f"{stage}_fine_from"] = sentence.fine
    if sentence.probation:
        row[f"{stage}_probation"] = "是"
    return row


def pronounced(sentence: Sentence) -> Row:
    """The items of the first-instance sentence."""
    alone = sentence.kind in (FINE_ONLY, UNIT_FINE)
    return {
        "j_kind": sentence.kind,
        "j_term": sentence.term,
        "j_suspended": "是" if sentence.probation else None,
        "j_probation": sentence.probation,
        "j_addl": "罚金" if sentence.fine and not alone else None,
        "j_fine": sentence.fine,
    }
