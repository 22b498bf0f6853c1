"""How a command reaches the database: as its owner, and read-only where it only reads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from shared.database import open_engine, outages
from shared.errors import ConfigurationError, OutageError
from shared.settings import DatabaseSettings, load

# A refused connection has no SQLSTATE, so there are only the server's words.
_REFUSAL = re.compile(
    r'(?:database|role) "[^"]+" does not exist|password authentication failed for user "[^"]+"|no password supplied'
    r"|no pg_hba\.conf entry for [^\n]+"
)


@contextmanager
def answering() -> Iterator[None]:
    """Raise `OutageError` for a database that is away, `ConfigurationError` for one that refuses us for good."""
    try:
        with outages():
            yield
    except OutageError as error:
        refusal = _REFUSAL.search(str(error))
        if refusal is None:
            raise
        hint = " (to make it: cam setup --create)" if refusal[0].startswith("database") else ""
        raise ConfigurationError(f"DATABASE_URL: {refusal[0]}{hint}") from None


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
