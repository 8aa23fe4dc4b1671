"""Where an object stands: its secondary status, read from the hierarchy, the schedule, the review, the money.

Source: TikTok API for Business, "Enumerations", secondary statuses. Which of several reasons is shown first
is not documented; here deletion wins, then refusal, a switch that is off, review, time and money.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from adsandbox.delivery import Budget, Overspend, Window
from adsandbox.review import Standing
from adsandbox.store import Entity
from adsandbox.tiktok import adgroup_rules, money, vocabulary, wire
from adsandbox.world import World

#: What a click may cost; with less than this left a budget counts as spent.
_CRUMB = Decimal(1)
#: The one secondary status without the level in front of it.
PUNISHED = "ADVERTISER_ACCOUNT_PUNISH"
#: 25 % above a day, 7 daily budgets from Sunday to Saturday (TikTok help, "About Dynamic Daily Budget").
_OVERSPEND = {"BUDGET_MODE_DYNAMIC_DAILY_BUDGET": Overspend(Decimal("1.25"), Window.WEEK)}


@dataclass
class Observer:
    """Reads standings at one instant."""

    world: World
    now: datetime
    _seen: dict[str, str] = field(default_factory=dict)

    def campaign(self, campaign: Entity) -> str:
        """CAMPAIGN_STATUS_…"""
        if campaign.deleted_at is not None:
            return "CAMPAIGN_STATUS_DELETE"
        if (blocked := self._blocked(campaign)) is not None:
            return _named("CAMPAIGN", blocked)
        if campaign.status == "DISABLE":
            return "CAMPAIGN_STATUS_DISABLE"
        return "CAMPAIGN_STATUS_BUDGET_EXCEED" if self._is_spent(campaign) else "CAMPAIGN_STATUS_ENABLE"

    def adgroup(self, group: Entity) -> str:
        """ADGROUP_STATUS_…"""
        if group.id not in self._seen:
            self._seen[group.id] = _named("ADGROUP", self._adgroup(group))
        return self._seen[group.id]

    def _adgroup(self, group: Entity) -> str:
        campaign = self._above(group)
        if group.deleted_at is not None:
            return "DELETE"
        if campaign.deleted_at is not None:
            return "CAMPAIGN_DELETE"
        if (blocked := self._blocked(group)) is not None:
            return blocked
        if group.status == "DISABLE":
            return "DISABLE"
        if campaign.status == "DISABLE":
            return "CAMPAIGN_DISABLE"
        return self._adgroup_running(group, campaign)

    def _adgroup_running(self, group: Entity, campaign: Entity) -> str:
        begin, end = schedule(group)
        if end is not None and end <= self.now:
            return "TIME_DONE"
        reviews = self._reviews(group)
        if not reviews:
            return "CREATE"
        if reviews == {Standing.REJECTED}:
            return "AUDIT_DENY"
        if not reviews & {Standing.APPROVED, Standing.LIMITED}:
            return "AUDIT"
        if begin > self.now:
            return "NOT_START"
        if self._is_spent(group):
            return "BUDGET_EXCEED"
        if self._is_spent(campaign):
            return "CAMPAIGN_EXCEED"
        return "DELIVERY_OK" if reviews == {Standing.APPROVED} else "PARTIAL_AUDIT_DELIVERY_OK"

    def ad(self, ad: Entity) -> str:
        """AD_STATUS_…"""
        return _named("AD", self._ad(ad))

    def _ad(self, ad: Entity) -> str:
        group = self._above(ad)
        above = self._adgroup(group)
        if ad.deleted_at is not None:
            return "DELETE"
        if above in ("DELETE", "CAMPAIGN_DELETE"):
            return {"DELETE": "ADGROUP_DELETE"}.get(above, above)
        if (blocked := self._blocked(ad)) is not None:
            return blocked
        verdict = self._review(ad)
        if verdict is Standing.REJECTED:
            return "AUDIT_DENY"
        if not has_identity(self.world, ad):
            return "ASSET_AUTHORIZATION_LOST"
        if ad.status == "DISABLE":
            return "DISABLE"
        if above in ("DISABLE", "CAMPAIGN_DISABLE"):
            return {"DISABLE": "ADGROUP_DISABLE"}.get(above, above)
        if verdict is Standing.PENDING:
            return "REAUDIT" if ad.private.get("reviewed_before") else "AUDIT"
        return self._ad_running(group, verdict)

    def _ad_running(self, group: Entity, verdict: Standing) -> str:
        begin, end = schedule(group)
        if end is not None and end <= self.now:
            return "DONE"
        if begin > self.now:
            return "NOT_START"
        if self._is_spent(group) or self._is_spent(self._above(group)):
            return "BUDGET_EXCEED"
        return "PARTIAL_AUDIT_DELIVERY_OK" if verdict is Standing.LIMITED else "DELIVERY_OK"

    def _above(self, entity: Entity) -> Entity:
        parent = self.world.store.parent(entity)
        if parent is None:
            raise LookupError(f"{entity.type} {entity.id} has no parent")
        return parent

    def _blocked(self, entity: Entity) -> str | None:
        """Why an account delivers nothing at all; None for one that does."""
        account = self.world.account(wire.NAME, entity.account_id)
        if account is None or not account.suspended:
            return None
        return PUNISHED if account.fields.get("status") == "STATUS_LIMIT" else "ADVERTISER_AUDIT_DENY"

    def _review(self, ad: Entity) -> Standing:
        return Standing.PENDING if ad.review is None else ad.review.at(self.now)

    def _reviews(self, group: Entity) -> set[Standing]:
        return {self._review(ad) for ad in self.world.store.children(wire.NAME, group.id, type_="ad")}

    def _is_spent(self, entity: Entity) -> bool:
        budget, account = budget_of(entity), self.world.account(wire.NAME, entity.account_id)
        if budget is None or account is None:
            return False
        today = self.now.astimezone(ZoneInfo(account.time_zone)).date()
        return self.world.delivery.left(wire.NAME, budget, today) < _CRUMB


def budget_of(carrier: Entity) -> Budget | None:
    """The money of a campaign or ad group; None where it has no budget of its own."""
    mode, amount = str(carrier.fields.get("budget_mode")), carrier.fields.get("budget")
    if mode == "BUDGET_MODE_INFINITE" or not amount:
        return None
    if mode in vocabulary.DAILY_MODES:
        return Budget(carrier.id, money.decimal(amount), None, _OVERSPEND.get(mode))
    return Budget(carrier.id, None, money.decimal(amount))


def has_identity(world: World, ad: Entity) -> bool:
    """Whether the ad may still speak as the identity it was made with."""
    creatives = [each["creative_info"] for each in ad.fields.get("creative_list") or []] or [ad.fields]
    known = (world.store.get(wire.NAME, "identity", str(each.get("identity_id"))) for each in creatives)
    return all(identity is not None and identity.deleted_at is None for identity in known)


def schedule(group: Entity) -> tuple[datetime, datetime | None]:
    """When an ad group begins and ends, in UTC."""
    fields = group.fields
    begin = adgroup_rules.instant("schedule_start_time", fields["schedule_start_time"])
    if fields["schedule_type"] == "SCHEDULE_FROM_NOW" or not fields.get("schedule_end_time"):
        return begin, None
    return begin, adgroup_rules.instant("schedule_end_time", fields["schedule_end_time"])


def _named(level: str, word: str) -> str:
    return word if word == PUNISHED else f"{level}_STATUS_{word}"


def primary(secondary: str) -> str:
    """The primary status that a secondary one belongs to (the filter `primary_status`)."""
    rest = secondary.split("_STATUS_", 1)[-1]
    if rest.endswith("DELETE"):
        return "STATUS_DELETE"
    if rest.endswith("DISABLE"):
        return "STATUS_DISABLE"
    if rest in ("TIME_DONE", "DONE"):
        return "STATUS_TIME_DONE"
    return "STATUS_DELIVERY_OK" if rest == "ENABLE" or rest.endswith("DELIVERY_OK") else "STATUS_NOT_DELIVERY"


def fits(secondary: str, wanted: str) -> bool:
    """Whether an object with this secondary status belongs to this primary status."""
    if wanted == "STATUS_ALL":
        return True
    found = primary(secondary)
    return found != "STATUS_DELETE" if wanted == "STATUS_NOT_DELETE" else found == wanted
