"""A plain client of TikTok's protocol for the sandbox's tests: it builds bodies that are right as they stand,
so that a test changes the one thing that it is about. It knows nothing of how the sandbox answers.
"""

import hashlib
import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

API = "/tiktok/open_api/v1.3"


@dataclass
class TikTok:
    """One person with a token. Every method returns the body that TikTok answered with."""

    sandbox: Any
    made: int = field(default=0)

    @property
    def line(self) -> dict[str, Any]:
        """The platform's object of the first line."""
        found: dict[str, Any] = self.sandbox.line["tiktok_ads"]
        return found

    @property
    def account(self) -> str:
        """The advertiser's id."""
        return str(self.line["account_id"])

    def post(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        """POST a JSON body; HTTP must be 200."""
        token = {"Access-Token": self.line["access_token"]} | headers
        answer = self.sandbox.http.post(f"{API}/{path}/", json=body, headers=token)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def get(self, path: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
        """GET with lists and objects as JSON text; `advertiser_id` is added."""
        answer = self.raw(path, {"advertiser_id": self.account} | (query or {}))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def raw(self, path: str, query: dict[str, Any]) -> Any:
        """The same, with the HTTP answer as it came and nothing added."""
        texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in query.items()}
        token = {"Access-Token": self.line["access_token"]}
        return self.sandbox.http.get(f"{API}/{path}/", params=texts, headers=token)

    def upload(self, kind: str, content: bytes, **form: str) -> dict[str, Any]:
        """Upload an image or video by file, signed."""
        self.made += 1
        texts = {
            "advertiser_id": self.account,
            "upload_type": "UPLOAD_BY_FILE",
            "file_name": f"{kind}-{self.made}",
            f"{kind}_signature": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        } | form
        files = {f"{kind}_file": (f"{kind}.bin", content, "application/octet-stream")}
        token = {"Access-Token": self.line["access_token"]}
        answer = self.sandbox.http.post(f"{API}/file/{kind}/ad/upload/", data=texts, files=files, headers=token)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    # bodies that are right

    def campaign(self, **change: Any) -> dict[str, Any]:
        """A TRAFFIC campaign without a budget of its own."""
        self.made += 1
        return _with(
            {
                "advertiser_id": self.account,
                "campaign_name": f"Spring {self.made}",
                "objective_type": "TRAFFIC",
                "budget_mode": "BUDGET_MODE_INFINITE",
                "operation_status": "DISABLE",
                "request_id": str(1_732_330_440_000_000 + self.made),
            },
            change,
        )

    def search(self) -> dict[str, Any]:
        """A search for a postal code of the USA."""
        return {
            "advertiser_id": self.account,
            "objective_type": "TRAFFIC",
            "placements": ["PLACEMENT_TIKTOK"],
            "search_type": "BATCH_ZIPCODE_SEARCH",
            "keywords": ["94103"],
            "region_codes": ["US"],
        }

    def group(self, campaign_id: str, /, **change: Any) -> dict[str, Any]:
        """An ad group for clicks, 50 a day, in the USA."""
        self.made += 1
        return _with(
            {
                "advertiser_id": self.account,
                "campaign_id": campaign_id,
                "adgroup_name": f"group {self.made}",
                "promotion_type": "WEBSITE",
                "placement_type": "PLACEMENT_TYPE_NORMAL",
                "placements": ["PLACEMENT_TIKTOK"],
                "location_ids": ["6252001"],
                "languages": ["en"],
                "gender": "GENDER_UNLIMITED",
                "age_groups": ["AGE_18_24", "AGE_25_34"],
                "budget_mode": "BUDGET_MODE_DAY",
                "budget": 50.0,
                "schedule_type": "SCHEDULE_START_END",
                "schedule_start_time": "2026-11-23 18:00:00",
                "schedule_end_time": "2027-01-01 08:00:00",
                "optimization_goal": "CLICK",
                "billing_event": "CPC",
                "bid_type": "BID_TYPE_NO_BID",
                "pacing": "PACING_MODE_SMOOTH",
                "operation_status": "ENABLE",
                "request_id": str(1_732_330_440_000_000 + self.made),
            },
            change,
        )

    def converting(self, campaign_id: str, /, **change: Any) -> dict[str, Any]:
        """An ad group for purchases, counted by the seeded pixel."""
        asked = {
            "optimization_goal": "CONVERT",
            "billing_event": "OCPM",
            "pixel_id": self.line["pixel_id"],
            "optimization_event": "SHOPPING",
        }
        return self.group(campaign_id, **(asked | change))

    def creative(self, video_id: str, image_id: str, /, **change: Any) -> dict[str, Any]:
        """An in-feed video ad."""
        self.made += 1
        return _with(
            {
                "ad_name": f"ad {self.made}",
                "identity_type": self.line["identity_type"],
                "identity_id": self.line["identity_id"],
                "ad_format": "SINGLE_VIDEO",
                "video_id": video_id,
                "image_ids": [image_id],
                "ad_text": "Spring sale: 20% off all shoes",
                "call_to_action": "SHOP_NOW",
                "landing_page_url": "https://example.com/spring",
            },
            change,
        )

    # a tree, step by step

    def files(self) -> tuple[str, str]:
        """A video that is transcoded and its cover; both ids."""
        video = self.upload("video", mp4(720, 1280))["data"][0]["video_id"]
        cover = self.upload("image", png(720, 1280))["data"]["image_id"]
        self.sandbox.advance("PT1M")
        return video, cover

    def new_campaign(self, **change: Any) -> str:
        """Create a campaign; its id."""
        return str(data(self.post("campaign/create", self.campaign(**change)))["campaign_id"])

    def new_group(self, body: dict[str, Any]) -> str:
        """Create an ad group; its id."""
        return str(data(self.post("adgroup/create", body))["adgroup_id"])

    def new_ads(self, group_id: str, *creatives: dict[str, Any]) -> list[str]:
        """Create ads; their ids."""
        body = {"advertiser_id": self.account, "adgroup_id": group_id, "creatives": list(creatives)}
        return list(data(self.post("ad/create", body))["ad_ids"])

    def tree(self, *, converts: bool = False, **campaign: Any) -> tuple[str, str, str]:
        """A campaign that is on, its ad group and its ad; three ids. The ad is in review."""
        video, cover = self.files()
        objective = "WEB_CONVERSIONS" if converts else "TRAFFIC"
        wanted = {"operation_status": "ENABLE", "objective_type": objective} | campaign
        campaign_id = self.new_campaign(**wanted)
        body = self.converting(campaign_id) if converts else self.group(campaign_id)
        group_id = self.new_group(body)
        return campaign_id, group_id, self.new_ads(group_id, self.creative(video, cover))[0]

    def switch(self, level: str, ids: list[str], status: str, **more: Any) -> dict[str, Any]:
        """Change operation status."""
        body = {"advertiser_id": self.account, f"{level}_ids": ids, "operation_status": status} | more
        return self.post(f"{level}/status/update", body)

    def status(self, level: str, id_: str) -> str:
        """The secondary status, deleted or not."""
        wanted = {f"{level}_ids": [id_], "primary_status": "STATUS_ALL"}
        return str(data(self.get(f"{level}/get", {"filtering": wanted}))["list"][0]["secondary_status"])


#: In a change: leave the field out.
ABSENT = object()


def _with(body: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in (body | change).items() if v is not ABSENT}


def data(answer: dict[str, Any]) -> Any:
    """What was answered, when it was answered well."""
    assert answer["code"] == 0, answer
    assert answer["message"] == "OK"
    return answer["data"]


def png(width: int, height: int) -> bytes:
    """The smallest PNG of that size: one grey plane."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def mp4(width: int, height: int, *, seconds: int = 8) -> bytes:
    """An MP4 that has a header and nothing to see."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(body), kind) + body

    times = struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000)
    shape = struct.pack(">HHHH", width, 0, height, 0)
    movie = box(b"mvhd", times + b"\0" * 80) + box(b"trak", box(b"tkhd", b"\0" * 76 + shape))
    return box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", movie) + box(b"mdat", b"\0" * 16)
