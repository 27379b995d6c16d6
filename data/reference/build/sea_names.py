"""Make `sea_names.geojson`: our own label points for oceans, seas, gulfs, straits and channels.

Chosen and placed by hand, each well in the water. Rank 1 is shown at every zoom, 2 from zoom 2,
3 from zoom 4, 4 from zoom 5. Where a name is disputed the one most used on English charts stands.
"""

from pathlib import Path

from shapely.geometry import Point

from .geojson import Feature, write_features

# name; longitude; latitude
NAMES: dict[int, str] = {
    1: """
        Arctic Ocean; -170; 80
        North Atlantic Ocean; -40; 32
        South Atlantic Ocean; -15; -25
        Indian Ocean; 80; -22
        North Pacific Ocean; -160; 30
        South Pacific Ocean; -130; -28
        Southern Ocean; 60; -61
        Southern Ocean; -130; -62
    """,
    2: """
        Mediterranean Sea; 18.5; 34.5
        Black Sea; 34.5; 43.2
        Baltic Sea; 19.3; 56.6
        North Sea; 3.2; 56.3
        Norwegian Sea; 2; 67.5
        Greenland Sea; -7; 76
        Barents Sea; 38; 73.5
        Kara Sea; 72; 76.2
        Laptev Sea; 126; 76.5
        East Siberian Sea; 163; 73
        Beaufort Sea; -138; 72.5
        Bering Sea; -178; 58
        Sea of Okhotsk; 149.5; 54
        Sea of Japan; 134.5; 40
        Yellow Sea; 123.3; 35.8
        East China Sea; 125; 29.3
        South China Sea; 114.5; 13.8
        Philippine Sea; 134; 19
        Coral Sea; 156; -17
        Tasman Sea; 160; -38
        Arabian Sea; 64.5; 15
        Bay of Bengal; 88; 14
        Red Sea; 38; 20.3
        Persian Gulf; 51.6; 27
        Gulf of Guinea; 3; 2
        Caribbean Sea; -74; 14.8
        Gulf of Mexico; -91; 25
        Labrador Sea; -53.5; 57.5
        Baffin Bay; -67; 73.5
        Hudson Bay; -85.5; 59.5
        Gulf of Alaska; -145; 57
        Great Australian Bight; 130; -35
        Sargasso Sea; -62; 27.5
        Scotia Sea; -45; -57
        Weddell Sea; -42; -73
        Ross Sea; -175; -75.5
        Mozambique Channel; 40.8; -19
    """,
    3: """
        Gulf of Aden; 47.6; 12.4
        Gulf of Oman; 58.6; 24.9
        Andaman Sea; 95.8; 11
        Java Sea; 110.5; -5
        Banda Sea; 127.5; -5.7
        Celebes Sea; 122; 3.4
        Sulu Sea; 119.8; 8.5
        Arafura Sea; 135; -9.6
        Timor Sea; 127.5; -11
        Flores Sea; 120.5; -7.4
        Molucca Sea; 125.4; 0.4
        Ceram Sea; 129.5; -2.4
        Bismarck Sea; 148; -4
        Solomon Sea; 153.5; -8
        Gulf of Carpentaria; 139; -14
        Gulf of Thailand; 101.3; 9.8
        Gulf of Tonkin; 107.8; 19.9
        Bohai Sea; 119.7; 38.7
        Taiwan Strait; 119.2; 24.3
        Luzon Strait; 121.1; 20.1
        Malacca Strait; 99.7; 4.4
        Makassar Strait; 118; -1.8
        Tyrrhenian Sea; 12; 40
        Adriatic Sea; 15.2; 43
        Ionian Sea; 18.7; 38
        Aegean Sea; 25; 38.6
        Levantine Sea; 31.5; 33.3
        Ligurian Sea; 8.8; 43.5
        Balearic Sea; 1.9; 40.3
        Alboran Sea; -3.3; 36
        Sea of Azov; 36.6; 46.1
        Caspian Sea; 50.6; 41.8
        Bay of Biscay; -4.5; 45.3
        Celtic Sea; -7.5; 50.3
        Irish Sea; -5.1; 53.8
        English Channel; -1.2; 50.1
        Skagerrak; 9.2; 57.95
        Gulf of Bothnia; 19.6; 62.3
        Gulf of Finland; 26; 59.9
        White Sea; 38; 65.4
        Denmark Strait; -27; 66.7
        Davis Strait; -57.5; 65.5
        Hudson Strait; -70.5; 62
        Gulf of St Lawrence; -61.7; 48.2
        Gulf of Maine; -68.5; 43
        Bay of Campeche; -94; 20
        Gulf of California; -111; 26.3
        Gulf of Panama; -79.2; 8
        Gulf of Tehuantepec; -94.8; 15
        Drake Passage; -64; -58.8
        Argentine Sea; -62; -44
        Bellingshausen Sea; -82; -70.5
        Amundsen Sea; -112; -72
        Davis Sea; 92; -65.5
        Bass Strait; 145.8; -39.8
        Lakshadweep Sea; 75; 8.5
        Somali Basin; 52; 3
        Bight of Benin; 3; 5.4
        Bight of Biafra; 8; 3.6
        Chukchi Sea; -170.5; 69
        Bering Strait; -168.9; 65.9
        Sea of Marmara; 28.1; 40.72
        Gulf of Suez; 33.05; 28.75
        Gulf of Kutch; 69.4; 22.65
        Gulf of Khambhat; 72.3; 20.8
        Gulf of Mannar; 78.9; 8.4
    """,
    4: """
        Strait of Hormuz; 56.45; 26.55
        Bab el-Mandeb; 43.35; 12.6
        Gulf of Aqaba; 34.72; 28.75
        Strait of Gibraltar; -5.6; 35.95
        Strait of Dover; 1.45; 51.0
        Kattegat; 11.4; 56.9
        Gulf of Riga; 23.5; 57.75
        Gulf of Lion; 4.2; 42.8
        Gulf of Sidra; 18.3; 31.6
        Gulf of Gabes; 11; 34.2
        Strait of Sicily; 11.5; 37
        Strait of Otranto; 18.95; 40.2
        Sea of Crete; 24.8; 35.9
        Gulf of Taranto; 17.2; 40
        Gulf of Cadiz; -7; 36.5
        Bristol Channel; -4.6; 51.35
        St George's Channel; -6; 52.1
        North Channel; -5.6; 54.9
        The Minch; -5.95; 58.1
        Moray Firth; -3.2; 57.85
        German Bight; 7.6; 54.2
        Singapore Strait; 104.2; 1.28
        Sunda Strait; 105.3; -6.1
        Lombok Strait; 115.75; -8.7
        Karimata Strait; 108.7; -2
        Natuna Sea; 106.5; 1.5
        Savu Sea; 122.2; -9.6
        Halmahera Sea; 129.1; -0.3
        Mindoro Strait; 120.5; 12.6
        Bohol Sea; 124.4; 9.15
        Moro Gulf; 123.2; 6.9
        Balabac Strait; 117.3; 7.7
        Palk Strait; 79.9; 10.1
        Korea Strait; 128.8; 34.25
        La Perouse Strait; 142.1; 45.72
        Tatar Strait; 140.9; 49.5
        Tsugaru Strait; 140.1; 41.3
        Torres Strait; 142.2; -9.95
        Cook Strait; 174.5; -41.3
        Foveaux Strait; 168.1; -46.62
        Spencer Gulf; 137; -34.2
        Joseph Bonaparte Gulf; 128.5; -13.8
        Gulf of Papua; 144.7; -8.7
        Straits of Florida; -80.6; 24.1
        Windward Passage; -74; 20.05
        Mona Passage; -67.9; 18.3
        Yucatan Channel; -85.8; 21.7
        Gulf of Honduras; -88; 16.1
        Gulf of Venezuela; -71; 11.8
        Gulf of Paria; -62.1; 10.45
        Bay of Fundy; -65.9; 44.9
        Cabot Strait; -59.7; 47.5
        Chesapeake Bay; -76.2; 38
        James Bay; -80.5; 53.4
        Foxe Basin; -77.5; 67
        Lancaster Sound; -84; 74.2
        Bristol Bay; -160; 57.6
        Cook Inlet; -152.4; 60
        Hecate Strait; -131.2; 53.2
        Gulf of Guayaquil; -80.6; -3
        Rio de la Plata; -56.5; -35.3
        Gulf of San Jorge; -66.5; -46
        Gulf of San Matias; -64.3; -41.5
        Strait of Magellan; -70.75; -53.3
        Gulf of Corcovado; -73.4; -43.5
        Pemba Channel; 39.45; -5.2
        Gulf of Masirah; 58.2; 19.8
        Kamchatka Gulf; 163; 55.5
        Shelikhov Gulf; 158; 60
        Anadyr Gulf; -178; 64
        Gulf of Ob; 73.2; 70.5
        Baydaratskaya Bay; 66.8; 69.4
        Vilkitsky Strait; 103; 77.9
    """,
}


def build_sea_names(target: Path) -> None:
    """Write the labels, the ones shown first at the top."""
    features: list[Feature] = []
    for rank, table in NAMES.items():
        for row in table.strip().splitlines():
            name, longitude, latitude = (cell.strip() for cell in row.split(";"))
            features.append(
                ({"name": name, "rank": rank}, Point(float(longitude), float(latitude)))
            )
    write_features(target / "sea_names.geojson", features, decimals=2)
