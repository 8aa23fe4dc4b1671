"""A person looks a place up before an ad names it: what a platform has of that name, asked by any connected account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from adloom.ads import complaints, parts, places
from adloom.ads.accounts import account_of
from adloom.ads.places import Places
from adloom.ads.targeting import Location
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Invalid
from adloom.core.money import Money
from adloom.db import session as db
from adloom.db.session import ReadSession, Session
from adloom.platforms import registry, spec
from adloom.platforms.geography import Place
from adloom.platforms.types import BidStrategy, BudgetType, Objective, Platform

_NO_CAMPAIGN = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Found:
    """What a platform has for a place: `places` is None where it has not answered yet (`job_id` asks it).

    `is_numbered` is False where the platform takes the place as it is written. `failure`: why it could not be asked.
    """

    is_numbered: bool
    places: tuple[Place, ...] | None = None
    job_id: UUID | None = None
    failure: str | None = None


def find(actor: Actor, *, platform: Platform, place: Mapping[str, Any]) -> Found:
    """What the platform has for a place as ads write it; where that is not known, the question is queued.

    Raises Invalid where no ad may name a place so, Conflict where no account of the platform is connected. A viewer
    queues nothing.
    """
    location = _location(place)
    with db.transaction(actor) as session:
        account = _account(session, platform)
        known = places.of_queries(session, account, registry.adapter(platform).place_queries(_spec(account, location)))
        if not known.queries:
            return Found(is_numbered=False)
        queued = () if actor.role is Role.VIEWER else _ask(session, actor, known)
        return Found(
            is_numbered=True,
            places=known.answers.get(known.queries[0]),
            job_id=next(iter(queued), None),
            failure=places.failure(session, known, client_id=actor.client_id),
        )


def _ask(session: Session, actor: Actor, known: Places) -> tuple[UUID, ...]:
    return places.look_up(session, actor, [known], client_id=actor.client_id)


def _location(place: Mapping[str, Any]) -> Location:
    try:
        return Location.model_validate_json(json.dumps(dict(place)))
    except ValidationError as error:
        raise Invalid("No ad may name a place so.", errors=complaints.field_errors(error, model=Location)) from None


def _account(session: ReadSession, platform: Platform) -> AccountView:
    for account in connections.accounts_in(session):
        if account.platform is platform:
            return account
    raise Conflict(f"No ad account of {platform.value} is connected: adloom connect {platform.value}")


def _spec(account: AccountView, location: Location) -> spec.CampaignSpec:
    """A campaign that is nothing but a place."""
    targeting = spec.Targeting(locations=(parts.location(location, places={}),))
    return spec.CampaignSpec(
        campaign_id=_NO_CAMPAIGN,
        marker="",
        name="",
        objective=Objective.TRAFFIC,
        account=account_of(account),
        groups=(spec.AdGroupSpec("main", "main", targeting, ads=()),),
        budget=spec.Budget(BudgetType.DAILY, Money(Decimal(0), account.currency), spec.Bidding(BidStrategy.MAX_CLICKS)),
        schedule=spec.Schedule(start=time.now()),
    )
