"""The roles of people and the pages each of them has."""

from typing import Literal, get_args

Role = Literal["supervisor", "prosecutor", "assistant", "head", "leader", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)

PAGES: dict[Role, tuple[str, ...]] = {
    "supervisor": (
        "today",
        "overview",
        "findings",
        "departments",
        "case",
        "due",
        "trends",
        "rules",
        "notices",
        "check",
        "run",
        "compare",
    ),
    "prosecutor": ("mine", "findings", "case", "due", "rules", "notices", "check"),
    "assistant": ("mine", "findings", "case", "due", "rules", "check"),
    "head": ("departments", "mine", "findings", "case", "due", "trends", "rules", "notices", "check"),
    "leader": ("overview", "departments", "trends", "rules", "compare"),
    "administrator": ("admin", "rules", "run"),
}
"""The pages of each role; the first one is what they come to."""
