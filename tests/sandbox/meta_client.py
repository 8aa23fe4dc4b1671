"""A plain client of the Graph API for the sandbox's tests: it builds parameters that are right as they stand,
so that a test changes the one thing that it is about. It knows nothing of how the sandbox answers.
"""

import base64
import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import httpx

PURCHASE = "offsite_conversion.fb_pixel_purchase"


@dataclass
class Meta:
    """One person with a token. `call` returns the response; the other methods its JSON, once it is no refusal."""

    sandbox: Any

    @property
    def line(self) -> dict[str, Any]:
        """The platform's object of the first line."""
        found: dict[str, Any] = self.sandbox.line["facebook_ads"]
        return found

    @property
    def account(self) -> str:
        """The ad account, with act_."""
        found: str = self.line["account_id"]
        return found

    def call(self, method: str, path: str, params: dict[str, Any] | None = None, **files: Any) -> httpx.Response:
        """A call of v26.0 with the token; nested values are JSON text, as SDKs send them."""
        flat = {n: v if isinstance(v, str) else json.dumps(v) for n, v in (params or {}).items()}
        flat.setdefault("access_token", self.line["access_token"])
        where = {"data": flat} if method == "POST" else {"params": flat}
        if files:
            where["files"] = files
        return self.sandbox.http.request(method, f"/meta/v26.0/{path}", **where)

    def get(self, path: str, **params: Any) -> Any:
        """GET; its JSON."""
        return self._json(self.call("GET", path, params))

    def post(self, path: str, **params: Any) -> Any:
        """POST; its JSON."""
        return self._json(self.call("POST", path, params))

    def delete(self, path: str) -> Any:
        """DELETE; its JSON."""
        return self._json(self.call("DELETE", path))

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()

    # parameters that are right

    def campaign(self, **changes: Any) -> dict[str, Any]:
        """Of POST act_…/campaigns."""
        return {
            "name": "Spring",
            "objective": "OUTCOME_SALES",
            "status": "PAUSED",
            "special_ad_categories": [],
            "is_adset_budget_sharing_enabled": False,
            **changes,
        }

    def targeting(self, **changes: Any) -> dict[str, Any]:
        """Everybody in the US, as they are."""
        return {
            "geo_locations": {"countries": ["US"]},
            "targeting_automation": {"advantage_audience": 0},
            **changes,
        }

    def adset(self, campaign: str, /, **changes: Any) -> dict[str, Any]:
        """Of POST act_…/adsets: 50 dollars a day for purchases."""
        return {
            "name": "Everybody",
            "campaign_id": campaign,
            "status": "PAUSED",
            "daily_budget": 5000,
            "billing_event": "IMPRESSIONS",
            "optimization_goal": "OFFSITE_CONVERSIONS",
            "promoted_object": {"pixel_id": self.line["pixel_id"], "custom_event_type": "PURCHASE"},
            "targeting": self.targeting(),
            **changes,
        }

    def story(self, **link: Any) -> dict[str, Any]:
        """An object_story_spec that leads to a page."""
        data = {
            "link": "https://example.com/spring",
            "message": "Spring is here",
            "name": "Run faster",
            "call_to_action": {"type": "SHOP_NOW", "value": {"link": "https://example.com/spring"}},
            **link,
        }
        return {"page_id": self.line["page_id"], "link_data": data}

    def creative(self, **changes: Any) -> dict[str, Any]:
        """Of POST act_…/adcreatives."""
        return {"name": "A link", "object_story_spec": self.story(), **changes}

    def ad(self, adset: str, creative: str, /, **changes: Any) -> dict[str, Any]:
        """Of POST act_…/ads."""
        return {
            "name": "An ad",
            "adset_id": adset,
            "creative": {"creative_id": creative},
            "status": "PAUSED",
            **changes,
        }

    # whole objects

    def image(self, width: int = 1200, height: int = 628) -> str:
        """Upload an image; its hash."""
        found = self.post(f"{self.account}/adimages", bytes=base64.b64encode(png(width, height)).decode())
        hash_: str = found["images"]["bytes"]["hash"]
        return hash_

    def tree(
        self, *, live: bool = True, campaign: Any = None, adset: Any = None, story: Any = None
    ) -> tuple[str, str, str]:
        """Campaign, ad set and ad, set live from below when asked; their ids."""
        account = self.account
        made = self.post(f"{account}/campaigns", **self.campaign(**(campaign or {})))["id"]
        group = self.post(f"{account}/adsets", **self.adset(made, **(adset or {})))["id"]
        spec = story or self.story(image_hash=self.image())
        creative = self.post(f"{account}/adcreatives", **self.creative(object_story_spec=spec))["id"]
        ad = self.post(f"{account}/ads", **self.ad(group, creative))["id"]
        for id_ in (ad, group, made) if live else ():
            self.post(id_, status="ACTIVE")
        return made, group, ad

    def status(self, id_: str) -> str:
        """`effective_status` of an object."""
        found: str = self.get(id_, fields="effective_status")["effective_status"]
        return found

    def insights(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All pages of an insights edge, by cursor."""
        rows: list[dict[str, Any]] = []
        while True:
            page = self.get(f"{path}/insights", **params)
            rows += page["data"]
            if "next" not in page.get("paging", {}):
                return rows
            params["after"] = page["paging"]["cursors"]["after"]


def action(row: dict[str, Any], list_: str, type_: str) -> str:
    """The value of one action type of an insights row; "0" when it is absent."""
    found = {one["action_type"]: one["value"] for one in row.get(list_, ())}
    value: str = found.get(type_, "0")
    return value


def png(width: int, height: int) -> bytes:
    """A black image file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * ((width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def mp4(size: int = 2000) -> bytes:
    """A file that begins as an MP4 does."""
    return (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * size)[:size]
