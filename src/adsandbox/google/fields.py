"""Which fields GAQL knows here: per resource name and type, the resources that may be joined, metrics,
segments."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from adsandbox.google import tables


class Kind(StrEnum):
    """How a field is compared and written."""

    INT = "int64"
    NUMBER = "double"
    TEXT = "string"
    NAME = "resource name"
    ENUM = "enum"
    BOOL = "bool"
    DATE = "date"
    MANY = "message"  # repeated or nested: may be selected, not compared


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of FROM. `parents` may be selected along with it; `metrics` says whether it has any."""

    fields: Mapping[str, Kind]
    parents: tuple[str, ...] = ("customer",)
    metrics: bool = False


def _kinds(**names: str) -> dict[str, Kind]:
    """`{field: kind}` from one string of names per kind."""
    return {name: Kind[kind] for kind, text in names.items() for name in text.split()}


_URLS = "tracking_url_template final_url_suffix"

_PEOPLE = ("customer", "campaign", "ad_group", "ad_group_criterion")

RESOURCES: Mapping[str, Resource] = {
    "customer": Resource(
        _kinds(
            INT="id",
            TEXT="descriptive_name currency_code time_zone tracking_url_template final_url_suffix",
            BOOL="manager test_account auto_tagging_enabled",
            ENUM="status contains_eu_political_advertising conversion_tracking_setting.conversion_tracking_status",
            NAME="resource_name conversion_tracking_setting.google_ads_conversion_customer",
        ),
        parents=(),
        metrics=True,
    ),
    "customer_client": Resource(
        _kinds(
            INT="id level",
            TEXT="descriptive_name currency_code time_zone",
            BOOL="manager test_account hidden",
            ENUM="status",
            NAME="resource_name client_customer",
        )
    ),
    "campaign": Resource(
        _kinds(
            INT="id target_spend.cpc_bid_ceiling_micros maximize_conversions.target_cpa_micros "
            "maximize_conversions.cpc_bid_ceiling_micros target_cpa.target_cpa_micros "
            "target_impression_share.location_fraction_micros target_impression_share.cpc_bid_ceiling_micros "
            "maximize_conversion_value.cpc_bid_ceiling_micros",
            NUMBER="maximize_conversion_value.target_roas target_roas.target_roas",
            TEXT=f"name start_date_time end_date_time {_URLS}",
            BOOL="network_settings.target_google_search network_settings.target_search_network "
            "network_settings.target_content_network network_settings.target_partner_search_network "
            "missing_eu_political_advertising_declaration manual_cpc.enhanced_cpc_enabled "
            "ai_max_setting.enable_ai_max",
            ENUM="status serving_status primary_status advertising_channel_type bidding_strategy_type "
            "contains_eu_political_advertising geo_target_type_setting.positive_geo_target_type "
            "geo_target_type_setting.negative_geo_target_type ad_serving_optimization_status "
            "target_impression_share.location",
            NAME="resource_name campaign_budget",
            MANY="primary_status_reasons url_custom_parameters asset_automation_settings "
            "selective_optimization.conversion_actions",
        ),
        parents=("customer", "campaign_budget"),
        metrics=True,
    ),
    "campaign_budget": Resource(
        _kinds(
            INT="id amount_micros total_amount_micros reference_count",
            TEXT="name",
            BOOL="explicitly_shared",
            ENUM="status delivery_method period type",
            NAME="resource_name",
        )
    ),
    "campaign_criterion": Resource(
        _kinds(
            INT="criterion_id ad_schedule.start_hour ad_schedule.end_hour "
            "proximity.geo_point.longitude_in_micro_degrees proximity.geo_point.latitude_in_micro_degrees",
            NUMBER="bid_modifier proximity.radius",
            TEXT="display_name keyword.text",
            BOOL="negative",
            ENUM="type status device.type ad_schedule.day_of_week ad_schedule.start_minute "
            "ad_schedule.end_minute proximity.radius_units keyword.match_type",
            NAME="resource_name campaign location.geo_target_constant language.language_constant",
        ),
        parents=("customer", "campaign"),
    ),
    "ad_group": Resource(
        _kinds(
            INT="id cpc_bid_micros effective_cpc_bid_micros target_cpa_micros",
            NUMBER="target_roas",
            TEXT=f"name {_URLS}",
            ENUM="status type primary_status ad_rotation_mode",
            NAME="resource_name campaign",
            BOOL="optimized_targeting_enabled",
            MANY="primary_status_reasons url_custom_parameters targeting_setting.target_restrictions",
        ),
        parents=("customer", "campaign"),
        metrics=True,
    ),
    "ad_group_criterion": Resource(
        _kinds(
            INT="criterion_id cpc_bid_micros effective_cpc_bid_micros",
            NUMBER="bid_modifier",
            TEXT="display_name keyword.text",
            BOOL="negative",
            ENUM="type status keyword.match_type age_range.type gender.type approval_status "
            "system_serving_status primary_status",
            NAME="resource_name ad_group user_interest.user_interest_category user_list.user_list",
            MANY="final_urls",
        ),
        parents=("customer", "campaign", "ad_group"),
    ),
    "ad_group_ad": Resource(
        _kinds(
            INT="ad.id",
            TEXT="ad.name ad.tracking_url_template ad.final_url_suffix ad.responsive_search_ad.path1 "
            "ad.responsive_search_ad.path2 ad.responsive_display_ad.business_name "
            "ad.responsive_display_ad.call_to_action_text",
            BOOL="ad.responsive_display_ad.control_spec.enable_asset_enhancements "
            "ad.responsive_display_ad.control_spec.enable_autogen_video",
            ENUM="status primary_status ad_strength ad.type policy_summary.review_status "
            "policy_summary.approval_status",
            NAME="resource_name ad_group ad.resource_name",
            MANY="primary_status_reasons ad.final_urls ad.final_mobile_urls ad.url_custom_parameters "
            "ad.responsive_search_ad.headlines ad.responsive_search_ad.descriptions "
            "ad.responsive_display_ad.headlines ad.responsive_display_ad.long_headline "
            "ad.responsive_display_ad.descriptions ad.responsive_display_ad.marketing_images "
            "ad.responsive_display_ad.square_marketing_images ad.responsive_display_ad.logo_images "
            "ad.responsive_display_ad.square_logo_images policy_summary.policy_topic_entries",
        ),
        parents=("customer", "campaign", "ad_group"),
        metrics=True,
    ),
    "asset": Resource(
        _kinds(
            INT="id image_asset.file_size image_asset.full_size.width_pixels image_asset.full_size.height_pixels",
            TEXT="name text_asset.text youtube_video_asset.youtube_video_id",
            ENUM="type source image_asset.mime_type synthetic_content_info.advertiser_attestation.status",
            NAME="resource_name",
        )
    ),
    "age_range_view": Resource(_kinds(NAME="resource_name"), parents=_PEOPLE, metrics=True),
    "gender_view": Resource(_kinds(NAME="resource_name"), parents=_PEOPLE, metrics=True),
    "user_location_view": Resource(
        _kinds(INT="country_criterion_id", BOOL="targeting_location", NAME="resource_name"),
        parents=("customer", "campaign"),
        metrics=True,
    ),
    "billing_setup": Resource(
        _kinds(INT="id", ENUM="status", NAME="resource_name payments_account", TEXT="start_date_time")
    ),
    "account_budget": Resource(
        _kinds(
            INT="id amount_served_micros total_adjustments_micros adjusted_spending_limit_micros "
            "approved_spending_limit_micros",
            TEXT="name approved_start_date_time",
            ENUM="status approved_spending_limit_type adjusted_spending_limit_type",
            NAME="resource_name billing_setup",
        )
    ),
    "user_list": Resource(
        _kinds(
            INT="id size_for_search size_for_display membership_life_span",
            TEXT="name description",
            BOOL="eligible_for_search eligible_for_display read_only",
            ENUM="type membership_status",
            NAME="resource_name",
        )
    ),
    "custom_conversion_goal": Resource(
        _kinds(INT="id", TEXT="name", ENUM="status", NAME="resource_name", MANY="conversion_actions")
    ),
    "conversion_goal_campaign_config": Resource(
        _kinds(ENUM="goal_config_level", NAME="resource_name campaign custom_conversion_goal"),
        parents=("customer", "campaign"),
    ),
    "campaign_conversion_goal": Resource(
        _kinds(ENUM="category origin", BOOL="biddable", NAME="resource_name campaign"),
        parents=("customer", "campaign"),
    ),
    "customer_conversion_goal": Resource(_kinds(ENUM="category origin", BOOL="biddable", NAME="resource_name")),
    "conversion_action": Resource(
        _kinds(
            INT="id click_through_lookback_window_days view_through_lookback_window_days",
            NUMBER="value_settings.default_value",
            TEXT="name value_settings.default_currency_code",
            BOOL="primary_for_goal include_in_conversions_metric value_settings.always_use_default_value",
            ENUM="status type category counting_type origin attribution_model_settings.attribution_model",
            NAME="resource_name owner_customer",
        )
    ),
}

