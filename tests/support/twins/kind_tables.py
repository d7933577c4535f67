"""Random small tables of the cards in `kind_cards`: cells as exports have them, stored by the loader, typed for the twins.

What the twins see is read here a second time, naively; of the product only the way from cells to `cards` tables is used.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import strategies as st

from expectations.catalogue.cards import Card, Field
from expectations.sql.card_rows import typed_rows as loaded_rows
from expectations.sql.cell_values import value_macros
from expectations.sql.quoting import column
from support.twins.kind_cards import CARDS, DICTIONARIES, VALUES
from support.twins.pandas_values import NUMBERS, Unreadable, add_months, cleaned, items, read_date

Cells = dict[str, str | None]
"""One row as the texts of its cells; items that are not named are blank."""

Tables = dict[str, list[Cells]]
"""The rows of every card."""

ANCHORS = [
    date.fromisoformat(day)
    for day in (
        "2024-01-30",
        "2024-01-31",
        "2024-02-29",
        "2024-04-30",
        "2025-02-28",
        "2025-12-31",
        "2026-01-30",
        "2026-01-31",
        "2021-02-28",
        "2021-03-01",
        *("2025-01-22", "2025-09-03", "2025-09-25", "2026-01-16", "2026-02-10") * 3,
    )
]
"""Days before Spring Festival and other holidays, month ends, leap days, and the change of a charge's name."""

OFFSETS = [-1, -1, -1, 0, 0, *range(-1, 15), *range(7, 15), *range(15, 23), *range(28, 47), 59, 366]
"""Days from an anchor to the other dates of a row: around the ends of usual limits."""

BIRTHS = "2008-02-29 2010-02-28 2008-01-31 1990-01-01 2000-01-01 1999-12-31 2010-02-10 2026-02-28".split()
BLANKS = [None, "", " ", "\u3000", "\t\u00a0", "NULL"]
NO_DATES = ["2026-02-30", "三月", "2026-1", "2025"]

CHARGES = [
    "盗窃罪",
    "诈骗罪",
    "合同诈骗罪",
    "掩饰、隐瞒犯罪所得、犯罪所得收益罪",
    "窝藏、包庇罪",
    "窝藏罪",
    "侮辱罪",
    "强制猥亵、侮辱罪",
    "拒绝提供间谍犯罪、恐怖主义犯罪、极端主义犯罪证据罪",
    "生产、销售假药罪",
    "生产、销售、提供假药罪",
    "诈骗",
]
SUFFIXES = ["", "", "", "（原生产、销售假药罪）", "(原诈骗罪)", "（已删除）", "(未遂)", " "]
SIGNS = [",", "，", ";", "；", "|", "\n", "、", "、", "，、", " , "]

POOLS: dict[str, list[str]] = {
    "bmsah": [
        "武陵检刑捕受[2026]77010100001号", "武陵检刑诉受[2025]77010100002号", "武陵检刑诉受[2024]77020212345号",
        "武陵检不明受[2026]77010100003号", "刑捕受2026号",
    ],
    "suspect_no": ["S1", "S2", "S3", "S4", "S'1", " S1 ", "X9"],
    "name": ["张三", "李四", "张某某", "o'三", "未提出", "无", "\u3000张三", "S1"],
    "doc_no": ["武检刑诉〔2026〕12号", "武检刑诉〔2025〕7号", "武检刑诉〔2024〕012号", "乡检〔2026〕120号", "武检刑诉[2026]12号", "第3号"],
    "id_no": [
        "770101200802290019", "770101199001010026", "770101198512310130", "77010120080229006X", "77010120080229006x",
        "770101200802290010", "770101199001010025", "7701011985123101X0", "７７０１０１２０１００１３１０１１７", "770101 199001010253",
        "77010119900101025", "护照E12345",
    ],
    "uscc": ["91770101MA00000006", "9177010198765432X5", "51770101MJ01234561", "91770101MA00000007", "91770101MO00000006", "9177"],
    "persons": ["0", "1", "2人", "3.0", "1,200", "-2", "三", "1.5", "6", "7"],
    "term": ["0", "1", "6", "6.5", "7", "12个月", "13", "3年6个月", "499", "1.25"],
    "amount": ["0", "0.5", "-1", "6", "100", "499", "499.25", "500", "12万", "3000元", "1,200.5"],
    "factors": [
        "累犯", "自首,立功", "自首，立功", "投案；坦白", "自首; 坦白", "自首、立功", "累犯|无", "自首\n坦白", "无", "无,无", "无,自首", "累犯、无", ",，", "、",
        "自首 ,\u3000自首", "自手", "累犯,自首,自手",
    ],
}  # fmt: skip
"""By item, texts that mean something to a rule; items with a dictionary take its labels and other spellings too."""


