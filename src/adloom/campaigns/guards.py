"""Where money leaves the house: caps, the currency, and budgets so unusual that a person has to say them once more.

One function, `look`, for who plans, for who queues, and for the worker before its first write. Caps compare the budgets
that are set, of all that stands and all that was asked for before, paused or not; they never refuse to lower a budget.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.ads import flight, instants
from adloom.campaigns import outlay
from adloom.campaigns.outlay import Outlay
from adloom.connections.types import AccountView
from adloom.core.errors import FieldError, Invalid, Refused
from adloom.core.money import Money
from adloom.db.session import ReadSession, Session
from adloom.identity.types import ClientView
from adloom.platforms.spec import Bidding, Budget, CampaignSpec
from adloom.platforms.types import BidStrategy, BudgetType, Platform

#: A campaign's new budget of so many times its last one is more often a slip (a digit too many) than a wish.
UNUSUAL = 10
#: A new campaign may be far larger than all others of its account; so much larger is a slip (cents for units).
UNUSUAL_FOR_NEW = 100

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('budgets:' || current_tenant(), 0))")

_BUDGETS = text("SELECT * FROM list_budgets(:account_id, CAST(:client_id AS uuid), :earlier_than)")

# Asked first: where an account has a campaign that is large enough, as nearly always, nobody has to look at all.
_HAS_PRECEDENT = text("SELECT has_budget_beyond(:account_id, :earlier_than, :type, :beyond)")

_LARGEST = text("SELECT budget_type, amount FROM largest_budgets(:account_id, :earlier_than)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A budget that somebody wants to set: `spec` says it, `applied` is what the campaign was given last, if anything.

    `client` is whose ad it is (None: the owner's own), `campaign_id` None before there is a campaign.
    """

    account: AccountView
    client: ClientView | None
    campaign_id: UUID | None
    spec: CampaignSpec
    applied: CampaignSpec | None

    @property
    def platform(self) -> Platform:
        return self.account.platform

    @property
    def money(self) -> Money:
        return self.spec.budget.money

    @property
    def has_cap(self) -> bool:
        """Whether anything bounds it."""
        client = self.client
        return self.account.daily_cap is not None or (client is not None and client.has_cap)

    def sentence(self) -> str:
        """What a person says to confirm it."""
        what = "a day" if self.spec.budget.type is BudgetType.DAILY else "in all"
        whom = self.client.name if self.client else "the owner"
        return f"{self.money} {what} on {self.platform.value} account {self.account.external_id} for {whom}"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found: errors by platform, and by platform the sentence that confirms what is unusual."""

    errors: Mapping[Platform, tuple[FieldError, ...]]
    sentences: Mapping[Platform, str]

    def refuse(self, *, confirmed: Collection[str]) -> None:
        """Raises Invalid with every error, or Refused with every sentence that was not said."""
        errors = [
            FieldError(f"{platform.value}: {error.field}", error.rule, error.fix)
            for platform, found in self.errors.items()
            for error in found
        ]
        if errors:
            raise Invalid("The budget cannot be set.", errors=tuple(errors))
        said = {_plainly(each) for each in confirmed}
        unsaid = {platform: each for platform, each in self.sentences.items() if _plainly(each) not in said}
        if unsaid:
            raise Refused(
                "A budget is far beyond the last one. If it is meant, say it in these words.",
                code="confirmation_needed",
                errors=tuple(
                    FieldError(
                        f"{platform.value}: budget.amount",
                        "it is many times what was set before.",
                        f'Add --confirm "{each}" (API: confirm), or lower it.',
                    )
                    for platform, each in unsaid.items()
                ),
            )


def one_at_a_time(session: Session) -> None:
    """Lets no other budget of this tenant be asked for before the transaction ends: two could pass one cap together."""
    session.execute(_ONE_AT_A_TIME)


def look(session: ReadSession, asked: Sequence[Asked], *, earlier_than: datetime | None = None) -> Looked:
    """What speaks against setting these budgets together, beside all that was asked for `earlier_than` this."""
    errors: dict[Platform, tuple[FieldError, ...]] = {}
    for each in asked:
        found = (*_currency(each), *_caps(session, each, asked, earlier_than=earlier_than))
        if found:
            errors[each.platform] = found
    unusual = {
        each.platform: each.sentence() for each in asked if _is_unusual(session, each, earlier_than=earlier_than)
    }
    return Looked(errors, unusual)


def _currency(asked: Asked) -> Iterator[FieldError]:
    if asked.money.currency != asked.account.currency:
        rule = f"the account bills in {asked.account.currency}, the budget is in {asked.money.currency}."
        yield FieldError("budget.amount", rule, f"Give {asked.platform.value} a budget in {asked.account.currency}.")


def _caps(
    session: ReadSession, asked: Asked, together: Sequence[Asked], *, earlier_than: datetime | None
) -> Iterator[FieldError]:
    account, client = asked.account, asked.client
    if not asked.has_cap or not _raises(asked):
        return
    beside = _beside(session, asked, together, earlier_than=earlier_than)
    new = [each for each in together if each.account.id == account.id]
    if account.daily_cap is not None:
        stands = [each for each, is_of_account, _ in beside if is_of_account]
        whose = f"ad account {account.external_id}"
        fix = f"adloom account set {account.external_id} daily_cap=AMOUNT"
        yield from _over(account.daily_cap, "per_day", stands, new, currency=account.currency, whose=whose, fix=fix)
    if client is not None and client.has_cap:
        yield from _client_caps(client, [each for each, _, is_of_client in beside if is_of_client], together)


def _client_caps(client: ClientView, stands: Sequence[Outlay], new: Sequence[Asked]) -> Iterator[FieldError]:
    whose, currency = f"client {client.name}", client.currency or ""
    fix = f'adloom client set "{client.name}" --daily-cap AMOUNT --monthly-budget AMOUNT'
    for cap, name in ((client.daily_cap, "per_day"), (client.monthly_budget, "per_month")):
        if cap is not None:
            yield from _over(cap, name, stands, new, currency=currency, whose=whose, fix=fix)


def _over(
    cap: Decimal, name: str, stands: Sequence[Outlay], new: Sequence[Asked], *, currency: str, whose: str, fix: str
) -> Iterator[FieldError]:
    """The error where all of them come to more than the cap; what is in another currency cannot be held against it."""
    outlays = [*stands, *(_outlay(each.spec) for each in new)]
    others = sorted({each.currency for each in outlays} - {currency})
    if others:
        rule = f"{whose} has a cap in {currency}, and there are budgets in {', '.join(others)}, which it cannot hold."
        yield FieldError("budget.amount", rule, f"Use accounts that bill in {currency}, or take the cap away: {fix}")
        return
    total: Decimal = sum((getattr(each, name) for each in outlays), Decimal(0))
    if total > cap:
        span = "a day" if name == "per_day" else "in 30.4 days"
        rule = f"{whose} may spend {Money(cap, currency)} {span}, and would be set {Money(total, currency)}."
        yield FieldError("budget.amount", rule, f"Lower it, delete what is not needed, or raise the cap: {fix}")


def _raises(asked: Asked) -> bool:
    if asked.applied is None:
        return True
    before, after = _outlay(asked.applied), _outlay(asked.spec)
    return before.currency != after.currency or after.per_day > before.per_day or after.per_month > before.per_month


def _beside(
    session: ReadSession, asked: Asked, together: Sequence[Asked], *, earlier_than: datetime | None
) -> list[tuple[Outlay, bool, bool]]:
    """What else may stand, and whether it counts for the account and for the client; of each campaign the dearest."""
    own = {each.campaign_id for each in together}
    values = {
        "account_id": asked.account.id,
        "client_id": asked.client.id if asked.client else None,
        "earlier_than": earlier_than,
    }
    by_campaign: dict[UUID, tuple[Outlay, bool, bool]] = {}
    for row in session.execute(_BUDGETS, values).mappings():
        found = (_standing(row), row["is_of_account"], row["is_of_client"])
        known = by_campaign.get(row["campaign_id"])
        if row["campaign_id"] not in own and (known is None or found[0].per_day > known[0].per_day):
            by_campaign[row["campaign_id"]] = found
    return list(by_campaign.values())


def _standing(row: Mapping[Any, Any]) -> Outlay:
    """What a snapshot's budget comes to, or what a platform shows of one; how it bids does not matter."""
    amount, type_ = row["budget"]["amount"], BudgetType(row["budget"].get("type", BudgetType.DAILY))
    budget = Budget(type_, Money(Decimal(amount["value"]), amount["currency"]), Bidding(BidStrategy.MAX_CLICKS))
    own = flight.Schedule.model_validate_json(json.dumps(row["schedule"] or {}))
    schedule = instants.schedule(own, time_zone=row["time_zone"], start=row["flight_start"])
    return outlay.outlay(budget, schedule, time_zone=row["time_zone"], worst_day=Decimal(1))


