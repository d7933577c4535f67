"""What a check is, and what each is called. What was seen never names a person or holds a value of a card: it may be shown to whoever
watches the machine.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from expectations.errors import AnkaError
from expectations.texts import NO_TEXT, Bilingual, same

State = Literal["ok", "warn", "fail"]
STATES: Mapping[State, Bilingual] = {
    "ok": Bilingual("正常", "well"),
    "warn": Bilingual("注意", "look at it"),
    "fail": Bilingual("不正常", "not well"),
}

LABELS: Mapping[str, Bilingual] = {
    "register": Bilingual("台账", "register"),
    "run": Bilingual("当前核查结果", "present run"),
    "night": Bilingual("夜间核查", "nightly audit"),
    "exports": Bilingual("导出文件是否更新", "age of the exports"),
    "disk": Bilingual("磁盘空间", "free disk"),
    "messages": Bilingual("消息", "messages"),
    "backup": Bilingual("备份", "back-up"),
    "home": Bilingual("主目录", "home folder"),
    "python": Bilingual("Python 版本", "Python"),
    "packages": Bilingual("依赖包", "packages"),
    "zone": Bilingual("时区", "time zone"),
    "clock": Bilingual("时钟", "clock"),
    "memory": Bilingual("内存", "memory"),
    "proxy": Bilingual("代理变量", "proxy variables"),
    "address": Bilingual("看板地址", "address of the dashboard"),
    "rights": Bilingual("文件权限", "rights of files"),
    "files": Bilingual("主目录的文件", "files of the home"),
    "inbox": Bilingual("导出文件夹", "folder of the exports"),
    "calendar": Bilingual("节假日数据", "holiday data"),
    "followed": Bilingual("台账与核查结果一致", "register and present run agree"),
    "prefect": Bilingual("Prefect 服务", "Prefect"),
    "channels": Bilingual("消息渠道", "channels of messages"),
    "integrity": Bilingual("台账完整性", "integrity of the register"),
    "log": Bilingual("访问日志", "access log"),
    "published": Bilingual("已发布的核查结果", "published files"),
    "kept": Bilingual("留存的导出文件", "kept exports"),
}
"""Every check by its name, which is what programs are told."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `do`: what to do about it, blank where it is well."""

    name: str
    state: State
    seen: Bilingual
    do: Bilingual = NO_TEXT

    @property
    def label(self) -> Bilingual:
        """What it is called."""
        return LABELS[self.name]


def well(name: str, seen: str) -> Check:
    """It is as it should be."""
    return Check(name, "ok", same(seen))


def doubtful(name: str, seen: str, do: str) -> Check:
    """Somebody should look at it; the house works."""
    return Check(name, "warn", same(seen), same(do))


def unwell(name: str, seen: str, do: str) -> Check:
    """The house does not work as it should."""
    return Check(name, "fail", same(seen), same(do))


def refused(name: str, error: AnkaError) -> Check:
    """What could not be looked at or used, in the words of the mistake."""
    return Check(name, "fail", error.message, same(error.hint))


def unreadable(name: str, error: Exception) -> Check:
    """What could not be read. What a database or the system says of it may hold values, so only the kind is told."""
    return Check(
        name,
        "fail",
        Bilingual("读不了", "can't be read").about(type(error).__name__),
        Bilingual(
            "恢复最近的备份；仍如此，看磁盘是否损坏",
            "put the last back-up back; if it stays so, see whether the disk is broken",
        ),
    )


def failing(checks: Iterable[Check]) -> tuple[str, ...]:
    """The names of the checks that fail."""
    return tuple(check.name for check in checks if check.state == "fail")


def as_object(check: Check) -> dict[str, object]:
    """For programs."""
    texts = {"label": check.label, "seen": check.seen, "do": check.do}
    return {
        "name": check.name,
        "state": check.state,
        **{name: {"zh": text.zh, "en": text.en} for name, text in texts.items()},
    }
