"""The decision service on a real database, under its own role, at a time that the test sets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Engine, Row, Table, event, insert, select, update

from services.decision.dossiers import Terms
from services.decision.handlers import lead_timeout, reply_classified
from shared.events import Classification, Envelope, LeadTimeout, ReplyClassified, wrap
from shared.tables import campaigns, inbound_emails, leads, mailboxes, outbound_emails, outbox, sequence_steps
from shared.unit_of_work import UnitOfWork

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TERMS = Terms()


@dataclass(slots=True)
class World:
    """One test's database and clock; `uow` is the decision service's."""

    owner: Engine
    service: Engine
    now: datetime = NOON
    uids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def uow(self) -> UnitOfWork:
        """Return a unit of work as the runtime gives it to a handler."""
        return UnitOfWork(self.service, source="decision", consumer="decision", clock=lambda: self.now)

    def later(self, **length: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**length)

    def insert(self, table: Table, **values: object) -> int:
        """Store a row as the database's owner and return its id."""
        with self.owner.begin() as connection:
            key = connection.execute(insert(table).values(**values)).inserted_primary_key
        assert key
        return int(key[0])

    def change(self, table: Table, row_id: int, **values: object) -> None:
        """Change a row as the database's owner."""
        with self.owner.begin() as connection:
            connection.execute(update(table).where(table.c.id == row_id).values(**values))

    def campaign(self, *, steps: int = 3, status: str = "RUNNING", **values: object) -> int:
        """Return a campaign of so many steps with three days between them."""
        number = next(self.uids)
        mailbox = self.insert(mailboxes, name=f"box {number}", address=f"sales{number}@cam.example")
        defaults = {"name": f"Spring {number}", "mailbox_id": mailbox, "rules_since": NOON - timedelta(days=9)}
        campaign = self.insert(campaigns, **{**defaults, "status": status, **values})
        for position in range(1, steps + 1):
            wait = 0 if position == 1 else 3
            self.insert(sequence_steps, campaign_id=campaign, position=position, wait_days=wait, body="Hi")
        return campaign

    def lead(self, campaign: int, email: str = "", status: str = "NEW") -> int:
        """Return a lead of a campaign."""
        return self.insert(
            leads, campaign_id=campaign, email=email or f"lead{next(self.uids)}@acme.example", status=status
        )

    def outbound(self, lead: int, position: int = 1, state: str = "SENT", **values: object) -> int:
        """Return an e-mail of a lead's sequence; a sent one left just now."""
        campaign = self.row(leads, lead).campaign_id
        defaults: dict[str, object] = {"due_at": self.now, "silence_days": 3.0, "state": state}
        if state == "SENT":
            defaults |= {"sent_at": self.now, "silent_at": self.now + timedelta(days=3)}
        return self.insert(
            outbound_emails,
            campaign_id=campaign,
            lead_id=lead,
            mailbox_id=self.row(campaigns, campaign).mailbox_id,
            position=position,
            **(defaults | values),
        )

    def contacted(self, campaign: int, email: str = "") -> tuple[int, int]:
        """Return a lead that was sent the first step, and that e-mail."""
        lead = self.lead(campaign, email, status="CONTACTED")
        return lead, self.outbound(lead)

    def inbound(self, lead: int | None, meaning: str, outbound: int | None = None, **facts: object) -> int:
        """Return an e-mail that arrived now and is understood to mean this."""
        found = self.row(leads, lead) if lead else None
        return self.insert(
            inbound_emails,
            mailbox_id=self.row(campaigns, found.campaign_id).mailbox_id if found else 1,
            folder="INBOX",
            uidvalidity=1,
            uid=next(self.uids),
            campaign_id=found.campaign_id if found else None,
            lead_id=lead,
            outbound_email_id=outbound,
            received_at=self.now,
            classification=meaning,
            classification_facts=facts,
        )

    def reply(
        self, lead: int | None, meaning: str, outbound: int | None = None, **facts: object
    ) -> Envelope[ReplyClassified]:
        """Let a lead answer, and return the event that says what it means."""
        return self.classified(self.inbound(lead, meaning, outbound, **facts), lead, meaning)

    def classified(
        self, inbound: int, lead: int | None, meaning: str, *, revision: int = 1
    ) -> Envelope[ReplyClassified]:
        """Return the event that says what an e-mail means."""
        fact = ReplyClassified(
            inbound_email_id=inbound,
            lead_id=lead,
            classification=Classification(meaning),
            confidence=0.9,
            reason="a test",
            classifier_version="1",
            revision=revision,
        )
        return wrap(fact, source="classifier", time=self.now)

    def silence(self, outbound: int) -> Envelope[LeadTimeout]:
        """Let an e-mail's wait be over, and return the event that says so."""
        row = self.row(outbound_emails, outbound)
        if row.state == "SENT":
            self.change(outbound_emails, outbound, silence_announced_at=self.now)
        fact = LeadTimeout(outbound_email_id=outbound, lead_id=row.lead_id, campaign_id=row.campaign_id)
        return wrap(fact, source="sender", time=self.now)

    def decide(self, *events: Envelope[ReplyClassified]) -> None:
        """Handle replies as one batch."""
        reply_classified(events, self.uow, terms=TERMS)

    def time_out(self, *events: Envelope[LeadTimeout]) -> None:
        """Handle silences as one batch."""
        lead_timeout(events, self.uow, terms=TERMS)

    def row(self, table: Table, row_id: int) -> Row[*tuple[object, ...]]:
        """Return one row by its id."""
        return next(row for row in self.rows(table) if row.id == row_id)

    def rows(self, table: Table) -> Sequence[Row[*tuple[object, ...]]]:
        """Return all rows of a table in the order of its first column."""
        with self.owner.connect() as connection:
            return connection.execute(select(table).order_by(table.c[0])).all()

    def status(self, lead: int) -> str:
        """Return a lead's status."""
        return str(self.row(leads, lead).status)

    def alerts(self) -> list[str]:
        """Return the types of the alerts that were asked for."""
        return [row.body.split('"alert_type":"')[1].split('"')[0] for row in self.rows(outbox)]

    def statements(self, work: Callable[[], None]) -> int:
        """Do something as the decision service and return how many statements went to the server."""
        seen: list[object] = []

        def note(*arguments: object) -> None:
            *_, parameters, _, many = arguments
            seen.extend(parameters if many and isinstance(parameters, Sequence) else [parameters])

        event.listen(self.service, "before_cursor_execute", note)
        work()
        event.remove(self.service, "before_cursor_execute", note)
        return len(seen)
