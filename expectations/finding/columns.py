"""The columns of a finding, declared once: the table of a run, the register's copy, exports, lists and pages are made from them."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, get_type_hints

from expectations.finding.masks import Masks


@dataclass(frozen=True)
class Column:
    """What a column of a finding says, and what is done with it.

    `width` is the longest text the register keeps (None: any). `naming` tells of a person or a case and is withheld from
    readers of figures. A blank `key` is an empty text in every list. The command line hands out `listed` columns, a search looks
    through `searched` ones, and the register keeps all that are `kept`, as the last run said them.
    """

    says: str
    type: str = "varchar"
    width: int | None = None
    naming: bool = False
    key: bool = False
    listed: bool = True
    searched: bool = False
    kept: bool = True


@dataclass(frozen=True)
class Finding:
    """A finding as it is read: blanks as empty texts, numbers masked as its reader has them. Its attributes are the columns."""

    run_id: Annotated[str, Column("the run that found it", kept=False)] = ""
    rule_id: Annotated[str, Column("the rule it breaks", width=16, searched=True)] = ""
    rule_fingerprint: Annotated[str, Column("what decided in the rule, as a hash", width=64, listed=False)] = ""
    values_fingerprint: Annotated[
        str, Column("all that the rule read of the row, as a hash", width=64, listed=False)
    ] = ""
    severity: Annotated[str, Column("serious, normal or hint", width=8)] = ""
    error_type: Annotated[str, Column("the kind of error, as the rules name it", width=32)] = ""
    is_hint: Annotated[bool, Column("a request to verify, not an error", "boolean", listed=False)] = False
    card: Annotated[str, Column("the card type", width=32)] = ""
    level: Annotated[str, Column("case, person or row: what the rule judges", width=8, listed=False)] = ""
    bmsah: Annotated[str, Column("the case number", key=True, searched=True)] = ""
    suspect_no: Annotated[str, Column("the suspect's number", naming=True, key=True, searched=True)] = ""
    name: Annotated[str, Column("the suspect's name", naming=True, searched=True)] = ""
    case_name: Annotated[str, Column("the name of the case", naming=True, searched=True)] = ""
    office: Annotated[str, Column("the office, as the card has it", width=120)] = ""
    department: Annotated[str, Column("the department", width=120)] = ""
    prosecutor: Annotated[str, Column("who handles the case", width=120, naming=True, searched=True)] = ""
    owner: Annotated[str, Column("who fills the item: intake, handler, court_clerk", width=16)] = ""
    fields: Annotated[tuple[str, ...], Column("the items concerned, the one to correct first; joined by |")] = ()
    values: Annotated[Mapping[str, str | None], Column("the items as they stood, a JSON object", naming=True)] = (
        dataclasses.field(default_factory=dict)
    )
    message: Annotated[str, Column("what is wrong, in Chinese", naming=True, searched=True)] = ""
    message_en: Annotated[str, Column("what is wrong, in English", naming=True, listed=False)] = ""
    basis: Annotated[str, Column("the legal basis")] = ""
    finding_id: Annotated[str, Column("the same in every run: hash of rule, item and key of the row", width=16)] = ""
    file_no: Annotated[int, Column("the export file", "integer", listed=False, kept=False)] = 0
    sheet: Annotated[str, Column("its sheet; blank for a file that has none")] = ""
    sheet_row: Annotated[int, Column("the row of the sheet, headings counted", "bigint")] = 0
    card_row: Annotated[int, Column("the row of the card in the run", "bigint", listed=False)] = 0
    card_rows: Annotated[
        int,
        Column("how many rows of the card break the rule: of a case, all that do", "bigint", listed=False, kept=False),
    ] = 0


COLUMNS: Mapping[str, Column] = {
    name: next(part for part in hint.__metadata__ if isinstance(part, Column))
    for name, hint in get_type_hints(Finding, include_extras=True).items()
}
"""Every column by name, in the order of the table."""

KEPT = tuple(name for name, column in COLUMNS.items() if column.kept and name != "values")
"""What the register keeps under the same name; it keeps `values` as `present`."""
LISTED = tuple(name for name, column in COLUMNS.items() if column.listed)
NAMING = frozenset(name for name, column in COLUMNS.items() if column.naming)
SEARCHED = tuple(name for name, column in COLUMNS.items() if column.searched)


def selected(names: tuple[str, ...] = tuple(COLUMNS), rows: str = "") -> str:
    """Columns for a SELECT, all of them by default, of the rows known as `rows`; quoted, since `values` is a word of SQL."""
    return ", ".join(f'{rows}{"." if rows else ""}"{name}"' for name in names)


def finding_of(cells: Mapping[str, object], masks: Masks) -> Finding:
    """A finding from its columns by name, those that are there; `values` is an object or its JSON text."""
    card, stored_values = str(cells["card"]), cells["values"] or {}
    present: dict[str, str | None] = json.loads(stored_values) if isinstance(stored_values, str) else stored_values  # type: ignore[assignment]
    secrets = [value for field, value in present.items() if value and masks.holds_number(card, field)]
    attributes: dict[str, object] = {
        name: _plain(cells[name], COLUMNS[name].type) for name in cells.keys() & COLUMNS.keys()
    }
    attributes |= {
        "fields": tuple(str(cells["fields"] or "").split("|")),
        "values": {field: masks.value(value, card, field) if value else None for field, value in present.items()},
        "message": masks.text(str(cells["message"] or ""), secrets),
        "message_en": masks.text(str(cells["message_en"] or ""), secrets),
    }
    return Finding(**attributes)  # type: ignore[arg-type]


def _plain(value: object, kind: str) -> object:
    if kind == "varchar":
        return "" if value is None else str(value)
    return bool(value) if kind == "boolean" else int(str(value or 0))
