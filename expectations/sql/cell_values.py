"""How a cell's text becomes a value (spec: exports, section 3), one DuckDB expression per type.

The rows of an export and those of a rule's example are typed by it alike. Only SQL text is made here; a row is put together
in `card_rows`.
"""

from collections.abc import Mapping, Sequence

from expectations.catalogue.cards import SQL_TYPES, Field
from expectations.catalogue.date_formats import pattern_of
from expectations.catalogue.dictionaries import Dictionary
from expectations.sql.quoting import escaped, quoted

BLANKS = (
    " \t\n\r\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""Every blank that is trimmed from a cell; RE2's `\\s` knows the ASCII ones only."""

BLANK_WORDS = ("NULL", "null", "None", "nan", "NaT")
"""Texts that other programs write for a missing value."""

_SIGNS = ",，;；、|\n"
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_NARROW = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))

_CLOCK = r"(?:[01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?|时(?:[0-5]?\d分(?:[0-5]?\d秒)?)?)"
_TIME = rf"(?:[ T]+(?:上午|下午)?{_CLOCK}(?:Z|[+-]\d\d:?\d\d)?)?"
_DAY = r"\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日|\d{4})"
_WHOLE = r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)"


def value_macros() -> tuple[str, ...]:
    """The macro `clean_sql` uses, as statements to run once per connection.

    The first pattern is a cheap look that spares clean cells, nearly all of them, the replacements. No `in` list here
    or below: DuckDB makes a join of each, and the plan of two hundred columns then takes half a minute.
    """
    words = f"^(?:{'|'.join(BLANK_WORDS)})$"
    trimmed = f"regexp_replace(x, '^[{BLANKS}]*''?[{BLANKS}]*|[{BLANKS}]+$', '', 'g')"
    return (
        f"""create or replace temp macro anka_clean(x) as
        case when regexp_matches(x, '^[{BLANKS}'']|[{BLANKS}]$|^$|{words}')
            then nullif(regexp_replace({trimmed}, '{words}', ''), '') else x end""",
    )


def clean_sql(text: str) -> str:
    """The cell without surrounding blanks and leading apostrophe; NULL where nothing is left."""
    return f"anka_clean({text})"


def cell_sql(field: Field, text: str) -> str:
    """The cleaned cell of a field; NULL for the words that stand for a blank there."""
    cleaned = clean_sql(text)
    for word in field.blanks:
        cleaned = f"nullif({cleaned}, {quoted(word)})"
    return cleaned


def typed_sql(field: Field, text: str, dictionaries: Mapping[str, Dictionary]) -> str:
    """The value of `field` from its cleaned text; NULL where it is blank or can't be read as the type."""
    match field.type:
        case "date":
            return _date_written(text, field.formats) if field.formats else _date(text)
        case "int":
            return _number(text, rf"{_WHOLE}(?:\.0+)?", "[人岁天件]", SQL_TYPES["int"])
        case "bigint":
            return _number(text, rf"{_WHOLE}(?:\.0+)?", _unit(field), SQL_TYPES["bigint"])
        case "decimal":
            return _number(
                text, rf"(?:{_WHOLE}(?:\.\d{{1,4}}0*)?|[+-]?\.\d{{1,4}}0*)", _unit(field), SQL_TYPES["decimal"]
            )
        case "months":
            return _number(text, rf"(?:{_WHOLE}(?:\.0+|\.50*)?|[+-]?\.50*)", "(?:个?月)", SQL_TYPES["months"])
        case "wan_yuan":
            return _number(text, rf"(?:{_WHOLE}(?:\.\d+)?|[+-]?\.\d+)", "(?:万元?)", SQL_TYPES["wan_yuan"])
        case "id_no":
            return _id_number(text)
        case "dict" | "yesno":
            return _label(text, aliases_of(field.dictionary, dictionaries))
        case "dicts":
            return _labels(text, aliases_of(field.dictionary, dictionaries))
        case _:
            return text


