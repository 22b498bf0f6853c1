"""A real PostgreSQL behind a proxy that takes everything, acknowledges it and lets nothing through."""

import threading
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url

from chaos.proxy import HOST, Proxy
from shared import database
from shared.answering import THREAD_NAME
from shared.database import open_engine, transaction
from shared.errors import OutageError
from tests.waiting import eventually

_ONE = text("SELECT 1")


@pytest.fixture
def link(database_url: str) -> Iterator[Proxy]:
    """Stand before the database."""
    parts = urlsplit(database_url)
    with Proxy((parts.hostname or HOST, parts.port or 5432)) as proxy:
        yield proxy


@pytest.fixture
def far(database_url: str, link: Proxy) -> Iterator[Engine]:
    """Reach the database through the link, with little patience."""
    through = make_url(database_url).set(host=HOST, port=link.port)
    engine = open_engine(through.render_as_string(hide_password=False), pool_size=3, answer_seconds=2)
    yield engine
    engine.dispose()


def test_a_query_that_is_never_answered_is_an_outage_and_the_next_one_is_answered(far: Engine, link: Proxy) -> None:
    with pytest.raises(OutageError, match="did not answer for 2 s"), transaction(far) as connection:  # noqa: PT012
        connection.execute(_ONE)
        link.half_open()
        connection.execute(_ONE)
    link.clear()
    with transaction(far) as connection:
        assert connection.execute(_ONE).scalar_one() == 1


def test_a_commit_that_is_never_answered_is_an_outage(far: Engine, link: Proxy) -> None:
    with pytest.raises(OutageError, match="did not answer for 2 s"), transaction(far) as connection:  # noqa: PT012
        connection.execute(_ONE)
        link.half_open()


def test_a_copy_that_nobody_takes_is_an_outage(far: Engine, link: Proxy) -> None:
    with pytest.raises(OutageError, match="did not answer for 2 s"), transaction(far) as connection:
        _copy(connection, link)


def _copy(connection: Connection, link: Proxy) -> None:
    connection.execute(text("CREATE TEMPORARY TABLE copied (line text)"))
    link.half_open()
    with closing(connection.connection.cursor()) as cursor:
        cursor.copy_expert("COPY copied FROM STDIN", StringIO("line\n" * 10))


def test_connections_that_fell_silent_while_they_lay_idle_cost_one_wait_for_all(
    far: Engine, link: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_IDLE_SECONDS", 0)
    monkeypatch.setattr(database, "_PING_SECONDS", 1)
    idle = [far.connect() for _ in range(3)]
    for each in idle:
        each.execute(_ONE)
        each.close()
    waited: list[object] = []
    event.listen(far, "invalidate", lambda *_: waited.append(_))
    link.half_open()
    link.clear()
    for _ in range(3):
        with transaction(far) as connection:
            assert connection.execute(_ONE).scalar_one() == 1
    assert len(waited) == 1


def test_a_statement_that_takes_its_time_is_ended_by_the_server_and_is_no_outage(far: Engine) -> None:
    with pytest.raises(Exception, match="statement timeout") as ended, transaction(far) as connection:
        connection.execute(text("SELECT pg_sleep(10)"))
    assert not isinstance(ended.value, OutageError)


def test_a_transaction_whose_client_fell_silent_keeps_its_locks_no_longer_than_our_patience(
    far: Engine, link: Proxy, engine: Engine
) -> None:
    silent = far.connect()
    silent.execute(text("LOCK TABLE campaigns"))
    link.half_open()
    free = text("""\
SELECT count(*) = 0 FROM pg_locks
WHERE relation = 'campaigns'::regclass AND granted AND mode = 'AccessExclusiveLock'""")

    def is_free() -> bool:
        with engine.connect() as connection:
            return bool(connection.execute(free).scalar_one())

    assert not is_free()
    eventually(is_free, deadline_seconds=10)
    silent.invalidate()
    silent.close()


def test_no_thread_is_left_when_all_connections_are_closed(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        connection.execute(_ONE)
    engine.dispose()
    eventually(lambda: not any(each.name == THREAD_NAME for each in threading.enumerate()))
