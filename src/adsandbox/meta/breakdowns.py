"""Breakdowns of insights: what a report may be split by, and how a row's figures fall to the parts.

Parts add up to the whole. Source: Marketing API, Insights API Breakdowns (read 2026-05); whom an ad reaches
follows its ad set's targeting.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from math import prod
from typing import Any

from adsandbox.meta import errors, places
from adsandbox.meta.words import words

#: Between the values of several breakdowns, in `weights`.
JOINT = "/"

HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
#: Since 2026-08-03 answered with no rows to accounts that did not opt in (out-of-cycle changes of 2026).
OPT_IN = frozenset({"hourly_stats_aggregated_by_audience_time_zone", "impression_device", "frequency_value"})
#: Breakdowns for which off-site conversions are left out ("Type 1").
WITHOUT_CONVERSIONS = frozenset({HOURLY, "hourly_stats_aggregated_by_audience_time_zone", "region", "dma"})

_AGES = {"13-17": 2, "18-24": 15, "25-34": 27, "35-44": 23, "45-54": 15, "55-64": 10, "65+": 7, "Unknown": 1}
_GENDERS = {"female": 52, "male": 46, "unknown": 2}
_DEVICES = {"mobile_app": 74, "mobile_web": 12, "desktop": 14}
_PLATFORMS = {"facebook": 60, "instagram": 32, "audience_network": 6, "messenger": 2}
_POSITIONS = {"feed": 58, "facebook_reels": 17, "story": 15, "marketplace": 10}
_PARTS = ("age", "gender", "country", "region", "device_platform", "publisher_platform", "platform_position")
#: What may be asked for together (section "Combining breakdowns"), each in any order.
_TOGETHER = (
    {"age", "gender"},
    {"publisher_platform", "platform_position"},
    {"publisher_platform", "device_platform"},
    {"publisher_platform", "platform_position", "device_platform"},
    {"publisher_platform", "impression_device"},
    {"publisher_platform", "platform_position", "impression_device"},
)
#: Names that Meta knows and the sandbox has no figures for.
_OTHERS = frozenset(
    words("""
        ad_extension_domain ad_extension_url ad_format_asset affiliate_click_region affiliate_link_url app_id
        body_asset breakdown_ad_objective breakdown_reporting_ad_id call_to_action_asset coarse_conversion_value
        comscore_market conversion_destination creative_automation_asset_id creative_fingerprint_details
        creative_format_classification creative_media_type_breakdown creative_relaxation_asset_type
        crm_advertiser_l12_territory_ids crm_advertiser_subvertical_id crm_advertiser_vertical_id
        crm_ult_advertiser_id description_asset dma existing_post_id fidelity_type flexible_format_asset_type
        gen_ai_asset_type hsid image_asset impression_view_time_advertiser_hour_v2 instagram_ads_follow_type
        instagram_ads_instagram_media_product_type instagram_ads_time_since_creation_bucket
        internal_campaign_id is_auto_advance is_conversion_id_modeled is_rendered_as_delayed_skip_ad
        landing_destination link_url_asset marketing_messages_btn_name mdsa_landing_destination
        media_asset_url media_creator media_destination_url media_format media_id media_origin_url
        media_text_content media_type mmm msa_seller_name overlap_segment pa_creator_ig_handle place_page_id
        placement_path postback_sequence_index product_brand_breakdown product_category_breakdown product_id
        product_custom_label_0_breakdown product_custom_label_1_breakdown product_custom_label_2_breakdown
        product_custom_label_3_breakdown product_custom_label_4_breakdown product_group_content_id_breakdown
        redownload reels_trending_topic rta_ugc_topic rule_set_id rule_set_name signal_source
        signal_source_bucket skan_campaign_id skan_conversion_id skan_version sot_attribution_model_type
        sot_attribution_window sot_channel sot_event_type sot_source standard_event_content_type title_asset
        user_persona_id user_persona_name video_asset zip
    """)
)


def check(names: tuple[str, ...]) -> None:
    """Raise GraphError for breakdowns that Meta has not, does not join, or that the sandbox cannot tell."""
    known = {*_PARTS, HOURLY, *OPT_IN}
    for place, name in enumerate(names):
        if name in _OTHERS:
            raise errors.plain(f"(#100) breakdowns[{place}] {name} is not supported by this sandbox")
        if name not in known:
            values = ", ".join(sorted(known | _OTHERS))
            raise errors.plain(f"(#100) breakdowns[{place}] must be one of the following values: {values}")
    if (len(names) > 1 and set(names) not in _TOGETHER) or names == ("platform_position",):
        raise errors.plain(
            f"(#100) Current combination of data breakdown columns (action_type, {', '.join(names)}) is invalid"
        )


def weights(names: Iterable[str], targeting: Mapping[str, Any]) -> dict[str, int]:
    """How an ad set's audience falls to the values of breakdowns; of several, their product: `18-24/female`."""
    each = [_one(name, targeting) for name in names]
    return {
        JOINT.join(value for value, _ in chosen): prod(share for _, share in chosen)
        for chosen in product(*(one.items() for one in each))
    }


def _one(name: str, targeting: Mapping[str, Any]) -> dict[str, int]:
    if name == "age":
        return _ages(targeting)
    if name == "gender":
        asked = {1: "male", 2: "female"}
        genders = [asked[one] for one in targeting.get("genders") or ()]
        return {one: _GENDERS[one] for one in genders} or dict(_GENDERS)
    if name == "country":
        return _countries(targeting)
    if name == "device_platform":
        return _devices(targeting)
    if name == "publisher_platform":
        chosen = targeting.get("publisher_platforms") or tuple(_PLATFORMS)
        return {one: _PLATFORMS.get(one, 1) for one in chosen}
    return {"unknown": 1} if name == "region" else dict(_POSITIONS)


def _ages(targeting: Mapping[str, Any]) -> dict[str, int]:
    low, high = targeting.get("age_min", 18), targeting.get("age_max", 65)
    found = {}
    for name, share in _AGES.items():
        first, _, last = name.replace("65+", "65-65").partition("-")
        if name == "Unknown" or (int(first) <= high and int(last) >= low):
            found[name] = share
    return found


def _countries(targeting: Mapping[str, Any]) -> dict[str, int]:
    """The earlier a country is named, the more of it."""
    found = sorted(places.countries(targeting.get("geo_locations") or {})) or ["unknown"]
    return {country: len(found) - place for place, country in enumerate(found)}


def _devices(targeting: Mapping[str, Any]) -> dict[str, int]:
    asked = targeting.get("device_platforms") or ("mobile", "desktop")
    found = {name: share for name, share in _DEVICES.items() if name.partition("_")[0] in asked}
    return found or {"unknown": 1}
