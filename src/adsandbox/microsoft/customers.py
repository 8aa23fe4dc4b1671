"""The Customer Management service: who is asking, and the accounts that they may use.

Its errors carry no symbols (Microsoft's error code guide).
"""

from typing import Any

from adsandbox.accounts import Account
from adsandbox.microsoft import errors, zones
from adsandbox.microsoft.desk import Call, Desk, envelope
from adsandbox.schema import anything, array, enum, integer, obj, text

USER_ID = "20000001"
#: Roles (CustomerRole data object page), and what an account's finances may be.
SUPER_ADMIN, VIEWER = "41", "100"
ROLES = ("16", "33", SUPER_ADMIN, VIEWER, "203")
CLEAR = "ClearFinancialStatus"
FINANCES = (
    "Proposed", "PendingCreditCheck", CLEAR, "SoldToOnly", "CreditWarning", "Hold", "WriteOff", "TaxOnHold", "UserHold",
)  # fmt: skip
#: Of these no ad is delivered.
UNPAID = ("Proposed", "Hold", "WriteOff")
_OPERATORS = (
    "Equals", "NotEquals", "Contains", "In", "GreaterThanEquals", "LessThanEquals", "StartsWith",
    "NotContains",
)  # fmt: skip


def writable(desk: Desk) -> None:
    """Refuse what changes a suspended account, or comes from somebody who may only look."""
    if desk.account.suspended:
        raise errors.operation_fault(1008)
    if desk.account.fields.get("role") == VIEWER:
        raise errors.api_fault(106, status=403)


def user(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST User/Query` and `CurrentUser/Query`."""
    envelope(call.body, {"UserId": text(nullable=True)})
    if call.body.get("UserId") not in (None, USER_ID):
        raise errors.api_fault(106, status=403)
    found = {
        "Id": USER_ID,
        "UserName": "sam@example.com",
        "CustomerId": desk.customer_id,
        "Name": {"FirstName": "Sam", "LastName": "Sandbox", "MiddleInitial": None},
        "UserLifeCycleStatus": "Active",
        "ContactInfo": {"Email": "sam@example.com"},
        "JobTitle": None,
        "Lcid": "EnglishUS",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "ForwardCompatibilityMap": None,
    }
    role = {
        "RoleId": int(desk.account.fields.get("role", SUPER_ADMIN)),
        "CustomerId": desk.customer_id,
        "AccountIds": None,
        "LinkedAccountIds": None,
        "CustomerLinkPermission": None,
    }
    return {"User": found, "CustomerRoles": [role]}


def search(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST Accounts/Search`: by user, customer, account id, number or name."""
    predicate = {
        "Field": text(required=True),
        "Operator": enum(*_OPERATORS, required=True),
        "Value": text(required=True),
    }
    order = {"Field": text(required=True), "Order": enum("Ascending", "Descending", required=True)}
    table = {
        "Predicates": array(obj(predicate), required=True, least=1, most=10),
        "Ordering": array(obj(order), nullable=True),
        "PageInfo": obj(
            {"Index": integer(required=True, least=0), "Size": integer(required=True, least=1, most=1000)},
            required=True,
        ),
        "ReturnAdditionalFields": anything(),
    }
    body = envelope(call.body, table)
    reached = [] if desk.account.lost else [desk.account]
    found = [one for one in reached if all(_fits(desk, one, p) for p in body["Predicates"])]
    page = body["PageInfo"]
    begin = page["Index"] * page["Size"]
    return {"Accounts": [_account(desk, one) for one in found[begin : begin + page["Size"]]]}


def _fits(desk: Desk, account: Account, predicate: dict[str, str]) -> bool:
    values: dict[str, str] = {
        "UserId": USER_ID,
        "CustomerId": desk.customer_id,
        "AccountId": account.id,
        "AccountNumber": account.fields["number"],
        "AccountName": account.name,
        "AccountLifeCycleStatus": _life_cycle(account),
    }
    if predicate["Field"] not in values:
        raise errors.operation_fault(201, details=f"Predicates.Field: {predicate['Field']}")
    have, want = values[predicate["Field"]], predicate["Value"]
    found: dict[str, bool] = {
        "Equals": have == want,
        "NotEquals": have != want,
        "Contains": want in have,
        "NotContains": want not in have,
        "StartsWith": have.startswith(want),
        "In": have in want.split(","),
        "GreaterThanEquals": have >= want,
        "LessThanEquals": have <= want,
    }
    return found[predicate["Operator"]]


def _life_cycle(account: Account) -> str:
    """An account whose debt is written off is inactive."""
    if account.suspended:
        return "Suspended"
    return "Inactive" if account.fields.get("financial_status") == "WriteOff" else "Active"


def account(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST Account/Query`."""
    body = envelope(call.body, {"AccountId": text(nullable=True), "ReturnAdditionalFields": anything()})
    if body.get("AccountId") != desk.account.id:
        raise errors.api_fault(106, status=403)
    return {"Account": _account(desk, desk.account)}


def info(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST AccountsInfo/Query`."""
    envelope(call.body, {"CustomerId": text(nullable=True), "OnlyParentAccounts": anything()})
    one = _account(desk, desk.account)
    names = ("Id", "Name", "Number", "AccountLifeCycleStatus", "PauseReason")
    return {"AccountsInfo": [{name: one[name] for name in names}]}


def customer(desk: Desk, call: Call) -> dict[str, Any]:
    """`POST Customer/Query`."""
    body = envelope(call.body, {"CustomerId": text(nullable=True)})
    if body.get("CustomerId") != desk.customer_id:
        raise errors.api_fault(106, status=403)
    found = {"Id": desk.customer_id, "Name": "Adloom Sandbox", "CustomerLifeCycleStatus": "Active"}
    return {"Customer": found | {"Market": "US", "Language": "English", "ServiceLevel": "SelfServe"}}


def _account(desk: Desk, account: Account) -> dict[str, Any]:
    return {
        "Id": account.id,
        "Name": account.name,
        "Number": account.fields["number"],
        "CurrencyCode": account.currency,
        "TimeZone": zones.ACCOUNT_ZONES.get(zone := account.fields["time_zone_name"], zone),
        "ParentCustomerId": desk.customer_id,
        "BillToCustomerId": desk.customer_id,
        "PrimaryUserId": USER_ID,
        "AccountLifeCycleStatus": _life_cycle(account),
        "AccountFinancialStatus": "Hold" if account.hold == "unpaid" else account.fields.get("financial_status", CLEAR),
        "AccountMode": "Expert",
        "AutoTagType": "Inactive",
        "Language": "English",
        "PauseReason": None,
        "PaymentMethodType": "CreditCard",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "LinkedAgencies": [],
        "ForwardCompatibilityMap": [],
    }
