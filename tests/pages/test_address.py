"""What a parameter takes of an address, and that it comes back as it was written."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.datastructures import QueryParams
from streamlit.testing.v1 import AppTest

from dashboard.frame.parameters import Parameter, day, flag, many, number, one_of, row_number, some, text

PARAMETERS: Mapping[str, Parameter[Any]] = {
    "text": text("p"),
    "some": some("p"),
    "many": many("p"),
    "one": one_of("p", ("a", "b")),
    "size": one_of("p", (25, 50)),
    "number": number("p", 1),
    "row": row_number("p"),
    "flag": flag("p"),
    "day": day("p"),
}


def of(parameter: Parameter[Any], values: Sequence[str]) -> object:
    return parameter.of(QueryParams([("other", "x"), *(("p", value) for value in values)]).getlist)


@pytest.mark.parametrize(
    ("name", "values", "value"),
    [
        ("text", [], ""), ("text", ["甲", "乙"], "甲"), ("some", [], None), ("some", [""], ""), ("many", ["甲", ""], ["甲", ""]),
        ("one", ["b"], "b"), ("one", ["c"], "a"), ("size", ["50"], 50), ("size", ["²"], 25), ("size", ["51"], 25),
        ("number", ["7"], 7), ("number", ["0"], 1), ("number", ["²"], 1), ("number", ["-1"], 1), ("number", ["1e3"], 1),
        ("number", ["٣"], 1), ("number", [""], 1), ("number", ["9" * 30], 1), ("row", ["0"], 0), ("row", ["²"], None),
        ("flag", ["1"], True), ("flag", ["yes"], False), ("day", ["2026-06-30"], date(2026, 6, 30)), ("day", ["30.6."], None),
    ],
)  # fmt: skip
def test_an_address_says_what_it_can_and_nothing_else(name: str, values: Sequence[str], value: object) -> None:
    parameter = PARAMETERS[name]
    assert of(parameter, values) == value
    assert of(parameter, parameter.written(value)) == value


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_default_is_not_written(name: str) -> None:
    parameter = PARAMETERS[name]
    assert urlencode({"p": parameter.written(parameter.default)}, doseq=True) == ""


LIST = """
import duckdb
from pathlib import Path
from dashboard.frame.address import Address, write_address
from dashboard.frame.filters import Filter, filter_bar
from dashboard.frame.pager import pager
from dashboard.frame.parameters import PAGE, many
from dashboard.frame.view import View, entered
from expectations.rights.reader import MACHINE
from expectations.run.account import NO_RUN

COLOUR = many("colour")
HERE = Address("x", COLOUR, PAGE)
with duckdb.connect() as con:
    view = View(con, Path(), NO_RUN, "zh", MACHINE, None, entered("x"))
    HERE.enter(view)
    filter_bar(view, HERE, [Filter(COLOUR, options=("red", "blue"), label="filter.text")])
    import streamlit as st
    st.text(pager(view, HERE, 95, 10))
    write_address(view, HERE.written())
"""


def test_a_list_turns_its_pages_and_a_filter_turns_back_to_the_first() -> None:
    app = AppTest.from_string(LIST, default_timeout=60)
    app.query_params["page"], app.query_params["colour"] = "99", ["red", "green"]
    app.run()
    assert not app.exception
    assert (app.text[0].value, app.caption[0].value) == ("9", "第 91–95 个，共 95 个")
    assert "green" in app.warning[0].value
    assert app.button(key="x_page_on").disabled
    app.button(key="x_page_back").click().run()
    assert (app.text[0].value, app.query_params["page"], app.query_params["colour"]) == ("8", "9", "red")
    app.number_input(key="x_page").set_value(3).run()
    assert app.text[0].value == "2"
    app.multiselect(key="x_colour").set_value(["blue"]).run()
    assert (app.text[0].value, dict(app.query_params)) == ("0", {"colour": "blue"})
