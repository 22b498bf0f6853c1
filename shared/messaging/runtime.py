"""Runs a service: its subscriptions, its jobs and its heartbeat, until SIGTERM drains it."""

import asyncio
import math
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
import uvloop
from sqlalchemy import Engine

from shared import faults, logs, migrate
from shared.answering import THREAD_NAME
from shared.clock import Clock, utc_now
from shared.errors import CamError, ConfigurationError, OutageError
from shared.events import Event
from shared.exposition import exposed
from shared.messaging import gauges
from shared.messaging.consumer import Consumer, Handler
from shared.messaging.jobs import Job, keep_doing
from shared.messaging.publishing import Publishing
from shared.messaging.pulse import HangingError, Pulse
from shared.messaging.relay import Relay
from shared.messaging.resting import STOP_SIGNALS, rest
from shared.messaging.restored import tell_of_restored
from shared.messaging.subscriptions import Subscriptions
from shared.messaging.threads import Threads
from shared.messaging.topology import SUBSCRIPTIONS
from shared.messaging.vitals import Vitals
from shared.metrics import Metrics
from shared.settings import Settings, worker_id
from shared.states import WorkerStatus
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()

_CLOSING_SECONDS = 2
_HANGING_SECONDS = 1

__all__ = ["Handler", "Job", "Service", "launch", "run"]


@dataclass(frozen=True)
class Service:
    """Everything a service is made of; built in its `__main__`."""

    name: str
    settings: Settings
    engine: Engine
    handlers: Mapping[type[Event], Handler] = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    metrics: Metrics = field(default_factory=Metrics)
    clock: Clock = utc_now

    @property
    def worker_id(self) -> str:
        """Return what names this instance in heartbeats and leases."""
        return worker_id(self.settings, self.name)


def launch(name: str, build: Callable[[], Service]) -> int:
    """Build and run a service; return its exit status: 2 for a wrong setting, said in one line."""
    status = 0
    logs.configure("INFO", name)
    try:
        faults.arm(name)
        service = build()
        logs.configure(service.settings.log_level, service.name)
        run(service)
    except CamError as error:
        sys.stderr.write(f"cam: {error}\n")
        status = 2 if isinstance(error, ConfigurationError) else 1
    if {each.name for each in threading.enumerate()} - {threading.main_thread().name, THREAD_NAME}:
        # A thread that is stuck in the network would keep a stopped process alive.
        sys.stderr.flush()
        os._exit(status)
    return status


def run(service: Service) -> None:
    """Run a service until it is told to stop; return when it has drained.

    Raises `ConfigurationError` if the database is not migrated or the topology not complete, and
    `CamError` if the broker no longer confirms the consumers, so that a supervisor starts it afresh.
    """
    if not service.settings.worker_enabled:
        rest(service.settings)
        return
    with exposed(service.metrics, service.settings.metrics_address, service.settings.metrics_port):
        uvloop.run(Runtime(service).run())


