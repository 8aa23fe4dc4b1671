"""Opens the official SDK on a sandbox for the witness scripts beside it. It knows no adloom."""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from requests.adapters import HTTPAdapter

#: Where the SDK's uploader of videos always goes (facebook_business/video_uploader.py).
VIDEO_HOST = "https://graph-video.facebook.com"


class _Elsewhere(HTTPAdapter):
    """Sends what is meant for one address to another one."""

    def __init__(self, there: str) -> None:
        super().__init__()
        self._there = there

    def send(self, request: Any, *arguments: Any, **options: Any) -> Any:
        request.url = request.url.replace(VIDEO_HOST, self._there, 1)
        return super().send(request, *arguments, **options)


class Opening:
    """The SDK as one person with one token, the sandbox's controls, and what the test gave."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = json.load(sys.stdin)
        self.line: dict[str, str] = self.given["line"]
        FacebookSession.GRAPH = self.given["url"] + "/meta"
        self.api = self.connect(self.line["access_token"])
        FacebookAdsApi.set_default_api(self.api)
        self.account = AdAccount(self.line["account_id"])
        self._folder = tempfile.TemporaryDirectory()

    def connect(self, token: str, *, secret: str | None = None) -> FacebookAdsApi:
        """An API of the SDK that speaks to the sandbox with a token, and proves the app's secret."""
        session = FacebookSession(self.line["client_id"], secret or self.line["client_secret"], token)
        session.requests.mount(VIDEO_HOST, _Elsewhere(session.GRAPH))
        session.requests.trust_env = False
        return FacebookAdsApi(session)

    def control(self, path: str, body: dict[str, Any]) -> Any:
        """One call of the sandbox's control API."""
        answer = requests.post(
            f"{self.given['url']}/_sandbox/{path}",
            json=body,
            headers={"X-Sandbox-Key": self.given["control_key"]},
            timeout=30,
            proxies={"http": ""},
        )
        answer.raise_for_status()
        return answer.json()

    def advance(self, duration: str) -> None:
        """Pushes the sandbox's clock forward, by such as PT24H."""
        self.control("clock", {"advance": duration})

    def fault(self, kind: str, match: str = "") -> None:
        """The next matching call goes wrong in this way."""
        self.control("faults", {"platform": "facebook_ads", "match": match, "fault": kind, "times": 1})

    def file(self, name: str) -> str:
        """The path of a file that the test gave."""
        path = Path(self._folder.name) / name
        path.write_bytes(base64.b64decode(self.given["files"][name]))
        return str(path)


def said(error: FacebookRequestError) -> dict[str, Any]:
    """What the SDK's own class tells of a refusal."""
    return {
        "status": error.http_status(),
        "code": error.api_error_code(),
        "subcode": error.api_error_subcode(),
        "type": error.api_error_type(),
        "message": error.api_error_message(),
        "transient": error.api_transient_error(),
        "blamed": error.api_blame_field_specs(),
    }


def refused(call: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
    """What the SDK raises for a call; fails where it raises nothing."""
    try:
        call(*arguments, **options)
    except FacebookRequestError as error:
        return said(error)
    raise AssertionError(f"{call} was not refused")


def tell(found: Any) -> None:
    """The script's last line: what it found, as JSON."""
    sys.stdout.write(json.dumps(found) + "\n")
