"""Work in the background that gives way to those who wait for an answer."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

NICENESS = 10
# How long a thread keeps Python to itself while another waits for it; Python's own is ten times as
# long, which is half a picture.
SWITCH_S = 0.0005


def give_way() -> None:
    """Let this thread run where no other wants to; for good, so only for threads of one's own.

    Threads that it starts do the same. Where threads have no priority of their own (other systems
    than Linux) nothing happens.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


@contextmanager
def switching_often() -> Iterator[None]:
    """Let waiting threads have Python sooner; one such block at a time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
