"""Each kind of write at Microsoft: what it sends, what comes of it, and how to see that it was done already.

A kind that adds knows the ids of its answer; one that changes or removes reads what stands, and sends nothing where
nothing is left to do. No write is ever sent twice here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from adloom.core.errors import Missing, OutcomeUnknown
from adloom.platforms.contract import RemoteObject
from adloom.platforms.microsoft import payloads, readback
from adloom.platforms.microsoft.client import Client
from adloom.platforms.microsoft.steps import Planned
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec
from adloom.platforms.types import Platform

Ids = Mapping[str, str]
Row = Mapping[str, Any]
Objects = tuple[RemoteObject, ...]


class Write(Protocol):
    """One kind of write."""

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        """What is sent, as far as the ids that are known say it. Pure."""
        ...

    def send(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        """Does it once; the objects that it made, in the order of the step's keys."""
        ...

    def find(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects | None:
        """What stands of it; None where it has to be done. Reads only."""
        ...


class Adding:
    """What kinds that add have in common; `path` is where to, `answered` picks the new ids out of the answer."""

    path: str

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        """The items under their parent."""
        raise NotImplementedError

    def answered(self, answer: Row) -> Any:
        """The new ids, in the order of the items."""
        raise NotImplementedError

    def standing(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        """Which of the objects stand; fewer than the step's keys where some do not."""
        raise NotImplementedError

    def send(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        """Adds all of the items; raises Duplicate where Microsoft holds any of them already, and then has the rest."""
        answer = client.write("POST", self.path, self.body(spec, planned, ids))
        return created(planned, self.answered(answer))

    def find(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects | None:
        """All of the objects, or None."""
        objects = self.standing(client, spec, planned, ids)
        return objects if len(objects) == len(planned.step.creates) else None


class Changing:
    """What kinds that set fields have in common: they may be done again, and make nothing."""

    path: str

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        """The fields with the id of what has them; raises Conflict where it does not stand."""
        raise NotImplementedError

    def is_set(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> bool:
        """Whether what stands has these fields."""
        raise NotImplementedError

    def send(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        """Sets the fields."""
        client.write("PUT", self.path, self.body(spec, planned, ids))
        return ()

    def find(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects | None:
        """Nothing, where the fields are set; None where they are not."""
        return () if self.is_set(client, spec, planned, ids) else None


class Removing:
    """What kinds that take away have in common: what is gone already is done."""

    path: str

    def body(self, spec: CampaignSpec, planned: Planned, ids: Ids) -> Row:
        """The removal of what is known by its id."""
        return self.removal([ids[key] for key in planned.step.removes if key in ids], planned, ids)

    def removal(self, gone: Sequence[str], planned: Planned, ids: Ids) -> Row:
        """The body that removes these ids."""
        raise NotImplementedError

    def left(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Sequence[str]:
        """The ids of what still stands of it."""
        raise NotImplementedError

    def send(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects:
        """Removes what still stands; nothing is sent where nothing does."""
        left = self.left(client, spec, planned, ids)
        if left:
            try:
                client.write("DELETE", self.path, self.removal(left, planned, ids))
            except Missing:
                if self.left(client, spec, planned, ids):
                    raise
        return ()

    def find(self, client: Client, spec: CampaignSpec, planned: Planned, ids: Ids) -> Objects | None:
        """Nothing, where all of it is gone; None where some still stands."""
        return None if self.left(client, spec, planned, ids) else ()


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


def ad_key(planned: Planned) -> str:
    """Our key of the ad that a step is about."""
    return f"ad/{group_of(planned).key}/{ad_of(planned).key}"


def ad_of(planned: Planned) -> AdSpec:
    """The ad that a step is about."""
    assert planned.ad is not None, planned.step.key
    return planned.ad


def negatives(client: Client, planned: Planned, ids: Ids) -> Sequence[Row]:
    """The negative keywords of the step's ad group, as they stand."""
    group, campaign = payloads.known(ids, group_key(planned)), payloads.known(ids, "campaign")
    return readback.negatives(client, group_id=group, campaign_id=campaign)
