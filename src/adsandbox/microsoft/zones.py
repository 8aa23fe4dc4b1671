"""Microsoft's names of time zones and languages, as far as the sandbox knows them."""


def _words(text: str) -> list[str]:
    return text.split()


ZONES = {
    "PacificTimeUSCanadaTijuana": "America/Los_Angeles",
    "MountainTimeUSCanada": "America/Denver",
    "CentralTimeUSCanada": "America/Chicago",
    "EasternTimeUSCanada": "America/New_York",
    "AtlanticTimeCanada": "America/Halifax",
    "Arizona": "America/Phoenix",
    "Alaska": "America/Anchorage",
    "Hawaii": "Pacific/Honolulu",
    "Newfoundland": "America/St_Johns",
    "Brasilia": "America/Sao_Paulo",
    "BogotaLimaQuito": "America/Bogota",
    "Santiago": "America/Santiago",
    "GuadalajaraMexicoCityMonterrey": "America/Mexico_City",
    "GreenwichMeanTimeDublinEdinburghLisbonLondon": "Europe/London",
    "AmsterdamBerlinBernRomeStockholmVienna": "Europe/Berlin",
    "BrusselsCopenhagenMadridParis": "Europe/Paris",
    "BelgradeBratislavaBudapestLjubljanaPrague": "Europe/Budapest",
    "SarajevoSkopjeWarsawZagreb": "Europe/Warsaw",
    "HelsinkiKyivRigaSofiaTallinnVilnius": "Europe/Helsinki",
    "AthensIslandanbulMinsk": "Europe/Athens",
    "Jerusalem": "Asia/Jerusalem",
    "KuwaitRiyadh": "Asia/Riyadh",
    "AbuDhabiMuscat": "Asia/Dubai",
    "ChennaiKolkataMumbaiNewDelhi": "Asia/Kolkata",
    "Kathmandu": "Asia/Kathmandu",
    "BangkokHanoiJakarta": "Asia/Bangkok",
    "KualaLumpurSingapore": "Asia/Singapore",
    "BeijingChongqingHongKongUrumqi": "Asia/Hong_Kong",
    "Taipei": "Asia/Taipei",
    "OsakaSapporoTokyo": "Asia/Tokyo",
    "Seoul": "Asia/Seoul",
    "Perth": "Australia/Perth",
    "Adelaide": "Australia/Adelaide",
    "Brisbane": "Australia/Brisbane",
    "CanberraMelbourneSydney": "Australia/Sydney",
    "AucklandWellington": "Pacific/Auckland",
}
_NAMES = {zone: name for name, zone in ZONES.items()}

LANGUAGES = frozenset(
    _words("""Albanian Arabic Bosnian Bulgarian Croatian Czech Danish Dutch English Estonian Finnish French
    German Greek Hebrew Hungarian Icelandic Italian Japanese Latvian Lithuanian Macedonian Maltese Norwegian
    Polish Portuguese Romanian Russian Serbian SimplifiedChinese Slovak Slovenian Spanish Swedish Thai
    TraditionalChinese Turkish Vietnamese""")
)


def name_of(zone: str) -> str:
    """Microsoft's name of an IANA time zone; the Pacific one for a zone that is not in the table."""
    return _NAMES.get(zone, "PacificTimeUSCanadaTijuana")
