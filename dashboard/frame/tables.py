"""Tables as HTML: texts wrap, and on a narrow screen every row becomes a block. All text is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Html:
    """HTML made by this package; everything else is escaped."""

    markup: str


Cell = str | int | Html


@dataclass(frozen=True)
class Column:
    """Heading of a column; `kind` is a class of look.css, such as `number`."""

    title: str
    kind: str = ""


def markup(cell: Cell) -> str:
    """A cell as HTML."""
    if isinstance(cell, Html):
        return cell.markup
    return f"{cell:,}" if isinstance(cell, int) else escape(cell)


def anchor(words: str, address: str) -> Html:
    """A link."""
    return Html(f'<a class="anka" href="{escape(address)}">{escape(words)}</a>')


def download(words: str, address: str) -> Html:
    """A link to a file, looking like a button; the page stays."""
    return Html(f'<a class="anka-button" href="{escape(address)}" download>⬇ {escape(words)}</a>')


def tag(words: str, kind: str) -> Html:
    """A small coloured label; it always carries words, colour never stands alone."""
    return Html(f'<span class="tag {escape(kind)}">{escape(words)}</span>')


def lines(*cells: Cell) -> Html:
    """Cells under one another; blank ones are left out."""
    return Html("".join(f"<div>{markup(cell)}</div>" for cell in cells if cell not in ("", Html(""))))


def table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], name: str) -> Html:
    """The table; `name` becomes its class."""
    titled = any(column.title for column in columns)
    head = "".join(f'<th class="{column.kind}">{escape(column.title)}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(_cell(column, cell) for column, cell in zip(columns, row, strict=True)) + "</tr>"
        for row in rows
    )
    heading = f"<thead><tr>{head}</tr></thead>" if titled else ""
    return Html(f'<table class="anka {escape(name)}">{heading}<tbody>{body}</tbody></table>')


def _cell(column: Column, cell: Cell) -> str:
    kind = f"{column.kind} none" if cell == "" else column.kind
    return f'<td class="{kind}" data-label="{escape(column.title)}"><div>{markup(cell)}</div></td>'


def show(html: Html) -> None:
    """Draws it."""
    st.html(html.markup)
