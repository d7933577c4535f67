"""How a cell's text becomes a value (spec: exports, section 3), one DuckDB expression per type.

The rows of an export and those of a rule's example are typed by it alike. Only SQL text is made here; a row is put together
in `card_rows`.
"""

from collections.abc import Iterator, Mapping, Sequence

from expectations.catalogue.cards import SQL_TYPES, Field
from expectations.catalogue.date_formats import pattern_of
from expectations.catalogue.dictionaries import Dictionary
from expectations.sql.quoting import escaped, quoted

SPACES = "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2800\u115f\u1160\u3164\uffa0"
"""Signs that leave a gap, as ranges of a regular expression: Unicode's separators (Z) and line ends, and five signs of other kinds
that are drawn as a gap and with which people fill items that must not be blank (Hangul fillers, the empty Braille cell)."""

INVISIBLE = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad"
    "\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
"""Signs that are not drawn, likewise: Unicode's control (Cc) and format characters (Cf), without those of Cf that are drawn (numbers'
and abbreviation marks of Arabic, Syriac and Kaithi). They tell a program how to set text, come along when it is copied, and mean nothing
at the ends of a cell or in a heading. Variation selectors (Mn) are none of them: they tell two forms of a character of a name apart."""

BLANKS = SPACES + INVISIBLE
"""Every sign that is trimmed from a cell; RE2's `\\s` knows the ASCII ones only."""

BLANK_WORDS = ("NULL", "null", "None", "nan", "NaT")
"""Texts that other programs write for a missing value."""

_SIGNS = ",，;；、|\n"
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_NARROW = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_NUMBER_SIGNS = {
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    "＋": "+",
    "－": "-",
    "．": ".",
    "，": ",",
    "\u2212": "-",
}
"""The full-width signs of a number; others may be part of a unit."""

_DAY = r"\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日|\d{4})"
_CALM_CLOCK = r"(?:[01]?\d|2[0-2]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
"""A time of day that can't belong to the next day, as one just before midnight may."""
_LATE_CLOCK = r"23:[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
_HOURS = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
_OFFSET = r"(?:Z|[-+](?:0\d|1[0-4]):?[0-5]\d)"
_WHOLE = r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)"

_MONTHS = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_HALF = "上午|下午|AM|PM"
_TIDIED = (
    (" ?([-/.:年月日号时点分秒]) ?", r"\1"),
    (r"[ ,]*(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?|\([一二三四五六日天]\))", " "),
    (rf" *({_HALF}) *", r" \1 "),
    (r"^(\d{4})年(\d{1,2})月(\d{1,2})[日号]", r"\1-\2-\3 "),
    (r"^(\d{4})(?:/(\d{1,2})/|\.(\d{1,2})\.)(\d{1,2})", r"\1-\2\3-\4"),
    (r"^(\d{4})(\d\d)(\d\d)[ T]?(\d\d)(\d\d)(\d\d)(Z|[-+]\d{4}|)$", r"\1-\2-\3 \4:\5:\6\7"),
    # not where year and month may be the year, month and day of 12 digits that end in seconds: 200102…, 191231…
    (r"^((?:19|20)(?:00|1[3-9]|[2-9]\d))(\d\d)(\d\d)(\d\d)(\d\d)$", r"\1-\2-\3 \4:\5"),
    (r"^(\d{4})(\d\d)(\d\d)([ T])", r"\1-\2-\3\4"),
    (r"^([A-Z]{3}) (\d{1,2}),? (\d{4})( |$)", r"\3-\1-\2 "),
)
"""What is done to a rare form of date, one after the other, so that `_MOMENT` knows it; the text is in half-width capitals."""
_MOMENT = (
    rf"^(\d{{4}})-(\d{{1,2}}|[A-Z]{{3}})-(\d{{1,2}})(?:[ T]+({_HALF})?[ ]*(?:"
    r"([01]?\d|2[0-3])[:时点]([0-5]?\d)?(?:[:分](?:([0-5]?\d)(?:[.,:](\d{1,6})\d*)?)?)?秒?"
    rf"(?: *({_HALF}))?(?: *(?:(Z|UTC|GMT)|([-+])(0?\d|1[0-4])(?::?([0-5]\d))?)(?:\[[A-Z/_]+\])?)?)?)? *$"
)
_PARTS = (
    "year",
    "month",
    "day",
    "half",
    "hour",
    "minute",
    "second",
    "fraction",
    "half_behind",
    "utc",
    "sign",
    "hours",
    "minutes",
)

