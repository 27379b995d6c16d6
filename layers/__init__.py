"""The map's layers, one a file; `ALL` is the drawing order, bottom first."""

from layers import coverage, density, incidents, navareas, ports, regions, sea_lanes, vessel_areas

ALL = (
    regions.LAYER,
    coverage.LAYER,
    navareas.LAYER,
    sea_lanes.LAYER,
    vessel_areas.LAYER,
    density.LAYER,
    ports.LAYER,
    incidents.LAYER,
)
