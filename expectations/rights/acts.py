"""The acts that change or take something out of the house, and the roles that have them."""

from typing import Literal

from expectations.errors import AnkaError
from expectations.rights.roles import Role
from expectations.texts import Bilingual

Act = Literal["decide", "answer", "notify", "reply", "recheck", "hold", "manage", "export", "watch"]

ACTS: dict[Role, frozenset[Act]] = {
    "supervisor": frozenset(("decide", "notify", "reply", "recheck", "hold", "export", "watch")),
    "prosecutor": frozenset(("answer", "reply", "export")),
    "assistant": frozenset(("answer", "export")),
    "head": frozenset(("answer", "reply", "export")),
    "leader": frozenset(),
    "administrator": frozenset(("manage", "watch")),
}


class NotAllowedError(AnkaError):
    """Somebody asked for what their role does not give them."""

    def __init__(self) -> None:
        super().__init__(
            Bilingual("没有此项权限", "not allowed"),
            hint=Bilingual("如需要，请联系管理员", "ask an administrator if you need it"),
        )
