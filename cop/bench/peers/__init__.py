"""The alternatives, each as its users would write it, all asked the same questions."""

from __future__ import annotations

from cop.bench.peers import in_memory, naive, plain

__all__ = ["in_memory", "naive", "plain"]
