"""Does a deployment, step by step: intent, call, result; and after an unknown outcome, the question first.

No transaction is open while a platform is called. A step that may have landed is never sent again before the platform
was asked; a 'not found' right after it was sent is not believed at once, because platforms index late.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from adloom.assets import remote
from adloom.campaigns import deployments, ledger, objects, rules, specs
from adloom.campaigns.alone import WRITE_DEADLINE, Alone
from adloom.campaigns.single import Single
from adloom.campaigns.types import DeploymentType, Doubt, StepState
from adloom.core import ids as keys
from adloom.core.actor import Actor
from adloom.core.errors import AdloomError, Conflict, Duplicate, OutcomeUnknown, Throttled, Unavailable
from adloom.db import session as db
from adloom.db.trips import Query
from adloom.jobs import claims, outcomes
from adloom.jobs.types import ClaimLost, Job, Snooze
from adloom.platforms import deadlines, registry
from adloom.platforms.contract import Connection, RemoteObject, Step, StepResult
from adloom.platforms.marked import REMOVE, removal
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Platform

_GIVES_WAY = timedelta(seconds=1)


def _in_time(step: Step) -> AbstractContextManager[None]:
    """From its intent on, all that a step sends, a renewed login in between or not, has left before others take over.

    Films take as long as they take: a second copy of a file costs nothing and shows nowhere.
    """
    return nullcontext() if step.asset_id is not None else deadlines.within(WRITE_DEADLINE)


class Superseded(Exception):
    """Something else was asked for since: the rest of this deployment is not wanted any more."""


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
    alone: Alone
    ids: dict[str, str] = field(default_factory=dict)

    def run(self) -> bool:
        """Does every step that is not done yet; False where going live was left out, because a pause was asked for.

        Raises what stopped it, with the step's row saying why, or Superseded.
        """
        self._load_ids()
        if self.operation is not DeploymentType.CREATE and not self._stands():
            return True
        if self.operation is DeploymentType.RESUME:
            self.spec = specs.standing_part(self.spec, self.ids)
        if self.operation is DeploymentType.UPDATE:
            self.spec = specs.over_what_stands(self.spec, self.ids)
        for position, step in enumerate(self._steps()):
            begun = self._begin(position, step)
            if begun is None:
                self._settle(position, step)
                return False
            row, known = begun
            if row.state is not StepState.DONE and not self._do(position, step, row, known):
                return False
        return True

    def settle(self) -> bool:
        """Finds out what became of every step that may have landed, and whether all are done. Sends nothing."""
        self._load_ids()
        steps = self._steps()
        for position, step in enumerate((*steps, *self._removals_in_doubt())):
            self._settle(position, step)
        with db.transaction(self.actor) as session:
            done = ledger.done_keys(session, deployment_id=self.deployment_id)
        return done >= {step.key for step in steps}

    def _steps(self) -> tuple[Step, ...]:
        return registry.adapter(self.platform).steps(self.spec, operation=self.operation)

    def _settle(self, position: int, step: Step) -> None:
        if self._doubt(self.operation, step) is None:
            return
        row = self._open(position, step)
        found = self._ask(step, row.doubt, key=row.idempotency_key) if row.doubt else None
        if found is None:
            error = {"code": "not_found", "message": "It never arrived on the platform."}
            self._stop(row.id, attempts=row.attempts, state=StepState.FAILED, error=error)
        else:
            self._done(step, row, found)

    def _load_ids(self) -> None:
        (rows,) = db.at_once(self.actor, objects.knowing(self.spec.campaign_id))
        self.ids = dict(rows)

    def _stands(self) -> bool:
        """Whether there is a campaign to change; one whose creation nobody saw the end of is asked for by name."""
        if "campaign" in self.ids:
            return True
        adapter = registry.adapter(self.platform)
        for step in adapter.steps(self.spec, operation=DeploymentType.CREATE):
            if "campaign" in self.ids or "campaign" not in step.creates:
                continue
            doubt = self._doubt(DeploymentType.CREATE, step)
            key = self._key(DeploymentType.CREATE, step)
            found = self._ask(step, doubt, key=key) if doubt else self._find(step, key=key)
            self.ids.update({item.key: item.platform_id for item in found.objects} if found else {})
        if "campaign" not in self.ids and self.operation in (DeploymentType.RESUME, DeploymentType.UPDATE):
            raise Conflict(f"Nothing of this ad stands on {self.platform.value}.")
        return "campaign" in self.ids

    def _key(self, operation: DeploymentType, step: Step) -> str:
        """The step's idempotency key; each update has its own, for the same step of two updates sends two things."""
        what = f"{operation.value}:{step.key}"
        if operation is DeploymentType.UPDATE:
            what = f"{operation.value}:{self.deployment_id}:{step.key}"
        return keys.idempotency_key(self.spec.campaign_id, step=what, generation=self.generation)

    def _is_wanted(self, step: Step) -> bool:
        """Whether to go on: not to going live after a pause was asked for. Raises Superseded by a delete.

        An update raises Superseded by a newer one too, and Snooze where a pause is to be done first. It switches no
        campaign on, so that below a paused one all its steps may be done.
        """
        (words,) = db.at_once(self.actor, self._word())
        return self._wants(words, step)

    def _word(self) -> Query:
        return deployments.word_and_own(self.spec.campaign_id, self.deployment_id)

    def _wants(self, words: Sequence[Any], step: Step) -> bool:
        last, is_open = deployments.said(words[0])
        if rules.is_being_deleted(last) and self.operation is not DeploymentType.DELETE:
            raise Superseded
        if self.operation is not DeploymentType.UPDATE:
            return not step.activates or rules.may_go_live(last)
        if not is_open:
            raise Superseded
        if rules.gives_way(last):
            raise Snooze(_GIVES_WAY, why="A pause that was asked for is done first.")
        return True

    def _begin(self, position: int, step: Step) -> tuple[ledger.StepRow, StepResult | None] | None:
        """The step's row, and the file that stands for it already; None where it is not wanted any more.

        Of what is not to go live no row is made: history would show it as planned for good.
        """
        if step.activates and not self._is_wanted(step):
            return None
        queries = [self._word(), self._opening(position, step)]
        if step.asset_id is not None:
            asset_id = UUID(step.asset_id)
            queries.append(remote.finding(asset_id=asset_id, platform_account_id=self.account_id))
        words, opened, *uploaded = db.at_once(self.actor, *queries)
        if not self._wants(words, step):
            return None
        return ledger.opened(opened[0]), _uploaded(step, uploaded[0]) if uploaded else None

    def _open(self, position: int, step: Step) -> ledger.StepRow:
        (opened,) = db.at_once(self.actor, self._opening(position, step))
        return ledger.opened(opened[0])

    def _opening(self, position: int, step: Step) -> Query:
        return ledger.opening(
            user_id=self.actor.tenant_id,
            deployment_id=self.deployment_id,
            campaign_id=self.spec.campaign_id,
            type_=self.operation,
            position=position,
            step=step,
            generation=self.generation,
            idempotency_key=self._key(self.operation, step),
        )

    def _do(self, position: int, step: Step, row: ledger.StepRow, known: StepResult | None = None) -> bool:
        """Does a step; False where it would switch on what was to be paused while it was counted."""
        result = self._stood(step, row) or known
        if result is None and row.doubt is not None:
            result = self._ask(step, row.doubt, key=row.idempotency_key)
        if result is None and step.activates:
            self._take_surplus_away(position)
            if not self._is_wanted(step):
                return False
        self._done(step, row, result or self._send(step, row))
        return True

    def _take_surplus_away(self, position: int) -> None:
        """Everything stands once before the campaign is switched on; what late requests have left goes first."""
        looked = Single(
            actor=self.actor,
            platform=self.platform,
            connection=self.connection,
            deployment_id=self.deployment_id,
            operation=self.operation,
            spec=self.spec,
            ids=self.ids,
        )
        surplus = looked.surplus()
        steps = [removal(each.kind, platform_id=each.platform_id, parent_id=each.parent_id) for each in surplus]
        for step in dict.fromkeys((*self._removals_in_doubt(), *steps)):
            row = self._open(position, step)
            if row.state is not StepState.DONE:
                self._do(position, step, row)

    def _removals_in_doubt(self) -> tuple[Step, ...]:
        """What was to be taken away before, and is shown no more or still."""
        with db.transaction(self.actor) as session:
            return ledger.in_doubt(session, deployment_id=self.deployment_id, prefix=REMOVE)

    def _stood(self, step: Step, row: ledger.StepRow) -> StepResult | None:
        """What an earlier deployment has made already.

        Of an update, what stands under the step's keys may be what it replaces: the platform is asked.
        """
        if not step.creates or any(key not in self.ids for key in step.creates):
            return None
        if self.operation is DeploymentType.UPDATE and step.asset_id is None:
            return self._find(step, key=row.idempotency_key)
        return StepResult(words="stood already", adopted=True)

    def _doubt(self, operation: DeploymentType, step: Step) -> Doubt | None:
        with db.transaction(self.actor) as session:
            return ledger.doubt(session, campaign_id=self.spec.campaign_id, type_=operation, key=step.key)

    def _find(self, step: Step, *, key: str) -> StepResult | None:
        adapter = registry.adapter(self.platform)
        return adapter.find(self.connection, spec=self.spec, step=step, ids=self.ids, key=key)

    def _ask(self, step: Step, doubt: Doubt, *, key: str) -> StepResult | None:
        """What stands of a step that may have landed; None once it is sure that it did not. Raises Snooze before.

        What creates nothing can be sent twice, so nobody waits for it; of an update, what is still under way could
        land over what is sent after it.
        """
        found = self._find(step, key=key)
        if found is not None or not (step.creates or self.operation is DeploymentType.UPDATE):
            return found
        if doubt.is_open:
            # Time for the platform to index it, and for a sender that only lost the database to come back.
            time.sleep(rules.INDEXED_WITHIN.total_seconds())
            self._wait_for(doubt, step)
            return self._find(step, key=key)
        if (wait := rules.believes(doubt, deadline=WRITE_DEADLINE)) > timedelta(0):
            raise Snooze(wait, why=f"{step.key} may still appear on {self.platform.value}.")
        return None

    def _wait_for(self, doubt: Doubt, step: Step) -> None:
        if doubt.sent_by is None or doubt.age > WRITE_DEADLINE:
            return
        with db.worker_transaction() as session:
            lives = claims.lives(session, worker=doubt.sent_by)
        if lives:
            raise Snooze(WRITE_DEADLINE - doubt.age, why=f"{step.key} may still be under way.")

    def _send(self, step: Step, row: ledger.StepRow) -> StepResult:
        adapter = registry.adapter(self.platform)
        arguments: dict[str, Any] = {
            "spec": self.spec,
            "step": step,
            "ids": self.ids,
            "key": row.idempotency_key,
        }
        try:
            with _in_time(step):
                self._intend(row, adapter.request(**arguments))
                return adapter.execute(self.connection, **arguments)
        except Duplicate as error:
            found = self._find(step, key=row.idempotency_key)
            if found is None:
                raise self._unfound(step, row, error) from error
            return found
        except AdloomError as error:
            self._failed(step, row, error)
            raise

    def _unfound(self, step: Step, row: ledger.StepRow, error: Duplicate) -> AdloomError:
        """The platform has it and does not show it: ours that is not indexed yet, where we sent it before."""
        late: AdloomError = error
        if row.doubt is not None:
            message = f"{self.platform.value} has {step.key} already, and does not show it yet."
            late = OutcomeUnknown(message, platform=self.platform.value, words=error.words)
        self._failed(step, row, late)
        return late

    def _intend(self, row: ledger.StepRow, request: Mapping[str, Any]) -> None:
        text = json.dumps(request, sort_keys=True, default=str)
        self.alone.confirm()
        request_hash = hashlib.sha256(text.encode()).hexdigest()
        intent = ledger.intent(row.id, request_hash=request_hash, job=self.job, time_left=WRITE_DEADLINE)
        (held,) = db.at_once(self.actor, intent)
        if not held:
            raise ClaimLost

    def _done(self, step: Step, row: ledger.StepRow, result: StepResult) -> None:
        queries = ledger.results(
            row, user_id=self.actor.tenant_id, campaign_id=self.spec.campaign_id, step=step, result=result
        )
        if step.asset_id is None or not result.objects:
            db.at_once(self.actor, *queries)
        else:
            self._keep_upload(UUID(step.asset_id), result.objects[0], queries)
        if step.removes:
            self._load_ids()
        self.ids.update(ledger.made_by(step, result))

    def _keep_upload(self, asset_id: UUID, item: RemoteObject, queries: Iterable[Query]) -> None:
        with db.transaction(self.actor) as session:
            for query in queries:
                session.execute(query.statement, dict(query.values))
            remote.record(
                session,
                user_id=self.actor.tenant_id,
                asset_id=asset_id,
                platform=self.platform,
                platform_account_id=self.account_id,
                platform_asset_id=item.platform_id,
                platform_url=item.url,
            )

    def _failed(self, step: Step, row: ledger.StepRow, error: AdloomError) -> None:
        """Keeps how an attempt ended. Of an upload, the file may have arrived before its state could not be read."""
        state = StepState.FAILED
        if isinstance(error, OutcomeUnknown):
            state = StepState.UNCERTAIN
        elif isinstance(error, (Throttled, Unavailable)):
            state = StepState.PLANNED if step.asset_id is None else StepState.UNCERTAIN
        self._stop(row.id, attempts=row.attempts + 1, state=state, error=outcomes.describe(error))

    def _stop(self, step_id: UUID, *, attempts: int, state: StepState, error: Mapping[str, Any]) -> None:
        with db.transaction(self.actor) as session:
            ledger.mark_stopped(session, step_id, attempts=attempts, state=state, error=error)


def _uploaded(step: Step, rows: Sequence[Any]) -> StepResult | None:
    """The file that another campaign of the same account has uploaded."""
    if not rows:
        return None
    item = RemoteObject(key=step.key, kind=step.kind, platform_id=rows[0][1])
    return StepResult(objects=(item,), words="uploaded before", adopted=True)
