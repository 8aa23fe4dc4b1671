"""Google Ads behind the one contract: which write comes when, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from adloom.core.errors import Invalid, Missing, OutcomeUnknown, Rejected
from adloom.platforms import delivery
from adloom.platforms.contract import (
    ApiVersion,
    Connection,
    Credentials,
    FoundAccount,
    Observation,
    Preflight,
    RemoteObject,
    Step,
    StepResult,
)
from adloom.platforms.facts import DailyFact
from adloom.platforms.google import mapping, oauth, payloads, preflight, readback, reports
from adloom.platforms.google.client import VERSION, Client
from adloom.platforms.http import Http
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import ConversionEvent, DeliveryState, Operation, Platform, RemoteStatus

#: What each step that changes no more than the campaign's status sets.
_SETS = {
    "activate/campaign": RemoteStatus.ACTIVE,
    "pause": RemoteStatus.PAUSED,
    "resume": RemoteStatus.ACTIVE,
    "delete": RemoteStatus.DELETED,
}

_CUSTOMER = """SELECT customer.id, customer.descriptive_name, customer.currency_code, customer.time_zone,
customer.status, customer.manager FROM customer"""
_CLIENTS = """SELECT customer_client.id, customer_client.descriptive_name, customer_client.currency_code,
customer_client.time_zone, customer_client.status, customer_client.manager
FROM customer_client WHERE customer_client.manager = FALSE"""
_STATUS = "SELECT campaign.id, campaign.status FROM campaign WHERE campaign.id = {id}"
_CAMPAIGN = """SELECT campaign.id, campaign.name, campaign.status, campaign.serving_status,
campaign.primary_status, campaign.primary_status_reasons FROM campaign WHERE campaign.id = {id}"""
_ADS = """SELECT ad_group.id, ad_group.name, ad_group.status, ad_group_ad.resource_name, ad_group_ad.status,
ad_group_ad.policy_summary.review_status, ad_group_ad.policy_summary.approval_status,
ad_group_ad.policy_summary.policy_topic_entries FROM ad_group_ad
WHERE campaign.id = {id} AND ad_group_ad.status != 'REMOVED' AND ad_group.status != 'REMOVED'"""


class GoogleAdapter:
    """Google Ads, search campaigns."""

    platform = Platform.GOOGLE_ADS
    version = ApiVersion(VERSION, None, "developers.google.com/google-ads/api/docs/sunset-dates: none announced")

    def refresh(self, http: Http, *, credentials: Credentials) -> Credentials:
        """New credentials for lapsed ones; raises CredentialsExpired."""
        return oauth.refresh(http, credentials=credentials)

    def accounts(self, connection: Connection) -> tuple[FoundAccount, ...]:
        """Every ad account this login reaches, directly or through a manager; managers carry no ads."""
        found: dict[str, FoundAccount] = {}
        for root in Client(connection).list_customers():
            for account in _reached(connection, root):
                known = found.get(account.external_id)
                if known is None or "login_customer_id" not in known.attributes:
                    found[account.external_id] = account
        return tuple(found.values())

    def preflight(self, spec: CampaignSpec) -> Preflight:
        """All errors and losses of this ad on Google Ads."""
        return preflight.check(spec)

    def steps(self, spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
        """One atomic write for the whole tree, then one that lets it deliver; one write for a status."""
        if operation is Operation.UPDATE:
            raise Invalid.field("operation", "changing a Google campaign is not built yet.", "Delete and deploy anew.")
        if operation is not Operation.CREATE:
            return (Step(operation.value, "status", activates=operation is Operation.RESUME),)
        tree = Step("tree", "campaign", creates=tuple(each.key for each in payloads.tree(spec)))
        if spec.desired_status is not RemoteStatus.ACTIVE:
            return (tree,)
        return (tree, Step("activate/campaign", "status", activates=True))

    def request(self, spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> Mapping[str, Any]:
        """The body of the one `googleAds:mutate` that the step is. Google knows no idempotency key."""
        if step.key == "tree":
            return payloads.mutate(payloads.tree(spec))
        return payloads.set_status(spec, campaign_id=ids["campaign"], status=_SETS[step.key])

    def execute(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult:
        """Does the step, once."""
        client = Client.of(connection, spec.account)
        body = self.request(spec, step=step, ids=ids, key=key)
        if step.key == "tree":
            return _created(payloads.tree(spec), client.mutate(body))
        try:
            client.mutate(body)
        except Missing:
            if step.key != "delete":
                raise
        return _status_result(ids["campaign"], _SETS[step.key])

    def find(
        self, connection: Connection, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
    ) -> StepResult | None:
        """The tree by the campaign's name (it carries the marker), a status by reading it."""
        client = Client.of(connection, spec.account)
        if step.key == "tree":
            objects = readback.tree(client, planned=payloads.tree(spec))
            return StepResult(objects=objects, words="found by name", adopted=True) if objects else None
        rows = list(client.search(_STATUS.format(id=int(ids["campaign"]))))
        status = mapping.STATUSES.get(rows[0]["campaign"]["status"]) if rows else RemoteStatus.DELETED
        wanted = _SETS[step.key]
        return _status_result(ids["campaign"], wanted, adopted=True) if status is wanted else None

    def observe(self, connection: Connection, *, account: Account, campaign_id: str) -> Observation:
        """How the campaign and its ads stand; a vanished campaign is DELETED."""
        client = Client.of(connection, account)
        rows = list(client.search(_CAMPAIGN.format(id=int(campaign_id))))
        if not rows or rows[0]["campaign"].get("status") == "REMOVED":
            return Observation(RemoteStatus.DELETED, DeliveryState.DELETED, "REMOVED")
        return _observation(rows[0]["campaign"], list(client.search(_ADS.format(id=int(campaign_id)))))

    def daily(
        self,
        connection: Connection,
        *,
        account: Account,
        since: date,
        until: date,
        events: Mapping[str, ConversionEvent],
    ) -> Iterator[DailyFact]:
        """Every campaign's days. What counts as a conversion is the account's setting: `events` is unused."""
        return reports.daily(Client.of(connection, account), since=since, until=until)


