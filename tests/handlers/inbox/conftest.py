"""The inbox on a real database, under its own role."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from shared.database import open_engine
from shared.roles import role_of
from shared.unit_of_work import UnitOfWork
from tests.handlers.inbox.world import World


@pytest.fixture
def world(engine: Engine, database_url: str) -> Iterator[World]:
    """Return an empty database with the inbox's unit of work."""
    own = open_engine(database_url, role=role_of("inbox"))
    yield World(engine, UnitOfWork(own, source="/cam/inbox"))
    own.dispose()
