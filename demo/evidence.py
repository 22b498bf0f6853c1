"""What was seen on both sides of a run: the world's books and CAM's tables, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """An e-mail that the world took."""

    lead: str
    message_id: str
    begun_at: datetime
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Outbound:
    """A row of outbound_emails."""

    lead: str
    position: int
    status: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the world that lies in the mailbox."""

    lead: str
    message_id: str
    expected: str | None
    at: datetime
    quiet_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A row of inbound_emails."""

    id: int
    lead: str | None
    message_id: str | None
    classification: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A row of decisions about a reply."""

    inbound_email_id: int
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Alerted:
    """An alert that reached the sink."""

    key: str
    alert_type: str
    inbound_email_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A service's own sign of life."""

    service: str
    worker_id: str
    status: str
    age_seconds: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of a run."""

    accepted: tuple[Accepted, ...] = ()
    said: tuple[Said, ...] = ()
    alerts: tuple[Alerted, ...] = ()
    outbound: tuple[Outbound, ...] = ()
    inbound: tuple[Inbound, ...] = ()
    decided: tuple[Decided, ...] = ()
    leads: Mapping[str, str] = field(default_factory=dict)  # address: status
    dead_letters: tuple[str, ...] = ()  # queue: reason
    queue_depths: Mapping[str, int] = field(default_factory=dict)
    during: tuple[Heartbeat, ...] = ()
    after: tuple[Heartbeat, ...] = ()
    exits: Mapping[str, int] = field(default_factory=dict)  # service process: its exit status
