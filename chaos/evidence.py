"""What a run left behind: the books of the world outside, and the tables and queues inside, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Accepted:
    """An e-mail that a prospect's server took, written down by it at that moment; `text` tells the steps apart."""

    lead: str
    message_id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that the mailbox's server took."""

    lead: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that the human's side took, under the key that came with it."""

    key: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """A row of outbound_emails; `decisions` counts what was decided about its silence."""

    id: int
    lead: str
    position: int
    status: str
    message_id: str | None
    error: str = ""
    announced: bool = False
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class Inbound:
    """A row of inbound_emails; `decisions` counts what was decided about it, `alerts` what is in the alert log."""

    id: int
    lead: str | None
    message_id: str | None
    classification: str | None
    decisions: int = 0
    alerts: int = 0
    alert_sent: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """A row of the alert log."""

    key: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of a run."""

    accepted: tuple[Accepted, ...] = ()
    answers: tuple[Answer, ...] = ()
    told: tuple[Told, ...] = ()
    outbound: tuple[Outbound, ...] = ()
    inbound: tuple[Inbound, ...] = ()
    alerts: tuple[Alert, ...] = ()
    leads: Mapping[str, str] = field(default_factory=dict)  # address: status
    dead_letters: tuple[str, ...] = ()
    outbox: int = 0
    queues: Mapping[str, int] = field(default_factory=dict)  # name: messages, unacknowledged ones included
