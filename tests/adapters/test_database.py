"""Connections to a real PostgreSQL that break while nobody uses them."""

import psycopg2
import pytest
from sqlalchemy import text

from shared import database
from shared.database import open_engine


def test_a_connection_that_died_while_it_lay_idle_is_replaced_unnoticed(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_IDLE_SECONDS", 0)
    engine = open_engine(database_url, pool_size=1)
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = psycopg2.connect(database_url)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    other.close()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid
    engine.dispose()