def _outlay(spec: CampaignSpec) -> Outlay:
    return outlay.outlay(spec.budget, spec.schedule, time_zone=spec.account.time_zone, worst_day=Decimal(1))


def _is_unusual(session: ReadSession, asked: Asked, *, earlier_than: datetime | None) -> bool:
    """What has come to stand since it was asked for makes nothing unusual that was not."""
    if asked.applied is not None:
        last = [(asked.applied.budget.type, asked.applied.budget.money.amount)]
        return _is_far_beyond(asked.spec, last, times=UNUSUAL)
    values = {"account_id": asked.account.id, "earlier_than": earlier_than}
    budget = asked.spec.budget
    like = {"type": budget.type.value, "beyond": budget.money.amount / UNUSUAL_FOR_NEW}
    if session.execute(_HAS_PRECEDENT, {**values, **like}).scalar_one():
        return False
    rows = session.execute(_LARGEST, values)
    largest = [(BudgetType(row.budget_type), row.amount) for row in rows]
    return _is_far_beyond(asked.spec, largest, times=UNUSUAL_FOR_NEW)


def _is_far_beyond(spec: CampaignSpec, last: Iterable[tuple[BudgetType, Decimal]], *, times: int) -> bool:
    """Like is compared with like; where there is none, what a budget comes to a day with what there is."""
    by_type, budget = dict(last), spec.budget
    if not by_type:
        return False
    like = by_type.get(budget.type)
    if like is not None:
        return budget.money.amount >= like * times
    return _a_day(spec, budget) >= max(by_type.values()) * times


def _a_day(spec: CampaignSpec, budget: Budget) -> Decimal:
    return budget.money.amount if budget.type is BudgetType.DAILY else _outlay(spec).per_day


def _plainly(sentence: str) -> str:
    return " ".join(sentence.split())
