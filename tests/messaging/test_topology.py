"""The topology is declared whole, once, and verified by name."""

import asyncio
from collections.abc import Awaitable, Callable

import aio_pika
import pytest

from shared.errors import ConfigurationError, OutageError
from shared.messaging import topology
from shared.messaging.connection import connect
from tests.messaging.harness import SUBSCRIPTION


def on_broker(amqp_url: str, work: Callable[[aio_pika.abc.AbstractConnection], Awaitable[None]]) -> None:
    """Do something with a connection of its own."""

    async def do() -> None:
        async with await connect(amqp_url, "test", patience_seconds=5) as connection:
            await work(connection)

    asyncio.run(do())


def verify(amqp_url: str, service: str) -> None:
    """Verify a service's part of the topology as it does at its start."""
    on_broker(amqp_url, lambda connection: topology.verify(connection, service))


def test_setting_up_twice_changes_nothing(broker_url: str) -> None:
    before = topology.depths(broker_url)
    topology.set_up(broker_url)
    assert topology.depths(broker_url) == before
    for subscription in topology.SUBSCRIPTIONS:
        verify(broker_url, subscription.service)


def test_an_empty_broker_is_refused_with_the_name_of_what_is_missing(amqp_url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"cam\.events.*cam setup"):
        verify(amqp_url, "classifier")


def test_a_missing_queue_is_named(broker_url: str) -> None:
    async def delete(connection: aio_pika.abc.AbstractConnection) -> None:
        await (await connection.channel()).queue_delete(SUBSCRIPTION.dead_letters)

    on_broker(broker_url, delete)
    with pytest.raises(ConfigurationError, match=r"classifier\.reply\.received\.dlq.*cam setup"):
        verify(broker_url, "classifier")


def test_a_queue_with_other_arguments_is_named(broker_url: str) -> None:
    async def replace(connection: aio_pika.abc.AbstractConnection) -> None:
        channel = await connection.channel()
        await channel.queue_delete(SUBSCRIPTION.queue)
        await channel.declare_queue(SUBSCRIPTION.queue, durable=True)

    on_broker(broker_url, replace)
    with pytest.raises(ConfigurationError, match=r"classifier\.reply\.received exists with other arguments"):
        verify(broker_url, "classifier")


def test_an_unroutable_event_is_refused_not_lost(broker_url: str) -> None:
    async def publish(connection: aio_pika.abc.AbstractConnection) -> None:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(topology.EXCHANGE)
        await exchange.publish(aio_pika.Message(b"{}"), "nobody.listens", mandatory=True)

    with pytest.raises(aio_pika.exceptions.DeliveryError):
        on_broker(broker_url, publish)


def test_a_broker_that_is_away_is_an_outage() -> None:
    with pytest.raises(OutageError, match="broker"):
        asyncio.run(connect("amqp://guest:guest@127.0.0.1:1/", "test", patience_seconds=0.1))
