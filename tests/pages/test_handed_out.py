"""Files handed out: for the person they were made for, for minutes, and never more than the server can hold."""

from pathlib import Path

import pytest
from starlette.datastructures import QueryParams

from dashboard.exports.downloads import Export, File
from dashboard.exports.handed_out import HANDED_OUT, KEPT_SECONDS, HandedOut, NotHandedOutError, handed_out_file
from expectations.errors import InputError
from expectations.home import Home
from expectations.rights.reader import Reader
from expectations.store.register import open_register, register_url


def person(number: int) -> Reader:
    return Reader(number, f"p{number}", "示检甲", ("prosecutor",))


def test_a_file_is_for_the_person_it_was_made_for(tmp_path: Path) -> None:
    token = HANDED_OUT.keep(person(1), File("甲.xlsx", b"1"))
    register = open_register(register_url(Home(tmp_path)))

    def fetched(reader: Reader, **params: str) -> File:
        return handed_out_file(Export(reader, register, Home(tmp_path), QueryParams(params), "zh"))

    assert fetched(person(1), token=token).content == b"1"
    for reader, asked_token in ((person(2), token), (person(1), ""), (person(1), token + "x")):
        with pytest.raises(NotHandedOutError):
            fetched(reader, token=asked_token)
    HANDED_OUT.drop(person(2), token)
    assert fetched(person(1), token=token).name == "甲.xlsx"


def test_files_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    files = HandedOut(lambda: clock[0])
    monkeypatch.setattr("dashboard.exports.handed_out.MOST_BYTES_EACH", 10)
    first, of_another = files.keep(person(1), File("a", b"123456")), files.keep(person(2), File("b", b"123456"))
    second = files.keep(person(1), File("c", b"123456"))
    with pytest.raises(NotHandedOutError):
        files.fetch(person(1), first)
    assert files.fetch(person(2), of_another).name == "b"
    clock[0] = KEPT_SECONDS
    with pytest.raises(NotHandedOutError):
        files.fetch(person(1), second)
    with pytest.raises(InputError, match="too large"):
        files.keep(person(1), File("d", b"12345678901"))
