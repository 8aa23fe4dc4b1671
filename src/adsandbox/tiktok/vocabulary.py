"""TikTok's words: enumerations and what goes with what. Tables only.

Sources: TikTok API for Business, "Enumerations", "Objectives", "Optimization goals and billing events".
"""

OPERATION_STATUS = ("ENABLE", "DISABLE")
OPERATIONS = ("ENABLE", "DISABLE", "DELETE")

PRIMARY_STATUS = (
    "STATUS_DELIVERY_OK", "STATUS_NOT_DELIVERY", "STATUS_DISABLE", "STATUS_DELETE", "STATUS_TIME_DONE",
    "STATUS_FROZEN", "STATUS_NOT_DELETE", "STATUS_ALL",
)  # fmt: skip

OBJECTIVES = (
    "REACH", "TRAFFIC", "VIDEO_VIEWS", "ENGAGEMENT", "APP_PROMOTION", "LEAD_GENERATION", "WEB_CONVERSIONS",
    "PRODUCT_SALES",
)  # fmt: skip
#: Without a promotion type, and without a call to action or landing page that must be there.
AWARENESS = frozenset({"REACH", "VIDEO_VIEWS", "ENGAGEMENT"})
#: Objectives whose manual creation TikTok is said to end.
ENDING_OBJECTIVES = frozenset({"PRODUCT_SALES", "WEB_CONVERSIONS", "APP_PROMOTION", "LEAD_GENERATION"})
SMART_PLUS_OBJECTIVES = ("APP_PROMOTION", "WEB_CONVERSIONS", "LEAD_GENERATION")

BUDGET_MODES = (
    "BUDGET_MODE_INFINITE", "BUDGET_MODE_DAY", "BUDGET_MODE_TOTAL", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
)  # fmt: skip
DAILY_MODES = frozenset({"BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"})

#: Optimization goal -> the one billing event it takes.
BILLING = {
    "CLICK": "CPC", "CONVERT": "OCPM", "VALUE": "OCPM", "INSTALL": "OCPM", "IN_APP_EVENT": "OCPM",
    "LEAD_GENERATION": "OCPM", "CONVERSATION": "OCPM", "PREFERRED_LEAD": "OCPM", "CONVERSION_LEADS": "OCPM",
    "FOLLOWERS": "OCPM", "PROFILE_VIEWS": "OCPM", "PAGE_VISIT": "OCPM", "DESTINATION_VISIT": "OCPM",
    "TRAFFIC_LANDING_PAGE_VIEW": "OCPM", "REACH": "CPM", "SHOW": "CPM", "VIDEO_VIEW": "CPV",
    "ENGAGED_VIEW": "CPV", "ENGAGED_VIEW_FIFTEEN": "CPV",
}  # fmt: skip
BILLING_EVENTS = ("CPC", "CPM", "CPV", "OCPM")

#: Objective -> goals. What TikTok refuses beyond the documented pairs is not imitated.
GOALS = {
    "REACH": {"REACH", "SHOW"},
    "TRAFFIC": {"CLICK", "TRAFFIC_LANDING_PAGE_VIEW", "DESTINATION_VISIT"},
    "VIDEO_VIEWS": {"VIDEO_VIEW", "ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN"},
    "ENGAGEMENT": {"FOLLOWERS", "PROFILE_VIEWS", "PAGE_VISIT"},
    "APP_PROMOTION": {"CLICK", "INSTALL", "IN_APP_EVENT", "VALUE"},
    "LEAD_GENERATION": {
        "LEAD_GENERATION", "CLICK", "CONVERT", "CONVERSATION", "PREFERRED_LEAD", "CONVERSION_LEADS",
    },
    "WEB_CONVERSIONS": {"CLICK", "CONVERT", "VALUE"},
    "PRODUCT_SALES": {"CLICK", "CONVERT", "VALUE", "TRAFFIC_LANDING_PAGE_VIEW"},
}  # fmt: skip
#: Goals that set their optimization event themselves.
OWN_EVENT = {
    "ENGAGED_VIEW": "ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN": "ENGAGED_VIEW_FIFTEEN",
    "TRAFFIC_LANDING_PAGE_VIEW": "LANDING_PAGE_VIEW", "PAGE_VISIT": "PAGE_VISIT", "CONVERSATION": "MESSAGE",
    "DESTINATION_VISIT": "DESTINATION_VISIT",
}  # fmt: skip
#: Goals on a website that need a pixel and one of its events.
PIXEL_GOALS = frozenset({"CONVERT", "VALUE"})
#: Objectives whose ad groups take a pixel.
PIXEL_OBJECTIVES = frozenset({"WEB_CONVERSIONS", "PRODUCT_SALES", "LEAD_GENERATION"})

WEB_EVENTS = {
    "ADD_BILLING": "Add payment info", "CONSULT": "Contact", "DOWNLOAD_START": "Download",
    "FORM": "Submit form",
    "INITIATE_ORDER": "Initiate checkout", "ON_WEB_ADD_TO_WISHLIST": "Add to wishlist",
    "ON_WEB_CART": "Add to cart", "ON_WEB_DETAIL": "View content", "ON_WEB_ORDER": "Place an order",
    "ON_WEB_REGISTER": "Complete registration", "ON_WEB_SEARCH": "Search", "ON_WEB_SUBSCRIBE": "Subscribe",
    "SHOPPING": "Complete payment",
}  # fmt: skip
OTHER_EVENTS = (
    "ACTIVE", "ACTIVE_PAY", "ACTIVE_REGISTER", "LAUNCH_APP", "IN_APP_CART", "LANDING_PAGE_VIEW",
    "ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN", "PAGE_VISIT", "MESSAGE", "DESTINATION_VISIT",
)  # fmt: skip

