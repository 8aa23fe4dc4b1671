"""Chance that is the same on every Python and machine: it depends on what it is asked about, and on nothing else."""

import hashlib
import struct
from decimal import Decimal

_EIGHT = struct.Struct(">8Q")


def dice(*parts: object) -> list[float]:
    """Eight numbers in [0, 1) that depend on the parts alone."""
    digest = hashlib.blake2b(":".join(map(str, parts)).encode()).digest()
    return [number / 2**64 for number in _EIGHT.unpack(digest)]


def exact(value: float) -> Decimal:
    """The number as a decimal of six places, for reckoning with money."""
    return Decimal(str(round(value, 6)))
