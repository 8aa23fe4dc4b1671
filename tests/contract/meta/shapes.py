"""Holds calls that somebody made against the SDK's own parameter types, enums and field names; strangers are refused.

Reads {"calls": [{"method", "path", "kind", "params"}]}: parameters as they were sent, all text; `kind` names the node
behind an id. Tells what does not fit, and which of the SDK's methods were held against.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi, FacebookRequest
from facebook_business.session import FacebookSession

#: What a call may always carry (Graph API: secure calls, paging, field expansion, filtering of edges).
ALWAYS = {"appsecret_proof", "fields", "limit", "after", "filtering"}
#: Fields of an edge that are none of the node's, so that the SDK lacks them (User reference, edge "accounts").
OF_EDGES = {"get_accounts": {"tasks"}}
#: Classes of parameters that the SDK leaves as maps or objects.
CLASSES = {
    "promoted_object": "AdPromotedObject",
    "degrees_of_freedom_spec": "AdCreativeDegreesOfFreedomSpec",
    "contextual_multi_ads": "AdCreativeContextualMultiAds",
    "bid_constraints": "AdCampaignBidConstraint",
    "adset_schedule": "list<DayPart>",
}
NODES = {"campaign": Campaign, "ad_group": AdSet, "ad": Ad, "video": AdVideo, "run": AdReportRun, "account": AdAccount}
EDGES: dict[tuple[str, str, str], str] = {
    ("POST", "account", "campaigns"): "create_campaign",
    ("POST", "account", "adsets"): "create_ad_set",
    ("POST", "account", "adcreatives"): "create_ad_creative",
    ("POST", "account", "ads"): "create_ad",
    ("POST", "account", "adimages"): "create_ad_image",
    ("POST", "account", "advideos"): "create_ad_video",
    ("POST", "account", "insights"): "get_insights_async",
    ("GET", "account", "campaigns"): "get_campaigns",
    ("GET", "account", "adsets"): "get_ad_sets",
    ("GET", "account", "adcreatives"): "get_ad_creatives",
    ("GET", "account", "ads"): "get_ads",
    ("GET", "account", "adimages"): "get_ad_images",
    ("GET", "account", "advideos"): "get_ad_videos",
    ("GET", "account", "adspixels"): "get_ads_pixels",
    ("GET", "account", "instagram_accounts"): "get_instagram_accounts",
    ("GET", "account", "insights"): "get_insights",
    ("GET", "campaign", "adsets"): "get_ad_sets",
    ("GET", "campaign", "ads"): "get_ads",
    ("GET", "run", "insights"): "get_insights",
    ("GET", "me", "adaccounts"): "get_ad_accounts",
    ("GET", "me", "accounts"): "get_accounts",
    ("GET", "me", "permissions"): "get_permissions",
    ("DELETE", "me", "permissions"): "delete_permissions",
}
UPDATES = {"GET": "api_get", "POST": "api_update", "DELETE": "api_delete"}


def method_of(call: dict[str, Any]) -> tuple[str, Callable[..., Any]]:
    """The SDK's method for a call, by its name there."""
    root, _, edge = call["path"].partition("/")
    kind = "account" if root.startswith("act_") else ("me" if root == "me" else call["kind"])
    owner = User("me") if kind == "me" else NODES[kind](root)
    name = EDGES[call["method"], kind, edge] if edge else UPDATES[call["method"]]
    return f"{type(owner).__name__}.{name}", getattr(owner, name)


def class_of(name: str) -> Any:
    """One of the SDK's classes, None for a name that is none."""
    try:
        return getattr(importlib.import_module(f"facebook_business.adobjects.{name.lower()}"), name)
    except ImportError:
        return None


def misfits(value: Any, type_: str, enums: dict[str, Any], path: str) -> Iterator[str]:
    """Everything of a value that is not of a type."""
    inner = re.fullmatch(r"(list|map)<(.*)>", type_)
    if type_ in enums:
        if value not in list(enums[type_]):
            yield f"{path}: {value!r} is no {type_}"
    elif inner and inner[1] == "list":
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
        for place, one in enumerate(value if isinstance(value, list) else ()):
            yield from misfits(one, inner[2], enums, f"{path}[{place}]")
    elif type_ in PRIMITIVES:
        if not PRIMITIVES[type_](value):
            yield f"{path}: {value!r} is no {type_}"
    elif type_.startswith("map") or (class_ := class_of(type_)) is None:
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no {type_}"
    else:
        yield from _object(value, class_, path)


def _object(value: Any, class_: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no {class_.__name__}"
        return
    if class_.__name__ == "AdCreative" and set(value) == {"creative_id"}:
        yield from misfits(value["creative_id"], "string", {}, f"{path}.creative_id")
        return  # how an ad names a creative that stands; the class calls it id
    enums = class_._get_field_enum_info()
    for name, one in value.items():
        if name not in class_._field_types:
            yield f"{path}.{name}: {class_.__name__} has no such field"
        else:
            yield from misfits(one, class_._field_types[name], enums, f"{path}.{name}")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_datetime(value: Any) -> bool:
    if _is_whole(value):
        return True
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z").tzinfo is not None
    except (TypeError, ValueError):
        return False


PRIMITIVES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "unsigned int": lambda value: _is_whole(value) and value >= 0,
    "int": _is_whole,
    "float": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "datetime": _is_datetime,
    "Object": lambda value: isinstance(value, dict),
    "file": lambda value: isinstance(value, str),
    "map": lambda value: isinstance(value, dict),
}


def read(text: str, type_: str, enums: dict[str, Any]) -> Any:
    """A parameter's value from its text: texts, enums and files as they are, the rest as JSON."""
    if type_ in ("string", "file", *enums) or (type_ == "datetime" and not text.isdigit()):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def held(call: dict[str, Any]) -> Iterator[str]:
    """What of a call does not fit the SDK's method for it."""
    name, method = method_of(call)
    asked: FacebookRequest = method(params={}, pending=True)
    types, enums = asked._param_checker._type_check_info, asked._param_checker._enum_data
    params = dict(call["params"])
    fields = params.pop("fields", "")
    for field in re.sub(r"\{[^{}]*\}", "", fields).split(",") if fields else ():
        if field not in _readable(asked, call):
            yield f"{name}: there is no field {field}"
    for param, text in params.items():
        if param not in types and param not in ALWAYS and param not in call.get("files", ()):
            yield f"{name}: there is no parameter {param}"
        elif param in types:
            type_ = CLASSES.get(param, types[param])
            yield from (f"{name}: {each}" for each in misfits(read(text, type_, enums), type_, enums, param))


def _readable(asked: FacebookRequest, call: dict[str, Any]) -> set[str]:
    """The fields that may be asked for. A run begun by POST is asked for those of its report."""
    if call["method"] == "POST" and call["path"].endswith("/insights"):
        return set(class_of("AdsInsights").Field.__dict__.values())
    edge = EDGES.get((call["method"], call["path"].partition("/")[0], call["path"].partition("/")[2]), "")
    return set(asked._accepted_fields) | OF_EDGES.get(edge, set())


def main() -> None:
    FacebookAdsApi.set_default_api(FacebookAdsApi(FacebookSession("1", "secret", "token")))
    given = json.load(sys.stdin)["calls"]
    problems = [problem for call in given for problem in held(call)]
    seen = sorted({method_of(call)[0] for call in given})
    sys.stdout.write(json.dumps({"problems": sorted(set(problems)), "seen": seen}) + "\n")


main()
