"""The one PostgreSQL database: engines that open their connections in a service's role."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from shared.errors import CamError, ConfigurationError, OutageError

# A connection that was used so short a time ago needs no ping.
_IDLE_SECONDS = 1.0
_REFUSAL = re.compile(
    r'(?P<words>role "(?P<role>[^"]+)" does not exist|database "[^"]+" does not exist|no pg_hba\.conf entry for [^\n]+'
    r'|password authentication failed for user "[^"]+"|no password supplied|permission denied to set role "[^"]+")'
)


def driver_url(url: str) -> str:
    """Name the psycopg2 driver in a URL that leaves it open (SQLAlchemy 2.1 would pick another)."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


def open_engine(url: str, *, role: str | None = None, pool_size: int = 5) -> Engine:
    """Return an engine whose connections take `role` when they open (None: the login's own rights)."""
    options = "-c timezone=UTC -c statement_timeout=60000 -c idle_in_transaction_session_timeout=120000"
    if role:
        options += f" -c role={role}"
    engine = create_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=10,
        connect_args={
            "options": options,
            "connect_timeout": 5,
            "application_name": role or "cam",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        },
    )
    _ping_what_was_idle(engine)
    return engine


def _ping_what_was_idle(engine: Engine) -> None:
    """See that a connection still lives before it is used again, unless it was used a moment ago.

    The pool's own ping asks every time, which doubles the round trips of a short transaction.
    """

    def returned(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["used"] = time.monotonic()

    def taken(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if time.monotonic() - entry.info.get("used", time.monotonic()) < _IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    event.listen(engine, "checkin", returned)
    event.listen(engine, "checkout", taken)


@contextmanager
def outages() -> Iterator[None]:
    """Turn the errors of a database that is away into `OutageError`."""
    try:
        yield
    except DBAPIError as error:
        if is_outage(error):
            raise OutageError(f"database: {str(error.orig).strip().splitlines()[0]}") from error
        raise


def is_outage(error: DBAPIError) -> bool:
    """Tell whether the server is away (SQLSTATE classes 08 and 57P, or no answer at all)."""
    state = getattr(error.orig, "pgcode", None)
    if state is None:
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return str(state).startswith(("08", "57P", "53"))


def judged(error: OutageError) -> CamError:
    """Tell a server that refuses us, which waiting will not change, from one that is away."""
    # A refused connection has no SQLSTATE (libpq keeps it to itself), so there are only the server's words.
    refusal = _REFUSAL.search(str(error.__cause__))
    if refusal is None:
        return error
    if (refusal["role"] or "").startswith("cam_"):
        return ConfigurationError(f"the database has no role {refusal['role']} yet: run `cam setup`")
    hint = " (to make it: cam setup --create)" if refusal["words"].startswith("database") else ""
    return ConfigurationError(f"DATABASE_URL: {refusal['words']}{hint}")


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Run one transaction; it commits at the end, and an absent database is an `OutageError`."""
    with outages(), engine.begin() as connection:
        yield connection
