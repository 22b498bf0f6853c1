"""Forgets rows that nobody needs any more, so that a year of running slows nothing.

In small transactions that find their rows by an index; of all instances one at a time does it.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Engine, Table, delete, func, literal_column, select, text
from sqlalchemy.exc import OperationalError

from shared.database import transaction
from shared.unit_of_work import Transaction, UnitOfWork

log = structlog.get_logger()

BATCH = 5_000
# A run ends here, so that nothing else of the service waits long; the next one goes on.
BATCHES = 20
SMALL_BYTES = 1024 * 1024
_LOCK_MILLISECONDS = 50
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class Old:
    """Rows of a table that may go."""

    table: Table
    condition: ColumnElement[bool]


def forget(uow: UnitOfWork, old: Old, *, batch: int = BATCH, batches: int = BATCHES) -> int:
    """Delete old rows and return how many; none while another instance is at this table."""
    forgotten = 0
    for _ in range(batches):
        with uow.begin() as tx:
            gone = _some(tx, old, batch)
        forgotten += gone
        if gone < batch:
            break
    if forgotten:
        log.info("forgotten", table=old.table.name, rows=forgotten)
    return forgotten


def _some(tx: Transaction, old: Old, batch: int) -> int:
    mine = func.pg_try_advisory_xact_lock(func.hashtext("cam.forget"), func.hashtext(old.table.name))
    if not tx.connection.scalar(select(mine)):
        return 0
    place: ColumnElement[object] = literal_column(f"{old.table.name}.ctid")
    some = select(place).select_from(old.table).where(old.condition).limit(batch).scalar_subquery()
    return tx.connection.execute(delete(old.table).where(place == func.any(func.array(some)))).rowcount


def shrink(engine: Engine, table: Table, *, larger_than: int = SMALL_BYTES) -> bool:
    """Give the space of a table back that is empty now; return whether that was done.

    Vacuum lets the next rows use the space of dead ones, but indexes never become smaller by it. Nobody waits
    longer than a moment for this, and nothing is done to a table that somebody else is writing to.
    """
    empty = ~select(table).exists()
    try:
        with transaction(engine) as connection:
            size = connection.scalar(select(func.pg_total_relation_size(table.name))) or 0
            if size <= larger_than or not connection.scalar(select(empty)):
                return False
            connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_MILLISECONDS}ms'"))
            connection.execute(text(f"LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE"))
            if not connection.scalar(select(empty)):
                return False
            connection.execute(text(f"TRUNCATE {table.name}"))
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
    log.info("shrunk", table=table.name, bytes=size)
    return True
