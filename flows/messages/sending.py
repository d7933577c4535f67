"""Sending messages through Apprise, each once, and the outbox that keeps what was sent, failed, or only tried.

Off unless the switch `messages_on` is set and an address is configured. An address holds passwords: it is never logged, stored or
shown, only its kind of service is.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, NotifyFormat
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from expectations.home import Home
from expectations.people import access_log
from expectations.store.register import Register, now
from expectations.store.switches import switch
from expectations.store.tables import Message
from expectations.texts import Bilingual
from flows.messages.letters import OFFICE, Letter, Occasion, letters, trial_letter
from flows.messages.reasons import reason_of

State = Literal["dry_run", "sent", "failed", "no_address", "sent_before"]

_OUTBOX_LOCK = 7701022  # any number only Anka uses as a PostgreSQL advisory lock
_SENDING = "sending"
_GIVEN_UP = timedelta(hours=1)
"""A process that died while it sent is not waited for longer."""
_SCHEME = re.compile(r"^([a-z0-9]+)://", re.IGNORECASE)


class MessageSettings(BaseSettings):
    """`ANKA_MESSAGE_URLS`: Apprise addresses of the office, separated by blanks; one with `{address}` in it sends to people whose contact
    is a plain mail address. `ANKA_ADDRESS`: where the dashboard is reached, for links."""

    model_config = SettingsConfigDict(env_prefix="ANKA_", extra="ignore")

    message_urls: SecretStr = SecretStr("")
    address: str = "http://127.0.0.1:8501"

    @property
    def channels(self) -> tuple[str, ...]:
        """The addresses of the office's own channels."""
        return tuple(url for url in self.message_urls.get_secret_value().split() if "{address}" not in url)

    @property
    def mail(self) -> str:
        """The address that sends mail to anybody, blank when there is none."""
        return next((url for url in self.message_urls.get_secret_value().split() if "{address}" in url), "")


@dataclass(frozen=True)
class Delivery:
    """What became of a message."""

    letter: Letter
    services: tuple[str, ...]
    """Kinds of the services, such as mailto or wecombot."""
    state: State
    problem: str = ""


def messages_are_on(register: Register) -> bool:
    """The switch."""
    with register.reading() as session:
        return bool(switch(session, "messages_on"))


def send_due(home: Home, register: Register, day: date) -> list[Delivery]:
    """Sends what is due on that day by the settings of the environment; see `deliver`."""
    settings = MessageSettings()
    return deliver(register, Occasion(home, settings.address, day), settings, dry_run=False)


def deliver(register: Register, occasion: Occasion, settings: MessageSettings, *, dry_run: bool) -> list[Delivery]:
    """Sends every message that is due and was not sent before, or with `dry_run` only says and stores what would be sent.

    Sends nothing while the switch is off.
    """
    with register.reading() as session:
        on = bool(switch(session, "messages_on"))
        due = letters(session, occasion)
    if not dry_run and not on:
        return []
    return [
        _rehearse(register, letter, settings) if dry_run else _send_once(register, letter, settings) for letter in due
    ]


def send_trial(register: Register, login: str, settings: MessageSettings) -> Delivery:
    """Sends one message to a person to see whether it arrives, also while messages are off; the access log keeps that it was tried.

    Raises InputError for an unknown login.
    """
    with register.reading() as session:
        letter = trial_letter(session, login, settings.address)
    addresses = _addresses(letter, settings)
    problem = _send(addresses, letter) if addresses else Bilingual("没有联系方式", "no address")
    state: State = "no_address" if not addresses else "failed" if problem else "sent"
    with register.writing() as session:
        access_log.note(session, *access_log.BY_MACHINE, "messages", letter.recipient, f"test {state}")
    return Delivery(letter, services_of(addresses), state, problem)


def _rehearse(register: Register, letter: Letter, settings: MessageSettings) -> Delivery:
    """A dry run keeps each message once."""
    addresses = _addresses(letter, settings)
    problem = "" if addresses else Bilingual("没有联系方式", "no address")
    with register.writing() as session:
        rows = _earlier(session, letter)
        if any(row.state == "sent" for row in rows):
            return Delivery(letter, services_of(addresses), "sent_before")
        if not rows:
            session.add(_row(letter, "dry_run", problem))
    return Delivery(letter, services_of(addresses), "dry_run", problem)


