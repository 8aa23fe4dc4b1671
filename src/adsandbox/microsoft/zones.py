"""Microsoft's names of time zones and languages.

Sources: its Time Zones guide for campaigns; `ReportTimeZone` and `TimeZoneType` of msads 13.0.30.1, which spell some
otherwise in reports and in accounts.
"""


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
    "AthensBuckarestIstanbul": "Europe/Athens",
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
    "InternationalDateLineWest": "Etc/GMT+12",
    "MidwayIslandAndSamoa": "Pacific/Pago_Pago",
    "ChihuahuaLaPazMazatlan": "America/Mazatlan",
    "IndianaEast": "America/Indiana/Indianapolis",
    "CentralAmerica": "America/Guatemala",
    "Saskatchewan": "America/Regina",
    "CaracasLaPaz": "America/La_Paz",
    "BuenosAiresGeorgetown": "America/Argentina/Buenos_Aires",
    "Greenland": "America/Nuuk",
    "MidAtlantic": "Atlantic/South_Georgia",
    "Azores": "Atlantic/Azores",
    "CapeVerdeIsland": "Atlantic/Cape_Verde",
    "CasablancaMonrovia": "Africa/Monrovia",
    "WestCentralAfrica": "Africa/Lagos",
    "Bucharest": "Europe/Bucharest",
    "Cairo": "Africa/Cairo",
    "HararePretoria": "Africa/Johannesburg",
    "Baghdad": "Asia/Baghdad",
    "MoscowStPetersburgVolgograd": "Europe/Moscow",
    "Nairobi": "Africa/Nairobi",
    "Tehran": "Asia/Tehran",
    "BakuTbilisiYerevan": "Asia/Baku",
    "Kabul": "Asia/Kabul",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "IslandamabadKarachiTashkent": "Asia/Karachi",
    "AlmatyNovosibirsk": "Asia/Almaty",
    "AstanaDhaka": "Asia/Dhaka",
    "SriJayawardenepura": "Asia/Colombo",
    "Rangoon": "Asia/Yangon",
    "Krasnoyarsk": "Asia/Krasnoyarsk",
    "IrkutskUlaanBataar": "Asia/Irkutsk",
    "Yakutsk": "Asia/Yakutsk",
    "Darwin": "Australia/Darwin",
    "GuamPortMoresby": "Pacific/Port_Moresby",
    "Hobart": "Australia/Hobart",
    "Vladivostok": "Asia/Vladivostok",
    "SolomonIslandNewCaledonia": "Pacific/Guadalcanal",
    "FijiKamchatkaMarshallIsland": "Pacific/Fiji",
    "Nukualofa": "Pacific/Tongatapu",
}
_NAMES = {zone: name for name, zone in ZONES.items()}

#: What a report may name: the same, but for three.
_SPELLED = {
    "AthensBuckarestIstanbul": "AthensIslandanbulMinsk",
    "MidwayIslandAndSamoa": "MidwayIslandandSamoa",
    "SolomonIslandNewCaledonia": "MagadanSolomonIslandNewCaledonia",
}
REPORT_ZONES = {_SPELLED.get(name, name): zone for name, zone in ZONES.items()}
#: What an account's zone is called, where it differs.
ACCOUNT_ZONES = {"IslandamabadKarachiTashkent": "IslamabadKarachiTashkent"}
DEFAULT_REPORT_ZONE = "PacificTimeUSCanadaTijuana"

LANGUAGES = frozenset(
    _words("""Albanian Arabic Bosnian Bulgarian Croatian Czech Danish Dutch English Estonian Finnish French
    German Greek Hebrew Hungarian Icelandic Italian Japanese Latvian Lithuanian Macedonian Maltese Norwegian
    Polish Portuguese Romanian Russian Serbian SimplifiedChinese Slovak Slovenian Spanish Swedish Thai
    TraditionalChinese Turkish Vietnamese""")
)


def name_of(zone: str) -> str:
    """Microsoft's name of an IANA time zone; the Pacific one for a zone that is not in the table."""
    return _NAMES.get(zone, "PacificTimeUSCanadaTijuana")
