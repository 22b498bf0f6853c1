"""Runs a service's real runtime in a thread of the test, on a real broker and a real database."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import aio_pika
import uvloop
from aio_pika.abc import AbstractIncomingMessage, HeadersType
from sqlalchemy import URL, Engine

from shared.database import PATIENT_SECONDS, open_engine
from shared.events import Envelope, Event, ReplyReceived
from shared.exposition import exposed
from shared.messaging.runtime import Handler, Job, Runtime, Service
from shared.messaging.topology import EXCHANGE, Subscription
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork

SUBSCRIPTION = Subscription("classifier", ReplyReceived)

Failing = Callable[[int, int], Exception | None]


def reply(number: int) -> ReplyReceived:
    """Return the event of the reply with this number."""
    return ReplyReceived(inbound_email_id=number, mailbox_id=1, folder="INBOX", uidvalidity=1, uid=number)


def announce(engine: Engine, *events: Event) -> None:
    """Commit events as a program does that publishes nothing itself: any relay takes them along."""
    with UnitOfWork(engine, source="/test").begin() as tx:
        for event in events:
            tx.emit(event)


class Recorder:
    """A handler that remembers what it committed, and fails as it is told (number of the reply, nth try)."""

    def __init__(self, failing: Failing = lambda _number, _tries: None) -> None:
        self.committed: list[int] = []
        self.tries: dict[int, int] = {}
        self._failing = failing

    def __call__(self, events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
        """Handle a batch; one that is told to fail takes its batch with it."""
        for event in events:
            number = event.data.inbound_email_id
            self.tries[number] = self.tries.get(number, 0) + 1
            if error := self._failing(number, self.tries[number]):
                raise error
        with uow.begin() as tx:
            fresh = tx.fresh(events)
        self.committed += [event.data.inbound_email_id for event in fresh]


@contextmanager
def running(
    owner: Engine,
    amqp_url: str,
    handler: Handler,
    *,
    jobs: Sequence[Job] = (),
    batch_size: int = 50,
    metrics_port: int = 0,
    name: str = "classifier",
    through: URL | None = None,
    answer_seconds: float = PATIENT_SECONDS,
) -> Iterator[Runtime]:
    """Run a service (the classifier) with this handler; at the end it is stopped as SIGTERM does.

    It reaches the database `through` another address if one is given.
    """
    database_url = owner.url.render_as_string(hide_password=False)
    settings = Settings.model_validate(
        {
            "database_url": database_url,
            "amqp_url": amqp_url,
            "heartbeat_seconds": 0.2,
            "drain_seconds": 8,
            "event_batch_size": batch_size,
            "metrics_port": metrics_port,
        }
    )
    url = (through or owner.url).render_as_string(hide_password=False)
    engine = open_engine(url, role=f"cam_{name}", answer_seconds=answer_seconds)
    service = Service(name, settings, engine, {ReplyReceived: handler}, jobs)
    runtime = Runtime(service)
    thread = threading.Thread(target=lambda: uvloop.run(runtime.run()))
    with exposed(service.metrics, "127.0.0.1", metrics_port):
        thread.start()
        try:
            yield runtime
        finally:
            runtime.request_stop()
            thread.join(15)
            engine.dispose()
            assert not thread.is_alive(), "the service did not stop"


def publish(amqp_url: str, body: bytes, *, headers: HeadersType | None = None) -> None:
    """Publish raw bytes to the exchange of events."""
    asyncio.run(_publish(amqp_url, body, headers or {}))


async def _publish(amqp_url: str, body: bytes, headers: HeadersType) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        exchange = await (await connection.channel()).get_exchange(EXCHANGE)
        message = aio_pika.Message(body, headers=headers, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await exchange.publish(message, ReplyReceived.type)


def taken(amqp_url: str, queue: str) -> list[AbstractIncomingMessage]:
    """Take all messages out of a queue."""
    return asyncio.run(_taken(amqp_url, queue))


async def _taken(amqp_url: str, name: str) -> list[AbstractIncomingMessage]:
    found: list[AbstractIncomingMessage] = []
    async with await aio_pika.connect(amqp_url) as connection:
        queue = await (await connection.channel()).declare_queue(name, passive=True)
        number = queue.declaration_result.message_count or 0
        if number:
            async with asyncio.timeout(30), queue.iterator(no_ack=True) as messages:
                async for message in messages:
                    found.append(message)
                    if len(found) == number:
                        break
    return found
