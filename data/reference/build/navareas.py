"""Make `navareas.geojson` from our own table of limits.

The limits at sea follow the published descriptions of the NAVAREAs and METAREAs (IMO/IHO guidance
on the World-Wide Navigational Warning Service; WMO-No. 558, Manual on Marine Meteorological
Services; the Arctic areas as announced in 2010). Where a description ends at a coast the line is
continued over land, roughly, so that the 21 areas cover the globe and a river port falls with the
sea it serves. The lines cut the globe into faces; each face takes the number of the seed in it.
"""

from pathlib import Path

import shapely
from shapely.geometry import LineString, Point, Polygon, box

from .geojson import Feature, write_features

Place = tuple[float, float]

COORDINATORS = {
    1: "United Kingdom",
    2: "France",
    3: "Spain",
    4: "United States",
    5: "Brazil",
    6: "Argentina",
    7: "South Africa",
    8: "India",
    9: "Pakistan",
    10: "Australia",
    11: "Japan",
    12: "United States",
    13: "Russian Federation",
    14: "New Zealand",
    15: "Chile",
    16: "Peru",
    17: "Canada",
    18: "Canada",
    19: "Norway",
    20: "Russian Federation",
    21: "Russian Federation",
}
_ROMAN_TEXT = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI"
ROMAN = _ROMAN_TEXT.split()

# Longitude, latitude in degrees; each line is one limit, or the rough continuation over land.
LIMITS: dict[str, list[Place]] = {
    "I/II: 48°27'N": [(-35, 48.45), (2, 48.45), (8, 47)],
    "I/III: the continental divide of Europe": [(8, 47), (14, 48.5), (24, 49.5), (33, 53.5)],
    "I, XIII/XX: inland Russia": [(33, 53.5), (33, 62), (30, 65), (28, 69)],
    "III/XX: inland": [(33, 53.5), (47, 55), (62, 52)],
    "II/III: Pyrenees to the Alps": [(8, 47), (4, 44.5), (0, 42.8), (-2, 42)],
    "II/III: Iberia and the Strait of Gibraltar": [(-2, 42), (-5.5, 37.5), (-5.6, 35)],
    "II/III: Morocco to the Sahara": [(-5.6, 35), (-2, 32.5), (8, 28), (20, 24)],
    "III/IX: the Sahara and Suez": [(20, 24), (31, 27), (31.8, 30.1), (33.3, 30.1)],
    "III/IX: Levant": [(33.3, 30.1), (36.5, 32), (41, 38), (47, 38), (50, 35)],
    "III/IX: inland": [(50, 35), (62, 38), (62, 52)],
    "II/VII: 6°S": [(-20, -6), (14, -6), (24, -2)],
    "II/VIII: inland Africa": [(20, 24), (22, 10), (24, -2)],
    "VII/VIII: inland Africa": [(24, -2), (33, -9), (38, -10.5)],
    "VII/VIII: 10°30'S, 55°E, 30°S": [(38, -10.5), (55, -10.5), (55, -30), (80, -30)],
    "VII/X: 80°E": [(80, -30), (80, -90)],
    "VIII/X: 30°S, 95°E": [(80, -30), (95, -30), (95, -12)],
    "VIII/XI: 95°E, 6°N": [(95, -12), (95, 6), (98.5, 10)],
    "VIII/XI: inland": [(98.5, 10), (99, 12), (98, 18), (98, 29), (90, 33)],
    "VIII/IX: Indus to 63°E, 12°N": [(68.2, 23.75), (63, 12), (50.7, 12)],
    "VIII/IX: the Horn": [(50.7, 12), (50.7, 11.5), (43, 9.5), (37, 10)],
    "VIII/IX: inland Africa": [(37, 10), (31, 18), (22, 10)],
    "VIII/IX: inland Asia": [(68.2, 23.75), (71, 27), (76, 34), (90, 33)],
    "IX, III/XI, XX: inland Asia": [(90, 33), (90, 50)],
    "III/XX: inland Asia": [(62, 52), (90, 50)],
    "XI/XX: inland Asia": [(90, 50), (110, 52), (125, 53)],
    "X/XI: 12°S, Timor Sea": [(95, -12), (127, -12), (127, -10), (141, -10), (141, 0)],
    "X/XI, XIV: the equator": [(141, 0), (180, 0)],
    "X/XIV: 170°E, 29°S, 45°S 160°E": [(170, 0), (170, -29), (160, -45), (160, -90)],
    "XIV/XII: the equator": [(-180, 0), (-120, 0)],
    "XIV/XV, XVI: 120°W": [(-120, 0), (-120, -90)],
    "XII/XVI: 3°24'S": [(-120, -3.4), (-78.5, -3.4)],
    "XV/XVI: 18°21'S": [(-120, -18.35), (-69, -18.35)],
    "IV, V/XII, XVI: the Andes": [(-78.5, -3.4), (-77, 1), (-75.5, 5), (-77.3, 8)],
    "XVI/V: the Andes": [(-78.5, -3.4), (-75, -12), (-69, -18.35)],
    "XV/V, VI: the Andes": [(-69, -18.35), (-69, -33), (-71.5, -40), (-72, -50)],
    "VI/XV: Patagonia": [(-72, -50), (-71, -52), (-68.42, -52.35), (-68.6, -52.7)],
    "VI/XV: Tierra del Fuego": [(-68.6, -52.7), (-68.6, -54.87), (-67, -54.92)],
    "VI/XV: Cape Horn": [(-67, -54.92), (-66.3, -55.2), (-67.27, -55.97), (-67.27, -90)],
    "V/VI: 33°45'S to 35°50'S": [(-69, -27), (-58, -28), (-53.37, -33.75), (-50.1, -35.85)],
    "V/VI: 35°50'S": [(-50.1, -35.85), (-20, -35.85)],
    "IV/V: French Guiana to 7°N": [(-75.5, 5), (-66, 3), (-54, 2.3), (-51.6, 4.3), (-50.5, 7)],
    "IV, II/V: 7°N": [(-50.5, 7), (-20, 7)],
    "II, VII/V, VI: 20°W": [(-20, 7), (-20, -90)],
    "II, I/IV, XVIII: 35°W": [(-35, 7), (-35, 75)],
    "IV/XII: Panama": [(-77.3, 8), (-79.0, 9.3), (-79.65, 9.1), (-81, 8.6)],
    "IV/XII: Central America": [(-81, 8.6), (-83.5, 9.8), (-85, 11), (-86.5, 13.5), (-91, 15)],
    "IV/XII: Mexico": [(-91, 15), (-94.5, 16.8), (-98, 19), (-105, 26), (-107, 33)],
    "IV/XII: the Rocky Mountains": [(-107, 33), (-110, 45), (-116, 52), (-120, 58), (-120, 67)],
    "IV, XII/XVII, XVIII: 67°N": [(-168.967, 67), (-35, 67)],
    "XVII/XVIII: 120°W": [(-120, 67), (-120, 90)],
    "XVIII/XIX: 35°W": [(-35, 75), (-35, 90)],
    "I/XIX: 75°N, 5°W, 65°N": [(-35, 75), (-5, 75), (-5, 65), (14, 65), (28, 69)],
    "XIX/XX: the Barents Sea": [(28, 69), (30.82, 69.79), (31.1, 69.97), (31.717, 70.37), (30, 71)],
    "XIX/XX: 30°E": [(30, 71), (30, 90)],
    "XX/XXI: 125°E": [(125, 90), (125, 67)],
    "XIII/XX: inland Siberia": [(125, 53), (125, 67)],
    "XIII/XXI: 67°N": [(125, 67), (180, 67)],
    "XIII/XXI: 67°N, west of 180°": [(-180, 67), (-168.967, 67)],
    "XXI/XVII: 168°58'W": [(-168.967, 67), (-168.967, 90)],
    "XI/XIII: the Amur": [(125, 53), (131, 48), (131, 43), (130.7, 42.3)],
    "XI/XIII: Sea of Japan": [(130.7, 42.3), (135, 42.3), (139, 45.75), (142, 45.75)],
    "XI/XIII: Kunashir and the Kurils": [(142, 45.75), (145.3, 44.3), (145.6, 43.4), (147, 43)],
    "XI/XIII: 45°N": [(147, 43), (153, 45), (180, 45)],
    "XI/XII: 180°, south of 45°N": [(180, 0), (180, 45)],
    "XII/XIII: 180° to 50°N": [(180, 45), (180, 50), (172, 53), (180, 60)],
    "XII/XIII: to the Bering Strait": [(-180, 60), (-168.967, 65.5), (-168.967, 67)],
}

