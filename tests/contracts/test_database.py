"""The tables: one history up and down, one writing service per column, and the given queries unchanged."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from shared import migrate
from shared.database import open_engine
from shared.errors import ConfigurationError
from shared.roles import GRANTS, SERVICES, role_of
from shared.tables import metadata
from tests.databases import Databases

MONITORING = (
    "SELECT worker_id, status, last_seen_at FROM cam_worker_heartbeats ORDER BY last_seen_at DESC LIMIT 1",
    "SELECT alert_type, title, sent_successfully, sent_at FROM cam_human_alert_logs ORDER BY sent_at DESC LIMIT 10",
    """SELECT COUNT(*) AS total, COUNT(CASE WHEN status='SENT' THEN 1 END) AS sent,
       COUNT(CASE WHEN status='FAILED' THEN 1 END) AS failed
FROM outbound_emails WHERE created_at > CURRENT_TIMESTAMP - INTERVAL '1 day'""",
)


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    """Make a database without tables."""
    url = databases.new_without_tables()
    yield url
    databases.drop(url)


@pytest.mark.parametrize("query", MONITORING)
def test_the_given_monitoring_queries_run_verbatim(engine: Engine, query: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(query)).all()


def test_the_history_goes_up_from_nothing_and_back_down_to_nothing(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    migrate.check(empty_url)
    migrate.upgrade(empty_url)
    migrate.downgrade(empty_url)
    engine = open_engine(empty_url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


def test_a_database_without_tables_is_refused_with_what_to_run(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with pytest.raises(ConfigurationError, match="cam setup"):
        migrate.verify(engine)
    engine.dispose()


# A write that belongs to another service, for each of the five.
FOREIGN = {
    "sender": "UPDATE leads SET status = 'DEAD'",
    "inbox": "UPDATE inbound_emails SET classification = 'POSITIVE'",
    "classifier": "UPDATE inbound_emails SET alert_sent = true",
    "decision": "UPDATE outbound_emails SET state = 'SENT'",
    "alerter": "UPDATE campaigns SET status = 'PAUSED'",
}


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_writes_a_foreign_column_is_refused(database_url: str, service: str) -> None:
    own = open_engine(database_url, role=role_of(service))
    with pytest.raises(ProgrammingError, match="permission denied"), own.begin() as connection:
        connection.execute(text(FOREIGN[service]))
    with own.begin() as connection:
        connection.execute(text("SELECT count(*) FROM leads"))
    own.dispose()


@pytest.mark.usefixtures("engine")
def test_a_service_writes_only_its_own_heartbeat(database_url: str) -> None:
    own = open_engine(database_url, role=role_of("inbox"))
    row = "INSERT INTO cam_worker_heartbeats (worker_id, service) VALUES ('w', :service)"
    with own.begin() as connection:
        connection.execute(text(row), {"service": "inbox"})
    with pytest.raises(ProgrammingError, match="row-level security"), own.begin() as connection:
        connection.execute(text(row.replace("'w'", "'x'")), {"service": "sender"})
    own.dispose()


def _written(privilege: str) -> set[str]:
    found = re.fullmatch(r"UPDATE \((.*)\)", privilege)
    return set(re.split(r",\s*", found[1])) if found else set()


def test_every_column_has_at_most_one_service_that_changes_it() -> None:
    writers: dict[tuple[str, str], list[str]] = {}
    for service, grants in GRANTS.items():
        for table, privileges in grants.items():
            for column in set().union(*map(_written, privileges)):
                assert column in metadata.tables[table].columns, f"{table}.{column}"
                writers.setdefault((table, column), []).append(service)
    assert {place: services for place, services in writers.items() if len(services) > 1} == {}
