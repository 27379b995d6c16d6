"""Many positions as columns: the shape in which AIS formats hand over what they read.

A row is one source record: its number tells apart what became of it. Values that AIS calls "not
available" keep its own codes here (`NO_SOG`, `NO_COG`, `NO_HEADING`) and are NULL in the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cop.model.report import Defect
from cop.model.vessel_position import PARTICULARS

NO_SOG, NO_COG, NO_HEADING = 1023, 3600, 511
POSITION_COLUMNS = {
    "row": "int64",
    "vessel": "int32",  # index into keys
    "at": "datetime64[us]",
    "lon": "int32",  # 1e-7 degrees
    "lat": "int32",
    "sog": "uint16",  # 0.1 kn
    "cog": "uint16",  # 0.1 degrees
    "heading": "uint16",  # degrees
    "tlp": "uint8",
    "flags": "uint8",
}
PARTICULAR_COLUMNS = {
    "row": "int64",
    "vessel": "int32",
    "tlp": "uint8",
    "field": "uint8",  # index into PARTICULARS
    "value": "str",
    "at": "datetime64[us]",
}


@dataclass(frozen=True, slots=True)
class PositionBatch:
    """A part of one input.

    keys: vessel keys, each once. positions, particulars: columns as named above. accepted: source
    records taken in, which includes `passed` ones that say nothing to store, counted by reason.
    """

    keys: np.ndarray
    positions: pd.DataFrame
    particulars: pd.DataFrame
    accepted: int
    passed: dict[str, int] = field(default_factory=dict)
    defects: tuple[Defect, ...] = ()


def empty_positions() -> pd.DataFrame:
    """A frame of positions without rows."""
    return pd.DataFrame({k: pd.Series([], dtype=t) for k, t in POSITION_COLUMNS.items()})


def empty_particulars() -> pd.DataFrame:
    """A frame of particulars without rows."""
    return pd.DataFrame({k: pd.Series([], dtype=t) for k, t in PARTICULAR_COLUMNS.items()})


def particulars_of(
    row: np.ndarray,
    vessel: np.ndarray,
    tlp: np.ndarray,
    at: np.ndarray,
    values: dict[str, pd.Series],
) -> pd.DataFrame:
    """Particulars as one row a field that was said, the last saying of each distinct one.

    `values` holds a text column a field of `PARTICULARS`; empty text was not said.
    """
    parts = []
    for code, name in enumerate(PARTICULARS):
        if name not in values:
            continue
        frame = pd.DataFrame(
            {"row": row, "vessel": vessel, "tlp": tlp, "value": values[name].array, "at": at}
        )
        frame = frame[frame["value"] != ""]
        if frame.empty:
            continue
        last = frame.sort_values(["at", "row"], kind="stable").drop_duplicates(
            ["vessel", "tlp", "value"], keep="last"
        )
        parts.append(last.assign(field=np.uint8(code)))
    if not parts:
        return empty_particulars()
    whole = pd.concat(parts, ignore_index=True)[list(PARTICULAR_COLUMNS)]
    return whole.astype(PARTICULAR_COLUMNS)
