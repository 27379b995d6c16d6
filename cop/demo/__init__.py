"""A synthetic world for trials and measurements: seeded, labelled DEMO, never mixed with the live.

A store is either live or a demo: `fill` refuses a store that holds anything real, and a demo world
refuses ingest and the bundled register. Titles begin with DEMO, references with `DEMO-`.
"""

from cop.demo.fill import END, LAST_FIRST_DAY, fill, fill_positions

__all__ = ["END", "LAST_FIRST_DAY", "fill", "fill_positions"]
