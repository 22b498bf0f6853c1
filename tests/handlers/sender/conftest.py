"""The sender under its own PostgreSQL role, and the world it meets."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from shared.database import open_engine
from shared.roles import role_of
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import FakeProvider, World


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


@pytest.fixture
def uow(database_url: str, world: World) -> Iterator[UnitOfWork]:
    opened = open_engine(database_url, role=role_of("sender"), pool_size=10)
    yield UnitOfWork(opened, source="/cam/sender", clock=world.clock)
    opened.dispose()


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()
