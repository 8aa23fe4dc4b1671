"""Locations that the simulated Microsoft knows: ids of its geographical locations file, a selection.

Microsoft's file has a column with Google's ids; those of countries are 2000 plus the ISO number. Ids of 900000 and
above are the sandbox's own inventions, Google's of 9900000 and above likewise.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A row of the geographical locations file."""

    id: str
    name: str
    kind: str
    google_id: str


_COUNTRIES = {
    "190": ("United States", "2840"), "32": ("Canada", "2124"), "188": ("United Kingdom", "2826"),
    "9": ("Australia", "2036"), "72": ("Germany", "2276"), "66": ("France", "2250"), "10": ("Austria", "2040"),
    "175": ("Switzerland", "2756"), "170": ("Spain", "2724"), "93": ("Italy", "2380"),
    "129": ("Netherlands", "2528"), "90": ("India", "2356"), "96": ("Japan", "2392"), "118": ("Mexico", "2484"),
    "28": ("Brazil", "2076"), "174": ("Sweden", "2752"), "54": ("Denmark", "2208"), "136": ("Norway", "2578"),
    "65": ("Finland", "2246"), "146": ("Poland", "2616"), "91": ("Ireland", "2372"),
    "133": ("New Zealand", "2554"), "21": ("Belgium", "2056"), "147": ("Portugal", "2620"),
    "161": ("Singapore", "2702"),
}  # fmt: skip
_REGIONS = {
    "4084": ("California|United States", "21137"), "4109": ("New York|United States", "21167"),
    "4121": ("Texas|United States", "21176"), "4087": ("Florida|United States", "21142"),
    "4091": ("Illinois|United States", "21147"), "4125": ("Washington|United States", "21180"),
    "4115": ("Oregon|United States", "21170"), "2205": ("Bavaria|Germany", "20228"),
    "2207": ("Berlin|Germany", "20229"), "5161": ("England|United Kingdom", "20339"),
    "4161": ("Ontario|Canada", "20121"), "900001": ("Massachusetts|United States", "21152"),
    "900002": ("Missouri|United States", "21157"), "900003": ("Hesse|Germany", ""),
}  # fmt: skip
_CITIES = {
    "43752": ("Los Angeles|California|United States", "1013962"),
    "43849": ("San Francisco|California|United States", "1014221"),
    "52446": ("New York|New York|United States", "1023191"),
    "47009": ("Chicago|Illinois|United States", "1016367"),
    "57144": ("Seattle|Washington|United States", "1027744"),
    "41471": ("London|England|United Kingdom", "1006886"),
    "11243": ("Berlin|Berlin|Germany", "1003854"),
    "900101": ("Springfield|Illinois|United States", "9900101"),
    "900102": ("Springfield|Missouri|United States", "9900102"),
    "900103": ("Boston|Massachusetts|United States", "1018127"),
    "900104": ("Munich|Bavaria|Germany", "1004234"),
}  # fmt: skip
_CODES = {
    "900201": ("94304|California|United States", "9900201"),
    "71326": ("98052|Washington|United States", "9900202"),
    "900203": ("10115|Berlin|Germany", "9900203"),
}  # fmt: skip
#: What Microsoft takes away says so before, and takes no campaign any more.
_LEAVING = {"900301": ("Old Springs|Illinois|United States", "9900301")}

LOCATIONS = {
    id_: Location(id_, name, kind, google)
    for kind, rows in (("Country", _COUNTRIES), ("State", _REGIONS), ("City", _CITIES), ("PostalCode", _CODES))
    for id_, (name, google) in rows.items()
}


def file() -> str:
    """The geographical locations file, version 2.0, as CSV."""
    lines = ['"Location Id","Bing Display Name","Location Type","Replaces","Status","AdWords Location Id"']
    for one in LOCATIONS.values():
        lines.append(f'"{one.id}","{one.name}","{one.kind}","","Active","{one.google_id}"')
    for id_, (name, google) in _LEAVING.items():
        lines.append(f'"{id_}","{name}","City","","PendingDeprecation","{google}"')
    return "\r\n".join(lines) + "\r\n"
