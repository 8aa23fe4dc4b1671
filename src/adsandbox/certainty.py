"""How sure it is that an endpoint is as it is imitated, and by which source. The marks are explained in `LEGEND`."""

import re
from dataclasses import dataclass

LEGEND = {
    "S": "the platform's official SDK, read or driven",
    "D": "the platform's own documentation",
    "G": "a community SDK whose comments translate the documentation",
    "E": "a third party's reading of the documentation, with examples",
    "T": "third parties' code or recordings",
    "M": "memory and plausibility; expect surprises",
}


@dataclass(frozen=True, slots=True)
class Certainty:
    """Marks for the four things that can be wrong. Several marks: parts of it stand on each of them."""

    address: str
    request: str
    answer: str
    refusals: str


_GUESS = Certainty("M", "M", "M", "M")

#: By platform: patterns searched in prefix and path, the first that fits.
_KNOWN: dict[str, tuple[tuple[str, Certainty], ...]] = {
    "google_ads": (
        ("^/google-(oauth|authorize)/", _GUESS),
        ("listAccessibleCustomers$", Certainty("S D", "S", "S D", "S M")),
        ("geoTargetConstants:suggest$", Certainty("S D", "S", "S M", "S M")),
        ("googleAds:search", Certainty("S D", "S", "S", "S M")),
        (":mutate$", Certainty("S D", "S", "S", "S M")),
    ),
    "facebook_ads": (
        ("^/meta-dialog/|/oauth/access_token$|/debug_token$", Certainty("M", "M", "M", "T M")),
        (r"/v26\.0/$", _GUESS),
        ("/me(/|$)", Certainty("S", "S", "S M", "D M")),
        ("/search$", Certainty("S", "S M", "M", "M")),
        ("/insights$|{run}$", Certainty("S", "S D", "S M", "D M")),
        ("/(adimages|advideos|thumbnails)$|{advideo}$", Certainty("S", "S", "M", "M")),
        (
            "/(campaigns|adsets|ads|adcreatives)$|{(campaign|adset|ad|adcreative)}$",
            Certainty("S", "S", "S D M", "D T M"),
        ),
        ("/act_{id}|{(page|instagram|adspixel)}", Certainty("S", "S", "S M", "D M")),
    ),
    "microsoft_ads": (
        ("^/microsoft-oauth/", Certainty("S", "S", "D M", "D M")),
        (r"/Download/|GeoLocations\.csv$", Certainty("M", "M", "D M", "M")),
        ("^/microsoft-reporting/", Certainty("S D", "S D", "S D", "D M")),
        ("^/microsoft-customer/", Certainty("S D", "S", "S", "D M")),
        ("^/microsoft-campaign/", Certainty("S D", "S D", "S D", "D M")),
    ),
    "tiktok_ads": (
        ("^/tiktok-authorize/|/report/file/$", _GUESS),
        ("/oauth2/", Certainty("S E", "S G", "G", "E M")),
        ("/smart_plus/", Certainty("S", "S", "S G M", "G M")),
        ("/report/task/", Certainty("S", "S G", "G M", "E M")),
        ("/review_info/$", Certainty("S", "S", "G M", "M")),
        ("/(campaign|adgroup|ad|file|report|identity)/", Certainty("S", "S G", "S G M", "E G T M")),
        ("/(advertiser|user|pixel|tool)/", Certainty("S", "S G", "G M", "E M")),
    ),
}


def of(platform: str, address: str) -> Certainty:
    """The marks of an endpoint; LookupError where nobody has said how sure it is."""
    for pattern, marks in _KNOWN[platform]:
        if re.search(pattern, address):
            return marks
    raise LookupError(f"{platform} {address}: say in certainty.py how sure it is")