def _reached(connection: Connection, root: str) -> Iterator[FoundAccount]:
    """A customer itself, or, where it is a manager, the accounts beneath it. Closed ones cannot be read."""
    try:
        rows = list(Client(connection, root, root).search(_CUSTOMER))
        if rows and rows[0]["customer"].get("manager"):
            for row in Client(connection, root, root).search(_CLIENTS):
                yield _account(row["customerClient"], manager=root)
        elif rows:
            yield _account(rows[0]["customer"], manager=None)
    except Rejected as error:
        if not error.platform_code.startswith(("authorizationError", "authenticationError")):
            raise


def _account(row: Mapping[str, Any], *, manager: str | None) -> FoundAccount:
    return FoundAccount(
        external_id=str(row["id"]),
        name=str(row.get("descriptiveName", "")),
        currency=str(row.get("currencyCode", "")),
        time_zone=str(row.get("timeZone", "")),
        status=str(row.get("status", "")),
        attributes={"login_customer_id": manager} if manager else {},
    )


def _created(planned: tuple[payloads.Planned, ...], results: Any) -> StepResult:
    """The objects of a mutate: results come in the order of its operations."""
    if len(results) != len(planned):
        raise OutcomeUnknown("Google Ads answered for other operations than were sent.", platform="google_ads")
    objects = []
    for each, result in zip(planned, results, strict=True):
        name = str(next(iter(result.values()))["resourceName"])
        status = each.create.get("status")
        objects.append(RemoteObject(each.key, each.kind, name.rpartition("/")[2], each.parent, status=status))
    return StepResult(objects=tuple(objects), words=f"{len(objects)} objects created")


def _status_result(campaign_id: str, status: RemoteStatus, *, adopted: bool = False) -> StepResult:
    word = next(word for word, ours in mapping.STATUSES.items() if ours is status)
    campaign = RemoteObject("campaign", "campaign", campaign_id, status=word)
    return StepResult(objects=(campaign,), words=word, adopted=adopted)


def _observation(campaign: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Observation:
    groups = {row["adGroup"]["id"]: _group_part(row, campaign_id=str(campaign["id"])) for row in rows}
    ads = [_ad_part(row) for row in rows]
    topics = [
        f"{topic.get('topic')} ({topic.get('type')})"
        for row in rows
        for topic in row["adGroupAd"].get("policySummary", {}).get("policyTopicEntries", ())
    ]
    objects = [RemoteObject("campaign", "campaign", str(campaign["id"]), status=str(campaign.get("status")))]
    objects += [_seen_ad(row["adGroupAd"]) for row in rows]
    return Observation(
        status=mapping.STATUSES.get(str(campaign.get("status")), RemoteStatus.PAUSED),
        delivery=delivery.of_campaign(mapping.campaign_state(campaign), groups=groups.values(), ads=ads),
        words=" / ".join(str(campaign[name]) for name in ("status", "primaryStatus") if name in campaign),
        reasons=(*(str(each) for each in campaign.get("primaryStatusReasons", ())), *dict.fromkeys(topics)),
        objects=tuple(objects),
    )


def _group_part(row: Mapping[str, Any], *, campaign_id: str) -> delivery.Part:
    group = row["adGroup"]
    return delivery.Part(str(group["id"]), campaign_id, _set(group), DeliveryState.ACTIVE)


def _ad_part(row: Mapping[str, Any]) -> delivery.Part:
    ad, group = row["adGroupAd"], row["adGroup"]
    return delivery.Part(str(ad["resourceName"]), str(group["id"]), _set(ad), mapping.ad_state(ad))


def _set(thing: Mapping[str, Any]) -> RemoteStatus:
    """What a person set; a word that nobody knows is taken for switched on, so that it is looked at."""
    return mapping.STATUSES.get(str(thing.get("status")), RemoteStatus.ACTIVE)


def _seen_ad(ad: Mapping[str, Any]) -> RemoteObject:
    """An ad as seen; our key is not known here, so Google's id stands in it."""
    identity = str(ad["resourceName"]).rpartition("/")[2]
    return RemoteObject(f"ad/{identity}", "ad", identity, "campaign", status=mapping.ad_state(ad).value)
