"""A private PostgreSQL: loopback TCP only, one superuser, one database."""

import re

import psycopg2

from console.servers.accounts import Account, account, run_as
from console.servers.addresses import DATABASE, USER
from console.servers.programs import program
from console.servers.server import UTF8, Server, base_environment, own_folder, write_config
from console.servers.site import HOST, Site
from shared.errors import ConfigurationError

_OLDEST_VERSION = 15


def postgres(site: Site, *, durable: bool) -> Server:
    """Prepare PostgreSQL (initdb the first time); without `durable` it does not wait for the disk."""
    who = account("postgres")
    folder = own_folder(site, "postgres", who)
    binaries = program("postgres").parent
    environment = base_environment(folder)
    _check_version(run_as(who, [str(binaries / "postgres"), "--version"], environment))
    if not (folder / "data" / "PG_VERSION").exists():
        _initialise(site, who, str(binaries / "initdb"), environment)
    options = {
        "listen_addresses": HOST,
        "port": str(site.ports["postgres"]),
        "unix_socket_directories": "",
        "max_connections": "300",
        "autovacuum_naptime": "1s",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return Server(
        name="postgres",
        port=site.ports["postgres"],
        account=who,
        command=[str(binaries / "postgres"), "-D", str(folder / "data"), *settings],
        environment=environment,
        log=folder / "server.log",
        answers=lambda: _answers(site),
    )


def _check_version(printed: str) -> None:
    found = re.search(r"\d+", printed)
    if found is None or int(found[0]) < _OLDEST_VERSION:
        raise ConfigurationError(f"PostgreSQL {_OLDEST_VERSION} or newer is needed, and this is {printed.strip()[:60]}")


def _initialise(site: Site, who: Account, initdb: str, environment: dict[str, str]) -> None:
    password = write_config(site.folder / "config" / "postgres.password", site.secrets["postgres"] + "\n", who)
    data = str(site.folder / "postgres" / "data")
    options = ["--username", USER, "--pwfile", str(password), "--auth=scram-sha-256", "--encoding=UTF8"]
    # An interrupted initdb leaves a folder that it would refuse the next time.
    run_as(who, ["/bin/rm", "-rf", data], environment)
    run_as(who, [initdb, "-D", data, *options, f"--locale={UTF8}", "--no-sync"], environment)
    password.unlink()


def _answers(site: Site) -> None:
    """Connect for real, and make the database the first time; raise `OSError` while the server is not ready."""
    try:
        connection = psycopg2.connect(
            host=HOST,
            port=site.ports["postgres"],
            user=USER,
            password=site.secrets["postgres"],
            dbname="postgres",
            connect_timeout=3,
        )
    except psycopg2.OperationalError as error:
        raise OSError(str(error).strip().splitlines()[0]) from error
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        connection.close()
