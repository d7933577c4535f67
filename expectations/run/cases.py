"""One case on one card type as it stands in the export, the cards beside it, and the search that leads to a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import duckdb

from expectations.finding.columns import Finding
from expectations.finding.masks import Masks, mask_number
from expectations.run.findings import findings_of_card, masks_of


@dataclass(frozen=True)
class Item:
    """An item (案卡项) of a card type."""

    name: str
    header: str
    label_en: str
    section: str
    section_en: str
    level: str
    unit: str


@dataclass(frozen=True)
class Section:
    """Consecutive items under one heading of the real card."""

    title: str
    title_en: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class CardRow:
    """A row of the card: one suspect, or one measure. `texts` holds what the items show; a blank item is absent."""

    row: int
    sheet: str
    sheet_row: int
    suspect_no: str
    name: str
    texts: dict[str, str]
    unreadable: frozenset[str]


@dataclass(frozen=True)
class CaseCard:
    """A case on one card type with its findings."""

    card: str
    bmsah: str
    items: tuple[Item, ...]
    rows: tuple[CardRow, ...]
    findings: tuple[Finding, ...]

    @cached_property
    def case_texts(self) -> dict[str, str]:
        """The items of the case; where its rows differ, every value."""
        return {item.name: text for item in self.items if item.level == "case" and (text := self._text(item.name))}

    def sections(self, *, of_case: bool) -> tuple[Section, ...]:
        """The sections of the case, or those of each person."""
        return sections([item for item in self.items if (item.level == "case") == of_case])

    def findings_of(self, row: CardRow) -> tuple[Finding, ...]:
        """Findings that name an item of this row's person."""
        case_items = {item.name for item in self.items if item.level == "case"}
        return tuple(f for f in self.findings if f.card_row == row.row and set(f.fields) - case_items)

    def _text(self, name: str) -> str:
        return " ／ ".join(dict.fromkeys(row.texts[name] for row in self.rows if name in row.texts))


@dataclass(frozen=True)
class CaseLink:
    """A case on a card type that can be opened. `row` is set for a row without case number, with where it stands."""

    card: str
    bmsah: str
    row: int | None
    sheet: str
    sheet_row: int
    case_name: str
    names: str
    department: str
    errors: int
    hints: int


def case_card(con: duckdb.DuckDBPyConnection, card: str, bmsah: str, row: int | None = None) -> CaseCard | None:
    """The card of a case number, or of one row when it has none. None when the run does not hold it."""
    items = card_items(con, card)
    if not items:
        return None
    masks = masks_of(con)
    condition, value = ("r.bmsah = ?", bmsah) if bmsah else ("r.bmsah is null and r.card_row = ?", row)
    relation = con.execute(
        f"select r.suspect_no as _person, r.name as _name, c.* from cards.{card} c join card_rows r on r.card_row = c._row "
        f"where r.card = ? and {condition} order by c._row",
        [card, value],
    )
    columns = [column[0] for column in relation.description or ()]
    rows = tuple(
        _card_row(dict(zip(columns, values, strict=True)), card, items, masks) for values in relation.fetchall()
    )
    if not rows:
        return None
    return CaseCard(card, bmsah, items, rows, tuple(findings_of_card(con, card, [r.row for r in rows], bmsah)))


def card_items(con: duckdb.DuckDBPyConnection, card: str) -> tuple[Item, ...]:
    """The items of a card type in their order on the card; none for an unknown card."""
    rows = con.execute(
        "select name, header, label_en, section, section_en, level, unit from fields where card = ? order by no", [card]
    )
    return tuple(Item(*(value or "" for value in row)) for row in rows.fetchall())


def sections(items: Sequence[Item]) -> tuple[Section, ...]:
    """Items grouped by section, in the order of the card."""
    grouped: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        grouped.setdefault((item.section, item.section_en), []).append(item)
    return tuple(Section(zh, en, tuple(members)) for (zh, en), members in grouped.items())


def _card_row(values: dict[str, object], card: str, items: Sequence[Item], masks: Masks) -> CardRow:
    texts: dict[str, str] = {}
    damaged = values.get("_as_written")
    for item in items:
        value = values.get(item.name)
        text = values.get(f"{item.name}__raw") if value is None else value
        if text is None and isinstance(damaged, dict):
            text = damaged.get(item.name)
        if text is not None:
            texts[item.name] = masks.value(_plain(text), card, item.name)
    unreadable = values.get("_unreadable")
    person_numbers = {values.get(name) for card_of, name in masks.numbers if card_of == card}
    person, name = ("" if (value := values[key]) is None else str(value) for key in ("_person", "_name"))
    return CardRow(
        int(str(values["_row"])),
        str(values.get("_sheet") or ""),
        int(str(values.get("_sheet_row") or 0)),
        mask_number(person) if person in person_numbers and not masks.off else masks.text(person),
        masks.text(name),
        texts,
        frozenset(unreadable) if isinstance(unreadable, list) else frozenset(),
    )


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def other_cards(con: duckdb.DuckDBPyConnection, case: CaseCard, limit: int = 50) -> list[CaseLink]:
    """Cards of the same case on other card types, and of the same suspects in other cases."""
    suspects = [row.suspect_no for row in case.rows if row.suspect_no]
    condition = (
        "(suspect_no in (select unnest(?::varchar[])) or bmsah = ?) and not (card = ? and bmsah is not distinct from ?)"
    )
    bmsah = case.bmsah or None
    links = _links(con, condition, [suspects, bmsah, case.card, bmsah], limit + len(case.rows))
    return [link for link in links if link.bmsah or link.card != case.card][:limit]


def search_cases(con: duckdb.DuckDBPyConnection, text: str, limit: int = 50) -> list[CaseLink]:
    """Cases whose number, suspect's name, suspect's number or case name contains `text`."""
    needle = text.strip().lower()
    return _links(con, "contains(lower(concat_ws(' ', bmsah, name, suspect_no, case_name)), ?)", [needle], limit)


def _links(con: duckdb.DuckDBPyConnection, condition: str, values: list[object], limit: int) -> list[CaseLink]:
    rows = con.execute(
        f"""with everyone as (from card_rows select *, coalesce(bmsah, '#' || card_row) as key), found as (
  select distinct card, bmsah, key, case when bmsah is null then card_row end as lone,
    case when bmsah is null then coalesce(sheet, '') else '' end as sheet,
    case when bmsah is null then sheet_row else 0 end as sheet_row
  from everyone where {condition}
  order by bmsah nulls last, card, lone limit {limit}
), described as (
  select f.card, f.bmsah, f.key, f.lone, f.sheet, f.sheet_row, any_value(e.case_name) as case_name, any_value(e.department) as department,
    string_agg(distinct e.name, '、' order by e.name) as names
  from found f join everyone e on e.card = f.card and e.key = f.key group by all
), counts as (
  select card, coalesce(bmsah, '#' || card_row) as key, count(*) filter (where not is_hint) as errors,
    count(*) filter (where is_hint) as hints
  from findings group by all
)
select d.card, coalesce(d.bmsah, ''), d.lone, d.sheet, coalesce(d.sheet_row, 0), coalesce(d.case_name, ''), coalesce(d.names, ''), coalesce(d.department, ''),
  coalesce(c.errors, 0), coalesce(c.hints, 0)
from described d left join counts c on c.card = d.card and c.key = d.key
order by d.bmsah nulls last, d.card, d.lone""",
        values,
    )
    return [CaseLink(*row) for row in rows.fetchall()]