SEEDS: dict[int, list[Place]] = {
    1: [(-20, 55)],
    2: [(-20, 30)],
    3: [(15, 36)],
    4: [(-60, 30)],
    5: [(-30, -10)],
    6: [(-50, -45)],
    7: [(0, -30)],
    8: [(75, 0)],
    9: [(60, 20)],
    10: [(110, -30)],
    11: [(135, 20)],
    12: [(-150, 30), (177, 52.8)],
    13: [(150, 55), (-178, 63)],
    14: [(178, -30), (-150, -30)],
    15: [(-90, -40)],
    16: [(-90, -10)],
    17: [(-140, 75)],
    18: [(-70, 75)],
    19: [(5, 75)],
    20: [(60, 75)],
    21: [(150, 75), (-175, 75)],
}


def draw_navareas() -> dict[int, shapely.MultiPolygon]:
    """Return the 21 areas by number. Raises `ValueError` for a face with no seed or with two."""
    lines = [LineString(places) for places in LIMITS.values()]
    edge = box(-180, -90, 180, 90).exterior
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([*lines, edge])])).tolist()
    found: dict[int, list[Polygon]] = {number: [] for number in COORDINATORS}
    for face in faces:
        numbers = [n for n, places in SEEDS.items() if any(face.contains(Point(p)) for p in places)]
        if len(numbers) != 1:
            at = face.representative_point()
            raise ValueError(f"the face at {at.x:.2f} {at.y:.2f} has the seeds {numbers}")
        found[numbers[0]].append(face)
    return {number: shapely.MultiPolygon(parts) for number, parts in found.items()}


def build_navareas(target: Path) -> None:
    """Write the 21 areas in order of number."""
    features: list[Feature] = []
    for number, shape in draw_navareas().items():
        facts = {
            "number": number,
            "roman": ROMAN[number - 1],
            "name": f"NAVAREA {ROMAN[number - 1]}",
            "coordinator": COORDINATORS[number],
        }
        features.append((facts, shape))
    write_features(target / "navareas.geojson", features, decimals=3)
