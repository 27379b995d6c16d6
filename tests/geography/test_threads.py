"""Several officers at once: a position is found in threads of one process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Its own process: what goes wrong here ends the process that it goes wrong in.
ASK = """
import sys, threading
from pathlib import Path
import numpy as np
from cop.geography import Geography

geography = Geography.load(Path(sys.argv[1]))
begin = threading.Barrier(4)

def ask(turn):
    begin.wait()
    for step in range(60):
        lat = np.array([(step * 7.0 + turn) % 80, 1.25])
        geography.locate(np.array([-26.3, 103.8]), lat)

threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("answered")
"""


def test_positions_are_found_in_several_threads_at_once(reference: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(reference)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "answered"), done.stderr
