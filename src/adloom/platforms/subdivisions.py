"""Regions as people name them in English and at home, by ISO 3166-2 code: platforms know names, never these codes.

A selection of countries. Elsewhere a region is found by the name that its ad gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: By country: the code's second part, the English name, then other names (ISO 3166-2; GeoNames for English).
_TABLE = {
    "US": """AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California; CO Colorado; CT Connecticut; DE Delaware;
        DC District of Columbia|Washington D.C.; FL Florida; GA Georgia; HI Hawaii; ID Idaho; IL Illinois; IN Indiana;
        IA Iowa; KS Kansas; KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts; MI Michigan;
        MN Minnesota; MS Mississippi; MO Missouri; MT Montana; NE Nebraska; NV Nevada; NH New Hampshire; NJ New Jersey;
        NM New Mexico; NY New York; NC North Carolina; ND North Dakota; OH Ohio; OK Oklahoma; OR Oregon;
        PA Pennsylvania; RI Rhode Island; SC South Carolina; SD South Dakota; TN Tennessee; TX Texas; UT Utah;
        VT Vermont; VA Virginia; WA Washington; WV West Virginia; WI Wisconsin; WY Wyoming""",
    "CA": """AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador;
        NS Nova Scotia; NT Northwest Territories; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Quebec;
        SK Saskatchewan; YT Yukon""",
    "GB": "ENG England; NIR Northern Ireland; SCT Scotland; WLS Wales",
    "DE": """BW Baden-Württemberg|Baden-Wuerttemberg; BY Bavaria|Bayern; BE Berlin; BB Brandenburg; HB Bremen;
        HH Hamburg; HE Hesse|Hessen; MV Mecklenburg-Vorpommern|Mecklenburg-Western Pomerania;
        NI Lower Saxony|Niedersachsen; NW North Rhine-Westphalia|Nordrhein-Westfalen;
        RP Rhineland-Palatinate|Rheinland-Pfalz; SL Saarland; SN Saxony|Sachsen; ST Saxony-Anhalt|Sachsen-Anhalt;
        SH Schleswig-Holstein; TH Thuringia|Thüringen""",
    "AT": """1 Burgenland; 2 Carinthia|Kärnten; 3 Lower Austria|Niederösterreich; 4 Upper Austria|Oberösterreich;
        5 Salzburg; 6 Styria|Steiermark; 7 Tyrol|Tirol; 8 Vorarlberg; 9 Vienna|Wien""",
    "CH": """AG Aargau; AR Appenzell Ausserrhoden; AI Appenzell Innerrhoden; BL Basel-Landschaft; BS Basel-Stadt;
        BE Bern|Berne; FR Fribourg|Freiburg; GE Geneva|Genève|Genf; GL Glarus; GR Grisons|Graubünden; JU Jura;
        LU Lucerne|Luzern; NE Neuchâtel; NW Nidwalden; OW Obwalden; SG St. Gallen|Sankt Gallen; SH Schaffhausen;
        SZ Schwyz; SO Solothurn; TG Thurgau; TI Ticino|Tessin; UR Uri; VS Valais|Wallis; VD Vaud|Waadt; ZG Zug;
        ZH Zurich|Zürich""",
    "FR": """ARA Auvergne-Rhône-Alpes; BFC Bourgogne-Franche-Comté; BRE Brittany|Bretagne; CVL Centre-Val de Loire;
        20R Corsica|Corse; GES Grand Est; HDF Hauts-de-France; IDF Île-de-France; NOR Normandy|Normandie;
        NAQ Nouvelle-Aquitaine; OCC Occitanie|Occitania; PDL Pays de la Loire; PAC Provence-Alpes-Côte d'Azur""",
    "IT": """65 Abruzzo; 77 Basilicata; 78 Calabria; 72 Campania; 45 Emilia-Romagna; 36 Friuli-Venezia Giulia;
        62 Lazio; 42 Liguria; 25 Lombardy|Lombardia; 57 Marche|The Marches; 67 Molise; 21 Piedmont|Piemonte;
        75 Apulia|Puglia; 88 Sardinia|Sardegna; 82 Sicily|Sicilia; 52 Tuscany|Toscana;
        32 Trentino-Alto Adige|Trentino-South Tyrol; 55 Umbria; 23 Aosta Valley|Valle d'Aosta; 34 Veneto""",
    "ES": """AN Andalusia|Andalucía; AR Aragon|Aragón; AS Asturias; IB Balearic Islands|Illes Balears;
        PV Basque Country|País Vasco; CN Canary Islands|Canarias; CB Cantabria; CL Castile and León|Castilla y León;
        CM Castilla-La Mancha|Castile-La Mancha; CT Catalonia|Cataluña|Catalunya; CE Ceuta; EX Extremadura;
        GA Galicia; RI La Rioja; MD Community of Madrid|Madrid; ML Melilla; MC Region of Murcia|Murcia;
        NC Navarre|Navarra; VC Valencian Community|Comunidad Valenciana""",
    "NL": """DR Drenthe; FL Flevoland; FR Friesland|Fryslân; GE Gelderland; GR Groningen; LI Limburg;
        NB North Brabant|Noord-Brabant; NH North Holland|Noord-Holland; OV Overijssel; UT Utrecht; ZE Zeeland;
        ZH South Holland|Zuid-Holland""",
    "BE": """BRU Brussels|Brussels Capital|Brussels-Capital Region; VLG Flanders|Flemish Region;
        WAL Wallonia|Walloon Region""",
    "AU": """ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory; QLD Queensland;
        SA South Australia; TAS Tasmania; VIC Victoria; WA Western Australia""",
    "BR": """AC Acre; AL Alagoas; AP Amapá; AM Amazonas; BA Bahia; CE Ceará; DF Federal District|Distrito Federal;
        ES Espírito Santo; GO Goiás; MA Maranhão; MT Mato Grosso; MS Mato Grosso do Sul; MG Minas Gerais; PA Pará;
        PB Paraíba; PR Paraná; PE Pernambuco; PI Piauí; RJ Rio de Janeiro; RN Rio Grande do Norte;
        RS Rio Grande do Sul; RO Rondônia; RR Roraima; SC Santa Catarina; SP São Paulo; SE Sergipe; TO Tocantins""",
    "MX": """AGU Aguascalientes; BCN Baja California; BCS Baja California Sur; CAM Campeche; CHP Chiapas;
        CHH Chihuahua; CMX Mexico City|Ciudad de México|Distrito Federal; COA Coahuila|Coahuila de Zaragoza; COL Colima;
        DUR Durango; GUA Guanajuato; GRO Guerrero; HID Hidalgo; JAL Jalisco; MEX State of Mexico|Estado de México;
        MIC Michoacán|Michoacán de Ocampo; MOR Morelos; NAY Nayarit; NLE Nuevo León; OAX Oaxaca; PUE Puebla;
        QUE Querétaro; ROO Quintana Roo; SLP San Luis Potosí; SIN Sinaloa; SON Sonora; TAB Tabasco; TAM Tamaulipas;
        TLA Tlaxcala; VER Veracruz|Veracruz de Ignacio de la Llave; YUC Yucatán; ZAC Zacatecas""",
}


def _read(country: str, table: str) -> dict[str, tuple[str, ...]]:
    rows = (" ".join(row.split()).partition(" ") for row in table.split(";"))
    return {f"{country}-{code}": tuple(names.split("|")) for code, _, names in rows}


_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {code: names for country, table in _TABLE.items() for code, names in _read(country, table).items()}
)


def names_of(code: str) -> tuple[str, ...]:
    """The names of a region, the English one first; none where the code is not in the table."""
    return _NAMES.get(code, ())


def has_country(country: str) -> bool:
    """Whether all regions of a country are in the table, so that a code that is not there is no region."""
    return country in _TABLE
