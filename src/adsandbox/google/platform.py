"""Google's plug: accounts, tokens, routes, delivery, and what a person can do by hand."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp

from adsandbox import gate
from adsandbox.accounts import Account
from adsandbox.delivery import Line
from adsandbox.faults import Fault
from adsandbox.google import api, oauth, records, seed, status, tables, wire
from adsandbox.google.resources import base, goals
from adsandbox.platform import ControlError, Endpoint, Platform
from adsandbox.store import Entity
from adsandbox.world import World

CUSTOMER = "1234567890"
MANAGER = "9876543210"
ACCESS = "ya29.sandbox-google-access"
REFRESH = "1//0sandbox-google-refresh"
PROJECT = "sandbox-project"


class Google(Platform):
    """Google Ads."""

    name = base.PLATFORM
    campaign_type = "campaign"
    resumes = re.compile(rb'"(pageToken|page_token)"\s*:\s*"[^"]')
    reads = re.compile("^(GET|HEAD) |/googleAds:search|:suggest$")

    def __init__(self, world: World) -> None:
        self.world = world

    def apps(self) -> Mapping[str, ASGIApp]:
        """The API, the token endpoint, the consent page."""
        login, missing = oauth.OAuth(self.world), gate.not_found(self)
        return {
            "/google": Router(api.Api(self.world).routes(), default=missing, redirect_slashes=False),
            "/google-oauth": Router(login.token_routes(), default=missing, redirect_slashes=False),
            "/google-authorize": Router(login.authorize_routes(), default=missing, redirect_slashes=False),
        }

    def endpoints(self) -> Iterable[Endpoint]:
        """Without the paths that answer for other versions."""
        return [one for one in super().endpoints() if not one.path.startswith("/{version}")]

    def reset(self) -> None:
        """One customer beneath one manager; the user may log in to both."""
        action = f"customers/{CUSTOMER}/conversionActions/700000001"
        self.world.add_account(
            Account(
                self.name,
                CUSTOMER,
                "Sandbox Shop",
                fields={
                    "manager": False,
                    "manager_id": MANAGER,
                    "conversion_actions": [_purchase(action), _lead(f"{action[:-1]}2")],
                    "user_lists": [_list("7100000001", "Buyers"), _list("7100000002", "Newsletter")],
                },
            )
        )
        manager = Account(
            self.name, MANAGER, "Sandbox Agency", fields={"manager": True, "conversion_actions": [], "user_lists": []}
        )
        self.world.add_account(manager)
        grant = {"grant": "seed"}
        self.world.tokens.issue(self.name, "access", lifetime=None, value=ACCESS, data=grant)
        self.world.tokens.issue(self.name, "refresh", lifetime=None, value=REFRESH, data=grant)

    def bootstrap(self) -> dict[str, Any]:
        """Its object of the first line."""
        account = self._account()
        return {
            "account_id": account.id,
            "access_token": ACCESS,
            "refresh_token": REFRESH,
            "client_id": oauth.CLIENT_ID,
            "client_secret": oauth.CLIENT_SECRET,
            "login_customer_id": MANAGER,
            "currency": account.currency,
            "time_zone": account.time_zone,
        }

    def lines(self, campaign: Entity) -> list[Line]:
        """The ads that may deliver."""
        account = self.world.account(self.name, campaign.account_id)
        return status.lines(self.world, account, campaign) if account else []

    def affected(self, entity: Entity) -> Iterable[Entity] | None:
        """A budget touches the campaigns that spend it; an asset touches none."""
        ids = entity.private.get("campaigns", [])
        found = (self.world.store.get(self.name, "campaign", id_) for id_ in ids)
        return [campaign for campaign in found if campaign]

    def fault_response(self, fault: Fault, request: Request) -> Response:
        """In Google's own shape."""
        request_id = self.world.store.next_key(self.name, "request", length=22)
        return api.fault(fault, request_id=request_id, project=PROJECT)

    def unreachable(self, request: Request) -> Response:
        """A method that does not exist."""
        return api.not_found()

    def find(self, id_: str) -> Entity | None:
        """By id; an ad also by the id of its ad alone."""
        found = self.world.store.find(self.name, id_)
        if found is not None:
            return found
        ads = self.world.store.all(self.name, type_="ad_group_ad", deleted=True)
        return next((ad for ad in ads if ad.id.endswith(f"~{id_}")), None)

    def edit(self, entity: Entity, field: str, value: Any) -> None:
        """A top-level field of the object in Google's words (`status`, `name`, `amountMicros` …), unchecked.

        REMOVED as status removes it; None as a campaign's `containsEuPoliticalAdvertising` makes it
        undeclared, as campaigns are that are older than the declaration.
        """
        name = wire.camel(field)
        table = next(t for kind, t in _TABLES.items() if kind == entity.type)
        if name not in table:
            raise ControlError(f"{entity.type} has no field {field!r}")
        if name == "status" and value == "REMOVED":
            base.strike(self.world, entity)
            return
        changes = {name: str(value) if table[name].kind == "int64" and value is not None else value}
        if name == "containsEuPoliticalAdvertising":
            changes["missingEuPoliticalAdvertisingDeclaration"] = value is None
            self._account().fields.setdefault("undeclared", set()).add(entity.id)
        base.put(self.world, entity, changes)

    def account_action(self, action: str, value: str | None) -> None:
        """The shared actions; `cap` limits the account's budget to what it has spent."""
        super().account_action(action, value)
        account = self._account()
        if account.hold == "cap":
            account.fields.setdefault(records.SPENDING_LIMIT, records.served(self.world, account))
        else:
            account.fields.pop(records.SPENDING_LIMIT, None)

    def seed(self, count: int) -> list[Entity]:
        """Small Search campaigns, live and approved."""
        return seed.campaigns(self.world, self._account(), count)

    def _account(self) -> Account:
        account = self.world.account(self.name)
        assert account is not None
        return account


