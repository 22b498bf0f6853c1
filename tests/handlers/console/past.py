"""Writes what services wrote, without them: the past of one lead."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Table, insert

from shared.events import AlertRequested, Envelope, Event, LeadTimeout, ReplyClassified, ReplyReceived, trace_of, wrap
from shared.messaging.topology import SUBSCRIPTIONS
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
)
from tests.handlers.console.conftest import Cam

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
Hop = Mapping[str, Any]
ADDRESS = "jane@acme.example"
QUEUES = {subscription.event.type: subscription.queue for subscription in SUBSCRIPTIONS}


def after(**length: float) -> datetime:
    """Return a time after noon."""
    return NOON + timedelta(**length)


class Past:
    """Writes what services wrote when a lead answered the first of two e-mails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        box = self.insert(mailboxes, name="box", address="us@cam.example")
        campaign = self.insert(campaigns, name="Spring", mailbox_id=box, status="RUNNING")
        self.lead = self.insert(leads, campaign_id=campaign, email=ADDRESS, status="CONTACTED")
        self._email = {"campaign_id": campaign, "lead_id": self.lead, "mailbox_id": box, "silence_days": 3}

    def insert(self, table: Table, **values: object) -> int:
        """Store a row and return its number, if it has one."""
        with self._engine.begin() as connection:
            key = connection.execute(insert(table).values(**values)).inserted_primary_key
        return int(key[0]) if key and isinstance(key[0], int) else 0

    def sent(self, position: int, *, at: datetime, **values: object) -> int:
        """Let an e-mail have been sent; return its number."""
        state = {"state": "SENT", "sent_at": at, "created_at": at - timedelta(seconds=2), "attempts": 1}
        named = {"message_id": f"<cam.{position}@cam.example>", "position": position}
        return self.insert(outbound_emails, **self._email, **{**state, **named, **values})

    def queued(self, position: int, *, created_at: datetime, due_at: datetime) -> int:
        """Let an e-mail wait to be sent."""
        return self.insert(outbound_emails, **self._email, position=position, created_at=created_at, due_at=due_at)

    def arrived(self, outbound: int | None, *, at: datetime, **values: object) -> Envelope[ReplyReceived]:
        """Let a reply have arrived; return the event that said so."""
        place = {"mailbox_id": 1, "folder": "INBOX", "uidvalidity": 1, "uid": int(at.timestamp())}
        named = {"from_address": ADDRESS, "message_id": f"<{at:%H%M%S}@acme.example>", "matched_by": "THREAD"}
        known = {"lead_id": self.lead, "outbound_email_id": outbound}
        number = self.insert(inbound_emails, **place, received_at=at, **{**known, **named, **values})
        fact = ReplyReceived(inbound_email_id=number, **place, **known)
        return wrap(fact, source="/cam/inbox", time=at)

    def understood(self, received: Envelope[ReplyReceived], meaning: str = "POSITIVE") -> Envelope[ReplyClassified]:
        """Return the event that says what a reply means."""
        fact = ReplyClassified(
            inbound_email_id=received.data.inbound_email_id,
            classification=meaning,
            confidence=0.9,
            reason="says yes",
            classifier_version="rules-1",
        )
        return wrap(fact, source="/cam/classifier", time=NOON, cause=received)

    def decided(self, outcome: str, *, at: datetime, about: Envelope[Event] | None = None, **inputs: object) -> int:
        """Let a decision have been made, because of an event or by the clock."""
        numbers: dict[str, object] = {}
        if about and isinstance(about.data, ReplyClassified):
            kept = about.data.model_dump(mode="json", exclude={"inbound_email_id"})
            inputs = {**kept, "event": about.type, **inputs}
            numbers = {"inbound_email_id": about.data.inbound_email_id}
        elif about and isinstance(about.data, LeadTimeout):
            inputs = {"event": about.type, **inputs}
            numbers = {"outbound_email_id": about.data.outbound_email_id}
        row = {"lead_id": self.lead, "rule": "RULE", "outcome": outcome, "inputs": {"before": "CONTACTED", **inputs}}
        return self.insert(decisions, **row, **numbers, decided_at=at)

    def handled(self, told: Envelope[Event], *, at: datetime, attempt: int | None = 1) -> None:
        """Let an event have been handled."""
        known = {"trace_id": trace_of(told.traceparent), "causation_id": told.causation_id, "attempt": attempt}
        self.insert(handled_events, consumer=QUEUES[told.type], idempotency_key=told.key, handled_at=at, **known)

    def dead(self, told: Envelope[Event], *, at: datetime, **values: object) -> None:
        """Let an event have become a dead letter."""
        named = {"service": QUEUES[told.type].partition(".")[0], "queue": f"{QUEUES[told.type]}.dlq"}
        why = {"reason": "attempts_exhausted", "exception": "KeyError: 'x'", "attempts": 6}
        self.insert(dead_letters, **named, **why, event_id=str(told.id), event_type=told.type, died_at=at, **values)

    def alerted(self, cause: Envelope[ReplyClassified], *, at: datetime, **values: object) -> Envelope[AlertRequested]:
        """Let a human have been told; return the event that asked for it."""
        number = cause.data.inbound_email_id
        asked = wrap(AlertRequested(alert_type="POSITIVE_REPLY", subject=str(number), title="t"), source="/d", time=at,
                     cause=cause)  # fmt: skip
        kept = {"alert_type": "POSITIVE_REPLY", "title": "t", "idempotency_key": asked.key, "attempts": 2}
        about = {"lead_id": self.lead, "inbound_email_id": number}
        sent = {"sent_successfully": True, "sent_at": at, "details": {"delivered": ["webhook:x"]}}
        self.insert(alert_logs, **kept, **about, **{**sent, **values})
        return asked

    def says_yes(self) -> Envelope[ReplyReceived]:
        """Let a reply go all the way from its e-mail to a human."""
        received = self.arrived(self.sent(1, at=NOON), at=after(hours=1))
        meaning = self.understood(received)
        self.handled(received, at=after(hours=1, seconds=1))
        self.decided("QUALIFIED", at=after(hours=1, seconds=2), about=meaning)
        self.handled(meaning, at=after(hours=1, seconds=2), attempt=3)
        self.handled(self.alerted(meaning, at=after(hours=1, seconds=4)), at=after(hours=1, seconds=3))
        return received


def hops(ran: Iterable[Hop]) -> Iterator[Hop]:
    """Return all hops below these."""
    for hop in ran:
        yield hop
        yield from hops(hop["then"])


def only(cam: Cam, what: object, kind: str) -> Hop:
    """Return the one hop of a kind in what is told."""
    (found,) = [hop for hop in told(cam, what) if hop["kind"] == kind]
    return found


def told(cam: Cam, what: object) -> list[Hop]:
    """Return all hops that are told about one lead."""
    (lead,) = cam("trace", what, "--json").rows
    below = lead["hops"]
    assert isinstance(below, list)
    return list(hops(below))
