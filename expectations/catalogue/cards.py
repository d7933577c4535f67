"""What a case card is: its fields in the order of the real card, and how an export names them.

Only shapes and their checks; reading YAML is `catalogues`, recognising an export is `flows.load`.
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Declared

from expectations.catalogue.date_formats import problem_of
from expectations.errors import nearest

FieldType = Literal[
    "text",
    "case_no",
    "doc_no",
    "id_no",
    "date",
    "datetime",
    "int",
    "bigint",
    "decimal",
    "months",
    "wan_yuan",
    "yesno",
    "dict",
    "dicts",
    "charge",
    "charges",
]
Level = Literal["case", "person", "row"]

Role = Literal["case", "person", "name", "case_name", "office", "department", "prosecutor"]
"""What an item says of its row, so that findings of any card name case, person and owner."""

ACCEPTED_ON = "accept_date"
"""The item that dates a case, for items that came or went at a certain time."""

USUAL_ITEMS: dict[Role, str] = {
    "case": "bmsah",
    "person": "suspect_no",
    "name": "name",
    "case_name": "case_name",
    "office": "unit_name",
    "department": "dept_name",
    "prosecutor": "prosecutor",
}
"""The item in each role on cards that do not say otherwise."""

USUAL_PERIOD = ("accept_date", "close_date", "p_close_date")
"""The items by which a row belongs to a period on cards that do not say otherwise, as far as they have them."""

TOTAL_WORDS = ("合计", "总计", "共计", "累计", "Total", "Grand total")
"""What the last row of a page begins with that is no card."""

SUBTOTAL_WORDS = ("小计", "本页合计", "本页小计", "本页共计", "本页累计", "Subtotal", "Page total")
"""The same of rows that may stand between cards."""

FOOTER_WORDS = (
    *("制表人", "制表", "制表单位", "制表部门", "制表日期", "制表时间", "填表人", "填表单位", "填表日期", "填表时间"),
    *(
        "填报人",
        "填报单位",
        "填报日期",
        "填报时间",
        "报送单位",
        "报送日期",
        "报送时间",
        "审核人",
        "审核",
        "复核人",
        "复核",
        "审批人",
    ),
    *("统计人", "统计单位", "统计部门", "统计日期", "统计时间", "统计期间", "统计区间", "统计范围", "统计口径"),
    *("导出人", "导出单位", "导出日期", "导出时间", "打印人", "打印日期", "打印时间", "生成日期", "生成时间"),
    *("查询人", "查询日期", "查询时间", "查询条件", "数据来源", "数据截止", "数据截止时间", "截止日期", "截止时间"),
    *("单位负责人", "部门负责人", "分管领导", "联系人", "联系电话", "注", "备注", "说明", "填表说明"),
    *(
        "Prepared by",
        "Prepared on",
        "Checked by",
        "Approved by",
        "Exported by",
        "Exported on",
        "Exported at",
        "Printed by",
    ),
    *(
        "Printed on",
        "Printed at",
        "Created on",
        "Generated on",
        "Generated at",
        "Report date",
        "Source",
        "Note",
        "Notes",
        "Remark",
    ),
    "Remarks",
)
"""What a row says of the sheet and not of a card: who made it, when, and from what."""

SQL_TYPES = {
    "date": "date",
    "datetime": "timestamp",
    "int": "integer",
    "bigint": "bigint",
    "decimal": "decimal(18, 4)",
    "months": "double",
    "wan_yuan": "double",
}
"""Column types of the types that are parsed, whose text may be unreadable; every other type stays text."""

PARSED_TYPES = frozenset(SQL_TYPES)

CODED_TYPES = frozenset({"dict", "dicts", "charge", "charges", "yesno"})
"""Types whose values come from a dictionary, so few distinct values fill many rows."""

MULTIPLE_TYPES = frozenset({"dicts", "charges"})
"""Types that hold several values in one cell."""


class Declaration(BaseModel):
    """Base of everything read from the catalogue: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Misplaced(ValueError):
    """A mistake of what several keys say together, at the key `path` where it is to be mended."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


class Text(Declaration):
    """One text in both languages. One of them is enough: it is then what readers of either see."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["zh"]}, {"required": ["en"]}]})

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language`."""
        return self.en if language == "en" else self.zh

    @property
    def both(self) -> str:
        """Both where they differ, Chinese first."""
        return self.zh if self.en == self.zh else f"{self.zh} / {self.en}"

    @model_validator(mode="before")
    @classmethod
    def _one_is_both(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        zh, en = given.get("zh"), given.get("en")
        if zh is None and en is None:
            raise ValueError("give zh, en or both / 至少写 zh、en 之一")
        return {**given, "zh": zh or en or "", "en": en or zh or ""}


NO_TEXT = Text(zh="")


class Field(Declaration):
    """One item (案卡项) of a card. `name` is the column in DuckDB, `header` the heading in an export.

    `formats`: how a date or moment is written, tried in order and nothing else; `blanks`: words that stand for a blank cell.
    """

    name: Annotated[str, Declared(pattern=r"^[a-z][a-z0-9_]*$")]
    header: str
    aliases: tuple[str, ...] = ()
    type: FieldType = "text"
    formats: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    dictionary: str = ""
    required: str = "never"
    blank_means_no: bool = False
    filled_by: str = "handler"
    unit: str = ""
    level: Level = "person"
    label_en: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    section: str = ""
    section_en: str = ""

    @property
    def multiple(self) -> bool:
        """Whether one cell may hold several values."""
        return self.type in MULTIPLE_TYPES

    @property
    def parsed(self) -> bool:
        """Whether the text of the field can be unreadable, so that a raw companion column is kept."""
        return self.type in PARSED_TYPES

    @property
    def required_condition(self) -> str:
        """The `required` declaration as SQL."""
        return {"always": "true", "never": "false"}.get(self.required, self.required)

    @model_validator(mode="after")
    def _coded_fields_name_their_dictionary(self) -> "Field":
        if (self.type in CODED_TYPES) != bool(self.dictionary):
            raise ValueError(
                f"field {self.name}: type {self.type} and dictionary {self.dictionary!r} do not fit together"
            )
        return self

    @model_validator(mode="after")
    def _formats_are_of_dates(self) -> "Field":
        if self.formats and self.type not in ("date", "datetime"):
            raise ValueError(f"field {self.name}: formats are for type date and datetime, not {self.type}")
        for form in self.formats:
            if problem := problem_of(form):
                raise ValueError(f"field {self.name}: format {form!r}: {problem}")
        return self


class Section(Declaration):
    """A part of the card as the case system shows it."""

    title: Text
    fields: tuple[Field, ...]


class Link(Declaration):
    """How rows of a card find rows of `card`: where the items named in `by` are equal (own item: item there).

    `latest` makes it a stage (诉讼阶段): of several such rows the one latest in these items counts, then the row loaded last.
    `blanks_match`: blank items find blank ones; conditions ask for such a link with `is not distinct from`.
    """

    card: str
    by: tuple[str, ...] | dict[str, str]
    latest: tuple[str, ...] = ()
    blanks_match: bool = False

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The own item and the item there of every equality."""
        return frozenset(self.by.items() if isinstance(self.by, dict) else zip(self.by, self.by, strict=True))

    @property
    def equals(self) -> str:
        """The comparison that finds the other rows."""
        return "is not distinct from" if self.blanks_match else "="

    def __str__(self) -> str:
        pairs = ", ".join(
            own_item if own_item == linked_item else f"{own_item}={linked_item}"
            for own_item, linked_item in sorted(self.pairs)
        )
        return f"{self.card}({pairs}{' blanks match' if self.blanks_match else ''})"


class Card(Declaration):
    """A card type (案卡). `key` names the fields that identify a row, none where nothing does; `file_words` are seen in names of its exports.

    `links` says which other rows a rule of the card may look at; `roles` names items that differ from `USUAL_ITEMS`, empty for
    none; a row that begins with one of `total_words`, `subtotal_words` or `footer_words` and names no case is no card. `merge_equal_rows`:
    rows equal in every cell count once; else each counts, for duplicate rules to find. `period`: the items by whose days
    a row belongs to a period under review.
    """

    card: Annotated[str, Declared(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Text
    main: bool = True
    key: tuple[str, ...]
    file_words: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    roles: dict[Role, str] = {}
    total_words: tuple[str, ...] = TOTAL_WORDS
    subtotal_words: tuple[str, ...] = SUBTOTAL_WORDS
    footer_words: tuple[str, ...] = FOOTER_WORDS
    merge_equal_rows: bool = True
    period: tuple[str, ...] = USUAL_PERIOD
    sections: tuple[Section, ...]

    @property
    def name(self) -> str:
        """The name of the card's tables and the word rules use for it."""
        return self.card

    @property
    def row_key(self) -> tuple[str, ...]:
        """The items by which a row is the same from run to run: the key, or all items of a card without one."""
        return self.key or tuple(self.by_name)

    @property
    def title_zh(self) -> str:
        """Chinese title."""
        return self.title.zh

    @property
    def title_en(self) -> str:
        """English title."""
        return self.title.en

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field in card order, each with its section."""
        return tuple(
            field.model_copy(update={"section": section.title.zh, "section_en": section.title.en})
            for section in self.sections
            for field in section.fields
        )

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Fields by column name."""
        return {field.name: field for field in self.fields}

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError."""
        return self.by_name[name]

    def role(self, role: Role) -> str | None:
        """The item in that role, if the card has one."""
        name = self.roles.get(role, USUAL_ITEMS[role])
        return name if name in self.by_name else None

    def role_of(self, name: str) -> Role | Literal[""]:
        """The role an item is in; blank for none."""
        return next((role for role in USUAL_ITEMS if self.role(role) == name), "")

    @model_validator(mode="after")
    def _names_are_unique_and_keys_exist(self) -> "Card":
        names: set[str] = set()
        for place, section in enumerate(self.sections):
            for number, field in enumerate(section.fields):
                if field.name in names:
                    where = ("sections", place, "fields", number)
                    raise Misplaced(
                        f"card {self.card}: field declared twice, name one otherwise / 案卡项重复，请改名: {field.name}",
                        *where,
                    )
                names.add(field.name)
        if not names:
            raise Misplaced(f"card {self.card}: no items, add some / 没有案卡项，请补上", "sections")
        unknown = [name for name in self.key if name not in names]
        if unknown:
            raise Misplaced(f"card {self.card}: key names no field / 没有此项: {_named(unknown, names)}", "key")
        days = [
            field.name for section in self.sections for field in section.fields if field.type in ("date", "datetime")
        ]
        unknown = [name for name in self.period if name not in days and self.period != USUAL_PERIOD]
        if unknown:
            raise Misplaced(
                f"card {self.card}: period names no field of a day: {_named(unknown, days)} / 不是日期项", "period"
            )
        unknown = [name for name in self.roles.values() if name and name not in names]
        if unknown:
            raise Misplaced(f"card {self.card}: roles name no field / 没有此项: {_named(unknown, names)}", "roles")
        return self


def _named(unknown: Iterable[str], available: Iterable[str]) -> str:
    """Names that are not available, each with the nearest that is."""
    return ", ".join(f"{name}{nearest(name, available)}" for name in unknown)
