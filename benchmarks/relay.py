"""The outbox relay: committed rows published, confirmed, and deleted.

The floor is aio-pika publishing the same bodies through the same exchange into the same quorum queue, mandatory,
persistent and confirmed, in flights of 200, with no database. The queue is emptied before each round.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import aio_pika
import uvloop
from aio_pika.abc import AbstractExchange
from sqlalchemy import Engine, exists, select

from benchmarks import rows
from benchmarks.figures import Measured, Once, Say, alternate
from benchmarks.running import until
from console.stage import Stage
from shared.clock import utc_now
from shared.database import open_engine, transaction
from shared.events import CONTENT_TYPE, ReplyReceived, wrap
from shared.messaging.publishing import Publishing
from shared.messaging.relay import Relay
from shared.messaging.threads import Threads
from shared.messaging.topology import EXCHANGE, Subscription
from shared.roles import role_of
from shared.tables import outbox
from shared.unit_of_work import OWN_PUBLISH_SECONDS, OutboxRow, Transaction

IN_FLIGHT = 200
_QUEUE = Subscription("classifier", ReplyReceived).queue


def measure(stage: Stage, count: int, *, rounds: int, say: Say) -> Measured:
    """Publish `count` rows that a crash left behind, and as many that this instance has just committed."""
    engine = open_engine(stage.database_url, role=role_of("inbox"))
    owner = open_engine(stage.database_url)
    wire = [wrap(_event(number), source="/cam/inbox", time=utc_now()).to_bytes() for number in range(1, count + 1)]

    def measured(name: str, what: str, ours: Callable[[str, Engine, Engine, int], float]) -> Measured:
        return alternate(
            name,
            what,
            count,
            rounds=rounds,
            floor=lambda: asyncio.run(_floor(stage.amqp_url, wire)),
            ours=lambda: Once(ours(stage.amqp_url, engine, owner, count), {}),
            say=say,
        )

    try:
        left = measured("relay_left_behind", "outbox relay, rows left behind", _left_behind)
        own = measured("relay_own_commits", "outbox relay, own commits", _own_commits)
    finally:
        engine.dispose()
        owner.dispose()
    return Measured("outbox_relay", {left.name: left.figures, own.name: own.figures}, [*left.rows, *own.rows])


def _event(number: int) -> ReplyReceived:
    return ReplyReceived(
        inbound_email_id=number, mailbox_id=1, folder="INBOX", uidvalidity=1, uid=number, lead_id=number
    )


async def _floor(amqp_url: str, bodies: Sequence[bytes]) -> float:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel(on_return_raises=True)
        await (await channel.get_queue(_QUEUE, ensure=False)).purge()
        exchange = await channel.get_exchange(EXCHANGE, ensure=False)
        began = time.perf_counter()
        for first in range(0, len(bodies), IN_FLIGHT):
            flight = enumerate(bodies[first : first + IN_FLIGHT], first)
            await asyncio.gather(*(_publish(exchange, body, number) for number, body in flight))
        return time.perf_counter() - began


async def _publish(exchange: AbstractExchange, body: bytes, number: int) -> None:
    message = aio_pika.Message(
        body,
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=str(number),
        type=ReplyReceived.type,
    )
    await exchange.publish(message, ReplyReceived.type, mandatory=True)


def _left_behind(amqp_url: str, engine: Engine, owner: Engine, count: int) -> float:
    _commit(owner, engine, count, lease_seconds=0)
    return uvloop.run(_relayed(amqp_url, engine, []))


def _own_commits(amqp_url: str, engine: Engine, owner: Engine, count: int) -> float:
    batches = _commit(owner, engine, count, lease_seconds=OWN_PUBLISH_SECONDS * 60)
    return uvloop.run(_relayed(amqp_url, engine, batches))


def _commit(owner: Engine, engine: Engine, count: int, *, lease_seconds: float) -> list[list[OutboxRow]]:
    """Fill the outbox in transactions of 200 events and return their rows."""
    rows.fill(owner, ())
    batches = []
    for first in range(1, count + 1, IN_FLIGHT):
        with transaction(engine) as connection:
            work = Transaction(connection, utc_now, "/cam/inbox", "bench")
            for number in range(first, min(first + IN_FLIGHT, count + 1)):
                work.emit(_event(number))
            batches.append(work.write_outbox(timedelta(seconds=lease_seconds)))
    return batches


async def _relayed(amqp_url: str, engine: Engine, batches: Sequence[list[OutboxRow]]) -> float:
    """Run a relay until the outbox is empty; what it connects with is ready before the clock starts."""
    threads, publishing = Threads(4), Publishing(amqp_url, "bench")
    keeping = asyncio.create_task(publishing.keep())
    await (await publishing.channel()).queue_purge(_QUEUE)
    relay = Relay(engine, publishing, threads)
    began = time.perf_counter()
    running = asyncio.create_task(relay.run())
    for batch in batches:
        relay.submit(batch)
    await asyncio.to_thread(until, lambda: not _is_waiting(engine), "the outbox is empty", poll_seconds=0.01)
    took = time.perf_counter() - began
    relay.finish()
    await running
    keeping.cancel()
    await asyncio.wait([keeping])
    threads.close()
    return took


def _is_waiting(engine: Engine) -> bool:
    with transaction(engine) as connection:
        return bool(connection.scalar(select(exists(select(outbox.c.id)))))
