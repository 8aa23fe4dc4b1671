"""TikTok's rows: code 40002, whose text begins with the place of what is wrong."""

import json
from collections.abc import Callable
from hashlib import md5
from typing import Any

import httpx
from tests.sandbox import test_tiktok_smart_plus as smart
from tests.sandbox.refusals.row import ABSENT, Body, Case, Row, by_hand
from tests.sandbox.test_tiktok_reports import query
from tests.sandbox.tiktok_client import ABSENT as LEFT_OUT
from tests.sandbox.tiktok_client import API, TikTok, data, mp4, png

from adsandbox.schema import Rule
from adsandbox.tiktok.platform import operations

PERSON = TikTok
#: Operations without a row, and why.
APART = {
    "POST /tiktok/open_api/v1.3/oauth2/access_token/": "login: test_tiktok_login",
    "GET /tiktok/open_api/v1.3/oauth2/advertiser/get/": "login: test_tiktok_login",
    "POST /tiktok/open_api/v1.3/oauth2/revoke_token/": "login: test_tiktok_login",
    "GET /tiktok-authorize/portal/auth": "login: test_tiktok_login",
    "GET /tiktok/open_api/v1.3/user/info/": "it takes nothing",
    "GET /tiktok/open_api/v1.3/report/file/": "a download link: test_expiry",
}
_OPERATIONS = {operation.path: operation for operation in operations()}
BAD, GONE = 40002, 40007


def _row(path: str, body: Callable[[TikTok], Body], *cases: Case, free: tuple[str, ...] = ()) -> Row:
    operation = _OPERATIONS[path]
    as_text = operation.method == "GET" or operation.multipart
    name = f"{operation.method} /tiktok{operation_path(path)}"
    return Row(name, body, operation.table, by_hand=cases, free=frozenset(free), as_text=as_text)


def operation_path(path: str) -> str:
    """The address of an operation below the host."""
    return f"/open_api/v1.3/{path}/"


def send(tiktok: TikTok, row: Row, body: Body) -> httpx.Response:
    """The operation with this request: a query, a form or JSON."""
    verb, _, address = row.operation.partition(" ")
    path = address.removeprefix(API).strip("/")
    token = {"Access-Token": tiktok.line["access_token"]}
    http: httpx.Client = tiktok.sandbox.http
    if verb == "GET":
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        return http.get(f"{API}/{path}/", params=texts, headers=token)
    if not row.as_text:
        return http.post(f"{API}/{path}/", json=body, headers=token)
    kind = "image" if "image" in path else "video"
    parts = {name: value if isinstance(value, str) else str(value) for name, value in body.items() if name != "_file"}
    files = {f"{kind}_file": (f"{kind}.bin", body["_file"], "application/octet-stream")} if "_file" in body else None
    return http.post(f"{API}/{path}/", data=parts, files=files, headers=token)


def accepts(answer: httpx.Response) -> bool:
    """Whether an answer is none of a refusal."""
    return answer.headers["content-type"].startswith("text/csv") or bool(answer.json()["code"] == 0)


def refuses(response: httpx.Response, case: Case) -> bool:
    """Whether the answer has HTTP 200 and the code, names the place, and brings nothing else."""
    answer = response.json()
    code = BAD if isinstance(case.expected, Rule) else case.expected
    named = code != BAD or answer["message"].startswith((f"{case.blamed}: ", "Your budget setting must "))
    whole = response.status_code == 200 and answer["data"] == {} and answer["request_id"].isalnum()
    return bool(answer["code"] == code and named and whole)


def _money(*names: str, least: float = 0) -> tuple[Case, ...]:
    """Amounts in a wrong unit: beyond the cent, negative, nothing, as text, below what TikTok asks for."""
    below = (least - 0.01,) if least else ()
    return tuple(
        Case(tuple(int(p) if p.isdigit() else p for p in name.split(".")), value, BAD)
        for name in names
        for value in (75.001, -50, 0, "75.00", *below)
    )


# requests that are right


def _named(tiktok: TikTok, **more: Any) -> Body:
    return {"advertiser_id": tiktok.account, **more}


def _budgeted(tiktok: TikTok) -> Body:
    return tiktok.campaign(budget_mode="BUDGET_MODE_DAY", budget=75.0)


def _ads(tiktok: TikTok) -> Body:
    video, cover = tiktok.files()
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    return _named(tiktok, adgroup_id=group, creatives=[tiktok.creative(video, cover)])


def _ad_change(tiktok: TikTok) -> Body:
    body = _ads(tiktok)
    (ad,) = data(tiktok.post("ad/create", body))["ad_ids"]
    return body | {"creatives": [body["creatives"][0] | {"ad_id": ad}]}


def _switch(level: str, position: int) -> Callable[[TikTok], Body]:
    def body(tiktok: TikTok) -> Body:
        return _named(tiktok, **{f"{level}_ids": [tiktok.tree()[position]], "operation_status": "DISABLE"})

    return body


def _upload(kind: str) -> Callable[[TikTok], Body]:
    def body(tiktok: TikTok) -> Body:
        content = png(720, 1280) if kind == "image" else mp4(720, 1280)
        return _named(tiktok, upload_type="UPLOAD_BY_FILE", file_name="a", _file=content) | _signed(kind, content)

    return body


def _signed(kind: str, content: bytes) -> Body:
    return {f"{kind}_signature": md5(content, usedforsecurity=False).hexdigest()}


def _files(kind: str) -> Callable[[TikTok], Body]:
    return lambda tiktok: _named(tiktok, **{f"{kind}_ids": [tiktok.files()[kind == "image"]]})


def _task(tiktok: TikTok) -> Body:
    return _named(tiktok, **query(page_size=LEFT_OUT))


