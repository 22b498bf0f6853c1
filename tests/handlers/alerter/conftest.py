"""The alerter on a real database, under its own role, at a time that the test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, Row, Table, insert, select

from services.alerter.delivery import AlertProvider, Delivery
from shared.database import open_engine
from shared.events import AlertRequested, Envelope, wrap
from shared.roles import role_of
from shared.tables import alert_logs, campaigns, heartbeats, inbound_emails, leads, mailboxes
from shared.unit_of_work import UnitOfWork
from tests.handlers.alerter.fakes import FakeChannel

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(slots=True)
class World:
    """One test's database and clock; `uow` is the alerter's."""

    owner: Engine
    uow: UnitOfWork
    now: datetime = NOON

    def later(self, **length: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**length)

    def insert(self, table: Table, **values: object) -> int:
        """Store a row as the database's owner and return its id."""
        with self.owner.begin() as connection:
            key = connection.execute(insert(table).values(**values)).inserted_primary_key
        assert key
        return int(key[0])

    def insert_row(self, table: Table, **values: object) -> None:
        """Store a row of a table without a number."""
        with self.owner.begin() as connection:
            connection.execute(insert(table).values(**values))

    def reply(self, body: str = "Yes, call me.") -> int:
        """Return a positive reply of Jane, a lead of the campaign Spring."""
        mailbox = self.insert(mailboxes, name="sales", address="sales@cam.example")
        campaign = self.insert(campaigns, name="Spring", mailbox_id=mailbox)
        fields = {"first_name": "Jane", "company": "Acme"}
        lead = self.insert(leads, campaign_id=campaign, email="jane@acme.example", fields=fields)
        return self.insert(
            inbound_emails,
            mailbox_id=mailbox,
            folder="INBOX",
            uidvalidity=1,
            uid=1,
            lead_id=lead,
            campaign_id=campaign,
            from_address="jane@acme.example",
            body=body,
            classification="POSITIVE",
        )

    def heartbeat(self, service: str, *, silent_for: timedelta, status: str = "RUNNING") -> int:
        """Store the heartbeat of an instance that has been silent for so long."""
        worker_id, seen = f"host/{service}/{silent_for.total_seconds():.0f}", self.now - silent_for
        return self.insert(heartbeats, worker_id=worker_id, service=service, status=status, last_seen_at=seen)

    def alerts(self) -> list[Row[*tuple[object, ...]]]:
        """Return the alert log."""
        with self.owner.connect() as connection:
            return list(connection.execute(select(alert_logs).order_by(alert_logs.c.id)))

    def value(self, table: Table, column: str, number: int = 1) -> object:
        """Return one column of one row."""
        with self.owner.connect() as connection:
            return connection.execute(select(table.c[column]).where(table.c.id == number)).scalar_one_or_none()


@pytest.fixture
def world(engine: Engine, database_url: str) -> Iterator[World]:
    alerter = open_engine(database_url, role=role_of("alerter"))
    made = World(engine, UnitOfWork(alerter, source="alerter", consumer="alerter.alert.requested"))
    made.uow.clock = lambda: made.now
    yield made
    alerter.dispose()


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def delivery(channel: FakeChannel) -> Iterator[Delivery]:
    with through(channel) as made:
        yield made


@contextmanager
def through(*channels: AlertProvider) -> Iterator[Delivery]:
    """Deliver through these channels for a block."""
    made = Delivery(channels)
    try:
        yield made
    finally:
        made.close()


def requested(subject: str = "inbound/1", alert_type: str = "POSITIVE_REPLY", **ids: int) -> Envelope[AlertRequested]:
    """Build an event that asks for an alert."""
    event = AlertRequested(
        alert_type=alert_type,
        subject=subject,
        title=f"About {subject}",
        campaign_id=ids.get("campaign_id"),
        lead_id=ids.get("lead_id"),
        inbound_email_id=ids.get("inbound_email_id"),
    )
    return wrap(event, source="decision", time=NOON)
