"""Campaigns that a platform's report counts and nobody here knows: in an account that imports, they get their rows
before the report is merged, so that none of their days is left out. Most were deleted there, and no list shows them.

Nothing else has to be pulled again for them: whoever first saw figures of theirs has taken them in. Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns import importing, specs
from adloom.connections.types import AccountView
from adloom.core import logging
from adloom.core.actor import Actor
from adloom.core.errors import Rejected
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.platforms import registry
from adloom.platforms.contract import Connection, ForeignCampaign
from adloom.platforms.types import DeliveryState, RemoteStatus

log = logging.logger(__name__)

#: So many are asked for and kept at a time: an account may have thousands, and who is stopped half-way goes on there.
_AT_ONCE = 50

_UNKNOWN = text(
    """
    SELECT counted.platform_id
    FROM unnest(CAST(:ids AS text[])) AS counted (platform_id)
    WHERE NOT EXISTS (
        SELECT
        FROM campaigns
        WHERE campaigns.platform_account_id = :account_id
            AND campaigns.platform_campaign_id = counted.platform_id
    )
    ORDER BY counted.platform_id
    """
)

# Until its creation is done as a whole, a campaign of ours may have an id that we do not know.
_HALF_WAY = text(
    """
    SELECT marker
    FROM campaigns
    WHERE platform_account_id = :account_id
        AND platform_campaign_id IS NULL
    """
)

# Asked anew: importing may have begun since the report was asked for, and then its days are not asked for again.
_IS_IMPORTING = text(
    """
    SELECT attributes ->> 'imports_campaigns' = 'true'
    FROM platform_accounts
    WHERE id = :account_id
    """
)


def take_in(
    actor: Actor,
    connection: Connection,
    account: AccountView,
    ids: Collection[str],
    *,
    since: date,
    until: date,
    is_once: bool = False,
) -> int:
    """Gives rows to those of these platform ids that nobody knows, and returns how many got one.

    `ids` are what a report of the days from `since` to `until` counts. Nothing is done in an account that does not
    import; where it was asked for once (`is_once`), what is not deleted was listed then, or is too new to be meant.
    """
    if not ids:
        return 0
    with db.reading(actor) as session:
        is_importing = bool(session.execute(_IS_IMPORTING, {"account_id": account.id}).scalar())
        unknown = _unknown(session, account.id, ids) if is_importing or is_once else ()
    new = 0
    for found in _told(connection, account, unknown, since=since, until=until):
        new += _keep(actor, account, [each for each in found if is_importing or each.status is RemoteStatus.DELETED])
    return new


def _unknown(session: ReadSession, account_id: UUID, ids: Collection[str]) -> Sequence[str]:
    return session.execute(_UNKNOWN, {"account_id": account_id, "ids": list(ids)}).scalars().all()


def _told(
    connection: Connection, account: AccountView, ids: Sequence[str], *, since: date, until: date
) -> Iterator[Sequence[ForeignCampaign]]:
    """What the platform tells of each, some at a time, and last of all those that it counts and tells nothing of."""
    left, found = set(ids), list[ForeignCampaign]()
    for each in _identified(connection, account, ids, since=since, until=until) if ids else ():
        left.discard(each.platform_id)
        found.append(each)
        if len(found) == _AT_ONCE:
            yield found
            found = []
    yield found
    yield [_nameless(platform_id) for platform_id in sorted(left)]


def _identified(
    connection: Connection, account: AccountView, ids: Sequence[str], *, since: date, until: date
) -> Iterator[ForeignCampaign]:
    """As the adapter identifies them, as far as the platform does not refuse to: figures are not kept back for that."""
    adapter = registry.adapter(account.platform)
    try:
        yield from adapter.identify(connection, account=specs.account_of(account), ids=ids, since=since, until=until)
    except Rejected as refusal:
        log.warning("campaigns are counted and not told of", account=account.external_id, error=str(refusal))


def _nameless(platform_id: str) -> ForeignCampaign:
    """It is gone, and is called by its id. Were it not gone after all, the next import lists it: it stands again."""
    return ForeignCampaign(platform_id, "", RemoteStatus.DELETED, DeliveryState.DELETED, "")


def _keep(actor: Actor, account: AccountView, found: Sequence[ForeignCampaign]) -> int:
    """Another pull may have taken them in since they were asked for, and ours are not others'."""
    if not found:
        return 0
    with db.transaction(actor) as session:
        importing.one_at_a_time(session, account_id=account.id)
        half_way = session.execute(_HALF_WAY, {"account_id": account.id}).scalars().all()
        unknown = set(_unknown(session, account.id, [each.platform_id for each in found]))
        new = [each for each in found if each.platform_id in unknown and not any(m in each.name for m in half_way)]
        for each in new:
            importing.add(session, actor, account, each)
    return len(new)
