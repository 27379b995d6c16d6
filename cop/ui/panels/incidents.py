"""The incident list: rows for the grid, a block at a time, and the grid itself."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import dash_ag_grid as dag
from dash import html

from cop.errors import BadInput
from cop.model.vocabulary import (
    ACTS,
    DOMAINS,
    SEVERITIES,
    TIME_PRECISIONS,
    VERIFICATIONS,
    hazards,
    regions,
)
from cop.query.answers import Page
from cop.query.where import Where
from cop.services import Services
from cop.ui import ids
from cop.ui.wording import say_count, say_when

BLOCK = 100
MOST_ROWS = 500_000
# Column of the grid -> what the store sorts by.
SORT = {
    "when": "occurred_at",
    "severity": "severity",
    "type": "hazard",
    "title": "title",
    "region": "region",
}
_COLUMNS: list[dict[str, Any]] = [
    {
        "field": "severity",
        "headerName": "Sev",
        "headerTooltip": "Severity 1 to 5; the shape is the hazard's domain",
        "cellRenderer": "SeverityCell",
        "width": 54,
        "sortingOrder": ["desc", "asc", None],
    },
    {
        "field": "when",
        "headerName": "Occurred",
        "headerTooltip": "When it happened, UTC, and how long ago",
        "cellRenderer": "WhenCell",
        "width": 122,
        "sortingOrder": ["asc", "desc", None],
    },
    {
        "field": "title",
        "headerName": "Incident",
        "cellRenderer": "TitleCell",
        "width": 196,
        "minWidth": 120,
    },
    {"field": "type", "headerName": "Type", "width": 140, "cellClass": "quiet"},
    {"field": "region", "headerName": "Region", "width": 200, "cellClass": "quiet"},
]


def layout() -> dag.AgGrid:
    """The grid before its first rows."""
    return dag.AgGrid(
        id=ids.LIST,
        className="list-grid",
        columnDefs=_COLUMNS,
        defaultColDef={"sortable": True, "resizable": True, "suppressHeaderMenuButton": True},
        rowModelType="infinite",
        getRowId="params.data.id",
        dashGridOptions={
            "cacheBlockSize": BLOCK,
            "maxBlocksInCache": 20,
            "maxConcurrentDatasourceRequests": 1,
            "blockLoadDebounceMillis": 40,
            "rowHeight": 44,
            "headerHeight": 30,
            "rowSelection": {
                "mode": "singleRow",
                "checkboxes": False,
                "enableClickSelection": False,
            },
            "suppressCellFocus": False,
            "suppressMovableColumns": True,
            "animateRows": False,
            "tooltipShowDelay": 400,
            "localeText": {"noRowsToShow": "Nothing to list"},
        },
    )


def order_of(request: dict[str, Any]) -> tuple[str, bool]:
    """What the grid sorts by: the store's column and whether it descends; newest first if none."""
    model = request.get("sortModel")
    if isinstance(model, list) and model and isinstance(model[0], dict):
        column = SORT.get(str(model[0].get("colId")))
        if column:
            return column, model[0].get("sort") != "asc"
    return "occurred_at", True


def block_of(request: dict[str, Any]) -> tuple[int, int]:
    """The rows a grid asks for; raises BadInput for what is no block of a list."""
    start, stop = request.get("startRow"), request.get("endRow")
    if (
        not isinstance(start, int)
        or not isinstance(stop, int)
        or not 0 <= start < stop <= MOST_ROWS
        or stop - start > BLOCK
    ):
        raise BadInput(f"The list is read in blocks of up to {BLOCK} rows.")
    return start, stop


def render(
    services: Services, where: Where, request: dict[str, Any], only_unlocated: bool
) -> dict[str, Any]:
    """The block asked for, as the grid takes it: `rowData` and `rowCount`."""
    start, stop = block_of(request)
    sort, descending = order_of(request)
    page = services.page(
        where,
        start=start,
        stop=stop,
        sort=sort,
        descending=descending,
        only_unlocated=only_unlocated,
    )
    count = _count(services, where, start, stop, len(page), only_unlocated)
    return {"rowData": rows(page), "rowCount": count}


def _count(
    services: Services, where: Where, start: int, stop: int, found: int, only_unlocated: bool
) -> int | None:
    """How many rows there are in all; None while the grid must go on to find out."""
    if found < stop - start:
        return start + found
    return None if only_unlocated else services.count(where)


# What a row is made of, in the order of `_row`.
_SHOWN = (
    "incident_id",
    "severity",
    "domain",
    "occurred_at",
    "time_precision",
    "title",
    "hazard",
    "region",
    "act",
    "verification",
    "flags",
)


def rows(page: Page) -> list[dict[str, Any]]:
    """Rows of the store in words, one dict each."""
    return [_row(*values) for values in zip(*(page[name] for name in _SHOWN), strict=True)]


def _row(
    incident_id: str,
    severity: int,
    domain: int,
    occurred_at: datetime,
    precision: int,
    title: str,
    hazard: int,
    region: int,
    act: int,
    verification: int,
    flags: str,
) -> dict[str, Any]:
    return {
        "id": incident_id,
        "severity": severity,
        "severity_word": SEVERITIES.label(str(severity)),
        "domain": DOMAINS.slug(domain),
        "when": say_when(occurred_at, TIME_PRECISIONS.slug(precision)),
        "at": f"{occurred_at:%Y-%m-%dT%H:%M:%S}Z",
        "title": title,
        "type": _say_hazard(hazard),
        "region": _say_region(region),
        "act": ACTS.slug(act),
        "verification": VERIFICATIONS.slug(verification),
        "flagged": bool(flags),
    }


@lru_cache
def _say_hazard(code: int) -> str:
    return hazards().label(hazards().slug(code))


@lru_cache
def _say_region(code: int) -> str:
    return regions().label(regions().slug(code)) if code else "No position"


def caption(count: int | None, request: dict[str, Any], only_unlocated: bool) -> list[Any]:
    """What the list holds and in which order, in words; `count` None for a refused question."""
    if count is None:
        return ["No list: the question cannot be answered"]
    if not count:
        return ["No incidents"]
    sort, descending = order_of(request)
    order = {
        ("occurred_at", True): "newest first",
        ("occurred_at", False): "oldest first",
        ("severity", True): "worst first",
        ("severity", False): "least severe first",
    }.get((sort, descending), f"by {'type' if sort == 'hazard' else sort}")
    scope = " without a position" if only_unlocated else ""
    return [html.Strong(say_count(count)), f"{scope}, {order}"]
