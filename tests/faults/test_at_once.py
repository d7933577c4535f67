"""Two of everything at the same moment: each is done once and whole, or refused in a line."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from support.dashboard_small import publish_small

from expectations.run.published import open_published

TOGETHER, TIMES = 8, 10


def test_many_pages_that_meet_a_new_run_at_the_same_moment_all_open_it(tmp_path: Path) -> None:
    """As they do when a night has published: one that opened it between another's opening and locking it was told of damage."""
    file = publish_small(tmp_path / "home").current()
    start = Barrier(TOGETHER)

    def page(_: int) -> int:
        start.wait()
        with open_published(file) as con:
            return int(con.execute("select count(*) from findings").fetchall()[0][0])

    with ThreadPoolExecutor(TOGETHER) as pool:
        for _ in range(TIMES):
            assert set(pool.map(page, range(TOGETHER))) == {4}
