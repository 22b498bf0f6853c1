"""Reads CAM's tables for one campaign: how far it is, and what the invariants need to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, func, or_, select

from demo.evidence import Accepted, Alerted, Decided, Evidence, Heartbeat, Inbound, Outbound, Said
from demo.ledger import Ledger
from demo.sink import ReceivedAlert
from shared.database import transaction
from shared.states import LeadStatus
from shared.tables import (
    alert_logs,
    dead_letters,
    decisions,
    heartbeats,
    inbound_emails,
    leads,
    outbound_emails,
    outbox,
)

UNDER_WAY = frozenset({LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Progress:
    """A look at a running campaign."""

    sent_by_step: Mapping[int, int] = field(default_factory=dict)
    replies: Mapping[str, int] = field(default_factory=dict)
    leads: Mapping[str, int] = field(default_factory=dict)
    unfinished: int = 1  # leads, e-mails, replies, alerts and events that somebody still has to deal with

    @property
    def sent(self) -> int:
        """Return how many e-mails are SENT."""
        return sum(self.sent_by_step.values())


class Observer:
    """Looks at one campaign; changes nothing."""

    def __init__(self, engine: Engine, campaign_id: int) -> None:
        self._engine = engine
        self._campaign_id = campaign_id

    def progress(self) -> Progress:
        """Count what has happened so far."""
        sent, replies, mine = outbound_emails.c, inbound_emails.c, leads.c
        by_step = select(sent.position, func.count()).where(self._ours(outbound_emails), sent.status == "SENT")
        by_class = select(func.coalesce(replies.classification, "unread"), func.count()).where(
            self._ours(inbound_emails)
        )
        by_status = select(mine.status, func.count()).where(self._ours(leads))
        with transaction(self._engine) as connection:
            return Progress(
                sent_by_step={row[0]: row[1] for row in connection.execute(by_step.group_by(sent.position))},
                replies={row[0]: row[1] for row in connection.execute(by_class.group_by(replies.classification))},
                leads={row[0]: row[1] for row in connection.execute(by_status.group_by(mine.status))},
                unfinished=self._unfinished(connection),
            )

    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """Return every service's own row."""
        age = func.extract("epoch", func.now() - heartbeats.c.last_seen_at)
        rows = select(heartbeats.c.service, heartbeats.c.worker_id, heartbeats.c.status, age.label("age"))
        with transaction(self._engine) as connection:
            return tuple(
                Heartbeat(row.service, row.worker_id, row.status, float(row.age)) for row in connection.execute(rows)
            )

    def evidence(self, ledger: Ledger, alerts: Sequence[ReceivedAlert]) -> Evidence:
        """Lay the world's books beside CAM's tables."""
        with transaction(self._engine) as connection:
            return Evidence(
                accepted=tuple(Accepted(m.recipient, m.message_id, m.begun_at, m.accepted_at) for m in ledger.mails),
                said=tuple(Said(d.lead, d.message_id, d.expected, d.at, d.quiet_seconds) for d in ledger.delivered),
                alerts=tuple(Alerted(a.key, a.alert_type, a.inbound_email_id, a.at) for a in alerts),
                outbound=self._outbound(connection),
                inbound=self._inbound(connection),
                decided=self._decided(connection),
                leads=self._leads(connection),
                dead_letters=self._dead_letters(connection),
            )

    def _ours(self, table: Table) -> ColumnElement[bool]:
        return table.c.campaign_id == self._campaign_id

    def _unfinished(self, connection: Connection) -> int:
        waiting = outbound_emails.c.status.in_(("QUEUED", "SENDING"))
        decided = select(decisions.c.id).where(decisions.c.inbound_email_id == inbound_emails.c.id).exists()
        unread = or_(inbound_emails.c.classification.is_(None), ~decided)
        untold = and_(~alert_logs.c.sent_successfully, alert_logs.c.next_attempt_at.is_not(None))
        questions = (
            select(func.count()).select_from(leads).where(self._ours(leads), leads.c.status.in_(UNDER_WAY)),
            select(func.count()).select_from(outbound_emails).where(self._ours(outbound_emails), waiting),
            select(func.count()).select_from(inbound_emails).where(self._ours(inbound_emails), unread),
            select(func.count()).select_from(alert_logs).where(untold),
            select(func.count()).select_from(outbox),
        )
        return sum(connection.execute(question).scalar_one() for question in questions)

    def _outbound(self, connection: Connection) -> tuple[Outbound, ...]:
        columns = (leads.c.email, outbound_emails.c.position, outbound_emails.c.status, outbound_emails.c.message_id)
        rows = select(*columns).join_from(outbound_emails, leads, leads.c.id == outbound_emails.c.lead_id)
        found = connection.execute(rows.where(self._ours(outbound_emails)))
        return tuple(Outbound(row.email, row.position, row.status, row.message_id) for row in found)

    def _inbound(self, connection: Connection) -> tuple[Inbound, ...]:
        columns = (inbound_emails.c.id, leads.c.email, inbound_emails.c.message_id, inbound_emails.c.classification)
        rows = select(*columns).join_from(inbound_emails, leads, leads.c.id == inbound_emails.c.lead_id, isouter=True)
        found = connection.execute(rows)
        return tuple(Inbound(row.id, row.email, row.message_id, row.classification) for row in found)

    def _decided(self, connection: Connection) -> tuple[Decided, ...]:
        rows = select(decisions.c.inbound_email_id, decisions.c.decided_at)
        found = connection.execute(rows.where(decisions.c.inbound_email_id.is_not(None)))
        return tuple(Decided(row.inbound_email_id, row.decided_at) for row in found)

    def _leads(self, connection: Connection) -> dict[str, str]:
        rows = select(leads.c.email, leads.c.status).where(self._ours(leads))
        return {row.email: row.status for row in connection.execute(rows)}

    def _dead_letters(self, connection: Connection) -> tuple[str, ...]:
        rows = select(dead_letters.c.queue, dead_letters.c.reason, dead_letters.c.exception)
        return tuple(f"{row.queue}: {row.reason} {row.exception[:200]}" for row in connection.execute(rows))
