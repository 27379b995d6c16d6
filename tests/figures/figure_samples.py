"""Seeded marks for tests of figures and layers, in the shapes the store returns."""

import base64
from typing import Any

import numpy as np

from cop.model.vocabulary import DOMAINS, hazards
from cop.query.answers import Cells, Picture, Points, Timeline

WORDS = (
    "Bulk carrier boarded at anchorage, stores stolen",
    "Product tanker approached by two skiffs, guards shown",
    "GNSS interference reported by several masters",
    "Container ship struck by projectile, crew safe",
    "Ransomware at a terminal operating system",
    "Strike closes the container terminal until further notice",
)
PLACES = ("Lagos", "Singapore Strait", "Gulf of Aden", "Hormuz", "Chattogram", "Callao", "Santos")


def make_points(n: int, seed: int = 1) -> Points:
    """`n` incidents anywhere, oldest first."""
    r = np.random.default_rng(seed)
    precision = r.choice([1, 2, 3, 4], n, p=[0.2, 0.6, 0.15, 0.05])
    start = np.datetime64("2026-01-01T00:00:00", "s")
    return Points(
        incident_id=np.array(
            [f"asam-{2000 + i % 26}-{r.integers(1, 999):03d}-{i}" for i in range(n)]
        ),
        lon=r.uniform(-180, 180, n),
        lat=r.uniform(-60, 70, n),
        hazard=r.choice([term.code for term in hazards()], n),
        severity=r.integers(1, 6, n),
        # Shares like those of published reports, so that sizes on the wire are like theirs.
        act=r.choice([1, 2, 3, 4, 5], n, p=[0.6, 0.2, 0.1, 0.05, 0.05]),
        verification=r.choice([1, 2, 3, 4, 5], n, p=[0.5, 0.2, 0.2, 0.05, 0.05]),
        tlp=r.choice([0, 1, 2, 3, 4], n, p=[0.8, 0.1, 0.06, 0.02, 0.02]),
        position_precision=precision,
        uncertainty_nm=np.where(precision >= 3, r.choice([5.0, 15.0, 60.0], n), 0.1),
        occurred_at=np.sort(start + r.integers(0, 200 * 86400, n).astype("timedelta64[s]")),
        time_precision=r.integers(0, 4, n),
        title=np.array(
            [f"{r.choice(WORDS)}, {r.choice(PLACES)} {r.integers(1, 99)}" for _ in range(n)], object
        ),
    )


def make_cells(n: int, seed: int = 1) -> Cells:
    """`n` cells anywhere, from one incident to thousands."""
    r = np.random.default_rng(seed)
    by_severity = (r.pareto(1.0, (n, 5)) * 2).astype(int)
    by_severity[np.arange(n), r.integers(0, 5, n)] += 1
    count = by_severity.sum(axis=1)
    by_domain = np.zeros((n, len(DOMAINS)), int)
    by_domain[:, 0] = count // 2
    by_domain[:, 1] = count - count // 2
    return Cells(
        lon=r.uniform(-180, 180, n),
        lat=r.uniform(-60, 70, n),
        count=count,
        worst=5 - (by_severity[:, ::-1] > 0).argmax(axis=1),
        by_severity=by_severity,
        by_domain=by_domain,
        newest_at=np.datetime64("2026-11-23T12:58:00", "s") - r.integers(0, 10**6, n),
    )


def make_timeline(n: int = 30) -> Timeline:
    """`n` days from 1 January 2026."""
    start = np.datetime64("2026-01-01", "s") + np.arange(n) * np.timedelta64(86400, "s")
    return Timeline(start, "day", np.random.default_rng(1).integers(0, 9, (n, 5)))


def empty_timeline() -> Timeline:
    """No buckets."""
    return Timeline(np.array([], "datetime64[s]"), "day", np.zeros((0, 5), int))


def make_picture(
    cells: Cells | None = None,
    points: Points | None = None,
    by_region: dict[str, int] | None = None,
    timeline: Timeline | None = None,
) -> Picture:
    """A picture that holds these marks."""
    n = len(points.lon) if points else int(cells.count.sum()) if cells else 0
    return Picture(
        count=n,
        located=n,
        in_view=n,
        cells=cells,
        points=points,
        facets={"region": by_region or {}},
        timeline=timeline or empty_timeline(),
        tiles={},
        version=1,
        words="all current incidents",
    )


def count_values(packed: Any) -> int:
    """How many numbers a typed array or a plain list holds."""
    if isinstance(packed, dict):
        return len(base64.b64decode(packed["bdata"])) // int(packed["dtype"][-1])
    return len(packed)


def unpack(packed: dict[str, str]) -> np.ndarray:
    """The numbers of a typed array, as the browser reads them."""
    return np.frombuffer(base64.b64decode(packed["bdata"]), "<" + packed["dtype"])
