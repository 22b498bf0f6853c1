"""The consuming side of a service: one connection, a channel for each subscription, begun anew when lost."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aio_pika.abc import AbstractConnection

from shared.errors import OutageError
from shared.messaging import topology
from shared.messaging.connection import broken_off, connect, loss
from shared.messaging.consumer import Consumer
from shared.messaging.intake import LostConnectionError
from shared.messaging.threads import Threads

log = structlog.get_logger()

_FOR_EVER = float("inf")
_PROBE_SECONDS = 5
_ARRIVAL_SECONDS = 0.05
_AFTER_DELETION_SECONDS = 1


class Subscriptions:
    """Keeps all consumers of a service consuming."""

    def __init__(
        self,
        amqp_url: str,
        service: str,
        consumers: Sequence[Consumer],
        *,
        ready: Callable[[], None],
        restored: Callable[[Sequence[str]], None],
        threads: Threads,
    ) -> None:
        self._amqp_url = amqp_url
        self._service = service
        self._consumers = consumers
        self._ready = ready  # raises OutageError while the database is away
        self._restored = restored  # tells a human which queues had to be declared again
        self._threads = threads
        self._draining = False
        self._verified_once = False
        self._connection: AbstractConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def keep(self) -> None:
        """Consume for ever; raises `ConfigurationError` if the topology is not what it must be."""
        while not self._draining:
            try:
                await self._database()
                with broken_off():
                    await self._session()
            except OutageError as error:
                log.warning("consuming_lost", error=str(error))
                await asyncio.sleep(0.5)

    async def _database(self) -> None:
        """Take no deliveries while nothing could be done with them."""
        while True:
            try:
                return await self._threads.run(self._ready)
            except OutageError:
                await asyncio.sleep(1)

    async def _session(self) -> None:
        connection = await connect(self._amqp_url, f"cam {self._service}", patience_seconds=_FOR_EVER)
        async with connection:
            await self._verify(connection)
            channels = [await connection.channel(publisher_confirms=False) for _ in self._consumers]
            for consumer, channel in zip(self._consumers, channels, strict=True):
                await consumer.intake.start(channel)
            self._connection = connection
            log.info("consuming", queues=[consumer.subscription.queue for consumer in self._consumers])
            await self._watch([loss(connection), *(asyncio.ensure_future(each.closed()) for each in channels)])

    async def _verify(self, connection: AbstractConnection) -> None:
        """See that the topology is complete; what was complete before and is not now is declared again."""
        try:
            await topology.verify(connection, self._service)
        except topology.MissingError as error:
            if not self._verified_once:
                raise
            log.error("queue_gone", error=str(error))  # noqa: TRY400 - it is being mended
            # A queue that is deleted and declared again in one moment may keep a consumer that receives nothing.
            await asyncio.sleep(_AFTER_DELETION_SECONDS)
            missing = await topology.restore(connection, self._service)
            await self._threads.run(self._restored, missing)
            await topology.verify(connection, self._service)
        self._verified_once = True

    async def _watch(self, losses: Sequence[asyncio.Future[Any]]) -> None:
        self._tasks = [asyncio.create_task(consumer.run()) for consumer in self._consumers]
        try:
            await asyncio.wait([*self._tasks, *losses], return_when=asyncio.FIRST_COMPLETED)
        finally:
            # A handler that runs is never cancelled: its thread would go on beside the next delivery of its events.
            for consumer in self._consumers:
                consumer.intake.abandon()
            results = await asyncio.gather(*self._tasks, return_exceptions=True)
            for each in losses:
                each.cancel()
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, LostConnectionError):
                raise result

    def connected(self) -> bool:
        """Tell whether there is a connection on which we believe to consume."""
        return self._connection is not None and self._connection.connected.is_set()

    async def verified(self) -> bool:
        """Ask the broker whether every queue of ours has a consumer."""
        if self._connection is None or not self._connection.connected.is_set():
            return False
        with suppress(OutageError), broken_off():
            async with asyncio.timeout(_PROBE_SECONDS), self._connection.channel() as channel:
                return all([await consumer.intake.confirmed(channel) for consumer in self._consumers])
        return False

    async def _quit(self) -> None:
        if self._connection is None or self._connection.is_closed:
            return
        with broken_off():
            async with self._connection.channel() as channel:
                await asyncio.gather(*(consumer.intake.quit(channel) for consumer in self._consumers))

    async def drain(self) -> None:
        """Take no more deliveries, finish those that arrived, and leave."""
        self._draining = True
        with suppress(OutageError):
            await self._quit()
        # What was delivered before the broker's answer is still on its way through the library's own tasks.
        await asyncio.sleep(_ARRIVAL_SECONDS)
        for consumer in self._consumers:
            consumer.intake.finish()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._connection and self._connection.connected.is_set():
            await self._connection.close()