PROMOTION_TYPES = (
    "WEBSITE", "WEBSITE_OR_DISPLAY", "APP_ANDROID", "APP_IOS", "LEAD_GENERATION",
    "LEAD_GEN_CLICK_TO_TT_DIRECT_MESSAGE", "LEAD_GEN_CLICK_TO_SOCIAL_MEDIA_APP_MESSAGE",
    "LEAD_GEN_CLICK_TO_CALL", "TIKTOK_SHOP", "VIDEO_SHOPPING", "LIVE_SHOPPING", "PSA_PRODUCT",
)  # fmt: skip
PLACEMENT_TYPES = ("PLACEMENT_TYPE_AUTOMATIC", "PLACEMENT_TYPE_NORMAL")
PLACEMENTS = ("PLACEMENT_TIKTOK", "PLACEMENT_PANGLE", "PLACEMENT_GLOBAL_APP_BUNDLE")
AGE_GROUPS = ("AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100")
GENDERS = ("GENDER_FEMALE", "GENDER_MALE", "GENDER_UNLIMITED")
SYSTEMS = ("ANDROID", "IOS")
NETWORKS = ("WIFI", "2G", "3G", "4G", "5G")
SCHEDULES = ("SCHEDULE_START_END", "SCHEDULE_FROM_NOW")
PACINGS = ("PACING_MODE_SMOOTH", "PACING_MODE_FAST")
BID_TYPES = ("BID_TYPE_NO_BID", "BID_TYPE_CUSTOM", "BID_TYPE_MAX_CONVERSION")
DEEP_BID_TYPES = ("VO_MIN_ROAS", "VO_HIGHEST_VALUE", "AEO", "MIN", "PACING", "VO_MIN")
BRAND_SAFETY = (
    "NO_BRAND_SAFETY", "EXPANDED_INVENTORY", "STANDARD_INVENTORY", "LIMITED_INVENTORY", "THIRD_PARTY",
)  # fmt: skip
SPECIAL_INDUSTRIES = ("HOUSING", "EMPLOYMENT", "CREDIT")
WINDOWS = ("OFF", "ONE_DAY", "SEVEN_DAYS", "FOURTEEN_DAYS", "TWENTY_EIGHT_DAYS")

IDENTITY_TYPES = ("CUSTOMIZED_USER", "AUTH_CODE", "TT_USER", "BC_AUTH_TT")
AD_FORMATS = ("SINGLE_IMAGE", "SINGLE_VIDEO", "LIVE_CONTENT", "CAROUSEL_ADS", "CATALOG_CAROUSEL")
CALLS_TO_ACTION = (
    "APPLY_NOW", "BOOK_NOW", "CALL_NOW", "CONTACT_US", "DOWNLOAD_NOW", "EXPERIENCE_NOW", "GET_QUOTE",
    "GET_SHOWTIMES", "GET_TICKETS_NOW", "INSTALL_NOW", "INTERESTED", "LEARN_MORE", "LISTEN_NOW", "ORDER_NOW",
    "PLAY_GAME", "PREORDER_NOW", "READ_MORE", "SEND_MESSAGE", "SHOP_NOW", "SIGN_UP", "SUBSCRIBE", "VIEW_NOW",
    "VIEW_PROFILE", "VISIT_STORE", "WATCH_LIVE", "WATCH_NOW",
)  # fmt: skip

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "km": "Khmer", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "ms": "Malay", "my": "Burmese", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian",
    "sv": "Swedish", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Filipino", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

#: Interest categories: id -> (name, ids below). A small part of TikTok's own tree.
INTERESTS = {
    "10": ("Education", ("10100",)), "11": ("Vehicles & Transportation", ()),
    "12": ("Baby, Kids & Maternity", ()),
    "13": ("Financial Services", ()), "14": ("Beauty & Personal Care", ()), "15": ("Tech & Electronics", ()),
    "17": ("Travel", ()), "18": ("Household Products", ()), "19": ("Pets", ()), "20": ("Apps", ()),
    "21": ("Home Improvement", ()), "22": ("Apparel & Accessories", ("22100", "22101")),
    "23": ("News & Entertainment", ()), "24": ("Business Services", ()), "25": ("Games", ()),
    "26": ("Life Services", ()), "27": ("Food & Beverage", ()),
    "28": ("Sports & Outdoors", ("28100", "28101")),
    "10100": ("Language Training", ()), "22100": ("Clothing", ()), "22101": ("Shoes", ()),
    "28100": ("Fitness", ()), "28101": ("Running", ()),
}  # fmt: skip

#: Currencies in which amounts are whole (ISO 4217; TikTok's own list was not at hand).
WHOLE_CURRENCIES = frozenset(["CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"])
#: Minimum budgets are 20 and 50 in USD and its like; elsewhere a multiple (order of magnitude only).
BUDGET_SCALE = {
    "JPY": 100, "KRW": 1000, "IDR": 10000, "VND": 10000, "TWD": 30, "THB": 30, "INR": 50, "PHP": 50,
    "RUB": 50,
    "HUF": 300, "CLP": 800, "COP": 3000, "CRC": 500, "ISK": 100, "PYG": 6000, "CZK": 20, "TRY": 15, "MXN": 15,
}  # fmt: skip
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
