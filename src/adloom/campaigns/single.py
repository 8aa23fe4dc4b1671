"""Sees to it that every part of a campaign stands once at its platform, before anything of it is switched on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from adloom.campaigns import choices, counting, ledger, rules
from adloom.campaigns.alone import WRITE_DEADLINE
from adloom.campaigns.counting import Counted, Window
from adloom.campaigns.ledger import Sending
from adloom.campaigns.types import DeploymentType
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.jobs.types import Snooze
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.marked import Marked
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Platform

#: A platform that does not list something for so long after it was made has lost it.
_SHOWN_WITHIN = timedelta(minutes=5)
#: By so much a platform's clock may differ from ours, and the second that it leaves out of its times.
_SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Single:
    """One look at one campaign, for the deployment that is about to switch it on."""

    actor: Actor
    platform: Platform
    connection: Connection
    deployment_id: UUID
    operation: DeploymentType
    spec: CampaignSpec
    ids: Mapping[str, str]

    def surplus(self) -> tuple[Marked, ...]:
        """What is to be taken away first: left by late requests of ours, or given up by a person; mostly nothing.

        Raises Doubled where anything else is there too many, Snooze while something of ours is not listed yet, and
        Conflict where it never is.
        """
        seen = registry.adapter(self.platform).marked(self.connection, spec=self.spec, ids=self.ids)
        with db.reading(self.actor) as session:
            decided = choices.said(session, self.spec.campaign_id)
            sent = ledger.sendings(session, campaign_id=self.spec.campaign_id, kinds=counting.KINDS)
        counted = counting.count(self.ids, seen, kept=decided.keep)
        self._refuse_missing(counted, sent)
        chosen = [each for each in counted.surplus if each.platform_id in decided.remove]
        others = [each for each in counted.surplus if each not in chosen]
        ours = self._undelivered(counting.late(others, self.ids, seen, windows=_windows(sent)))
        if strange := [each for each in others if each not in ours]:
            with db.transaction(self.actor) as session:
                choices.note_surplus(session, self.deployment_id, counting.as_json(strange))
            raise counting.doubled(self.platform, self.spec.account.external_id, strange)
        return (*chosen, *ours)

    def _refuse_missing(self, counted: Counted, sent: Sequence[Sending]) -> None:
        """Of a creation. Of what stood for long, a person may have renamed or deleted parts: a resume finds out."""
        keys = counted.missing
        if not keys or self.operation is not DeploymentType.CREATE:
            return
        age = min((each.finished for each in sent if each.finished is not None), default=_SHOWN_WITHIN)
        if age < _SHOWN_WITHIN:
            raise Snooze(max(rules.INDEXED_WITHIN, age / 2), why=f"{self.platform.value} does not list {keys[0]} yet.")
        raise counting.missing(self.platform, self.spec.account.external_id, keys)

    def _undelivered(self, found: Collection[Marked]) -> tuple[Marked, ...]:
        """Those whose campaign never delivered, by the platform's own report; it is asked only where there are any."""
        dates = [each.made_at.date() for each in found if each.made_at is not None]
        if not dates:
            return ()
        account = self.spec.account
        facts = registry.adapter(self.platform).daily(
            self.connection,
            account=account,
            since=min(dates) - timedelta(days=1),
            until=time.today(account.time_zone),
            events={},
        )
        delivered = {each.platform_campaign_id for each in facts if each.impressions or each.spend}
        return tuple(each for each in found if each.campaign_id not in delivered)


def _windows(sent: Sequence[Sending]) -> list[Window]:
    now = time.now()
    return [Window(each.kind, now - each.since - _SKEW, now - each.sent + WRITE_DEADLINE + _SKEW) for each in sent]
