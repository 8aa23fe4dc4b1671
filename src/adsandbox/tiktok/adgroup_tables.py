"""What ad groups accept on create and update. Tables only; `adgroups.py` holds the rules between fields.

Source: field names and types of the official SDK's AdgroupCreateBody and AdgroupUpdateBody; enumerations of
TikTok API for Business. A field that is only in CREATE cannot be changed.
"""

import re

from adsandbox.schema import Field, anything, array, boolean, enum, integer, number, obj, text
from adsandbox.tiktok import idempotency, vocabulary
from adsandbox.tiktok.api import ids
from adsandbox.tiktok.text import name

_TIME = text(pattern=re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"))
_REQUIRED_TIME = text(pattern=_TIME.pattern, required=True)
_MANY = ids(least=0, most=3000)
_ACTION = obj(
    {
        "action_scene": enum("VIDEO_RELATED", "CREATOR_RELATED", "HASHTAG_RELATED"),
        "action_period": integer(least=0),
        "video_user_actions": array(text()),
        "action_category_ids": array(text()),
    }
)
_CUSTOM_ACTION = obj({"code": enum("VIEW_PRODUCT", "ADD_TO_CART", "PURCHASE"), "days": integer(least=1, most=180)})
_KEYWORD = obj(
    {
        "keyword": text(least=1, required=True),
        "match_type": enum("EXACT_WORD", "PHRASE_WORD", "BROAD_WORD"),
        "keyword_bid": number(),
        "keyword_bid_type": text(),
    }
)

_TARGETING: dict[str, Field] = {
    "location_ids": _MANY,
    "zipcode_ids": _MANY,
    "languages": array(enum(*vocabulary.LANGUAGES)),
    "gender": enum(*vocabulary.GENDERS),
    "age_groups": array(enum(*vocabulary.AGE_GROUPS)),
    "operating_systems": array(enum(*vocabulary.SYSTEMS), most=1),
    "min_android_version": text(),
    "min_ios_version": text(),
    "ios14_targeting": enum("UNSET", "IOS14_MINUS", "IOS14_PLUS", "ALL"),
    "device_model_ids": _MANY,
    "device_price_ranges": array(integer(least=0, most=10000), most=2),
    "network_types": array(enum(*vocabulary.NETWORKS)),
    "carrier_ids": _MANY,
    "isp_ids": _MANY,
    "interest_category_ids": _MANY,
    "interest_keyword_ids": _MANY,
    "purchase_intention_keyword_ids": _MANY,
    "audience_ids": _MANY,
    "excluded_audience_ids": _MANY,
    "audience_rule": anything(),
    "audience_type": text(),
    "saved_audience_id": text(),
    "smart_audience_enabled": boolean(),
    "smart_interest_behavior_enabled": boolean(),
    "spending_power": enum("ALL", "HIGH"),
    "household_income": array(enum("TOP5", "TOP10", "TOP10_25", "TOP25_50")),
    "actions": array(_ACTION),
    "included_custom_actions": array(_CUSTOM_ACTION),
    "excluded_custom_actions": array(_CUSTOM_ACTION),
    "included_pangle_audience_package_ids": _MANY,
    "excluded_pangle_audience_package_ids": _MANY,
    "blocked_pangle_app_ids": _MANY,
    "contextual_tag_ids": _MANY,
    "category_exclusion_ids": _MANY,
    "vertical_sensitivity_id": text(),
    "shopping_ads_retargeting_type": text(),
    "shopping_ads_retargeting_actions_days": integer(least=1, most=180),
    "shopping_ads_retargeting_custom_audience_relation": enum("OR", "AND"),
    "search_keywords": array(_KEYWORD),
    "automated_keywords_enabled": boolean(),
}
_MONEY_AND_TIME: dict[str, Field] = {
    "bid_type": enum(*vocabulary.BID_TYPES),
    "bid_price": number(),
    "conversion_bid_price": number(),
    "deep_bid_type": enum(*vocabulary.DEEP_BID_TYPES),
    "deep_cpa_bid": number(),
    "roas_bid": number(least=0.01, most=1000),
    "next_day_retention": number(least=0, most=1),
    "schedule_end_time": _TIME,
    "dayparting": text(pattern=re.compile(r"[01]{336}")),
    "frequency": number(least=1, most=1000),
    "frequency_schedule": number(least=1, most=30),
}
_SETTINGS: dict[str, Field] = {
    "comment_disabled": boolean(),
    "share_disabled": boolean(),
    "search_result_enabled": boolean(),
    "brand_safety_type": enum(*vocabulary.BRAND_SAFETY),
    "secondary_optimization_event": text(),
    "deep_funnel_optimization_status": enum("ON", "OFF"),
    "deep_funnel_event_source": enum("PIXEL", "OFFLINE", "CRM"),
    "deep_funnel_event_source_id": text(),
    "deep_funnel_optimization_event": text(),
    "is_hfss": boolean(),
    "is_lhf_compliance": boolean(),
    "catalog_authorized_bc_id": text(),
}
_FIXED: dict[str, Field] = {
    "promotion_type": enum(*vocabulary.PROMOTION_TYPES),
    "promotion_target_type": enum("INSTANT_PAGE", "EXTERNAL_WEBSITE"),
    "promotion_website_type": enum("UNSET", "TIKTOK_NATIVE_PAGE"),
    "placement_type": enum(*vocabulary.PLACEMENT_TYPES),
    "placements": array(enum(*vocabulary.PLACEMENTS)),
    "tiktok_subplacements": array(enum("IN_FEED", "SEARCH_FEED")),
    "pixel_id": text(least=1),
    "optimization_event": enum(*vocabulary.WEB_EVENTS, *vocabulary.OTHER_EVENTS),
    "custom_conversion_id": text(),
    "video_download_disabled": boolean(),
    "click_attribution_window": enum(*vocabulary.WINDOWS),
    "view_attribution_window": enum("OFF", "ONE_DAY", "SEVEN_DAYS"),
    "engaged_view_attribution_window": enum("ONE_DAY", "SEVEN_DAYS"),
    "attribution_event_count": enum("UNSET", "EVERY", "ONCE"),
    "bid_display_mode": enum("CPMV", "CPV"),
    "creative_material_mode": enum("CUSTOM", "SMART_CREATIVE"),
    "statistic_type": enum("EVERYTIME", "NONE"),
    "vbo_window": enum("SEVEN_DAYS", "ZERO_DAY"),
    "skip_learning_phase": boolean(),
    "brand_safety_partner": enum("IAS", "OPEN_SLATE"),
    "adgroup_app_profile_page_state": enum("ON", "OFF"),
    "app_id": text(),
    "app_config": array(obj({"app_id": text()})),
    "identity_id": text(),
    "identity_type": enum(*vocabulary.IDENTITY_TYPES),
    "identity_authorized_bc_id": text(),
    "catalog_id": text(),
    "product_source": enum("CATALOG", "STORE", "SHOWCASE", "UNSET"),
    "shopping_ads_type": enum("VIDEO", "LIVE", "PRODUCT_SHOPPING_ADS"),
    "store_id": text(),
    "store_authorized_bc_id": text(),
    "message_event_set_id": text(),
    "messaging_app_type": enum("MESSENGER", "WHATSAPP", "ZALO", "LINE", "IM_URL"),
    "messaging_app_account_id": text(),
    "phone_number": text(),
    "phone_region_code": text(),
    "phone_region_calling_code": text(),
}

CREATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "campaign_id": text(required=True, least=1),
    "adgroup_name": name(required=True),
    "request_id": idempotency.KEY,
    "operation_status": enum(*vocabulary.OPERATION_STATUS),
    "optimization_goal": enum(*vocabulary.BILLING, required=True),
    "billing_event": enum(*vocabulary.BILLING_EVENTS, required=True),
    "budget_mode": enum(*vocabulary.BUDGET_MODES, required=True),
    "budget": number(required=True),
    "pacing": enum(*vocabulary.PACINGS, required=True),
    "schedule_type": enum(*vocabulary.SCHEDULES, required=True),
    "schedule_start_time": _REQUIRED_TIME,
    **_FIXED,
    **_TARGETING,
    **_MONEY_AND_TIME,
    **_SETTINGS,
}

UPDATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "adgroup_id": text(required=True, least=1),
    "adgroup_name": name(),
    "budget": number(),
    "pacing": enum(*vocabulary.PACINGS),
    "schedule_type": enum(*vocabulary.SCHEDULES),
    "schedule_start_time": _TIME,
    **_TARGETING,
    **_MONEY_AND_TIME,
    **_SETTINGS,
    "exclude_age_under_eighteen": boolean(),
    "auto_targeting_enabled": boolean(),
    "targeting_expansion": obj({"expansion_enabled": boolean(), "expansion_types": array(text())}),
}

BUDGETS: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "budget": array(
        obj({"adgroup_id": text(required=True, least=1), "budget": number(required=True)}),
        least=1,
        most=20,
        required=True,
    ),
}

#: What answers show, in this order, after ids, names and status.
READABLE = tuple(
    key
    for key in CREATE
    if key not in ("advertiser_id", "campaign_id", "adgroup_name", "request_id", "operation_status")
)
