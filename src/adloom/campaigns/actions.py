"""What a person does with an ad on its platforms: plan, deploy, pause, resume, delete. Each is one transaction that
leaves deployments and their jobs; a second time follows what is under way, or changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from adloom.ads import actions as ads
from adloom.ads import imported, unified
from adloom.ads import queries as ad_queries
from adloom.ads.types import Ad, AdOrigin
from adloom.campaigns import (
    approvals,
    choices,
    deployments,
    differences,
    findings,
    fingerprints,
    guards,
    previewing,
    rules,
    specs,
    store,
    updating,
    verdicts,
    whereabouts,
)
from adloom.campaigns.asked import NO_TERMS, Terms
from adloom.campaigns.checks import Check
from adloom.campaigns.fingerprints import Basis
from adloom.campaigns.planning import Plan
from adloom.campaigns.queueing import queue
from adloom.campaigns.requests import Asked
from adloom.campaigns.types import CampaignView, Change, DeploymentType, Duplicates, OnFailure
from adloom.campaigns.updating import Edited
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Invalid
from adloom.db import session as db
from adloom.db.session import Session
from adloom.identity import limits
from adloom.identity import queries as identity
from adloom.identity.limits import Limit
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.platforms.geography import Answers
from adloom.platforms.types import Operation, Platform


def deploy(
    actor: Actor,
    *,
    ad_id: UUID,
    accept_losses: bool = False,
    platforms: Collection[Platform] | None = None,
    confirm: Collection[str] = (),
    plan: str | None = None,
    on_failure: OnFailure | None = None,
    duplicates: Duplicates | None = None,
) -> Change:
    """Queues the ad on each of its platforms; a second time changes nothing.

    What stands as the ad says is left alone, what stands otherwise is updated, what is under way is followed, what
    failed is continued. Raises Invalid with every error of every platform, Refused where targeting would be lost and
    that was not accepted or a budget is beyond all that was and was not said (`confirm`), Conflict where a campaign is
    being deleted; then nothing is queued for any platform. `plan` is the fingerprint of the plan that was seen: where
    another one would be made now, Refused says what is different, now and before the first write to each platform.
    `on_failure` says what becomes of a creation that fails for good; None is as was said before, or that it stays.
    `duplicates` answers the last deployment that stopped because objects stood there twice, for exactly those.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        held = ads.hold(session, ad_id=ad_id)
        ad = ad_queries.as_unified(held)
        wanted = previewing.wanted(ad, platforms)
        live = {campaign.platform: campaign for campaign in store.live_of_ad(session, ad_id)}
        _refuse_being_deleted(session, [live[p] for p in wanted if p in live])
        if platforms is None:
            _refuse_left_behind(session, [live[p] for p in live if p not in wanted])
        unmade = [p for p in wanted if p not in live or rules.is_wanted(live[p], DeploymentType.CREATE)]
        new = [p for p in unmade if p not in live or not _is_being_made(session, live[p])]
        accounts = findings.accounts(session, ad)
        places = whereabouts.of_ad(session, held)
        edits = updating.edits(session, ad, [live[p] for p in wanted if p not in new], places=places)
        found = findings.check(
            session,
            ad,
            accounts=accounts,
            platforms=[*new, *edits],
            client_id=held.client_id,
            edits=edits,
            places=places,
        )
        edits = {p: edited for p, edited in edits.items() if found[p].errors or edited.is_needed()}
        found = {p: each for p, each in found.items() if p in new or p in edits}
        of_clients = (held.client_id, *store.clients_of(session, ad_id))
        needs_two = bool(found) and approvals.is_required(session, of_clients)
        current = (
            previewing.plan_in(session, actor, held, places) if found and (plan is not None or needs_two) else None
        )
        if current is not None and plan is not None:
            fingerprints.refuse_stale(plan, now=current.fingerprint, tell=previewing.telling(session, held, current))
        bases: Mapping[Platform, Basis] = {} if current is None else current.bases
        findings.refuse(found, accept_losses=accept_losses)
        asked = previewing.asked(
            session, ad, held.client_id, [accounts[p] for p in (*new, *edits)], live=live, edits=edits, places=places
        )
        if any(each.has_cap for each in asked):
            guards.one_at_a_time(session)
        guards.look(session, asked).refuse(confirmed=confirm)
        planned_by = None
        if current is not None and needs_two:
            planned_by = approvals.take(
                session,
                actor,
                ad_id=ad_id,
                operation=Asked.DEPLOY,
                fingerprint=current.fingerprint,
                tell=previewing.telling(session, held, current),
            )
        decided = choices.decided(session, [live[p] for p in wanted if p in live], duplicates)
        terms = {
            p: Terms(
                tuple(confirm),
                bases[p].as_json() if p in bases else None,
                on_failure=on_failure,
                decided=decided.get(p),
                planned_by=planned_by,
            )
            for p in wanted
        }
        queued = [
            *(
                _create(session, actor, ad_id, ad, accounts[p], live.get(p), terms[p], whereabouts.answers(places, p))
                for p in new
            ),
            *(
                queue(session, actor, live[p], DeploymentType.CREATE, spec=None, terms=terms[p])
                for p in unmade
                if p not in new
            ),
            *(_update(session, actor, edited, terms[p]) for p, edited in edits.items()),
            *_followed(session, actor, [live[p] for p in wanted if p in live and p not in edits]),
        ]
        stands = store.live_of_ad(session, ad_id)
        store.ad_follows(session, ad_id)
        if unmade:
            limits.hold(session, Limit.ACTIVE_ADS, used=lambda: ads.count_live(session))
    return Change(
        campaigns=tuple(c for c in stands if c.platform in wanted),
        job_ids=tuple(job_id for _, job_id in queued),
        deployment_ids=tuple(deployment_id for deployment_id, _ in queued),
        losses={platform: each.losses for platform, each in found.items() if each.losses},
    )


