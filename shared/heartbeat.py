"""The heartbeat row of a running service instance."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, func
from sqlalchemy.dialects.postgresql import insert

from shared.database import transaction
from shared.states import WorkerStatus
from shared.tables import heartbeats

Signs = Mapping[str, datetime | int | str | None]


def beat(engine: Engine, worker_id: str, service: str, status: WorkerStatus, signs: Signs) -> None:
    """Write this instance's row: what it does, and what proves that it is alive."""
    values = {"service": service, "status": status, "last_seen_at": func.now(), **signs}
    statement = (
        insert(heartbeats)
        .values(worker_id=worker_id, **values)
        .on_conflict_do_update(index_elements=["worker_id"], set_=values)
    )
    with transaction(engine) as connection:
        connection.execute(statement)


def is_stale(last_seen_at: datetime, now: datetime, ttl_seconds: float) -> bool:
    """Tell whether a heartbeat is so old that its instance counts as dead."""
    return now - last_seen_at > timedelta(seconds=ttl_seconds)
