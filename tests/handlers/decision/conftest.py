"""A world for each test of the decision service."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from shared.database import open_engine
from shared.roles import role_of
from tests.handlers.decision.world import World


@pytest.fixture
def world(engine: Engine, database_url: str) -> Iterator[World]:
    """Return an empty database, and the decision service's own connection to it."""
    service = open_engine(database_url, role=role_of("decision"))
    yield World(engine, service)
    service.dispose()