def _send_once(register: Register, letter: Letter, settings: MessageSettings) -> Delivery:
    """Takes the message before it is sent, so that two processes never send it twice."""
    addresses = _addresses(letter, settings)
    delivery = Delivery(letter, services_of(addresses), "sent")
    if not addresses:
        return replace(delivery, state="no_address", problem=Bilingual("没有联系方式", "no address"))
    with register.writing() as session:
        # on SQLite whoever writes is alone from here on; on PostgreSQL two processes would both find the message unsent
        if not register.on_sqlite:
            session.execute(text(f"select pg_advisory_xact_lock({_OUTBOX_LOCK})"))
        rows = _earlier(session, letter)
        if any(row.state == "sent" or (row.state == _SENDING and now() - row.made_at < _GIVEN_UP) for row in rows):
            return replace(delivery, state="sent_before")
        row = next((row for row in rows if row.state in ("failed", _SENDING)), None) or _row(letter, _SENDING)
        row.state, row.made_at, row.problem = _SENDING, now(), ""
        session.add(row)
        session.flush()
        message_id = row.id
    problem = _send(addresses, letter)
    delivery = replace(delivery, state="failed" if problem else "sent", problem=problem)
    with register.writing() as session:
        message = session.get_one(Message, message_id)
        message.state, message.problem = delivery.state, problem
        access_log.note(session, *access_log.BY_MACHINE, "messages", str(message_id), delivery.state)
    return delivery


def _earlier(session: Session, letter: Letter) -> Sequence[Message]:
    return session.scalars(
        select(Message).where(Message.kind == letter.key, Message.recipient == letter.recipient)
    ).all()


def _row(letter: Letter, state: str, problem: str = "") -> Message:
    return Message(
        made_at=now(),
        kind=letter.key,
        recipient=letter.recipient,
        title=letter.title,
        body=letter.body,
        state=state,
        problem=problem,
    )


def _addresses(letter: Letter, settings: MessageSettings) -> tuple[str, ...]:
    """Where a message goes. A plain mail address goes through the office's mail service, if it has one."""
    if letter.recipient == OFFICE:
        return settings.channels
    addresses = (
        settings.mail.replace("{address}", quote(address)) if "://" not in address and "@" in address else address
        for address in letter.contact.split()
    )
    return tuple(address for address in addresses if address)


def services_of(addresses: Sequence[str]) -> tuple[str, ...]:
    """The kinds of services of addresses, such as mailto: all that may be told of them."""
    return tuple(((match := _SCHEME.match(address)) and match[1].lower()) or "?" for address in addresses)


def _send(addresses: Sequence[str], letter: Letter) -> str:
    """Sends to every address; what went wrong, by kind of service, blank when nothing did."""
    asset = AppriseAsset(
        app_id="Anka",
        app_desc="案卡质检",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        secure_logging=True,
        http_redirects=False,  # or a server could send the words on to a host that nobody chose
    )
    problems = []
    for address, service in zip(addresses, services_of(addresses), strict=True):
        with _overheard() as heard:
            sender = Apprise(asset=asset)
            accepted = sender.add(address)
            delivered = accepted and sender.notify(letter.body, letter.title, body_format=NotifyFormat.TEXT)
        if not accepted:
            problems.append(f"{service}: " + Bilingual("不是消息服务地址", "not the address of a service"))
        elif not delivered:
            problems.append(f"{service}: " + reason_of(heard))
    return "; ".join(problems)


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise logs meanwhile, kept from every other log: its lines may hold addresses."""
    logger, lines = logging.getLogger("apprise"), list[str]()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    ear, spread, level = Ear(), logger.propagate, logger.level
    logger.addHandler(ear)
    logger.propagate = False
    logger.setLevel(logging.DEBUG)  # the reason of a failure is said there
    try:
        yield lines
    finally:
        logger.propagate = spread
        logger.setLevel(level)
        logger.removeHandler(ear)
