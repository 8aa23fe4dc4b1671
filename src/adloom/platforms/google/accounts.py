"""What a Google login reaches, what ads on an account can use, what is wrong with it, and the one fault we can mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adloom.core.errors import Invalid, Rejected
from adloom.platforms.access import Fault, Inspection, Resource, ResourceKind
from adloom.platforms.contract import Connection, FoundAccount
from adloom.platforms.google import payloads, shapes
from adloom.platforms.google.client import Client
from adloom.platforms.spec import Account

UNDECLARED = "eu_declaration_missing"
ANSWER = "eu_political"
_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}
_MOST_OPERATIONS = 5_000

_CUSTOMER = """SELECT customer.id, customer.descriptive_name, customer.currency_code, customer.time_zone,
customer.status, customer.manager FROM customer"""
_CLIENTS = """SELECT customer_client.id, customer_client.descriptive_name, customer_client.currency_code,
customer_client.time_zone, customer_client.status, customer_client.manager
FROM customer_client WHERE customer_client.manager = FALSE"""
_ACTIONS = """SELECT conversion_action.id, conversion_action.name, conversion_action.status, conversion_action.type,
conversion_action.category, conversion_action.primary_for_goal
FROM conversion_action WHERE conversion_action.status = 'ENABLED'"""
_UNDECLARED = """SELECT campaign.id, campaign.name FROM campaign
WHERE campaign.missing_eu_political_advertising_declaration = TRUE AND campaign.status != 'REMOVED'"""
_BILLING = "SELECT billing_setup.id, billing_setup.status FROM billing_setup"
_BUDGETS = """SELECT account_budget.id, account_budget.amount_served_micros,
account_budget.adjusted_spending_limit_micros FROM account_budget WHERE account_budget.status = 'APPROVED'"""

_PAGES = "Open the account in Google Ads, where Google says why and what to do; then check again."
#: What `customer.status` says of an account that does not work (v26, CustomerStatusEnum).
_STATUS_FAULTS: Mapping[str, Fault] = {
    "SUSPENDED": Fault("suspended", "SUSPENDED", _PAGES, blocks_writes=True),
    "CANCELED": Fault("closed", "CANCELED", "Reactivate the account in Google Ads, or connect another.", True),
    "CLOSED": Fault("closed", "CLOSED", "The account was closed for good: connect another.", True),
}
#: Refusals of every call to an account, and what they say about it.
_REFUSED_FAULTS: Mapping[str, str] = {
    "authorizationError.CUSTOMER_NOT_ENABLED": "CLOSED",
    "authorizationError.ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT": "SUSPENDED",
}


def reached(connection: Connection) -> tuple[FoundAccount, ...]:
    """Every ad account this login reaches, directly or through a manager; managers carry no ads."""
    found: dict[str, FoundAccount] = {}
    for root in Client(connection).list_customers():
        for account in _below(connection, root):
            known = found.get(account.external_id)
            if known is None or "login_customer_id" not in known.attributes:
                found[account.external_id] = account
    return tuple(found.values())


def now(client: Client) -> FoundAccount | None:
    """The account of this client, as `customer` tells of it (v26)."""
    customer = shapes.part(next(iter(client.search(_CUSTOMER)), {}), "customer")
    return _account(customer, manager=None) if customer.get("id") else None


def inspect(client: Client) -> Inspection:
    """Conversion actions, faults and missing rights. Google's API lists no YouTube channels of an account."""
    try:
        customer = next(iter(client.search(_CUSTOMER)), {}).get("customer", {})
        actions = tuple(_action(row["conversionAction"]) for row in client.search(_ACTIONS))
        faults = (*_standing(customer), *_declaration(list(client.search(_UNDECLARED))))
    except Rejected as error:
        return _refused(error)
    return Inspection(resources=actions, faults=(*faults, *_money(client)))


def mend(client: Client, *, account: Account, fault: str, answers: Mapping[str, str]) -> None:
    """Declares the campaigns that lack it, and changes nothing else of them (`google.md`, 10).

    `eu_political` answers for all of them; `eu_political/<campaign id>` for one that differs. Each is `yes` or `no`
    (`true`, `false`), and a person's own legal statement. Raises Invalid where one is missing, or for another fault.
    """
    if fault != UNDECLARED:
        raise Invalid.field("fault", f"{fault!r} cannot be mended from here.", "Mend it in Google Ads.")
    ids = [str(row["campaign"]["id"]) for row in client.search(_UNDECLARED)]
    given = {each: _answer(answers, campaign_id=each) for each in ids}
    for start in range(0, len(ids), _MOST_OPERATIONS):
        chunk = {each: given[each] for each in ids[start : start + _MOST_OPERATIONS]}
        client.mutate(payloads.declare(account, political=chunk))