def _begun(wait: str) -> Callable[[TikTok], Body]:
    def body(tiktok: TikTok) -> Body:
        task = data(tiktok.post("report/task/create", _task(tiktok)))["task_id"]
        if wait:
            tiktok.sandbox.advance(wait)
        return _named(tiktok, task_id=task)

    return body


def _smart(tiktok: TikTok) -> tuple[str, str, str]:
    video, cover = tiktok.files()
    top = data(tiktok.post("smart_plus/campaign/create", smart.campaign(tiktok)))["campaign_id"]
    middle = data(tiktok.post("smart_plus/adgroup/create", smart.group(tiktok, top)))["adgroup_id"]
    made = data(tiktok.post("smart_plus/ad/create", smart.ad(tiktok, middle, video, cover)))
    return top, middle, made["smart_plus_ad_id"]


def _smart_campaign(tiktok: TikTok) -> str:
    return str(data(tiktok.post("smart_plus/campaign/create", smart.campaign(tiktok)))["campaign_id"])


def _smart_ad(tiktok: TikTok) -> Body:
    video, cover = tiktok.files()
    group = data(tiktok.post("smart_plus/adgroup/create", smart.group(tiktok, _smart_campaign(tiktok))))["adgroup_id"]
    return smart.ad(tiktok, group, video, cover)


def _smart_switch(key: str, position: int) -> Callable[[TikTok], Body]:
    return lambda tiktok: _named(tiktok, **{key: [_smart(tiktok)[position]], "operation_status": "DISABLE"})


def _regions(tiktok: TikTok) -> Body:
    return _named(tiktok, placements=["PLACEMENT_TIKTOK"], objective_type="TRAFFIC")


ROWS = (
    # the account
    _row("advertiser/info", lambda t: {"advertiser_ids": [t.account]}, *by_hand(40300, advertiser_ids=["7000"])),
    _row("identity/get", _named),
    _row("identity/create", lambda t: _named(t, display_name="Acme", image_uri=t.files()[1])),
    _row("pixel/list", _named),
    _row("tool/region", _regions),
    _row("tool/targeting/search", lambda tiktok: tiktok.search()),
    _row("tool/language", _named),
    _row("tool/interest_category", _named),
    # files
    _row("file/image/ad/upload", _upload("image")),
    _row("file/video/ad/upload", _upload("video")),
    _row("file/image/ad/info", _files("image")),
    _row("file/video/ad/info", _files("video")),
    _row("file/image/ad/search", _named),
    _row("file/video/ad/search", _named),
    # the tree
    _row("campaign/create", _budgeted, *_money("budget", least=50), *by_hand(BAD, budget=ABSENT)),
    _row("campaign/update", lambda t: _named(t, campaign_id=t.new_campaign(budget_mode="BUDGET_MODE_DAY", budget=75.0),
                                             budget=80), *_money("budget", least=50)),
    _row("adgroup/create", lambda t: t.group(t.new_campaign()), *_money("budget", least=20)),
    _row("adgroup/update", lambda t: _named(t, adgroup_id=t.new_group(t.group(t.new_campaign())), budget=80.0),
         *_money("budget", least=20)),
    _row("adgroup/budget/update",
         lambda t: _named(t, budget=[{"adgroup_id": t.new_group(t.group(t.new_campaign())), "budget": 80.0}]),
         *_money("budget.0.budget", least=20)),
    _row("ad/create", _ads),
    _row("ad/update", _ad_change),
    _row("campaign/get", _named),
    _row("adgroup/get", _named),
    _row("ad/get", _named),
    _row("campaign/status/update", _switch("campaign", 0), *by_hand(BAD, campaign_ids=["1"])),
    _row("adgroup/status/update", _switch("adgroup", 1), *by_hand(BAD, adgroup_ids=["1"])),
    _row("ad/status/update", _switch("ad", 2), *by_hand(BAD, ad_ids=["1"])),
    _row("ad/review_info", lambda t: _named(t, ad_ids=[t.tree()[2]])),
    # reports
    _row("report/integrated/get", lambda t: _named(t, **query())),
    _row("report/task/create", _task),
    _row("report/task/check", _begun(""), *by_hand(GONE, task_id="1")),
    _row("report/task/cancel", _begun(""), *by_hand(GONE, task_id="1")),
    _row("report/task/download", _begun("PT1M"), *by_hand(GONE, task_id="1")),
    # Smart+
    _row("smart_plus/campaign/create", smart.campaign, *_money("budget", least=50)),
    _row("smart_plus/adgroup/create", lambda t: smart.group(t, _smart_campaign(t))),
    _row("smart_plus/ad/create", _smart_ad),
    _row("smart_plus/campaign/update", lambda t: _named(t, campaign_id=_smart_campaign(t), budget=90),
         *_money("budget", least=50)),
    _row("smart_plus/adgroup/update", lambda t: _named(t, adgroup_id=_smart(t)[1], adgroup_name="New")),
    _row("smart_plus/ad/update", lambda t: _named(t, smart_plus_ad_id=_smart(t)[2], ad_name="New")),
    _row("smart_plus/campaign/get", _named),
    _row("smart_plus/adgroup/get", _named),
    _row("smart_plus/ad/get", _named),
    _row("smart_plus/ad/review_info", lambda t: _named(t, smart_plus_ad_ids=[_smart(t)[2]])),
    _row("smart_plus/campaign/status/update", _smart_switch("campaign_ids", 0), *by_hand(BAD, campaign_ids=["1"])),
    _row("smart_plus/adgroup/status/update", _smart_switch("adgroup_ids", 1), *by_hand(BAD, adgroup_ids=["1"])),
    _row("smart_plus/ad/status/update", _smart_switch("smart_plus_ad_ids", 2),
         *by_hand(BAD, smart_plus_ad_ids=["1"])),
)  # fmt: skip
