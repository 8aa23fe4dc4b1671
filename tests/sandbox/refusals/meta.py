"""Meta's rows: code 100 with the place in `blame_field_specs`, or another code or subcode that a row names.

Parameters are texts, as SDKs send them; `_ids` of a request are for the placeholders of the address."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from tests.sandbox.meta_client import Meta, png
from tests.sandbox.refusals.row import ABSENT, NO_WORD, Body, Case, Row, by_hand

from adsandbox.meta import call as calls
from adsandbox.meta import media, objects, people, request, tables, targeting
from adsandbox.schema import Field, Rule, anything, array, text

PERSON = Meta
#: Operations without a row, and why.
APART = {
    "GET /meta-dialog/v26.0/dialog/oauth": "login: test_meta_login",
    "GET /meta/v26.0/oauth/access_token": "login: test_meta_login",
    "GET /meta/v26.0/debug_token": "login: test_meta_login",
    "GET /meta/v26.0/me/permissions": "login: test_meta_login",
    "DELETE /meta/v26.0/me/permissions": "login: test_meta_login",
    "GET /meta/v26.0/{advideo}/thumbnails": "it takes nothing",
}
Make = Callable[[Meta], Body]


def send(meta: Meta, row: Row, body: Body) -> httpx.Response:
    """The operation with these parameters."""
    verb, _, address = row.operation.partition(" ")
    path = address.removeprefix("/meta/v26.0/").replace("act_{id}", meta.account)
    for name, id_ in body.get("_ids", {}).items():
        path = path.replace(f"{{{name}}}", id_)
    return meta.call(verb, path, {name: value for name, value in body.items() if name != "_ids"})


def accepts(answer: httpx.Response) -> bool:
    """Whether an answer is none of a refusal, nor of a call in a batch."""
    found = answer.json()
    calls_ = found if isinstance(found, list) else []
    return answer.status_code == 200 and all(one["code"] == 200 for one in calls_)


def refuses(answer: httpx.Response, case: Case) -> bool:
    """Whether the answer is an error in Graph's shape, with the code or with what is blamed."""
    if answer.status_code != 400 or "error" not in answer.json():
        return False
    error = answer.json()["error"]
    if error["type"] not in ("OAuthException", "GraphMethodException") or not error["fbtrace_id"]:
        return False
    if isinstance(case.expected, int):
        return case.expected in (error["code"], error.get("error_subcode"))
    blamed = [str(part) for part in (*case.path, *([0] if case.value == [NO_WORD] else []))]
    specs = error.get("error_data", {}).get("blame_field_specs", [[]])
    named = specs[0] == blamed if isinstance(case.expected, Rule) else specs[0][-1:] == [case.expected]
    return bool(error["code"] == 100 and named and error["error_user_msg"])


def _row(operation: str, body: Make, table: Mapping[str, Field], *cases: Case, free: tuple[str, ...] = (),
         label: str = "", at: tuple[str | int, ...] = ()) -> Row:  # fmt: skip
    verb, _, path = operation.partition(" ")
    return Row(f"{verb} /meta/v26.0{path}", body, table, at, cases, frozenset(free), True, label)


# requests that are right


def _nothing(meta: Meta) -> Body:
    return {}


def _standing(**params: Any) -> Make:
    """A tree that is there; its ids for the address."""

    def body(meta: Meta) -> Body:
        campaign, adset, ad = meta.tree(live=False)
        creative = meta.get(ad, fields="creative")["creative"]["id"]
        ids = {"campaign": campaign, "adset": adset, "ad": ad, "adcreative": creative}
        return {"_ids": ids | _others(meta), **params}

    return body


def _others(meta: Meta) -> Mapping[str, str]:
    return {"page": meta.line["page_id"], "instagram": meta.line["instagram_user_id"],
            "adspixel": meta.line["pixel_id"]}  # fmt: skip


def _video(meta: Meta) -> Body:
    made = meta.post(f"{meta.account}/advideos", file_url="https://example.com/v.mp4")["id"]
    meta.sandbox.advance("PT10S")
    return {"_ids": {"advideo": made}}


def _run(meta: Meta) -> Body:
    made = meta.post(f"{meta.account}/insights")["report_run_id"]
    meta.sandbox.advance("PT10S")
    return {"_ids": {"run": made}}


def _adset(meta: Meta) -> Body:
    return meta.adset(meta.post(f"{meta.account}/campaigns", **meta.campaign())["id"])