def _below(connection: Connection, root: str) -> Iterator[FoundAccount]:
    """A customer itself, or, where it is a manager, the accounts beneath it. Closed ones cannot be read."""
    try:
        rows = list(Client(connection, root, root).search(_CUSTOMER))
        if rows and rows[0]["customer"].get("manager"):
            for row in Client(connection, root, root).search(_CLIENTS):
                yield _account(row["customerClient"], manager=root)
        elif rows:
            yield _account(rows[0]["customer"], manager=None)
    except Rejected as error:
        if not error.platform_code.startswith(("authorizationError", "authenticationError")):
            raise


def _account(row: Mapping[str, Any], *, manager: str | None) -> FoundAccount:
    return FoundAccount(
        external_id=str(row["id"]),
        name=str(row.get("descriptiveName", "")),
        currency=str(row.get("currencyCode", "")),
        time_zone=str(row.get("timeZone", "")),
        status=str(row.get("status", "")),
        attributes={"login_customer_id": manager} if manager else {},
    )


def _action(row: Mapping[str, Any]) -> Resource:
    names = {"type": "type", "category": "category", "primary_for_goal": "primaryForGoal"}
    return Resource(
        kind=ResourceKind.CONVERSION_ACTION,
        external_id=str(row["id"]),
        name=str(row.get("name", row["id"])),
        status=str(row.get("status", "")),
        attributes={ours: _plain(row[theirs]) for ours, theirs in names.items() if theirs in row},
    )


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _standing(customer: Mapping[str, Any]) -> Iterator[Fault]:
    fault = _STATUS_FAULTS.get(str(customer.get("status", "")))
    if fault is not None:
        yield fault


def _money(client: Client) -> Iterator[Fault]:
    """Whether nobody pays, or an account budget is spent: campaigns stand and do not show (v26, BillingSetup).

    An account that tells of neither is paid in another way; one that lets this login not look at it tells nothing.
    """
    billing = [row["billingSetup"].get("status") for row in _readable(client, _BILLING)]
    if billing and set(billing) <= {"CANCELLED"}:
        yield Fault("unpaid", "CANCELLED: no billing setup is approved", "Set up billing in Google Ads.")
    budgets = [row["accountBudget"] for row in _readable(client, _BUDGETS)]
    if budgets and all(_is_spent(each) for each in budgets):
        yield Fault("capped", "The account budget is spent", "Raise the account budget in Google Ads.")


def _is_spent(budget: Mapping[str, Any]) -> bool:
    """Whether a limit is reached; without a limit in an answer, the budget has none."""
    limit = budget.get("adjustedSpendingLimitMicros")
    return limit is not None and int(budget.get("amountServedMicros", 0)) >= int(limit)


def _readable(client: Client, query: str) -> tuple[Mapping[str, Any], ...]:
    """The rows of a query; none where this login has no right to them."""
    try:
        return tuple(client.search(query))
    except Rejected as error:
        if not error.platform_code.startswith("authorizationError"):
            raise
        return ()


def _declaration(rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    if not rows:
        return
    names = ", ".join(f"{row['campaign'].get('name', '')} ({row['campaign']['id']})" for row in rows)
    yield Fault(
        UNDECLARED,
        f"EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED: {names}",
        "Say of these campaigns whether they hold political advertising for the EU: Google refuses every change of "
        "the account until each of them is declared.",
        blocks_writes=True,
        asks=(ANSWER,),
    )


def _refused(error: Rejected) -> Inspection:
    """An account that cannot even be read; raises the error where it says nothing of account or rights."""
    status = _REFUSED_FAULTS.get(error.platform_code)
    if status is not None:
        known = _STATUS_FAULTS[status]
        return Inspection(faults=(Fault(known.code, error.words or known.words, known.fix, blocks_writes=True),))
    family, _, code = error.platform_code.partition(".")
    if family != "authorizationError":
        raise error
    return Inspection(missing_rights=(code,))


def _answer(answers: Mapping[str, str], *, campaign_id: str) -> bool:
    given = answers.get(f"{ANSWER}/{campaign_id}", answers.get(ANSWER, "")).strip().lower()
    if given not in _ANSWERS:
        rule = "whether they hold political advertising for the EU is not answered."
        raise Invalid.field(ANSWER, rule, "Answer yes or no.")
    return _ANSWERS[given]
