"""The nightly audit as an attempt: under the home's lock, with its beginning and its end in the register, whatever the end."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from expectations.errors import AnkaError, InputError
from expectations.home import Home
from expectations.refused_by_machine import refused_by_machine
from expectations.register import attempts
from expectations.store.register import Register
from expectations.texts import Bilingual, joined
from flows.audit import AuditResult
from flows.audit_lock import sole_audit

_WHY: Mapping[object, str] = {
    "rules_in_error": Bilingual("有规则出错", "rules in error"),
    "department_missing": Bilingual("缺少部门", "a department is missing"),
    "rows_off_trend": Bilingual("行数异常", "row counts off the trend"),
}


def attempted(home: Home, register: Register, audit: Callable[[], AuditResult]) -> AuditResult:
    """Calls `audit` under the home's lock and writes down what it came to. Raises what it raises."""
    number = None
    try:
        with sole_audit(home):
            number = attempts.begin(register)
            result = audit()
    except BaseException as error:
        attempts.end(register, number, "failed", _reason(error))
        raise
    problems = result.followed.problems if result.followed else ()
    why = joined("；", dict.fromkeys(_WHY[problem["kind"]] for problem in problems))
    attempts.end(register, number, "incomplete" if problems else "published", why)
    return result


def notice_killed(home: Home, register: Register) -> None:
    """Marks attempts whose process is gone: they seem to run, and nobody holds the home's lock."""
    with register.reading() as session:
        if not attempts.seem_to_run(session):
            return  # an audit about to begin must not find the lock taken
    with suppress(InputError), sole_audit(home):
        attempts.bury(register)


def _reason(error: BaseException) -> str:
    """The first line of what a user can mend; of anything else only its kind, since its text may hold values of cards."""
    mistake = error if isinstance(error, AnkaError) else refused_by_machine(error)
    if mistake is None:
        return type(error).__name__
    return Bilingual(mistake.message.zh.splitlines()[0], mistake.message.en.splitlines()[0])
