"""One pass over the dead letters of a queue: every letter in its order, and each back in its place.

A pass acknowledges nothing by itself; what it does not acknowledge returns to where it was, also when
this process or its connection dies. It holds at most a window of bodies, because each window has a
consumer of its own: a consumer's prefetch counts what it has not acknowledged, and only its own.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue
from aiormq.exceptions import ChannelLockedResource, ChannelNotFoundEntity

from shared.errors import CamError, ConfigurationError
from shared.messaging.connection import broken_off, connect
from shared.messaging.letters import Letter, read
from shared.messaging.topology import Subscription

WINDOW = 500
_ARRIVAL_SECONDS = 5
_PATIENCE_SECONDS = 3
_LOCK_SECONDS = 60


class BusyError(CamError):
    """Another command reads or moves the dead letters of this queue: try again in a moment."""


@dataclass(slots=True)
class Window:
    """How many unacknowledged messages one consumer gets, and how many made room for others since."""

    size: int
    acknowledged: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A letter and the message that carries it, until it is acknowledged or the pass ends."""

    letter: Letter
    message: AbstractIncomingMessage
    window: Window

    async def acknowledge(self) -> None:
        """Take the letter out of the dead letters; what becomes of it must be safe."""
        await self.message.ack()
        self.window.acknowledged += 1


@dataclass(frozen=True, slots=True)
class Pass:
    """An open pass: the letters, and the connection for whatever shall become of them."""

    letters: AsyncIterator[Held]
    connection: AbstractConnection


@asynccontextmanager
async def over(amqp_url: str, subscription: Subscription) -> AsyncIterator[Pass]:
    """Open a pass.

    Raises `OutageError` if the broker does not answer, `BusyError` if another pass takes too long,
    `ConfigurationError` if the queue does not exist.
    """
    with broken_off(), _declared(subscription):
        connection = await connect(amqp_url, "cam dlq", patience_seconds=_PATIENCE_SECONDS)
        async with connection:
            await _alone(connection, subscription)
            channel = await connection.channel(publisher_confirms=False)
            try:
                async with aclosing(_letters(channel, subscription)) as letters:
                    yield Pass(letters, connection)
            finally:
                await _put_back(channel, subscription)


@contextmanager
def _declared(subscription: Subscription) -> Iterator[None]:
    try:
        yield
    except ChannelNotFoundEntity:
        raise ConfigurationError(f"there is no queue {subscription.dead_letters}: run cam setup") from None


async def _alone(connection: AbstractConnection, subscription: Subscription) -> None:
    """Wait until no other pass is open: two at once would each see a part. The lock ends with the connection."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        channel = await connection.channel()
        try:
            await channel.declare_queue(f"{subscription.dead_letters}.lock", exclusive=True, auto_delete=True)
        except ChannelLockedResource:
            if time.monotonic() > deadline:
                raise BusyError(f"another command holds {subscription.dead_letters}: try again in a moment") from None
            await asyncio.sleep(0.1)
        else:
            return


async def _letters(channel: AbstractChannel, subscription: Subscription) -> AsyncGenerator[Held]:
    queue = await channel.get_queue(subscription.dead_letters, ensure=False)
    # Unlike a count, the broker answers a get after it has put back what an earlier pass held.
    message = await queue.get(fail=False)
    if message is None:
        return
    position = 1
    end = position + (message.message_count or 0)
    yield Held(read(message, subscription, position), message, Window(1))
    while position < end:
        window = Window(min(end - position, WINDOW))
        async with aclosing(_arriving(channel, queue, window, end - position)) as messages:
            async for message in messages:
                position += 1
                yield Held(read(message, subscription, position), message, window)


async def _arriving(
    channel: AbstractChannel, queue: AbstractQueue, window: Window, most: int
) -> AsyncGenerator[AbstractIncomingMessage]:
    """Take as many messages as the broker sends to one consumer, which are more than the window where some left it.

    None may stay on its way: no other consumer would get it. Raises `BusyError` if somebody who asks for no lock
    took some.
    """
    arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    await channel.set_qos(prefetch_count=window.size)
    tag = await queue.consume(arrived.put)
    count = 0
    try:
        while count < min(most, window.size + window.acknowledged):
            yield await asyncio.wait_for(arrived.get(), _ARRIVAL_SECONDS)
            count += 1
    except TimeoutError:
        raise BusyError("somebody else took dead letters meanwhile (the console, a shovel): try again") from None
    finally:
        await queue.cancel(tag)


async def _put_back(channel: AbstractChannel, subscription: Subscription) -> None:
    if channel.is_closed:
        return
    await (await channel.get_underlay_channel()).basic_nack(0, multiple=True, requeue=True)
    # An answer on the same channel: acknowledgements and returns before it have reached the queue.
    await channel.declare_queue(subscription.dead_letters, passive=True)
