"""What Meta's objects may hold on the wire: fields for writing, names for reading, enums.

Names and enums are those of Graph v26.0 (facebook-business 26.0.3). A field that exists there, and that the
sandbox does not act on, is stored and given back.
"""

import re

from adsandbox.meta import call
from adsandbox.meta.words import words
from adsandbox.schema import Field, anything, array, boolean, enum, integer, obj, text

OBJECTIVES = (
    "OUTCOME_APP_PROMOTION", "OUTCOME_AWARENESS", "OUTCOME_ENGAGEMENT", "OUTCOME_LEADS", "OUTCOME_SALES",
    "OUTCOME_TRAFFIC",
)  # fmt: skip
#: Objectives of before ODAX: known, but no longer possible for new campaigns.
OLD_OBJECTIVES = (
    "APP_INSTALLS", "BRAND_AWARENESS", "CONVERSIONS", "EVENT_RESPONSES", "LEAD_GENERATION", "LINK_CLICKS",
    "LOCAL_AWARENESS", "MESSAGES", "OFFER_CLAIMS", "PAGE_LIKES", "POST_ENGAGEMENT", "PRODUCT_CATALOG_SALES",
    "REACH", "STORE_VISITS", "VIDEO_VIEWS",
)  # fmt: skip
BID_STRATEGIES = (
    "COST_CAP", "LOWEST_COST_WITHOUT_CAP", "LOWEST_COST_WITH_BID_CAP", "LOWEST_COST_WITH_MIN_ROAS",
)  # fmt: skip
SPECIAL_CATEGORIES = (
    "CREDIT", "EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES", "HOUSING", "ISSUES_ELECTIONS_POLITICS", "NONE",
    "ONLINE_GAMBLING_AND_GAMING",
)  # fmt: skip
STATUSES = ("ACTIVE", "ARCHIVED", "DELETED", "PAUSED")
BILLING_EVENTS = (
    "APP_INSTALLS", "CLICKS", "IMPRESSIONS", "LINK_CLICKS", "LISTING_INTERACTION", "NONE", "OFFER_CLAIMS",
    "PAGE_LIKES", "POST_ENGAGEMENT", "PURCHASE", "THRUPLAY",
)  # fmt: skip
GOALS = (
    "ADVERTISER_SILOED_VALUE", "AD_RECALL_LIFT", "APP_INSTALLS", "APP_INSTALLS_AND_OFFSITE_CONVERSIONS",
    "AUTOMATIC_OBJECTIVE", "CONVERSATIONS", "DERIVED_EVENTS", "ENGAGED_PAGE_VIEWS", "ENGAGED_USERS",
    "EVENT_RESPONSES", "IMPRESSIONS", "IN_APP_VALUE", "LANDING_PAGE_VIEWS", "LEAD_GENERATION", "LINK_CLICKS",
    "MEANINGFUL_CALL_ATTEMPT", "MESSAGING_APPOINTMENT_CONVERSION", "MESSAGING_DEEP_CONVERSATION_AND_FOLLOW",
    "MESSAGING_PURCHASE_CONVERSION", "NONE", "OFFSITE_CONVERSIONS", "PAGE_LIKES", "POST_ENGAGEMENT",
    "PROFILE_AND_PAGE_ENGAGEMENT", "PROFILE_VISIT", "QUALITY_CALL", "QUALITY_LEAD", "REACH", "REMINDERS_SET",
    "SUBSCRIBERS", "THRUPLAY", "VALUE", "VISIT_INSTAGRAM_PROFILE",
)  # fmt: skip
DESTINATIONS = (
    "APP", "APPLINKS_AUTOMATIC", "FACEBOOK", "FACEBOOK_LIVE", "FACEBOOK_PAGE", "IMAGINE",
    "INSTAGRAM_DIRECT", "INSTAGRAM_LIVE", "INSTAGRAM_PROFILE", "INSTAGRAM_PROFILE_AND_FACEBOOK_PAGE",
    "MESSAGING_INSTAGRAM_DIRECT_MESSENGER", "MESSAGING_INSTAGRAM_DIRECT_MESSENGER_WHATSAPP",
    "MESSAGING_INSTAGRAM_DIRECT_WHATSAPP", "MESSAGING_MESSENGER_WHATSAPP", "MESSENGER", "ON_AD", "ON_EVENT",
    "ON_PAGE", "ON_POST", "ON_VIDEO", "SHOP_AUTOMATIC", "UNDEFINED", "WEBSITE", "WHATSAPP",
)  # fmt: skip
CUSTOM_EVENTS = (
    "ACHIEVEMENT_UNLOCKED", "ADD_PAYMENT_INFO", "ADD_TO_CART", "ADD_TO_WISHLIST", "AD_IMPRESSION",
    "COMPLETE_REGISTRATION", "CONTACT", "CONTENT_VIEW", "CUSTOMIZE_PRODUCT", "D2_RETENTION", "D7_RETENTION",
    "DONATE", "FIND_LOCATION", "INITIATED_CHECKOUT", "LEAD", "LEVEL_ACHIEVED", "LISTING_INTERACTION",
    "MESSAGING_CONVERSATION_STARTED_7D", "OTHER", "PURCHASE", "RATE", "SCHEDULE", "SEARCH",
    "SERVICE_BOOKING_REQUEST", "SPENT_CREDITS", "START_TRIAL", "SUBMIT_APPLICATION", "SUBSCRIBE",
    "TUTORIAL_COMPLETION",
)  # fmt: skip
CALLS_TO_ACTION = words("""
        ADD_TO_CART APPLY_NOW ASK_ABOUT_SERVICES ASK_A_QUESTION ASK_FOR_MORE_INFO ASK_US AUDIO_CALL
        BOOK_A_CONSULTATION BOOK_NOW BOOK_TRAVEL BROWSE_SHOP BUY BUY_ACTIVITY_TICKETS BUY_NOW
        BUY_TICKETS BUY_VIA_MESSAGE CALL CALL_ME CALL_NOW CHAT_NOW CHAT_WITH_US CONFIRM CONTACT
        CONTACT_US DONATE DONATE_NOW DOWNLOAD EVENT_RSVP FIND_A_GROUP FIND_OUT_MORE FIND_YOUR_GROUPS
        FOLLOW_NEWS_STORYLINE FOLLOW_PAGE FOLLOW_USER GET_A_QUOTE GET_DETAILS GET_DIRECTIONS
        GET_IN_TOUCH GET_OFFER GET_OFFER_VIEW GET_PROMOTIONS GET_QUOTE GET_SHOWTIMES GET_STARTED
        INQUIRE_NOW INSTALL_APP INSTALL_MOBILE_APP JOIN_CHANNEL JOIN_LIVE_VIDEO LEARN_MORE LIKE_PAGE
        LISTEN_MUSIC LISTEN_NOW MAKE_AN_APPOINTMENT MESSAGE_PAGE MOBILE_DOWNLOAD NO_BUTTON
        OPEN_INSTANT_APP OPEN_LINK ORDER_NOW PAY_TO_ACCESS PLAY_GAME PLAY_GAME_ON_FACEBOOK
        PURCHASE_GIFT_CARDS RAISE_MONEY RECORD_NOW REFER_FRIENDS REQUEST_TIME SAY_THANKS SEE_MORE
        SEE_SHOP SELL_NOW SEND_A_GIFT SEND_GIFT_MONEY SEND_UPDATES SHARE SHOP_NOW SHOP_WITH_AI
        SIGN_UP SOTTO_SUBSCRIBE START_A_CHAT START_ORDER STREAM_NOW SUBSCRIBE SWIPE_UP_PRODUCT
        SWIPE_UP_SHOP TRY_DEMO TRY_ON_WITH_AI UPDATE_APP USE_APP USE_MOBILE_APP VIDEO_ANNOTATION
        VIDEO_CALL VIEW_CART VIEW_CHANNEL VIEW_IN_CART VIEW_PRODUCT VISIT_PAGES_FEED VISIT_WEBSITE
        WATCH_LIVE_VIDEO WATCH_MORE WATCH_NOW WATCH_VIDEO WHATSAPP_MESSAGE WOODHENGE_SUPPORT
    """)

