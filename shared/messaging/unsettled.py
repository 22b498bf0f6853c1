"""The deliveries that a consumer holds without having acknowledged them, and how it leaves without giving one back.

A quorum queue whose consumer is cancelled takes back what it was about to give, marked as redelivered; that never
reaches the client. So before a consumer leaves, nothing is acknowledged until the broker has nothing more to give:
either the prefetch is used up, or the queue is empty.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aio_pika.abc import AbstractIncomingMessage

# Nothing arrived for so long from a queue that is empty: nothing is on its way.
_QUIET_SECONDS = 0.05
_LOOK_SECONDS = 0.01
_PATIENCE_SECONDS = 4.0

Ready = Callable[[], Awaitable[int]]


class Unsettled:
    """Counts what was taken on one channel, and acknowledges it unless it is held."""

    def __init__(self, prefetch: int) -> None:
        self._prefetch = prefetch
        self._number = 0
        self._changed_at = time.monotonic()
        self._free = asyncio.Event()
        self._free.set()

    def take(self) -> None:
        """Count one delivery more."""
        self._number += 1
        self._changed_at = time.monotonic()

    async def acknowledge(self, message: AbstractIncomingMessage, *, batch: int | None = None) -> None:
        """Acknowledge a delivery, or with `batch` all that were delivered before it too."""
        await self._free.wait()
        await message.ack(multiple=batch is not None)
        self._number -= batch or 1

    @asynccontextmanager
    async def held(self, ready: Ready) -> AsyncIterator[None]:
        """Acknowledge nothing in this block, which begins when the broker has nothing more to give.

        `ready` asks the broker how many messages wait in the queue. The patience has an end: a stop may not wait.
        """
        self._free.clear()
        try:
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while time.monotonic() < deadline and not await self._all_given(ready):  # noqa: ASYNC110 - the broker is asked
                await asyncio.sleep(_LOOK_SECONDS)
            yield
        finally:
            self._free.set()

    async def _all_given(self, ready: Ready) -> bool:
        if self._number >= self._prefetch:
            return True
        quiet = time.monotonic() - self._changed_at > _QUIET_SECONDS
        return quiet and await ready() == 0 and time.monotonic() - self._changed_at > _QUIET_SECONDS