def change(
    actor: Actor,
    *,
    ad_id: UUID,
    operation: Operation,
    platforms: Collection[Platform] | None = None,
    duplicates: Duplicates | None = None,
    only_unfinished: bool = False,
) -> Change:
    """Queues pause, resume or delete of the ad's campaigns; those that are so already are left alone.

    The last word counts: a pause ends a resume that is under way, and a campaign that is being made stays paused.
    `duplicates` is as for `deploy`. `only_unfinished`: those alone whose creation has failed for good. Raises NotFound
    for an unknown ad, Conflict where nothing was ever deployed, or nothing is unfinished, and for deleting what others
    made.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        held = ads.hold(session, ad_id=ad_id)
        if operation is Operation.DELETE:
            imported.refuse_deleting(held)
        touched = [
            campaign
            for campaign in store.of_ad_newest(session, ad_id)
            if platforms is None or campaign.platform in platforms
        ]
        if not touched:
            raise Conflict(f"Ad {ad_id} stands on no platform. Deploy it first: adloom ad deploy {ad_id}")
        if only_unfinished:
            touched = choices.unfinished(touched)
        to_do = [campaign for campaign in touched if _is_to_do(session, campaign, operation)]
        terms = NO_TERMS
        if operation is DeploymentType.RESUME:
            terms = _resume_terms(session, actor, held, to_do)
        decided = choices.decided(session, touched, duplicates)
        queued = [
            queue(
                session,
                actor,
                campaign,
                operation,
                spec=_spec_of_change(session, held, campaign),
                terms=replace(terms, decided=decided.get(campaign.platform)),
            )
            for campaign in to_do
        ]
    return Change(
        campaigns=tuple(touched),
        job_ids=tuple(job_id for _, job_id in queued),
        deployment_ids=tuple(deployment_id for deployment_id, _ in queued),
        losses={},
    )


def resuming(session: Session, ad_id: UUID) -> str:
    """What names what a resume of this ad would let deliver now."""
    return fingerprints.standing(session, store.live_of_ad(session, ad_id))


def _resume_terms(session: Session, actor: Actor, held: Ad, campaigns: Collection[CampaignView]) -> Terms:
    """Whether another person planned this, where that is needed; what is being resumed already is followed."""
    new = [c for c in campaigns if deployments.unfinished(session, c.id, DeploymentType.RESUME) is None]
    if not new or not approvals.is_required(session, (held.client_id, *(c.client_id for c in new))):
        return NO_TERMS
    planned_by = approvals.take(
        session,
        actor,
        ad_id=held.id,
        operation=Asked.RESUME,
        fingerprint=resuming(session, held.id),
        tell=differences.of_standing(session, held, store.live_of_ad(session, held.id)),
    )
    return Terms(planned_by=planned_by)


def sync(actor: Actor, *, ad_id: UUID) -> tuple[UUID, ...]:
    """Queues a look at each of the ad's campaigns on its platform; returns the jobs' ids."""
    actor.may_write()
    with db.transaction(actor) as session:
        return tuple(
            jobs.enqueue(
                session,
                job_type="campaigns.sync",
                data={"campaign_id": campaign.id, "compare": True},
                actor=actor,
                client_id=campaign.client_id,
                waiting_key=f"compare:{campaign.id}",
                priority=Priority.PERSON,
            )
            for campaign in store.live_of_ad(session, ad_id)
        )


def plan(actor: Actor, *, ad_id: UUID) -> dict[str, Any]:
    """The platforms' part of the whole plan, as API and CLI show it."""
    platforms: dict[str, Any] = whole_plan(actor, ad_id=ad_id).as_json()["platforms"]
    return platforms


