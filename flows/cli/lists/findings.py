"""`anka findings`: the findings of the present published run, as table, csv, json or Excel."""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from expectations.people.languages import home_language
from expectations.register.belonging import home_register
from expectations.run.published import (
    FINDING_COLUMNS,
    FindingFilter,
    current_run,
    select_findings,
    show_hints_as_now,
)
from expectations.run.words.headings import headings
from expectations.store.holds import held_rules
from expectations.texts import Bilingual
from flows.cli.lists.listings import FormatOption, Headed, Listing, OutputOption, format_for, hand_out, log_listing
from flows.cli.options import HomeFolder, home_at
from flows.settings import Settings


class Severity(StrEnum):
    """The severities as an option that may be repeated."""

    SERIOUS = "serious"
    NORMAL = "normal"
    HINT = "hint"


def _with_values(finding: Mapping[str, object]) -> Mapping[str, object]:
    """`values` as an object of field and text as it stood."""
    return {**finding, "values": json.loads(str(finding["values"]))}


LISTING = Listing(
    name="findings",
    columns=FINDING_COLUMNS,
    table_columns=(
        "rule_id",
        "severity",
        "department",
        "prosecutor",
        "case",
        "person",
        "message",
        "file",
        "sheet_row",
    ),
    sheet=Bilingual("问题清单", "Findings"),
    empty=Bilingual("没有符合条件的问题", "no findings"),
    as_object=_with_values,
)


def findings(
    department: Annotated[list[str] | None, typer.Option(help=Bilingual("部门", "department, may be repeated"))] = None,
    prosecutor: Annotated[list[str] | None, typer.Option(help=Bilingual("检察官", "prosecutor"))] = None,
    rule: Annotated[list[str] | None, typer.Option(help=Bilingual("规则编号", "rule id"))] = None,
    severity: Annotated[list[Severity] | None, typer.Option(help=Bilingual("级别", "severity"))] = None,
    text: Annotated[str, typer.Option(help=Bilingual("包含的文字", "text to look for"))] = "",
    home: HomeFolder = Path(".anka"),
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Prints the findings of the present run, or writes them to a file."""
    finding_filter = FindingFilter(
        departments=tuple(department or ()),
        prosecutors=tuple(prosecutor or ()),
        rules=tuple(rule or ()),
        severities=tuple(level.value for level in severity or ()),
        text=text,
    )
    chosen = format_for(LISTING, format, output)
    home_folder = home_at(home)
    with current_run(home_folder) as con:
        register = home_register(home_folder, Settings().register_url)
        with register.reading() as session:
            show_hints_as_now(con, held_rules(session))
            language = home_language(session)
        listed = Headed(select_findings(con, finding_filter, language), headings(con, language), language)
        asked = dict(finding_filter.chosen()) | ({"text": ("…",)} if text else {})  # what is typed may be a name
        log_listing(register, LISTING, asked, chosen, output)
        hand_out(listed, LISTING, chosen, output)