NUMERIC = re.compile(r"\d+")
NAME_LENGTH = 400


def numeric(*, required: bool = False) -> Field:
    """An id: digits, sent as text or number."""
    return text(required=required, pattern=NUMERIC)


def name(*, required: bool = False) -> Field:
    """The name of a campaign, ad set or ad."""
    return text(required=required, least=1, most=NAME_LENGTH)


def strings(**more: object) -> Field:
    """A list of texts."""
    return array(text(), **more)  # type: ignore[arg-type]


def web_address(*, required: bool = False) -> Field:
    """An absolute http or https address."""
    return text(required=required, pattern=re.compile(r"https?://[^\s/]+\.?\S*"), most=2048)


def stored(*names: str) -> dict[str, Field]:
    """Fields that exist and are only kept."""
    return {one: anything() for one in names}


def budget() -> Field:
    """An amount in the smallest unit of the account's currency."""
    return integer(least=0)


PROMOTED_OBJECT = obj(
    {
        "pixel_id": numeric(),
        "page_id": numeric(),
        "custom_event_type": enum(*CUSTOM_EVENTS),
        "custom_event_str": text(least=1),
        "custom_conversion_id": numeric(),
        "application_id": numeric(),
        "object_store_url": web_address(),
        "pixel_rule": text(),
        "smart_pse_enabled": boolean(),
        "product_catalog_id": numeric(),
        "product_set_id": numeric(),
    }
)

