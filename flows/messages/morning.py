"""What is to be said every morning: nights that were killed or never came, what was not delivered, what is due; on Mondays the digests."""

from dataclasses import dataclass
from datetime import date

from expectations.home import Home
from expectations.notices.weeks import Week
from expectations.register.attempts import Standing, standing
from expectations.store.register import Register
from flows.messages.letters import Occasion
from flows.messages.sending import Delivery, MessageSettings, State, deliver, messages_are_on
from flows.night.attempts import notice_killed


@dataclass(frozen=True)
class Morning:
    """What was said, and how the nights stand."""

    nights: Standing
    are_on: bool
    """Whether messages are switched on."""
    deliveries: tuple[Delivery, ...]

    @property
    def failed(self) -> int:
        """How many messages were not delivered."""
        return self._number("failed")

    @property
    def sent(self) -> int:
        """How many were sent now."""
        return self._number("sent")

    @property
    def no_address(self) -> int:
        """How many were for somebody without an address."""
        return sum(not delivery.services and delivery.state != "sent_before" for delivery in self.deliveries)

    @property
    def sent_before(self) -> int:
        """How many had been delivered already and were not sent again."""
        return self._number("sent_before")

    @property
    def is_well(self) -> bool:
        """Whether all was delivered and a night has published lately."""
        return not self.failed and not self.nights.stale

    def _number(self, state: State) -> int:
        return sum(delivery.state == state for delivery in self.deliveries)


def tell(home: Home, register: Register, day: date, week: Week | None = None, *, dry_run: bool = False) -> Morning:
    """Sends what is due on that day and was not sent before; with `dry_run` only says and stores it."""
    notice_killed(home, register)
    with register.reading() as session:
        nights = standing(session)
    are_on = messages_are_on(register)
    if not are_on and not dry_run:
        return Morning(nights, are_on, ())
    settings = MessageSettings()
    monday = Week.of(day).before if day.weekday() == 0 else None
    occasion = Occasion(home, settings.address, day, week or monday)
    return Morning(nights, are_on, tuple(deliver(register, occasion, settings, dry_run=dry_run)))
