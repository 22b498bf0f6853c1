"""Puts letters into the dead letters as the kernel does, many at a time, and looks at what lies in a queue."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from uuid import UUID

import aio_pika
from aio_pika.abc import HeadersType

from shared.clock import utc_now
from shared.events import Event, wrap
from shared.messaging.dead_letters import Letter, look
from shared.messaging.topology import Subscription
from tests.messaging.harness import SUBSCRIPTION, reply

FLIGHT = 500


def body(event: Event) -> bytes:
    """Return the wire form of an event."""
    return wrap(event, source="/test", time=utc_now()).to_bytes()


def replies(numbers: Iterable[int]) -> list[bytes]:
    """Return the wire forms of the replies with these numbers."""
    return [body(reply(number)) for number in numbers]


def put_away(
    amqp_url: str, bodies: Sequence[bytes], subscription: Subscription = SUBSCRIPTION, **headers: str | int
) -> None:
    """Lay letters into the dead letters, in this order; `headers` without their `x-cam-`, `_` for `-`."""
    when = utc_now().isoformat()
    told: HeadersType = {
        "x-cam-reason": "permanent",
        "x-cam-service": subscription.service,
        "x-cam-exception": "PermanentError: no such e-mail",
        "x-cam-line": "handlers.py:21",
        "x-cam-attempt": 1,
        "x-cam-first-failed-at": when,
        "x-cam-failed-at": when,
    }
    own: HeadersType = {f"x-cam-{name.replace('_', '-')}": value for name, value in headers.items()}
    asyncio.run(publish_to(amqp_url, subscription.dead_letters, bodies, told | own))


async def publish_to(amqp_url: str, queue: str, bodies: Sequence[bytes], headers: HeadersType) -> None:
    """Publish bodies to a queue, confirmed, in this order."""
    async with await aio_pika.connect(amqp_url) as connection:
        exchange = (await connection.channel()).default_exchange
        messages = [_message(each, headers) for each in bodies]
        for start in range(0, len(messages), FLIGHT):
            await asyncio.gather(*(exchange.publish(each, queue) for each in messages[start : start + FLIGHT]))


def _message(content: bytes, headers: HeadersType) -> aio_pika.Message:
    try:
        identity = str(UUID(json.loads(content)["id"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        identity = None
    persistent = aio_pika.DeliveryMode.PERSISTENT
    return aio_pika.Message(content, headers=headers, delivery_mode=persistent, message_id=identity)


def letters(amqp_url: str, subscription: Subscription = SUBSCRIPTION) -> list[Letter]:
    """Return the dead letters of a subscription, looked at with our own tool."""
    found: list[Letter] = []

    def note(letter: Letter) -> bool:
        found.append(letter)
        return True

    look(amqp_url, subscription, note)
    return found