CAMPAIGN = {
    "name": name(required=True),
    "objective": enum(*OBJECTIVES, *OLD_OBJECTIVES, required=True),
    "status": enum("ACTIVE", "PAUSED"),
    "special_ad_categories": array(enum(*SPECIAL_CATEGORIES), required=True),
    "special_ad_category_country": array(text(pattern=re.compile("[A-Z]{2}"))),
    "buying_type": enum("AUCTION", "RESERVED"),
    "daily_budget": budget(),
    "lifetime_budget": budget(),
    "spend_cap": budget(),
    "bid_strategy": enum(*BID_STRATEGIES),
    "is_adset_budget_sharing_enabled": boolean(),
    "pacing_type": array(enum("standard", "day_parting", "no_pacing")),
    "promoted_object": PROMOTED_OBJECT,
    "start_time": call.moment(),
    "stop_time": call.moment(),
    "execution_options": array(enum("validate_only", "include_recommendations")),
    **stored(
        "adlabels", "budget_schedule_specs", "frequency_control_specs", "is_budget_schedule_enabled",
        "is_direct_send_campaign", "is_message_campaign", "is_meta_moment_maker_enabled", "is_pca_unified",
        "is_reels_trending_ads_enabled", "is_skadnetwork_attribution", "iterative_split_test_configs",
        "smart_promotion_type", "source_campaign_id", "topline_id",
    ),
}  # fmt: skip

ADSET = {
    "name": name(required=True),
    "campaign_id": numeric(required=True),
    "status": enum("ACTIVE", "PAUSED"),
    "targeting": anything(required=True),  # checked by targeting.py
    "optimization_goal": enum(*GOALS, required=True),
    "billing_event": enum(*BILLING_EVENTS, required=True),
    "start_time": call.moment(),
    "end_time": Field(lambda v: v in (0, "0") or call.instant(v) is not None, "datetime"),
    "daily_budget": budget(),
    "lifetime_budget": budget(),
    "daily_min_spend_target": budget(),
    "daily_spend_cap": budget(),
    "lifetime_min_spend_target": budget(),
    "lifetime_spend_cap": budget(),
    "bid_strategy": enum(*BID_STRATEGIES),
    "bid_amount": integer(least=1),
    "bid_constraints": obj({"roas_average_floor": integer(required=True, least=100, most=10_000_000)}),
    "promoted_object": PROMOTED_OBJECT,
    "destination_type": enum(*DESTINATIONS),
    "dsa_beneficiary": text(least=1, most=512),
    "dsa_payor": text(least=1, most=512),
    "attribution_spec": array(
        obj(
            {
                "event_type": enum(
                    "CLICK_THROUGH", "VIEW_THROUGH", "ENGAGED_VIDEO_VIEW", required=True
                ),
                "window_days": integer(required=True, least=0, most=28),
            }
        )
    ),
    "adset_schedule": array(
        obj(
            {
                "days": array(integer(least=0, most=6), required=True, least=1, most=7),
                "start_minute": integer(required=True, least=0, most=1439),
                "end_minute": integer(required=True, least=1, most=1440),
                "timezone_type": enum("USER", "ADVERTISER"),
            }
        )
    ),
    "pacing_type": array(enum("standard", "day_parting", "no_pacing")),
    "is_dynamic_creative": boolean(),
    "instagram_user_id": numeric(),
    "execution_options": array(enum("validate_only", "include_recommendations")),
    "regional_regulated_categories": strings(),
    "regional_regulation_identities": obj(
        {
            f"{rule}{role}": text()
            for rule in (
                "australia_finserv_", "india_finserv_", "singapore_universal_", "taiwan_finserv_",
                "taiwan_universal_", "universal_",
            )
            for role in ("beneficiary", "payer")
        }
    ),
    **stored(
        "ad_set_goal", "adlabels", "attribution_count_type", "automatic_manual_state", "bid_adjustments",
        "budget_schedule_specs", "budget_source", "budget_split_set_id", "campaign_attribution",
        "creative_sequence", "creative_sequence_repetition_pattern", "daily_imps", "date_format",
        "existing_customer_budget_percentage", "frequency_control_specs", "full_funnel_exploration_mode",
        "is_ba_skip_delayed_eligible", "is_budget_schedule_enabled", "is_dc_follow_optimized",
        "is_incremental_attribution_enabled", "is_sac_cfca_terms_certified",
        "is_sequenced_conversion_creation", "lifetime_imps", "line_number", "live_video_ad_campaign_config",
        "max_budget_spend_percentage", "meta_moment_maker_spec", "min_budget_spend_percentage",
        "multi_event_conversion_attribution_window_seconds", "multi_optimization_goal_weight",
        "optimization_sub_event", "placement_soft_opt_out", "relative_value", "source_adset_id",
        "time_based_ad_rotation_id_blocks", "time_based_ad_rotation_intervals", "topline_id",
        "trending_topics_spec", "tune_for_category", "value_rule_set_id", "value_rules_applied",
    ),
}  # fmt: skip

