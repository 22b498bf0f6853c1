"""The classifier on a real database, under its own role, at a time that the test sets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest
from sqlalchemy import Engine, Row, func, insert, select

from shared.database import open_engine
from shared.events import Envelope, ReplyReceived, wrap
from shared.roles import role_of
from shared.tables import campaigns, handled_events, inbound_emails, leads, mailboxes, outbound_emails, outbox
from shared.unit_of_work import UnitOfWork

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(slots=True)
class World:
    """One test's database with one mailbox and one lead; `uow` is the classifier's."""

    owner: Engine
    uow: UnitOfWork
    mailbox_id: int
    lead_id: int
    uids: Iterator[int]

    def reply(self, body: str = "Yes, please call me.", **columns: object) -> Envelope[ReplyReceived]:
        """Store an e-mail and return the event that announces it."""
        place = {"mailbox_id": self.mailbox_id, "folder": "INBOX", "uidvalidity": 1, "uid": next(self.uids)}
        values = place | {"lead_id": self.lead_id, "body": body, "subject": "Re: hello", "received_at": NOON} | columns
        with self.owner.begin() as connection:
            key = connection.execute(insert(inbound_emails).values(**values)).inserted_primary_key
        assert key
        return self.announced(int(key[0]), int(str(place["uid"])))

    def sent(self, body: str) -> int:
        """Store an e-mail that left, and return its id."""
        campaign = select(leads.c.campaign_id).where(leads.c.id == self.lead_id).scalar_subquery()
        values = {"mailbox_id": self.mailbox_id, "lead_id": self.lead_id, "position": 1, "silence_days": 3.0}
        with self.owner.begin() as connection:
            statement = insert(outbound_emails).values(campaign_id=campaign, body=body, state="SENT", **values)
            return int(connection.execute(statement.returning(outbound_emails.c.id)).scalar_one())

    def announced(self, inbound_email_id: int, uid: int) -> Envelope[ReplyReceived]:
        """Return the event that announces an e-mail, whether it exists or not."""
        event = ReplyReceived(
            inbound_email_id=inbound_email_id,
            mailbox_id=self.mailbox_id,
            folder="INBOX",
            uidvalidity=1,
            uid=uid,
            lead_id=self.lead_id,
        )
        return wrap(event, source="inbox", time=NOON, correlation_id=f"lead/{self.lead_id}")

    def stored(self, event: Envelope[ReplyReceived]) -> Row[tuple[object, ...]]:
        """Return the row of an announced e-mail."""
        with self.owner.connect() as connection:
            statement = select(inbound_emails).where(inbound_emails.c.id == event.data.inbound_email_id)
            return connection.execute(statement).one()

    def emitted(self) -> list[str]:
        """Return the bodies of the events that wait to be published, oldest first."""
        with self.owner.connect() as connection:
            return [str(body) for body in connection.execute(select(outbox.c.body).order_by(outbox.c.id)).scalars()]

    def guards(self) -> int:
        """Return how many events count as handled."""
        with self.owner.connect() as connection:
            return connection.execute(select(func.count()).select_from(handled_events)).scalar_one()


@pytest.fixture
def world(engine: Engine, database_url: str) -> Iterator[World]:
    with engine.begin() as connection:
        mailbox = connection.execute(
            insert(mailboxes).values(name="sales", address="sales@cam.example").returning(mailboxes.c.id)
        ).scalar_one()
        campaign = connection.execute(
            insert(campaigns).values(name="Spring", mailbox_id=mailbox).returning(campaigns.c.id)
        ).scalar_one()
        lead = connection.execute(
            insert(leads).values(campaign_id=campaign, email="jane@acme.example").returning(leads.c.id)
        ).scalar_one()
    opened = open_engine(database_url, role=role_of("classifier"))
    uow = UnitOfWork(opened, source="/cam/classifier", consumer="classifier.reply.received", clock=lambda: NOON)
    yield World(engine, uow, mailbox, lead, count(1))
    opened.dispose()
