"""What can go wrong with the simulated account and its login: states, caps, no money, lost rights, Pages and pixels.

Sources: Ad Account reference (`account_status`, `disable_reason`, `spend_cap`); how each looks on other calls is
plausible, not documented.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adsandbox.accounts import Account, Token
from adsandbox.delivery import Budget
from adsandbox.meta import money
from adsandbox.meta.graph import NAME, Graph
from adsandbox.platform import ControlError

#: `account_status` by number: whether ads run, and whether ads can be made and changed.
STATES = {
    1: (True, True),  # ACTIVE
    2: (False, False),  # DISABLED
    3: (False, True),  # UNSETTLED
    7: (False, False),  # PENDING_RISK_REVIEW
    8: (False, True),  # PENDING_SETTLEMENT
    9: (True, True),  # IN_GRACE_PERIOD
    100: (False, False),  # PENDING_CLOSURE
    101: (False, False),  # CLOSED
}
_PAYING = ("funding_source", "funding_source_details")


def act(graph: Graph, account: Account, action: str, value: str | None) -> None:
    """One of `ACTIONS`; ControlError for a value that makes no sense."""
    ACTIONS[action](graph, account, value)


def _status(graph: Graph, account: Account, value: str | None) -> None:
    account.fields["account_status"] = int(_one_of(value, tuple(map(str, STATES)), "status"))


def _funding(graph: Graph, account: Account, value: str | None) -> None:
    if _one_of(value, ("none", "card"), "funding") == "none":
        account.fields.update(dict.fromkeys(_PAYING))
    else:
        account.fields = {name: kept for name, kept in account.fields.items() if name not in _PAYING}


def _decline(graph: Graph, account: Account, value: str | None) -> None:
    graph.declined.add(str(value))


def _hours(graph: Graph, account: Account, value: str | None) -> None:
    graph.keeps_hours = _one_of(value, ("told", "kept"), "hours") == "kept"


def _cap(graph: Graph, account: Account, value: str | None) -> None:
    if value is None or not value.isdigit():
        raise ControlError("spend_cap wants a whole number of the currency's smallest unit, 0 for none")
    account.fields["spend_cap"] = value
    graph.caps.pop(account.id, None)
    if int(value):
        left = money.major(int(value), account.currency) - spent(graph, account)
        key = f"{account.id}:{value}:{graph.now.isoformat()}"
        graph.caps[account.id] = Budget(key, total=max(left, Decimal(0)))


def _one_of(value: str | None, known: tuple[str, ...], name: str) -> str:
    if value not in known:
        raise ControlError(f"{name} wants one of {', '.join(known)}")
    return str(value)


ACTIONS: dict[str, Callable[[Graph, Account, str | None], None]] = {
    "status": _status,
    "spend_cap": _cap,
    "funding": _funding,
    "decline": _decline,
    "hours": _hours,
}


def status(account: Account) -> int:
    """The account's `account_status`."""
    if account.suspended:
        return 2
    return 3 if account.hold == "unpaid" else int(account.fields.get("account_status", 1))


def runs(account: Account) -> bool:
    """Whether the account's ads may run."""
    return STATES[status(account)][0] and account.fields.get("funding_source_details", True) is not None


def is_locked(account: Account) -> bool:
    """Whether nothing can be made or changed."""
    return not STATES[status(account)][1]


def spent(graph: Graph, account: Account) -> Decimal:
    """What the account has spent so far, in its currency."""
    rows = graph.world.delivery.history(NAME)  # what is paid back later does not make room below a cap
    return sum((row.spend for row in rows if row.line.account_id == account.id), start=Decimal(0))


def budgets(graph: Graph, account: Account) -> list[Budget]:
    """What an account's spending limit leaves, as a budget that all its ads share."""
    return [graph.caps[account.id]] if account.id in graph.caps else []


def scopes(graph: Graph, token: Token | None, known: tuple[str, ...]) -> list[str]:
    """What a token may do: what was granted to it and not declined since."""
    granted = (token.data.get("scopes") if token else None) or known
    return [one for one in granted if one not in graph.declined]


def checks(graph: Graph, account: Account) -> list[dict[str, Any]] | None:
    """`failed_delivery_checks` of an ad: what keeps its account from showing it; None for nothing."""
    found = []
    if not runs(account):
        found.append(_check("account_not_active", "Ad account is not active", "Your ads are not running."))
    if _is_capped(graph, account):
        found.append(_check("account_spend_limit", "Account spending limit reached", "Raise the limit to go on."))
    return found or None


def _check(name: str, summary: str, description: str) -> dict[str, Any]:
    return {"check_name": name, "summary": summary, "description": description}


def _is_capped(graph: Graph, account: Account) -> bool:
    cap = int(account.fields.get("spend_cap") or 0)
    return bool(cap) and spent(graph, account) >= money.major(cap, account.currency)