CALL_TO_ACTION = obj(
    {
        "type": enum(*CALLS_TO_ACTION, required=True),
        "value": obj(
            {
                "link": web_address(),
                "link_caption": text(),
                "link_format": text(),
                "app_link": text(),
                "application": text(),
                "page": numeric(),
                "lead_gen_form_id": numeric(),
                "whatsapp_number": text(),
                "event_id": numeric(),
                "product_link": text(),
            }
        ),
    }
)

LINK_DATA = obj(
    {
        "link": web_address(required=True),
        "message": text(),
        "name": text(),
        "description": text(),
        "caption": text(),
        "image_hash": text(pattern=re.compile("[0-9a-f]{32}")),
        "picture": web_address(),
        "image_crops": anything(),
        "call_to_action": CALL_TO_ACTION,
        "child_attachments": array(anything(), least=2, most=10),
        "attachment_style": enum("link", "default"),
        "force_single_link": boolean(),
        "multi_share_end_card": boolean(),
        "multi_share_optimized": boolean(),
        "use_flexible_image_aspect_ratio": boolean(),
        "page_welcome_message": text(),
    }
)
VIDEO_DATA = obj(
    {
        "video_id": numeric(required=True),
        "message": text(),
        "title": text(),
        "link_description": text(),
        "image_hash": text(pattern=re.compile("[0-9a-f]{32}")),
        "image_url": web_address(),
        "call_to_action": CALL_TO_ACTION,
        "page_welcome_message": text(),
    }
)
PHOTO_DATA = obj(
    {
        "caption": text(),
        "image_hash": text(pattern=re.compile("[0-9a-f]{32}")),
        "url": web_address(),
        "page_welcome_message": text(),
    }
)
STORY = {
    "page_id": numeric(required=True),
    "instagram_user_id": numeric(),
    "link_data": LINK_DATA,
    "video_data": VIDEO_DATA,
    "photo_data": PHOTO_DATA,
}

_LABELS = {"adlabels": anything()}
ASSET_FEED = {
    "images": array(
        obj(
            {
                "hash": text(pattern=re.compile("[0-9a-f]{32}")),
                "url": web_address(),
                "image_crops": anything(),
                **_LABELS,
            }
        ),
        most=10,
    ),
    "videos": array(
        obj(
            {
                "video_id": numeric(required=True),
                "thumbnail_hash": text(pattern=re.compile("[0-9a-f]{32}")),
                "thumbnail_url": web_address(),
                **_LABELS,
            }
        ),
        most=10,
    ),
    "bodies": array(obj({"text": text(required=True, least=1, most=1024), **_LABELS}), most=5),
    "titles": array(obj({"text": text(required=True, least=1, most=255), **_LABELS}), most=5),
    "descriptions": array(obj({"text": text(required=True, most=255), **_LABELS}), most=5),
    "link_urls": array(obj({"website_url": web_address(required=True), "display_url": text(), **_LABELS}), most=5),
    "call_to_action_types": array(enum(*CALLS_TO_ACTION), most=5),
    "call_to_actions": array(anything(), most=5),
    "ad_formats": array(enum("SINGLE_IMAGE", "SINGLE_VIDEO", "AUTOMATIC_FORMAT", "CAROUSEL"), most=1),
    "optimization_type": enum("REGULAR", "DEGREES_OF_FREEDOM", "PLACEMENT", "LANGUAGE", "ASSET_CUSTOMIZATION"),
    "asset_customization_rules": array(anything()),
    "additional_data": anything(),
}

