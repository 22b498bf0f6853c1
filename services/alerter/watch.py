"""Finds what a human must hear of in the database: silent services and dead letters."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Row, Subquery, cast, delete, func, select, update

from services.alerter.ledger import Draft
from services.alerter.rules import dead_letters as dead_letters_text
from services.alerter.rules import dead_service, gave_up_service, slot
from shared.states import WorkerStatus
from shared.tables import alert_logs, dead_letters, heartbeats
from shared.unit_of_work import Transaction

_SLOT = timedelta(minutes=10)
_FORGET_AFTER = timedelta(days=7)
_ALIVE = (WorkerStatus.RUNNING, WorkerStatus.DRAINING)


def mark_silent(tx: Transaction, ttl: timedelta) -> list[Draft]:
    """Mark services without a sign of life for `ttl` DEAD; return one alert for each."""
    silent = (
        update(heartbeats)
        .where(heartbeats.c.status.in_(_ALIVE), heartbeats.c.last_seen_at < tx.clock() - ttl)
        .values(status=WorkerStatus.DEAD)
        .returning(heartbeats.c.worker_id, heartbeats.c.service, heartbeats.c.last_seen_at)
    )
    rows = tx.connection.execute(silent).all()
    alive = _count_alive(tx) if rows else {}
    return [
        Draft(
            key=f"SERVICE_DEAD/{worker_id}/{last_seen_at.isoformat()}",
            alert_type="SERVICE_DEAD",
            text=dead_service(service, worker_id, last_seen_at, alive.get(service, 0)),
            metadata={"service": service, "worker_id": worker_id},
        )
        for worker_id, service, last_seen_at in rows
    ]


def gave_up(tx: Transaction, ttl: timedelta) -> list[Draft]:
    """Return at most one alert per service and ten minutes about instances that ended themselves.

    Who is called DEAD for its silence was seen longer ago than `ttl`.
    """
    statement = (
        select(heartbeats.c.service, heartbeats.c.worker_id, heartbeats.c.last_seen_at, heartbeats.c.last_error)
        .where(heartbeats.c.status == WorkerStatus.DEAD, heartbeats.c.last_seen_at > tx.clock() - ttl)
        .order_by(heartbeats.c.last_seen_at)
    )
    drafts: dict[str, Draft] = {}
    for service, worker_id, last_seen_at, error in tx.connection.execute(statement):
        key = f"SERVICE_GAVE_UP/{service}/{slot(last_seen_at, _SLOT)}"
        text = gave_up_service(service, worker_id, last_seen_at, error or "")
        metadata = {"service": service, "worker_id": worker_id}
        drafts.setdefault(key, Draft(key=key, alert_type="SERVICE_GAVE_UP", text=text, metadata=metadata))
    return list(drafts.values())


def new_dead_letters(tx: Transaction) -> list[Draft]:
    """Return at most one alert per queue and ten minutes, about all that was not told yet."""
    told = _last_told()
    statement = (
        select(
            dead_letters.c.queue,
            dead_letters.c.reason,
            func.count().label("count"),
            func.max(dead_letters.c.id).label("last_id"),
            func.max(dead_letters.c.died_at).label("newest_at"),
        )
        .outerjoin(told, told.c.queue == dead_letters.c.queue)
        .where(
            dead_letters.c.died_at > tx.clock() - _FORGET_AFTER,
            dead_letters.c.resolved_at.is_(None),
            dead_letters.c.id > func.coalesce(told.c.last_id, 0),
        )
        .group_by(dead_letters.c.queue, dead_letters.c.reason)
    )
    by_queue: dict[str, list[Row[str, str, int, int, datetime]]] = {}
    for row in tx.connection.execute(statement):
        by_queue.setdefault(row[0], []).append(row)
    return [_dead_letters_draft(tx, queue, rows) for queue, rows in by_queue.items()]


def forget_the_departed(tx: Transaction) -> None:
    """Delete the heartbeats of instances that ended more than a week ago."""
    gone = heartbeats.c.status.in_((WorkerStatus.STOPPED, WorkerStatus.DEAD))
    tx.connection.execute(delete(heartbeats).where(gone, heartbeats.c.last_seen_at < tx.clock() - _FORGET_AFTER))


def _count_alive(tx: Transaction) -> dict[str, int]:
    statement = (
        select(heartbeats.c.service, func.count()).where(heartbeats.c.status.in_(_ALIVE)).group_by(heartbeats.c.service)
    )
    return {row[0]: row[1] for row in tx.connection.execute(statement)}


def _last_told() -> Subquery:
    """Return, for each queue, the newest dead letter that an alert has covered."""
    metadata = alert_logs.c.details["metadata"]
    queue = metadata["queue"].astext
    last_id = func.max(cast(metadata["last_id"].astext, BigInteger))
    statement = select(queue.label("queue"), last_id.label("last_id"))
    return statement.where(alert_logs.c.alert_type == "DEAD_LETTERS").group_by(queue).subquery("told")


def _dead_letters_draft(tx: Transaction, queue: str, rows: Sequence[Row[str, str, int, int, datetime]]) -> Draft:
    reasons = {row[1]: row[2] for row in rows}
    newest_at = max(row[4] for row in rows)
    return Draft(
        key=f"DEAD_LETTERS/{queue}/{slot(tx.clock(), _SLOT)}",
        alert_type="DEAD_LETTERS",
        text=dead_letters_text(queue, sum(reasons.values()), newest_at, reasons),
        metadata={"queue": queue, "last_id": str(max(row[3] for row in rows))},
    )
