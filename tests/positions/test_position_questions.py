"""Latest, track and density: equal to a slow count in Python, for every viewer's marking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from pyproj import Geod

from cop.errors import BadQuestion, NotFound
from cop.geography import Geography
from cop.model.ports import ports
from cop.model.vessel_position import AT_ONCE, JUMP
from cop.model.viewer import Viewer
from cop.model.vocabulary import MARKINGS, areas
from cop.positions import ingest_positions
from cop.positions_demo import fill_demo
from cop.query.answers import Viewport
from cop.store import Store
from cop.store.tiles import tiles_of

GEOD = Geod(ellps="WGS84")
NOW = datetime(2026, 11, 23)
START = datetime(2026, 11, 1)
Row = tuple[int, datetime, float, float, str, str]


def made_up() -> list[Row]:
    """Positions around five places, the date line among them, in all markings."""
    rng = np.random.default_rng(7)
    centres = [(4.1, 51.95), (103.8, 1.2), (179.9, -15.0), (-90.0, 28.0), (43.3, 12.6)]
    rows: list[Row] = []
    for n in range(3_000):
        vessel = int(rng.integers(40))
        lon, lat = centres[vessel % 5]
        lon, lat = lon + rng.normal(0, 0.3), lat + rng.normal(0, 0.3)
        at = START + timedelta(seconds=int(rng.integers(86_400 * 20)))
        tlp = MARKINGS.slugs[int(rng.integers(len(MARKINGS.slugs)))]
        lon = (lon + 180) % 360 - 180
        rows.append((244000000 + vessel, at, round(lon, 5), round(lat, 5), f"{tlp} {n}", tlp))
    return rows


ROWS = made_up()


@pytest.fixture(scope="module")
def store(geography: Geography) -> Iterator[Store]:
    made = Store.memory(clock=lambda: NOW)
    lines = ["mmsi,at,longitude,latitude,name,tlp"]
    lines += [
        f"{m},{at.isoformat()}Z,{lon},{lat},{name},{tlp}" for m, at, lon, lat, name, tlp in ROWS
    ]
    tally = ingest_positions(made, geography, "\n".join(lines).encode(), actor="test")
    assert tally.new == len(ROWS)
    yield made
    made.close()


def seen_by(viewer: Viewer) -> list[Row]:
    return [row for row in ROWS if viewer.may_read(row[5])]


VIEWERS = [Viewer("test", slug) for slug in MARKINGS.slugs]
by_viewer = pytest.mark.parametrize("viewer", VIEWERS, ids=lambda v: v.clearance)


@by_viewer
def test_latest(store: Store, viewer: Viewer) -> None:
    newest: dict[str, Row] = {}
    names: dict[str, str] = {}
    for row in sorted(seen_by(viewer), key=lambda r: r[1]):
        newest[str(row[0])] = row
        names[str(row[0])] = row[4]
    found = store.read("latest_positions", viewer)
    marks = found.marks
    assert found.count == len(newest)
    assert sorted(marks.vessel) == sorted(newest)
    for n, vessel in enumerate(marks.vessel):
        assert (marks.lon[n], marks.lat[n]) == pytest.approx(newest[vessel][2:4], abs=1e-6)
        assert marks.name[n] == names[vessel]
        assert viewer.may_read(MARKINGS.slug(int(marks.tlp[n])))
    assert viewer.may_read(found.highest_tlp)
    since = START + timedelta(days=19, hours=12)
    recent = [row for row in newest.values() if row[1] >= since]
    assert store.read("latest_positions", viewer, since=since).count == len(recent)


@by_viewer
@pytest.mark.parametrize(
    "box", [(3, 51, 5, 53), (179, -16, -179, -14), (-180, -90, 180, 90), (0, 0, 1, 1)]
)
def test_latest_in_view(store: Store, viewer: Viewer, box: tuple[float, ...]) -> None:
    west, south, east, north = box
    newest = {row[0]: row for row in sorted(seen_by(viewer), key=lambda r: r[1])}
    inside = [
        row
        for row in newest.values()
        if south <= row[3] <= north
        and (west <= row[2] <= east if west <= east else row[2] >= west or row[2] <= east)
    ]
    found = store.read("latest_positions", viewer, viewport=Viewport(*box, 6.0))
    assert found.count == len(inside)
    cells = store.read("latest_positions", viewer, viewport=Viewport(*box, 6.0), most=0)
    assert cells.count == len(inside)
    if inside:
        assert cells.marks is None
        assert cells.cells.count.sum() == len(inside)


@by_viewer
def test_tracks(store: Store, viewer: Viewer) -> None:
    for vessel in sorted({row[0] for row in ROWS}):
        rows = sorted((r[1], r[2], r[3]) for r in seen_by(viewer) if r[0] == vessel)
        if not rows:
            with pytest.raises(NotFound):
                store.read("track", viewer, vessel=str(vessel))
            continue
        track = store.read("track", viewer, vessel=str(vessel))
        assert track.at.tolist() == [row[0] for row in rows]
        assert track.lon == pytest.approx([row[1] for row in rows], abs=1e-6)
        assert track.n_positions == len(rows)
        since, until = START + timedelta(days=3), START + timedelta(days=9)
        part = store.read("track", viewer, vessel=str(vessel), since=since, until=until)
        assert part.n_positions == sum(since <= row[0] < until for row in rows)


def test_a_spoofed_track_is_kept_flagged_and_cut(geography: Geography) -> None:
    store = Store.memory(clock=lambda: NOW)
    rows = ["mmsi,at,longitude,latitude"]
    rows += [f"244000001,2026-11-01T00:0{n}:00Z,4.0{n},52" for n in range(5)]
    rows += ["244000001,2026-11-01T00:02:00Z,30,52"]
    ingest_positions(store, geography, "\n".join(rows).encode(), actor="test")
    track = store.read("track", Viewer("test", "red"), vessel="244000001")
    store.close()
    assert track.n_positions == 6
    assert (track.flags & AT_ONCE != 0).tolist() == [False, False, True, True, False, False]
    assert (track.flags & JUMP != 0).sum() == 3
    assert track.piece.tolist() == [0, 0, 0, 1, 2, 2]


@by_viewer
def test_density_by_area_region_and_day(store: Store, viewer: Viewer, geography: Geography) -> None:
    rows = seen_by(viewer)
    lon = np.array([row[2] for row in rows])
    lat = np.array([row[3] for row in rows])
    located = geography.locate(lon, lat)
    since, until = date(2026, 11, 4), date(2026, 11, 12)
    in_days = np.array([since <= row[1].date() < until for row in rows], bool)
    for region in ("north-sea-channel", "malacca-singapore", "red-sea-aden", "arctic"):
        inside = (located["region"] == region).to_numpy() & in_days
        found = store.read("position_density", viewer, region=region, since=since, until=until)
        by_day = Counter(row[1].date() for row, yes in zip(rows, inside, strict=True) if yes)
        assert found.count == inside.sum()
        assert dict(zip(found.days.tolist(), found.by_day.tolist(), strict=True)) == by_day
        assert found.cells.count.sum() == found.count
    for area in areas().slugs:
        inside = np.array([area in slugs for slugs in located["areas"]], bool)
        assert store.read("position_density", viewer, area=area).count == inside.sum()


@by_viewer
@pytest.mark.parametrize(("port", "radius_nm"), [("NLRTM", 10.0), ("NLRTM", 3.0), ("SGSIN", 25.0)])
def test_density_around_a_port(store: Store, viewer: Viewer, port: str, radius_nm: float) -> None:
    place = ports()[port]
    near = [
        row
        for row in seen_by(viewer)
        if GEOD.inv(place.lon, place.lat, row[2], row[3])[2] <= radius_nm * 1852
    ]
    found = store.read("position_density", viewer, port=port, radius_nm=radius_nm)
    assert found.count == len(near)
    assert found.cells.count.sum() == found.by_day.sum() == len(near)


@by_viewer
def test_density_in_view_counts_the_tiles_that_touch_it(store: Store, viewer: Viewer) -> None:
    for west, south, east, north in [(3.9, 51.9, 4.3, 52.1), (179.5, -16, -179.5, -14)]:
        spans = [(west, east)] if west <= east else [(west, 179.9999), (-180.0, east)]
        wanted = set()
        for first, last in spans:
            x, y = tiles_of(np.array([first, last]), np.array([north, south]), 10)
            wanted |= {(i, j) for i in range(x[0], x[1] + 1) for j in range(y[0], y[1] + 1)}
        rows = seen_by(viewer)
        x, y = tiles_of(np.array([r[2] for r in rows]), np.array([r[3] for r in rows]), 10)
        expected = sum((i, j) in wanted for i, j in zip(x, y, strict=True))
        viewport = Viewport(west, south, east, north, 9.0)
        assert store.read("position_density", viewer, viewport=viewport).count == expected


@pytest.mark.parametrize(
    "asked",
    [
        {"region": "atlantis"},
        {"area": "atlantis"},
        {"port": "XXXXX"},
        {"port": "NLRTM", "radius_nm": 0},
        {"port": "NLRTM", "area": "suez-canal"},
        {"since": datetime(2026, 11, 1, 12)},
        {"since": date(2026, 11, 2), "until": date(2026, 11, 2)},
    ],
)
def test_what_cannot_be_asked(store: Store, asked: dict[str, object]) -> None:
    with pytest.raises(BadQuestion):
        store.read("position_density", VIEWERS[0], **asked)


def test_a_viewer_is_needed(store: Store) -> None:
    for question in ("latest_positions", "track", "position_density"):
        with pytest.raises(TypeError):
            store.read(question, None)


def test_synthetic_ships(geography: Geography) -> None:
    store, viewer = Store.memory(clock=lambda: NOW), Viewer("test", "red")
    vessels = fill_demo(store, geography, 5_000, seed=3)
    store.read("verify", None)
    counts = store.read("counts", None)
    assert (counts["positions"], counts["vessels"]) == (5_000, vessels)
    latest = store.read("latest_positions", viewer)
    assert latest.count == vessels
    assert all(name.startswith("SYNTHETIC") for name in latest.marks.name)
    assert store.read("track", viewer, vessel=latest.marks.vessel[0]).n_jumps == 0
    other = Store.memory(clock=lambda: NOW)
    fill_demo(other, geography, 5_000, seed=3)
    again = other.read("latest_positions", viewer)
    assert again.marks.lon.tolist() == latest.marks.lon.tolist()
    store.close()
    other.close()
