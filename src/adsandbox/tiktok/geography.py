"""Places that can be targeted: countries, regions of two of them, some cities and postal codes. TikTok's location ids
are GeoNames ids (source: GeoNames); which of them TikTok really sells is not imitated. Ids of postal codes are ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `level` is TikTok's word for how large it is; `parent_id` is "0" for a country."""

    id: str
    name: str
    level: str
    country: str
    parent_id: str
    area: str = "ADMIN"
    sold: bool = True


_COUNTRIES = """
AD 3041565 Andorra; AE 290557 United Arab Emirates; AF 1149361 Afghanistan;
AG 3576396 Antigua and Barbuda; AI 3573511 Anguilla; AL 783754 Albania; AM 174982 Armenia;
AO 3351879 Angola; AR 3865483 Argentina; AS 5880801 American Samoa; AT 2782113 Austria;
AU 2077456 Australia; AW 3577279 Aruba; AX 661882 Aland Islands; AZ 587116 Azerbaijan;
BA 3277605 Bosnia and Herzegovina; BB 3374084 Barbados; BD 1210997 Bangladesh; BE 2802361 Belgium;
BF 2361809 Burkina Faso; BG 732800 Bulgaria; BH 290291 Bahrain; BI 433561 Burundi; BJ 2395170 Benin;
BL 3578476 Saint Barthelemy; BM 3573345 Bermuda; BN 1820814 Brunei; BO 3923057 Bolivia;
BQ 7626844 Bonaire, Saint Eustatius and Saba; BR 3469034 Brazil; BS 3572887 Bahamas; BT 1252634 Bhutan;
BV 3371123 Bouvet Island; BW 933860 Botswana; BY 630336 Belarus; BZ 3582678 Belize; CA 6251999 Canada;
CC 1547376 Cocos Islands; CD 203312 Democratic Republic of the Congo;
CF 239880 Central African Republic; CG 2260494 Republic of the Congo; CH 2658434 Switzerland;
CI 2287781 Ivory Coast; CK 1899402 Cook Islands; CL 3895114 Chile; CM 2233387 Cameroon;
CN 1814991 China; CO 3686110 Colombia; CR 3624060 Costa Rica; CU 3562981 Cuba; CV 3374766 Cape Verde;
CW 7626836 Curacao; CX 2078138 Christmas Island; CY 146669 Cyprus; CZ 3077311 Czech Republic;
DE 2921044 Germany; DJ 223816 Djibouti; DK 2623032 Denmark; DM 3575830 Dominica;
DO 3508796 Dominican Republic; DZ 2589581 Algeria; EC 3658394 Ecuador; EE 453733 Estonia;
EG 357994 Egypt; EH 2461445 Western Sahara; ER 338010 Eritrea; ES 2510769 Spain; ET 337996 Ethiopia;
FI 660013 Finland; FJ 2205218 Fiji; FK 3474414 Falkland Islands; FM 2081918 Micronesia;
FO 2622320 Faroe Islands; FR 3017382 France; GA 2400553 Gabon; GB 2635167 United Kingdom;
GD 3580239 Grenada; GE 614540 Georgia; GF 3381670 French Guiana; GG 3042362 Guernsey; GH 2300660 Ghana;
GI 2411586 Gibraltar; GL 3425505 Greenland; GM 2413451 Gambia; GN 2420477 Guinea;
GP 3579143 Guadeloupe; GQ 2309096 Equatorial Guinea; GR 390903 Greece;
GS 3474415 South Georgia and the South Sandwich Islands; GT 3595528 Guatemala; GU 4043988 Guam;
GW 2372248 Guinea-Bissau; GY 3378535 Guyana; HK 1819730 Hong Kong;
HM 1547314 Heard Island and McDonald Islands; HN 3608932 Honduras; HR 3202326 Croatia;
HT 3723988 Haiti; HU 719819 Hungary; ID 1643084 Indonesia; IE 2963597 Ireland; IL 294640 Israel;
IM 3042225 Isle of Man; IN 1269750 India; IO 1282588 British Indian Ocean Territory; IQ 99237 Iraq;
IR 130758 Iran; IS 2629691 Iceland; IT 3175395 Italy; JE 3042142 Jersey; JM 3489940 Jamaica;
JO 248816 Jordan; JP 1861060 Japan; KE 192950 Kenya; KG 1527747 Kyrgyzstan; KH 1831722 Cambodia;
KI 4030945 Kiribati; KM 921929 Comoros; KN 3575174 Saint Kitts and Nevis; KP 1873107 North Korea;
KR 1835841 South Korea; KW 285570 Kuwait; KY 3580718 Cayman Islands; KZ 1522867 Kazakhstan;
LA 1655842 Laos; LB 272103 Lebanon; LC 3576468 Saint Lucia; LI 3042058 Liechtenstein;
LK 1227603 Sri Lanka; LR 2275384 Liberia; LS 932692 Lesotho; LT 597427 Lithuania;
LU 2960313 Luxembourg; LV 458258 Latvia; LY 2215636 Libya; MA 2542007 Morocco; MC 2993457 Monaco;
MD 617790 Moldova; ME 3194884 Montenegro; MF 3578421 Saint Martin; MG 1062947 Madagascar;
MH 2080185 Marshall Islands; MK 718075 Macedonia; ML 2453866 Mali; MM 1327865 Myanmar;
MN 2029969 Mongolia; MO 1821275 Macao; MP 4041468 Northern Mariana Islands; MQ 3570311 Martinique;
MR 2378080 Mauritania; MS 3578097 Montserrat; MT 2562770 Malta; MU 934292 Mauritius;
MV 1282028 Maldives; MW 927384 Malawi; MX 3996063 Mexico; MY 1733045 Malaysia; MZ 1036973 Mozambique;
NA 3355338 Namibia; NC 2139685 New Caledonia; NE 2440476 Niger; NF 2155115 Norfolk Island;
NG 2328926 Nigeria; NI 3617476 Nicaragua; NL 2750405 Netherlands; NO 3144096 Norway; NP 1282988 Nepal;
NR 2110425 Nauru; NU 4036232 Niue; NZ 2186224 New Zealand; OM 286963 Oman; PA 3703430 Panama;
PE 3932488 Peru; PF 4030656 French Polynesia; PG 2088628 Papua New Guinea; PH 1694008 Philippines;
PK 1168579 Pakistan; PL 798544 Poland; PM 3424932 Saint Pierre and Miquelon; PN 4030699 Pitcairn;
PR 4566966 Puerto Rico; PS 6254930 Palestinian Territory; PT 2264397 Portugal; PW 1559582 Palau;
PY 3437598 Paraguay; QA 289688 Qatar; RE 935317 Reunion; RO 798549 Romania; RS 6290252 Serbia;
RU 2017370 Russia; RW 49518 Rwanda; SA 102358 Saudi Arabia; SB 2103350 Solomon Islands;
SC 241170 Seychelles; SD 366755 Sudan; SE 2661886 Sweden; SG 1880251 Singapore;
SH 3370751 Saint Helena; SI 3190538 Slovenia; SJ 607072 Svalbard and Jan Mayen; SK 3057568 Slovakia;
SL 2403846 Sierra Leone; SM 3168068 San Marino; SN 2245662 Senegal; SO 51537 Somalia;
SR 3382998 Suriname; SS 7909807 South Sudan; ST 2410758 Sao Tome and Principe; SV 3585968 El Salvador;
SX 7609695 Sint Maarten; SY 163843 Syria; SZ 934841 Swaziland; TC 3576916 Turks and Caicos Islands;
TD 2434508 Chad; TF 1546748 French Southern Territories; TG 2363686 Togo; TH 1605651 Thailand;
TJ 1220409 Tajikistan; TK 4031074 Tokelau; TL 1966436 East Timor; TM 1218197 Turkmenistan;
TN 2464461 Tunisia; TO 4032283 Tonga; TR 298795 Turkey; TT 3573591 Trinidad and Tobago;
TV 2110297 Tuvalu; TW 1668284 Taiwan; TZ 149590 Tanzania; UA 690791 Ukraine; UG 226074 Uganda;
UM 5854968 United States Minor Outlying Islands; US 6252001 United States; UY 3439705 Uruguay;
UZ 1512440 Uzbekistan; VA 3164670 Vatican; VC 3577815 Saint Vincent and the Grenadines;
VE 3625428 Venezuela; VG 3577718 British Virgin Islands; VI 4796775 U.S. Virgin Islands;
VN 1562822 Vietnam; VU 2134431 Vanuatu; WF 4034749 Wallis and Futuna; WS 4034894 Samoa;
XK 831053 Kosovo; YE 69543 Yemen; YT 1024031 Mayotte; ZA 953987 South Africa; ZM 895949 Zambia;
ZW 878675 Zimbabwe
"""

