"""Fresh databases for tests: migrated once, then copied."""

import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from sqlalchemy import Engine, text

from shared import migrate
from shared.tables import metadata


class Databases:
    """Makes migrated, empty databases on one PostgreSQL server."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._run = uuid.uuid4().hex[:8]
        self._names: list[str] = []
        self._template = ""

    def new(self) -> str:
        """Return the URL of a fresh database with all tables."""
        if not self._template:
            self._template = self.empty()
            migrate.upgrade(self.url(self._template))
        return self.url(self._create(f"TEMPLATE {self._template}"))

    def new_without_tables(self) -> str:
        """Return the URL of a fresh database without anything in it."""
        return self.url(self.empty())

    def empty(self) -> str:
        """Make a database without tables and return its name."""
        return self._create("TEMPLATE template0")

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        name = urlsplit(url).path.removeprefix("/")
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._names.remove(name)

    def drop_all(self) -> None:
        """Drop every database that was made here."""
        for name in list(self._names):
            self.drop(self.url(name))

    def url(self, name: str) -> str:
        """Return the URL of a database of this server."""
        return urlunsplit(urlsplit(self._server_url)._replace(path=f"/{name}"))

    def _create(self, how: str) -> str:
        name = f"cam_test_{self._run}_{len(self._names)}_{uuid.uuid4().hex[:6]}"
        self._execute(f"CREATE DATABASE {name} {how}")
        self._names.append(name)
        return name

    def _execute(self, statement: str) -> None:
        connection = psycopg2.connect(self._server_url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


def clean(engine: Engine) -> None:
    """Empty all tables and begin their ids at 1 again."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with engine.begin() as connection:
        # A test before this one that left a transaction open shall be named at once, not after a minute.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
