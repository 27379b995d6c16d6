"""The picture, served: settings -> store -> services -> web app. Nothing runs at import."""

from __future__ import annotations

import gc
import sys

import structlog
from pydantic import ValidationError

import layers
from cop.compose import open_services
from cop.errors import BadInput, StoreError
from cop.settings import Settings, explain
from cop.web.beside import run_beside
from cop.web.server import build_web, listen, serve


def main() -> int:
    """Serve until stopped. Exit codes: 0 stopped, 2 a setting is wrong, 3 no store to be had."""
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _one_line])
    try:
        settings = Settings()
    except ValidationError as error:
        print(explain(error), file=sys.stderr)
        return 2
    if not settings.is_loopback and not settings.trusted_proxy:
        print(
            f"COP_HOST={settings.host} is not this machine alone: until accounts exist the picture "
            "is served on loopback, or behind a proxy named in COP_TRUSTED_PROXY",
            file=sys.stderr,
        )
        return 2
    try:
        with open_services(settings, layers.ALL) as services, listen(settings) as at:
            print(f"The picture is on http://{settings.host}:{settings.port}/watch", flush=True)
            with run_beside(services):
                web = build_web(services)
                # What was made to start stays: looked through again and again for garbage, it
                # would cost every answer milliseconds.
                gc.collect()
                gc.freeze()
                serve(web, at)
    except BadInput as error:
        print(str(error), file=sys.stderr)
        return 2
    except StoreError as error:
        print(str(error), file=sys.stderr)
        return 3
    return 0


_one_line = structlog.processors.JSONRenderer()

if __name__ == "__main__":
    sys.exit(main())