_STATES_OF_THE_USA = """
AK 5879092 Alaska; AL 4829764 Alabama; AR 4099753 Arkansas; AZ 5551752 Arizona; CA 5332921 California;
CO 5417618 Colorado; CT 4831725 Connecticut; DC 4138106 District of Columbia; DE 4142224 Delaware;
FL 4155751 Florida; GA 4197000 Georgia; HI 5855797 Hawaii; IA 4862182 Iowa; ID 5596512 Idaho;
IL 4896861 Illinois; IN 4921868 Indiana; KS 4273857 Kansas; KY 6254925 Kentucky; LA 4331987 Louisiana;
MA 6254926 Massachusetts; MD 4361885 Maryland; ME 4971068 Maine; MI 5001836 Michigan;
MN 5037779 Minnesota; MO 4398678 Missouri; MS 4436296 Mississippi; MT 5667009 Montana;
NC 4482348 North Carolina; ND 5690763 North Dakota; NE 5073708 Nebraska; NH 5090174 New Hampshire;
NJ 5101760 New Jersey; NM 5481136 New Mexico; NV 5509151 Nevada; NY 5128638 New York; OH 5165418 Ohio;
OK 4544379 Oklahoma; OR 5744337 Oregon; PA 6254927 Pennsylvania; RI 5224323 Rhode Island;
SC 4597040 South Carolina; SD 5769223 South Dakota; TN 4662168 Tennessee; TX 4736286 Texas;
UT 5549030 Utah; VA 6254928 Virginia; VT 5242283 Vermont; WA 5815135 Washington; WI 5279468 Wisconsin;
WV 4826850 West Virginia; WY 5843591 Wyoming
"""