class Runtime:
    """One run of one service: everything that lives as long as its event loop."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._jobs = [*service.jobs, *gauges.jobs(service.settings)]
        self._threads = Threads(size=16 + len(self._jobs))
        self._vitals = Vitals()
        amqp_url = service.settings.amqp_url.get_secret_value()
        self._publishing = Publishing(amqp_url, f"cam {service.name}")
        self._stopping = asyncio.Event()

    def request_stop(self) -> None:
        """Ask for a drain; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)

    async def run(self) -> None:
        """Run until asked to stop, or until a part of the service gives up."""
        self._loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in STOP_SIGNALS:
                self._loop.add_signal_handler(number, self._stopping.set)
        self._relay = Relay(self._service.engine, self._publishing, self._threads)
        self._subscriptions = self._subscribe()
        self._pulse = self._feel()
        self._show()
        await self._database()
        if not self._stopping.is_set():
            try:
                await self._live()
            except BaseException as error:
                await self._leave(WorkerStatus.DEAD, str(error)[:300])  # a human is told
                raise
            await self._leave(WorkerStatus.STOPPED)

    def _show(self) -> None:
        """Let the metrics show what is asked for at the moment of a scrape."""
        metrics = self._service.metrics
        metrics.connected.labels("consuming").set_function(self._subscriptions.connected)
        metrics.connected.labels("publishing").set_function(self._publishing.connected)
        metrics.in_flight.set_function(lambda: self._vitals.in_flight)

    def _feel(self) -> Pulse:
        service = self._service
        return Pulse(
            service.engine,
            service.worker_id,
            service.name,
            settings=service.settings,
            vitals=self._vitals,
            threads=self._threads,
        )

    async def _database(self) -> None:
        """Wait for the database and see that it is at this version."""
        said = False
        while not self._stopping.is_set():
            try:
                await self._threads.run(migrate.verify, self._service.engine)
                break
            except OutageError as error:
                if not said:
                    log.warning("database_awaited", error=str(error))
                    said = True
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), 1)

    def _subscribe(self) -> Subscriptions:
        service = self._service
        consumers = [
            Consumer(
                subscription,
                service.handlers[subscription.event],
                engine=service.engine,
                threads=self._threads,
                exchanges=self._publishing,
                unit_of_work=partial(self._unit_of_work, subscription.queue),
                vitals=self._vitals,
                metrics=service.metrics,
                clock=service.clock,
                batch_size=service.settings.event_batch_size,
                memory=timedelta(days=service.settings.keep_handled_days),
            )
            for subscription in SUBSCRIPTIONS
            if subscription.service == service.name
        ]
        amqp_url = service.settings.amqp_url.get_secret_value()
        ready = partial(migrate.verify, service.engine)
        restored = partial(tell_of_restored, self._unit_of_work("restored"))
        return Subscriptions(amqp_url, service.name, consumers, ready=ready, restored=restored, threads=self._threads)

    def _unit_of_work(self, consumer: str) -> UnitOfWork:
        service = self._service
        return UnitOfWork(
            service.engine,
            source=f"/cam/{service.name}",
            consumer=consumer,
            clock=service.clock,
            on_commit=self._relay.submit,
            metrics=service.metrics,
        )

    async def _live(self) -> None:
        """Work until told to stop, or until a part of the runtime gives up; then drain."""
        relay, subscriptions, pulse = self._relay, self._subscriptions, self._pulse
        parts = [
            asyncio.create_task(self._publishing.keep()),
            asyncio.create_task(relay.run()),
            asyncio.create_task(subscriptions.keep()),
            asyncio.create_task(pulse.keep(subscriptions.verified, subscriptions.connected)),
            asyncio.create_task(pulse.watch()),
        ]
        jobs = [asyncio.create_task(self._do(job)) for job in self._jobs]
        log.info("started", worker_id=self._service.worker_id)
        stop = asyncio.create_task(self._stopping.wait())
        ended, _ = await asyncio.wait([stop, *parts, *jobs], return_when=asyncio.FIRST_COMPLETED)
        # What hangs would be waited for in vain.
        hangs = any(isinstance(each.exception(), HangingError) for each in ended)
        patience = min(_HANGING_SECONDS if hangs else math.inf, self._service.settings.drain_seconds)
        try:
            await asyncio.wait_for(self._drain(parts[1], jobs), patience)
        except TimeoutError:
            log.warning("drain_cut_short", in_flight=self._vitals.in_flight)
        everything = [stop, *parts, *jobs]
        for task in everything:
            task.cancel()
        # A second cancellation would catch them closing their connections, and some would never end.
        await asyncio.wait(everything, timeout=_CLOSING_SECONDS)
        for part in ended - {stop}:
            part.result()

    async def _do(self, job: Job) -> None:
        uow = self._unit_of_work(f"job.{job.name}")
        await keep_doing(job, uow, threads=self._threads, vitals=self._vitals, stopping=self._stopping)

    async def _drain(self, relaying: asyncio.Task[None], jobs: Sequence[asyncio.Task[None]]) -> None:
        """Stop taking work, finish what is in flight, publish what it announced, and sign off."""
        self._stopping.set()
        self._service.stop.set()
        await self._pulse.beat(WorkerStatus.DRAINING)
        await asyncio.gather(self._subscriptions.drain(), *jobs, return_exceptions=True)
        self._relay.finish()
        await asyncio.wait([relaying], timeout=2)

    async def _leave(self, status: WorkerStatus, error: str = "") -> None:
        self._vitals.last_error = error or self._vitals.last_error
        await self._pulse.beat(status)
        self._threads.close()
        log.info("stopped", worker_id=self._service.worker_id)
