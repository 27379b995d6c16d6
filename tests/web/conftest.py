"""The whole web app of a made-up world, built once: Dash's page route is process-global."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from synthetic import incident, put

import layers
from cop.compose import open_services
from cop.services import Services
from cop.settings import Settings
from cop.web.server import build_web


@dataclass(frozen=True)
class World:
    app: ASGIApp
    services: Services


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The bundled register, and one incident above the clearance of this machine: AMBER."""
    settings = Settings(store=tmp_path_factory.mktemp("web") / "live.duckdb", clearance="amber")
    with open_services(settings, layers.ALL) as services:
        put(services.store, incident("asam-secret", tlp="red", title="Unheard of", hazard="mine"))
        yield World(build_web(services), services)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    """A browser that has not been here before."""
    with TestClient(world.app, base_url="http://127.0.0.1:8050") as made:
        yield made
