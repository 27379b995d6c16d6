"""Make `ports.csv`: sea and river ports with UN/LOCODE, from the package `searoute`, cleaned."""

import csv
import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from .packages import find_searoute_data

# Ports whose package position lies more than 50 nm from the port of that LOCODE in the World Port
# Index (NGA Pub. 150, 2024), where the index is right: mostly a namesake elsewhere. Dropped, not
# moved. Where the index is wrong and the package right they stay: UAILK, JPWKJ, CNCWN, IDKKA,
# GBTOB, MXPMS.
_MISPLACED_TEXT = """
    ARSFN ARSNS CADON CAMNE CAPNT CASJF CATTC CNQIN COADZ GBGIS
    GBKLK IDKIJ IRCYT JPSAK JPYWT NCBUG NGWAR SEVBY USBDY USCRM
    USGDN USGRH USGRL USPAE USPAS USPCP USPTM USPWM USRIC USSKY
"""
MISPLACED = frozenset(_MISPLACED_TEXT.split())
# Positions in the wrong hemisphere, ocean or country, found by comparing each port with the outline
# of the country most ports of its prefix lie in.
BROKEN = frozenset({"ASPGO", "CHERN", "CRSJO", "TKMRW", "IDCHN", "USCAI", "VCCRP", "ZAPOR"})
# Serbia and Montenegro, dissolved in 2006, and Guam under a code of the United States: the same
# ports are listed under ME and GU.
WITHDRAWN = frozenset({"CSBAR", "CSKOT", "CSZEL", "USGUA"})
AIRPORT = re.compile(r"\b(Apt|Airport)\b")
LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")

COUNTRY_NAMES = {
    "Guinea Bissau": "Guinea-Bissau",
    "Somali": "Somalia",
    "Turkey": "Türkiye",
    "Us Virgin Islands": "US Virgin Islands",
    "Reunion": "Réunion",
    "Curacao": "Curaçao",
    "Sao Tome And Principe": "São Tomé and Príncipe",
    "Ivory Coast": "Côte d'Ivoire",
}
NAMES = {
    "CAHSP": "Havre-Saint-Pierre",
    "NOKRS": "Kristiansand",
    "NOKRN": "Kristiansund",
    "UAODS": "Odesa",
}
SMALL_WORDS = {"And", "Of", "The"}
# Province codes the package leaves behind a comma ("Bima, Sb") and bracketed states ("(Fl)").
PROVINCE = re.compile(r", (?:Kl|Sb|St)$")
STATE = re.compile(r"\((Nt|Fl|Me|Wa)\)")
NAME_PARTICLES = re.compile(r"(?<=[a-z.] )(De|Del|Da|Do|Dos|Du|Des|Di|Y|Of|Sur|An Der|Am)(?= )")


@dataclass(frozen=True)
class Port:
    """A port of the package: position in WGS 84 degrees, `rank` 2 terminal, 1 known, 0 unknown."""

    locode: str
    name: str
    country: str
    longitude: float
    latitude: float
    rank: int


def build_ports(target: Path) -> dict[str, int]:
    """Write the cleaned ports in order of LOCODE; return how many were dropped, by reason."""
    dropped: Counter[str] = Counter()
    best: dict[str, Port] = {}
    for port in _read_ports():
        if reason := _find_fault(port):
            dropped[reason] += 1
            continue
        known = best.get(port.locode)
        if known:
            dropped["second entry of a LOCODE"] += 1
        if not known or port.rank > known.rank:
            best[port.locode] = port
    with (target / "ports.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["locode", "name", "country", "longitude", "latitude"])
        for port in sorted(best.values(), key=lambda p: p.locode):
            position = (f"{port.longitude:.5f}", f"{port.latitude:.5f}")
            writer.writerow([port.locode, port.name, port.country, *position])
    return dict(dropped)


def _read_ports() -> list[Port]:
    document = json.loads((find_searoute_data() / "ports.geojson").read_bytes())
    ports = []
    for feature in document["features"]:
        facts = feature["properties"]
        longitude, latitude = feature["geometry"]["coordinates"]
        rank = {1.0: 2, 0.0: 1}.get(facts["t"], 0)
        port = Port(facts["port"], facts["name"], facts["cty"], longitude, latitude, rank)
        ports.append(replace(port, name=_spell_name(port), country=_spell_country(port)))
    return ports


def _spell_name(port: Port) -> str:
    name = NAMES.get(port.locode, port.name.strip())
    if name.isupper():
        name = name.title()
    name = STATE.sub(lambda match: f"({match[1].upper()})", PROVINCE.sub("", name))
    return NAME_PARTICLES.sub(lambda match: match[0].lower(), name)


def _spell_country(port: Port) -> str:
    if port.locode.startswith("SO"):
        return "Somalia"
    words = port.country.replace("_", " ").title().split()
    name = " ".join(words)
    if name in COUNTRY_NAMES:
        return COUNTRY_NAMES[name]
    return " ".join(
        word.lower() if word in SMALL_WORDS and place else word for place, word in enumerate(words)
    )


def _find_fault(port: Port) -> str | None:
    if not LOCODE.fullmatch(port.locode):
        return "no UN/LOCODE"
    if AIRPORT.search(port.name):
        return "airport"
    if port.locode in MISPLACED:
        return "more than 50 nm from the World Port Index"
    if port.locode in WITHDRAWN:
        return "withdrawn code"
    if port.locode in BROKEN:
        return "broken position"
    on_globe = abs(port.longitude) <= 180 and abs(port.latitude) <= 90
    if not on_globe or (port.longitude, port.latitude) == (0, 0):
        return "broken position"
    return None
