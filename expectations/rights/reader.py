"""A person as the data layer knows them, and whoever runs the command line. Rows are enforced where data is read, acts where they are
done: pages never filter by hand.
"""

from dataclasses import dataclass, field

from expectations.rights.acts import ACTS, Act, NotAllowedError
from expectations.rights.roles import PAGES, Role
from expectations.rights.scope import EVERYTHING, NOTHING, Scope
from expectations.texts import Language


@dataclass(frozen=True)
class Reader:
    """A person as the data layer knows them: what they may open, which rows they see by name, and which as figures only.

    `figures` always holds `rows`.
    """

    user_id: int | None
    login: str
    name: str
    roles: tuple[Role, ...]
    rows: Scope = NOTHING
    figures: Scope = NOTHING
    unit: str = ""
    own: Scope = field(default=NOTHING)
    """Their own cards and those of the people they work with: what 我的清单 shows, and where numbers are not masked."""
    language: Language = "zh"
    """What they read: their own, else the home's."""
    home_language: Language = "zh"

    def needs_saying(self, language: Language) -> bool:
        """Whether an address must say the language: without it the page, or the sign-in before it, would open in another."""
        return {language} != {self.language, self.home_language}

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages of all their roles, each once; the first is what they come to."""
        return tuple(dict.fromkeys(page for role in self.roles for page in PAGES[role]))

    def may(self, act: Act) -> bool:
        """Whether one of their roles gives them the act."""
        return any(act in ACTS[role] for role in self.roles)

    def require(self, act: Act) -> None:
        """Raises NotAllowedError."""
        if not self.may(act):
            raise NotAllowedError

    @property
    def sees_names(self) -> bool:
        """Whether names of suspects are shown: to everybody who sees rows at all."""
        return not self.rows.nothing

    @property
    def sees_numbers(self) -> bool:
        """Whether identity and telephone numbers are shown in full: only to those who must correct them, on their own cards."""
        return self.rows == self.own and not self.own.nothing


MACHINE = Reader(None, "anka", "Anka", ("supervisor", "administrator"), EVERYTHING, EVERYTHING)
"""Whoever runs the command line on the machine itself: access to the home folder is the right to everything in it."""
