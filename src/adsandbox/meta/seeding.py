"""What stands in the simulated Meta before anybody calls: account, Page, pixel, token; and campaigns on
demand."""

import hashlib
from datetime import timedelta
from typing import Any

from adsandbox import review
from adsandbox.accounts import Account
from adsandbox.meta import ads, adsets, campaigns, creatives
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity


def stand_up(graph: Graph) -> None:
    """Seed an empty world."""
    store = graph.world.store
    account = Account(NAME, f"act_{store.next_id(NAME, 'account', digits=15)}", "Adloom Sandbox")
    graph.world.add_account(account)
    graph.world.tokens.issue(NAME, "access", lifetime=None, value=_token(graph))
    page = store.add(
        NAME, "page", store.next_id(NAME, "page", digits=15), account_id=account.id, name="Acme",
        fields={"category": "Shopping & Retail", "tasks": ["ADVERTISE", "ANALYZE", "MANAGE"],
                "is_published": True, "promotion_eligible": True, "link": "https://www.facebook.com/acme"},
    )  # fmt: skip
    page.private["access_token"] = store.next_key(NAME, "page token", length=40)
    instagram = store.add(
        NAME, "instagram", store.next_id(NAME, "instagram", digits=17), account_id=account.id,
        name="Acme", fields={"username": "acme"},
    )  # fmt: skip
    store.update(page, fields={"instagram_business_account": {"id": instagram.id}})
    store.add(
        NAME, "adspixel", store.next_id(NAME, "pixel", digits=15), account_id=account.id,
        name="Acme's pixel", fields={"is_unavailable": False},
    )  # fmt: skip


def _token(graph: Graph) -> str:
    return "EAAB" + hashlib.sha256(f"{graph.world.seed}:{NAME}:access".encode()).hexdigest()


def bootstrap(graph: Graph) -> dict[str, Any]:
    """The platform's object of the first line."""
    account = graph.world.accounts(NAME)[0]
    first = {
        type_: next(iter(graph.world.store.all(NAME, type_=type_, deleted=True)))
        for type_ in ("page", "instagram", "adspixel")
    }
    return {
        "account_id": account.id,
        "access_token": _token(graph),
        "refresh_token": None,
        "client_id": graph.app_id,
        "client_secret": graph.app_secret,
        "login_customer_id": None,
        "currency": account.currency,
        "time_zone": account.time_zone,
        "page_id": first["page"].id,
        "pixel_id": first["adspixel"].id,
        "instagram_user_id": first["instagram"].id,
    }


def campaign(graph: Graph, number: int) -> Entity:
    """One live campaign with an ad set and an approved ad, made now."""
    account = graph.world.accounts(NAME)[0]
    seeded = bootstrap(graph)
    made = campaigns.create(
        graph,
        account,
        {
            "name": f"Seeded campaign {number}",
            "objective": "OUTCOME_TRAFFIC",
            "status": "ACTIVE",
            "special_ad_categories": [],
            "is_adset_budget_sharing_enabled": False,
        },
    )
    adset = adsets.create(
        graph,
        account,
        {
            "name": "Everyone in the US",
            "campaign_id": made.id,
            "status": "ACTIVE",
            "daily_budget": 1000 * number,
            "billing_event": "IMPRESSIONS",
            "optimization_goal": "LINK_CLICKS",
            "targeting": {
                "geo_locations": {"countries": ["US"]},
                "targeting_automation": {"advantage_audience": 0},
            },
        },
    )
    story = {"page_id": seeded["page_id"], "link_data": {"link": "https://example.com/", "message": "Hello"}}
    creative = creatives.create(graph, account, {"name": "Seeded creative", "object_story_spec": story})
    ad = ads.create(
        graph,
        account,
        {
            "name": "Seeded ad",
            "adset_id": adset.id,
            "creative": {"creative_id": creative.id},
            "status": "ACTIVE",
        },
    )
    now = graph.now
    graph.world.store.set_review(ad, review.Review(now - timedelta(hours=1), now, review.Verdict.APPROVE))
    return made
