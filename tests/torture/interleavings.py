"""What people ask for, what goes wrong, and the passing of time, in any order: a model of one ad against the sandbox.

The model is what was said, and nothing of how it is done: once nothing is under way any more, each platform holds the
campaign exactly as the last words had it, once, or holds nothing that delivers.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.flows import test_updating as updating
from tests.flows.test_exactly_once import remote
from tests.installation import until
from tests.torture.stack import Stack

from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import CampaignStatus, StepState
from adloom.core.errors import Conflict
from adloom.platforms.types import Operation, Platform

_GONE = {"removed", "deleted", "delete"}
_LIVE = {"enabled", "active", "enable"}
_PATIENCE_S = 180.0
#: A write of any platform goes wrong so: none of these needs a person, or a minute.
_FAULTS = st.sampled_from(["cut", "server_error", "timeout_before", "hold"])
_WRITES = "^(POST|PUT|DELETE) (?!.*(search|Search|Query|oauth|token))"

_DUE = "UPDATE background_jobs SET scheduled_at = now() WHERE status = 'pending'"
_OPEN = """
SELECT
    (SELECT count(*) FROM campaign_deployments WHERE status IN ('pending', 'in_progress'))
    + (SELECT count(*) FROM background_jobs WHERE job_type = 'campaigns.apply' AND status IN ('pending', 'running'))
"""


def lives(examples: int, *, derandomize: bool = False) -> settings:
    """So many lives, each other words in another order; one that goes wrong is made as short as can be."""
    return settings(
        max_examples=examples,
        stateful_step_count=12,
        deadline=None,
        database=None,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )


class AnyOrder(RuleBasedStateMachine):
    """One ad on all platforms, one worker that may be killed at any moment. `stack` is set by who runs it."""

    stack: Stack

    def __init__(self) -> None:
        super().__init__()
        self.ad_id: UUID = self.stack.ad(ad_groups=updating.variants("Ann"))
        self.stands = False
        self.is_paused = False
        self.budget = self.draft = Decimal(60)
        self.names: tuple[str, ...] = ("Ann",)
        self.drafted: tuple[str, ...] = self.names

    @initialize()
    def begin(self) -> None:
        """A worker is at work."""
        self.stack.kill_all()
        self.stack.worker()

    @rule()
    def deploy(self) -> None:
        """It stands as the draft says; what stands and is paused stays paused."""
        try:
            campaigns.deploy(self.stack.house.actor, ad_id=self.ad_id, accept_losses=True)
        except Conflict:  # it is being deleted: nothing was asked for
            assert not self.stands
            return
        if not self.stands:
            self.stands, self.is_paused = True, False
        self.budget, self.names = self.draft, self.drafted

    @rule(budget=st.sampled_from([60, 75, 90]), names=st.sampled_from([("Ann",), ("Ann", "Bob"), ("Ann", "Cay")]))
    def edit(self, budget: int, names: tuple[str, ...]) -> None:
        """The draft says something else; nothing is sent."""
        self.draft, self.drafted = Decimal(budget), names
        groups = updating.variants(*names)
        updating.edit(self.stack.house, self.ad_id, budget=updating.money(f"{budget}.00"), ad_groups=groups)

    @precondition(lambda self: self.stands)
    @rule()
    def pause(self) -> None:
        """It delivers no more."""
        self._change(Operation.PAUSE)
        self.is_paused = True

    @precondition(lambda self: self.stands)
    @rule()
    def resume(self) -> None:
        """It delivers again."""
        self._change(Operation.RESUME)
        self.is_paused = False

    @precondition(lambda self: self.stands)
    @rule()
    def delete(self) -> None:
        """Nothing of it stands any more."""
        self._change(Operation.DELETE)
        self.stands = False

    @rule()
    def kill(self) -> None:
        """The worker dies where it stands, and another one starts."""
        self.stack.kill_all()
        self.stack.worker()

    @rule(kind=_FAULTS, platform=st.sampled_from(Platform))
    def fault(self, kind: str, platform: Platform) -> None:
        """The next write to a platform goes wrong."""
        self.stack.house.installed.fault(platform.value, _WRITES, kind)

    @rule()
    def settle(self) -> None:
        """Nobody asks for anything until nothing is under way any more."""
        self.calm()
        self.holds()

    @invariant()
    def no_campaign_stands_twice(self) -> None:
        """Whatever is under way."""
        for campaign in campaign_queries.of_ad(self.stack.house.actor, ad_id=self.ad_id, with_deleted=True):
            found = [item for item in remote(self.stack.house, campaign) if item["type"].lower() == "campaign"]
            assert len(found) <= 1, found

    def teardown(self) -> None:
        """In the end all is as the last words had it."""
        self.calm()
        self.holds()

    def calm(self) -> None:
        """Ends every fault, and waits until every deployment has ended; what waits does not wait long."""
        self.stack.house.installed.control("faults", method="DELETE")
        # A request that is never answered is given up by its sender after a minute: by its death, at once.
        self.kill()
        with psycopg.connect(self.stack.database, autocommit=True) as connection:

            def is_over() -> bool:
                connection.execute(_DUE)
                return connection.execute(_OPEN).fetchone() == (0,)

            until(is_over, what="nothing is under way", patience_s=_PATIENCE_S)

    def holds(self) -> None:
        """Holds the sandbox, and our rows, against the model."""
        house = self.stack.house
        campaigns_ = campaign_queries.of_ad(house.actor, ad_id=self.ad_id, with_deleted=True)
        for campaign in campaigns_:
            found = [item for item in remote(house, campaign) if item["type"].lower() == "campaign"]
            states = {str(item["status"]).lower() for item in found}
            if campaign.deleted_at is not None:
                assert states <= _GONE, (campaign.platform, states)
                continue
            assert self.stands, campaign
            assert [item["id"] for item in found] == [campaign.platform_campaign_id], campaign.error_message
            assert (states <= _LIVE) is not self.is_paused, (campaign.platform, states)
            assert (campaign.status is CampaignStatus.PAUSED) is self.is_paused, campaign
            assert updating.budgets(house, campaign) == {self.budget}, campaign.platform
            assert updating.ads_of(house, campaign) == [f"ad/main/{name.lower()}" for name in sorted(self.names)]
        standing = [campaign for campaign in campaigns_ if campaign.deleted_at is None]
        assert len(standing) == (len(Platform) if self.stands else 0)
        steps = [s for d in campaign_queries.history(house.actor, ad_id=self.ad_id) for s in d.steps]
        assert not [s for s in steps if s.state in (StepState.SENT, StepState.UNCERTAIN)]

    def _change(self, operation: Operation) -> None:
        campaigns.change(self.stack.house.actor, ad_id=self.ad_id, operation=operation)
