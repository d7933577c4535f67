"""Numbers too long for a float, as XML writes them: 17 digits of a case number do not survive one."""

from decimal import Decimal

LONG_NUMBER = rb"(-?\d{16,}(?:\.0*)?|-?\d(?:\.\d+)?[eE]\+?(?:1[5-9]|2\d))"
"""The pattern of one, its only group."""


def all_digits(number: bytes) -> bytes:
    """The number without exponent and without decimals that are zero."""
    value = Decimal(number.decode())
    return format(value.to_integral_value() if value == value.to_integral_value() else value, "f").encode()