_GERMAN_STATES = """
BW 2953481 Baden-Württemberg; BY 2951839 Bavaria; BE 2950157 Berlin; BB 2945356 Brandenburg; HB 2944387 Bremen;
HH 2911297 Hamburg; HE 2905330 Hesse; MV 2872567 Mecklenburg-Vorpommern; NI 2862926 Lower Saxony;
NW 2861876 North Rhine-Westphalia; RP 2847618 Rhineland-Palatinate; SL 2842635 Saarland; SN 2842566 Saxony;
ST 2842565 Saxony-Anhalt; SH 2838632 Schleswig-Holstein; TH 2822542 Thuringia
"""

#: American counties stand where other countries have their cities, and cities below them.
_BELOW = [
    Place("4254679", "Sangamon County", "CITY", "US", "4896861"),
    Place("4250542", "Springfield", "DISTRICT", "US", "4254679"),
    Place("4388460", "Greene County", "CITY", "US", "4398678"),
    Place("4409896", "Springfield", "DISTRICT", "US", "4388460"),
    Place("4888671", "Cook County", "CITY", "US", "4896861"),
    Place("4887398", "Chicago", "DISTRICT", "US", "4888671"),
    Place("4737316", "Travis County", "CITY", "US", "4736286"),
    Place("4671654", "Austin", "DISTRICT", "US", "4737316"),
    Place("2867714", "Munich", "CITY", "DE", "2951839"),
    Place("2861650", "Nuremberg", "CITY", "DE", "2951839"),
    Place("2886242", "Cologne", "CITY", "DE", "2861876"),
    Place("803", "Los Angeles", "PROVINCE", "US", "6252001", area="METROPOLITAN_OR_DMA"),
]
_ZIP_CODES = [
    Place("7000000094103", "94103", "ZIP_CODE", "US", "5332921"),
    Place("7000000094104", "94104", "ZIP_CODE", "US", "5332921"),
    Place("7000000062701", "62701", "ZIP_CODE", "US", "4250542"),
    Place("7000000010118", "10118", "ZIP_CODE", "US", "5128638", sold=False),
    Place("7000000000835", "M5V", "ZIP_CODE", "CA", "6251999"),
]


def _read(table: str, *, level: str, country: str | None = None, parent_id: str = "0") -> list[Place]:
    rows = [row.split(" ", 2) for row in table.replace("\n", " ").strip().split("; ")]
    return [Place(id_, name, level, country or code, parent_id) for code, id_, name in rows]


#: Every place for `location_ids` by its id.
PLACES: dict[str, Place] = {
    place.id: place
    for place in (
        *_read(_COUNTRIES, level="COUNTRY"),
        *_read(_STATES_OF_THE_USA, level="PROVINCE", country="US", parent_id="6252001"),
        *_read(_GERMAN_STATES, level="PROVINCE", country="DE", parent_id="2921044"),
        *_BELOW,
    )
}
#: Every postal code for `zipcode_ids` by its id.
ZIP_CODES: dict[str, Place] = {place.id: place for place in _ZIP_CODES}

#: Where ads for people below 18 are refused in this imitation (code 40065): USA, Canada, United Kingdom,
#: Switzerland, the European Economic Area, Latin America.
NO_MINORS = frozenset((
    "US", "CA", "GB", "CH", "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU",
    "IS", "IE", "IT", "LV", "LI", "LT", "LU", "MT", "NL", "NO", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    "AR", "BO", "BR", "CL", "CO", "CR", "DO", "EC", "SV", "GT", "HN", "MX", "NI", "PA", "PY", "PE", "PR",
    "UY", "VE",
))  # fmt: skip


def find(id_: str) -> Place | None:
    """A place or a postal code."""
    return PLACES.get(id_) or ZIP_CODES.get(id_)


def overlaps(ids: list[str]) -> tuple[str, str] | None:
    """The first pair (part, whole) of ids where one lies within the other, or is named twice; else None."""
    seen: set[str] = set()
    for id_ in ids:
        if id_ in seen:
            return id_, id_
        seen.add(id_)
    for id_ in ids:
        for whole in above(id_):
            if whole in seen:
                return id_, whole
    return None


def above(id_: str) -> Iterator[str]:
    """The ids of all that holds a place, from the smallest on."""
    place = find(id_)
    while place is not None and place.parent_id != "0":
        yield place.parent_id
        place = PLACES.get(place.parent_id)
