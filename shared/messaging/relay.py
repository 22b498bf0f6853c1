"""The relay: publishes committed events in confirmed, mandatory flights and deletes their outbox rows.

What this instance committed arrives through `submit` and leaves at once; what a crash or an outage
left behind is swept up by any instance's relay. Publishing a row twice is harmless (the guard knows
its event), losing one is not: a row is deleted only after the broker's confirmation.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import aio_pika
import structlog
from aio_pika.abc import AbstractExchange
from aiormq.channel import Channel as UnderlayChannel
from pamqp.commands import Basic
from sqlalchemy import Engine, delete, func, select, update

from shared.database import transaction
from shared.errors import OutageError
from shared.events import CONTENT_TYPE
from shared.faults import point
from shared.messaging.connection import broken_off
from shared.messaging.threads import Threads
from shared.messaging.topology import EXCHANGE
from shared.tables import outbox
from shared.unit_of_work import OWN_PUBLISH_SECONDS, OutboxRow

log = structlog.get_logger()

FLIGHT = 200
SWEEP = 1000
SWEEP_SECONDS = 1.0
_REMEMBERED = 20_000  # beyond this, rows wait in the table for the sweep
_CONFIRM_SECONDS = 30


class Exchanges(Protocol):
    """Gives what a live channel publishes with, waiting while the broker is away."""

    async def channel(self) -> UnderlayChannel:
        """Return the channel itself, for flights of many events."""

    async def default(self) -> AbstractExchange:
        """Return the default exchange, which reaches every queue by its name."""


class Relay:
    """Moves rows from the outbox to the broker."""

    def __init__(self, engine: Engine, exchanges: Exchanges, threads: Threads) -> None:
        self._engine = engine
        self._exchanges = exchanges
        self._threads = threads
        self._waiting: deque[OutboxRow] = deque(maxlen=_REMEMBERED)
        self._published: list[int] = []
        self._wake = asyncio.Event()
        self._finishing = False
        # Rows may be waiting in the table: at the start, after an outage, behind a full sweep.
        self._more = True
        self._loop = asyncio.get_running_loop()

    def submit(self, rows: list[OutboxRow]) -> None:
        """Publish rows that were just committed; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._take, rows)

    def _take(self, rows: Sequence[OutboxRow]) -> None:
        self._waiting.extend(rows)
        self._wake.set()

    async def run(self) -> None:
        """Publish until finished."""
        while self._waiting or not self._finishing:
            try:
                with broken_off():
                    await self._turn()
            except OutageError as error:
                log.warning("relay_waits", error=str(error))
                self._more = True
                await asyncio.sleep(SWEEP_SECONDS)
        await self._forget()

    async def _turn(self) -> None:
        channel = await self._exchanges.channel()
        if not self._waiting:
            await self._forget()
            if not self._more:
                await self._idle()
        if not self._waiting and not self._finishing:
            swept = await self._threads.run(self._sweep)
            self._more = len(swept) == SWEEP
            self._waiting.extend(swept)
        if self._waiting:
            await self._fly(channel)

    async def _idle(self) -> None:
        if self._finishing:
            return
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)
        except TimeoutError:
            return

    async def _fly(self, channel: UnderlayChannel) -> None:
        rows = self._flight()
        point("before_publish")
        results = await asyncio.gather(*(_publish(channel, row) for row in rows), return_exceptions=True)
        failed = [(row, result) for row, result in zip(rows, results, strict=True) if isinstance(result, BaseException)]
        lost = {row.id for row, _ in failed}
        point("after_confirm")
        self._published += [row.id for row in rows if row.id not in lost]
        if len(self._published) >= FLIGHT:
            await self._forget()
        if failed:
            self._waiting.extendleft(row for row, _ in reversed(failed))
            error = failed[0][1]
            raise OutageError(f"broker: {len(failed)} not confirmed: {str(error) or type(error).__name__}")

    def _flight(self) -> list[OutboxRow]:
        """Take the next rows; never two with one event id, whose confirmations would be mixed up."""
        rows: dict[str, OutboxRow] = {}
        while self._waiting and len(rows) < FLIGHT and self._waiting[0].event_id not in rows:
            row = self._waiting.popleft()
            rows[row.event_id] = row
        return list(rows.values())

    def _sweep(self) -> list[OutboxRow]:
        free = (
            select(outbox.c.id)
            .where(outbox.c.available_at <= func.now())
            .order_by(outbox.c.available_at)
            .limit(SWEEP)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(outbox)
            .where(outbox.c.id.in_(free))
            .values(available_at=func.make_interval(0, 0, 0, 0, 0, 0, OWN_PUBLISH_SECONDS) + func.now())
            .returning(outbox.c.id, outbox.c.event_id, outbox.c.type, outbox.c.body)
        )
        with transaction(self._engine) as connection:
            return [OutboxRow(row.id, row.event_id, row.type, row.body.encode()) for row in connection.execute(claim)]

    async def _forget(self) -> None:
        if self._published:
            await self._threads.run(self._delete, self._published)
            self._published = []

    def _delete(self, ids: list[int]) -> None:
        with transaction(self._engine) as connection:
            connection.execute(delete(outbox).where(outbox.c.id == func.any(ids)))

    def finish(self) -> None:
        """Publish what is in hand, then end `run`."""
        self._finishing = True
        self._wake.set()


async def _publish(channel: UnderlayChannel, row: OutboxRow) -> None:
    # Straight through aiormq, and without waiting for each write: aio-pika's own way costs nearly twice as much.
    properties = Basic.Properties(
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=row.event_id,
        message_type=row.type,
    )
    await channel.basic_publish(
        row.body,
        exchange=EXCHANGE,
        routing_key=row.type,
        properties=properties,
        mandatory=True,
        timeout=_CONFIRM_SECONDS,
        wait=False,
    )
