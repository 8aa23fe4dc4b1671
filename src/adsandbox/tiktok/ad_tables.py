"""What ads accept on create and update. Tables only; `ads.py` holds the rules between fields.

Source: field names and types of the official SDK's AdcreateCreatives and AdupdateCreatives; limits of
TikTok API for Business, /ad/create/.
"""

import re

from adsandbox.schema import Field, array, boolean, enum, integer, obj, text
from adsandbox.tiktok import vocabulary
from adsandbox.tiktok.api import ids
from adsandbox.tiktok.text import name, width

_URL = text(pattern=re.compile(r"https?://\S+"), most=2048)
_PARAMETER = obj({"key": text(required=True, least=1, most=100), "value": text(required=True, most=600)})
_PARAMETERS = array(_PARAMETER, most=14)

_BOTH: dict[str, Field] = {
    "ad_name": name(least=0),
    "ad_format": enum(*vocabulary.AD_FORMATS),
    "ad_text": text(least=1, most=100, length=width),
    "ad_texts": array(text(least=1, most=100, length=width), most=5),
    "identity_type": enum(*vocabulary.IDENTITY_TYPES),
    "identity_id": text(least=1),
    "identity_authorized_bc_id": text(),
    "video_id": text(least=1),
    "image_ids": ids(least=0, most=35),
    "tiktok_item_id": text(),
    "music_id": text(),
    "call_to_action": enum(*vocabulary.CALLS_TO_ACTION),
    "call_to_action_id": text(),
    "landing_page_url": _URL,
    "utm_params": _PARAMETERS,
    "display_name": text(least=1, most=40, length=width),
    "app_name": text(most=40, length=width),
    "avatar_icon_web_uri": text(),
    "deeplink": text(),
    "deeplink_type": enum("NORMAL", "DEFERRED_DEEPLINK"),
    "deeplink_utm_params": _PARAMETERS,
    "fallback_type": enum("APP_INSTALL", "WEBSITE", "UNSET"),
    "page_id": integer(),
    "page_image_index": integer(),
    "card_id": text(),
    "cpp_url": text(most=512),
    "dark_post_status": enum("ON", "OFF"),
    "promotional_music_disabled": boolean(),
    "item_duet_status": enum("ENABLE", "DISABLE"),
    "item_stitch_status": enum("ENABLE", "DISABLE"),
    "aigc_disclosure_type": enum("SELF_DISCLOSURE", "NOT_DECLARED"),
    "creative_authorized": boolean(),
    "creative_type": text(),
    "disclaimer_type": enum("TEXT_LINK", "TEXT_ONLY"),
    "disclaimer_text": obj({"text": text()}),
    "disclaimer_clickable_texts": array(obj({"text": text(), "url": text()})),
    "tracking_pixel_id": integer(),
    "tracking_app_id": text(),
    "tracking_offline_event_set_ids": ids(least=0),
    "impression_tracking_url": _URL,
    "click_tracking_url": _URL,
    "video_view_tracking_url": _URL,
    "brand_safety_postbid_partner": text(),
    "brand_safety_vast_url": text(),
    "viewability_postbid_partner": text(),
    "viewability_vast_url": text(),
    "playable_url": text(),
    "end_card_cta": text(),
    "dynamic_format": enum("DYNAMIC_CREATIVE", "UNSET"),
    "dynamic_destination": enum("DLP", "UNSET"),
    "vertical_video_strategy": text(),
    "carousel_image_index": integer(least=0, most=9),
    "product_specific_type": enum("ALL", "PRODUCT_SET", "CUSTOMIZED_PRODUCTS"),
    "product_set_id": text(),
    "item_group_ids": ids(least=0),
    "sku_ids": ids(least=0),
    "instant_product_page_used": boolean(),
    "shopping_ads_deeplink_type": enum("NONE", "CUSTOM", "SHOPPING_ADS"),
    "shopping_ads_fallback_type": enum("DEFAULT", "CUSTOM", "SHOPPING_ADS"),
    "shopping_ads_video_package_id": text(),
}
_ONLY_ON_CREATE: dict[str, Field] = {
    "operation_status": enum(*vocabulary.OPERATION_STATUS),
    "auto_disclaimer_types": array(text()),
    "auto_message_id": text(),
    "catalog_id": text(),
    "deeplink_format_type": enum("UNIVERSAL_OR_APP", "SCHEME"),
    "phone_number": text(),
    "phone_region_code": text(),
    "phone_region_calling_code": text(),
    "product_display_field_list": array(text()),
    "schedule_id": text(),
    "showcase_products": array(obj({"item_group_id": text(), "store_id": text(), "catalog_id": text()})),
    "tiktok_page_category": enum("PROFILE_PAGE", "OTHER_TIKTOK_PAGE", "TIKTOK_INSTANT_PAGE"),
    "tracking_message_event_set_id": text(),
    "vehicle_ids": ids(least=0),
}

_REQUIRED: dict[str, Field] = {
    "ad_name": name(required=True, least=0),
    "ad_format": enum(*vocabulary.AD_FORMATS, required=True),
    "identity_type": enum(*vocabulary.IDENTITY_TYPES, required=True),
    "identity_id": text(least=1, required=True),
}

CREATIVE: dict[str, Field] = _BOTH | _ONLY_ON_CREATE | _REQUIRED
CHANGE: dict[str, Field] = {
    "ad_id": text(required=True, least=1),
    "vast_moat_enabled": boolean(),
    **_BOTH,
}

CREATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "adgroup_id": text(required=True, least=1),
    "creatives": array(obj(CREATIVE), required=True, least=1, most=20),
}
#: What `patch_update` changes by itself; TikTok's documentation of /ad/update/ names no other field.
PATCHED = frozenset(
    {
        "ad_name", "identity_id", "identity_type", "identity_authorized_bc_id", "video_id", "image_ids", "music_id",
        "tiktok_item_id", "ad_text",
    }
)  # fmt: skip
#: What the official SDK says in every update, asked or not; in a patch it changes nothing.
ALWAYS_SAID = {
    "aigc_disclosure_type": "NOT_DECLARED",
    "creative_authorized": False,
    "deeplink_type": "NORMAL",
    "promotional_music_disabled": True,
    "vast_moat_enabled": False,
}
UPDATE: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "adgroup_id": text(required=True, least=1),
    "patch_update": boolean(),
    "creatives": array(obj(CHANGE), required=True, least=1, most=20),
}

#: What answers show after ids, names and status.
READABLE = tuple(key for key in CREATIVE if key not in ("ad_name", "operation_status"))
