"""The relay: publishes committed events in confirmed, mandatory flights and deletes their outbox rows.

What this instance committed arrives through `submit` and leaves at once; what a crash or an outage
left behind is swept up by any instance's relay. Publishing a row twice is harmless (the guard knows
its event), losing one is not: a row is deleted only after the broker's confirmation.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import structlog
from aio_pika.abc import AbstractExchange
from aiormq.channel import Channel as UnderlayChannel
from sqlalchemy import Engine, delete, func, select, update

from shared.database import transaction
from shared.errors import OutageError
from shared.faults import point
from shared.messaging.connection import broken_off
from shared.messaging.flights import fly
from shared.messaging.threads import Threads
from shared.messaging.topology import EXCHANGE
from shared.tables import outbox
from shared.unit_of_work import OWN_PUBLISH_SECONDS, OutboxRow

log = structlog.get_logger()

FLIGHT = 500
SWEEP = 1000
SWEEP_SECONDS = 1.0
_REMEMBERED = 20_000  # beyond this, rows wait in the table for the sweep


class Exchanges(Protocol):
    """Gives what a live channel publishes with, waiting while the broker is away."""

    async def channel(self) -> UnderlayChannel:
        """Return the channel itself, for flights of many events."""

    async def default(self) -> AbstractExchange:
        """Return the default exchange, which reaches every queue by its name."""

    def give_up(self) -> None:
        """Leave the channel that there is now, and get another one."""


class Relay:
    """Moves rows from the outbox to the broker: while one flight is confirmed, the next rows are claimed."""

    def __init__(self, engine: Engine, exchanges: Exchanges, threads: Threads) -> None:
        self._engine = engine
        self._exchanges = exchanges
        self._threads = threads
        self._waiting: deque[OutboxRow] = deque()
        self._published: list[int] = []
        # Rows in hand, until they are deleted: a sweep that meets them again leaves them alone.
        self._held: set[int] = set()
        self._wake = asyncio.Event()
        self._finishing = False
        # Rows may be waiting in the table: at the start, after an outage, behind a full sweep.
        self._more = True
        self._loop = asyncio.get_running_loop()

    def submit(self, rows: list[OutboxRow]) -> None:
        """Publish rows that were just committed; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._take, rows)

    def _take(self, rows: Sequence[OutboxRow]) -> None:
        fresh = [row for row in rows if row.id not in self._held][: _REMEMBERED - len(self._waiting)]
        self._held.update(row.id for row in fresh)
        self._waiting.extend(fresh)
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
        await self._tidy()

    async def _turn(self) -> None:
        channel = await self._exchanges.channel()
        if not (self._waiting or self._published or self._more):
            await self._idle()
        work = [self._fly(channel), self._tidy()]
        for result in await asyncio.gather(*work, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

    async def _idle(self) -> None:
        """Wait for rows of our own; after a while, look for those of others."""
        if self._finishing:
            return
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)
        except TimeoutError:
            self._more = True

    async def _fly(self, channel: UnderlayChannel) -> None:
        rows = self._flight()
        if not rows:
            return
        errors: dict[int, BaseException] = dict.fromkeys([row.id for row in rows], OutageError("broker: cut off"))
        try:
            point("before_publish")
            errors = await fly(channel, EXCHANGE, rows)
            point("after_confirm")
        finally:
            self._published += [row.id for row in rows if row.id not in errors]
            self._waiting.extendleft(row for row in reversed(rows) if row.id in errors)
        if any(isinstance(error, TimeoutError) for error in errors.values()):
            self._exchanges.give_up()
        for error in errors.values():
            raise OutageError(f"broker: {len(errors)} not confirmed: {str(error) or type(error).__name__}")

    def _flight(self) -> list[OutboxRow]:
        """Take the next rows; never two with one event id, whose confirmations would be mixed up."""
        rows: dict[str, OutboxRow] = {}
        while self._waiting and len(rows) < FLIGHT and self._waiting[0].event_id not in rows:
            row = self._waiting.popleft()
            rows[row.event_id] = row
        return list(rows.values())

    async def _tidy(self) -> None:
        """Delete what was published, and claim what is left behind if little is in hand."""
        done, wanted = self._published, self._more and not self._finishing and len(self._waiting) < SWEEP
        if len(done) < FLIGHT and self._waiting and not wanted:
            return  # it can wait for the next ones: a commit costs as much for one as for many
        self._published = []
        if done:
            await self._forget(done)
        if wanted:
            swept = await self._threads.run(self._sweep)
            self._more = len(swept) == SWEEP
            self._take(swept)

    async def _forget(self, done: list[int]) -> None:
        try:
            await self._threads.run(self._delete, done)
        except BaseException:
            self._published += done
            raise
        self._held.difference_update(done)

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

    def _delete(self, ids: list[int]) -> None:
        with transaction(self._engine) as connection:
            connection.execute(delete(outbox).where(outbox.c.id == func.any(ids)))

    def finish(self) -> None:
        """Publish what is in hand, then end `run`."""
        self._finishing = True
        self._wake.set()
