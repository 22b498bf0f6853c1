"""A consumer that the broker takes away is noticed: the service ends, and says why."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from sqlalchemy import Engine, select
from yarl import URL

from shared.database import open_engine
from shared.errors import CamError, ConfigurationError, OutageError
from shared.events import ReplyReceived
from shared.messaging.connection import broken_off
from shared.messaging.pulse import Pulse
from shared.messaging.runtime import Runtime, Service
from shared.messaging.threads import Threads
from shared.messaging.vitals import Vitals
from shared.settings import Settings
from shared.tables import heartbeats
from tests.messaging.harness import SUBSCRIPTION, Recorder
from tests.waiting import eventually


def on_channel(amqp_url: str, work: Callable[[AbstractChannel], Awaitable[object]]) -> None:
    """Do something with a channel of its own."""

    async def do() -> None:
        async with await aio_pika.connect(amqp_url) as connection:
            await work(await connection.channel())

    asyncio.run(do())


def consumers(amqp_url: str) -> int:
    """Return how many consumers the work queue has."""
    found: list[int] = []

    async def ask(channel: AbstractChannel) -> None:
        queue = await channel.declare_queue(SUBSCRIPTION.queue, passive=True)
        found.append(queue.declaration_result.consumer_count or 0)

    on_channel(amqp_url, ask)
    return found[0]


def until_it_ends(engine: Engine, broker_url: str, mischief: Callable[[AbstractChannel], Awaitable[object]]) -> None:
    """Run a service, do something to its queue, and wait until the service gives up by itself."""
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings.model_validate({"database_url": url, "amqp_url": broker_url, "heartbeat_seconds": 0.2})
    own = open_engine(url, role="cam_classifier")
    runtime = Runtime(Service("classifier", settings, own, {ReplyReceived: Recorder()}))

    async def live() -> None:
        task = asyncio.create_task(runtime.run())
        await asyncio.to_thread(eventually, lambda: consumers(broker_url) == 1)
        await asyncio.to_thread(on_channel, broker_url, mischief)
        await asyncio.wait_for(task, 25)

    try:
        asyncio.run(live())
    finally:
        own.dispose()


def test_a_deleted_queue_ends_the_service_and_is_named(engine: Engine, broker_url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"classifier\.reply\.received.*cam setup"):
        until_it_ends(engine, broker_url, lambda channel: channel.queue_delete(SUBSCRIPTION.queue))
    with engine.connect() as connection:
        left = connection.execute(select(heartbeats.c.status, heartbeats.c.last_error)).one()
    assert left.status == "DEAD"
    assert "run `cam setup`" in left.last_error


def test_a_service_that_the_broker_no_longer_confirms_exits_to_be_started_afresh(engine: Engine) -> None:
    async def no() -> bool:
        return False

    assert "no longer confirms" in str(given_up(engine, Vitals(), no))


def test_a_service_whose_handler_hangs_exits_to_be_started_afresh(engine: Engine) -> None:
    async def yes() -> bool:
        return True

    hanging = Vitals(running_since={"classifier.reply.received": time.monotonic() - 301})
    assert "hangs" in str(given_up(engine, hanging, yes))


def given_up(engine: Engine, vitals: Vitals, verified: Callable[[], Awaitable[bool]]) -> CamError:
    """Let a pulse beat until it gives up, and return why."""
    settings = Settings.model_validate({"database_url": "postgresql://", "heartbeat_seconds": 0.01})
    threads = Threads(1)
    pulse = Pulse(engine, "w", "classifier", settings=settings, vitals=vitals, threads=threads)
    with pytest.raises(CamError) as error:
        asyncio.run(asyncio.wait_for(pulse.keep(verified, lambda: True), 10))
    threads.close()
    return error.value


def test_a_channel_asked_of_a_connection_that_is_gone_is_an_outage_and_no_reason_to_give_up() -> None:
    async def ask() -> None:
        async with aio_pika.Connection(URL("amqp://nowhere")).channel():
            pass

    async def guarded() -> None:
        with broken_off():
            await ask()

    with pytest.raises(RuntimeError):
        asyncio.run(ask())
    with pytest.raises(OutageError):
        asyncio.run(guarded())
