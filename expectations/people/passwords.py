"""Passwords: how they are made, hashed, compared, and which ones people may choose. Who has which account stands in accounts.

Length counts, composition does not (NIST SP 800-63B): no rule about digits or signs, no change by the calendar, but no
password that repeats the login, a keyboard row or a well-known word.
"""

import secrets
import unicodedata
from functools import lru_cache
from itertools import pairwise
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from expectations.errors import InputError
from expectations.texts import Bilingual

SHORTEST, LONGEST = 10, 256
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no sign that is read as another
_KNOWN = (
    "password",
    "passw0rd",
    "qwerty",
    "asdfgh",
    "1qaz2wsx",
    "iloveyou",
    "admin",
    "woaini",
    "123456",
    "654321",
    "111111",
    "888888",
)
_FEWEST_SIGNS = 5
_hasher = PasswordHasher()
_AT_ONCE = BoundedSemaphore(2)
"""64 MB each: a flood of sign-ins must not take the machine's memory."""


def first_password() -> str:
    """A password to be told once and changed at the first sign-in: 79 random bits in groups of four."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def hash_password(password: str) -> str:
    """Its argon2id hash."""
    with _AT_ONCE:
        return _hasher.hash(_plain(password))


def matches(password: str, hashed: str) -> bool:
    """Whether it is the password of the hash; takes as long when there is no hash at all."""
    with _AT_ONCE:
        try:
            same = _hasher.verify(hashed or _nobody(), _plain(password))
        except (VerificationError, InvalidHashError):
            return False
    return same and bool(hashed)


def require_good(password: str, login: str) -> None:
    """Raises InputError with what is wrong with a chosen password."""
    plain = _plain(password).casefold()
    if len(plain) < SHORTEST:
        raise InputError(
            Bilingual(f"密码至少 {SHORTEST} 位", f"at least {SHORTEST} characters"),
            hint=Bilingual("可用一句话", "use a sentence"),
        )
    if len(plain) > LONGEST:
        raise InputError(Bilingual(f"密码最多 {LONGEST} 位", f"at most {LONGEST} characters"))
    remainder = plain
    for word in (login.casefold(), *_KNOWN):
        remainder = remainder.replace(word, "") if len(word) > 2 else remainder
    if len(remainder) < SHORTEST // 2 or len(set(plain)) < _FEWEST_SIGNS or _is_row(plain):
        raise InputError(
            Bilingual("密码太容易猜到：不要用登录名、连续或重复的字符、常见密码", "too easy to guess"),
            hint=Bilingual("可用几个不相关的词", "use a few unrelated words"),
        )


def _is_row(plain: str) -> bool:
    """Whether every sign follows the one before it: abcdefghij, 9876543210."""
    steps = {ord(b) - ord(a) for a, b in pairwise(plain)}
    return steps in ({1}, {-1}) or plain in "01234567890123456789" or plain in "abcdefghijklmnopqrstuvwxyz"


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex())
