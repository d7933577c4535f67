"""The tables of the figure pages as Excel files: the same queries, the same rights, numerators and denominators in columns of
their own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter

from dashboard.exports.downloads import Export, File
from dashboard.figures.compare_page import figure_rows
from dashboard.figures.marks import PERIODS, incomplete_words
from dashboard.frame.place import SIGHTS
from dashboard.frame.view import View
from expectations.errors import InputError
from expectations.office_days import today
from expectations.register.comparison import office_figures, whole_offices
from expectations.register.departments import causes, days_of, department_work
from expectations.register.figures import Asked, Counts, department_counts, offices_counted, run_lines, runs_within
from expectations.rights.acts import NotAllowedError
from expectations.run.account import run
from expectations.run.rule_words import RuleWords, rule_words
from expectations.store.switches import switch
from expectations.texts import Bilingual

Value = str | int | float | None


@dataclass(frozen=True)
class Sheet:
    """A table on a sheet of its own."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]


def trends_xlsx(export: Export) -> File:
    """The table of the page of trends."""
    asked, days = _asked(export), _days(export)
    with _view(export) as view, view.register.reading() as session:
        found = run_lines(session, view.reader, asked, runs_within(session, view.reader, days))
        rows = [
            (
                line.run.as_of.isoformat(), line.run.run_id, line.counts.open, line.checked, line.counts.new, line.counts.corrected,
                incomplete_words(view, line.run), "、".join(line.changed),
            )
            for line in reversed(found)
        ]  # fmt: skip
        headings = _titles(
            view, "column.run_day", "column.run_id", "column.figure_open", "column.checked", "column.figure_new",
            "column.figure_corrected", "trend.incomplete", "trend.changed",
        )  # fmt: skip
        return _file(view, "page.trends", [Sheet(view.t("page.trends"), headings, rows)])


def departments_xlsx(export: Export) -> File:
    """The tables of the page of departments: over time, as things stand, causes. The office asked for, else the first one."""
    with _view(export) as view, view.register.reading() as session:
        reader, period = view.reader, _days(export)
        runs = runs_within(session, reader, period)
        offices = offices_counted(runs)
        office = export.params.get("office", "") or next(iter(offices), "")
        if office not in offices:
            raise NotAllowedError
        counts = department_counts(session, reader, runs, office)
        work = department_work(session, reader, office, runs, days_of(session, runs[-1], period, today()))
        chosen = export.params.get("department")
        found = causes(session, reader, office, chosen)
        words = rule_words(view.con, [rule_id for rule_id, _ in found.rules])
    over_time = [
        (one.as_of.isoformat(), name, counts.get((one.seq, name), Counts()).open, one.checked.get((office, name), 0))
        for name in (line.department for line in work)
        for one in runs
    ]
    now = [
        (one.department, one.open, one.checked, *one.ages, one.overdue, one.corrected, one.in_time, one.median_days,
         one.notices, one.notices_overdue, one.hints)
        for one in work
    ]  # fmt: skip
    why = [
        (rule_id, view.pick(*text.title), number, found.total, view.pick(*text.typical), view.pick(*text.how_to_fill))
        for rule_id, number in found.rules
        for text in [words.get(rule_id, RuleWords())]
    ]
    return _file(
        view,
        "page.departments",
        [
            Sheet(view.t("dept.over_time"), _titles(view, "column.run_day", "column.department", "column.figure_open", "column.checked"), over_time),
            Sheet(view.t("dept.work"), _titles(view, *_WORK), now),
            Sheet(view.t("dept.causes"), _titles(view, *_CAUSES), why),
        ],
    )  # fmt: skip


_WORK = (
    "column.department", "column.figure_open", "column.checked", "column.dept_young", "column.dept_middle", "column.dept_old",
    "column.dept_late", "column.figure_corrected", "column.dept_in_time", "column.dept_median", "column.dept_waiting",
    "column.dept_waiting_late", "column.dept_hints",
)  # fmt: skip
_CAUSES = (
    "column.rule", "column.dept_title", "column.figure_open", "column.total", "column.dept_typical", "column.how_to_fill",
)  # fmt: skip


def compare_xlsx(export: Export) -> File:
    """The table of two offices side by side. Raises NotAllowedError while the comparison is off or for an office out of reach."""
    with _view(export) as view, view.register.reading() as session:
        pair, period = export.params.getlist("office"), _days(export)
        runs = runs_within(session, view.reader, period)
        if not switch(session, "partner_offices") or not set(pair) <= set(whole_offices(view.reader, runs)):
            raise NotAllowedError
        if len(set(pair)) != 2:
            raise InputError(Bilingual("请选择两个不同的院", "choose two different offices"))
        found = [office_figures(session, view.reader, runs, office) for office in pair]
        headings = [view.t("compare.figure")]
        headings += [title for one in found for title in (one.office, f"{one.office} {view.t('column.checked')}")]
        rows: list[list[Value]] = [
            [title, *(number for cell in cells for number in cell)] for title, cells in figure_rows(view, found)
        ]
        return _file(view, "page.compare", [Sheet(view.t("page.compare"), headings, rows)])


@contextmanager
def _view(export: Export) -> Iterator[View]:
    """What a page is given, for a download."""
    file = export.home.current()
    with SIGHTS.open(file, export.register, export.reader) as con:
        yield View(con, file, run(con), export.language, export.reader, export.register)


def _asked(export: Export) -> Asked:
    many = export.params.getlist
    return Asked(
        export.params.get("office") or None,
        tuple(many("department")),
        tuple(many("rule")),
        tuple(many("type")),
        export.params.get("kind") == "hints",
    )


def _days(export: Export) -> int:
    asked = export.params.get("days", "")
    return int(asked) if asked in map(str, PERIODS) else 90


def _titles(view: View, *keys: str) -> list[str]:
    return [view.t(key) for key in keys]


def _file(view: View, title: str, sheets: Sequence[Sheet]) -> File:
    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        heading = book.add_format(
            {"bold": True, "bg_color": "#E3E8EF", "border": 1, "text_wrap": True, "valign": "top"}
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title)
            for column, words in enumerate(sheet.headings):
                long = any(isinstance(row[column], str) and len(str(row[column])) > 14 for row in sheet.rows)
                page.set_column(column, column, 40 if long else 14)
                page.write_string(0, column, words, heading)
            page.freeze_panes(1, 1)
            for number, row in enumerate(sheet.rows, start=1):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        page.write_string(number, column, value, wrapped)
                    elif value is not None:
                        page.write_number(number, column, value, wrapped)
    return File(f"{view.t(title)}_{view.run.run_id}.xlsx", out.getvalue())
