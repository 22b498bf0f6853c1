"""The pulse: writes the heartbeat, and gives up on a service that is connected but no longer consumes.

A consumer can go silent with its connection intact; therefore the broker itself is asked, and when it
says no for ten seconds the process exits, to be started afresh by its supervisor.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from sqlalchemy import Engine

from shared.clock import utc_now
from shared.errors import CamError, OutageError
from shared.heartbeat import beat
from shared.messaging.threads import Threads
from shared.messaging.vitals import Vitals
from shared.settings import Settings
from shared.states import WorkerStatus

log = structlog.get_logger()

_LOOK_SECONDS = 1.0
# At one miss a second: longer than a broker needs to come back to a connection that it kept.
_MISSES = 10


class HangingError(CamError):
    """A handler hangs, and nothing but the end of its process ends it."""


class Pulse:
    """The heartbeat of one service instance."""

    def __init__(
        self, engine: Engine, worker_id: str, service: str, *, settings: Settings, vitals: Vitals, threads: Threads
    ) -> None:
        self._engine = engine
        self._worker_id = worker_id
        self._service = service
        self._settings = settings
        self._vitals = vitals
        self._threads = threads

    async def keep(self, verified: Callable[[], Awaitable[bool]], connected: Callable[[], bool]) -> None:
        """Beat for ever; raises `CamError` when the service is connected but dead."""
        misses = 0
        while True:
            alive = await verified()
            misses = misses + 1 if connected() and not alive else 0
            if misses > _MISSES:
                raise CamError("the broker no longer confirms the consumers: exiting to be started afresh")
            if alive:
                self._vitals.broker_verified_at = utc_now()
                _touch(self._settings.health_file)
            await self.beat(WorkerStatus.RUNNING)
            every = self._settings.heartbeat_seconds
            await asyncio.sleep(every if alive else min(every, 1))

    async def watch(self) -> None:
        """Look after the handlers for ever; raises `HangingError` when one hangs."""
        limit = self._settings.handler_timeout_seconds
        while self._vitals.longest_seconds() <= limit:  # noqa: ASYNC110 - threads can set no event of this loop
            await asyncio.sleep(min(_LOOK_SECONDS, limit / 10))
        raise HangingError(f"a handler has been running for {limit:g} s and hangs: exiting to be started afresh")

    async def beat(self, status: WorkerStatus) -> None:
        """Write the heartbeat row once; a database that is away is no reason to stop working."""
        signs = {
            "in_flight": self._vitals.in_flight,
            "last_delivery_at": self._vitals.last_delivery_at,
            "last_commit_at": self._vitals.last_commit_at,
            "broker_verified_at": self._vitals.broker_verified_at,
            "last_error": self._vitals.last_error,
        }
        try:
            await self._threads.run(beat, self._engine, self._worker_id, self._service, status, signs)
        except OutageError as error:
            log.warning("heartbeat_missed", error=str(error))


def _touch(health_file: Path | None) -> None:
    if health_file:
        health_file.touch()
