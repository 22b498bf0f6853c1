"""The one PostgreSQL database: engines that open their connections in a service's role."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from shared.answering import Watch, at_most
from shared.errors import CamError, ConfigurationError, OutageError
from shared.roles import role_of
from shared.settings import DatabaseSettings

# A connection that was used so short a time ago needs no ping.
_IDLE_SECONDS = 1.0
# The watch's end to waiting where a human can press Ctrl-C; services have AICMO_DATABASE_TIMEOUT_SECONDS.
PATIENT_SECONDS = 3600.0
_PING_SECONDS = 5.0
# The server ends a statement a little before we would give the connection up, and after a minute at most.
_SERVERS_SHARE = 0.9
_STATEMENT_SECONDS = 60.0
_IDLE_IN_TRANSACTION_SECONDS = 120.0
# A transaction that was ended because its session lay idle in it, or took too long as a whole (PostgreSQL 17).
_ENDED_IN_TRANSACTION = ("25P03", "25P04")
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


def open_engine(
    url: str, *, role: str | None = None, pool_size: int = 5, answer_seconds: float = PATIENT_SECONDS
) -> Engine:
    """Return an engine whose connections take `role` when they open (None: the login's own rights).

    No answer within `answer_seconds` is an outage: the connection is closed, whatever its server's kernel says.
    """
    engine = create_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=answer_seconds,
        use_native_hstore=False,  # would be asked for on each new connection
        connect_args={
            "options": _options(role, answer_seconds),
            "connect_timeout": 5,
            "application_name": role or "cam",
            "connection_factory": Watch(answer_seconds).connect,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        },
    )
    _ping_what_was_idle(engine)
    return engine


def service_engine(settings: DatabaseSettings, service: str, *, pool_size: int = 5) -> Engine:
    """Return the engine of a service, in its role and with its patience."""
    url, patience = settings.database_url.get_secret_value(), settings.database_timeout_seconds
    return open_engine(url, role=role_of(service), pool_size=pool_size, answer_seconds=patience)


def _options(role: str | None, answer_seconds: float) -> str:
    """Return what the server shall do by itself, also about us: a client that is gone must not keep its locks."""
    settings = {
        "timezone": "UTC",
        "statement_timeout": round(1000 * min(answer_seconds * _SERVERS_SHARE, _STATEMENT_SECONDS)),
        "idle_in_transaction_session_timeout": round(1000 * min(answer_seconds, _IDLE_IN_TRANSACTION_SECONDS)),
        "tcp_keepalives_idle": 10,
        "tcp_keepalives_interval": 5,
        "tcp_keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    } | ({"role": role} if role else {})
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


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
            with at_most(connection, _PING_SECONDS):
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            # The others are as old, and each would be waited for.
            raise InvalidatePoolError from error

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
    except NoConnectionFreeError as error:
        raise OutageError("database: no connection became free") from error


def is_outage(error: DBAPIError) -> bool:
    """Tell whether the server is away (SQLSTATE classes 08 and 57P, or no answer at all)."""
    state = getattr(error.orig, "pgcode", None)
    if state is None:
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return str(state).startswith(("08", "57P", "53", *_ENDED_IN_TRANSACTION))


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
