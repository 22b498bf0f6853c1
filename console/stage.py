"""The demo's own corner of the private servers: a fresh database, a fresh virtual host, a fresh mailbox."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import httpx
from sqlalchemy import make_url, text

from console.servers import Servers
from shared.database import driver_url, open_engine
from shared.errors import CamError, OutageError

_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one demo runs."""

    name: str
    database_url: str
    amqp_url: str
    address: str

    def environment(self, servers: Servers) -> dict[str, str]:
        """Return the servers' variables with this demo's own database, virtual host and mailbox in them."""
        own = {"DATABASE_URL": self.database_url, "AICMO_AMQP_URL": self.amqp_url, "AICMO_IMAP_EMAIL": self.address}
        return servers.environment() | own


@contextmanager
def fresh_stage(servers: Servers, name: str, *, keep: bool) -> Iterator[Stage]:
    """Make a database and a virtual host called `name`, and take them away at the end unless they are kept."""
    _database(servers, f'CREATE DATABASE "{name}"')
    _broker(servers, "PUT", f"vhosts/{name}")
    user = make_url(servers.amqp_url).username or "guest"
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    _broker(servers, "PUT", f"permissions/{name}/{quote(user, safe='')}", everything)
    try:
        database_url = make_url(driver_url(servers.database_url)).set(database=name, drivername="postgresql")
        yield Stage(
            name=name,
            database_url=database_url.render_as_string(hide_password=False),
            amqp_url=servers.amqp_url.rstrip("/") + f"/{name}",
            address=f"{name.replace('_', '-')}@cam.test",
        )
    finally:
        if not keep:
            _database(servers, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            _broker(servers, "DELETE", f"vhosts/{name}")


def used_by_others(servers: Servers) -> bool:
    """Tell whether anybody but us is connected to a database of these servers."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    engine = open_engine(servers.database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text(others)).scalar_one())
    finally:
        engine.dispose()


def _database(servers: Servers, statement: str) -> None:
    engine = open_engine(servers.database_url, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _broker(servers: Servers, method: str, path: str, body: Mapping[str, str] | None = None) -> None:
    try:
        answer = httpx.request(
            method, f"{servers.management_url}/api/{path}", json=body, timeout=_TIMEOUT_SECONDS, trust_env=False
        )
    except httpx.HTTPError as error:
        raise OutageError(f"RabbitMQ's management does not answer ({type(error).__name__})") from None
    if not answer.is_success:
        raise CamError(f"RabbitMQ's management refused {method} {path}: HTTP {answer.status_code}")
