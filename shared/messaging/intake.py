"""Where the deliveries of one subscription come in: gathered to batches, and acknowledged when they are settled.

aio-pika's callback only puts a delivery into a queue of ours, because the library cancels callbacks
when a connection is lost while their threads work on.
"""

import asyncio
import time

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from pamqp.commands import Queue

from shared.errors import OutageError
from shared.messaging.unsettled import Unsettled

# A batch costs its commits: three services that wake each other for a few events each would do little else.
_BUSY_SECONDS = 0.05
_GATHER_SECONDS = 0.02


class LostConnectionError(OutageError):
    """The channel is gone; its deliveries come back on another one."""


class FinishedError(Exception):
    """What had arrived is handled and nothing more is taken: a clean stop."""


class Intake:
    """Takes what one queue delivers, at most two batches ahead."""

    def __init__(self, queue: str, batch_size: int) -> None:
        self.end: Exception | None = None  # why nothing more is taken
        self._name = queue
        self._batch_size = batch_size
        self._prefetch = 2 * batch_size
        self._arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        self._unsettled = Unsettled(self._prefetch)
        self._wake = asyncio.Event()
        self._queue: AbstractQueue | None = None
        self._tag: str | None = None

    async def start(self, channel: AbstractChannel) -> None:
        """Begin to take deliveries on a channel of this subscription's own."""
        self._arrived, self.end = asyncio.Queue(), None
        self._unsettled = Unsettled(self._prefetch)
        await channel.set_qos(prefetch_count=self._prefetch)
        # The broker may cancel a consumer and leave its channel open, for example when the queue is deleted.
        (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _frame: self.abandon())
        self._queue = await channel.get_queue(self._name, ensure=False)
        self._tag = await self._queue.consume(self._take)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        self._unsettled.take()
        self._arrived.put_nowait(message)
        self._wake.set()

    async def confirmed(self, channel: AbstractChannel) -> bool:
        """Ask the broker, over another channel, whether our queue has a consumer."""
        return bool((await self._look(channel)).consumer_count)

    async def _look(self, channel: AbstractChannel) -> Queue.DeclareOk:
        queue = await channel.declare_queue(self._name, passive=True)
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
        """Hand out nothing more: the channel is gone, and its deliveries with it."""
        self.end, self._arrived = LostConnectionError(), asyncio.Queue()
        self._wake.set()

    def finish(self) -> None:
        """Hand out what has already arrived, then end."""
        self.end = self.end or FinishedError()
        self._wake.set()

    async def batch(self) -> list[AbstractIncomingMessage]:
        """Return the next deliveries, waiting for the first; raises `end` when there are no more."""
        asked_at = time.monotonic()
        while self._arrived.empty():
            if self.end:
                raise self.end
            self._wake.clear()
            await self._wake.wait()
        await self._gather(asked_at)
        waiting = min(self._batch_size, self._arrived.qsize())
        return [self._arrived.get_nowait() for _ in range(waiting)]

    async def _gather(self, asked_at: float) -> None:
        """Under load, let a batch grow for a moment; the first delivery after a rest is never held up."""
        busy = time.monotonic() - asked_at < _BUSY_SECONDS
        if busy and not self.end and self._arrived.qsize() < self._batch_size:
            await asyncio.sleep(_GATHER_SECONDS)

    async def acknowledge(self, message: AbstractIncomingMessage, *, batch: int | None = None) -> None:
        """Acknowledge a delivery, or with `batch` all that were delivered before it too, so many in number."""
        await self._unsettled.acknowledge(message, batch=batch)
