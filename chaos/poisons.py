"""Events that nobody can handle, and how each has to end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from uuid import UUID, uuid5

from shared.events import AlertRequested, Classification, Event, LeadTimeout, ReplyClassified, ReplyReceived, wrap
from shared.messaging.topology import RETRY_SECONDS

KILLED = "killed_its_process"
LAST_ATTEMPT = len(RETRY_SECONDS) + 1
# No e-mail of a run has such a number; the second does not even fit into the table's column.
_NOBODY = 900_000_000
_TOO_LARGE = 10**20
_NAMES = UUID("0b0f3c9e-6a52-5a8e-8a5e-51b8f7a3d0c4")
_SERVICE_OF = {"reply.received": "classifier", "reply.classified": "decision", "alert.requested": "alerter"}


@dataclass(frozen=True, slots=True)
class Poison:
    """An event as it is published, with the reason and the attempts after which it must be a dead letter."""

    identity: str
    event_type: str
    body: bytes
    reason: str
    attempts: int = 1

    @property
    def service(self) -> str:
        """Return who gets it."""
        return _SERVICE_OF[self.event_type]


def poisons(number: int, now: datetime) -> Iterator[Poison]:
    """Yield as many as wanted: broken contracts, references to nothing, and such as fail at every attempt."""
    kinds = cycle((_broken, _without_contract, _permanent, _failing))
    return (kind(index, now) for index, kind in enumerate(islice(kinds, number), start=1))


def killer(number: int, now: datetime) -> Poison:
    """Return an event at which a fault is to be ordered; one in three for each consuming service."""
    events: tuple[Event, ...] = (
        _received(_NOBODY - number),
        _classified(_NOBODY - number),
        AlertRequested(alert_type="KILLER", subject=str(number), title="kills its process"),
    )
    return _poison(events[number % len(events)], now, KILLED)


def _broken(number: int, _now: datetime) -> Poison:
    return Poison(str(uuid5(_NAMES, str(number))), "reply.received", b'{"specversion": "1.0", "id": ', "schema_invalid")


def _without_contract(number: int, now: datetime) -> Poison:
    """Return an event of one type under the name of another."""
    timeout = LeadTimeout(outbound_email_id=_NOBODY + number, lead_id=_NOBODY, campaign_id=_NOBODY)
    event = wrap(timeout, source="/chaos", time=now)
    return Poison(str(event.id), "alert.requested", event.to_bytes(), "schema_invalid")


def _permanent(number: int, now: datetime) -> Poison:
    return _poison(_received(_NOBODY + number), now, "permanent")


def _failing(number: int, now: datetime) -> Poison:
    return _poison(_classified(_TOO_LARGE + number), now, "attempts_exhausted", LAST_ATTEMPT)


def _received(number: int) -> ReplyReceived:
    return ReplyReceived(inbound_email_id=number, mailbox_id=_NOBODY, folder="none", uidvalidity=1, uid=number)


def _classified(number: int) -> ReplyClassified:
    return ReplyClassified(
        inbound_email_id=number,
        classification=Classification.NEUTRAL,
        confidence=0.5,
        reason="chaos",
        classifier_version="chaos",
    )


def _poison(event: Event, now: datetime, reason: str, attempts: int = 1) -> Poison:
    told = wrap(event, source="/chaos", time=now)
    return Poison(str(told.id), event.type, told.to_bytes(), reason, attempts)
