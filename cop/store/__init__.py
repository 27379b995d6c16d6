"""Where it is kept: the only importer of duckdb. See `Store`."""

from cop.store.store import Store
from cop.store.writing import Writer

__all__ = ["Store", "Writer"]
