"""What is wrong with an ad account on Meta, from its own fields. Pure.

Sources: Ad Account reference, `account_status` and `disable_reason`; amounts are in the currency's smallest unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.platforms.access import Fault
from adloom.platforms.meta import mapping

Account = Mapping[str, Any]

#: States in which ads do not run: our code, whether nothing can be changed, and what a person does.
_STATES: Mapping[str, tuple[str, bool, str]] = {
    "DISABLED": ("suspended", True, "Ask Meta for a review under Account Quality."),
    "PENDING_RISK_REVIEW": ("suspended", True, "Wait for Meta's review; Account Quality shows it."),
    "UNSETTLED": ("unpaid", False, "Pay the outstanding amount in Meta's billing settings."),
    "PENDING_SETTLEMENT": ("unpaid", False, "Wait until the payment has gone through."),
    "IN_GRACE_PERIOD": ("unpaid", False, "Pay in Meta's billing settings before the grace period ends."),
    "PENDING_CLOSURE": ("closed", True, "Use another ad account, or take the closure back in Ads Manager."),
    "CLOSED": ("closed", True, "Use another ad account."),
}

REASONS: Mapping[int, str] = {
    1: "ADS_INTEGRITY_POLICY",
    2: "ADS_IP_REVIEW",
    3: "RISK_PAYMENT",
    4: "GRAY_ACCOUNT_SHUT_DOWN",
    5: "ADS_AFC_REVIEW",
    6: "BUSINESS_INTEGRITY_RAR",
    7: "PERMANENT_CLOSE",
    8: "UNUSED_RESELLER_ACCOUNT",
    9: "UNUSED_ACCOUNT",
    10: "UMBRELLA_AD_ACCOUNT",
    11: "BUSINESS_MANAGER_INTEGRITY_POLICY",
    12: "MISREPRESENTED_AD_ACCOUNT",
    13: "AOAB_DESHARE_LEGAL_ENTITY",
    14: "CTX_THREAD_REVIEW",
    15: "COMPROMISED_AD_ACCOUNT",
}


def of_account(account: Account, *, tells_paying: bool = True) -> Iterator[Fault]:
    """The faults of an account's fields; what is missing from them is no fault, except a way to pay that they tell."""
    status = mapping.account_status(account.get("account_status"))
    if status in _STATES:
        code, blocks, fix = _STATES[status]
        yield Fault(code, _words(status, account.get("disable_reason")), fix, blocks_writes=blocks)
    if status not in ("CLOSED", "PENDING_CLOSURE"):
        yield from _limit(account)
        if tells_paying and _is_unfunded(account):
            yield Fault("unpaid", "no funding_source", "Add a way to pay in Meta's billing settings.")


def _limit(account: Account) -> Iterator[Fault]:
    cap, spent = _whole(account.get("spend_cap")), _whole(account.get("amount_spent"))
    if cap and spent is not None and spent >= cap:
        words = f"spend_cap {cap}, amount_spent {spent}, in the smallest unit of {account.get('currency')}"
        yield Fault("capped", words, "Raise or reset the account's spending limit in Meta's billing settings.")


def _is_unfunded(account: Account) -> bool:
    """Whether the account has no way to pay. Only people who manage it are shown one, so others are told nothing."""
    tasks = account.get("user_tasks")
    manages = isinstance(tasks, list) and "MANAGE" in tasks
    return manages and not account.get("funding_source") and not account.get("funding_source_details")


def _words(status: str, reason: Any) -> str:
    number = _whole(reason)
    return status if not number else f"{status}: {REASONS.get(number, f'reason {number}')}"


def _whole(value: Any) -> int | None:
    """A whole number, which Meta gives as text or as number."""
    text = str(value if value is not None else "").strip()
    return int(text) if text.isdigit() else None
