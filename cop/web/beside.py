"""What runs beside the pages while the picture is served: warming up, the socket, the inbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cop.inbox import Inbox
from cop.incidents import warm_up
from cop.services import Services
from cop.web.control import Door


@contextmanager
def run_beside(services: Services) -> Iterator[None]:
    """Load the index and the rules in the background, open the socket and the watched folder."""
    services.store.load_index(wait=False)
    # The first report of a watch must not wait a second for the rules to be made ready.
    threading.Thread(
        target=warm_up, args=(services.geography,), name="warm-up", daemon=True
    ).start()
    door, inbox = Door(services, services.settings.store_file), Inbox(services)
    door.open()
    try:
        inbox.open()
        yield
    finally:
        inbox.close()
        door.close()
