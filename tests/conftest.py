"""Servers and databases as fixtures; nothing starts before the first test that asks for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from shared.database import open_engine
from tests.databases import Databases, clean
from tests.endpoints import Broker, Mailserver
from tests.servers import TestServers

_SHARED = pytest.StashKey[TestServers]()


def pytest_configure(config: pytest.Config) -> None:
    """Before a parallel run, start the servers once for all workers."""
    alone = hasattr(config, "workerinput") or not config.getoption("numprocesses", default=None)
    if not alone and not config.getoption("collectonly"):
        config.stash[_SHARED] = TestServers()
        config.stash[_SHARED].share()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started for all workers."""
    if _SHARED in config.stash:
        config.stash[_SHARED].close()


@pytest.fixture(scope="session")
def servers() -> Iterator[TestServers]:
    """Hold all servers of this run; stopped at its end, also after Ctrl-C."""
    running = TestServers()
    yield running
    running.close()


@pytest.fixture(scope="session")
def databases(servers: TestServers) -> Iterator[Databases]:
    """For tests that need several databases, or one without tables."""
    made = Databases(servers.database_url())
    yield made
    made.drop_all()


@pytest.fixture(scope="module")
def database_url(databases: Databases) -> Iterator[str]:
    """Make a migrated database of this module's own, as its owner."""
    url = databases.new()
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Open the module's database as its owner, emptied before the test."""
    opened = open_engine(database_url)
    clean(opened)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def broker(servers: TestServers) -> Broker:
    """Start RabbitMQ with its management API, for tests that look at or make virtual hosts."""
    return servers.broker()


@pytest.fixture
def amqp_url(broker: Broker) -> Iterator[str]:
    """Make an empty virtual host of this test's own."""
    url = broker.new_vhost()
    yield url
    broker.drop_vhost(url)


@pytest.fixture(scope="session")
def mailserver(servers: TestServers) -> Mailserver:
    """Start Dovecot, where every address is an account."""
    return servers.mailserver()
