"""A campaign with one lead, and the inbox under its own role on a real database."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, Row, Table, insert, select, update

from services.inbox import leases
from services.inbox.leases import Lease
from services.inbox.rules import Cursor
from services.inbox.store import Folder, Letter, Stored, store
from shared.mail.parsing import parse_email
from shared.tables import campaigns, inbound_emails, leads, mailboxes, outbound_emails, outbox
from shared.unit_of_work import UnitOfWork
from tests.handlers.inbox.letters import OURS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(slots=True)
class World:
    """One test's database; `uow` is the inbox's."""

    owner: Engine
    uow: UnitOfWork
    address: str = "sales@cam.test"

    def insert(self, table: Table, **values: object) -> int:
        """Store a row as the database's owner and return its id."""
        with self.owner.begin() as connection:
            key = connection.execute(insert(table).values(**values)).inserted_primary_key
        assert key
        return int(key[0])

    def mailbox(self, **values: object) -> int:
        """Return a mailbox that nobody watches yet."""
        defaults: dict[str, object] = {"address": self.address, "imap_host": "127.0.0.1", "imap_port": 1}
        defaults |= {"imap_security": "none", "name": f"box {values.get('address', self.address)}"}
        return self.insert(mailboxes, **defaults | values)

    def contacted(self, mailbox_id: int, email: str = "jane@acme.example", **sent: object) -> int:
        """Return a lead of a campaign of its own, to whom an e-mail was sent."""
        campaign = self.insert(campaigns, name=f"campaign {email} {sent}", mailbox_id=mailbox_id)
        lead = self.insert(leads, campaign_id=campaign, email=email)
        defaults = {"state": "SENT", "message_id": OURS, "sent_at": NOON, "silence_days": 3, "position": 1}
        fields = {"campaign_id": campaign, "lead_id": lead, "mailbox_id": mailbox_id}
        self.insert(outbound_emails, **fields | defaults | sent)
        return lead

    def lease(self, holder: str = "one", seconds: float = 30) -> Lease:
        """Take the lease of the only free mailbox."""
        (lease,) = leases.take(self.uow, holder, seconds, [])
        return lease

    def store(
        self, lease: Lease, *raw: bytes, first_uid: int = 1, uidvalidity: int = 7, folder: str = "INBOX"
    ) -> Stored:
        """Store e-mails at successive places of a folder."""
        found = [Letter(uid, len(mail), mail=parse_email(mail)) for uid, mail in enumerate(raw, first_uid)]
        cursor = Cursor(uidvalidity, first_uid + len(raw) - 1)
        return store(self.uow, Folder(lease, frozenset({self.address}), folder), found, cursor)

    def row(self, mailbox_id: int) -> Row[tuple[object, ...]]:
        """Return a mailbox as it is."""
        with self.owner.connect() as connection:
            return connection.execute(select(mailboxes).where(mailboxes.c.id == mailbox_id)).one()

    def arrived(self) -> list[Row[tuple[object, ...]]]:
        """Return all stored e-mails."""
        with self.owner.connect() as connection:
            return list(connection.execute(select(inbound_emails).order_by(inbound_emails.c.id)))

    def announced(self) -> list[str]:
        """Return the types of the events that were emitted."""
        with self.owner.connect() as connection:
            return list(connection.execute(select(outbox.c.type).order_by(outbox.c.id)).scalars())

    def expire(self, mailbox_id: int) -> None:
        """Let a lease's time be over."""
        with self.owner.begin() as connection:
            connection.execute(
                update(mailboxes)
                .where(mailboxes.c.id == mailbox_id)
                .values(lease_expires_at=datetime(2020, 1, 1, tzinfo=UTC))
            )