METRICS: Mapping[str, Kind] = _kinds(
    INT="impressions clicks cost_micros interactions video_trueview_views",
    NUMBER="conversions conversions_value all_conversions all_conversions_value ctr average_cpc average_cpm "
    "average_cost cost_per_conversion conversions_from_interactions_rate value_per_conversion",
)
#: Metrics that v26 has, but not for Search campaigns.
NOT_FOR_SEARCH = frozenset({"unique_users", "average_impression_frequency_per_user"})
#: Metrics that may stand beside a conversion action's segments.
OF_CONVERSIONS = frozenset({"conversions", "conversions_value", "all_conversions", "all_conversions_value"})

SEGMENTS: Mapping[str, Kind] = _kinds(
    INT="hour year",
    TEXT="conversion_action_name",
    ENUM="day_of_week conversion_action_category device",
    DATE="date week month quarter",
    NAME="conversion_action",
)
CONVERSION_SEGMENTS = frozenset({"conversion_action", "conversion_action_name", "conversion_action_category"})
#: Segments that WHERE may name without SELECT.
CORE_DATES = frozenset({"date", "week", "month", "quarter", "year"})

#: Enum constants by the last part of a field's name, where a wrong one is refused.
CONSTANTS: Mapping[str, frozenset[str]] = {
    "campaign.status": frozenset(tables.STATUS),
    "ad_group.status": frozenset(tables.STATUS),
    "ad_group_ad.status": frozenset(tables.STATUS),
    "ad_group_criterion.status": frozenset(tables.STATUS),
    "campaign_criterion.status": frozenset(tables.STATUS),
    "campaign_budget.status": frozenset({"ENABLED", "REMOVED"}),
    "customer_client.status": frozenset({"ENABLED", "CANCELED", "SUSPENDED", "CLOSED"}),
    "campaign.advertising_channel_type": frozenset(tables.CHANNELS),
    "segments.day_of_week": frozenset(tables.DAYS),
    "segments.device": frozenset({"MOBILE", "TABLET", "DESKTOP", "CONNECTED_TV", "OTHER"}),
    "billing_setup.status": frozenset({"PENDING", "APPROVED_HELD", "APPROVED", "CANCELLED"}),
    "account_budget.status": frozenset({"PENDING", "APPROVED", "CANCELLED"}),
    "conversion_action.status": frozenset({"ENABLED", "REMOVED", "HIDDEN"}),
    "custom_conversion_goal.status": frozenset({"ENABLED", "REMOVED"}),
    "conversion_goal_campaign_config.goal_config_level": frozenset({"CUSTOMER", "CAMPAIGN"}),
    "user_list.membership_status": frozenset({"OPEN", "CLOSED"}),
}


def kind(resource: str, field: str) -> Kind | None:
    """The type of `campaign.id`, `metrics.clicks` … in a query from `resource`; None when it is not known
    there."""
    owner, _, name = field.partition(".")
    if owner == "metrics":
        return METRICS.get(name)
    if owner == "segments":
        return SEGMENTS.get(name)
    if owner != resource and owner not in RESOURCES[resource].parents:
        return None
    return RESOURCES[owner].fields.get(name)