_DAYS_TO_1904 = 1462
"""Days between the two days that workbooks count from."""

_LOST_SECONDS = {"Asia/Shanghai": 43}
"""JavaScript counts offsets in minutes. Where clocks once were ahead by 8:05:43 it writes a midnight as 43 seconds before it."""


def value_macros(time_zone: str = "") -> tuple[str, ...]:
    """The macros that the SQL made here uses, as statements to run once per connection; `time_zone` is the catalogue's, if it has one.

    The first pattern of each is a cheap look that spares clean cells, nearly all of them, the replacements. No `in` list here
    or below: DuckDB makes a join of each, and the plan of two hundred columns then takes half a minute.
    """
    words = f"^(?:{'|'.join(BLANK_WORDS)})$"
    # a formula whose value is a text: how programs keep a spreadsheet from taking a number of a csv for one
    formula = f'(?s)^[{BLANKS}]*="((?:[^"]|"")*)"[{BLANKS}]*$'
    unwrapped = f"case when regexp_matches(v, '{formula}') then replace(regexp_extract(v, '{formula}', 1), '\"\"', '\"') else v end"
    trimmed = f"regexp_replace({unwrapped}, '^[{BLANKS}]*''?[{BLANKS}]*|[{BLANKS}]+$', '', 'g')"
    # lists of one, so that nothing stands twice in the plan, which is made for each column of each file
    changed = (
        f"list_filter(list_transform([x], lambda v: regexp_replace({trimmed}, '{words}', '')), lambda v: v <> '')[1]"
    )
    return (
        f"""create or replace temp macro anka_clean(x) as
        case when regexp_matches(x, '^[{BLANKS}''=]|[{BLANKS}]$|^$|{words}') then {changed} else x end""",
        *_date_macros(time_zone),
    )


