"""The run page: what was read, what was not, which rules were not judged and how long it took."""

from datetime import datetime

import streamlit as st

from dashboard.frame.address import write_address
from dashboard.frame.run_state import run_problems
from dashboard.frame.tables import Cell, Column, Html, anchor, download, show, table, tag
from dashboard.frame.view import View
from dashboard.run.data_docs import INDEX, folder_of, may_read
from dashboard.run.profile_section import profile_section
from dashboard.run.recheck_box import recheck_box
from dashboard.run.rules_page import state_tag
from expectations.figures.runs import former_runs
from expectations.office_days import day_of
from expectations.register.attempts import without_run
from expectations.register.problems import problems_in_words, problems_of
from expectations.run import account as run_queries
from expectations.run.findings import card_titles
from expectations.run.loaded.load_report import ARTEFACT_HINT, ARTEFACTS, STATUS, export_artefacts

_FILE_KINDS = {"loaded": "good", "ignored": "", "refused": "bad"}
_SHOWN_CELLS = 200
_SHOWN_RUNS = 60
_FIGURES = 5
"""Columns of the runs that hold a figure."""


def run_page(view: View) -> None:
    """Draws the page."""
    st.header(view.t("page.run"))
    write_address(view)
    _summary(view)
    if view.reader.may("recheck"):
        recheck_box(view)
    if may_read(view.reader) and (folder_of(view.run.run_id) / INDEX).is_file():
        show(anchor(view.t("run.data_docs"), f"data-docs/{INDEX}"))
    _former_runs(view)
    _calendar_gaps(view)
    _unjudged(view)
    _files(view)
    _rejected(view)
    _missing(view)
    _artefacts(view)
    _unreadable(view)
    profile_section(view)
    _stages(view)


def _summary(view: View) -> None:
    run = view.run
    judged, rules = run_queries.judged_count(view.con)
    seconds = f"{(run.finished_at - run.started_at).total_seconds():.1f}"
    state = (
        tag(f"✔ {view.t('run.complete')}", "good")
        if run.complete and not run_problems(view)
        else tag(f"✖ {view.t('run.status_incomplete')}", "bad")
    )
    boxes: list[tuple[str, Cell]] = [
        ("run.status", state),
        ("run.as_of", run.as_of.isoformat()),
        ("run.rows", f"{run.rows_loaded:,} / {run.rows_read:,}"),
        ("run.rules", f"{judged:,} / {rules:,}"),
        ("run.duration", view.t("run.seconds", seconds=seconds)),
    ]
    show(table([Column(view.t(key)) for key, _ in boxes], [[cell for _, cell in boxes]], "run"))
    st.caption(
        view.t(
            "run.identity",
            run_id=run.run_id,
            version=run.version,
            catalogue=run.catalogue_hash[:12],
            input=run.input_hash[:12],
        )
    )


def _former_runs(view: View) -> None:
    """The runs the register has followed, the latest first: complete or not, and what each opened and closed. Between them the nights
    that published none."""
    with view.register.reading() as session:
        followed = former_runs(session, view.reader, _SHOWN_RUNS)
        failed = without_run(session, _SHOWN_RUNS)
    columns = [Column(view.t("run.as_of")), Column(view.t("run.status"))]
    columns += [
        Column(view.t(key), "number")
        for key in ("run.rows_loaded", "run.new", "run.open", "run.corrected", "run.reopened")
    ]
    columns.append(Column(view.t("column.reason"), "wide"))
    names_files = view.reader.may("watch")
    dated: list[tuple[datetime, list[Cell]]] = [
        (
            run.followed_at,
            [
                run.as_of.isoformat(),
                tag(f"✔ {view.t('run.complete')}", "good")
                if run.complete
                else tag(f"✖ {view.t('run.status_incomplete')}", "bad"),
                sum(run.rows.values()) if view.reader.figures.everything else "",
                *("" if view.reader.figures.nothing else number for number in counts),
                problems_in_words(problems_of(run), naming_files=names_files).in_language(view.language),
            ],
        )
        for run, counts in followed
    ]
    dated += [
        (
            attempt.started_at,
            [
                day_of(attempt.started_at).isoformat(),
                tag(f"✖ {view.label('logged', attempt.outcome)}", "bad"),
                *[""] * _FIGURES,
                attempt.why.in_language(view.language) if names_files else "",
            ],
        )
        for attempt in failed
    ]
    dated.sort(key=lambda row: row[0], reverse=True)
    rows = [row for _, row in dated[:_SHOWN_RUNS]]
    if rows:
        with st.expander(view.t("run.former", count=len(rows)), icon=":material/history:"):
            show(table(columns, rows, "former"))


def _calendar_gaps(view: View) -> None:
    gaps = run_queries.calendar_gaps(view.con)
    if gaps:
        years = "、".join(f"{year} ({rows:,})" for year, rows in gaps)
        st.warning(view.t("run.calendar_gaps", years=years), icon=":material/event_busy:")


