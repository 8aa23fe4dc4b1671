"""/campaign/get/, /adgroup/get/, /ad/get/: filter, choose fields, page. Deleted objects only when asked for.

Source: TikTok API for Business; filter names of the official SDK.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from adsandbox.schema import Field, array, boolean, enum, obj, text
from adsandbox.store import Entity
from adsandbox.tiktok import adgroup_rules, adgroups, ads, campaigns, standing, vocabulary, wire
from adsandbox.tiktok.api import Call, Operation, ids, page, page_fields
from adsandbox.tiktok.standing import Observer

Row = dict[str, Any]

_ANY_LEVEL: dict[str, Field] = {
    "primary_status": enum(*vocabulary.PRIMARY_STATUS),
    "secondary_status": text(),
    "objective_type": enum(*vocabulary.OBJECTIVES),
    "optimization_goal": enum(*vocabulary.BILLING),
    "creation_filter_start_time": text(),
    "creation_filter_end_time": text(),
    "buying_types": array(enum("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")),
    "campaign_system_origins": array(enum("PROMOTE", "TT_ADS_PLATFORM")),
}
_CAMPAIGN_FILTER: dict[str, Field] = {
    "campaign_ids": ids(),
    "campaign_name": text(),
    "campaign_type": enum("REGULAR_CAMPAIGN", "IOS14_CAMPAIGN"),
    "campaign_product_source": enum("CATALOG", "STORE"),
    "is_smart_performance_campaign": boolean(),
    "sales_destination": enum("TIKTOK_SHOP", "WEBSITE", "APP"),
    "split_test_enabled": boolean(),
    "creative_campaign_type": array(text()),
    **_ANY_LEVEL,
}
_ADGROUP_FILTER: dict[str, Field] = {
    "campaign_ids": ids(),
    "adgroup_ids": ids(),
    "adgroup_name": text(),
    "billing_events": array(enum(*vocabulary.BILLING_EVENTS)),
    "bid_strategy": text(),
    "promotion_type": enum(*vocabulary.PROMOTION_TYPES),
    "creative_material_mode": enum("CUSTOM", "DYNAMIC", "SMART_CREATIVE"),
    "split_test_enabled": boolean(),
    **_ANY_LEVEL,
}
_AD_FILTER: dict[str, Field] = {
    "campaign_ids": ids(),
    "adgroup_ids": ids(),
    "ad_ids": ids(),
    "ad_name": text(),
    "creative_material_mode": enum("CUSTOM", "DYNAMIC", "SMART_CREATIVE"),
    "modified_after": text(),
    "destination": text(),
    **_ANY_LEVEL,
}
#: Filters that TikTok has, and the sandbox does not apply: refused, lest they seem to match everything.
_NOT_IMITATED = ("creative_campaign_type", "bid_strategy", "destination")


def _table(filtering: Mapping[str, Field]) -> dict[str, Field]:
    return {
        "advertiser_id": text(required=True, least=1),
        "filtering": obj(filtering),
        "fields": array(text()),
        "exclude_field_types_in_response": array(enum("NULL_FIELD")),
        **page_fields(),
    }


def get_campaigns(call: Call) -> dict[str, Any]:
    """Campaigns of the advertiser, newest first."""
    observer = Observer(call.world, call.now)
    found = everything(call, campaigns.TYPE)
    return answer(call, [campaigns.shown(c) | {"secondary_status": observer.campaign(c)} for c in found])


def get_adgroups(call: Call) -> dict[str, Any]:
    """Ad groups of the advertiser, newest first."""
    observer, rows = Observer(call.world, call.now), []
    for group in everything(call, adgroups.TYPE):
        campaign = above(call, group)
        extra = {"objective_type": campaign.fields["objective_type"]}
        rows.append(adgroups.shown(group, campaign) | extra | {"secondary_status": observer.adgroup(group)})
    return answer(call, rows, hidden=("objective_type",))


def get_ads(call: Call) -> dict[str, Any]:
    """Ads of the advertiser, newest first."""
    observer, rows = Observer(call.world, call.now), []
    for ad in everything(call, ads.TYPE):
        if ad.private.get("smart_plus"):
            continue
        group = above(call, ad)
        campaign = above(call, group)
        extra = {
            "objective_type": campaign.fields["objective_type"],
            "optimization_goal": group.fields["optimization_goal"],
        }
        rows.append(ads.shown(ad, group, campaign) | extra | {"secondary_status": observer.ad(ad)})
    return answer(call, rows, hidden=("objective_type", "optimization_goal"))


def everything(call: Call, type_: str) -> list[Entity]:
    """The advertiser's objects of one type, newest first, deleted ones too."""
    found = call.world.store.all(wire.NAME, type_=type_, deleted=True)
    mine = [e for e in reversed(list(found)) if e.account_id == call.account.id]
    return [e for e in mine if call.world.lag.lists(e)]


