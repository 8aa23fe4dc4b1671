"""What is known, and can be asked, about days that are not what their platform says now: the evidence of `reasons`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from uuid import UUID

from sqlalchemy import text

from adloom.audit import queries as audit
from adloom.campaigns import specs
from adloom.connections import ad_accounts
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.metrics import report_zones, rules
from adloom.metrics.differences import Figures, Key
from adloom.metrics.reasons import Asked, Books, Window
from adloom.metrics.report_zones import ATTRIBUTE, ReportZone
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.types import Platform

_COVERED = text(
    """
    SELECT
        metric_coverage.date,
        metric_coverage.pulled_at,
        metric_pulls.since,
        metric_pulls.until,
        metric_pulls.attribution
    FROM metric_coverage
    LEFT JOIN metric_pulls ON metric_pulls.id = metric_coverage.pull_id
    WHERE metric_coverage.platform_account_id = :account_id
        AND metric_coverage.grain = 'day'
        AND metric_coverage.date BETWEEN :since AND :until
    """
)

_EARLIER = text(
    """
    SELECT result
    FROM background_jobs
    WHERE job_type = 'metrics.reconcile'
        AND status = 'completed'
        AND job_data ->> 'account_id' = CAST(:account_id AS text)
    ORDER BY completed_at DESC
    LIMIT 30
    """
)

# A campaign that is made has had no event before, and has none otherwise now.
_OTHER_EVENT = text(
    """
    SELECT EXISTS (
        SELECT
        FROM audit_logs
        JOIN campaigns ON campaigns.id = audit_logs.entity_id
        WHERE audit_logs.entity_type = 'campaigns'
            AND audit_logs.action = 'update'
            AND audit_logs.created_at > :since
            AND campaigns.platform_account_id = :account_id
            AND jsonb_typeof(audit_logs.old_values -> 'spec') = 'object'
            AND audit_logs.old_values #>> '{spec,ad,conversion,event}'
                IS DISTINCT FROM audit_logs.new_values #>> '{spec,ad,conversion,event}'
    )
    """
)

#: Where it is for us to say which actions count: in campaigns of ours their event, in others the account's setting.
_CHOOSES = frozenset({Platform.FACEBOOK_ADS})
_CHOSEN = "conversion_actions"
#: While nobody has said in which zone reports count, they are read as if it were the account's.
_OWN = ReportZone.ACCOUNT.value


@dataclass(frozen=True, slots=True)
class Cover:
    """The pull that a day was last covered by: when it was, its own days, and by which rule it was attributed."""

    pulled_at: datetime
    since: date | None
    until: date | None
    attribution: str | None


def covered(session: ReadSession, *, account_id: UUID, since: date, until: date) -> Mapping[date, Cover]:
    """Each covered day's pull."""
    rows = session.execute(_COVERED, {"account_id": account_id, "since": since, "until": until})
    return {row.date: Cover(row.pulled_at, row.since, row.until, row.attribution) for row in rows}


def window(account: AccountView, *, now: datetime) -> Window:
    """Of which days the account's platform still restates figures."""
    since = time.today(account.time_zone) - timedelta(days=rules.restatement_days(account.platform))
    return Window(since, now, time.zone(account.time_zone))


def books(actor: Actor, account: AccountView, *, covers: Mapping[date, Cover], entered: Mapping[Key, Figures]) -> Books:
    """Our own books, with what earlier comparisons of the account were told of the same days."""
    seen: defaultdict[Key, list[tuple[datetime, Figures]]] = defaultdict(list)
    with db.reading(actor) as session:
        for result in session.execute(_EARLIER, {"account_id": account.id}).scalars():
            at = datetime.fromisoformat(result["compared_at"])
            for day in result["days"]:
                key = Key(date.fromisoformat(day["date"]), day["currency"])
                seen[key].append((at, Figures.from_json(day["theirs"])))
    return Books({day: cover.pulled_at for day, cover in covers.items()}, entered, seen)


def asked(actor: Actor, connection: Connection, account: AccountView, covers: Mapping[date, Cover]) -> Asked:
    """Who answers the questions that are left; of the days of one pull the platform is asked once."""
    is_other_rule = cache(partial(_is_other_rule, actor, connection, account))
    return Asked(
        are_other_days=lambda days: _are_other_days(actor, connection, account, [covers[day] for day in days]),
        is_other_rule=lambda day: is_other_rule(covers[day]),
    )


def _are_other_days(actor: Actor, connection: Connection, account: AccountView, covers: Sequence[Cover]) -> bool:
    """Whether the account's days are other ones than when they were pulled, or nobody knows which they are.

    An account that has another zone at its platform now is marked, so that no pull mixes days of two zones.
    """
    since = min(cover.pulled_at for cover in covers)
    if report_zones.is_doubted(account) or _was_replaced(actor, account, ATTRIBUTE, since=since, default=_OWN):
        return True
    now = registry.adapter(account.platform).account_now(connection, account=specs.account_of(account))
    if now is None or now.time_zone in ("", account.time_zone):
        return False
    with db.transaction(actor) as session:
        ad_accounts.mark_changed(session, account_id=account.id)
    return True


def _is_other_rule(actor: Actor, connection: Connection, account: AccountView, cover: Cover) -> bool:
    """Whether conversions are counted otherwise than when the day was pulled: by a rule that was not there then (of the
    same days, for Meta tells those of what delivered), or of other actions."""
    if account.platform in _CHOOSES and _are_other_actions(actor, account, since=cover.pulled_at):
        return True
    if cover.attribution is None or cover.since is None or cover.until is None:
        return False
    now = registry.adapter(account.platform).attribution(
        connection, account=specs.account_of(account), since=cover.since, until=cover.until
    )
    return not _rules(now) <= _rules(cover.attribution)


def _are_other_actions(actor: Actor, account: AccountView, *, since: datetime) -> bool:
    with db.reading(actor) as session:
        has_other = session.execute(_OTHER_EVENT, {"account_id": account.id, "since": since}).scalar_one()
    return has_other or _was_replaced(actor, account, _CHOSEN, since=since)


def _rules(attribution: str | None) -> frozenset[str]:
    return frozenset(rule.strip() for rule in (attribution or "").split(";")) - {""}


def _was_replaced(actor: Actor, account: AccountView, name: str, *, since: datetime, default: str = "") -> bool:
    """Whether an attribute of the account was set otherwise since a moment, by anybody."""
    with db.reading(actor) as session:
        changes = audit.replaced_since(session, "platform_accounts", account.id, column="attributes", since=since)
    return any((before or {}).get(name, default) != (after or {}).get(name, default) for _, before, after in changes)
