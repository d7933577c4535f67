"""What a row of a sheet is by itself, if it is no card: headings once more, a total, a footer, the numbers of the columns.

One SQL expression per sheet over the cleaned cells of a row. Which rows count, seen beside each other, is `row_reasons`. A card must
never be taken for one of these: each says so in its first filled cell, and has no number of a case or person.
"""

import re
from collections.abc import Sequence

from expectations.catalogue.cards import PARSED_TYPES, Card, Role
from expectations.sql.cell_values import BLANKS
from expectations.sql.quoting import column, escaped, quoted
from flows.load.headings import NARROW, WIDE, Column, Row, normalise_heading

HEADER_COPY, FOOTER, COLUMN_NUMBERS, TOTAL, SUBTOTAL = "header_copy", "footer", "column_numbers", "total", "subtotal"
"""The last two differ in where they may stand: a total ends its page, a subtotal stands anywhere."""

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_FEWEST_NUMBERS = 3

_UNNUMBERED = f"(?:[{_STEMS}]|[a-e]|栏次|栏目|行次|序号|编号|项目)"
"""What stands over columns that are not numbered."""
_NUMERAL = "[0-9一二三四五六七八九十百]+"
_PAGE = rf"^-*(?:(?:第{_NUMERAL}(?:/{_NUMERAL})?页|共{_NUMERAL}(?:页|条(?:记录)?)|页码:?\d+/\d+|page:?\d+(?:(?:of|/)\d+)?)[,;、/|.-]*)+$"
_FIRST_SIGNS = f"{_STEMS}{_CIRCLED}1１(（[【〔aAＡ第共页pP栏行序编项-"
_ESCAPE = "\\"
_OF_CLASSES = r"\]^-["


def row_kind(card: Card, columns: Sequence[Column]) -> str:
    """The kind of a row, NULL for what may be a card. Needs `_is_header` beside the cleaned cells."""
    if not declares_words(card):
        return f"case when _is_header then {quoted(HEADER_COPY)} end"
    in_order = ", ".join(place_of(each) for each in columns)
    # nearly no row begins with a sign of these, and the others need not be looked at
    looks = f"regexp_matches(coalesce({in_order}, null), '^{_first_signs(card)}')"
    filled = f"list_transform(list_filter([{in_order}], lambda c: c is not null), lambda c: {_normal('c')})"
    kinds = " ".join(f"when {test} then {quoted(kind)}" for kind, test in _tests(card, columns).items())
    # a list of one, so that the lambda has a name for the filled cells and they are computed once
    return f"""case when _is_header then {quoted(HEADER_COPY)}
        when {looks} then list_transform([{filled}], lambda cells: case {kinds} end)[1] end"""


def declares_words(card: Card) -> bool:
    """Whether rows of the card can be anything else but cards and headings."""
    return bool(card.total_words or card.subtotal_words or card.footer_words)


def place_of(sheet_column: Column) -> str:
    """The cleaned cell of a column: under the name of its field or, where it is none, of its place."""
    return column(sheet_column.field) if sheet_column.field else f"_c{sheet_column.position}"


def _first_signs(card: Card) -> str:
    """The signs a row that is no card may begin with, as a class of a regular expression."""
    words = (*card.total_words, *card.subtotal_words, *card.footer_words)
    of_words = {sign for word in words for sign in (word.strip()[:1].lower(), word.strip()[:1].upper())}
    return f"[{''.join(f'{_ESCAPE}{sign}' if sign in _OF_CLASSES else sign for sign in sorted(of_words | set(_FIRST_SIGNS)))}]".replace(
        "'", "''"
    )


def _tests(card: Card, columns: Sequence[Column]) -> dict[str, str]:
    """What must hold of the filled `cells` of a row, in normal form, by kind.

    A row that names a case, a person or, on cards without these, its key is a card; unless what stands there is one of the words too.
    """
    present = {each.field for each in columns}
    roles: tuple[Role, ...] = ("case", "person")
    numbers = [column(name) for role in roles if (name := card.role(role)) and name in present]
    keys = [column(name) for name in card.key if name in present]
    total, subtotal = (*card.total_words, *card.subtotal_words), card.subtotal_words
    names_none = " and ".join(f"coalesce({_says(_normal(each), _total_form(total))}, true)" for each in numbers or keys)
    tests = {}
    if subtotal and names_none:
        tests[SUBTOTAL] = f"{_says('cells[1]', _total_form(subtotal))} and {names_none}"
    if total:
        tests[TOTAL] = f"{_says('cells[1]', _total_form(total))} and {names_none or 'true'}"
    if card.footer_words and names_none:
        # a key may be a word of any kind, a number of a case or a person is none of these
        form = f"{_footer_form(card.footer_words, alone=bool(numbers))}|{_PAGE}"
        number = _normal(f"coalesce({', '.join([*numbers, *keys])}, null)")
        few = f"len(cells) <= 2 * len(list_filter(cells, lambda c: {_says('c', form)}))"
        tests[FOOTER] = f"{_says('cells[1]', form)} and {few} and coalesce({_says(number, form)}, true)"
    if names_none:
        tests[COLUMN_NUMBERS] = _are_numbers(card, columns, numbers or keys)
    return tests