def _charge_texts(number: int) -> list[str]:
    """That many cells with one to three charges, parted by any sign, some with a suffix, a sign too many or a name twice."""
    choice, texts = Random(number).choice, list[str]()
    for _ in range(number):
        names = [choice(CHARGES) + choice(SUFFIXES) + choice(SIGNS) for _ in range(choice([1, 2, 2, 3]))]
        texts.append("".join(names) if choice([True, False]) else "".join(names).rstrip("".join(SIGNS)))
    return texts


def _written(day: date, form: int) -> str:
    forms = {
        1: f"{day:%Y/%m/%d}",
        2: f"{day:%Y%m%d}",
        3: f"{day.year}年{day.month}月{day.day}日",
        4: f"\u3000{day} 08:30:00 ",
    }
    return forms.get(form, f"{day}")


@st.composite
def _day(draw: st.DrawFn, name: str, anchor: date) -> str | None:
    """A day near the anchor; for a birth, so many years before it."""
    chance = draw(st.integers(0, 4))
    if chance == 0:
        return draw(st.sampled_from([*BLANKS, *BLANKS, *NO_DATES]))
    if name == "birth_date":
        years = draw(st.sampled_from([16, 18]))
        near = add_months(anchor, -12 * years) + timedelta(days=draw(st.sampled_from([-1, 0, 0, 1])))
        return str(near) if chance > 2 else draw(st.sampled_from(BIRTHS))
    offset = draw(st.sampled_from([0, 0, 0, 1, -1] if name == "accept_date" else OFFSETS))
    return _written(anchor + timedelta(days=offset), draw(st.integers(0, 9)))


