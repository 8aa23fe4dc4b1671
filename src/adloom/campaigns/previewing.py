"""What a deployment of an ad would do now, made in the caller's transaction: its plan, and the budgets that it sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from adloom.ads import queries as ad_queries
from adloom.ads import unified
from adloom.ads.places import Places
from adloom.ads.types import Ad
from adloom.campaigns import (
    differences,
    drifts,
    findings,
    fingerprints,
    guards,
    planning,
    rules,
    store,
    updating,
    whereabouts,
)
from adloom.campaigns.fingerprints import Tell
from adloom.campaigns.guards import Asked
from adloom.campaigns.planning import Plan
from adloom.campaigns.types import CampaignView, DeploymentType
from adloom.campaigns.updating import Edited
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.db.session import Session
from adloom.identity import queries as identity
from adloom.platforms.types import Platform


def plan_in(session: Session, actor: Actor, held: Ad, places: Mapping[Platform, Places] | None = None) -> Plan:
    """What a deployment of this ad would do now, in the caller's transaction, which holds the ad."""
    places = whereabouts.of_ad(session, held) if places is None else places
    ad = ad_queries.as_unified(held)
    live = {campaign.platform: campaign for campaign in store.live_of_ad(session, held.id)}
    chosen = wanted(ad, None)
    accounts = findings.accounts(session, ad)
    edits = updating.edits(session, ad, [live[p] for p in chosen if p in live], places=places)
    found = findings.check(
        session, ad, accounts=accounts, platforms=chosen, client_id=held.client_id, edits=edits, places=places
    )
    able = [
        accounts[p]
        for p in chosen
        if p in accounts
        and not found[p].errors
        and (p in edits or p not in live or rules.is_wanted(live[p], DeploymentType.CREATE))
    ]
    looked = guards.look(session, asked(session, ad, held.client_id, able, live=live, edits=edits, places=places))
    found |= {p: replace(found[p], errors=errors) for p, errors in looked.errors.items()}
    told = {p: whereabouts.answers(places, p) for p in chosen}
    plans = {
        p: planning.on_platform(session, ad, p, accounts.get(p), found[p], live.get(p), edits.get(p), told[p])
        for p in chosen
    }
    plans |= {p: planning.left_behind(session, campaign) for p, campaign in live.items() if p not in chosen}
    now = time.now()
    bases = {
        p: fingerprints.basis(session, ad, campaign=live.get(p), account=accounts.get(p), places=told[p], now=now)
        for p in chosen
    }
    confirm = tuple(looked.sentences.values())
    return Plan(plans, confirm=confirm, bases=bases, made_by=actor.person_id, made_at=now)


def telling(session: Session, held: Ad, made: Plan) -> Tell:
    """What tells how a plan that was seen differs from the one that is made now."""
    accounts = findings.accounts(session, ad_queries.as_unified(held)).values()
    live = store.live_of_ad(session, held.id)
    return differences.of_plan(session, held, campaigns=live, accounts=accounts, platforms=made.bases)


def asked(
    session: Session,
    ad: unified.UnifiedAd,
    client_id: UUID | None,
    accounts: Iterable[AccountView],
    *,
    live: Mapping[Platform, CampaignView],
    edits: Mapping[Platform, Edited],
    places: Mapping[Platform, Places],
) -> list[Asked]:
    """The budgets that a deployment to these accounts would set."""
    client = identity.client_in(session, client_id=client_id)

    def one(account: AccountView) -> Asked:
        campaign, edited = live.get(account.platform), edits.get(account.platform)
        campaign_id = None if campaign is None else campaign.id
        if edited is None:
            spec = planning.new_spec(session, ad, account, whereabouts.answers(places, account.platform))
            return Asked(account, client, campaign_id, spec, applied=None)
        applied = drifts.as_it_stands(session, edited.campaign.id, next(iter(edited.spec.standing), None))
        return Asked(account, client, campaign_id, edited.spec, applied=applied)

    return [one(account) for account in accounts]


def wanted(ad: unified.UnifiedAd, platforms: Collection[Platform] | None) -> list[Platform]:
    """The ad's platforms, or those of them that are named; raises Invalid for one that it is not for."""
    chosen = sorted(ad.platforms.chosen())
    strangers = [p.value for p in platforms or () if p not in chosen]
    if strangers:
        raise Invalid.field("platform", f"the ad is not for {', '.join(strangers)}.", "Add it to the ad's platforms.")
    return [p for p in chosen if platforms is None or p in platforms]
