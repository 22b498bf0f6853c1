"""The floor: what aio-pika alone does with the same messages, three hops and no database.

Each hop is a process that consumes, publishes confirmed and acknowledges, as in aio-pika's own examples,
on durable quorum queues with persistent messages and a prefetch of 200.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

QUEUES = ("bench.received", "bench.classified", "bench.requested")
PREFETCH = 200
IN_FLIGHT = 200
_QUORUM = {"x-queue-type": "quorum"}


def seconds(amqp_url: str, bodies: Sequence[bytes]) -> float:
    """Return how long the messages take from the first publish until the last has passed all hops."""
    return asyncio.run(_seconds(amqp_url, bodies))


async def _seconds(amqp_url: str, bodies: Sequence[bytes]) -> float:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        for name in QUEUES:
            await channel.declare_queue(name, durable=True, arguments=dict(_QUORUM))
        hops = [_hop(amqp_url, number, len(bodies)) for number in range(len(QUEUES))]
        try:
            await asyncio.gather(*(asyncio.to_thread(_first_line, hop) for hop in hops))
            began = time.perf_counter()
            await _publish_all(channel, bodies)
            await asyncio.gather(*(asyncio.to_thread(hop.wait) for hop in hops))
            took = time.perf_counter() - began
        finally:
            for hop in hops:
                hop.kill()  # Only an interrupted run finds one alive; its thread would wait for it for ever.
        for name in QUEUES:
            await channel.queue_delete(name)
        return took


def _hop(amqp_url: str, number: int, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.bare_relay", amqp_url, str(number), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0)  # noqa: S603 - this very module


def _first_line(process: subprocess.Popen[bytes]) -> None:
    if process.stdout:
        process.stdout.readline()


async def _publish_all(channel: AbstractChannel, bodies: Sequence[bytes]) -> None:
    for first in range(0, len(bodies), IN_FLIGHT):
        flight = bodies[first : first + IN_FLIGHT]
        await asyncio.gather(*(_publish(channel, body, QUEUES[0]) for body in flight))


async def _publish(channel: AbstractChannel, body: bytes, queue: str) -> None:
    message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await channel.default_exchange.publish(message, queue)


async def _relay(amqp_url: str, number: int, count: int) -> None:
    done, left = asyncio.Event(), count
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.get_queue(QUEUES[number], ensure=False)

        async def handle(message: AbstractIncomingMessage) -> None:
            nonlocal left
            async with message.process():
                if number + 1 < len(QUEUES):
                    await _publish(channel, message.body, QUEUES[number + 1])
            left -= 1
            if not left:
                done.set()

        await queue.consume(handle)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await done.wait()


if __name__ == "__main__":
    asyncio.run(_relay(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
