"""A csv that was cut off while it was copied is refused; one that is whole, however it ends, is not."""

import csv
import io
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.loads import ARREST, HEADINGS, cards, csv_text, load, person, warehouse

from expectations.errors import InputError
from flows.load.sources.files import still_written

ROWS = (
    person(1),
    person(2, name='绰号"小三"，\n另名', day=""),
    person(3, name="王,五"),
    person(4, sex=""),
    person(5, name="末", age="31"),
)


def quoted_text(rows: Sequence[Sequence[str]], line_end: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=line_end).writerows(rows)
    return out.getvalue()


def whole_rows(text: str) -> list[list[str]] | None:
    """The rows of a text whose last row has all its cells; None where it breaks off earlier."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return None
    return rows if rows and all(len(row) == len(HEADINGS) for row in rows) else None


@pytest.mark.parametrize(("encoding", "line_end"), [("utf-8", "\n"), ("gb18030", "\r\n"), ("utf-16", "\r\n")])
def test_every_cut_is_refused_but_one_behind_all_cells_of_a_row(tmp_path: Path, encoding: str, line_end: str) -> None:
    """Behind the last comma of a row nobody can tell whether its last cell goes on."""
    content = quoted_text((HEADINGS, *ROWS), line_end).encode(encoding)
    path, con, loaded = tmp_path / f"{ARREST}.csv", warehouse(), 0
    for end in range(len(quoted_text((HEADINGS,), "").encode(encoding)) // 2, len(content), 4):
        path.write_bytes(content[:end])
        try:
            load(con, path)
        except InputError:
            continue
        loaded += 1
        rest = content[:end].decode(encoding, errors="replace")
        rows = whole_rows(rest)
        assert rows is not None, (end, rest[-40:])
        assert len(cards(con, "arrest", "suspect_no")) == len(rows) - 1
    assert loaded > 1


def test_a_cut_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_text(csv_text(HEADINGS, *ROWS[2:])[:-12], encoding="utf-8")
    with pytest.raises(InputError, match="ends in the middle of a row") as refused:
        load(warehouse(), path)
    assert refused.value.message.startswith(path.name)
    assert "copy or export it again" in refused.value.hint


def test_a_file_of_its_full_size_with_nothing_at_its_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes(csv_text(HEADINGS, person(1)).encode() + b"\0" * 100)
    with pytest.raises(InputError, match="ends in the middle of a row"):
        load(warehouse(), path)


TRIMMED = [("K1", "S1", "甲"), ("K2", "S2", "乙", "男", "2026-03-02", "20"), ("K3", "S3", "丙", "男")]


@pytest.mark.parametrize(
    ("rows", "loaded"),
    [
        ([person(1), person(2)], 2),
        ([*TRIMMED, ("K4", "S4", "丁")], 4),
        ([person(1), person(2), ("合计", "", "", "2")], 2),
        ([person(1), ("K2", '5" 长刀', "乙", "男", "2026-03-02", "20")], 2),
    ],
    ids=["no last line end", "empty cells left out at the end of rows", "a short total", "a stray quote"],
)
def test_a_whole_file_without_a_last_line_end_is_loaded(
    tmp_path: Path, rows: Sequence[Sequence[str]], loaded: int
) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_text(csv_text(HEADINGS, *rows).rstrip("\n"), encoding="utf-8")
    assert load(warehouse(), path).rows.loaded == loaded


def test_a_mark_behind_the_last_line_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_text(csv_text(HEADINGS, person(1)) + "  ", encoding="utf-8")
    assert load(warehouse(), path).rows.loaded == 1


def test_a_long_file_is_looked_at_by_its_end(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.csv"
    text = csv_text(HEADINGS, *(person(number, name='"两\n行"') for number in range(9000)))
    path.write_text(text, encoding="utf-8")
    assert load(warehouse(), path).rows.loaded == 9000
    for cut in (9, len("2026-03-02,20\n") + 2, len('行",男,2026-03-02,20\n')):
        path.write_text(text[:-cut], encoding="utf-8")
        with pytest.raises(InputError, match="ends in the middle of a row"):
            load(warehouse(), path)


def test_a_file_that_grows_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.csv"
    path.write_text(csv_text(HEADINGS, person(1)), encoding="utf-8")

    def go_on() -> None:
        for number in range(2, 7):
            time.sleep(0.1)
            with path.open("a", encoding="utf-8") as stream:
                stream.write(csv_text(person(number)))

    copying = threading.Thread(target=go_on)
    copying.start()
    report = load(warehouse(), path, rest_seconds=0.5)
    copying.join()
    assert report.rows.loaded == 6


def test_a_file_that_never_rests_is_refused_and_one_of_yesterday_not_waited_for(tmp_path: Path) -> None:
    old, busy = tmp_path / "old.csv", tmp_path / "busy.csv"
    for path in (old, busy):
        path.write_text("x", encoding="utf-8")
    os.utime(old, (time.time() - 60, time.time() - 60))
    begun = time.monotonic()
    assert still_written([old], rest_seconds=5, longest_wait=5) == set()
    assert time.monotonic() - begun < 1
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.02):
            with busy.open("a", encoding="utf-8") as stream:
                stream.write("x")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert still_written([old, busy], rest_seconds=0.1, longest_wait=0.5) == {busy}
    finally:
        stop.set()
        writer.join()