def _unjudged(view: View) -> None:
    st.subheader(view.t("run.unjudged"))
    groups = run_queries.unjudged(view.con)
    if not groups:
        st.caption(view.t("run.no_unjudged"))
        return
    columns = [
        Column(view.t("column.status"), "short"),
        Column(view.t("column.reason"), "wide"),
        Column(view.t("column.rule"), "wide"),
        Column(view.t("column.judgements"), "number"),
    ]
    rows: list[list[Cell]] = [
        [
            state_tag(view, group.state),
            group.reason.in_language(view.language),
            _rule_links(view, group.rules),
            group.judgements,
        ]
        for group in groups
    ]
    show(table(columns, rows, "unjudged"))


def _rule_links(view: View, rules: tuple[str, ...]) -> Html:
    return Html(f"<span>{' '.join(anchor(rule, view.link('rules', rule=rule)).markup for rule in rules)}</span>")


def _files(view: View) -> None:
    title, link = st.columns([0.75, 0.25], vertical_alignment="bottom")
    title.subheader(view.t("run.files"))
    if view.reader.rows.everything:
        link.html(download(view.t("run.load_report"), view.link("export/load-report.xlsx")).markup)
    titles = card_titles(view.con)
    columns = [
        Column(view.t("column.file"), "wide"),
        Column(view.t("column.sheet")),
        Column(view.t("column.card")),
        Column(view.t("column.status"), "short"),
        Column(view.t("column.rows_read"), "number"),
        Column(view.t("column.rows_loaded"), "number"),
        Column(view.t("column.rows_rejected"), "number"),
        Column(view.t("column.reason")),
    ]
    rows: list[list[Cell]] = [
        [
            line.name,
            line.sheet,
            view.pick(*titles.get(line.card, (line.card, ""))),
            tag(STATUS[line.status].in_language(view.language), _FILE_KINDS.get(line.status, "")),
            line.rows_read,
            line.rows_loaded,
            line.rows_rejected,
            line.reason.in_language(view.language),
        ]
        for line in run_queries.files(view.con)
    ]
    show(table(columns, rows, "files"))


def _withheld(view: View) -> bool:
    """Whether cells of the exports are not shown, as they may be anybody's; says so."""
    if not view.reader.rows.everything:
        st.caption(view.t("run.withheld"))
    return not view.reader.rows.everything


def _rejected(view: View) -> None:
    st.subheader(view.t("run.rejected"))
    if _withheld(view):
        return
    rows: list[list[Cell]] = [
        [file, reason.in_language(view.language), number]
        for file, reason, number in run_queries.rejected_by_reason(view.con)
    ]
    columns = [
        Column(view.t("column.file"), "wide"),
        Column(view.t("column.reason")),
        Column(view.t("column.rows"), "number"),
    ]
    _table_or(view, columns, rows, "rejected", "run.no_rejected")


def _missing(view: View) -> None:
    st.subheader(view.t("run.missing"))
    titles = card_titles(view.con)
    rows: list[list[Cell]] = [
        [file, view.pick(*titles.get(card, (card, ""))), fields, _rule_links(view, rules)]
        for file, card, fields, rules in run_queries.missing_columns(view.con)
    ]
    columns = [
        Column(view.t("column.file")),
        Column(view.t("column.card"), "short"),
        Column(view.t("column.missing"), "wide"),
        Column(view.t("run.silent_rules"), "wide"),
    ]
    _table_or(view, columns, rows, "missing", "run.no_missing")


def _artefacts(view: View) -> None:
    """A matter of the file and of whoever exports: said above the cells, once per column."""
    for file, sheet, header, kind, cells, _, example in export_artefacts(view.con):
        st.warning(
            view.t(
                "run.artefact",
                column=f"{file} {f'[{sheet}] ' if sheet else ''}{header}",
                what=ARTEFACTS[kind].in_language(view.language),
                cells=f"{cells:,}",
                example=example,
                hint=ARTEFACT_HINT.in_language(view.language),
            ),
            icon=":material/table_view:",
        )


def _unreadable(view: View) -> None:
    st.subheader(view.t("run.unreadable"))
    if _withheld(view):
        return
    rows: list[list[Cell]] = [[*cell] for cell in run_queries.unreadable_cells(view.con, _SHOWN_CELLS)]
    if rows:
        st.caption(view.t("run.unreadable_count", count=f"{run_queries.unreadable_count(view.con):,}", shown=len(rows)))
    columns = [
        Column(view.t("column.file"), "wide"),
        Column(view.t("column.sheet")),
        Column(view.t("run.cell"), "short"),
        Column(view.t("column.item")),
        Column(view.t("column.text")),
    ]
    _table_or(view, columns, rows, "unreadable", "run.no_unreadable")


def _stages(view: View) -> None:
    st.subheader(view.t("run.stages"))
    columns = [
        Column(view.t("column.stage")),
        Column(view.t("column.seconds"), "number"),
        Column(view.t("column.memory"), "number"),
    ]
    rows: list[list[Cell]] = [
        [view.label("stage", stage), f"{seconds:.1f}", f"{peak:,.0f}"]
        for stage, seconds, peak in run_queries.stages(view.con)
    ]
    show(table(columns, rows, "stages"))


def _table_or(view: View, columns: list[Column], rows: list[list[Cell]], name: str, empty_text: str) -> None:
    if rows:
        show(table(columns, rows, name))
    else:
        st.caption(view.t(empty_text))
