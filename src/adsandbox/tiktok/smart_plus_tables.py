"""What the Smart+ endpoints accept. Tables only.

Source: field names and required fields of the official SDK's SmartPlus…CreateBody models.
"""

from adsandbox.schema import Field, array, boolean, enum, number, obj, text
from adsandbox.tiktok import ad_tables, adgroup_tables, campaigns, idempotency, vocabulary
from adsandbox.tiktok.api import ids, page_fields
from adsandbox.tiktok.text import name, width

_MODES = ("BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "BUDGET_MODE_TOTAL")

CAMPAIGN: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "campaign_name": name(required=True),
    "objective_type": enum(*vocabulary.SMART_PLUS_OBJECTIVES, required=True),
    "request_id": idempotency.REQUIRED_KEY,
    "operation_status": enum(*vocabulary.OPERATION_STATUS),
    "budget_optimize_on": boolean(),
    "budget_mode": enum(*_MODES),
    "budget": number(),
    "bid_align_type": enum("SAN", "SKAN"),
    "sales_destination": enum("WEBSITE", "APP", "WEB_AND_APP"),
    "catalog_type": text(),
    "is_promotional_campaign": boolean(),
    "open_api_partner": text(),
    **{
        key: campaigns.CREATE[key]
        for key in (
            "app_id", "app_promotion_type", "campaign_app_profile_page_state", "campaign_type",
            "catalog_enabled", "disable_skan_campaign", "is_advanced_dedicated_campaign", "po_number",
            "postback_window_mode", "special_industries",
        )
    },
}  # fmt: skip

_TARGETING_KEYS = (
    "actions", "age_groups", "audience_ids", "blocked_pangle_app_ids", "carrier_ids", "device_model_ids",
    "device_price_ranges", "excluded_audience_ids", "excluded_pangle_audience_package_ids", "gender",
    "household_income", "included_pangle_audience_package_ids", "interest_category_ids",
    "interest_keyword_ids", "isp_ids", "languages", "location_ids", "min_android_version", "min_ios_version",
    "network_types", "operating_systems", "purchase_intention_keyword_ids", "saved_audience_id",
    "smart_audience_enabled", "smart_interest_behavior_enabled", "spending_power", "zipcode_ids",
)  # fmt: skip
TARGETING: dict[str, Field] = {
    **{key: adgroup_tables.CREATE[key] for key in _TARGETING_KEYS},
    "spc_audience_age": text(),
}

_GROUP_KEYS = (
    "app_id", "attribution_event_count", "bid_price", "bid_type", "catalog_authorized_bc_id", "catalog_id",
    "click_attribution_window", "comment_disabled", "conversion_bid_price", "custom_conversion_id",
    "dayparting", "deep_bid_type", "deep_funnel_event_source", "deep_funnel_event_source_id",
    "deep_funnel_optimization_event", "deep_funnel_optimization_status", "engaged_view_attribution_window",
    "identity_authorized_bc_id", "identity_id", "identity_type", "message_event_set_id",
    "messaging_app_account_id", "messaging_app_type", "operation_status", "optimization_event", "pixel_id",
    "placement_type", "placements", "product_source", "promotion_target_type", "promotion_website_type",
    "roas_bid", "schedule_end_time", "share_disabled", "vbo_window", "video_download_disabled",
    "view_attribution_window",
)  # fmt: skip
ADGROUP: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "campaign_id": text(required=True, least=1),
    "adgroup_name": name(required=True),
    "request_id": idempotency.REQUIRED_KEY,
    "promotion_type": enum(*vocabulary.PROMOTION_TYPES, required=True),
    "targeting_spec": obj(TARGETING, required=True),
    "optimization_goal": adgroup_tables.CREATE["optimization_goal"],
    "billing_event": adgroup_tables.CREATE["billing_event"],
    "schedule_type": adgroup_tables.CREATE["schedule_type"],
    "schedule_start_time": adgroup_tables.CREATE["schedule_start_time"],
    "budget_mode": enum("BUDGET_MODE_DAY", *_MODES),
    "budget": number(),
    "min_budget": number(),
    "deep_cpabid": number(),
    "suggestion_audience_enabled": boolean(),
    "targeting_optimization_mode": enum("AUTOMATIC", "MANUAL"),
    "movie_premiere_date": text(),
    "open_api_partner": text(),
    "zalo_id_type": text(),
    "phone_info": obj({"phone_number": text(), "phone_region_code": text(), "phone_region_calling_code": text()}),
    **{key: adgroup_tables.CREATE[key] for key in _GROUP_KEYS},
}

