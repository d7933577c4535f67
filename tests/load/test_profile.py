"""The profile of a load, and what is very different from the run before."""

from pathlib import Path

import pytest
from support.loads import ARREST, CATALOGUE, HEADINGS, load, person, warehouse, write_text

from expectations.run.loaded.profile import Figures, sharp_changes
from flows.load.profile import write_profile


def test_every_item_is_counted(tmp_path: Path) -> None:
    con = warehouse()
    rows = [person(1), person(2, sex=""), person(3, sex="女", day="2026-04-05"), person(4, day="五月", age="7")]
    load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, *rows))
    before = {
        ("arrest", "sex"): Figures(4, 4, 2, (("男", 4),)),
        ("measure", "bmsah"): Figures(30, 30, 9),
        ("measure", "kind"): Figures(30, 30, 1),
    }
    write_profile(con, CATALOGUE.cards.values(), before)
    lines = {
        (card, item): values
        for card, item, *values in con.execute(
            "select card, field, rows, filled, distinct_values, commonest, lowest, highest, former_filled, changes from load.profile"
        ).fetchall()
    }
    assert lines["arrest", "sex"] == [4, 3, 2, '[["男", 2], ["女", 1]]', None, None, 4, []]
    assert lines["arrest", "accept_date"] == [4, 3, 2, "[]", "2026-03-02", "2026-04-05", None, []]
    assert lines["arrest", "age_at_crime"][4:6] == ["7", "20"]
    assert lines["arrest", "name"][3] == "[]"  # names are nobody's business here
    assert lines["measure", "kind"] == [0, 0, 0, "[]", None, None, 30, ["filled"]]
    assert lines["measure", "bmsah"][-1] == ["rows", "filled"]


@pytest.mark.parametrize(
    ("now", "before", "changes"),
    [
        (Figures(100, 90, 5), Figures(95, 85, 5), []),
        (Figures(100, 50, 5), Figures(100, 90, 5), ["filled"]),
        (Figures(140, 126, 5), Figures(100, 90, 5), ["rows"]),
        (Figures(10, 0, 0), Figures(9, 9, 3), []),
        (Figures(50, 50, 2, (("乙", 30), ("甲", 20))), Figures(50, 50, 1, (("甲", 50),)), ["new_value"]),
        (Figures(50, 50, 2, (("甲", 45), ("乙", 5))), Figures(50, 50, 1, (("甲", 50),)), []),
        (
            Figures(50, 50, 9, (), "2025-01-01", "2025-11-30"),
            Figures(50, 50, 9, (), "2025-01-01", "2025-12-31"),
            ["ends_earlier"],
        ),
        (Figures(50, 50, 9, (), "-5", "8"), Figures(50, 50, 9, (), "-5", "9"), []),
        (Figures(50, 50, 9), None, []),
    ],
)
def test_only_what_changed_sharply_is_named(now: Figures, before: Figures | None, changes: list[str]) -> None:
    assert sharp_changes(now, before) == changes
