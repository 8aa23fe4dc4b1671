"""Throttled log-in: by e-mail and by network, the same whether anybody has that address or not."""

from __future__ import annotations

import hashlib
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import text

from adloom.core.errors import OverLimit
from adloom.db import session as db

_FREE_PER_EMAIL = 5
_FREE_PER_NETWORK = 30  # an office signs in from one address
_IPV6_SITE_BITS = 64

_BLOCKED = text(
    """
    SELECT ceil(extract(EPOCH FROM max(login_blocked_until(throttle_key)) - now()))
    FROM unnest(CAST(:keys AS text[])) AS throttle_key
    """
)

_NOTE = text("SELECT note_login_attempt(:key, :succeeded, :free)")


def check(*, email: str, address: str | None) -> None:
    """Returns where an attempt may be made now; raises OverLimit (throttle) with the seconds to wait."""
    with db.anonymous() as session:
        seconds = session.execute(_BLOCKED, {"keys": [*_keys(email, address)]}).scalar()
    if seconds is not None:
        wait = max(1, int(seconds))
        raise OverLimit(f"Too many attempts. Try again in {wait} s.", kind="throttle", retry_after_s=wait)


def failed(*, email: str, address: str | None) -> None:
    """Counts a failure against the e-mail and the network; past the free ones each further one doubles the wait."""
    with db.anonymous() as session:
        for key, free in _keys(email, address).items():
            session.execute(_NOTE, {"key": key, "succeeded": False, "free": free})


def succeeded(*, email: str) -> None:
    """Forgets the e-mail's failures. The network's stay: an account of one's own does not free more guesses."""
    with db.anonymous() as session:
        session.execute(_NOTE, {"key": _key("email", email.lower()), "succeeded": True, "free": _FREE_PER_EMAIL})


def _keys(email: str, address: str | None) -> dict[str, int]:
    keys = {_key("email", email.lower()): _FREE_PER_EMAIL}
    if address:
        keys[_key("network", _network(address))] = _FREE_PER_NETWORK
    return keys


def _network(address: str) -> str:
    """An IPv4 address, or the 64 bits of an IPv6 one that a site is given: within them a guesser moves freely."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(ip_network((known, _IPV6_SITE_BITS), strict=False))
    return str(known)


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