_CREATIVE = obj(
    {
        "ad_format": enum("SINGLE_VIDEO", "CAROUSEL_ADS", required=True),
        "video_info": obj({"video_id": text(required=True, least=1), "file_name": text()}),
        "image_info": array(obj({"web_uri": text(required=True, least=1)})),
        "music_info": obj({"music_id": text(required=True)}),
        "identity_type": enum(*vocabulary.IDENTITY_TYPES),
        "identity_id": text(),
        "identity_authorized_bc_id": text(),
        "tiktok_item_id": text(),
        "aigc_disclosure_type": enum("SELF_DISCLOSURE", "NOT_DECLARED"),
    },
    required=True,
)
_PHONE = obj({"phone_number": text(), "phone_region_code": text(), "phone_region_calling_code": text()})
_CONFIGURATION = obj(
    {
        "auto_disclaimer_types": array(text()),
        "catalog_creative_toggle": boolean(),
        "end_card_cta": text(),
        "fallback_type": ad_tables.CREATIVE["fallback_type"],
        "phone_info": _PHONE,
        "product_display_field_list": array(text()),
        "product_ids": ids(least=0),
        "product_set_id": text(),
        "product_specific_type": ad_tables.CREATIVE["product_specific_type"],
        "identity_type": enum(*vocabulary.IDENTITY_TYPES),
        "identity_id": text(),
        "dark_post_status": enum("ON", "OFF"),
        "call_to_action_id": text(),
        "utm_params": ad_tables.CREATIVE["utm_params"],
        "tracking_info": obj(
            {
                "click_tracking_url": text(),
                "impression_tracking_url": text(),
                "tracking_app_id": text(),
                "tracking_message_event_set_id": text(),
            }
        ),
    }
)
_EXTRAS: dict[str, Field] = {
    "deeplink_list": array(obj({"deeplink": text(), "deeplink_type": ad_tables.CREATIVE["deeplink_type"]})),
    "interactive_add_on_list": array(obj({"card_id": text()})),
    "page_list": array(obj({"page_id": text()})),
}
AD: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "adgroup_id": text(required=True, least=1),
    "ad_name": name(required=True),
    "operation_status": enum(*vocabulary.OPERATION_STATUS),
    "creative_list": array(obj({"creative_info": _CREATIVE}), required=True, least=1, most=50),
    "ad_text_list": array(
        obj({"ad_text": text(required=True, least=1, most=100, length=width)}), required=True, least=1, most=5
    ),
    "call_to_action_list": array(obj({"call_to_action": enum(*vocabulary.CALLS_TO_ACTION, required=True)})),
    "landing_page_url_list": array(obj({"landing_page_url": ad_tables.CREATIVE["landing_page_url"]})),
    "ad_configuration": _CONFIGURATION,
    "auto_message_list": array(obj({"auto_message_id": text()})),
    **_EXTRAS,
}

CAMPAIGN_UPDATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "campaign_id": text(required=True, least=1),
    "campaign_name": name(),
    "budget": number(),
    "po_number": text(),
}
_CHANGEABLE = (
    "bid_price", "budget", "comment_disabled", "conversion_bid_price", "dayparting", "min_budget",
    "movie_premiere_date", "roas_bid", "schedule_end_time", "schedule_type", "share_disabled",
    "suggestion_audience_enabled", "targeting_optimization_mode",
)  # fmt: skip
ADGROUP_UPDATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "adgroup_id": text(required=True, least=1),
    "adgroup_name": name(),
    "pacing": adgroup_tables.UPDATE["pacing"],
    "schedule_start_time": adgroup_tables.UPDATE["schedule_start_time"],
    "targeting_spec": obj(TARGETING),
    **{key: adgroup_tables.UPDATE.get(key) or ADGROUP[key] for key in _CHANGEABLE},
}
AD_UPDATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "smart_plus_ad_id": text(required=True, least=1),
    "ad_name": name(),
    "creative_list": array(obj({"creative_info": _CREATIVE}), least=1, most=50),
    "ad_text_list": array(obj({"ad_text": text(required=True, least=1, most=100, length=width)}), least=1, most=5),
    "call_to_action_list": AD["call_to_action_list"],
    "landing_page_url_list": AD["landing_page_url_list"],
    "ad_configuration": _CONFIGURATION,
    **_EXTRAS,
}

REVIEWS: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "smart_plus_ad_ids": ids(required=True),
    "lang": text(),
    "extra_info_setting": obj({"include_reject_info": boolean(), "include_violation_frame": boolean()}),
}


_FILTERS: dict[str, Field] = {
    "optimization_goal": enum(*vocabulary.BILLING),
    "promotion_type": enum(*vocabulary.PROMOTION_TYPES),
    "modified_after": text(),
}


def filter_table(*names: str) -> dict[str, Field]:
    """The query of a Smart+ get with these filters."""
    filtering: dict[str, Field] = {key: ids() if key.endswith("_ids") else _FILTERS.get(key) or text() for key in names}
    return {
        "advertiser_id": text(required=True, least=1),
        "filtering": obj(
            filtering
            | {
                "primary_status": enum(*vocabulary.PRIMARY_STATUS),
                "secondary_status": text(),
                "objective_type": enum(*vocabulary.OBJECTIVES),
                "creation_filter_start_time": text(),
                "creation_filter_end_time": text(),
            }
        ),
        "fields": array(text()),
        **page_fields(),
    }