def aliases_of(dictionary: str, dictionaries: Mapping[str, Dictionary]) -> dict[str, str]:
    """Other spellings of the labels of a dictionary; a label is never taken for another label's alias."""
    values = dictionaries[dictionary].values if dictionary in dictionaries else ()
    labels = {value.label for value in values}
    # Reversed, since the last entry of a key stays: of two values with one alias the first declared has it.
    return {alias: value.label for value in reversed(values) for alias in value.aliases if alias not in labels}


def _date(text: str) -> str:
    # Excel takes 1900 for a leap year: counted from this day, its serial numbers are right from March 1900 on.
    serial = r"\d{5}(?:\.\d+)?"
    parts = r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2}).*$"
    return f"""case
        when {text} is null then null
        when regexp_matches({text}, '^\\d{{4}}-\\d\\d-\\d\\d$') then try_cast({text} as date)
        when regexp_matches({text}, '^{serial}$') then
            case when {text}::double between 10000 and 80000 then date '1899-12-30' + floor({text}::double)::integer end
        when regexp_matches({text}, '^{_DAY}{_TIME}$') then
            try_cast(regexp_replace({text}, '{parts}', '\\1-\\2-\\3') as date)
    end"""


def _date_written(text: str, forms: Sequence[str]) -> str:
    """The first of the forms that the whole text has and that makes a day."""
    days = (
        f"case when regexp_matches({text}, {quoted(pattern_of(form))}) then try_strptime({text}, {quoted(form)})::date end"
        for form in forms
    )
    return f"coalesce({', '.join(days)}, null)"


def _unit(field: Field) -> str:
    return f"(?:{escaped(field.unit)})" if field.unit else "(?:)"


def _number(text: str, number: str, unit: str, sql_type: str) -> str:
    blanks = "[ \u00a0\u3000]*"
    digits = f"replace(regexp_extract({text}, '^[-+0-9.,]*'), ',', '')"
    if sql_type in ("integer", "bigint"):
        digits = f"regexp_replace({digits}, '\\.0+$', '')"
    return f"""case
        when {text} is null then null
        when regexp_matches({text}, '^{number}(?:{blanks}{unit})?$') then try_cast({digits} as {sql_type})
    end"""


def _id_number(text: str) -> str:
    narrow = f"upper(translate({text}, {quoted(_WIDE)}, {quoted(_NARROW)}))"
    return f"case when {text} is not null then regexp_replace({narrow}, '[{BLANKS}]', '', 'g') end"


def _label(text: str, aliases: Mapping[str, str]) -> str:
    if not aliases:
        return text
    cases = " ".join(f"when {quoted(alias)} then {quoted(label)}" for alias, label in aliases.items())
    return f"case {text} {cases} else {text} end"


def _labels(text: str, aliases: Mapping[str, str]) -> str:
    """Items split, each alias replaced, rejoined by comma. Lists are slow: a tidy text is only looked at."""
    signs = "[,，;；、|\\n]"
    tidy = f"regexp_matches({text}, '^[^{_SIGNS}{BLANKS}]+(?:,[^{_SIGNS}{BLANKS}]+)+$')"
    if aliases:
        tidy += f" and not regexp_matches({text}, '(?:^|,)(?:{'|'.join(map(escaped, aliases))})(?:,|$)')"
    items = f"list_filter([anka_clean(i) for i in string_split_regex({text}, '{signs}')], lambda i: i is not null)"
    labels = f"list_transform({items}, lambda i: {_label('i', aliases)})"
    # A list of one, so that the lambda has a name for the labels and they are computed once.
    once = "lambda l: array_to_string(list_filter(l, lambda i, n: list_position(l, i) = n), ',')"
    return f"""case when not regexp_matches({text}, '{signs}') then {_label(text, aliases)}
        when {tidy} and list_unique(string_split({text}, ',')) = len(string_split({text}, ',')) then {text}
        else nullif(list_transform([{labels}], {once})[1], '') end"""
