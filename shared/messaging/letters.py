"""A dead letter as a value: what its message says of the event, its failure, and itself."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aio_pika.abc import AbstractIncomingMessage

from shared.messaging import failures
from shared.messaging.topology import Subscription

_LONGEST = 500
_ID = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a dead-letter queue, as it lies there; `position` counts from 1, the oldest."""

    id: str
    position: int
    queue: str  # the work queue it comes from
    service: str
    event_type: str
    event_id: str | None
    reason: str
    exception: str
    line: str
    attempts: int
    first_failed_at: datetime | None
    last_failed_at: datetime | None
    replay_id: int | None  # failed again in this replay, in which it was
    replayed_letter_id: str | None  # this letter
    body: bytes


def read(message: AbstractIncomingMessage, subscription: Subscription, position: int) -> Letter:
    """Read a message of a dead-letter queue, whoever put it there: our kernel, the broker or a person."""
    headers: Mapping[str, object] = message.headers
    death = _death(headers)
    last = _moment(headers.get(failures.FAILED)) or _moment(death.get("time"))
    return Letter(
        id=_text(headers.get(failures.LETTER)) or _fingerprint(message, death),
        position=position,
        queue=subscription.queue,
        service=subscription.service,
        event_type=subscription.event.type,
        event_id=_identity(message.message_id) or _event_id(message.body),
        reason=_text(headers.get(failures.REASON)) or _text(death.get("reason")) or "unknown",
        exception=_text(headers.get(failures.EXCEPTION)),
        line=_text(headers.get(failures.LINE)),
        attempts=_number(headers.get(failures.ATTEMPT)) or 1,
        first_failed_at=_moment(headers.get(failures.FIRST_FAILED)) or last,
        last_failed_at=last,
        replay_id=_number(headers.get(failures.REPLAY)),
        replayed_letter_id=_text(headers.get(failures.REPLAYED)) or None,
        body=message.body,
    )


def _death(headers: Mapping[str, object]) -> Mapping[str, object]:
    """Return what the broker itself wrote when it put a message away, such as for its delivery limit."""
    deaths = headers.get("x-death")
    newest = deaths[0] if isinstance(deaths, list) and deaths else {}
    return newest if isinstance(newest, dict) else {}


def _fingerprint(message: AbstractIncomingMessage, death: Mapping[str, object]) -> str:
    """Return an id for a letter that nobody gave one: the same at every look, and after a move and back."""
    known = (message.message_id, death.get("time"), message.headers.get(failures.FAILED))
    return hashlib.sha256(repr(known).encode() + message.body).hexdigest()[:12]


def _event_id(body: bytes) -> str | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return _identity(found.get("id")) if isinstance(found, dict) else None


def _identity(value: object) -> str | None:
    """Return an event's id if it is one that can be written down and published again."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        value = value.decode(errors="replace")
    return "" if value is None else str(value)[:_LONGEST]


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
