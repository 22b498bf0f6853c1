"""A consumer that the broker takes away is noticed: the service ends, and says why."""

import asyncio
from collections.abc import Awaitable, Callable

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from sqlalchemy import Engine

from shared.database import open_engine
from shared.errors import CamError, ConfigurationError
from shared.events import ReplyReceived
from shared.messaging import topology
from shared.messaging.runtime import Runtime, Service
from shared.settings import Settings
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


def test_a_service_that_is_connected_but_no_longer_consumes_exits_to_be_started_afresh(
    engine: Engine, broker_url: str
) -> None:
    async def replace(channel: AbstractChannel) -> None:
        # So fast that the broker tells nobody: the connection stands, and nothing will ever arrive on it again.
        await channel.queue_delete(SUBSCRIPTION.queue)
        arguments = topology.queues(SUBSCRIPTION)[SUBSCRIPTION.queue]
        await channel.declare_queue(SUBSCRIPTION.queue, durable=True, arguments=arguments)

    with pytest.raises(CamError, match="no longer confirms"):
        until_it_ends(engine, broker_url, replace)
