"""`anka due`: the early warnings (期限预警) of the present published run, as table, csv, json or Excel."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from expectations.people.languages import home_language
from expectations.register.belonging import home_register
from expectations.run.limits import DUE_COLUMNS, DueFilter, select_due
from expectations.run.published import current_run
from expectations.run.words.headings import headings
from expectations.texts import Bilingual
from flows.cli.lists.listings import FormatOption, Headed, Listing, OutputOption, format_for, hand_out, log_listing
from flows.cli.options import HomeFolder, home_at
from flows.settings import Settings


class Grade(StrEnum):
    """The grades as an option that may be repeated."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"


LISTING = Listing(
    name="due",
    columns=DUE_COLUMNS,
    table_columns=("days_left", "last_day", "grade", "rule_id", "title", "department", "prosecutor", "case", "name"),
    sheet=Bilingual("期限预警", "Limits"),
    empty=Bilingual("没有符合条件的期限预警", "no limit is near or over"),
)


def due(
    department: Annotated[list[str] | None, typer.Option(help=Bilingual("部门", "department, may be repeated"))] = None,
    prosecutor: Annotated[list[str] | None, typer.Option(help=Bilingual("检察官", "prosecutor"))] = None,
    rule: Annotated[list[str] | None, typer.Option(help=Bilingual("规则编号", "rule id"))] = None,
    grade: Annotated[
        list[Grade] | None, typer.Option(help=Bilingual("等级：red 已逾期，orange、yellow 临近", "overdue or near"))
    ] = None,
    home: HomeFolder = Path(".anka"),
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Prints the early warnings of the present run, or writes them to a file."""
    due_filter = DueFilter(
        tuple(department or ()), tuple(prosecutor or ()), tuple(rule or ()), tuple(level.value for level in grade or ())
    )
    chosen = format_for(LISTING, format, output)
    home_folder = home_at(home)
    with current_run(home_folder) as con:
        register = home_register(home_folder, Settings().register_url)
        asked = {"department": department, "prosecutor": prosecutor, "rule": rule, "grade": due_filter.grades}
        with register.reading() as session:
            language = home_language(session)
        listed = Headed(select_due(con, due_filter, language), headings(con, language), language)
        log_listing(register, LISTING, {name: values or () for name, values in asked.items()}, chosen, output)
        hand_out(listed, LISTING, chosen, output)