def whole_plan(actor: Actor, *, ad_id: UUID, asks: bool = False) -> Plan:
    """What a deployment would do: errors, losses, changes, money, and what is known of the platforms' own verdicts.

    Local, at once; sends nothing. Where a platform has to be asked for a place, or again, its `look_ups` are queued:
    the next plan knows the answers. With `asks` a job is queued for each platform that was not asked about this very
    plan within the hour. A viewer's plan queues nothing and asks nobody.
    """
    with db.transaction(actor) as session:
        held = ads.hold(session, ad_id=ad_id)
        places = whereabouts.of_ad(session, held)
        made = previewing.plan_in(session, actor, held, places)
        judged = {p: made.fingerprint_for(p) for p, each in made.platforms.items() if each.is_to_be_judged}
        if asks and actor.role is not Role.VIEWER:
            for p, fingerprint in judged.items():
                verdicts.ask(session, actor, ad_id=ad_id, client_id=held.client_id, platform=p, fingerprint=fingerprint)
        checks = verdicts.known(session, ad_id=ad_id, fingerprints=judged)
        return replace(
            made,
            checks=checks,
            maker=identity.email_in(session, person_id=actor.person_id),
            look_ups=whereabouts.ask(session, actor, held, places),
        )


def checks(actor: Actor, *, ad_id: UUID, ids: Collection[UUID]) -> dict[Platform, Check]:
    """How the questions with these ids stand, without a plan being made; what is not this ad's is left out.

    Raises NotFound for an ad that is not there.
    """
    with db.reading(actor) as session:
        ad_queries.get_in(session, ad_id=ad_id)
        return verdicts.with_ids(session, ad_id=ad_id, ids=ids)


def _refuse_being_deleted(session: Session, campaigns: Iterable[CampaignView]) -> None:
    for campaign in campaigns:
        if rules.is_being_deleted(deployments.word(session, campaign.id)):
            raise Conflict(f"The campaign on {campaign.platform.value} is being deleted. Deploy again once it is gone.")


def _refuse_left_behind(session: Session, campaigns: Iterable[CampaignView]) -> None:
    """What stands, and may spend, where the ad is not to be any more is not silently left to itself."""
    staying = [c for c in campaigns if not rules.is_being_deleted(deployments.word(session, c.id))]
    errors = tuple(updating.left_behind(campaign) for campaign in staying)
    if errors:
        raise Invalid("The ad stands where it is not to be any more.", errors=errors)


def _is_to_do(session: Session, campaign: CampaignView, operation: DeploymentType) -> bool:
    """Whether there is anything to change, and anything that it could be changed on, now or soon."""
    if not rules.is_wanted(campaign, operation, last=deployments.word(session, campaign.id)):
        return False
    stands = campaign.platform_campaign_id is not None  # ours, or imported: of what others made no step is known
    may_stand = stands or deployments.was_sent(session, campaign.id) or _is_being_made(session, campaign)
    return operation is DeploymentType.DELETE or may_stand


def _spec_of_change(session: Session, ad: Ad, campaign: CampaignView) -> Mapping[str, Any] | None:
    return specs.of_imported(ad) if ad.origin is AdOrigin.IMPORTED else deployments.last_spec(session, campaign.id)


def _is_being_made(session: Session, campaign: CampaignView) -> bool:
    return deployments.unfinished(session, campaign.id, DeploymentType.CREATE) is not None


def _create(
    session: Session,
    actor: Actor,
    ad_id: UUID,
    ad: unified.UnifiedAd,
    account: AccountView,
    campaign: CampaignView | None,
    terms: Terms,
    places: Answers,
) -> tuple[UUID, UUID]:
    if campaign is None:
        campaign = store.insert(
            session,
            user_id=actor.tenant_id,
            client_id=account.client_id,
            ad_id=ad_id,
            account_id=account.id,
            platform=account.platform,
            name=ad.name[: store.NAME_LIMIT],
            desired_status=ad.desired_status.lower(),
        )
    earlier = deployments.last_spec(session, campaign.id)
    was_sent = deployments.was_sent(session, campaign.id)
    if earlier and was_sent and not specs.says_the_same(earlier, ad):
        raise Conflict(
            f"The ad was edited after it had gone half-way to {account.platform.value}. "
            "Delete what stands there (adloom ad delete) and deploy anew."
        )
    # What stands half-way is gone on with as it was begun; another goal that was chosen since is an update of it.
    goal = earlier.get("goal") if earlier and was_sent else specs.goal_of(ad, account)
    spec = specs.snapshot(ad, start=time.now(), places=places, goal=goal)
    return queue(session, actor, campaign, DeploymentType.CREATE, spec=spec, terms=terms)


def _update(session: Session, actor: Actor, edited: Edited, terms: Terms) -> tuple[UUID, UUID]:
    """Queues what the ad says now; an update that is under way is overtaken, and what it has done is set right."""
    deployments.supersede(session, edited.campaign.id, (DeploymentType.UPDATE,))
    return queue(session, actor, edited.campaign, DeploymentType.UPDATE, spec=edited.snapshot, terms=terms)


def _followed(session: Session, actor: Actor, campaigns: Iterable[CampaignView]) -> list[tuple[UUID, UUID]]:
    """The updates that are under way already, and apply what the ad says."""
    return [
        queue(session, actor, campaign, DeploymentType.UPDATE, spec=None)
        for campaign in campaigns
        if deployments.unfinished(session, campaign.id, DeploymentType.UPDATE) is not None
    ]