def _date_macros(time_zone: str) -> Iterator[str]:
    """`anka_date(x, shift)`: the day a text says; `shift` is the serial number that the sheet's day 0 has in a sheet of 1900."""
    lost = _LOST_SECONDS.get(time_zone)
    written = f"upper(translate(x, {quoted(_WIDE + _DASHES)}, {quoted(_NARROW + '-' * len(_DASHES))}))"
    for pattern, replacement in ((f"[{INVISIBLE}]+", ""), (f"[{SPACES}]+", " "), *_TIDIED):
        written = f"regexp_replace({written}, '{pattern}', '{replacement}', 'g')"
    yield f"create or replace temp macro anka_tidied_date(x) as {written}"
    # a time before midnight by less than half a second is the end of the day or, by an error of rounding, the next one
    next_day = (
        f"when x::time between {_before_midnight(lost, 1)} and {_before_midnight(lost, -1)} then x::date + 1"
        if lost
        else ""
    )
    yield f"""create or replace temp macro anka_day_of(x) as
        case {next_day} when x::time >= time '23:59:59.5' then null else x::date end"""
    # by an error of rounding, a serial number may lie before the midnight it was made of
    late = f"or abs((x - floor(x)) * 86400 - {86400 - lost}) <= 0.5" if lost else ""
    # Excel takes 1900 for a leap year: counted from this day, its serial numbers are right from March 1900 on.
    yield f"""create or replace temp macro anka_serial_day(x) as case when x between 10000 and 80000 then
        date '1899-12-30' + (floor(x) + case when (x - floor(x)) * 86400 >= 86399.5 {late} then 1 else 0 end)::integer end"""
    month = f"case when p.month >= 'A' then ((strpos('{_MONTHS}', p.month) + 2) // 3)::varchar else p.month end"
    clock = ", ':', ".join(f"coalesce(nullif(p.{part}, ''), '0')" for part in ("hour", "minute", "second"))
    stamp = f"concat(p.year, '-', {month}, '-', p.day, ' ', {clock}, '.', coalesce(nullif(p.fraction, ''), '0'))"
    halves = "concat(p.half, p.half_behind)"
    hours = f"""case when regexp_matches({halves}, '下午|PM') and p.hour::integer < 12 then 12
        when regexp_matches({halves}, '上午|AM') and p.hour::integer = 12 then -12 else 0 end"""
    ahead = "(p.sign || (p.hours::integer * 60 + coalesce(nullif(p.minutes, ''), '0')::integer))::integer"
    universal = f"(try_cast({stamp} as timestamp) + to_hours({hours}) - to_minutes(case when p.utc <> '' then 0 else {ahead} end))"
    local = f"timezone({quoted(time_zone)}, timezone('UTC', {universal}))" if time_zone else "null::timestamp"
    yield f"""create or replace temp macro anka_moment(p) as case
        when p.year = '' then null
        when p.hour = '' then try_cast({stamp} as timestamp)
        when p.utc = '' and p.sign = '' then try_cast({stamp} as timestamp) + to_hours({hours})
        else {local} end"""
    # lists of one, so that the lambdas have a name for what is computed once
    parts = f"[regexp_extract(anka_tidied_date(x), '{_MOMENT}', [{', '.join(map(quoted, _PARTS))}])]"
    moments = f"list_transform({parts}, lambda p: anka_moment(p))"
    yield f"create or replace temp macro anka_rare_date(x) as list_transform({moments}, lambda m: anka_day_of(m))[1]"
    with_time = f"list_transform({parts}, lambda p: case when p.hour <> '' then anka_moment(p) end)"
    yield f"create or replace temp macro anka_rare_moment(x) as ({with_time})[1]"
    plain = r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2}).*$"
    late = rf"^\d{{4}}(?:-\d{{1,2}}-|/\d{{1,2}}/)\d{{1,2}}[ T]{_LATE_CLOCK}$"
    instant = rf"^\d{{4}}-\d\d-\d\d[ T]{_CLOCK}{_OFFSET}$"
    branches = [
        (r"^\d{4}-\d\d-\d\d$", "try_cast(x as date)"),
        (rf"^{_DAY}(?:[ T]{_CALM_CLOCK})?$", rf"try_cast(regexp_replace(x, '{plain}', '\1-\2-\3') as date)"),
        (r"^\d{5}(?:\.\d+)?$", "anka_serial_day(x::double + shift)"),
        (late, "anka_day_of(try_cast(replace(x, '/', '-') as timestamp))"),
    ]
    if time_zone:
        branches.append((instant, f"anka_day_of(timezone({quoted(time_zone)}, try_cast(x as timestamptz)))"))
    cases = " ".join(f"when regexp_matches(x, '{form}') then {day}" for form, day in branches)
    yield f"create or replace temp macro anka_date(x, shift) as case when x is null then null {cases} end"


def _before_midnight(seconds: int, half: int) -> str:
    return f"time '23:59:{60 - seconds - half * 0.5:04.1f}'"


def clean_sql(text: str) -> str:
    """The cell without surrounding blanks and leading apostrophe; NULL where nothing is left."""
    return f"anka_clean({text})"


def cell_sql(field: Field, text: str) -> str:
    """The cleaned cell of a field; NULL for the words that stand for a blank there."""
    cleaned = clean_sql(text)
    for word in field.blanks:
        cleaned = f"nullif({cleaned}, {quoted(word)})"
    return cleaned


