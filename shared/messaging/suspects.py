"""Deliveries that were in flight when a process died, watched so that only the one that kills is put away.

The broker counts how often it gave a delivery out, but it counts every delivery a dying process held.
So a delivery that came back twice is handled alone, and each such start is written down first: one
that never lives to be crossed out again is the killer.
"""

from collections.abc import Collection

from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from shared.database import transaction
from shared.tables import suspects

RETURNS = 2
STARTS = 3


def is_suspect(message: AbstractIncomingMessage) -> bool:
    """Tell whether a delivery came back often enough to be handled alone."""
    count = message.headers.get("x-delivery-count", 0)
    return isinstance(count, int) and count >= RETURNS


def starts(engine: Engine, consumer: str, event_ids: Collection[str]) -> dict[str, int]:
    """Return how often each of these was begun alone before; those that never were are left out."""
    mine = select(suspects.c.event_id, suspects.c.starts).where(
        suspects.c.consumer == consumer, suspects.c.event_id == func.any(list(event_ids))
    )
    with transaction(engine) as connection:
        return {row.event_id: row.starts for row in connection.execute(mine)}


def start(engine: Engine, consumer: str, event_id: str) -> int:
    """Write down that a suspect is about to be handled alone; return how often that was begun."""
    statement = (
        insert(suspects)
        .values(consumer=consumer, event_id=event_id)
        .on_conflict_do_update(index_elements=["consumer", "event_id"], set_={"starts": suspects.c.starts + 1})
        .returning(suspects.c.starts)
    )
    with transaction(engine) as connection:
        return int(connection.execute(statement).scalar_one())


def clear(engine: Engine, consumer: str, event_id: str) -> None:
    """Cross out a suspect that was handled, or put away."""
    with transaction(engine) as connection:
        connection.execute(delete(suspects).where(suspects.c.consumer == consumer, suspects.c.event_id == event_id))