_TABLES = {
    "campaign": tables.CAMPAIGN,
    "campaign_budget": tables.BUDGET,
    "campaign_criterion": tables.CAMPAIGN_CRITERION,
    "ad_group": tables.AD_GROUP,
    "ad_group_ad": tables.AD_GROUP_AD,
    "ad_group_criterion": tables.AD_GROUP_CRITERION,
    "asset": tables.ASSET,
    "custom_conversion_goal": tables.CUSTOM_GOAL,
    goals.CONFIG: tables.GOAL_CONFIG,
}


def _purchase(name: str) -> dict[str, Any]:
    """The conversion action that is counted."""
    return {
        "resourceName": name,
        "id": name.rpartition("/")[2],
        "name": "Purchase",
        "status": "ENABLED",
        "type": "WEBPAGE",
        "category": "PURCHASE",
        "origin": "WEBSITE",
        "countingType": "MANY_PER_CLICK",
        "primaryForGoal": True,
        "includeInConversionsMetric": True,
        "clickThroughLookbackWindowDays": "30",
        "viewThroughLookbackWindowDays": "1",
        "attributionModelSettings": {"attributionModel": "GOOGLE_SEARCH_ATTRIBUTION_DATA_DRIVEN"},
        "ownerCustomer": f"customers/{CUSTOMER}",
        "valueSettings": {"defaultValue": 1.0, "defaultCurrencyCode": "USD", "alwaysUseDefaultValue": False},
    }


def _lead(name: str) -> dict[str, Any]:
    """Another one that may be counted, and of which nobody has sent any yet."""
    own = {"id": name.rpartition("/")[2], "name": "Lead form", "category": "SUBMIT_LEAD_FORM"}
    return {**_purchase(name), "countingType": "ONE_PER_CLICK", **own}


def _list(id_: str, name: str) -> dict[str, Any]:
    """An audience that the account holds."""
    return {
        "resourceName": f"customers/{CUSTOMER}/userLists/{id_}",
        "id": id_,
        "name": name,
        "type": "RULE_BASED",
        "membershipStatus": "OPEN",
        "membershipLifeSpan": "30",
        "sizeForSearch": "4200",
        "sizeForDisplay": "5100",
        "eligibleForSearch": True,
        "eligibleForDisplay": True,
        "readOnly": False,
    }


def build(world: World) -> Google:
    """The platform over a world."""
    return Google(world)
