"""Builds campaigns in the database, and stands in for the world outside."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from pydantic import SecretStr
from sqlalchemy import Engine, RowMapping, Table, insert, select, update

from services.sender.config import SenderSettings
from services.sender.jobs import send_due
from services.sender.journals import Journals
from services.sender.outgoing import OutgoingEmail
from services.sender.planning import Mailbox
from services.sender.rules import SendResult, Verdict
from services.sender.run import Begin, MailProvider, ProviderFactory
from shared.states import Provider
from shared.tables import campaigns, inbound_emails, leads, mailboxes, outbound_emails, outbox, sequence_steps
from shared.unit_of_work import UnitOfWork

DATABASE_URL = "postgresql://unused"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday


@dataclass
class FakeClock:
    """A clock that a test turns."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Return the time now."""
        return self.now

    def forward(self, **wait: float) -> None:
        """Let time pass."""
        self.now += timedelta(**wait)


@dataclass
class FakeProvider:
    """Remembers what it was handed; says SENT unless an address has answers waiting."""

    handed: list[OutgoingEmail] = field(default_factory=list)
    announced: list[OutgoingEmail | None] = field(default_factory=list)
    answers: dict[str, list[SendResult]] = field(default_factory=lambda: defaultdict(list))
    meanwhile: Callable[[OutgoingEmail], None] = lambda _: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, email: OutgoingEmail, following: OutgoingEmail | None = None) -> SendResult:
        """Take the e-mail."""
        with self._lock:
            self.handed.append(email)
            self.announced.append(following)
            waiting = self.answers[email.recipient]
            result = waiting.pop(0) if waiting else SendResult(Verdict.SENT, provider_id=f"id-{email.id}")
        self.meanwhile(email)
        return result

    def close(self) -> None:
        """Do nothing."""

    def factory(self) -> ProviderFactory:
        """Return a factory that gives this provider to every mailbox."""

        def give(_mailbox: Mailbox, _kind: Provider, _begin: Begin) -> MailProvider:
            return self

        return give

    @property
    def recipients(self) -> list[str]:
        """Return who was written to, in order."""
        return [email.recipient for email in self.handed]


Steps = tuple[tuple[str | None, str], ...]


@dataclass
class World:
    """Rows written as the console and the other services would, and what the sender made of them."""

    engine: Engine
    clock: FakeClock = field(default_factory=FakeClock)

    def add(self, table: Table, **values: object) -> int:
        """Insert a row and return its id."""
        with self.engine.begin() as connection:
            return cast("int", connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())

    def mailbox(self, name: str = "sales", **more: object) -> int:
        """Add a mailbox."""
        return self.add(mailboxes, name=name, address=f"{name}@example.com", display_name="Sally", **more)

    def campaign(self, mailbox: int, *, steps: Steps = (), **more: object) -> int:
        """Add a running campaign with these (subject, body) templates."""
        count = self._count(campaigns)
        added = self.add(campaigns, **{"name": f"campaign {count}", "mailbox_id": mailbox, "status": "RUNNING", **more})
        for position, (subject, body) in enumerate(steps or (("Hello {{ name }}", "Hi {{ name }},\n"),), start=1):
            self.add(sequence_steps, campaign_id=added, position=position, subject=subject, body=body)
        return added

    def lead(self, campaign: int, email: str = "ann@example.org", **more: object) -> int:
        """Add a lead."""
        return self.add(leads, **{"campaign_id": campaign, "email": email, "fields": {"name": "Ann"}, **more})

    def queue(self, lead: int, position: int = 1, **more: object) -> int:
        """Queue an e-mail of a lead that is due now."""
        its = self.row(leads, lead)
        mailbox = self.row(campaigns, its["campaign_id"])["mailbox_id"]
        values = {
            "campaign_id": its["campaign_id"],
            "lead_id": lead,
            "mailbox_id": mailbox,
            "position": position,
            "silence_days": 3,
            "due_at": self.clock.now,
        }
        return self.add(outbound_emails, **{**values, **more})

    def queued(self, email: str = "ann@example.org", **lead: object) -> int:
        """Queue the first e-mail of a new lead in a new campaign through a new mailbox."""
        count = self._count(campaigns)
        return self.queue(self.lead(self.campaign(self.mailbox(f"box{count}")), email, **lead))

    def many(self, campaign: int, count: int) -> list[int]:
        """Queue an e-mail for each of so many leads."""
        return [self.queue(self.lead(campaign, f"lead{n}@c{campaign}.example.org")) for n in range(count)]

    def reply(self, lead: int, **more: object) -> int:
        """Let an e-mail of this lead arrive."""
        mailbox = self.row(campaigns, self.row(leads, lead)["campaign_id"])["mailbox_id"]
        uid = self._count(inbound_emails) + 1
        place = {"mailbox_id": mailbox, "folder": "INBOX", "uidvalidity": 1, "uid": uid}
        return self.add(inbound_emails, **place, lead_id=lead, **more)

    def change(self, table: Table, row_id: int, **values: object) -> None:
        """Change a row as its owner would."""
        with self.engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == row_id).values(**values))

    def row(self, table: Table, row_id: int) -> RowMapping:
        """Return a row."""
        with self.engine.connect() as connection:
            return connection.execute(select(table).where(table.c.id == row_id)).mappings().one()

    def email(self, row_id: int) -> RowMapping:
        """Return an outbound e-mail's row."""
        return self.row(outbound_emails, row_id)

    def announced(self) -> list[str]:
        """Return the types of the events that wait in the outbox, in order."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(outbox.c.type).order_by(outbox.c.id)).scalars())

    def bodies(self) -> str:
        """Return all events that wait in the outbox, as text."""
        with self.engine.connect() as connection:
            return "\n".join(connection.execute(select(outbox.c.body).order_by(outbox.c.id)).scalars())

    def _count(self, table: Table) -> int:
        with self.engine.connect() as connection:
            return len(connection.execute(select(table.c.id)).all())


def settings(**changes: object) -> SenderSettings:
    """Return settings in which only this is special."""
    return SenderSettings.model_validate({"database_url": SecretStr(DATABASE_URL), **changes})


def run_once(uow: UnitOfWork, provider: FakeProvider, **changes: object) -> None:
    """Let the sender's job run once."""
    run_until(uow, provider, threading.Event(), **changes)


def run_in(folder: Path, uow: UnitOfWork, provider: FakeProvider, **changes: object) -> None:
    """Let the sender's job run once, with its journals in this folder."""
    journals = Journals(folder, DATABASE_URL, "boot")
    factory, stop = provider.factory(), threading.Event()
    send_due(uow, settings=settings(**changes), journals=journals, open_provider=factory, stop=stop)


def run_until(uow: UnitOfWork, provider: FakeProvider, stop: threading.Event, **changes: object) -> None:
    """Let the sender's job run once, or until it is told to stop."""
    with TemporaryDirectory() as folder:
        journals = Journals.at(Path(folder), DATABASE_URL)
        factory = provider.factory()
        send_due(uow, settings=settings(**changes), journals=journals, open_provider=factory, stop=stop)
