"""`anka bench` beside other libraries, beside its imports, and over several sizes: real runs at small sizes."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from support.commands import anka

from expectations.catalogue.catalogues import load_catalogue
from expectations.fitting.rule_checks import check_catalogue
from flows.bench.peers.anka import CATALOGUE
from flows.bench.peers.comparing import BY_HAND, PEERS, Peer, PeerFigures, differences, peers_text, run_peers
from flows.bench.peers.making import write_table
from flows.bench.peers.table import COLUMNS, TITLES
from flows.bench.sizes import growth, growth_of, sizes_text
from flows.bench.small import Pair, run_small, small_text

ROWS = 2000
MISSING = Peer("nobody", "nobody", "anka-has-no-such-peer", "uv add it")
BROKEN = Peer("a module that judges nothing", "table", "duckdb")
TIMES = ("import_seconds", "load_seconds", "judge_seconds", "peak_mb", "ratio_to_hand_written")


@pytest.fixture(scope="module")
def figures() -> Mapping[str, PeerFigures]:
    """What every peer took and found, by name."""
    return {each.peer: each for each in run_peers(ROWS)}


def violations(figures: PeerFigures) -> dict[str, list[int] | int]:
    """Keys or counts by rule; keys in order."""
    assert figures.measured, figures.note
    found = figures.measured.violations
    return {rule: keys if isinstance(keys, int) else sorted(keys) for rule, keys in sorted(found.items())}


def test_anka_finds_the_rows_the_hand_written_statement_finds(figures: Mapping[str, PeerFigures]) -> None:
    by_hand = violations(figures[BY_HAND.name])
    assert [*by_hand] == [*TITLES]
    assert violations(figures["Anka"]) == by_hand


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_every_peer_that_is_installed_agrees(figures: Mapping[str, PeerFigures], peer: Peer) -> None:
    shown = figures[peer.name]
    if shown.state == "not installed":
        pytest.skip(f"{peer.distribution} is not installed: {shown.note}")
    assert (shown.state, shown.differs, shown.note) == ("agrees", (), "")
    assert shown.version == version(peer.distribution)
    assert shown.findings == figures[BY_HAND.name].findings
    assert shown.measured
    assert shown.measured.peak_mb > 10


def test_a_peer_that_is_missing_or_fails_is_listed_with_the_reason() -> None:
    by_hand, missing, broken = run_peers(1000, [MISSING, BROKEN])
    assert (by_hand.state, by_hand.ratio) == ("agrees", 1)
    assert (missing.state, missing.note, missing.findings) == ("not installed", "uv add it", 0)
    assert (broken.state, broken.note.split(":")[0]) == ("failed", "AttributeError")
    lines = peers_text(1000, [by_hand, missing, broken], "table").splitlines()
    assert "not installed: uv add it" in lines[3]


@pytest.mark.parametrize(
    ("found", "named"),
    [
        ({"LN01": [2, 1], "LN02": [3]}, ()),
        ({"LN01": 2, "LN02": 1}, ()),
        ({"LN01": [1, 3], "LN02": [3]}, ("LN01: 2 ≠ 2",)),
        ({"LN01": 3, "LN02": 1}, ("LN01: 3 ≠ 2",)),
        ({"LN02": [3], "LN03": [1]}, ("LN01: 0 ≠ 2", "LN03: 1 ≠ 0")),
    ],
)
def test_a_peer_that_differs_is_named_with_the_rules(found: dict[str, list[int] | int], named: Sequence[str]) -> None:
    assert differences(found, {"LN01": [1, 2], "LN02": [3]}) == named


def test_figures_of_peers_as_json_have_every_field(figures: Mapping[str, PeerFigures]) -> None:
    shown = json.loads(peers_text(ROWS, figures.values(), "json"))
    assert (shown["rows"], shown["rules"], len(shown["peers"])) == (ROWS, len(TITLES), len(PEERS))
    for peer in shown["peers"]:
        if peer["state"] == "not installed":
            assert peer.keys() == {"peer", "version", "state", "note"}
        else:
            assert peer.keys() == {"peer", "version", "state", *TIMES, "findings", "yields", "differs"}


def test_no_peer_reaches_the_network() -> None:
    program = """
import socket, sys
from pathlib import Path
from flows.bench.peers.__main__ import main
try:
    main("nobody", Path(), Path())
except ModuleNotFoundError:
    socket.create_connection(("127.0.0.1", 9))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stderr.splitlines()[-1].startswith("PermissionError: socket.")


def test_equal_numbers_of_rows_give_equal_tables(tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    for file in (one, two):
        write_table(1000, file)
    assert one.read_bytes() == two.read_bytes()
    header, *rows = one.read_text(encoding="utf-8").splitlines()
    assert (header.split(","), len(rows)) == ([*COLUMNS], 1000)


def test_the_catalogue_of_the_table_stands_alone_and_judges_its_examples() -> None:
    catalogue = load_catalogue(CATALOGUE)
    assert {rule.id: rule.title.en for rule in catalogue.rules.values()} == TITLES
    assert check_catalogue(catalogue).problems == ()


@pytest.mark.parametrize("exponent", [0.5, 1, 2])
def test_growth_is_the_exponent_of_known_times(exponent: float) -> None:
    assert growth({rows: 3e-6 * rows**exponent for rows in (10_000, 100_000, 1_000_000)}) == pytest.approx(exponent)


def test_growth_lies_between_unequal_steps() -> None:
    assert growth({100: 1, 1000: 10, 10_000: 1000}) == pytest.approx(1.5)


def test_several_sizes_are_shown_with_the_growth_of_every_time() -> None:
    sizes = [
        {
            "rows": rows,
            "whole_seconds": rows / 100,
            "ratios": {"load_to_read_csv": 2.0},
            "stages": [{"stage": "load", "seconds": (rows / 1000) ** 2, "peak_mb": 500}],
        }
        for rows in (1000, 4000)
    ]
    assert growth_of(sizes) == pytest.approx({"whole_seconds": 1, "load": 2})
    assert json.loads(sizes_text(sizes, "json"))["growth"] == {"whole_seconds": 1, "load": 2}
    assert json.loads(sizes_text(sizes[:1], "json")) == sizes[0]
    assert sizes_text(sizes, "table").endswith("growth of load: rows to the power of 2.0")


def test_small_timings_are_ratios_of_fresh_processes() -> None:
    pair = Pair("a program", ("-c", "import time; time.sleep(0.4)"), "pass", 1)
    (figures,) = run_small([pair])
    assert figures.seconds > 0.4 > figures.beside_seconds
    (shown,) = json.loads(small_text([figures], "json"))["small"]
    assert shown.keys() == {"what", "seconds", "beside", "beside_seconds", "ratio", "runs"}
    assert "ratio" in small_text([figures], "table")


@pytest.mark.long
def test_a_command_by_the_spare_is_timed_from_its_order() -> None:
    pair = Pair("a program", ("-m", "flows.cli.main", "--help"), "import great_expectations", 1, by_spare=True)
    (figures,) = run_small([pair])
    assert 0 < figures.seconds < figures.beside_seconds
    with pytest.raises(subprocess.CalledProcessError):
        run_small([replace(pair, program=("-m", "flows.cli.main", "no-command"))])


@pytest.mark.parametrize("options", [("--peers", "--small"), ("--peers", "--rows", "1000", "--rows", "2000")])
def test_one_comparison_at_a_time(options: tuple[str, ...], tmp_path: Path) -> None:
    assert "exclude one another" in anka("bench", *options, home=tmp_path, code=2).stderr
