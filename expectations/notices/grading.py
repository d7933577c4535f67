"""Which grade of notice findings suggest, by thresholds an office may change. The supervisor decides. What a grade is: `grades`."""

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.notices.grades import ORAL, REPORT, WRITTEN, Grade
from expectations.people import access_log
from expectations.rights.reader import Reader
from expectations.store.register import Register
from expectations.store.tables import Finding, Setting
from expectations.texts import Bilingual

_SETTING = "notice_grading"


@dataclass(frozen=True)
class Grading:
    """From how many findings on a grade is proposed; 0 switches a threshold off.

    Rule 665 speaks of slight, graver and grave without figures: these are an office's own.
    """

    written_serious: int = 1
    written_all: int = 5
    written_repeated: int = 1
    report_serious: int = 10
    report_overdue: int = 1
    """Earlier notices to the same addressee whose reply is overdue."""

    def __post_init__(self) -> None:
        wrong = [name for name, value in dataclasses.asdict(self).items() if not isinstance(value, int) or value < 0]
        if wrong:
            raise InputError(
                Bilingual("分级标准须为不小于 0 的整数", "a threshold is a whole number from 0").about(
                    ", ".join(wrong)
                ),
                hint=Bilingual("0 表示不用这一条", "0 switches it off"),
            )


def propose(findings: Collection[Finding], overdue_notices: int = 0, thresholds: Grading | None = None) -> Grade:
    """The grade findings to one addressee suggest: by serious ones, all of them, repeated ones, and notices left unanswered.

    Repeated: reopened after a correction, or still found after the owner called it corrected.
    """
    limits = thresholds or Grading()
    serious = sum(finding.severity == "serious" for finding in findings)
    repeated = sum(finding.times_reopened > 0 or finding.answer == "still_wrong" for finding in findings)
    if _reached(serious, limits.report_serious) or _reached(overdue_notices, limits.report_overdue):
        return REPORT
    written = (
        (serious, limits.written_serious),
        (len(findings), limits.written_all),
        (repeated, limits.written_repeated),
    )
    return WRITTEN if any(_reached(number, limit) for number, limit in written) else ORAL


def grading(session: Session) -> Grading:
    """The thresholds of this office."""
    setting = session.get(Setting, _SETTING)
    return Grading(**setting.value) if setting else Grading()


def set_grading(register: Register, reader: Reader, thresholds: Grading) -> None:
    """Keeps other thresholds. Raises NotAllowedError."""
    reader.require("notify")
    with register.writing() as session:
        session.merge(Setting(name=_SETTING, value=dataclasses.asdict(thresholds)))
        said = " ".join(f"{name}={value}" for name, value in dataclasses.asdict(thresholds).items())
        access_log.note(session, reader.user_id, reader.login, "grading", "", said)


def _reached(number: int, limit: int) -> bool:
    return 0 < limit <= number
