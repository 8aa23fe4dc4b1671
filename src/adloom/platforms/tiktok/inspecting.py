"""What ads of an account can use on TikTok, what is wrong with it, and which rights the login lacks. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from adloom.core.errors import Rejected
from adloom.platforms.access import Fault, Inspection, Resource, ResourceKind
from adloom.platforms.tiktok import mapping, shapes
from adloom.platforms.tiktok.client import Client

IDENTITIES_PER_PAGE = 100
#: `pixel/list` takes no more (the sandbox of TikTok's documentation refuses 21).
PIXELS_PER_PAGE = 20

_FIELDS = ["advertiser_id", "name", "status", "rejection_reason", "balance", "currency"]

#: What keeps an account from working: our code, what a person does, and whether nothing can be written meanwhile.
#: Source: TikTok API for Business, "Enumerations", advertiser status.
FAULTS: Mapping[str, tuple[str, str, bool]] = MappingProxyType(
    {
        "STATUS_DISABLE": ("suspended", "Ask TikTok's support in Ads Manager why the account is closed.", True),
        "STATUS_LIMIT": ("suspended", "Appeal in Ads Manager: TikTok has penalised the account.", True),
        "STATUS_CONFIRM_FAIL": ("rejected", "Mend the business details in Ads Manager, and submit them again.", True),
        "STATUS_CONFIRM_FAIL_END": (
            "rejected",
            "Mend the business details in Ads Manager, and submit them anew.",
            True,
        ),
        "STATUS_CONFIRM_MODIFY_FAIL": ("rejected", "Mend the changed business details in Ads Manager.", False),
        "STATUS_PENDING_CONFIRM_MODIFY": ("in_review", "Wait until TikTok has looked at the changed details.", False),
        "STATUS_PENDING_CONFIRM": ("in_review", "Wait until TikTok has looked at the account.", True),
        "STATUS_WAIT_FOR_BPM_AUDIT": ("in_review", "Wait until TikTok has looked at the account.", True),
        "STATUS_CONTRACT_PENDING": ("in_review", "Wait until the contract with TikTok takes effect.", True),
        **dict.fromkeys(
            ("STATUS_PENDING_VERIFIED", "STATUS_WAIT_FOR_PUBLIC_AUTH", "STATUS_SELF_SERVICE_UNAUDITED"),
            ("unverified", "Finish the verification of the account in Ads Manager.", True),
        ),
    }
)
#: A status that nobody here knows may be harmless: it is told, and stops nothing.
_UNKNOWN = ("unknown_status", "Look in Ads Manager what it means for the account.", False)


def inspect(client: Client) -> Inspection:
    """Identities, pixels, faults and missing rights. A refusal for want of a right is a finding, not an error."""
    resources: list[Resource] = []
    missing: list[str] = []
    for right, read in _READS.items():
        try:
            resources += read(client)
        except Rejected as refused:
            if refused.platform_code not in mapping.NO_RIGHT:
                raise
            missing.append(right)
    return Inspection(tuple(resources), faults(_advertiser(client)), tuple(missing))


def faults(advertiser: Mapping[str, Any]) -> tuple[Fault, ...]:
    """What is wrong with an advertiser as TikTok tells of it; pure."""
    status = shapes.text(advertiser.get("status"))
    found = []
    if status not in ("", mapping.ENABLED):
        code, fix, blocks = FAULTS.get(status, _UNKNOWN)
        words = ": ".join(part for part in (status, shapes.text(advertiser.get("rejection_reason"))) if part)
        found.append(Fault(code, words, fix, blocks_writes=blocks))
    balance = mapping.number(advertiser.get("balance"))
    if balance is not None and balance <= 0:
        words = f"balance {mapping.plain(balance)} {shapes.text(advertiser.get('currency'))}".strip()
        fix = "Where the account pays in advance, top it up in Ads Manager: ads stop without balance."
        found.append(Fault("unpaid", words, fix))
    return tuple(found)


def _advertiser(client: Client) -> Mapping[str, Any]:
    params = {"advertiser_ids": [client.advertiser_id], "fields": _FIELDS}
    rows = shapes.objects(client.get("advertiser/info", params=params).get("list"))
    return next((row for row in rows if shapes.an_id(row.get("advertiser_id")) == client.advertiser_id), {})


def _identities(client: Client) -> Iterable[Resource]:
    """Those that may carry a new campaign; custom ones are phased out, authorisation codes are for single posts."""
    rows = client.rows(
        "identity/get",
        params={"advertiser_id": client.advertiser_id},
        page_size=IDENTITIES_PER_PAGE,
        name="identity_list",
    )
    return [
        _identity(row)
        for row in rows
        if row.get("identity_type") in mapping.IDENTITY_TYPES and shapes.text(row.get("identity_id"))
    ]


def _identity(row: Mapping[str, Any]) -> Resource:
    attributes = {"identity_type": str(row["identity_type"])}
    if center := shapes.text(row.get("identity_authorized_bc_id")):
        attributes["identity_bc_id"] = center
    external_id = shapes.text(row["identity_id"])
    return Resource(
        ResourceKind.IDENTITY,
        external_id,
        name=shapes.text(row.get("display_name")) or external_id,
        status=shapes.text(row.get("available_status")),
        attributes=attributes,
    )


def _pixels(client: Client) -> Iterable[Resource]:
    params = {"advertiser_id": client.advertiser_id}
    rows = client.rows("pixel/list", params=params, page_size=PIXELS_PER_PAGE, name="pixels")
    return [_pixel(row) for row in rows if shapes.text(row.get("pixel_id"))]


def _pixel(row: Mapping[str, Any]) -> Resource:
    """A pixel with the events that an ad group can be optimized for, by TikTok's own words."""
    events = [shapes.text(event.get("optimization_event")) for event in shapes.objects(row.get("events"))]
    external_id = shapes.text(row["pixel_id"])
    return Resource(
        ResourceKind.PIXEL,
        external_id,
        name=shapes.text(row.get("pixel_name")) or external_id,
        status=shapes.text(row.get("activity_status")),
        attributes={
            "pixel_code": shapes.text(row.get("pixel_code")),
            "events": ",".join(sorted({event for event in events if event})),
        },
    )


#: What TikTok calls the right that each read needs, as its app review lists them.
_READS: Mapping[str, Callable[[Client], Iterable[Resource]]] = MappingProxyType(
    {"TikTok Accounts (identity/get)": _identities, "Pixel Management (pixel/list)": _pixels}
)