#: Names of automatic changes to a creative (`degrees_of_freedom_spec.creative_features_spec`).
FEATURES = words("""
        adapt_to_placement add_text_overlay ads_with_benefits advantage_plus_creative app_highlights audio
        auto_promotion_tag biz_ai carousel_to_video catalog_feed_tag creative_stickers
        customize_product_recommendation cv_transformation description_automation dha_optimization
        dynamic_cta_text dynamic_partner_content enable_ncs_testimonials enhance_cta fb_feed_tag
        fb_reels_tag fb_story_tag feed_caption_optimization generate_cta hide_price
        hyperlink_formatting ig_feed_tag ig_glados_feed ig_reels_tag ig_stream_tag
        ig_video_native_subtitle image_animation image_auto_crop image_background_gen image_banner
        image_brightness_and_contrast image_end_card image_enhancement image_templates
        image_text_translation image_touchups image_uncrop inline_comment local_store_extension
        media_liquidity_animated_image media_order media_type_automation
        multi_creative_post_carousel multi_photo_to_video music_generation pac_genai_recomposition
        pac_recomposition pac_relaxation product_browsing product_extensions
        product_metadata_automation product_tags profile_card profile_extension replace_media_text
        reveal_details_over_time show_destination_blurbs show_summary site_extensions
        standard_enhancements_catalog text_extraction_for_headline text_extraction_for_tap_target
        text_formatting_optimization text_generation text_optimizations text_overlay_translation
        text_translation translate_voiceover video_auto_crop video_filtering video_highlight
        video_highlights video_to_image video_uncrop video_uncrop_9x16_to_9x18 video_voiceover
        wa_mm_image_filtering wa_mm_text_truncation_length
    """)
_FEATURE = obj(
    {
        "enroll_status": enum("OPT_IN", "OPT_OUT", "DEFAULT_OPT_IN", "DEFAULT_OPT_OUT"),
        "customizations": anything(),
    }
)

CREATIVE = {
    "name": text(most=NAME_LENGTH),
    "object_story_spec": obj(STORY),
    "asset_feed_spec": obj(ASSET_FEED),
    "object_story_id": text(pattern=re.compile(r"\d+_\d+")),
    "url_tags": text(most=2048),
    "degrees_of_freedom_spec": obj(
        {
            "creative_features_spec": obj({one: _FEATURE for one in FEATURES}),
            "degrees_of_freedom_type": text(),
            "image_transformation_types": strings(),
            "text_transformation_types": strings(),
            "video_transformation_types": strings(),
            "stories_transformation_types": strings(),
        }
    ),
    "contextual_multi_ads": obj({"enroll_status": enum("OPT_IN", "OPT_OUT", required=True)}),
    "instagram_user_id": numeric(),
    "authorization_category": enum(
        "NONE", "NONE_EXEMPT", "POLITICAL", "POLITICAL_WITH_DIGITALLY_CREATED_MEDIA"
    ),
    "execution_options": array(enum("validate_only")),
    "thumbnail_url": web_address(),
    **stored(
        "ad_disclaimer_spec", "adlabels", "branded_content", "creative_sourcing_spec", "destination_spec",
        "facebook_branded_content", "format_transformation_spec", "generative_asset_spec", "image_crops",
        "instagram_branded_content", "interactive_components_spec", "media_sourcing_spec",
        "platform_customizations", "portrait_customizations", "regional_regulation_disclaimer_spec",
    ),
}  # fmt: skip

AD = {
    "name": name(required=True),
    "adset_id": numeric(required=True),
    "creative": anything(required=True),  # {"creative_id": …} or a creative of its own; checked by ads.py
    "status": enum("ACTIVE", "PAUSED", required=True),
    "bid_amount": integer(least=1),
    "conversion_domain": text(pattern=re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")),
    "tracking_specs": anything(),
    "display_sequence": integer(least=0),
    "priority": integer(least=0),
    "ad_schedule_start_time": call.moment(),
    "ad_schedule_end_time": call.moment(),
    "execution_options": array(enum("validate_only", "synchronous_ad_review", "include_recommendations")),
    **stored("adlabels", "engagement_audience", "include_demolink_hashes", "source_ad_id"),
}
