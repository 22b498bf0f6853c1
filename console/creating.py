"""Makes what a server has to have before CAM can be set up in it: a database, a virtual host."""

from collections.abc import Mapping
from urllib.parse import quote

import httpx
from sqlalchemy import make_url, text

from shared.database import driver_url, open_engine, outages
from shared.errors import CamError, OutageError

_TIMEOUT_SECONDS = 20.0
_EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
_MAINTENANCE_DATABASE = "postgres"


def create_database(database_url: str) -> bool:
    """Create the database that the URL names, if it is missing; return whether it was. Needs CREATEDB."""
    url = make_url(driver_url(database_url))
    here = url.set(database=_MAINTENANCE_DATABASE).render_as_string(hide_password=False)
    there = text("SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name)")
    engine = open_engine(here, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with outages(), engine.connect() as connection:
            if connection.execute(there, {"name": url.database}).scalar_one():
                return False
            connection.execute(text(f"CREATE DATABASE {_quoted(url.database or '')}"))
            return True
    finally:
        engine.dispose()


def drop_database(database_url: str) -> None:
    """Drop the database that the URL names, whoever is connected to it."""
    url = make_url(driver_url(database_url))
    here = url.set(database=_MAINTENANCE_DATABASE).render_as_string(hide_password=False)
    engine = open_engine(here, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {_quoted(url.database or '')} WITH (FORCE)"))
    engine.dispose()


def create_virtual_host(management_url: str, amqp_url: str) -> None:
    """Create the virtual host that the AMQP URL names, and let its login do everything there."""
    url = make_url(amqp_url)
    name, user = quote(url.database or "/", safe=""), quote(url.username or "guest", safe="")
    _broker(management_url, "PUT", f"vhosts/{name}")
    _broker(management_url, "PUT", f"permissions/{name}/{user}", _EVERYTHING)


def delete_virtual_host(management_url: str, amqp_url: str) -> None:
    """Delete the virtual host that the AMQP URL names, with all in it."""
    _broker(management_url, "DELETE", f"vhosts/{quote(make_url(amqp_url).database or '/', safe='')}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _broker(management_url: str, method: str, path: str, body: Mapping[str, str] | None = None) -> None:
    try:
        address = f"{management_url}/api/{path}"
        answer = httpx.request(method, address, json=body, timeout=_TIMEOUT_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise OutageError(f"RabbitMQ's management does not answer ({type(error).__name__})") from None
    if not answer.is_success:
        raise CamError(f"RabbitMQ's management refused {method} {path}: HTTP {answer.status_code}")
