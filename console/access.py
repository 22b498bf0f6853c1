"""How a command reaches the database: as its owner, and read-only where it only reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from shared.database import judged, open_engine, outages
from shared.errors import OutageError
from shared.settings import DatabaseSettings, load
from shared.unit_of_work import UnitOfWork


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
def announcing() -> Iterator[UnitOfWork]:
    """Open transactions that may announce facts; any running service publishes them within seconds."""
    with opened() as engine:
        yield UnitOfWork(engine, source="/cam/console")


@contextmanager
def opened() -> Iterator[Engine]:
    """Open the database for a command of several transactions."""
    engine = open_engine(load(DatabaseSettings).database_url.get_secret_value(), pool_size=2)
    try:
        with answering():
            yield engine
    finally:
        engine.dispose()


@contextmanager
def _connection() -> Iterator[Connection]:
    with opened() as engine, engine.connect() as connection:
        yield connection
