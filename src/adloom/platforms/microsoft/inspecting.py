"""What a Microsoft account offers to ads, what is wrong with it, and which rights a login lacks. Reads only.

Words and roles are those of the Customer Management value sets AccountLifeCycleStatus, AccountFinancialStatus and
CustomerRole; goals and tags those of Universal Event Tracking.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Rejected
from adloom.platforms.access import Fault, Inspection, Resource, ResourceKind
from adloom.platforms.contract import Connection
from adloom.platforms.microsoft.client import CUSTOMERS, Client
from adloom.platforms.spec import Account

Row = Mapping[str, Any]

#: All that counts as a goal; several are a list with commas (the client's `ConversionGoalType`).
_GOAL_TYPES = ", ".join(
    ("Url", "Duration", "PagesViewedPerVisit", "Event", "AppInstall", "OfflineConversion", "InStoreTransaction")
)
_GOAL_FIELDS = "GoalCategory"
#: Customer Management gives codes without symbols.
_NO_RIGHTS = ("UserIsNotAuthorized", "106")
#: Roles that may look and not touch; the id and name of each are the CustomerRole page's.
_LOOKS_ONLY = {"100": "Viewer"}
#: What a role has to be instead.
_CAMPAIGN_ROLES = "Advertiser Campaign Manager"

_SUPPORT = "Ask Microsoft Advertising's support; only they can lift it."
_PAGES = "Look at the account in Microsoft Advertising's own pages."
_PAY = "Settle the balance, or give the account another means of payment, in Microsoft Advertising's own pages."

LIFE_CYCLE: Mapping[str, Fault | None] = {
    "Active": None,
    "Draft": Fault("unpaid", "", "Complete the account's payment in Microsoft Advertising's own pages."),
    "Inactive": Fault("closed", "", "The account was deleted: connect another one.", blocks_writes=True),
    "Pause": Fault("paused", "", "Resume the account in Microsoft Advertising's own pages."),
    "Pending": Fault("pending", "", "Wait until Microsoft has checked the account."),
    "Suspended": Fault("suspended", "", _SUPPORT, blocks_writes=True),
}
#: CreditWarning, PendingCreditCheck, SoldToOnly are not in use; TaxOnHold and UserHold are of publishers.
FINANCES: Mapping[str, Fault | None] = {
    "ClearFinancialStatus": None,
    "CreditWarning": None,
    "PendingCreditCheck": None,
    "SoldToOnly": None,
    "TaxOnHold": None,
    "UserHold": None,
    "Hold": Fault("unpaid", "", _PAY),
    "Proposed": Fault("unpaid", "", _PAY),
    "WriteOff": Fault("unpaid", "", _PAY),
}


def inspect(connection: Connection, *, account: Account) -> Inspection:
    """Tags and goals of the account, its faults, and the rights that its campaigns need and the login lacks."""
    client = Client.of(connection, account)
    try:
        row = client.query("Account/Query", {"AccountId": account.external_id}, service=CUSTOMERS).get("Account")
    except Rejected as error:
        if error.platform_code not in _NO_RIGHTS:
            raise
        return Inspection(missing_rights=(_CAMPAIGN_ROLES,))
    return Inspection(
        resources=(*_tags(client), *_goals(client)),
        faults=tuple(faults(row or {})),
        missing_rights=tuple(_missing(client, account=account)),
    )


def faults(row: Row) -> Iterator[Fault]:
    """What an account's states say is wrong; a word that nobody knows is shown, and stops nothing. Pure."""
    for name, known in (("AccountLifeCycleStatus", LIFE_CYCLE), ("AccountFinancialStatus", FINANCES)):
        word = row.get(name)
        if not word:
            continue
        fault = known[word] if word in known else Fault("unknown", "", _PAGES)
        if fault is not None:
            words = " ".join(str(part) for part in (name, word, row.get("PauseReason")) if part)
            yield Fault(fault.code, words, fault.fix, blocks_writes=fault.blocks_writes)


def _missing(client: Client, *, account: Account) -> Iterator[str]:
    """The role that is missing, where every role of the login for this account may only look.

    A login sees its own roles for all customers; none for this one says nothing, for links of agencies have many forms.
    """
    roles = client.query("User/Query", {"UserId": None}, service=CUSTOMERS).get("CustomerRoles") or ()
    own = [role for role in roles if role and _is_about(role, account=account)]
    if own and all(str(role.get("RoleId")) in _LOOKS_ONLY for role in own):
        yield _CAMPAIGN_ROLES


def _is_about(role: Row, *, account: Account) -> bool:
    linked = [str(each) for each in role.get("LinkedAccountIds") or ()]
    if account.external_id in linked:
        return True
    if str(role.get("CustomerId")) != account.attributes.get("customer_id"):
        return False
    only = [str(each) for each in role.get("AccountIds") or ()]
    return not only or account.external_id in only


def _tags(client: Client) -> Iterator[Resource]:
    for row in client.rows("UetTags/QueryByIds", {"TagIds": None}, "UetTags"):
        yield _resource(ResourceKind.PIXEL, row, status=row.get("TrackingStatus"))


def goal_rows(client: Client, *, fields: str) -> Iterator[Row]:
    """The account's conversion goals that are not deleted, with these additional fields (a list with commas)."""
    body = {"ConversionGoalIds": None, "ConversionGoalTypes": _GOAL_TYPES, "ReturnAdditionalFields": fields}
    for row in client.rows("ConversionGoals/QueryByIds", body, "ConversionGoals"):
        if row.get("Status") != "Deleted":
            yield row


def _goals(client: Client) -> Iterator[Resource]:
    for row in goal_rows(client, fields=_GOAL_FIELDS):
        status = row.get("TrackingStatus") or row.get("Status")
        attributes = {
            "type": row.get("Type"),
            "category": row.get("GoalCategory"),
            "tag_id": row.get("TagId"),
            "set_status": row.get("Status"),
            "excluded_from_bidding": row.get("ExcludeFromBidding") and "true",
        }
        yield _resource(ResourceKind.GOAL, row, status=status, attributes=attributes)


def _resource(kind: ResourceKind, row: Row, *, status: Any, attributes: Mapping[str, Any] | None = None) -> Resource:
    kept = {name: str(value) for name, value in (attributes or {}).items() if value}
    return Resource(kind, str(row["Id"]), str(row.get("Name") or row["Id"]), str(status or ""), kept)
