"""Places, languages and interests that the simulated Meta knows: what `/search` finds and targeting accepts.

A selection, not the world. Keys of US states and of locales are Meta's as far as public lists name them.
"""

from dataclasses import dataclass
from typing import Any

from adsandbox.meta.words import words

COUNTRIES = frozenset(
    words("""
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
        BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG
        EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
        HN HR HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI
        LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
        NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RW
        SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TC TD TF TG TH TJ TK TL TM TN TO TR
        TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """)
)
#: Countries for which the Digital Services Act wants beneficiary and payer.
EU = frozenset(
    words("""
    AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
""")
)
GROUPS = frozenset(
    words("""
    worldwide europe eea asia africa south_america north_america oceania eu
""")
)
EU_GROUPS = frozenset({"worldwide", "europe", "eea", "eu"})

_STATES = words("""
    Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware District_of_Columbia Florida
    Georgia Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts
    Michigan Minnesota Mississippi Missouri Montana Nebraska Nevada New_Hampshire New_Jersey New_Mexico
    New_York North_Carolina North_Dakota Ohio Oklahoma Oregon Pennsylvania Rhode_Island South_Carolina
    South_Dakota Tennessee Texas Utah Vermont Virginia Washington West_Virginia Wisconsin Wyoming
""")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of `/search?type=adgeolocation`. `kind` is country, region, city, subcity or zip."""

    kind: str
    key: str
    name: str
    country: str
    region: str | None = None
    region_key: str | None = None


_REGIONS = [Place("region", str(3843 + i), state.replace("_", " "), "US") for i, state in enumerate(_STATES)] + [
    Place("region", "1080", "Baden-Württemberg", "DE"),
    Place("region", "1081", "Bavaria", "DE"),
    Place("region", "1082", "Berlin", "DE"),
    Place("region", "1083", "Brandenburg", "DE"),
    Place("region", "1084", "Bremen", "DE"),
    Place("region", "1079", "Hamburg", "DE"),
    Place("region", "1085", "Hesse", "DE"),
    Place("region", "1086", "Lower Saxony", "DE"),
    Place("region", "1087", "Mecklenburg-Vorpommern", "DE"),
    Place("region", "1088", "North Rhine-Westphalia", "DE"),
    Place("region", "1089", "Rhineland-Palatinate", "DE"),
    Place("region", "1090", "Saarland", "DE"),
    Place("region", "1091", "Saxony", "DE"),
    Place("region", "1092", "Saxony-Anhalt", "DE"),
    Place("region", "1093", "Schleswig-Holstein", "DE"),
    Place("region", "1094", "Thuringia", "DE"),
    Place("region", "2026", "Ile-de-France", "FR"),
    Place("region", "4079", "England", "GB"),
    Place("region", "4081", "Scotland", "GB"),
    Place("region", "526", "Ontario", "CA"),
    Place("region", "527", "Quebec", "CA"),
    Place("region", "521", "British Columbia", "CA"),
    Place("region", "122", "New South Wales", "AU"),
    Place("region", "126", "Victoria", "AU"),
]
_CITIES = [
    Place("city", "2418779", "Menlo Park", "US", "California", "3847"),
    Place("city", "2420379", "Los Angeles", "US", "California", "3847"),
    Place("city", "2421836", "San Francisco", "US", "California", "3847"),
    Place("city", "2490299", "New York", "US", "New York", "3875"),
    Place("city", "2438177", "Chicago", "US", "Illinois", "3856"),
    Place("city", "2439482", "Springfield", "US", "Illinois", "3856"),
    Place("city", "2467212", "Springfield", "US", "Missouri", "3868"),
    Place("city", "2455312", "Springfield Township", "US", "Michigan", "3865"),
    Place("subcity", "2703980", "Manhattan", "US", "New York", "3875"),
    Place("city", "2447439", "Manhattan", "US", "Kansas", "3859"),
    Place("city", "2525233", "Austin", "US", "Texas", "3886"),
    Place("city", "2517115", "Portland", "US", "Oregon", "3880"),
    Place("city", "2550711", "Seattle", "US", "Washington", "3890"),
    Place("city", "813530", "London", "GB", "England", "4079"),
    Place("city", "527820", "Berlin", "DE", "Berlin", "1082"),
    Place("city", "530186", "Munich", "DE", "Bavaria", "1081"),
    Place("city", "777934", "Paris", "FR", "Ile-de-France", "2026"),
    Place("city", "296875", "Toronto", "CA", "Ontario", "526"),
    Place("city", "116190", "Sydney", "AU", "New South Wales", "122"),
]
_COUNTRY_NAMES = {
    "US": "United States", "CA": "Canada", "GB": "United Kingdom", "DE": "Germany", "FR": "France",
    "ES": "Spain", "IT": "Italy", "NL": "Netherlands", "AT": "Austria", "CH": "Switzerland",
    "AU": "Australia",
    "NZ": "New Zealand", "IE": "Ireland", "JP": "Japan", "BR": "Brazil", "MX": "Mexico", "IN": "India",
    "PL": "Poland", "SE": "Sweden", "DK": "Denmark", "NO": "Norway", "FI": "Finland", "PT": "Portugal",
}  # fmt: skip
_COUNTRIES = [Place("country", code, name, code) for code, name in _COUNTRY_NAMES.items()]

REGIONS = {place.key: place for place in _REGIONS}
CITIES = {place.key: place for place in _CITIES if place.kind == "city"}

#: Locale keys of `/search?type=adlocale`, as public copies of its answers name them.
LOCALES = {
    1: "Catalan", 2: "Czech", 3: "Welsh", 4: "Danish", 5: "German", 6: "English (US)", 7: "Spanish (Spain)",
    8: "Finnish", 9: "French (France)", 10: "Italian", 11: "Japanese", 12: "Korean", 13: "Norwegian (bokmal)",
    14: "Dutch", 15: "Polish", 16: "Portuguese (Brazil)", 17: "Russian", 18: "Swedish", 19: "Turkish",
    20: "Simplified Chinese (China)", 21: "Traditional Chinese (Hong Kong)", 22: "Traditional Chinese (Taiwan)",
    23: "Spanish", 24: "English (UK)", 25: "Indonesian", 26: "Filipino", 27: "Vietnamese", 28: "Arabic",
    29: "Hebrew", 30: "Hungarian", 31: "Portuguese (Portugal)", 32: "Romanian", 33: "Slovak", 34: "Slovenian",
    35: "Thai", 36: "Afrikaans", 37: "Bulgarian", 38: "Croatian", 39: "Greek", 40: "Lithuanian", 41: "Malay",
    42: "Serbian", 44: "French (Canada)", 45: "Bengali", 46: "Hindi", 47: "Punjabi", 48: "Tamil", 49: "Telugu",
    50: "Malayalam", 51: "English (Upside Down)", 52: "Ukrainian", 53: "Azerbaijani", 54: "Belarusian",
    55: "Bosnian", 56: "Cebuano", 57: "Esperanto", 58: "Estonian", 59: "Basque", 60: "Persian", 62: "Faroese",
    63: "Frisian", 64: "Irish", 65: "Galician", 66: "Guarani", 67: "Gujarati", 68: "Armenian", 69: "Icelandic",
    70: "Japanese (Kansai)", 71: "Javanese", 72: "Georgian", 73: "Kazakh", 74: "Khmer", 75: "Kannada",
    76: "Northern Kurdish (Kurmanji)", 78: "Latvian", 79: "Macedonian", 80: "Mongolian", 81: "Marathi",
    82: "Nepali", 83: "Flemish", 84: "Norwegian (nynorsk)", 85: "Pashto", 86: "Sinhala", 87: "Albanian",
    88: "Swahili", 89: "Tajik", 90: "Urdu", 91: "Uzbek", 1001: "English (All)", 1002: "Spanish (All)",
    1003: "French (All)", 1004: "Chinese (All)", 1005: "Portuguese (All)",
}  # fmt: skip

#: Interests of `/search?type=adinterest`: id to name and where it stands.
INTERESTS = {
    "6003107902433": ("Association football (Soccer)", ["Interests", "Sports and outdoors", "Sports"]),
    "6003397496347": ("Running", ["Interests", "Fitness and wellness", "Running"]),
    "6003277229371": ("Physical fitness", ["Interests", "Fitness and wellness", "Physical fitness"]),
    "6003306084421": ("Yoga", ["Interests", "Fitness and wellness", "Yoga"]),
    "6003648059946": ("Bodybuilding", ["Interests", "Fitness and wellness", "Bodybuilding"]),
    "6003384248805": ("Fitness and wellness", ["Interests", "Fitness and wellness"]),
    "6003269553527": ("Sports", ["Interests", "Sports and outdoors", "Sports"]),
    "6003166397215": ("Tennis", ["Interests", "Sports and outdoors", "Sports", "Tennis"]),
    "6003369240775": ("Basketball", ["Interests", "Sports and outdoors", "Sports", "Basketball"]),
    "6002925538921": ("Acting", ["Interests", "Entertainment", "Acting"]),
    "6003139266461": ("Movies", ["Interests", "Entertainment", "Movies"]),
    "6003020834693": ("Music", ["Interests", "Entertainment", "Music"]),
    "6003940339466": ("Video games", ["Interests", "Entertainment", "Games", "Video games"]),
    "6003582500438": ("Travel", ["Interests", "Hobbies and activities", "Travel"]),
    "6003899195666": ("Photography", ["Interests", "Hobbies and activities", "Photography"]),
    "6003351312828": ("Parenting", ["Interests", "Family and relationships", "Parenting"]),
    "6003476182657": ("Family", ["Interests", "Family and relationships", "Family"]),
    "6003266225248": ("Jewelry", ["Interests", "Shopping and fashion", "Jewelry"]),
    "6003348604581": ("Fashion accessories", ["Interests", "Shopping and fashion", "Fashion accessories"]),
    "6003346592981": ("Online shopping", ["Interests", "Shopping and fashion", "Online shopping"]),
    "6003263791114": ("Shopping", ["Interests", "Shopping and fashion", "Shopping"]),
    "6003088846792": ("Beauty salons", ["Interests", "Shopping and fashion", "Beauty", "Beauty salons"]),
    "6003659420716": ("Cooking", ["Interests", "Food and drink", "Cooking"]),
    "6003288514088": ("Coffee", ["Interests", "Food and drink", "Coffee"]),
    "6003659655604": ("Cars", ["Interests", "Hobbies and activities", "Vehicles", "Cars"]),
    "6003656922020": ("Technology", ["Interests", "Technology"]),
    "6003985771306": ("Technology (computers and electronics)", ["Interests", "Technology"]),
    "6003127206524": ("Digital marketing", ["Interests", "Business and industry", "Digital marketing"]),
    "6003371567474": ("Entrepreneurship", ["Interests", "Business and industry", "Entrepreneurship"]),
    "6003388314512": ("Investment", ["Interests", "Business and industry", "Investment"]),
    "6003305057221": ("Gardening", ["Interests", "Hobbies and activities", "Home and garden", "Gardening"]),
    "6003342222945": ("Do it yourself (DIY)", ["Interests", "Hobbies and activities", "Home and garden"]),
    "6003332344237": ("Dogs", ["Interests", "Hobbies and activities", "Pets", "Dogs"]),
    "6003159378782": ("Cats", ["Interests", "Hobbies and activities", "Pets", "Cats"]),
}


def countries(geo: dict[str, Any]) -> set[str]:
    """The countries that a `geo_locations` reaches, as far as it names them."""
    found = set(geo.get("countries", ()))
    found |= {REGIONS[one["key"]].country for one in geo.get("regions", ())}
    found |= {CITIES[one["key"]].country for one in geo.get("cities", ())}
    found |= {one["key"].split(":")[0] for one in geo.get("zips", ())}
    return found | {one["country"] for one in geo.get("custom_locations", ()) if "country" in one}


def places(query: str, *, kinds: set[str], country: str | None, region: int | None = None) -> list[dict[str, Any]]:
    """What `/search?type=adgeolocation` finds: places whose name begins with the query. Who asks for cities gets their
    larger parts as well."""
    kinds = kinds | {"subcity"} if "city" in kinds else kinds
    found = []
    for place in [*_COUNTRIES, *_REGIONS, *_CITIES]:
        named = place.kind in kinds and place.name.lower().startswith(query.lower())
        if named and country in (None, place.country) and str(region or place.region_key) == str(place.region_key):
            found.append(_shown(place))
    if "zip" in kinds and query.isdigit() and len(query) == 5 and country in (None, "US") and region is None:
        found.append(_shown(Place("zip", f"US:{query}", query, "US")))
    return found


def overlap(geo: dict[str, Any]) -> tuple[str, str] | None:
    """The first pair (part, whole) of places of a `geo_locations`, where one lies within the other; else None."""
    parts = [(REGIONS[one["key"]].name, "", REGIONS[one["key"]].country) for one in geo.get("regions", ())]
    for one in geo.get("cities", ()):
        city = CITIES[one["key"]]
        parts.append((city.name, city.region_key or "", city.country))
    parts += [(one["key"], "", one["key"][:2]) for one in geo.get("zips", ())]
    regions = {one["key"]: REGIONS[one["key"]].name for one in geo.get("regions", ())}
    for name, region, country in parts:
        if country in geo.get("countries", ()):
            return name, country
        if region in regions:
            return name, regions[region]
    return None


def _shown(place: Place) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "key": place.key,
        "name": place.name,
        "type": place.kind,
        "country_code": place.country,
        "country_name": _COUNTRY_NAMES.get(place.country, place.country),
        "supports_region": True,
        "supports_city": True,
    }
    if place.region is not None:
        shown |= {"region": place.region, "region_id": int(place.region_key or 0)}
    return shown


def locales(query: str) -> list[dict[str, Any]]:
    """What `/search?type=adlocale` finds."""
    return [{"key": k, "name": name} for k, name in LOCALES.items() if query.lower() in name.lower()]


def interests(query: str) -> list[dict[str, Any]]:
    """What `/search?type=adinterest` finds."""
    return [
        {
            "id": id_,
            "name": name,
            "audience_size_lower_bound": 1_000_000 + int(id_) % 90_000_000,
            "audience_size_upper_bound": 1_200_000 + int(id_) % 110_000_000,
            "path": path,
            "description": None,
            "topic": path[1] if len(path) > 1 else None,
        }
        for id_, (name, path) in INTERESTS.items()
        if query.lower() in name.lower()
    ]
