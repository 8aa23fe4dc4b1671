"""Each kind of write that creates something at Microsoft: its path, its body, the ids it answers, how to find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adloom.core.errors import OutcomeUnknown
from adloom.platforms.contract import RemoteObject
from adloom.platforms.microsoft import payloads, readback
from adloom.platforms.microsoft.client import Client
from adloom.platforms.microsoft.steps import Planned
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.types import Platform

Ids = Mapping[str, str]
Objects = tuple[RemoteObject, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """`body` is what is sent, `ids` picks the new ids out of the answer, `find` reads what stands already."""

    path: str
    body: Callable[[CampaignSpec, Planned, Ids], Mapping[str, Any]]
    ids: Callable[[Mapping[str, Any]], Any]
    find: Callable[[Client, CampaignSpec, Planned, Ids], Objects]


def body(spec: CampaignSpec, *, planned: Planned, ids: Ids) -> Mapping[str, Any]:
    """What the step sends."""
    return WRITES[planned.write].body(spec, planned, ids)


def send(client: Client, *, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
    """Does the write once; the objects that it made, in the order of the step's keys."""
    write = WRITES[planned.write]
    answer = client.write("POST", write.path, write.body(spec, planned, ids))
    return created(planned, write.ids(answer))


def find(client: Client, *, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
    """What stands of a step's objects; fewer than its keys where some do not."""
    return WRITES[planned.write].find(client, spec, planned, ids)


def created(planned: Planned, ids: Any) -> Objects:
    """New objects under our keys; raises OutcomeUnknown where Microsoft names fewer ids than there were items."""
    identities = list(ids or ())
    if len(identities) != len(planned.step.creates) or not all(identities):
        message = f"Microsoft Advertising did not say what it created ({planned.step.key})."
        raise OutcomeUnknown(message, platform=Platform.MICROSOFT_ADS.value)
    pairs = zip(planned.step.creates, identities, strict=True)
    return tuple(RemoteObject(key, planned.step.kind, str(identity), parent(planned)) for key, identity in pairs)


def parent(planned: Planned) -> str | None:
    """Our key of what a step's objects belong to."""
    if planned.write == "campaign":
        return None
    if planned.write == "ad_group" or planned.group is None:
        return "campaign"
    return group_key(planned)


def group_key(planned: Planned) -> str:
    """Our key of the ad group that a step is about."""
    return f"ad_group/{group_of(planned).key}"


def group_of(planned: Planned) -> AdGroupSpec:
    """The ad group that a step is about."""
    assert planned.group is not None, planned.step.key
    return planned.group


def ad_of(planned: Planned) -> AdSpec:
    """The ad that a step is about."""
    assert planned.ad is not None, planned.step.key
    return planned.ad


def _found(planned: Planned, row: Mapping[str, Any] | None) -> Objects:
    if row is None:
        return ()
    status = row.get("Status")
    return (RemoteObject(planned.step.key, planned.step.kind, str(row["Id"]), parent(planned), status=status),)


def _matched(planned: Planned, sent: Any, rows: Any, *, looks: Callable[[Mapping[str, Any]], Any]) -> Objects:
    wanted = zip(planned.step.creates, sent, strict=True)
    return readback.matched(wanted, rows, looks=looks, kind=planned.step.kind, parent=parent(planned) or "campaign")


def _find_campaign(client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
    return _found(planned, readback.campaign_by_name(client, name=spec.name))


def _find_criteria(client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
    rows = readback.criteria(client, campaign_id=ids["campaign"])
    return _matched(planned, payloads.criteria(spec), rows, looks=readback.criterion_looks)


def _find_group(client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
    name = group_of(planned).name.casefold()
    rows = readback.ad_groups(client, campaign_id=ids["campaign"])
    return _found(planned, next((row for row in rows if str(row.get("Name", "")).casefold() == name), None))


def _find_keywords(client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
    rows = readback.keywords(client, group_id=ids[group_key(planned)])
    return _matched(planned, _chunk(planned), rows, looks=readback.keyword_looks)


def _find_negatives(client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
    rows = readback.negatives(client, group_id=ids[group_key(planned)], campaign_id=ids["campaign"])
    return _matched(planned, payloads.negatives(group_of(planned)), rows, looks=readback.keyword_looks)


def _find_ad(client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
    rows = readback.ads(client, group_id=ids[group_key(planned)])
    return _matched(planned, (payloads.ad(ad_of(planned)),), rows, looks=readback.ad_looks)


def _chunk(planned: Planned) -> tuple[Mapping[str, Any], ...]:
    return payloads.keyword_chunks(group_of(planned))[planned.chunk]


WRITES: Mapping[str, Write] = {
    "campaign": Write(
        "Campaigns",
        lambda spec, planned, ids: payloads.campaign(spec),
        lambda answer: answer.get("CampaignIds"),
        _find_campaign,
    ),
    "criteria": Write(
        "CampaignCriterions",
        lambda spec, planned, ids: payloads.add_criteria(spec, campaign_id=ids["campaign"]),
        lambda answer: answer.get("CampaignCriterionIds"),
        _find_criteria,
    ),
    "ad_group": Write(
        "AdGroups",
        lambda spec, planned, ids: payloads.ad_group(spec, group_of(planned), campaign_id=ids["campaign"]),
        lambda answer: answer.get("AdGroupIds"),
        _find_group,
    ),
    "keywords": Write(
        "Keywords",
        lambda spec, planned, ids: {"AdGroupId": ids[group_key(planned)], "Keywords": list(_chunk(planned))},
        lambda answer: answer.get("KeywordIds"),
        _find_keywords,
    ),
    "negatives": Write(
        "EntityNegativeKeywords",
        lambda spec, planned, ids: payloads.add_negatives(group_of(planned), group_id=ids[group_key(planned)]),
        lambda answer: (answer.get("NegativeKeywordIds") or [{}])[0].get("Ids"),
        _find_negatives,
    ),
    "ad": Write(
        "Ads",
        lambda spec, planned, ids: {
            "AdGroupId": ids[group_key(planned)],
            "Ads": [payloads.ad(ad_of(planned))],
        },
        lambda answer: answer.get("AdIds"),
        _find_ad,
    ),
}
