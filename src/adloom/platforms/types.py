"""The words that all platforms share here: Adloom's own, never a platform's."""

from __future__ import annotations

from enum import StrEnum


class Platform(StrEnum):
    """The specification's `platform_type`."""

    GOOGLE_ADS = "google_ads"
    FACEBOOK_ADS = "facebook_ads"
    MICROSOFT_ADS = "microsoft_ads"
    TIKTOK_ADS = "tiktok_ads"


class Objective(StrEnum):
    """What an ad is for."""

    TRAFFIC = "TRAFFIC"
    CONVERSIONS = "CONVERSIONS"
    AWARENESS = "AWARENESS"
    VIDEO_VIEWS = "VIDEO_VIEWS"
    LEADS = "LEADS"


class ConversionEvent(StrEnum):
    """What counts as a conversion."""

    PURCHASE = "PURCHASE"
    LEAD = "LEAD"
    SIGN_UP = "SIGN_UP"
    ADD_TO_CART = "ADD_TO_CART"
    CUSTOM = "CUSTOM"


class Channel(StrEnum):
    """Where on a platform an ad runs, for platforms that make a difference."""

    SEARCH = "SEARCH"
    DISPLAY = "DISPLAY"
    FEED = "FEED"


class CallToAction(StrEnum):
    """The button: the values that all four platforms know (`unified.md`, 5)."""

    APPLY_NOW = "APPLY_NOW"
    BOOK_NOW = "BOOK_NOW"
    CONTACT_US = "CONTACT_US"
    DOWNLOAD = "DOWNLOAD"
    GET_QUOTE = "GET_QUOTE"
    LEARN_MORE = "LEARN_MORE"
    ORDER_NOW = "ORDER_NOW"
    SHOP_NOW = "SHOP_NOW"
    SIGN_UP = "SIGN_UP"
    SUBSCRIBE = "SUBSCRIBE"
    WATCH_NOW = "WATCH_NOW"


class LocationType(StrEnum):
    """How a place is named."""

    COUNTRY = "COUNTRY"
    REGION = "REGION"
    CITY = "CITY"
    POSTAL = "POSTAL"
    RADIUS = "RADIUS"


class LocationIntent(StrEnum):
    """People who are there, or also people who are interested in the place."""

    PRESENCE = "PRESENCE"
    PRESENCE_OR_INTEREST = "PRESENCE_OR_INTEREST"


class Gender(StrEnum):
    ANY = "ANY"
    MALE = "MALE"
    FEMALE = "FEMALE"


class Device(StrEnum):
    MOBILE = "MOBILE"
    DESKTOP = "DESKTOP"
    TABLET = "TABLET"


class MatchType(StrEnum):
    EXACT = "EXACT"
    PHRASE = "PHRASE"
    BROAD = "BROAD"


class ImageRole(StrEnum):
    LANDSCAPE = "LANDSCAPE"
    SQUARE = "SQUARE"
    PORTRAIT = "PORTRAIT"
    STORY = "STORY"
    LOGO = "LOGO"


class BudgetType(StrEnum):
    DAILY = "DAILY"
    LIFETIME = "LIFETIME"


class BidStrategy(StrEnum):
    MAX_CLICKS = "MAX_CLICKS"
    MAX_CONVERSIONS = "MAX_CONVERSIONS"
    TARGET_CPA = "TARGET_CPA"
    TARGET_ROAS = "TARGET_ROAS"
    MAX_VALUE = "MAX_VALUE"
    BID_CAP = "BID_CAP"


class Weekday(StrEnum):
    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"
    SUN = "SUN"


class LossKind(StrEnum):
    """What happens to a field that a platform cannot express. Nothing is ever widened."""

    DROPPED = "DROPPED"
    TRUNCATED = "TRUNCATED"
    NARROWED = "NARROWED"


class Operation(StrEnum):
    """The specification's `deployment_type`."""

    CREATE = "create"
    UPDATE = "update"
    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"


class RemoteStatus(StrEnum):
    """What is set on the platform, as a person would set it."""

    ACTIVE = "active"
    PAUSED = "paused"
    DELETED = "deleted"


class DeliveryState(StrEnum):
    """What really happens on the platform (`unified.md`, 7). UNKNOWN until the first sync, or for new words."""

    UNKNOWN = "UNKNOWN"
    IN_REVIEW = "IN_REVIEW"
    ACTIVE = "ACTIVE"
    LIMITED = "LIMITED"
    PAUSED = "PAUSED"
    REJECTED = "REJECTED"
    SCHEDULED = "SCHEDULED"
    ENDED = "ENDED"
    BILLING_BLOCKED = "BILLING_BLOCKED"
    DELETED = "DELETED"