def _ad(meta: Meta) -> Body:
    _, adset, _ = meta.tree(live=False)
    return meta.ad(adset, meta.post(f"{meta.account}/adcreatives", **meta.creative())["id"])


def _unused_creative(meta: Meta) -> Body:
    return {"_ids": {"adcreative": meta.post(f"{meta.account}/adcreatives", **meta.creative())["id"]}}


def _feed(meta: Meta) -> Body:
    feed = {
        "images": [{"hash": meta.image()}],
        "bodies": [{"text": "Spring is here"}],
        "titles": [{"text": "Run faster"}],
        "descriptions": [{"text": "All shoes"}],
        "link_urls": [{"website_url": "https://example.com"}],
        "call_to_action_types": ["SHOP_NOW"],
        "ad_formats": ["SINGLE_IMAGE"],
    }
    return {"name": "A feed", "object_story_spec": {"page_id": meta.line["page_id"]}, "asset_feed_spec": feed}


def _film(meta: Meta) -> Body:
    video = _video(meta)["_ids"]["advideo"]
    data = {"video_id": video, "image_hash": meta.image(), "message": "Spring"}
    return {"name": "A film", "object_story_spec": {"page_id": meta.line["page_id"], "video_data": data}}


def _image(meta: Meta) -> Body:
    return {"bytes": base64.b64encode(png(1200, 628)).decode()}


def _batch(meta: Meta) -> Body:
    return {"batch": [{"method": "GET", "relative_url": "v26.0/me"}]}


# facts that several rows share

_FIELDS = by_hand(100, fields="colour")
_LISTED = {"fields": anything(), "limit": anything(), "after": anything(), "before": anything()}
_PAGES = (*by_hand(100, limit=("0", "no", "5001")), *by_hand(100, after="no"), *by_hand(100, before="no"), *_FIELDS)
_FILTERS = by_hand(
    100,
    filtering=(
        [{"field": "name", "operator": "IS", "value": "x"}],
        [{"field": "name", "operator": "EQUAL"}],
        "no",
    ),
)


def _money(*names: str, least: int = 0) -> tuple[Case, ...]:
    """Amounts that are no whole cents, negative, or below what Meta asks for."""
    found: tuple[Case, ...] = ()
    for name in names:
        found += (*by_hand(Rule.TYPE, **{name: ("50.00", 50.5, "fifty")}), *by_hand(Rule.TOO_SMALL, **{name: -1}))
        found += by_hand(1885272, **{name: least}) if least else ()
    return found


def _of_objects(edge: str) -> Row:
    more = {"filtering": anything(), "effective_status": anything(), "summary": anything()}
    return _row(f"GET {edge}", _standing(), _LISTED | more, *_PAGES, *_FILTERS)


def _edge(edge: str, make: Make = _nothing) -> Row:
    return _row(f"GET {edge}", make, _LISTED, *_PAGES)


def _node(kind: str, make: Make | None = None) -> Row:
    return _row(f"GET /{{{kind}}}", make or _standing(), {"fields": anything()}, *_FIELDS)


_RANGES = (
    *by_hand(100, time_range={"since": "23.11.2026", "until": "2026-11-24"}),
    *by_hand(100, time_range={"since": "2026-11-24", "until": "2026-11-23"}),
    *by_hand(3018, time_range={"since": "2023-01-01", "until": "2026-11-23"}),
)
_REPORT = (
    *_FIELDS,
    *_RANGES,
    *by_hand(100, time_increment=("hourly", "0", "91")),
    *by_hand(100, breakdowns="colour"),
    *by_hand(100, sort=(["colour_ascending"],)),
    *_FILTERS,
)


def _insights(scope: str) -> tuple[Row, Row]:
    asked = {"time_range": {"since": "2026-11-01", "until": "2026-11-23"}, "level": "ad", "fields": "spend"}
    paged = (*by_hand(100, limit="0"), *by_hand(100, after="no"))
    return (
        _row(f"GET {scope}/insights", _standing(**asked), request.TABLE, *_REPORT, *paged),
        _row(f"POST {scope}/insights", _standing(**asked), request.TABLE, *_REPORT),
    )


