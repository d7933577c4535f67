"""The tables of the figure pages as Excel files: the same queries, the same rights, numerators and denominators in columns of
their own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dashboard.exports.columns import Declared, columns
from dashboard.exports.downloads import Export, File
from dashboard.figures.compare_page import OFFICES, figure_rows
from dashboard.figures.departments_page import DEPARTMENT, OFFICE
from dashboard.figures.marks import DAYS, incomplete_words
from dashboard.figures.trends_page import figures_asked
from dashboard.frame.place import sighted
from dashboard.frame.view import View
from expectations.errors import InputError
from expectations.figures.comparison import office_figures, whole_offices
from expectations.figures.departments import causes, days_of, department_work
from expectations.figures.runs import Counts, department_counts, offices_counted, run_lines, runs_within
from expectations.office_days import today
from expectations.rights.acts import NotAllowedError
from expectations.run.account import run
from expectations.run.words.rule_words import RuleWords, rule_words
from expectations.store.switches import switch
from expectations.texts import Bilingual
from expectations.workbooks import Column, Sheet, workbook_bytes

_DAY: Declared = ("column.run_day", 12, "day")
_TRENDS: Sequence[Declared] = (
    _DAY,
    ("column.run_id", 24, "text"),
    ("column.figure_open", 14, "number"),
    ("column.checked", 14, "number"),
    ("column.figure_new", 14, "number"),
    ("column.figure_corrected", 14, "number"),
    ("trend.incomplete", 30, "text"),
    ("trend.changed", 40, "text"),
)
_OVER_TIME: Sequence[Declared] = (
    _DAY,
    ("column.department", 24, "text"),
    ("column.figure_open", 14, "number"),
    ("column.checked", 14, "number"),
)
_WORK: Sequence[Declared] = (
    ("column.department", 24, "text"),
    *(
        (f"column.{key}", 14, "number")
        for key in (
            "figure_open",
            "checked",
            "dept_young",
            "dept_middle",
            "dept_old",
            "dept_late",
            "figure_corrected",
            "dept_in_time",
            "dept_median",
            "dept_waiting",
            "dept_waiting_late",
            "dept_hints",
        )
    ),
)
_CAUSES: Sequence[Declared] = (
    ("column.rule", 10, "text"),
    ("column.dept_title", 40, "text"),
    ("column.figure_open", 14, "number"),
    ("column.total", 14, "number"),
    ("column.dept_typical", 40, "text"),
    ("column.how_to_fill", 40, "text"),
)


def trends_xlsx(export: Export) -> File:
    """The table of the page of trends."""
    selection, days = figures_asked(export.value), export.value(DAYS)
    with _view(export) as view, view.register.reading() as session:
        lines = run_lines(session, view.reader, selection, runs_within(session, view.reader, days))
        rows = [
            (
                line.run.as_of,
                line.run.run_id,
                line.counts.open,
                line.checked,
                line.counts.new,
                line.counts.corrected,
                incomplete_words(view, line.run),
                "、".join(line.changed),
            )
            for line in reversed(lines)
        ]
        return _file(view, "page.trends", [Sheet(view.t("page.trends"), columns(view.language, _TRENDS), rows)])


def departments_xlsx(export: Export) -> File:
    """The tables of the page of departments: over time, as things stand, causes. The office asked for, else the first one."""
    with _view(export) as view, view.register.reading() as session:
        reader, period = view.reader, export.value(DAYS)
        runs = runs_within(session, reader, period)
        offices = offices_counted(runs)
        office = export.value(OFFICE) or next(iter(offices), "")
        if office not in offices:
            raise NotAllowedError
        counts = department_counts(session, reader, runs, office)
        work = department_work(session, reader, office, runs, days_of(session, runs[-1], period, today()))
        chosen = export.value(DEPARTMENT)
        department_causes = causes(session, reader, office, chosen)
        words = rule_words(view.con, [rule_id for rule_id, _ in department_causes.rules])
    over_time = [
        (run.as_of, name, counts.get((run.seq, name), Counts()).open, run.checked.get((office, name), 0))
        for name in (line.department for line in work)
        for run in runs
    ]
    now = [
        (
            department.department,
            department.open,
            department.checked,
            *department.ages,
            department.overdue,
            department.corrected,
            department.in_time,
            department.median_days,
            department.notices,
            department.notices_overdue,
            department.hints,
        )
        for department in work
    ]
    why = [
        (
            rule_id,
            view.pick(*text.title),
            number,
            department_causes.total,
            view.pick(*text.typical),
            view.pick(*text.how_to_fill),
        )
        for rule_id, number in department_causes.rules
        for text in [words.get(rule_id, RuleWords())]
    ]
    return _file(
        view,
        "page.departments",
        [
            Sheet(view.t("dept.over_time"), columns(view.language, _OVER_TIME), over_time),
            Sheet(view.t("dept.work"), columns(view.language, _WORK), now),
            Sheet(view.t("dept.causes"), columns(view.language, _CAUSES), why),
        ],
    )


def compare_xlsx(export: Export) -> File:
    """The table of two offices side by side. Raises NotAllowedError while the comparison is off or for an office out of reach."""
    with _view(export) as view, view.register.reading() as session:
        pair, period = export.value(OFFICES), export.value(DAYS)
        runs = runs_within(session, view.reader, period)
        if not switch(session, "partner_offices") or not set(pair) <= set(whole_offices(view.reader, runs)):
            raise NotAllowedError
        if len(set(pair)) != 2:
            raise InputError(Bilingual("请选择两个不同的院", "choose two different offices"))
        offices = [office_figures(session, view.reader, runs, office) for office in pair]
        headings = [
            title for office in offices for title in (office.office, f"{office.office} {view.t('column.checked')}")
        ]
        rows = [[title, *(number for cell in cells for number in cell)] for title, cells in figure_rows(view, offices)]
        sheet_columns = [Column(view.t("compare.figure"), 40), *(Column(title, 24, "number") for title in headings)]
        return _file(view, "page.compare", [Sheet(view.t("page.compare"), sheet_columns, rows)])


@contextmanager
def _view(export: Export) -> Iterator[View]:
    """What a page is given, for a download."""
    with sighted(export.reader) as (shown, con):
        yield View(con, shown.file, run(con), export.language, export.reader, export.register)


def _file(view: View, title: str, sheets: Sequence[Sheet]) -> File:
    return File(f"{view.t(title)}_{view.run.run_id}.xlsx", workbook_bytes(sheets))