def typed_sql(field: Field, text: str, dictionaries: Mapping[str, Dictionary], from_1904: bool = False) -> str:
    """The value of `field` from its cleaned text; NULL where it is blank, can't be read as the type, or by `rare_sql` only.

    `from_1904`: serial numbers of days count from 1904.
    """
    match field.type:
        case "date":
            shift = _DAYS_TO_1904 if from_1904 else 0
            return _written(text, field.formats, "anka_day_of({})") if field.formats else f"anka_date({text}, {shift})"
        case "datetime":
            return _written(text, field.formats, "{}") if field.formats else _moment(text)
        case _ if field.type in _NUMBERS:
            return _number(text, field)
        case "id_no":
            return _id_number(text)
        case "dict" | "yesno":
            return _label(text, aliases_of(field.dictionary, dictionaries))
        case "dicts":
            return _labels(text, aliases_of(field.dictionary, dictionaries))
        case _:
            return text


def rare_sql(field: Field, text: str) -> str | None:
    """The value of a text that `typed_sql` can't read: dates and numbers in forms that few exports have. None for other types.

    Parted from it, as planning these expressions for every column takes longer than reading a small file. Whoever types rows asks
    for it where cells were left over (`card_rows.rare_fields`).
    """
    if field.type in ("date", "datetime") and not field.formats:
        return f"anka_rare_{'date' if field.type == 'date' else 'moment'}({text})"
    return _number(_narrow_number(text), field) if field.type in _NUMBERS else None


def aliases_of(dictionary: str, dictionaries: Mapping[str, Dictionary]) -> dict[str, str]:
    """Other spellings of the labels of a dictionary; a label is never taken for another label's alias."""
    values = dictionaries[dictionary].values if dictionary in dictionaries else ()
    labels = {value.label for value in values}
    # Reversed, since the last entry of a key stays: of two values with one alias the first declared has it.
    return {alias: value.label for value in reversed(values) for alias in value.aliases if alias not in labels}


def _written(text: str, forms: Sequence[str], made_of: str) -> str:
    """What is made of the moment by the first of the forms that the whole text has; a form without a time means midnight."""
    values = (
        f"case when regexp_matches({text}, {quoted(pattern_of(form))})"
        f" then {made_of.format(f'try_strptime({text}, {quoted(form)})')} end"
        for form in forms
    )
    return f"coalesce({', '.join(values)}, null)"


def _moment(text: str) -> str:
    """A day with a time of the clock; a day alone does not say which moment is meant."""
    return f"case when regexp_matches({text}, '^\\d{{4}}-\\d\\d-\\d\\d[ T]{_HOURS}$') then try_cast({text} as timestamp) end"


_NUMBERS = {
    "int": (rf"{_WHOLE}(?:\.0+)?", "[人岁天件]"),
    "bigint": (rf"{_WHOLE}(?:\.0+)?", ""),
    "decimal": (rf"(?:{_WHOLE}(?:\.\d{{1,4}}0*)?|[+-]?\.\d{{1,4}}0*)", ""),
    "months": (rf"(?:{_WHOLE}(?:\.0+|\.50*)?|[+-]?\.50*)", "(?:个?月)"),
    "wan_yuan": (rf"(?:{_WHOLE}(?:\.\d+)?|[+-]?\.\d+)", "(?:万元?)"),
}
"""How the numbers of a type look, and the unit that may follow; where there is none, that of the field."""


def _number(text: str, field: Field) -> str:
    number, unit = _NUMBERS[field.type]
    unit = unit or (f"(?:{escaped(field.unit)})" if field.unit else "(?:)")
    sql_type = SQL_TYPES[field.type]
    digits = f"replace(regexp_extract({text}, '^[-+0-9.,]*'), ',', '')"
    if sql_type in ("integer", "bigint"):
        digits = f"regexp_replace({digits}, '\\.0+$', '')"
    return f"""case
        when {text} is null then null
        when regexp_matches({text}, '^{number}(?:[ \u00a0\u3000]*{unit})?$') then try_cast({digits} as {sql_type})
    end"""


def _narrow_number(text: str) -> str:
    """The text with the signs of a number in half width, and without what is not drawn."""
    wide, narrow = ("".join(signs) for signs in (_NUMBER_SIGNS, _NUMBER_SIGNS.values()))
    return f"translate(regexp_replace({text}, '[{INVISIBLE}]+', '', 'g'), {quoted(wide)}, {quoted(narrow)})"


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
