"""How a command reaches the database: as its owner, and read-only where it only reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from shared.database import judged, open_engine, outages
from shared.errors import OutageError
from shared.settings import DatabaseSettings, load


@contextmanager
def answering() -> Iterator[None]:
    """Raise `OutageError` for a database that is away, `ConfigurationError` for one that refuses us for good."""
    try:
        with outages():
            yield
    except OutageError as error:
        raise judged(error) from None


@contextmanager
def writing() -> Iterator[Connection]:
    """Run one transaction; an error or Ctrl-C leaves nothing half-done."""
    with _connection() as connection, connection.begin():
        yield connection


@contextmanager
def reading() -> Iterator[Connection]:
    """Read everything as it is at one moment."""
    with _connection() as connection, connection.begin():
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


@contextmanager
def _connection() -> Iterator[Connection]:
    engine = open_engine(load(DatabaseSettings).database_url.get_secret_value(), pool_size=1)
    try:
        with answering(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
