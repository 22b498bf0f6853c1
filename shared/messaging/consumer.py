"""The batch consumer of one subscription: deliveries in, handler calls, settlements out.

One batch is handled at a time; what arrives meanwhile makes the next batch larger.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy import Engine

from shared.clock import Clock
from shared.database import outages
from shared.errors import OutageError, PermanentError
from shared.events import Envelope, parse
from shared.faults import point
from shared.messaging import failures, suspects
from shared.messaging.intake import FinishedError, Intake
from shared.messaging.relay import Exchanges
from shared.messaging.threads import Threads
from shared.messaging.topology import Subscription
from shared.messaging.vitals import Vitals
from shared.metrics import Metrics
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()

Handler = Callable[[Sequence[Envelope[Any]], UnitOfWork], None]
Pair = tuple[AbstractIncomingMessage, Envelope[Any]]

# The broker takes deliveries back after 30 minutes; by then they have been given back in order.
PATIENCE_SECONDS = 20 * 60


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
        memory: timedelta,
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
        self._memory = memory
        self.intake = Intake(subscription.queue, batch_size)

    async def run(self) -> None:
        """Handle batches until finished; raises when the channel is gone or an outage lasts too long."""
        with suppress(FinishedError):
            while True:
                await self._turn(await self.intake.batch())

    async def _turn(self, batch: list[AbstractIncomingMessage]) -> None:
        self._vitals.last_delivery_at = self._clock()
        self._vitals.in_flight += len(batch)
        try:
            await self._settle(batch)
        finally:
            self._vitals.in_flight -= len(batch)

    async def _settle(self, batch: list[AbstractIncomingMessage]) -> None:
        point("after_delivery")
        plain: list[Pair] = []
        alone: list[Pair] = []
        for message in batch:
            try:
                event = self._read(message)
            except PermanentError as error:
                await self._fail(message, error)
            else:
                (alone if suspects.is_suspect(message) else plain).append((message, event))
        if plain:
            await self._handle(plain, whole=len(plain) == len(batch))
        for pair in await self._least_suspicious_first(alone):
            await self._handle_suspect(pair)

    def _read(self, message: AbstractIncomingMessage) -> Envelope[Any]:
        event = parse(message.body, self.subscription.event, attempt=failures.attempt_of(message))
        if self._clock() - event.time > self._memory:
            raise failures.TooOldError(f"told at {event.time:%Y-%m-%d}: guards are not kept for so long")
        return event

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
            await self.intake.acknowledge(pairs[-1][0], batch=len(pairs))
            return
        for message, _ in pairs:
            await self.intake.acknowledge(message)

    async def _attempt(self, events: list[Envelope[Any]]) -> None:
        """Run the handler in a thread; while the database or a provider is away, wait and run it again."""
        began, pause = time.monotonic(), 0.5
        while True:
            try:
                await self._threads.run(self._call, events)
            except OutageError as error:
                if self.intake.end or time.monotonic() - began > PATIENCE_SECONDS:
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
                point("before_handler", about=events)
                self._handler(events, uow)
        finally:
            self._vitals.running_since.pop(queue, None)
            self._metrics.handler_seconds.labels(queue).observe(time.monotonic() - began)
            self._metrics.batch_events.labels(queue).observe(len(events))
        if not uow.guarded.issuperset(event.key for event in events):
            raise UncommittedError

    async def _least_suspicious_first(self, pairs: list[Pair]) -> list[Pair]:
        """Who is killed by chance while one is handled alone shall meet another one the next time."""
        if not pairs:
            return []
        ids = [str(event.id) for _, event in pairs]
        begun = await self._threads.run(suspects.starts, self._engine, self.subscription.queue, ids)
        return sorted(pairs, key=lambda pair: begun.get(str(pair[1].id), 0))

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
        await self.intake.acknowledge(message)
