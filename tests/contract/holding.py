"""What went over the wire to a platform, held against its official client: one verdict for all that was said."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.contract import test_meta_bodies, test_tiktok_bodies
from tests.contract.environments import witness
from tests.contract.google.listening import answered, asked

from adloom.platforms import http
from adloom.platforms.http import Answer, Request
from adloom.platforms.types import Platform

#: Hosts of Microsoft's services that its client knows; its login is another's.
_SERVICES = ("/microsoft-campaign/", "/microsoft-reporting/", "/microsoft-customer/")


class Tap:
    """Lets every request pass, and keeps it with its answer: it stands where the throttle of workers does."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def before(self, request: Request) -> None:
        return

    def after(self, request: Request, answer: Answer) -> None:
        self.answers.append(answer)


def complaints(platform: Platform, answers: Sequence[Answer]) -> list[str]:
    """All that the platform's official client does not know in these requests, and in answers where it reads them."""
    return _HELD[platform](answers)


def _google(answers: Sequence[Answer]) -> list[str]:
    messages: list[Any] = []
    queries: set[str] = set()
    for answer in answers:
        url, body = answer.request.url, _body(answer.request)
        if "/v26/" not in url:
            continue
        messages += [*asked(url, body), *answered(url, answer.status, json.loads(answer.body))]
        queries |= {body["query"]} if body and "query" in body else set()
    found: list[str] = witness("google", "messages.py", given={"messages": messages})
    return found + list(witness("google", "fields.py", given={"queries": sorted(queries)}))


def _meta(answers: Sequence[Answer]) -> list[str]:
    tap = test_meta_bodies.Tap()
    tap.requests += [answer.request for answer in answers]
    found: list[str] = witness("meta", "shapes.py", given={"calls": tap.calls()})["problems"]
    return found


def _microsoft(answers: Sequence[Answer]) -> list[str]:
    calls = [
        {
            "method": answer.request.method,
            "path": "/" + urlsplit(answer.request.url).path.split("/", 2)[2],
            "body": _body(answer.request),
            "status": answer.status,
            "answer": json.loads(answer.body),
        }
        for answer in answers
        if urlsplit(answer.request.url).path.startswith(_SERVICES)
    ]
    found: list[str] = witness("microsoft", "held.py", given={"tape": calls})["wrong"]
    return found


def _tiktok(answers: Sequence[Answer]) -> list[str]:
    given = {
        "requests": [test_tiktok_bodies._request(answer.request) for answer in answers],
        "answers": [json.loads(answer.body) for answer in answers],
    }
    verdict: Mapping[str, list[str]] = witness("tiktok", "hold.py", given=given)
    unknown = set(verdict["unknown"]) - test_tiktok_bodies.NOT_IN_THE_SDK
    return [*verdict["problems"], *(f"{call}: the SDK has no such call" for call in sorted(unknown))]


def _body(request: Request) -> Any:
    return None if request.json is None else json.loads(http.dumps(request.json))


_HELD: Mapping[Platform, Callable[[Sequence[Answer]], list[str]]] = {
    Platform.GOOGLE_ADS: _google,
    Platform.FACEBOOK_ADS: _meta,
    Platform.MICROSOFT_ADS: _microsoft,
    Platform.TIKTOK_ADS: _tiktok,
}
