"""The kinds of write at Microsoft that take away: what is meant is found by what it says, or by its id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adloom.platforms import search_ads
from adloom.platforms.microsoft import audiences, diffs, payloads, readback, targets
from adloom.platforms.microsoft.client import Client
from adloom.platforms.microsoft.steps import Planned
from adloom.platforms.microsoft.writes import Ids, Removing, Row, ad_key, ad_of, group_key, group_of, negatives
from adloom.platforms.spec import CampaignSpec


class RemoveCriteria(Removing):
    """Target criteria, by what they say."""

    path = "CampaignCriterions"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        keys = [targets.key(item) for item in planned.items]
        return self.removal([ids[key] for key in keys if key in ids], planned, ids)

    def removal(self, gone: Sequence[str], planned: Planned, ids: Ids) -> Row:
        return targets.removal(gone, campaign_id=payloads.known(ids, "campaign"))

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        rows = readback.criteria(client, campaign_id=payloads.known(ids, "campaign"))
        unwanted = {(targets.mark(item), targets.excludes(item)) for item in planned.items}
        return [str(row["Id"]) for row in rows if (targets.mark(row), targets.excludes(row)) in unwanted]


class RemoveAudiences(Removing):
    """Audiences of an ad group, by their ids and the side on which they stand."""

    path = "AdGroupCriterions"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        keys = dict.fromkeys(audiences.key(group_of(planned), item) for item in planned.items)
        return self.removal([ids[key] for key in keys if key in ids], planned, ids)

    def removal(self, gone: Sequence[str], planned: Planned, ids: Ids) -> Row:
        return audiences.removal(gone, group_id=payloads.known(ids, group_key(planned)))

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        unwanted = {audiences.looks(item) for item in planned.items}
        rows = readback.audiences(client, group_id=payloads.known(ids, group_key(planned)))
        return [str(row["Id"]) for row in rows if audiences.looks(row) in unwanted]


class RemoveGoals(Removing):
    """All goals of the campaign's own but the chosen one; without any, it counts all that the account counts.

    A list in an update may add to what stands or take its place: Microsoft's pages do not say. This ends alike.
    """

    path = "CampaignConversionGoals"

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return self.removal([str(item["GoalId"]) for item in planned.items], planned, ids)

    def removal(self, gone: Sequence[str], planned: Planned, ids: Ids) -> Row:
        return payloads.goals_removal(gone, campaign_id=payloads.known(ids, "campaign"))

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        row = readback.campaign(client, campaign_id=payloads.known(ids, "campaign")) or {}
        return [str(each) for each in row.get("GoalIds") or () if str(each) != search_ads.chosen_goal(spec)]


class RemoveKeywords(Removing):
    """Keywords of an ad group, by text and match type."""

    path = "Keywords"

    def removal(self, gone: Sequence[str], planned: Planned, ids: Ids) -> Row:
        return {"AdGroupId": payloads.known(ids, group_key(planned)), "KeywordIds": list(gone)}

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        rows = readback.keywords(client, group_id=payloads.known(ids, group_key(planned)))
        return _same_words(planned, rows)


class RemoveNegatives(Removing):
    """Negative keywords of an ad group; Microsoft wants them whole, with their ids."""

    path = "EntityNegativeKeywords"

    def removal(self, gone: Sequence[str], planned: Planned, ids: Ids) -> Row:
        items = [{"Type": "NegativeKeyword", "Id": each} for each in gone]
        return payloads.negatives_of(items, group_id=payloads.known(ids, group_key(planned)))

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        return _same_words(planned, negatives(client, planned, ids))


class RemoveAd(Removing):
    """One ad, by its id, or where that is not known by what it shows."""

    path = "Ads"

    def removal(self, gone: Sequence[str], planned: Planned, ids: Ids) -> Row:
        return {"AdGroupId": payloads.known(ids, group_key(planned)), "AdIds": list(gone)}

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        rows = readback.ads(client, group_id=payloads.known(ids, group_key(planned)))
        identity = ids.get(ad_key(planned))
        if identity:
            return [identity] if readback.by_id(rows, identity) is not None else []
        looks = diffs.ad_looks(payloads.ad_fields(ad_of(planned)))
        return [str(row["Id"]) for row in rows if diffs.ad_looks(row) == looks]


class RemoveStaleAds(RemoveAd):
    """Ads of an update that ended half-way, by what they show: their keys are another ad's by now."""

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        return self.removal([], planned, ids)

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        rows = readback.ads(client, group_id=payloads.known(ids, group_key(planned)))
        unwanted = [diffs.ad_looks(item) for item in planned.items]
        return [str(row["Id"]) for row in rows if diffs.ad_looks(row) in unwanted]


class RemoveAdGroup(Removing):
    """An ad group with all that is in it, by its id, or where that is not known by its name."""

    path = "AdGroups"

    def removal(self, gone: Sequence[str], planned: Planned, ids: Ids) -> Row:
        return {"CampaignId": payloads.known(ids, "campaign"), "AdGroupIds": list(gone)}

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        rows = readback.ad_groups(client, campaign_id=payloads.known(ids, "campaign"))
        identity = ids.get(group_key(planned))
        row = readback.by_id(rows, identity) if identity else readback.named(rows, name=group_of(planned).name)
        return [str(row["Id"])] if row is not None else []


def _same_words(planned: Planned, rows: Iterable[Row]) -> list[str]:
    unwanted = {payloads.word_looks(item) for item in planned.items}
    return [str(row["Id"]) for row in rows if payloads.word_looks(row) in unwanted]
