"""The kinds of write at Microsoft, by the names that steps give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adloom.platforms.contract import RemoteObject
from adloom.platforms.microsoft import audiences, diffs, fields, intent, payloads, readback, removing, targets
from adloom.platforms.microsoft.client import Client
from adloom.platforms.microsoft.steps import Planned
from adloom.platforms.microsoft.writes import (
    Adding,
    Changing,
    Ids,
    Objects,
    Row,
    Write,
    ad_key,
    ad_of,
    group_key,
    group_of,
    negatives,
    parent,
)
from adloom.platforms.spec import CampaignSpec


class AddCampaign(Adding):
    """The campaign, found by its name, which is unique."""

    path = "Campaigns"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return payloads.campaign(spec)

    def answered(self, answer: Row) -> Any:
        return answer.get("CampaignIds")

    def standing(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        return _found(planned, readback.campaign_by_name(client, name=spec.name))


class AddAdGroup(Adding):
    """An ad group, found by its name, which is unique in its campaign."""

    path = "AdGroups"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        campaign = payloads.known(ids, "campaign")
        return payloads.ad_group(spec, group_of(planned), campaign_id=campaign, status=planned.status)

    def answered(self, answer: Row) -> Any:
        return answer.get("AdGroupIds")

    def standing(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        rows = readback.ad_groups(client, campaign_id=payloads.known(ids, "campaign"))
        return _found(planned, readback.named(rows, name=group_of(planned).name))


class AddCriteria(Adding):
    """Target criteria of the campaign, found by what they say."""

    path = "CampaignCriterions"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return targets.body(planned.items, campaign_id=payloads.known(ids, "campaign"))

    def answered(self, answer: Row) -> Any:
        return answer.get("CampaignCriterionIds")

    def standing(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        rows = readback.criteria(client, campaign_id=payloads.known(ids, "campaign"))
        return _matched(planned, rows, looks=lambda item: (targets.mark(item), targets.excludes(item)))


class AddAudiences(Adding):
    """Audiences of an ad group that are let in or left out."""

    path = "AdGroupCriterions"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return audiences.body(planned.items, group_id=payloads.known(ids, group_key(planned)))

    def answered(self, answer: Row) -> Any:
        return answer.get("AdGroupCriterionIds")

    def standing(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        rows = readback.audiences(client, group_id=payloads.known(ids, group_key(planned)))
        return _matched(planned, rows, looks=audiences.looks)


class AddKeywords(Adding):
    """Keywords of an ad group, found by text and match type."""

    path = "Keywords"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return {"AdGroupId": payloads.known(ids, group_key(planned)), "Keywords": list(planned.items)}

    def answered(self, answer: Row) -> Any:
        return answer.get("KeywordIds")

    def standing(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        rows = readback.keywords(client, group_id=payloads.known(ids, group_key(planned)))
        return _matched(planned, rows, looks=payloads.word_looks)


class AddNegatives(Adding):
    """Negative keywords of an ad group."""

    path = "EntityNegativeKeywords"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return payloads.negatives_of(planned.items, group_id=payloads.known(ids, group_key(planned)))

    def answered(self, answer: Row) -> Any:
        (first, *_) = answer.get("NegativeKeywordIds") or [None]
        return (first or {}).get("Ids")

    def standing(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        return _matched(planned, negatives(client, planned, ids), looks=payloads.word_looks)


class AddAd(Adding):
    """An ad, found by what it shows."""

    path = "Ads"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        group = payloads.known(ids, group_key(planned))
        return {"AdGroupId": group, "Ads": [payloads.ad(ad_of(planned), status=planned.status)]}

    def answered(self, answer: Row) -> Any:
        return answer.get("AdIds")

    def standing(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        rows = readback.ads(client, group_id=payloads.known(ids, group_key(planned)))
        wanted = diffs.ad_looks(payloads.ad_fields(ad_of(planned)))
        return _found(planned, next((row for row in rows if diffs.ad_looks(row) == wanted), None))


class Intent:
    """The location intent: Microsoft adds a wide one by itself, so ours is added or put in its place."""

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return targets.intent(spec, campaign_id=payloads.known(ids, "campaign"))

    def send(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        return intent.send(client, spec=spec, planned=planned, campaign_id=payloads.known(ids, "campaign"))

    def find(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects | None:
        found = intent.find(client, spec=spec, planned=planned, campaign_id=payloads.known(ids, "campaign"))
        return found or None


class ChangeCampaign(Changing):
    """Some fields of the campaign, never its status."""

    path = "Campaigns"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return payloads.change_campaign(spec, campaign_id=payloads.known(ids, "campaign"), fields=planned.fields)

    def is_set(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> bool:
        row = readback.campaign(client, campaign_id=payloads.known(ids, "campaign"))
        return row is not None and fields.have(row, planned.fields)


class ChangeAdGroup(Changing):
    """Some fields of an ad group."""

    path = "AdGroups"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        campaign, group = payloads.known(ids, "campaign"), payloads.known(ids, group_key(planned))
        return payloads.change_ad_group(campaign_id=campaign, group_id=group, fields=planned.fields)

    def is_set(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> bool:
        rows = readback.ad_groups(client, campaign_id=payloads.known(ids, "campaign"))
        row = readback.by_id(rows, payloads.known(ids, group_key(planned)))
        return row is not None and fields.have(row, planned.fields)


class ActivateAdGroup(ChangeAdGroup):
    """An ad group that is whole goes live, below a campaign whose own status decides."""

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        campaign, group = payloads.known(ids, "campaign"), payloads.known(ids, group_key(planned))
        return payloads.change_ad_group(campaign_id=campaign, group_id=group, fields=_ACTIVE)

    def is_set(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> bool:
        rows = readback.ad_groups(client, campaign_id=payloads.known(ids, "campaign"))
        row = readback.by_id(rows, payloads.known(ids, group_key(planned)))
        return row is not None and row.get("Status") in ("Active", "Expired")


class ChangeAd(Changing):
    """What an ad shows; it is reviewed again."""

    path = "Ads"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        group, ad = payloads.known(ids, group_key(planned)), payloads.known(ids, ad_key(planned))
        return payloads.change_ad(group_id=group, ad_id=ad, fields=planned.fields)

    def is_set(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> bool:
        rows = readback.ads(client, group_id=payloads.known(ids, group_key(planned)))
        row = readback.by_id(rows, payloads.known(ids, ad_key(planned)))
        return row is not None and diffs.ad_looks(row) == diffs.ad_looks(payloads.ad_fields(ad_of(planned)))


class ActivateAd(ChangeAd):
    """An ad goes live that found no room before."""

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        group, ad = payloads.known(ids, group_key(planned)), payloads.known(ids, ad_key(planned))
        return payloads.change_ad(group_id=group, ad_id=ad, fields=_ACTIVE)

    def is_set(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> bool:
        rows = readback.ads(client, group_id=payloads.known(ids, group_key(planned)))
        row = readback.by_id(rows, payloads.known(ids, ad_key(planned)))
        return row is not None and row.get("Status") == "Active"


class Rebid(Changing):
    """By how much bids of criteria are adjusted; their ids are read, for a person may have made them anew."""

    path = "CampaignCriterions"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        items = [{**item, "Id": ids[key]} for item in planned.items if (key := targets.key(item)) in ids]
        return targets.body(items, campaign_id=payloads.known(ids, "campaign"))

    def is_set(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> bool:
        rows = {targets.looks(row) for row in readback.criteria(client, campaign_id=payloads.known(ids, "campaign"))}
        return all(targets.looks(item) in rows for item in planned.items)

    def send(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        campaign = payloads.known(ids, "campaign")
        rows = {targets.mark(row): str(row["Id"]) for row in readback.criteria(client, campaign_id=campaign)}
        now = {targets.key(item): rows[targets.mark(item)] for item in planned.items if targets.mark(item) in rows}
        return super().send(client, spec, planned, {**ids, **now})


KINDS: Mapping[str, Write] = {
    "campaign": AddCampaign(),
    "criteria": AddCriteria(),
    "location_intent": Intent(),
    "ad_group": AddAdGroup(),
    "audiences": AddAudiences(),
    "keywords": AddKeywords(),
    "negatives": AddNegatives(),
    "ad": AddAd(),
    "change_campaign": ChangeCampaign(),
    "change_ad_group": ChangeAdGroup(),
    "activate_ad_group": ActivateAdGroup(),
    "change_ad": ChangeAd(),
    "activate_ad": ActivateAd(),
    "rebid": Rebid(),
    "remove_criteria": removing.RemoveCriteria(),
    "remove_audiences": removing.RemoveAudiences(),
    "remove_goals": removing.RemoveGoals(),
    "remove_keywords": removing.RemoveKeywords(),
    "remove_negatives": removing.RemoveNegatives(),
    "remove_ad": removing.RemoveAd(),
    "remove_stale_ads": removing.RemoveStaleAds(),
    "remove_ad_group": removing.RemoveAdGroup(),
}

_ACTIVE = {"Status": "Active"}


def _found(planned: Planned, row: Row | None) -> Objects:
    if row is None:
        return ()
    (key,) = planned.step.creates
    return (RemoteObject(key, planned.step.kind, str(row["Id"]), parent(planned), status=row.get("Status")),)


def _matched(planned: Planned, rows: Sequence[Row], *, looks: Callable[[Row], Any]) -> Objects:
    wanted = zip(planned.step.creates, planned.items, strict=True)
    return readback.matched(wanted, rows, looks=looks, kind=planned.step.kind, parent=parent(planned) or "campaign")
