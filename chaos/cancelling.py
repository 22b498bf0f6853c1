"""A reproduction without CAM: what a quorum queue does to an event that arrives while its consumer is cancelled.

    python -m chaos.cancelling amqp://guest:guest@127.0.0.1/

A publisher publishes steadily; a consumer acknowledges everything at once, is cancelled, waits for the broker's
answer and for what is still on its way, and acknowledges that too. What is then marked as redelivered was given to the
consumer inside the broker and taken back there, without ever having been sent to it. The second half of the trials is
cancelled while its prefetch is used up: then the broker has nothing to take back.
"""

import asyncio
import sys
from contextlib import suppress

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

TRIALS = 100
_PER_SECOND = 200
_CONSUMING_SECONDS = 0.1
_ARRIVAL_SECONDS = 0.1
_FEW = 5


async def main(amqp_url: str) -> None:
    """Print how many messages were taken back behind the consumer's back, with room in the prefetch and without."""
    async with await aio_pika.connect(amqp_url) as connection, await aio_pika.connect(amqp_url) as other:
        channel = await connection.channel()
        arguments: dict[str, aio_pika.abc.FieldValue] = {"x-queue-type": "quorum"}
        queue = await channel.declare_queue("cancelling", durable=True, arguments=arguments)
        publishing = asyncio.create_task(_publish(await other.channel()))
        try:
            for prefetch, full in ((1000, False), (_FEW, True)):
                back = [await _trial(await connection.channel(), prefetch, full=full) for _ in range(TRIALS)]
                room = "its prefetch used up" if full else "room in its prefetch"
                sys.stdout.write(f"{TRIALS} cancels with {room}: {sum(back)} taken back, in {sum(map(bool, back))}\n")
        finally:
            publishing.cancel()
            with suppress(asyncio.CancelledError):
                await publishing
            await queue.delete(if_unused=False, if_empty=False)


async def _publish(channel: AbstractChannel) -> None:
    while True:
        await channel.default_exchange.publish(aio_pika.Message(b"event"), "cancelling")
        await asyncio.sleep(1 / _PER_SECOND)


async def _trial(channel: AbstractChannel, prefetch: int, *, full: bool) -> int:
    """Consume for a moment and cancel; return how many of what is left were given out before."""
    await channel.set_qos(prefetch_count=prefetch)
    queue = await channel.get_queue("cancelling")
    held: list[AbstractIncomingMessage] = []

    async def take(message: AbstractIncomingMessage) -> None:
        held.append(message)
        if not full:
            await message.ack()

    tag = await queue.consume(take)
    await asyncio.sleep(_CONSUMING_SECONDS)
    while full and len(held) < prefetch:  # noqa: ASYNC110 - as short as a reproduction may be
        await asyncio.sleep(_CONSUMING_SECONDS)
    await queue.cancel(tag)
    await asyncio.sleep(_ARRIVAL_SECONDS)
    if full:
        for message in held:
            await message.ack()
    again = await _left(queue)
    await channel.close()
    return again


async def _left(queue: AbstractQueue) -> int:
    again = 0
    while (message := await queue.get(no_ack=True, fail=False)) is not None and message.message_count:
        again += bool(message.redelivered)
    return again


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
