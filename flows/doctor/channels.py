"""Whether the services that messages go by can be reached: a connection is made and closed, nothing is sent. Only the kind of a service
is told, since its address holds passwords.
"""

import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from apprise import Apprise

from expectations.health.checks import Check, doubtful, unwell, well
from expectations.texts import Bilingual
from flows.messages.sending import MessageSettings, services_of

_PATIENCE = 5
_PORTS = {"https": 443, "http": 80}


def channels_check(settings: MessageSettings) -> Check:
    """Of every channel of `ANKA_MESSAGE_URLS`."""
    addresses = [
        *settings.channels,
        *([settings.mail.replace("{address}", "nobody@example.invalid")] if settings.mail else []),
    ]
    if not addresses:
        return doubtful(
            "channels",
            Bilingual("没有设置", "none is set"),
            Bilingual("设置 ANKA_MESSAGE_URLS", "set ANKA_MESSAGE_URLS"),
        )
    found = [(service, _reached(address)) for service, address in zip(services_of(addresses), addresses, strict=True)]
    broken = _named(found, False)
    if broken:
        return unwell(
            "channels",
            Bilingual("连接不上", "can't be reached").about(broken),
            Bilingual("检查地址、防火墙和代理", "see to address, firewall and proxy"),
        )
    if unknown := _named(found, None):
        return doubtful(
            "channels",
            Bilingual("无法只连接而不发送", "can't be reached without sending").about(unknown),
            Bilingual("试发一条", "send one").about("anka notify --test LOGIN"),
        )
    return well("channels", _named(found, True))


def _named(found: Sequence[tuple[str, bool | None]], outcome: bool | None) -> str:
    return ", ".join(service for service, reached in found if reached is outcome)


def _reached(address: str) -> bool | None:
    """Whether something takes a connection there; None where the address does not tell the place, False where it is no address at all."""
    service = Apprise.instantiate(address, suppress_exceptions=True)
    if service is None:
        return False
    named = urlsplit(str(getattr(service, "notify_url", "") or ""))
    host = getattr(service, "smtp_host", "") or getattr(service, "host", "") or named.hostname
    port = (
        getattr(service, "port", None) or named.port or _PORTS["https" if getattr(service, "secure", True) else "http"]
    )
    if not host:
        return None
    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError:
        return False
    return True
