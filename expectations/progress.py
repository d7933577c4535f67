"""The stages of long work and how it says where it is: the command line draws a bar of it or writes it for a page, a scheduled run nothing."""

from collections.abc import Callable
from enum import Enum

from expectations.texts import Bilingual


class Stage(Enum):
    """A stage by its words; its name in small letters stands for it in what programs read."""

    READ = Bilingual("读取", "reading")
    TYPE = Bilingual("整理", "typing")
    PREPARE = Bilingual("准备", "preparing")
    JUDGE = Bilingual("判断", "judging")
    COLLECT = Bilingual("归集", "collecting")
    PUBLISH = Bilingual("发布", "publishing")
    FOLLOW = Bilingual("更新台账", "following")
    MARK = Bilingual("标注", "marking")
    SAMPLE = Bilingual("生成示例", "writing the sample")
    FLOOR = Bilingual("手写查询", "hand-written queries")
    PEERS = Bilingual("同类工具", "other libraries")
    SMALL = Bilingual("小规模计时", "small timings")
    PAGES = Bilingual("准备大量问题", "preparing many findings")
    VERIFY = Bilingual("核对", "verifying")
    VISIT = Bilingual("多人翻页", "people turning pages")

    @property
    def code(self) -> str:
        """How programs call it."""
        return self.name.lower()


Progress = Callable[[Stage, int, int], None]
"""Told that so many of so many steps of a stage are done."""


def unheard(stage: Stage, steps_done: int, total: int) -> None:
    """For work nobody watches."""