@cache
def _cell(field: Field) -> st.SearchStrategy[str | None]:
    """A cell of an item that is no date of the case."""
    if field.type in ("charge", "charges"):
        return st.sampled_from([*CHARGES, *BLANKS[:4], *_charge_texts(120 if field.multiple else 8)])
    texts = [text for label, (_, _, alias) in VALUES.get(field.dictionary, {}).items() for text in (label, alias)]
    marked = [f"\u3000{texts[0]} ", "不明"] if texts else []
    pool = POOLS.get(field.name) or [*filter(None, [*texts[:10], *texts[-2:]]), *marked]
    return st.sampled_from([*pool, *BLANKS[: max(3, len(pool) // 3)]])


@dataclass(frozen=True)
class Frame:
    """What the rows of one example share, so that they meet: a few days, cases and persons."""

    anchors: Sequence[date]
    keys: Mapping[str, Sequence[str | None]]


@st.composite
def _frame(draw: st.DrawFn) -> Frame:
    def some(pool: Sequence[Any]) -> list[Any]:
        return draw(st.lists(st.sampled_from(pool), min_size=1, max_size=4))

    cases, persons = [*some(POOLS["bmsah"]), None], [*some(POOLS["suspect_no"]), " "]
    return Frame(some(ANCHORS), {"bmsah": cases, "ref_bmsah": cases, "suspect_no": persons})


@st.composite
def _row(draw: st.DrawFn, card: Card, names: Sequence[str], frame: Frame) -> Cells:
    anchor, row = draw(st.sampled_from(frame.anchors)), Cells()
    for name in names:
        field = card.field(name)
        if name in frame.keys:
            row[name] = draw(st.sampled_from(frame.keys[name]))
        elif field.type == "date":
            row[name] = draw(_day(name, anchor))
        else:
            row[name] = draw(_cell(field))
    return row


@st.composite
def tables(draw: st.DrawFn, names: Mapping[str, Sequence[str]]) -> Tables:
    """At most twelve rows a card with cells in the named items, some rows twice and some equal but for one item."""
    frame, rows_by_card = draw(_frame()), Tables()
    for name, of_card in names.items():
        card = CARDS[name]
        number = draw(st.sampled_from([0, 1, 3, *[9] * 7]))
        rows = draw(st.lists(_row(card, of_card, frame), min_size=number, max_size=number))
        for _ in range(draw(st.integers(0, 3)) if rows else 0):
            copy, item = dict(draw(st.sampled_from(rows))), draw(st.sampled_from(["", *of_card]))
            if item:
                copy[item] = draw(_row(card, [item], frame))[item]
            rows.append(copy)
        rows_by_card[name] = rows
    return rows_by_card


def store(con: duckdb.DuckDBPyConnection, card: Card, names: Sequence[str], rows: Sequence[Cells]) -> set[str]:
    """Replaces `cards.<card>` by the named items of the rows, with the loader's statement; returns the unreadable fields.

    The rows are numbered in order and stored the other way round, so that nothing may rest on where they lie.
    """
    fields = tuple(field for field in card.fields if field.name in names)
    texts = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    numbers = pa.array(range(len(rows)), pa.int64())
    con.register("raw_rows", texts.append_column("_sheet_row", numbers))
    place = {"_row": "_sheet_row", "_file": "0", "_sheet": "''", "_sheet_row": "_sheet_row"}
    loaded = loaded_rows(fields, DICTIONARIES, lambda field: column(field.name), place, "raw_rows")
    con.execute(f"create or replace table cards.{card.name} as select * from ({loaded}) order by _row desc")
    con.unregister("raw_rows")
    unreadable = con.execute(f"select distinct unnest(_unreadable) from cards.{card.name}").fetchall()
    return {str(name) for (name,) in unreadable}


def make_schemas(con: duckdb.DuckDBPyConnection) -> None:
    """What `store` needs, once per connection."""
    con.execute("create schema cards")
    for statement in value_macros("Asia/Shanghai"):
        con.execute(statement)


def _value(field: Field, text: str | None) -> Any:
    """The value of a cleaned text: None for a blank, `Unreadable` for what is no value of the type."""
    aliases = {alias: label for label, (_, _, alias) in VALUES.get(field.dictionary, {}).items() if alias}
    if text is None:
        return None
    if field.type == "date":
        return read_date(text)
    if field.type in NUMBERS:
        match = re.fullmatch(NUMBERS[field.type], text)
        return float(match[1].replace(",", "")) if match else Unreadable(text)
    if field.type == "dicts":
        return ",".join(dict.fromkeys(aliases.get(item, item) for item in items(text))) or None
    if field.type == "id_no":
        narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
        return re.sub(r"\s", "", narrow).upper()
    return aliases.get(text, text)


def typed_rows(card: Card, rows: Sequence[Cells]) -> list[dict[str, Any]]:
    """The rows as values by item; the text of item x as `raw x`, the unreadable items as `unreadable`, the number as `row`."""
    typed = []
    for number, cells in enumerate(rows):
        texts = {name: cleaned(cells.get(name)) for name in card.by_name}
        values = {name: _value(card.field(name), text) for name, text in texts.items()}
        unreadable = {name for name, value in values.items() if isinstance(value, Unreadable)}
        row = {name: None if name in unreadable else value for name, value in values.items()}
        typed.append({**row, **{f"raw {n}": t for n, t in texts.items()}, "unreadable": unreadable, "row": number})
    return typed
