"""What the platforms have to be asked about an ad's places, what they have answered, and the job that asks them.

A plan asks no platform: a job does, once an ad with such places is written, edited, planned or deployed. What a
platform has answered counts for everybody, and is asked again when it is old; the old answer counts until then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from adloom.ads import resolve
from adloom.ads.accounts import account_of, accounts
from adloom.ads.unified import UnifiedAd
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db.session import ReadSession, Session
from adloom.jobs import actions as jobs
from adloom.jobs import queries as job_queries
from adloom.jobs.types import Priority
from adloom.platforms import gazetteer, geography, registry
from adloom.platforms.gazetteer import Known
from adloom.platforms.geography import Answers, PlaceQuery
from adloom.platforms.types import Platform

JOB = "ads.look_up_places"
_NO_CAMPAIGN = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Places:
    """The places of an ad on one platform: `queries` are those that it is asked for, through `account`.

    `due` are those that it was never asked, or long ago.
    """

    account: AccountView
    queries: tuple[PlaceQuery, ...]
    answers: Answers
    due: tuple[PlaceQuery, ...]

    @property
    def unknown(self) -> tuple[PlaceQuery, ...]:
        """What the platform was never asked."""
        return tuple(query for query in self.queries if query not in self.answers)


def known(session: ReadSession, ad: UnifiedAd, accounts: Mapping[Platform, AccountView]) -> dict[Platform, Places]:
    """What is known of the ad's places on the platforms of these accounts; one look for all of them."""
    asked = {platform: _queries(ad, account) for platform, account in accounts.items()}
    found = gazetteer.find(session, asked)
    return {platform: _places(accounts[platform], queries, found[platform]) for platform, queries in asked.items()}


def of_queries(session: ReadSession, account: AccountView, queries: tuple[PlaceQuery, ...]) -> Places:
    """The same for what a person asks for, through this account."""
    found = gazetteer.find(session, {account.platform: queries})
    return _places(account, queries, found[account.platform])


def look_up(session: Session, actor: Actor, places: Iterable[Places], *, client_id: UUID | None) -> tuple[UUID, ...]:
    """Queues a job for each account whose platform has to be asked, in the caller's transaction; returns their ids.

    The same questions to the same account are one job while it is under way; a job that failed is not followed by
    another one within a minute. `client_id` is whose ad it is: who may see the ad may follow the job.
    """
    found = (_enqueue(session, actor, each, client_id=client_id) for each in places if each.due)
    return tuple(job_id for job_id in found if job_id is not None)


def look_up_of(session: Session, actor: Actor, ad: UnifiedAd, *, client_id: UUID | None) -> tuple[UUID, ...]:
    """The same for all platforms of an ad whose accounts are connected."""
    return look_up(session, actor, known(session, ad, accounts(session, ad)).values(), client_id=client_id)


def failure(session: ReadSession, places: Places, *, client_id: UUID | None) -> str | None:
    """Why a platform could not be asked when that was tried last; None where it has answered, or nothing has failed."""
    if not places.unknown:
        return None
    failed = job_queries.last_failure(session, dedupe_key=_key(places, client_id=client_id))
    return None if failed is None else failed.message


def _places(account: AccountView, queries: tuple[PlaceQuery, ...], found: Mapping[PlaceQuery, Known]) -> Places:
    return Places(
        account,
        queries,
        answers={query: each.places for query, each in found.items()},
        due=tuple(query for query in queries if query not in found or found[query].is_old),
    )


def _queries(ad: UnifiedAd, account: AccountView) -> tuple[PlaceQuery, ...]:
    """What the platform has to be asked; neither files nor answers make a difference to that."""
    spec = resolve.campaign_spec(
        ad,
        platform=account.platform,
        account=account_of(account),
        campaign_id=_NO_CAMPAIGN,
        media={},
        start=time.now(),
    )
    return registry.adapter(account.platform).place_queries(spec)


def _enqueue(session: Session, actor: Actor, places: Places, *, client_id: UUID | None) -> UUID | None:
    key = _key(places, client_id=client_id)
    failed = job_queries.last_failure(session, dedupe_key=key)
    if failed is not None and failed.is_fresh:
        return None
    return jobs.enqueue(
        session,
        job_type=JOB,
        data={"account_id": places.account.id, "queries": [geography.query_as_json(q) for q in places.queries]},
        actor=actor,
        client_id=client_id,
        dedupe_key=key,
        priority=Priority.PERSON,
    )


def _key(places: Places, *, client_id: UUID | None) -> str:
    """Names the questions, so that one that failed is found again however many of the others were answered since."""
    asked = json.dumps([geography.query_as_json(query) for query in places.queries], sort_keys=True)
    digest = hashlib.sha256(asked.encode()).hexdigest()[:16]
    return f"places:{places.account.id}:{client_id or 'all'}:{digest}"
