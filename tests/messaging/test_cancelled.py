"""A consumer that the broker takes away is noticed: the service ends, and says why."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from sqlalchemy import Engine, func, select
from yarl import URL

from shared.database import open_engine
from shared.errors import CamError, ConfigurationError, OutageError
from shared.events import ReplyReceived
from shared.messaging import topology
from shared.messaging.connection import broken_off
from shared.messaging.pulse import Pulse
from shared.messaging.runtime import Runtime, Service
from shared.messaging.threads import Threads
from shared.messaging.topology import depths
from shared.messaging.vitals import Vitals
from shared.settings import Settings
from shared.tables import heartbeats, outbox
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, reply, running
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


def delete(amqp_url: str, queue: str) -> None:
    """Delete a queue with all that is in it."""
    on_channel(amqp_url, lambda channel: channel.queue_delete(queue))


def alerts(engine: Engine, amqp_url: str) -> int:
    """Return how many alerts were asked for, published or not."""
    with engine.connect() as connection:
        waiting = connection.scalar(select(func.count()).select_from(outbox)) or 0
    return waiting + depths(amqp_url)["alerter.alert.requested"]


def test_a_deleted_queue_is_declared_again_and_consumed_and_a_human_is_told(engine: Engine, broker_url: str) -> None:
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        for count in range(1, 6):
            eventually(lambda: consumers(broker_url) == 1, deadline_seconds=20)
            delete(broker_url, SUBSCRIPTION.queue)
            announce(engine, reply(count))
            eventually(lambda: len(recorder.committed) == count, deadline_seconds=20)  # noqa: B023 - asked at once
    assert recorder.committed == [1, 2, 3, 4, 5]
    assert alerts(engine, broker_url) >= 1


def test_the_other_queues_of_a_subscription_are_declared_again_too(engine: Engine, broker_url: str) -> None:
    recorder = Recorder(lambda _number, tries: ValueError("not yet") if tries == 1 else None)
    with running(engine, broker_url, recorder):
        eventually(lambda: consumers(broker_url) == 1)
        for queue in reversed(topology.queues(SUBSCRIPTION)):
            delete(broker_url, queue)
        announce(engine, reply(1))
        eventually(lambda: recorder.committed == [1], deadline_seconds=20)
    assert alerts(engine, broker_url) == len(topology.queues(SUBSCRIPTION))


def test_a_queue_that_is_not_there_when_a_service_starts_is_named_and_never_declared_by_it(
    engine: Engine, broker_url: str
) -> None:
    delete(broker_url, SUBSCRIPTION.queue)
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings.model_validate({"database_url": url, "amqp_url": broker_url, "heartbeat_seconds": 0.2})
    own = open_engine(url, role="cam_classifier")
    runtime = Runtime(Service("classifier", settings, own, {ReplyReceived: Recorder()}))
    with pytest.raises(ConfigurationError, match=r"classifier\.reply\.received.*cam setup"):
        asyncio.run(asyncio.wait_for(runtime.run(), 25))
    own.dispose()
    with engine.connect() as connection:
        left = connection.execute(select(heartbeats.c.status, heartbeats.c.last_error)).one()
    assert left.status == "DEAD"
    assert "run `cam setup`" in left.last_error
    assert SUBSCRIPTION.queue not in depths(broker_url)


@pytest.mark.timeout(50)
def test_a_hung_handler_ends_its_service_without_waiting_for_it(engine: Engine, broker_url: str) -> None:
    go_on = threading.Event()

    def hang(_events: object, _uow: object) -> None:
        go_on.wait(60)

    url = engine.url.render_as_string(hide_password=False)
    given = {"drain_seconds": 60, "heartbeat_seconds": 60}
    settings = Settings.model_validate({"database_url": url, "amqp_url": broker_url, **given})
    settings = settings.model_copy(update={"handler_timeout_seconds": 0.5})  # less than an operator may choose
    own = open_engine(url, role="cam_classifier")
    runtime = Runtime(Service("classifier", settings, own, {ReplyReceived: hang}))
    announce(engine, reply(1))
    with pytest.raises(CamError, match="hangs"):
        asyncio.run(asyncio.wait_for(runtime.run(), 30))
    go_on.set()
    own.dispose()


def test_a_service_that_the_broker_no_longer_confirms_exits_to_be_started_afresh(engine: Engine) -> None:
    async def no() -> bool:
        return False

    assert "no longer confirms" in str(given_up(engine, Vitals(), no))


def test_a_service_whose_handler_hangs_exits_to_be_started_afresh(engine: Engine) -> None:
    limit = Settings.model_fields["handler_timeout_seconds"].default
    hanging = Vitals(running_since={"classifier.reply.received": time.monotonic() - limit - 1})
    pulse = Pulse(engine, "w", "classifier", settings=quick(), vitals=hanging, threads=Threads(1))
    with pytest.raises(CamError, match="hangs"):
        asyncio.run(asyncio.wait_for(pulse.watch(), 10))


def quick() -> Settings:
    """Return settings with a quick heartbeat."""
    return Settings.model_validate({"database_url": "postgresql://", "heartbeat_seconds": 0.01})


def given_up(engine: Engine, vitals: Vitals, verified: Callable[[], Awaitable[bool]]) -> CamError:
    """Let a pulse beat until it gives up, and return why."""
    threads = Threads(1)
    pulse = Pulse(engine, "w", "classifier", settings=quick(), vitals=vitals, threads=threads)
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
