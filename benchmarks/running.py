"""Services as processes for a benchmark, and waiting for what they do."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, FromClause, func, select

from console.processes import ServiceProcesses
from shared.errors import CamError
from shared.tables import heartbeats

PATIENCE_SECONDS = 600
# Settings of a real installation must not leak in: they could send real mail.
_FOREIGN = ("AICMO_", "DATABASE_URL", "DEMO_")
# A folder without an `.env`, where the services would read one.
FOLDER = Path(__file__).resolve().parents[1] / ".cam" / "bench"


LOG = FOLDER / "services.log"


@contextmanager
def services(engine: Engine, names: Sequence[str], environment: Mapping[str, str]) -> Iterator[ServiceProcesses]:
    """Run services until the end of the block; it begins when all of them consume."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    settings = {"AICMO_LOG_LEVEL": "WARNING", **environment}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with LOG.open("a", encoding="utf-8", buffering=1) as log:
        processes = ServiceProcesses(
            inherited | settings, names, on_line=lambda name, line: print(f"{name} | {line}", file=log), folder=FOLDER
        )
        try:
            processes.start()
            until(lambda: _awake(engine, processes, len(names)), "all services are awake", poll_seconds=0.1)
            yield processes
        finally:
            processes.stop()


def _awake(engine: Engine, processes: ServiceProcesses, number: int) -> bool:
    if down := processes.poll():
        raise CamError(f"{', '.join(down)} ended at its start: see {LOG}")
    return count(engine, heartbeats, heartbeats.c.broker_verified_at.is_not(None)) >= number


def resident_megabytes(processes: ServiceProcesses) -> dict[str, float]:
    """Return what each service holds in memory now."""
    return {name: size / 2**20 for name, size in processes.resident_bytes().items()}


def until(condition: Callable[[], bool], what: str, *, poll_seconds: float = 0.02) -> None:
    """Wait for a condition; raise `CamError` saying what never came true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise CamError(f"not after {PATIENCE_SECONDS} s: {what} (see {LOG})")
        time.sleep(poll_seconds)


def count(engine: Engine, table: FromClause, condition: ColumnElement[bool]) -> int:
    """Return how many rows of a table meet a condition."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(condition)) or 0


def is_any(engine: Engine, table: FromClause, condition: ColumnElement[bool]) -> bool:
    """Tell whether a row of a table meets a condition; with an index, this costs what is measured nothing."""
    with engine.connect() as connection:
        return bool(connection.scalar(select(select(table).where(condition).exists())))
