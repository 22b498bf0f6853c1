"""The batch consumer of one subscription: deliveries in, handler calls, settlements out.

aio-pika's callback only puts a delivery into a queue of ours, because the library cancels callbacks
when a connection is lost while their threads work on. One batch is handled at a time; what arrives
meanwhile makes the next batch larger.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from pamqp.commands import Queue
from sqlalchemy import Engine

from shared.clock import Clock
from shared.database import outages
from shared.errors import OutageError, PermanentError, SchemaInvalidError
from shared.events import Envelope, parse
from shared.faults import point
from shared.messaging import failures, suspects
from shared.messaging.relay import Exchanges
from shared.messaging.threads import Threads
from shared.messaging.topology import Subscription
from shared.messaging.unsettled import Unsettled
from shared.messaging.vitals import Vitals
from shared.metrics import Metrics
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()

Handler = Callable[[Sequence[Envelope[Any]], UnitOfWork], None]
Pair = tuple[AbstractIncomingMessage, Envelope[Any]]

# The broker takes deliveries back after 30 minutes; by then they have been given back in order.
PATIENCE_SECONDS = 20 * 60

# A batch costs its commits: three services that wake each other for a few events each would do little else.
_BUSY_SECONDS = 0.05
_GATHER_SECONDS = 0.02


class LostConnectionError(OutageError):
    """The channel is gone; its deliveries come back on another one."""


class FinishedError(Exception):
    """What had arrived is handled and nothing more is taken: a clean stop."""


class UncommittedError(PermanentError):
    """The handler returned without committing all of its events: a fault of the program."""


class Consumer:
    """Handles what one subscription delivers."""

    def __init__(
        self,
        subscription: Subscription,
        handler: Handler,
        *,
        engine: Engine,
        threads: Threads,
        exchanges: Exchanges,
        unit_of_work: Callable[[], UnitOfWork],
        vitals: Vitals,
        metrics: Metrics,
        clock: Clock,
        batch_size: int,
    ) -> None:
        self.subscription = subscription
        self._handler = handler
        self._engine = engine
        self._threads = threads
        self._exchanges = exchanges
        self._unit_of_work = unit_of_work
        self._vitals = vitals
        self._metrics = metrics
        self._clock = clock
        self._batch_size = batch_size
        self._prefetch = 2 * batch_size
        self._unsettled = Unsettled(self._prefetch)
        self._arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        self._wake = asyncio.Event()
        self._last_turn = 0.0
        self._end: Exception | None = None
        self._queue: AbstractQueue | None = None
        self._tag: str | None = None

    async def start(self, channel: AbstractChannel) -> None:
        """Begin to take deliveries on a channel of this subscription's own."""
        self._arrived, self._end = asyncio.Queue(), None
        self._unsettled = Unsettled(self._prefetch)
        await channel.set_qos(prefetch_count=self._prefetch)
        # The broker may cancel a consumer and leave its channel open, for example when the queue is deleted.
        (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _frame: self.abandon())
        self._queue = await channel.get_queue(self.subscription.queue, ensure=False)
        self._tag = await self._queue.consume(self._take)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        self._unsettled.take()
        self._arrived.put_nowait(message)
        self._wake.set()

    async def confirmed(self, channel: AbstractChannel) -> bool:
        """Ask the broker, over another channel, whether our queue has a consumer."""
        return bool((await self._look(channel)).consumer_count)

    async def _look(self, channel: AbstractChannel) -> Queue.DeclareOk:
        queue = await channel.declare_queue(self.subscription.queue, passive=True)
        return queue.declaration_result

    async def quit(self, channel: AbstractChannel) -> None:
        """Take no more deliveries and give none back; those already here are still handled.

        The broker is asked over another channel what waits in the queue.
        """

        async def ready() -> int:
            return (await self._look(channel)).message_count or 0

        if self._queue and self._tag:
            async with self._unsettled.held(ready):
                await self._queue.cancel(self._tag)

    def abandon(self) -> None:
        """Handle nothing more: the channel is gone, and its deliveries with it."""
        self._end, self._arrived = LostConnectionError(), asyncio.Queue()
        self._wake.set()

    def finish(self) -> None:
        """Handle what has already arrived, then end `run`."""
        self._end = self._end or FinishedError()
        self._wake.set()

    async def run(self) -> None:
        """Handle batches until finished; raises when the channel is gone or an outage lasts too long."""
        with suppress(FinishedError):
            while True:
                await self._turn(await self._batch())

    async def _batch(self) -> list[AbstractIncomingMessage]:
        while self._arrived.empty():
            if self._end:
                raise self._end
            self._wake.clear()
            await self._wake.wait()
        await self._gather()
        waiting = min(self._batch_size, self._arrived.qsize())
        return [self._arrived.get_nowait() for _ in range(waiting)]

    async def _gather(self) -> None:
        """Under load, let a batch grow for a moment; the first delivery after a rest is never held up."""
        busy = time.monotonic() - self._last_turn < _BUSY_SECONDS
        if busy and not self._end and self._arrived.qsize() < self._batch_size:
            await asyncio.sleep(_GATHER_SECONDS)

    async def _turn(self, batch: list[AbstractIncomingMessage]) -> None:
        self._vitals.last_delivery_at = self._clock()
        self._vitals.in_flight += len(batch)
        try:
            await self._settle(batch)
        finally:
            self._vitals.in_flight -= len(batch)
            self._last_turn = time.monotonic()

    async def _settle(self, batch: list[AbstractIncomingMessage]) -> None:
        point("after_delivery")
        plain: list[Pair] = []
        alone: list[Pair] = []
        for message in batch:
            try:
                event = parse(message.body, self.subscription.event, attempt=failures.attempt_of(message))
            except SchemaInvalidError as error:
                await self._fail(message, error)
            else:
                (alone if suspects.is_suspect(message) else plain).append((message, event))
        if plain:
            await self._handle(plain, whole=len(plain) == len(batch))
        for pair in alone:
            await self._handle_suspect(pair)

    async def _handle(self, pairs: list[Pair], *, whole: bool) -> None:
        """Handle events together; when that fails, halve them until the one that fails stands alone."""
        try:
            await self._attempt([event for _, event in pairs])
        except OutageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is judged here
            if len(pairs) == 1:
                await self._fail(pairs[0][0], error)
                return
            half = len(pairs) // 2
            await self._handle(pairs[:half], whole=False)
            await self._handle(pairs[half:], whole=False)
        else:
            self._metrics.handled.labels(self.subscription.queue).inc(len(pairs))
            await self._acknowledge(pairs, whole=whole)

    async def _acknowledge(self, pairs: list[Pair], *, whole: bool) -> None:
        point("before_ack")
        if whole:
            # Everything delivered before on this channel is settled, so one acknowledgement covers the batch.
            await self._unsettled.acknowledge(pairs[-1][0], batch=len(pairs))
            return
        for message, _ in pairs:
            await self._unsettled.acknowledge(message)

    async def _attempt(self, events: list[Envelope[Any]]) -> None:
        """Run the handler in a thread; while the database or a provider is away, wait and run it again."""
        began, pause = time.monotonic(), 0.5
        while True:
            try:
                await self._threads.run(self._call, events)
            except OutageError as error:
                if self._end or time.monotonic() - began > PATIENCE_SECONDS:
                    raise
                if pause == 0.5:  # noqa: PLR2004 - said once per outage
                    log.warning("handler_waits", queue=self.subscription.queue, error=str(error))
                self._vitals.last_error = str(error)
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 5)
            else:
                self._vitals.last_commit_at = self._clock()
                return

    def _call(self, events: list[Envelope[Any]]) -> None:
        uow, queue = self._unit_of_work(), self.subscription.queue
        began = self._vitals.running_since[queue] = time.monotonic()
        try:
            with outages():
                self._handler(events, uow)
        finally:
            self._vitals.running_since.pop(queue, None)
            self._metrics.handler_seconds.labels(queue).observe(time.monotonic() - began)
            self._metrics.batch_events.labels(queue).observe(len(events))
        if not uow.guarded.issuperset(event.key for event in events):
            raise UncommittedError

    async def _handle_suspect(self, pair: Pair) -> None:
        message, event = pair
        consumer, identity = self.subscription.queue, str(event.id)
        starts = await self._threads.run(suspects.start, self._engine, consumer, identity)
        if starts > suspects.STARTS:
            error = PermanentError(f"its process died {suspects.STARTS} times while it was handled alone")
            await self._fail(message, error, reason="killed_its_process")
        else:
            await self._handle([pair], whole=False)
        await self._threads.run(suspects.clear, self._engine, consumer, identity)

    async def _fail(self, message: AbstractIncomingMessage, error: Exception, reason: str | None = None) -> None:
        verdict = failures.Verdict(reason) if reason else failures.judge(error, failures.attempt_of(message))
        self._vitals.last_error = f"{type(error).__name__}: {error}"[:300]
        known = {"event_id": message.message_id, "attempt": failures.attempt_of(message), "verdict": verdict.reason}
        log.warning("event_failed", queue=self.subscription.queue, **known, error=self._vitals.last_error)
        exchange = await self._exchanges.default()
        await failures.send_on(exchange, self.subscription, message, error=error, verdict=verdict, clock=self._clock)
        self._metrics.set_aside(self.subscription.queue, verdict.reason, final=verdict.delay_seconds is None)
        if verdict.delay_seconds is None:
            await self._threads.run(failures.write_down, self._engine, self.subscription, message, error, verdict)
        await self._unsettled.acknowledge(message)
