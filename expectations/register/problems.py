"""Why a run is not complete, in words: the one home of what banner, messages, log, doctor and commands say of it.

What is a problem is decided in `trust`, when the register follows the run.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from expectations.store.tables import Run
from expectations.texts import Bilingual, joined

_SHOWN = 8

PROBLEM_KINDS: Mapping[str, Bilingual] = {
    "files_refused": Bilingual("有导出文件未能载入", "an export could not be loaded"),
    "rules_in_error": Bilingual("有规则出错", "rules in error"),
    "department_missing": Bilingual("缺少部门", "a department is missing"),
    "rows_off_trend": Bilingual("行数异常", "row counts off the trend"),
}
"""Every kind of problem in a few words that name nothing."""


def problems_of(run: Run | None) -> list[dict[str, object]]:
    """Why a run that was followed is not complete; empty where it is."""
    return [json.loads(problem) for problem in run.problems] if run else []


def problem_words(problem: Mapping[str, object], *, naming_files: bool = True) -> Bilingual:
    """A problem with what it concerns: files and reasons, rules, departments, or a card with its rows.

    Names of files are for whoever looks after the nights; others are told how many.
    """
    if problem["kind"] == "files_refused" and not naming_files:
        return _number_refused(_list(problem["files"]))
    return _SAY[str(problem["kind"])](problem)


def problems_in_words(problems: Iterable[Mapping[str, object]], *, naming_files: bool = True) -> Bilingual:
    """All of them in one line, blank for none."""
    return joined("；", dict.fromkeys(problem_words(problem, naming_files=naming_files) for problem in problems))


def kinds_in_words(problems: Iterable[Mapping[str, object]]) -> Bilingual:
    """Their kinds in one line that names no file, blank for none."""
    return joined("；", dict.fromkeys(PROBLEM_KINDS[str(problem["kind"])] for problem in problems))


def _files_refused(problem: Mapping[str, object]) -> Bilingual:
    files = _list(problem["files"])
    said = joined("；", map(_file_words, files[:_SHOWN])) + ("…" if len(files) > _SHOWN else "")
    return _number_refused(files).about(said)


def _number_refused(files: Sequence[object]) -> Bilingual:
    return Bilingual(f"{len(files)} 个导出文件未能载入", f"exports that could not be loaded ({len(files)})")


def _file_words(file: Mapping[str, str]) -> Bilingual:
    reason = Bilingual(file["reason"], file["reason_en"])
    return Bilingual(f"{file['name']}（{reason.zh}）", f"{file['name']} ({reason.en})", f"{file['name']}（{reason}）")


def _rules_in_error(problem: Mapping[str, object]) -> Bilingual:
    rules = _list(problem["rules"])
    return Bilingual(
        f"{len(rules)} 条规则出错，未能判定（{_some(rules)}）；数字不含这些规则",
        f"rules in error, not judged: {len(rules)} ({_some(rules)}); the figures leave them out",
    )


def _department_missing(problem: Mapping[str, object]) -> Bilingual:
    names = _list(problem["departments"])
    return Bilingual(
        f"导出中缺少 {len(names)} 个部门：{_some(names)}",
        f"departments missing from the export: {len(names)} ({_some(names)})",
    )


def _rows_off_trend(problem: Mapping[str, object]) -> Bilingual:
    rows, usual = problem["rows"], problem["usual"]
    title = Bilingual(str(problem.get("title") or problem["card"]), str(problem.get("title_en") or problem["card"]))
    return Bilingual(
        f"{title.zh}：本次 {rows} 行，近期通常约 {usual} 行，可能导出不完整",
        f"{title.en}: {rows} rows this time, usually about {usual}; the export may not be complete",
    )


_SAY: Mapping[str, Callable[[Mapping[str, object]], Bilingual]] = {
    "files_refused": _files_refused,
    "rules_in_error": _rules_in_error,
    "department_missing": _department_missing,
    "rows_off_trend": _rows_off_trend,
}


def _list(value: object) -> Sequence[Any]:
    assert isinstance(value, Sequence)
    return value


def _some(names: Sequence[object]) -> str:
    return "、".join(map(str, names[:_SHOWN])) + ("…" if len(names) > _SHOWN else "")
