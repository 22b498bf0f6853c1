"""Work started by the clock: one task per job, so that a failing one stops no other."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from shared.database import outages
from shared.errors import OutageError
from shared.messaging.threads import Threads
from shared.messaging.vitals import Vitals
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """`run` is called every `every_seconds`, one call at a time; what it raises is logged, and it goes on."""

    name: str
    every_seconds: float
    run: Callable[[UnitOfWork], None]


async def keep_doing(job: Job, uow: UnitOfWork, *, threads: Threads, vitals: Vitals, stopping: asyncio.Event) -> None:
    """Call a job by the clock until the service stops; the call that runs then is waited for."""
    failing = False
    while not stopping.is_set():
        failing = await _once(job, uow, threads, vitals, failing=failing)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), job.every_seconds)


def _call(job: Job, uow: UnitOfWork) -> None:
    with outages():
        job.run(uow)


async def _once(job: Job, uow: UnitOfWork, threads: Threads, vitals: Vitals, *, failing: bool) -> bool:
    """Run a job once; return whether it met an outage, which is logged when it begins and when it ends."""
    began, outcome = time.monotonic(), "failed"
    try:
        await threads.run(_call, job, uow)
        outcome = "done"
    except OutageError as error:
        outcome = "waiting"
        vitals.last_error = f"{job.name}: {error}"
        if not failing:
            log.warning("job_waits", job=job.name, error=str(error))
        return True
    except Exception as error:
        vitals.last_error = f"{job.name}: {type(error).__name__}: {error}"[:300]
        log.exception("job_failed", job=job.name)
        return False
    finally:
        uow.metrics.job_runs.labels(job.name, outcome).inc()
        uow.metrics.job_seconds.labels(job.name).observe(time.monotonic() - began)
    if failing:
        log.info("job_goes_on", job=job.name)
    return False
