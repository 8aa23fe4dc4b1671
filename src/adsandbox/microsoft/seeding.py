"""What stands in the simulated Microsoft before anybody calls: account, tokens, one UET goal; and campaigns
on demand."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

from adsandbox import review
from adsandbox.accounts import Account
from adsandbox.microsoft import ad_groups, ads, campaigns, keywords, zones
from adsandbox.microsoft.desk import DEVELOPER_TOKEN, NAME, Desk
from adsandbox.store import Entity


def stand_up(desk: Desk) -> None:
    """Seed an empty world."""
    store = desk.world.store
    account = Account(NAME, store.next_id(NAME, "account", digits=9), "Adloom Sandbox")
    account.fields = {
        "customer_id": store.next_id(NAME, "customer", digits=9),
        "number": "F100AD10",
        "time_zone_name": zones.name_of(account.time_zone),
    }
    desk.world.add_account(account)
    for kind in ("access", "refresh"):
        desk.world.tokens.issue(NAME, kind, lifetime=None, value=_token(desk, kind))
    _goal(desk, account)


def _goal(desk: Desk, account: Account) -> None:
    tag = desk.world.store.add(
        NAME,
        "UetTag",
        desk.new_id("UetTag"),
        account_id=account.id,
        name="Acme",
        fields={"Description": "Acme's site", "TrackingStatus": "Active"},
    )
    desk.world.store.add(
        NAME,
        "ConversionGoal",
        desk.new_id("ConversionGoal"),
        account_id=account.id,
        name="Purchase",
        status="Active",
        fields={
            "Type": "Event",
            "Status": "Active",
            "TagId": tag.id,
            "GoalCategory": "Purchase",
            "CountType": "All",
            "ConversionWindowInMinutes": 43200,
            "ExcludeFromBidding": False,
            "IsEnhancedConversionsEnabled": False,
            "Scope": "Account",
            "TrackingStatus": "RecordingConversions",
            "Revenue": {"CurrencyCode": account.currency, "Type": "VariableValue", "Value": None},
            "ActionExpression": "purchase",
            "ActionOperator": "Equals",
            "ViewThroughConversionWindowInMinutes": 1440,
            "AttributionModelType": "LastClick",
        },
    )


def _token(desk: Desk, kind: str) -> str:
    return "EwB" + hashlib.sha256(f"{desk.world.seed}:{NAME}:{kind}".encode()).hexdigest()


def bootstrap(desk: Desk) -> dict[str, Any]:
    """The platform's object of the first line."""
    account = desk.account
    return {
        "account_id": account.id,
        "access_token": _token(desk, "access"),
        "refresh_token": _token(desk, "refresh"),
        "client_id": desk.client_id,
        "client_secret": desk.client_secret,
        "login_customer_id": None,
        "currency": account.currency,
        "time_zone": account.time_zone,
        "customer_id": desk.customer_id,
        "developer_token": DEVELOPER_TOKEN,
    }


def campaign(desk: Desk, number: int) -> Entity:
    """One live campaign with an ad group, a keyword and an approved ad, made now."""
    made = campaigns.add(
        desk,
        {
            "Name": f"Seeded campaign {number} {desk.new_id('seed')}",
            "Status": "Active",
            "BudgetType": "DailyBudgetStandard",
            "DailyBudget": Decimal(10 * number),
            "Languages": ["English"],
        },
    )
    parent = desk.world.store.get(NAME, "Campaign", made)
    assert parent is not None
    group_id = ad_groups.add(desk, parent, {"Name": "Everyone", "Status": "Active"})
    group = desk.world.store.get(NAME, "AdGroup", group_id)
    assert group is not None
    keyword_id = keywords.add(desk, group, {"Text": "running shoes", "MatchType": "Phrase"})
    ad_id = ads.add(desk, group, {"Type": "ResponsiveSearch", "FinalUrls": ["https://example.com/"], **_texts()})
    now = desk.now
    passed = review.Review(now - timedelta(hours=1), now, review.Verdict.APPROVE)
    for type_, id_ in (("Keyword", keyword_id), ("Ad", ad_id)):
        entity = desk.world.store.get(NAME, type_, id_)
        assert entity is not None
        if type_ == "Ad":
            desk.world.store.set_review(entity, passed)
        else:
            entity.private["review"] = passed
    return parent


def _texts() -> dict[str, Any]:
    def links(*texts: str) -> list[dict[str, Any]]:
        return [{"Asset": {"Type": "TextAsset", "Text": one}} for one in texts]

    return {
        "Headlines": links("Spring Sale", "Run Faster", "Free Shipping"),
        "Descriptions": links("Save 20% on all shoes.", "Order today, ships today."),
    }
