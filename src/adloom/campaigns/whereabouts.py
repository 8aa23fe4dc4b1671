"""Where the places of an ad are on each platform: what stands keeps its place, everything else goes by what was told.

A deployment keeps the answers that it goes by, so that every attempt sends the same. They are read once for each plan
and each deployment: what is checked is what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from adloom.ads import places
from adloom.ads import queries as ad_queries
from adloom.ads.accounts import accounts
from adloom.ads.places import Places
from adloom.ads.types import Ad
from adloom.campaigns import deployments, specs, store
from adloom.campaigns.types import CampaignView
from adloom.core.actor import Actor, Role
from adloom.core.errors import FieldError, Invalid
from adloom.db import session as db
from adloom.db.session import ReadSession, Session
from adloom.platforms import geography, registry
from adloom.platforms.contract import Preflight
from adloom.platforms.geography import Answers
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Platform


def of_ad(session: ReadSession, held: Ad) -> dict[Platform, Places]:
    """What is known of an ad's places, by platform. A place that a campaign stands in is not asked for again.

    So an edit moves nothing but what was edited, and a creation that is continued goes where it began.
    """
    ad = ad_queries.as_unified(held)
    live = {campaign.platform: campaign for campaign in store.live_of_ad(session, held.id)}
    found = places.known(session, ad, accounts(session, ad))
    return {
        platform: _over(each, _standing(session, live[platform])) if platform in live else each
        for platform, each in found.items()
    }


def answers(known: Mapping[Platform, Places], platform: Platform) -> Answers:
    """What this platform answered; nothing where no account of it is connected."""
    return known[platform].answers if platform in known else {}


def look_up(actor: Actor, *, ad_id: UUID) -> tuple[UUID, ...]:
    """Queues what the ad's platforms have not been asked yet, or long ago; returns the jobs' ids.

    A transaction of its own, for before a deployment: what a refused one queued would be undone with it. Raises
    NotFound for an unknown ad, Conflict for an imported one.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        held = ad_queries.get_in(session, ad_id=ad_id)
        return ask(session, actor, held, of_ad(session, held))


def ask(session: Session, actor: Actor, held: Ad, known: Mapping[Platform, Places]) -> tuple[UUID, ...]:
    """The same in the caller's transaction; a viewer queues nothing."""
    if actor.role is Role.VIEWER:
        return ()
    return places.look_up(session, actor, known.values(), client_id=held.client_id)


def with_failures(
    session: ReadSession,
    found: Mapping[Platform, Preflight],
    known: Mapping[Platform, Places],
    *,
    client_id: UUID | None,
) -> dict[Platform, Preflight]:
    """The same findings, with why a platform could not be asked where that was tried and went wrong."""
    result = dict(found)
    for platform in found.keys() & known.keys():
        why = places.failure(session, known[platform], client_id=client_id)
        if why is not None:
            error = FieldError(
                "targeting.locations",
                f"the platform was asked where its places are, and that failed: {why}",
                "Mend what it says; a plan asks again after a minute.",
            )
            result[platform] = replace(found[platform], errors=(*found[platform].errors, error))
    return result


def refuse_unknown(platform: Platform, spec: CampaignSpec) -> None:
    """Returns where each place that the platform has to tell is one place; raises Invalid otherwise.

    Nothing is queued so. It is asked once more before the first write, since an ad without its places spends money
    everywhere.
    """
    asked = set(registry.adapter(platform).place_queries(spec))
    found = (
        geography.place_error(f"ad_groups[{group.key}].targeting.locations[{number}]", location)
        for group in spec.groups
        for number, location in enumerate(group.targeting.locations)
        if geography.query_of(location) in asked
    )
    errors = tuple(error for error in found if error is not None)
    if errors:
        raise Invalid(f"Nobody knows where on {platform.value} this ad is to be shown.", errors=errors)


def _over(found: Places, standing: Answers) -> Places:
    kept = {query: told for query, told in standing.items() if query in found.queries and len(told) == 1}
    return replace(
        found,
        answers={**found.answers, **kept},
        due=tuple(query for query in found.due if query not in kept),
    )


def _standing(session: ReadSession, campaign: CampaignView) -> Answers:
    """What the campaign went by last: as a whole, or as far as it came."""
    applied: Mapping[str, Any] | None = store.applied_spec(session, campaign.id)
    if applied is None and deployments.was_sent(session, campaign.id):
        applied = deployments.last_spec(session, campaign.id)
    return specs.places_in(applied or {})
