"""The relay on a real broker: every committed event arrives, its row goes, and what can't be routed harms no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aiormq.channel import Channel
from sqlalchemy import Engine, func, select, text

from shared.events import AlertRequested, ReplyReceived
from shared.messaging import relay as relaying
from shared.messaging.flights import fly
from shared.messaging.publishing import Publishing
from shared.messaging.relay import Relay
from shared.messaging.threads import Threads
from shared.messaging.topology import EXCHANGE, depths
from shared.tables import outbox
from shared.unit_of_work import OutboxRow, UnitOfWork
from tests.messaging.harness import SUBSCRIPTION, announce, reply, taken
from tests.waiting import eventually


@asynccontextmanager
async def relay_of(engine: Engine, amqp_url: str) -> AsyncIterator[Relay]:
    """Run a relay; at the end it finishes as a service's drain lets it."""
    threads, publishing = Threads(4), Publishing(amqp_url, "test")
    keeping = asyncio.create_task(publishing.keep())
    relay = Relay(engine, publishing, threads)
    running = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        relay.finish()
        await asyncio.wait([running], timeout=5)
        for task in (running, keeping):
            task.cancel()
        await asyncio.wait([running, keeping])
        threads.close()


def waiting(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(outbox)) or 0


async def relay_until(engine: Engine, amqp_url: str, *, left: int) -> None:
    async with relay_of(engine, amqp_url):
        await asyncio.to_thread(eventually, lambda: waiting(engine) == left)


def test_a_backlog_of_several_sweeps_leaves_once_each_and_its_rows_go(engine: Engine, broker_url: str) -> None:
    count = 2 * relaying.SWEEP + 7
    announce(engine, *map(reply, range(1, count + 1)))
    asyncio.run(relay_until(engine, broker_url, left=0))
    ids = [message.message_id for message in taken(broker_url, SUBSCRIPTION.queue)]
    assert len(ids) == count
    assert len(set(ids)) == count


def test_an_event_that_no_queue_takes_stays_and_all_others_leave(engine: Engine, broker_url: str) -> None:
    announce(engine, *map(reply, range(1, 21)))
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET type = 'nobody.listens' WHERE id = 7"))
    asyncio.run(relay_until(engine, broker_url, left=1))
    assert depths(broker_url)[SUBSCRIPTION.queue] == 19
    with engine.connect() as connection:
        assert connection.scalar(select(outbox.c.id)) == 7


def test_a_fact_told_twice_is_never_twice_in_one_flight(engine: Engine, broker_url: str) -> None:
    for _ in range(3):
        announce(engine, reply(1), reply(2))
    asyncio.run(relay_until(engine, broker_url, left=0))
    assert depths(broker_url)[SUBSCRIPTION.queue] == 6


def test_what_was_just_committed_leaves_although_no_sweep_may_have_it_yet(engine: Engine, broker_url: str) -> None:
    async def commit_and_relay() -> None:
        async with relay_of(engine, broker_url) as relay:
            uow = UnitOfWork(engine, source="/test", on_commit=relay.submit)
            for number in range(1, 4):
                with uow.begin() as tx:
                    tx.emit(reply(number))
            await asyncio.to_thread(eventually, lambda: waiting(engine) == 0)

    asyncio.run(commit_and_relay())
    assert depths(broker_url)[SUBSCRIPTION.queue] == 3


def test_rows_in_hand_that_a_sweep_meets_again_leave_once(engine: Engine, broker_url: str) -> None:
    announce(engine, *map(reply, range(1, 901)))
    with engine.connect() as connection:
        rows = [
            OutboxRow(row.id, row.event_id, row.type, row.body.encode()) for row in connection.execute(select(outbox))
        ]

    async def relay_both_ways() -> None:
        async with relay_of(engine, broker_url) as relay:
            relay.submit(rows)
            await asyncio.to_thread(eventually, lambda: waiting(engine) == 0)

    asyncio.run(relay_both_ways())
    assert depths(broker_url)[SUBSCRIPTION.queue] == 900


def test_a_flight_says_which_of_its_events_nobody_took(broker_url: str) -> None:
    rows = [OutboxRow(1, "one", ReplyReceived.type, b"{}"), OutboxRow(2, "two", "nobody.listens", b"{}")]
    assert list(asyncio.run(flown(broker_url, rows))) == [2]
    (message,) = taken(broker_url, SUBSCRIPTION.queue)
    assert (message.message_id, message.type, message.body) == ("one", ReplyReceived.type, b"{}")
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT


def test_a_body_larger_than_a_frame_arrives_whole(broker_url: str) -> None:
    body = bytes(range(256)) * 2000
    rows = [OutboxRow(1, "one", ReplyReceived.type, body), OutboxRow(2, "two", AlertRequested.type, b"")]
    assert asyncio.run(flown(broker_url, rows)) == {}
    (message,) = taken(broker_url, SUBSCRIPTION.queue)
    assert message.body == body


async def flown(amqp_url: str, rows: list[OutboxRow]) -> dict[int, BaseException]:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await (await connection.channel(on_return_raises=True)).get_underlay_channel()
        assert isinstance(channel, Channel)
        return await fly(channel, EXCHANGE, rows)
