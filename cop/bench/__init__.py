"""The benchmark: the picture measured against its alternatives, side by side, in one run.

`run.run_sizes` measures, `report.write_report` says what came out; `docs/benchmarks.md` is only
ever written from a run.
"""