_TREE = (
    _row("POST /act_{id}/campaigns", lambda meta: meta.campaign(), tables.CAMPAIGN,
         *_money("daily_budget", "lifetime_budget", least=50),
         *by_hand(4834011, is_adset_budget_sharing_enabled=ABSENT),
         *by_hand(1815715, objective="LINK_CLICKS"),
         *by_hand("special_ad_category_country", special_ad_categories=(["HOUSING"],))),
    _row("POST /{campaign}", _standing(name="New"), objects.UPDATES["campaign"], *_money("spend_cap")),
    _row("POST /act_{id}/adsets", _adset, tables.ADSET, *_money("daily_budget", least=50),
         *_money("daily_spend_cap", "lifetime_spend_cap"),
         *by_hand(Rule.TYPE, bid_amount="1.50"), *by_hand("daily_budget", daily_budget=ABSENT),
         *by_hand("promoted_object", promoted_object=ABSENT)),
    _row("POST /act_{id}/adsets", _adset, targeting.TARGETING,
         *by_hand(1870227, targeting__targeting_automation=ABSENT),
         *by_hand(1885364, targeting__geo_locations=({},)), at=("targeting",), label="targeting"),
    _row("POST /{adset}", _standing(daily_budget=6000), objects.UPDATES["adset"], *_money("daily_budget", least=50)),
    _row("POST /act_{id}/adcreatives", lambda meta: meta.creative(), tables.CREATIVE,
         *by_hand("object_story_spec", object_story_spec=ABSENT)),
    _row("POST /act_{id}/adcreatives", _feed, tables.ASSET_FEED, label="asset feed", at=("asset_feed_spec",)),
    _row("POST /act_{id}/adcreatives", _film, tables.VIDEO_DATA.children or {}, label="video",
         at=("object_story_spec", "video_data")),
    _row("POST /{adcreative}", _standing(name="New"), objects.UPDATES["adcreative"]),
    _row("POST /act_{id}/ads", _ad, tables.AD, *by_hand("creative", creative=("1",)),
         *by_hand("creative_id", creative={"creative_id": "1"})),
    _row("POST /{ad}", _standing(name="New"), objects.UPDATES["ad"]),
    *(_row(f"DELETE /{{{kind}}}", _standing(), {"confirm": text()}, *by_hand(Rule.UNKNOWN, confirm="1"))
      for kind in ("campaign", "adset", "ad")),
    _row("DELETE /{adcreative}", _unused_creative, {"confirm": text()}, *by_hand(Rule.UNKNOWN, confirm="1")),
    *(_of_objects(f"/act_{{id}}/{edge}") for edge in objects.EDGES),
    *(_of_objects(edge) for edge in ("/{campaign}/adsets", "/{campaign}/ads", "/{adset}/ads", "/{ad}/adcreatives")),
    *(_node(kind) for kind in ("campaign", "adset", "adcreative", "ad", "page", "instagram", "adspixel")),
)  # fmt: skip
_REST = (
    _row("GET /me", _nothing, {"fields": anything()}, *_FIELDS),
    _edge("/me/adaccounts"),
    _edge("/me/accounts"),
    _row("GET /search", lambda meta: {"type": "adgeolocation", "q": "cal"}, people.SEARCH),
    _row("POST /", _batch, {"batch": calls.batch()}, free=("no_such_field",)),
    _row("GET /act_{id}", _nothing, {"fields": anything()}, *_FIELDS),
    *(_edge(f"/act_{{id}}/{edge}") for edge in people.LISTS),
    _row("GET /act_{id}/minimum_budgets", _nothing, {"bid_amount": anything()}),
    _row("GET /act_{id}/adimages", _nothing, _LISTED | {"hashes": array(text())}, *_PAGES),
    _row("POST /act_{id}/adimages", _image, media.IMAGE, *by_hand("bytes", bytes=(ABSENT, "***")),
         *by_hand(1487411, bytes=base64.b64encode(b"no image").decode())),
    _row("DELETE /act_{id}/adimages", lambda meta: {"hash": meta.image()}, {"hash": text(required=True)}),
    _row("GET /act_{id}/advideos", _nothing, _LISTED, *_PAGES),
    _row("POST /act_{id}/advideos", lambda meta: {"file_url": "https://example.com/v.mp4"}, media.VIDEO,
         *by_hand(1363030, file_url=ABSENT), *by_hand("file_size", upload_phase="start")),
    _node("advideo", _video),
    _row("DELETE /{advideo}", _video, {"confirm": text()}, *by_hand(Rule.UNKNOWN, confirm="1")),
    _edge("/{page}/instagram_accounts", _standing()),
    *(row for scope in ("/act_{id}", "/{campaign}", "/{adset}", "/{ad}") for row in _insights(scope)),
    _node("run", _run),
    _row("GET /{run}/insights", _run, _LISTED, *_PAGES),
)  # fmt: skip
ROWS = (*_TREE, *_REST)
