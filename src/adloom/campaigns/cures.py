"""What a person does about a campaign that could not be paused from here. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adloom.platforms import places
from adloom.platforms.types import Platform

AGAIN = "Stop again: adloom stop-everything"

_NO_ERROR: Mapping[str, Any] = {"code": "waiting", "message": "It is under way."}


def reason(error: Mapping[str, Any] | None) -> str:
    """Why a pause did not go through: the platform's words, ours where it said nothing."""
    known = error or _NO_ERROR
    return str(known.get("words") or known["message"])


def cure(
    error: Mapping[str, Any] | None,
    *,
    platform: Platform,
    account: str | None,
    attributes: Mapping[str, str],
    campaign_id: str | None,
    is_under_way: bool,
    tried_again_at: datetime | None,
) -> str:
    """What to do now. `is_under_way`: a worker is at it, or tries it again by itself at `tried_again_at`.

    By hand is always possible, so that the platform's own page is always named.
    """
    page = places.page_of(platform, account=account, attributes=attributes, campaign_id=campaign_id)
    place = f" in the account {account}" if account else ""
    by_hand = f"pause it by hand{place}: {page}"
    code = (error or _NO_ERROR).get("code")
    if code == "superseded":
        return f"Somebody asked for something else since. {AGAIN}"
    if code == "credentials_expired":
        return f"Connect again: adloom connect {platform.value}; then {_lower(AGAIN)}. Or {by_hand}"
    if is_under_way and error and tried_again_at is not None:
        return f"A worker tries it again at {tried_again_at:%H:%M:%S} UTC by itself. Until then {by_hand}"
    if is_under_way:
        return f"It is tried as long as a worker runs (adloom worker). Until then {by_hand}"
    return f"{by_hand[0].upper()}{by_hand[1:]}"


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
