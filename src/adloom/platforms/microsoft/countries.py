"""Countries as Microsoft's reports write them, in English, against ISO 3166-1 alpha-2. Pure.

The names are CLDR's; where Microsoft's guide "Geographical Location Codes" has another, or had, that stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

_OTHERWISE: Mapping[str, str] = {
    "Bahamas, The": "BS",
    "Bolivarian Republic of Venezuela": "VE",
    "Bosnia and Herzegovina": "BA",
    "Brunei Darussalam": "BN",
    "Cabo Verde": "CV",
    "Congo": "CG",
    "Congo (DRC)": "CD",
    "Cote d'Ivoire": "CI",
    "Côte d'Ivoire": "CI",
    "Czech Republic": "CZ",
    "Falkland Islands (Islas Malvinas)": "FK",
    "Fiji Islands": "FJ",
    "Gambia, The": "GM",
    "Hong Kong": "HK",
    "Hong Kong SAR": "HK",
    "Korea": "KR",
    "Korea, South": "KR",
    "Macao SAR": "MO",
    "Macau": "MO",
    "Macedonia": "MK",
    "Macedonia, Former Yugoslav Republic of": "MK",
    "Myanmar": "MM",
    "Palestinian Authority": "PS",
    "Republic of Korea": "KR",
    "Reunion": "RE",
    "Russian Federation": "RU",
    "Saint Helena": "SH",
    "Saint Kitts and Nevis": "KN",
    "Saint Lucia": "LC",
    "Saint Pierre and Miquelon": "PM",
    "Saint Vincent and the Grenadines": "VC",
    "Sao Tomé and Príncipe": "ST",
    "Swaziland": "SZ",
    "Syrian Arab Republic": "SY",
    "The Netherlands": "NL",
    "Turkey": "TR",
    "Türkiye": "TR",
    "United States of America": "US",
    "Vatican City": "VA",
    "Viet Nam": "VN",
    "Virgin Islands, British": "VG",
    "Virgin Islands, U.S.": "VI",
}


def code(name: str) -> str:
    """The two letters of a country; the name itself where nobody knows it."""
    return _codes().get(_folded(name), name)


@cache
def _codes() -> Mapping[str, str]:
    names = {str(name): key for key, name in Locale("en").territories.items() if len(key) == 2 and key.isalpha()}
    return {_folded(name): key for name, key in {**names, **_OTHERWISE}.items()}


def _folded(name: str) -> str:
    return name.replace("’", "'").replace("&", "and").casefold().strip()