def above(call: Call, entity: Entity) -> Entity:
    """The object one level up."""
    parent = call.world.store.parent(entity)
    if parent is None:
        raise LookupError(f"{entity.type} {entity.id} has no parent")
    return parent


def answer(call: Call, rows: list[Row], *, hidden: Iterable[str] = ()) -> dict[str, Any]:
    """The rows that fit `filtering`, in the fields and page asked for; `hidden` keys only serve filters."""
    wanted: dict[str, Any] = call.args.get("filtering", {})
    tests = _tests(wanted)
    rows = [row for row in rows if all(test(row) for test in tests)]
    shown, numbers = page(call, rows)
    return {"list": [_chosen(call, row, set(hidden)) for row in shown], "page_info": numbers}


def _tests(wanted: Mapping[str, Any]) -> list[Callable[[Row], bool]]:
    for name in _NOT_IMITATED:
        if name in wanted:
            wire.bad(f"filtering.{name}", "Not imitated by this sandbox.")
    status = wanted.get("primary_status", "STATUS_NOT_DELETE")
    tests: list[Callable[[Row], bool]] = [lambda row: standing.fits(row["secondary_status"], status)]
    tests += [_TESTS[name](name, value) for name, value in wanted.items() if name in _TESTS]
    return tests


def _one_of(name: str, value: Any) -> Callable[[Row], bool]:
    key = name.removesuffix("s")
    return lambda row: row[key] in value


def _equals(name: str, value: Any) -> Callable[[Row], bool]:
    return lambda row: bool(row.get(name) == value)


def _contains(name: str, value: Any) -> Callable[[Row], bool]:
    return lambda row: str(value).lower() in str(row[name]).lower()


def _since(key: str) -> Callable[[str, Any], Callable[[Row], bool]]:
    def made(name: str, value: Any) -> Callable[[Row], bool]:
        bound = adgroup_rules.instant(f"filtering.{name}", value)
        return lambda row: _time(row[key]) >= bound

    return made


def _until(name: str, value: Any) -> Callable[[Row], bool]:
    bound = adgroup_rules.instant(f"filtering.{name}", value)
    return lambda row: _time(row["create_time"]) <= bound


def _time(text: str) -> datetime:
    return adgroup_rules.instant("create_time", text)


_TESTS: dict[str, Callable[[str, Any], Callable[[Row], bool]]] = {
    "campaign_ids": _one_of,
    "adgroup_ids": _one_of,
    "ad_ids": _one_of,
    "smart_plus_ad_ids": _one_of,
    "billing_events": _one_of,
    "campaign_name": _contains,
    "adgroup_name": _contains,
    "ad_name": _contains,
    "secondary_status": _equals,
    "objective_type": _equals,
    "optimization_goal": _equals,
    "promotion_type": _equals,
    "campaign_type": _equals,
    "is_smart_performance_campaign": _equals,
    "creative_material_mode": lambda name, value: lambda row: row.get(name, value) == value,
    "creation_filter_start_time": _since("create_time"),
    "modified_after": _since("modify_time"),
    "creation_filter_end_time": _until,
    "buying_types": lambda name, value: lambda row: "AUCTION" in value,
    "campaign_system_origins": lambda name, value: lambda row: "TT_ADS_PLATFORM" in value,
    "split_test_enabled": lambda name, value: lambda row: value is False,
}


def _chosen(call: Call, row: Row, hidden: set[str]) -> Row:
    row = {key: value for key, value in row.items() if key not in hidden}
    wanted = call.args.get("fields")
    if wanted is not None:
        if unknown := [name for name in wanted if name not in row]:
            wire.bad("fields", f"Invalid fields: {unknown}.")
        row = {name: row[name] for name in wanted}
    if call.args.get("exclude_field_types_in_response"):
        row = {key: value for key, value in row.items() if value is not None}
    return row


OPERATIONS = (
    Operation("GET", "campaign/get", _table(_CAMPAIGN_FILTER), get_campaigns),
    Operation("GET", "adgroup/get", _table(_ADGROUP_FILTER), get_adgroups),
    Operation("GET", "ad/get", _table(_AD_FILTER), get_ads),
)
