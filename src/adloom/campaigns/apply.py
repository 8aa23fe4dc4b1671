"""Does a deployment, step by step: intent, call, result; and after an unknown outcome, the question first.

No transaction is open while a platform is called. A step that may have landed is never sent again before the platform
was asked; a 'not found' right after it was sent is not believed at once, because platforms index late.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from adloom.assets import remote
from adloom.campaigns import ledger
from adloom.campaigns.types import DeploymentType, StepState
from adloom.core import ids as keys
from adloom.core.actor import Actor
from adloom.core.errors import AdloomError, Conflict, Duplicate, OutcomeUnknown, Throttled, Unavailable
from adloom.db import session as db
from adloom.jobs import claims, outcomes
from adloom.jobs.types import Job, Snooze
from adloom.platforms import registry
from adloom.platforms.contract import Connection, RemoteObject, Step, StepResult
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Platform

_BELIEVE_AFTER = timedelta(seconds=3)


@dataclass(slots=True)
class Applying:
    """One deployment being applied by one job. `ids` grows as steps are done."""

    job: Job
    actor: Actor
    platform: Platform
    account_id: UUID
    deployment_id: UUID
    operation: DeploymentType
    generation: int
    spec: CampaignSpec
    connection: Connection
    ids: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Does every step that is not done yet; raises what stopped it, with the step's row saying why."""
        with db.transaction(self.actor) as session:
            self.ids.update(ledger.known_ids(session, campaign_id=self.spec.campaign_id))
        if self.operation is not DeploymentType.CREATE and not self._stands():
            return
        steps = registry.adapter(self.platform).steps(self.spec, operation=self.operation)
        for position, step in enumerate(steps):
            self._do(position, step)

    def _stands(self) -> bool:
        """Whether there is a campaign to change; one whose creation nobody saw the end of is asked for by name."""
        if "campaign" in self.ids:
            return True
        adapter = registry.adapter(self.platform)
        for step in adapter.steps(self.spec, operation=DeploymentType.CREATE):
            if "campaign" in step.creates:
                key = self._key(DeploymentType.CREATE, step)
                found = adapter.find(self.connection, spec=self.spec, step=step, ids=self.ids, key=key)
                self.ids.update({item.key: item.platform_id for item in found.objects} if found else {})
        if "campaign" not in self.ids and self.operation is not DeploymentType.DELETE:
            raise Conflict(f"Nothing of this ad stands on {self.platform.value}.")
        return "campaign" in self.ids

    def _key(self, operation: DeploymentType, step: Step) -> str:
        return keys.idempotency_key(
            self.spec.campaign_id, step=f"{operation.value}:{step.key}", generation=self.generation
        )

    def _do(self, position: int, step: Step) -> None:
        row = self._open(position, step)
        if row.state is StepState.DONE:
            return
        known = self._known(step)
        result = known or (self._ask(step, row) if row.suspect else None) or self._send(step, row)
        self._done(step, row, result)

    def _open(self, position: int, step: Step) -> ledger.StepRow:
        with db.transaction(self.actor) as session:
            return ledger.open_step(
                session,
                user_id=self.actor.tenant_id,
                deployment_id=self.deployment_id,
                campaign_id=self.spec.campaign_id,
                position=position,
                step=step,
                generation=self.generation,
                idempotency_key=self._key(self.operation, step),
            )

    def _known(self, step: Step) -> StepResult | None:
        """What an earlier deployment has made already, or another campaign of the same account has uploaded."""
        if step.creates and all(key in self.ids for key in step.creates):
            return StepResult(words="stood already", adopted=True)
        if step.asset_id is None:
            return None
        with db.transaction(self.actor) as session:
            uploaded = remote.find(session, asset_id=UUID(step.asset_id), platform_account_id=self.account_id)
        if uploaded is None:
            return None
        item = RemoteObject(key=step.key, kind=step.kind, platform_id=uploaded.platform_asset_id)
        return StepResult(objects=(item,), words="uploaded before", adopted=True)

    def _ask(self, step: Step, row: ledger.StepRow) -> StepResult | None:
        adapter = registry.adapter(self.platform)
        found = adapter.find(self.connection, spec=self.spec, step=step, ids=self.ids, key=row.idempotency_key)
        if found is None and row.age is not None and row.age < _BELIEVE_AFTER:
            raise Snooze(_BELIEVE_AFTER - row.age, why=f"{step.key} may still appear on {self.platform.value}.")
        return found

    def _send(self, step: Step, row: ledger.StepRow) -> StepResult:
        adapter = registry.adapter(self.platform)
        arguments: dict[str, Any] = {
            "spec": self.spec,
            "step": step,
            "ids": self.ids,
            "key": row.idempotency_key,
        }
        self._intend(row, adapter.request(**arguments))
        try:
            return adapter.execute(self.connection, **arguments)
        except Duplicate as error:
            found = adapter.find(self.connection, **arguments)
            if found is None:
                self._stopped(row, error)
                raise
            return found
        except AdloomError as error:
            self._stopped(row, error)
            raise

    def _intend(self, row: ledger.StepRow, request: Mapping[str, Any]) -> None:
        text = json.dumps(request, sort_keys=True, default=str)
        with db.worker_transaction() as session:
            if not claims.is_held(session, job=self.job):
                raise Conflict("This job was taken over by another worker.")
        with db.transaction(self.actor) as session:
            ledger.mark_sent(session, row.id, request_hash=hashlib.sha256(text.encode()).hexdigest())

    def _done(self, step: Step, row: ledger.StepRow, result: StepResult) -> None:
        with db.transaction(self.actor) as session:
            made = ledger.mark_done(
                session,
                row,
                user_id=self.actor.tenant_id,
                campaign_id=self.spec.campaign_id,
                result=result,
            )
            if step.asset_id is not None and result.objects:
                remote.record(
                    session,
                    user_id=self.actor.tenant_id,
                    asset_id=UUID(step.asset_id),
                    platform=self.platform,
                    platform_account_id=self.account_id,
                    platform_asset_id=result.objects[0].platform_id,
                    platform_url=result.objects[0].url,
                )
        self.ids.update(made)

    def _stopped(self, row: ledger.StepRow, error: AdloomError) -> None:
        state = StepState.FAILED
        if isinstance(error, OutcomeUnknown):
            state = StepState.UNCERTAIN
        elif isinstance(error, (Throttled, Unavailable)):
            state = StepState.PLANNED
        with db.transaction(self.actor) as session:
            ledger.mark_stopped(session, row.id, state=state, error=outcomes.describe(error))
