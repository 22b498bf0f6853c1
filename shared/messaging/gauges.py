"""What is measured in the database by the clock, because it belongs to no single event."""

from sqlalchemy import func, select

from shared.messaging.jobs import Job
from shared.settings import Settings
from shared.states import OutboundState
from shared.tables import outbound_emails, outbox
from shared.unit_of_work import UnitOfWork

_age = func.extract("epoch", func.clock_timestamp() - func.min(outbox.c.created_at))
_unknown = select(func.count()).where(outbound_emails.c.status == OutboundState.UNKNOWN).scalar_subquery()
_GAUGES = select(func.count().label("events"), func.coalesce(_age, 0).label("age"), _unknown.label("unknown"))


def measure(uow: UnitOfWork) -> None:
    """Set the gauges of the outbox and of doubtful sends."""
    with uow.begin() as tx:
        row = tx.connection.execute(_GAUGES.select_from(outbox)).one()
    uow.metrics.outbox_events.set(row.events)
    uow.metrics.outbox_oldest_seconds.set(max(0.0, float(row.age)))
    uow.metrics.unknown_sends.set(row.unknown)


def jobs(settings: Settings) -> list[Job]:
    """Return the job that measures, if anybody looks."""
    return [Job("measure", settings.heartbeat_seconds, measure)] if settings.metrics_port else []
