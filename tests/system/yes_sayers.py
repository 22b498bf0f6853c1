"""Servers whose plugs can be pulled, and a campaign on them whose leads all say yes."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aio_pika
from sqlalchemy import ColumnElement, Connection, Engine, Table, func, insert, select

from console import servers as native
from console.servers.processes import STOP_SIGNALS
from demo.sink import AlertSink
from shared.clock import utc_now
from shared.events import Event, ReplyReceived, wrap
from shared.messaging import topology
from shared.tables import (
    alert_logs,
    campaigns,
    dead_letters,
    decisions,
    handled_events,
    inbound_emails,
    leads,
    mailboxes,
    outbound_emails,
    outbox,
    sequence_steps,
)
from tests.system.programs import Lines
from tests.waiting import eventually

# A commit whose answer was lost leaves events that any relay may take ten seconds later.
RECOVERY_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Machine:
    """Private servers whose plugs a test may pull."""

    root: Path
    database_url: str
    amqp_url: str

    def stop(self, server: str) -> None:
        """Shut one server down and see it gone."""
        os.kill(self._pid(server) or 0, STOP_SIGNALS.get(server, STOP_SIGNALS["dovecot"])[0])
        eventually(lambda: self._pid(server) is None, 30)

    def start(self, server: str) -> None:
        """Start one server again, where it was."""
        again = native.start(self.root, only={server})
        assert (again.database_url, again.amqp_url) == (self.database_url, self.amqp_url)

    def _pid(self, server: str) -> int | None:
        return next(found.pid for found in native.status(self.root) if found.name == server)


@dataclass(slots=True)
class World:
    """A campaign whose leads all say yes, and the human who is told."""

    machine: Machine
    owner: Engine
    sink: AlertSink
    lines: Lines
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    mailbox: int = 0
    campaign: int = 0

    def insert(self, table: Table, **values: object) -> int:
        """Store a row as the database's owner and return its id."""
        with self.owner.begin() as connection:
            return stored(connection, table, **values)

    def lay_out(self) -> None:
        """Store a mailbox and a running campaign."""
        self.mailbox = self.insert(mailboxes, name="sales", address="sales@cam.example")
        self.campaign = self.insert(campaigns, name="Spring", mailbox_id=self.mailbox, status="RUNNING")
        self.insert(sequence_steps, campaign_id=self.campaign, position=1, body="Hello")

    def replies(self, number: int) -> list[ReplyReceived]:
        """Store so many replies of new leads; return the events that announce them."""
        return [self._reply() for _ in range(number)]

    def _reply(self) -> ReplyReceived:
        uid = next(self.numbers)
        lead = self.insert(leads, campaign_id=self.campaign, email=f"lead{uid}@acme.example", status="CONTACTED")
        sent = {"campaign_id": self.campaign, "lead_id": lead, "mailbox_id": self.mailbox, "position": 1}
        outbound = self.insert(outbound_emails, **sent, state="SENT", sent_at=utc_now(), silence_days=3)
        place = {"mailbox_id": self.mailbox, "folder": "INBOX", "uidvalidity": 1, "uid": uid}
        known = {"lead_id": lead, "outbound_email_id": outbound}
        body = "Yes, I am interested. Please call me."
        inbound = self.insert(inbound_emails, **place, **known, campaign_id=self.campaign, body=body)
        return ReplyReceived.model_validate(place | known | {"inbound_email_id": inbound})

    def count(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        """Return how many rows of a table meet conditions."""
        with self.owner.connect() as connection:
            return connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    def told(self) -> int:
        """Return how many alerts are in the log as sent."""
        return self.count(alert_logs, alert_logs.c.sent_successfully)

    def assert_each_was_handled_once(self, replies: int) -> None:
        """See every reply understood, decided about and told; nothing failed, nothing left behind."""
        assert self.count(leads, leads.c.status == "QUALIFIED") == replies
        # Beside them, campaigns are judged: this one ends when its last lead has.
        assert self.count(decisions, decisions.c.inbound_email_id.is_not(None)) == replies
        assert self.count(alert_logs, alert_logs.c.alert_type == "POSITIVE_REPLY") == replies
        assert self.count(handled_events) == 3 * replies
        assert {alert.inbound_email_id for alert in self.sink.alerts} == set(range(1, replies + 1))
        assert self.lines.logged("event_failed") == []
        assert self.count(dead_letters) == 0
        eventually(lambda: self.count(outbox) == 0, RECOVERY_SECONDS)
        # Acknowledgements follow the commits, and the broker counts what is ready a moment later.
        eventually(lambda: not any(topology.depths(self.machine.amqp_url).values()))


def publish(amqp_url: str, *events: Event) -> None:
    """Publish events as an inbox would whose database is elsewhere."""
    asyncio.run(_publish(amqp_url, events))


async def _publish(amqp_url: str, events: tuple[Event, ...]) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        exchange = await (await connection.channel()).get_exchange(topology.EXCHANGE)
        for event in events:
            body = wrap(event, source="/test", time=utc_now()).to_bytes()
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await exchange.publish(message, event.type)


def a_due_email(engine: Engine, *, smtp_port: int, imap_port: int) -> str:
    """Store an e-mail that is due, in a mailbox with these servers; return to whom it goes."""
    servers = {"smtp_host": "127.0.0.1", "smtp_port": smtp_port, "imap_host": "127.0.0.1", "imap_port": imap_port}
    login = {"imap_username": "sales", "imap_password_ref": "env:AICMO_CAM_TEST_PASSWORD"}
    safety = {"smtp_security": "none", "imap_security": "none"}
    address = {"name": "sales", "address": "sales@cam.example"}
    with engine.begin() as connection:
        mailbox = stored(connection, mailboxes, **address, **servers, **login, **safety)
        campaign = stored(connection, campaigns, name="Spring", mailbox_id=mailbox, status="RUNNING")
        stored(connection, sequence_steps, campaign_id=campaign, position=1, subject="Hello", body="Hello")
        lead = stored(connection, leads, campaign_id=campaign, email="jane@acme.example")
        step = {"campaign_id": campaign, "lead_id": lead, "mailbox_id": mailbox, "position": 1}
        stored(connection, outbound_emails, **step, silence_days=3)
    return "jane@acme.example"


def stored(connection: Connection, table: Table, **values: object) -> int:
    """Store a row and return its id."""
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    assert key
    return int(key[0])
