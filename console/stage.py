"""The demo's own corner of the private servers: a fresh database, a fresh virtual host, a fresh mailbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import make_url, text

from console.creating import create_database, create_virtual_host, delete_virtual_host, drop_database
from console.servers import Servers
from shared.database import driver_url, open_engine


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
    url = make_url(driver_url(servers.database_url)).set(database=name, drivername="postgresql")
    stage = Stage(
        name=name,
        database_url=url.render_as_string(hide_password=False),
        amqp_url=servers.amqp_url.rstrip("/") + f"/{name}",
        address=f"{name.replace('_', '-')}@cam.test",
    )
    create_database(stage.database_url)
    create_virtual_host(servers.management_url, stage.amqp_url)
    try:
        yield stage
    finally:
        if not keep:
            drop_database(stage.database_url)
            delete_virtual_host(servers.management_url, stage.amqp_url)


def used_by_others(servers: Servers) -> bool:
    """Tell whether anybody but us is connected to a database of these servers."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    engine = open_engine(servers.database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text(others)).scalar_one())
    finally:
        engine.dispose()