def _are_numbers(card: Card, columns: Sequence[Column], numbers: Sequence[str]) -> str:
    """1, 2, 3 … to the last filled cell, the number of the case and an item that can't be a number among them: no card has that."""
    telling = [
        column(each.field)
        for each in columns
        if each.field and card.field(each.field).type not in ("text", *(PARSED_TYPES - {"date"}))
    ]
    counted = f"regexp_replace(array_to_string(cells, '|') || '|', '^(?:{_UNNUMBERED}\\|)*', '')"
    series = (map(str, range(1, len(columns) + 1)), _CIRCLED)
    in_order = " or ".join(
        f"starts_with({quoted(''.join(f'{number}|' for number in each))}, {counted})" for each in series
    )
    filled = " and ".join(
        [*(f"{number} is not null" for number in numbers), f"coalesce({', '.join(telling)}, null) is not null"]
    )
    return f"len(cells) >= {_FEWEST_NUMBERS} and {counted} <> '' and ({in_order}) and {filled}" if telling else "false"


def _normal(text: str) -> str:
    """A cell as it is compared: small letters, half width, no blanks, no brackets around the whole of it."""
    narrow = f"lower(translate({text}, {quoted(WIDE + '，／')}, {quoted(NARROW + ',/')}))"
    return f"regexp_replace(regexp_replace({narrow}, '[{BLANKS}]+', '', 'g'), '^[(\\[【〔]([^()\\[\\]]*)[)\\]】〕]$', '\\1')"


def _says(text: str, form: str) -> str:
    return f"regexp_matches({text}, '(?s){form}')"


def _total_form(words: Sequence[str]) -> str:
    """A word alone, with a unit in brackets, a colon, or a figure behind it."""
    return rf"^{_any_of(words)}(?:\([^()]*\))?:?(?:$|[-+]?\d)"


def _footer_form(words: Sequence[str], *, alone: bool) -> str:
    """A word with a colon, perhaps numbered or with something in brackets; or the word `alone`."""
    behind = r"(?::.*)?" if alone else ":.*"
    return rf"^{_any_of(words)}\d{{0,2}}(?:\([^()]*\))?{behind}$"


def _any_of(words: Sequence[str]) -> str:
    return f"(?:{'|'.join(escaped(re.sub(f'[{BLANKS}]+', '', word).lower()) for word in words)})"


def is_header(columns: Sequence[Column], heading_cells: Sequence[Row]) -> str:
    """A row that repeats one of the heading rows in every recognised column; over the cells as they stand."""
    copies = []
    for cells in heading_cells:
        texts = {
            each.position: cells[each.position] if each.position < len(cells) else "" for each in columns if each.field
        }
        # a filled heading first: hardly any row has it, and `case` spares all others the rest, which is one list as every test by itself
        # has patterns that are made ready for each file
        (first, heading), *others = sorted(texts.items(), key=lambda text_there: not text_there[1])
        begins = f"{_as_heading(f'c{first}')} = {quoted(normalise_heading(heading))}"
        rest = f"list_transform([{', '.join(f'c{place}' for place, _ in others)}], lambda c: {_as_heading('c')})"
        headings = ", ".join(quoted(normalise_heading(text)) for _, text in others)
        copies.append(f"case when {begins} then {f'{rest} = [{headings}]' if others else 'true'} else false end")
    return " or ".join(copies)


def _as_heading(text: str) -> str:
    """`normalise_heading` in SQL, of a cell that may be blank."""
    unwrapped = f"regexp_replace(regexp_replace({text}, '[{BLANKS}]+', '', 'g'), '^=\"(.*)\"$', '\\1')"
    narrow = f"translate({unwrapped}, {quoted(WIDE)}, {quoted(NARROW)})"
    return f"coalesce(rtrim(ltrim({narrow}, '*★'), ':'), '')"
