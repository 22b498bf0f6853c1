"""The whole topology, declared in one place and made by the one-shot set-up.

One topic exchange; one durable quorum queue per subscription; one retry queue per subscription and
delay; one dead-letter queue per subscription. The arguments work unchanged on RabbitMQ 3.10 and 4.x
and can't be changed later: a queue with other ones has to be drained and deleted first.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused, ChannelNotFoundEntity, ChannelPreconditionFailed
from pamqp.common import FieldValue

from shared.errors import ConfigurationError
from shared.events import AlertRequested, Event, LeadTimeout, ReplyClassified, ReplyReceived
from shared.messaging.connection import connect

EXCHANGE = "cam.events"
DEAD_LETTER_EXCHANGE = "cam.dead"

# The ladder of delays between attempts, in seconds; after the last one an event is a dead letter.
RETRY_SECONDS = (1, 5, 30, 300, 1800)

# A net, far below which our own rules decide: without a number, 3.10 has no limit and 4.x one of 20.
DELIVERY_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Subscription:
    """A service's own queue for one event."""

    service: str
    event: type[Event]

    @property
    def queue(self) -> str:
        """Return the name of the work queue."""
        return f"{self.service}.{self.event.type}"

    @property
    def dead_letters(self) -> str:
        """Return the name of the dead-letter queue."""
        return f"{self.queue}.dlq"

    def retry(self, seconds: int) -> str:
        """Return the name of the queue that gives an event back after so many seconds."""
        return f"{self.queue}.retry.{seconds}s"


SUBSCRIPTIONS = (
    Subscription("classifier", ReplyReceived),
    Subscription("decision", ReplyClassified),
    Subscription("decision", LeadTimeout),
    Subscription("alerter", AlertRequested),
)

Arguments = dict[str, FieldValue]

# Dead-lettering by the broker is at least once only with these three together.
_AT_LEAST_ONCE: Arguments = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}


class MissingError(ConfigurationError):
    """A part of the topology is not there."""


def queues(subscription: Subscription) -> dict[str, Arguments]:
    """Return the queues of a subscription with their arguments."""
    work: Arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
        "x-dead-letter-routing-key": subscription.dead_letters,
        **_AT_LEAST_ONCE,
    }
    declared: dict[str, Arguments] = {subscription.queue: work, subscription.dead_letters: {"x-queue-type": "classic"}}
    for seconds in RETRY_SECONDS:
        declared[subscription.retry(seconds)] = {
            "x-queue-type": "quorum",
            "x-message-ttl": seconds * 1000,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": subscription.queue,
            **_AT_LEAST_ONCE,
        }
    return declared


def set_up(amqp_url: str, *, patience_seconds: float = 60) -> None:
    """Declare and bind everything; nothing changes where all is there.

    Raises `ConfigurationError` naming a queue that exists with other arguments, `OutageError` if the
    broker does not answer in time.
    """
    asyncio.run(_set_up(amqp_url, patience_seconds))


async def _set_up(amqp_url: str, patience_seconds: float) -> None:
    connection = await connect(amqp_url, "cam setup", patience_seconds=patience_seconds)
    async with connection:
        await _lay_out(await connection.channel(), SUBSCRIPTIONS)


async def _lay_out(channel: AbstractChannel, subscriptions: Iterable[Subscription]) -> None:
    events = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
    dead = await channel.declare_exchange(DEAD_LETTER_EXCHANGE, aio_pika.ExchangeType.DIRECT, durable=True)
    for subscription in subscriptions:
        await _declare(channel, subscription, passive=False)
        work = await channel.get_queue(subscription.queue, ensure=False)
        await work.bind(events, subscription.event.type)
        letters = await channel.get_queue(subscription.dead_letters, ensure=False)
        await letters.bind(dead, subscription.dead_letters)


async def _declare(channel: AbstractChannel, subscription: Subscription, *, passive: bool) -> None:
    for name, arguments in queues(subscription).items():
        try:
            await channel.declare_queue(name, durable=True, arguments=arguments, passive=passive)
        except ChannelPreconditionFailed as error:
            raise ConfigurationError(
                f"queue {name} exists with other arguments: drain and delete it, then run `cam setup` ({error})"
            ) from None


async def verify(connection: aio_pika.abc.AbstractConnection, service: str) -> None:
    """Raise `ConfigurationError` naming the first missing or different item of a service's topology."""
    channel = await connection.channel()
    try:
        await channel.get_exchange(EXCHANGE)
        for subscription in _of(service):
            await _present(channel, subscription)
    except ChannelNotFoundEntity as error:
        raise MissingError(f"the broker's topology is not complete ({error}): run `cam setup`") from None
    await channel.close()


async def restore(connection: aio_pika.abc.AbstractConnection, service: str) -> list[str]:
    """Declare what a service's subscriptions lack now, and return the names of the queues that were missing.

    Raises `ConfigurationError` if that is not allowed to this login.
    """
    missing = [name for each in _of(service) for name in queues(each) if not await _exists(connection, name)]
    try:
        channel = await connection.channel()
        await _lay_out(channel, _of(service))
        await channel.close()
    except ChannelAccessRefused as error:
        raise ConfigurationError(
            f"{', '.join(missing)} is gone, and this login may not declare it: run `cam setup` ({error})"
        ) from None
    return missing


def _of(service: str) -> list[Subscription]:
    return [each for each in SUBSCRIPTIONS if each.service == service]


async def _exists(connection: aio_pika.abc.AbstractConnection, name: str) -> bool:
    channel = await connection.channel()
    try:
        await channel.declare_queue(name, passive=True)
    except ChannelNotFoundEntity:
        return False
    await channel.close()
    return True


async def _present(channel: AbstractChannel, subscription: Subscription) -> None:
    # A passive declaration tells what is missing; declaring again tells what is different.
    await _declare(channel, subscription, passive=True)
    await _declare(channel, subscription, passive=False)


def depths(amqp_url: str) -> dict[str, int]:
    """Return how many messages wait in each queue; raises `OutageError` if the broker does not answer."""
    return asyncio.run(_depths(amqp_url))


async def _depths(amqp_url: str) -> dict[str, int]:
    names = [name for subscription in SUBSCRIPTIONS for name in queues(subscription)]
    found: dict[str, int] = {}
    connection = await connect(amqp_url, "cam depths", patience_seconds=3)
    async with connection:
        channel = await connection.channel()
        for name in names:
            try:
                queue = await channel.declare_queue(name, passive=True)
            except ChannelNotFoundEntity:
                channel = await connection.channel()
                continue
            found[name] = queue.declaration_result.message_count or 0
    return found
