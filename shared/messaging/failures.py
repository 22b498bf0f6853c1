"""What becomes of an event that failed: another attempt later, or the dead letters."""

import random
import secrets
import traceback
from dataclasses import dataclass, field
from datetime import timedelta

import aio_pika
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage, HeadersType
from sqlalchemy import Engine, insert

from shared.clock import Clock
from shared.database import transaction
from shared.errors import PermanentError, SchemaInvalidError
from shared.faults import point
from shared.messaging.topology import RETRY_SECONDS, Subscription
from shared.tables import dead_letters

ATTEMPT = "x-cam-attempt"
REASON = "x-cam-reason"
EXCEPTION = "x-cam-exception"
LINE = "x-cam-line"
FAILED = "x-cam-failed-at"
FIRST_FAILED = "x-cam-first-failed-at"
LETTER = "x-cam-letter"  # names a dead letter; whatever has it outside the dead letters was moved back
REPLAY = "x-cam-replay"  # which replay gave it back
REPLAYED = "x-cam-replayed-letter"  # which dead letter it was then
_CONFIRM_SECONDS = 30
_JITTER = 0.25


class TooOldError(PermanentError):
    """The event is older than what guards remember: nobody knows whether it was handled."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an event goes where it goes; `delay_seconds` is None for a dead letter, which `letter` names."""

    reason: str
    delay_seconds: int | None = None
    letter: str = field(default_factory=lambda: secrets.token_hex(6))


def judge(error: Exception, attempt: int) -> Verdict:
    """Decide about an event whose attempt number `attempt` (from 1) ended with `error`."""
    if isinstance(error, SchemaInvalidError):
        return Verdict("schema_invalid")
    if isinstance(error, TooOldError):
        return Verdict("too_old")
    if isinstance(error, PermanentError):
        return Verdict("permanent")
    if attempt > len(RETRY_SECONDS):
        return Verdict("attempts_exhausted")
    return Verdict("retry", RETRY_SECONDS[attempt - 1])


def attempt_of(message: AbstractIncomingMessage) -> int:
    """Return which attempt this delivery is, from 1, counted in our own header.

    A dead letter that was moved back, also by the management console's shovel, begins anew.
    """
    value = 1 if LETTER in message.headers else message.headers.get(ATTEMPT, 1)
    return value if isinstance(value, int) else 1


async def send_on(
    exchange: AbstractExchange,
    subscription: Subscription,
    message: AbstractIncomingMessage,
    *,
    error: Exception,
    verdict: Verdict,
    clock: Clock,
) -> None:
    """Publish a failed event, confirmed, to its retry queue or its dead letters."""
    delay = verdict.delay_seconds
    queue = subscription.dead_letters if delay is None else subscription.retry(delay)
    attempt, now = attempt_of(message), clock().isoformat()
    copy = aio_pika.Message(
        message.body,
        headers=_own_headers(message.headers)
        | {
            ATTEMPT: attempt if delay is None else attempt + 1,
            "x-cam-service": subscription.service,
            REASON: verdict.reason,
            EXCEPTION: f"{type(error).__name__}: {error}"[:500],
            LINE: _line(error),
            FAILED: now,
            FIRST_FAILED: message.headers.get(FIRST_FAILED) or now,
        }
        | ({LETTER: verdict.letter} if delay is None else {}),
        content_type=message.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=message.message_id,
        type=message.type,
        expiration=None if delay is None else timedelta(seconds=delay * random.uniform(1 - _JITTER, 1)),
    )
    point("before_set_aside")
    await exchange.publish(copy, queue, mandatory=True, timeout=_CONFIRM_SECONDS)
    point("after_set_aside")


def _own_headers(headers: HeadersType) -> HeadersType:
    # The broker's own headers must not travel on: 3.10 counts a copied x-death as a cycle and drops the message.
    return {name: value for name, value in headers.items() if name.startswith("x-cam-") and name != LETTER}


def _line(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""


def write_down(
    engine: Engine, subscription: Subscription, message: AbstractIncomingMessage, error: Exception, verdict: Verdict
) -> None:
    """Record a dead letter in the database, where a human is told of it even while the broker is away."""
    row = {
        "service": subscription.service,
        "queue": subscription.dead_letters,
        "event_id": message.message_id,
        "event_type": message.type or subscription.event.type,
        "reason": verdict.reason,
        "exception": f"{type(error).__name__}: {error}"[:500],
        "attempts": attempt_of(message),
        "letter_id": verdict.letter,
        "replay_id": _number(message.headers.get(REPLAY)),
        "replayed_letter_id": message.headers.get(REPLAYED),
    }
    with transaction(engine) as connection:
        connection.execute(insert(dead_letters), row)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
